/** Money as integers of minor units: reading what a person typed, writing what a person reads. */
import { moneyTable } from '$lib/api';
import { numberFormat } from './intl';

export interface Amount {
  minor: number;
  currency: string;
}

export interface Separators {
  group: string;
  decimal: string;
}

export type AmountProblem =
  | { kind: 'empty' }
  | { kind: 'notANumber' }
  | { kind: 'zero' }
  | { kind: 'tooLarge' }
  | { kind: 'tooManyDecimals'; allowed: number }
  | { kind: 'wholeOnly' }
  | { kind: 'lastDigitZero' }
  | { kind: 'ambiguous'; whole: string; fraction: string };

export type ParsedAmount = { ok: true; amount: Amount } | { ok: false; problem: AmountProblem };

const SPACES = /[\s\u00a0\u202f'’]/g;

/** Stripe's, not ISO's, as the core has it: what is in neither list has two decimals. */
const ZERO_DECIMALS = new Set<string>(moneyTable.noDecimals);
const THREE_DECIMALS = new Set<string>(moneyTable.threeDecimals);
/** Sent to Stripe times a hundred, yet without cents. */
const WHOLE_UNITS_ONLY = new Set<string>(moneyTable.wholeOnly);
/** Have cents at Stripe that nobody writes: what is sent and what is shown leave out the same. */
const CENTS_SELDOM_WRITTEN = new Set<string>(moneyTable.unwrittenHundredths);

/** What customers are written with. */
const SIGNS = new Map<string, string>(moneyTable.signs);
/** What else names an amount of one currency where it is used, and Intl does not say in every language of ours. */
const OTHER_SIGNS: Partial<Record<string, string[]>> = {
  ARS: ['AR$'],
  AUD: ['AU$'],
  BOB: ['Bs.'],
  CAD: ['CAN$', '$CA', 'C$'],
  CLP: ['CL$'],
  COP: ['COL$', 'CO$'],
  CRC: ['¢'],
  DOP: ['RD$'],
  MXN: ['MEX$'],
  PAB: ['B/.'],
  PEN: ['S/.'],
  PYG: ['Gs.', 'Gs'],
  USD: ['U$S', '$US'],
  UYU: ['UY$', '$U'],
};

export const CURRENCIES = [
  'MXN',
  'COP',
  'BRL',
  'ARS',
  'CLP',
  'PEN',
  'UYU',
  'CRC',
  'DOP',
  'GTQ',
  'USD',
  'EUR',
  'GBP',
  'CAD',
];

/** Returns how many decimals Stripe gives the currency. */
export function exponentOf(currency: string): number {
  const code = currency.toUpperCase();
  if (ZERO_DECIMALS.has(code)) return 0;
  return THREE_DECIMALS.has(code) ? 3 : 2;
}

/** Returns the separators people of this locale write. */
export function separatorsOf(locale: string): Separators {
  const parts = numberFormat(locale, { useGrouping: 'always' }).formatToParts(1234567.5);
  const value = (type: string, otherwise: string) =>
    parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: value('group', ','), decimal: value('decimal', '.') };
}

/**
 * Reads an amount that a person typed.
 *
 * What two people could read as two different amounts is a problem to show, never a guess: "1.250"
 * is twelve hundred and fifty in Bogotá and a slip of the finger in Mexico City.
 */
export function parseAmount(text: string, currency: string, written: Separators): ParsedAmount {
  const digits = withoutDecoration(text, currency);
  if (digits === '') return problem({ kind: 'empty' });
  if (!/^\d+(?:[.,]\d+)*$/.test(digits)) return problem({ kind: 'notANumber' });

  const split = splitAtDecimal(digits, exponentOf(currency), written);
  return 'kind' in split ? problem(split) : minorFromParts(split.whole, split.fraction, currency);
}

function problem(why: AmountProblem): ParsedAmount {
  return { ok: false, problem: why };
}

/**
 * Drops spaces, apostrophes, the currency's code and its sign around the number. The sign of another currency stays:
 * whoever pastes "US$ 45" or "¥45" where pesos are asked for means another amount.
 */
function withoutDecoration(text: string, currency: string): string {
  const sign = signOf(currency);
  return text
    .replace(SPACES, '')
    .replace(new RegExp(`^${currency}|${currency}$`, 'i'), '')
    .replace(new RegExp(`^${sign}|${sign}$`, 'iu'), '');
}

const signs = new Map<string, string>();

/** Returns what matches the currency's signs. A bare `$` is one where the currency is written with no more than that. */
function signOf(currency: string): string {
  const known = signs.get(currency);
  if (known !== undefined) return known;
  const own = new Set(
    [SIGNS.get(currency) ?? [], OTHER_SIGNS[currency] ?? [], signsOfIntl(currency)]
      .flat()
      .map((sign) => sign.replace(SPACES, '')),
  );
  // The longer ones first: "S/." begins with another.
  const longestFirst = [...own].sort((a, b) => b.length - a.length);
  const made = `(?:${longestFirst.map(escaped).join('|')})`;
  signs.set(currency, made);
  return made;
}

/** Returns what the window itself may write before or after an amount; nothing while no currency is chosen yet. */
function signsOfIntl(currency: string): string[] {
  if (currency === '') return [];
  return ['es', 'es-419', 'es-MX', 'pt', 'en'].flatMap((locale) =>
    (['symbol', 'narrowSymbol'] as const).flatMap((currencyDisplay) =>
      numberFormat(locale, { style: 'currency', currency, currencyDisplay })
        .formatToParts(0)
        .flatMap(({ type, value }) => (type === 'currency' ? value : [])),
    ),
  );
}

function escaped(sign: string): string {
  return sign.replace(/[$./]/g, '\\$&');
}

type Split = { whole: string; fraction: string };

function splitAtDecimal(
  digits: string,
  exponent: number,
  written: Separators,
): Split | AmountProblem {
  const dots = digits.split('.').length - 1;
  const commas = digits.split(',').length - 1;
  if (dots + commas === 0) return { whole: digits, fraction: '' };
  if (dots > 0 && commas > 0) return splitAtLast(digits);
  if (dots + commas > 1) return wholeFromGroups(digits);
  return splitAtOnly(digits, dots ? '.' : ',', exponent, written);
}

/** Both signs are there: the last one starts the decimals, the other one groups. */
function splitAtLast(digits: string): Split | AmountProblem {
  const at = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  const head = digits.slice(0, at);
  if (head.includes(digits.charAt(at))) return { kind: 'notANumber' };
  const grouped = wholeFromGroups(head);
  return 'kind' in grouped ? grouped : { whole: grouped.whole, fraction: digits.slice(at + 1) };
}

function wholeFromGroups(digits: string): Split | AmountProblem {
  if (!/^\d{1,3}(?:[.,]\d{3})+$/.test(digits)) return { kind: 'notANumber' };
  return { whole: digits.replace(/[.,]/g, ''), fraction: '' };
}

/** One sign only: decimals if it can be nothing else, else what the locale says, else a question. */
function splitAtOnly(
  digits: string,
  sign: '.' | ',',
  exponent: number,
  written: Separators,
): Split | AmountProblem {
  const [whole = '', fraction = ''] = digits.split(sign);
  const couldGroup = fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
  if (!couldGroup) return { whole, fraction };
  if (exponent === 0 || sign === written.group) return { whole: whole + fraction, fraction: '' };
  if (exponent === 3 && sign === written.decimal) return { whole, fraction };
  return { kind: 'ambiguous', whole, fraction };
}

function minorFromParts(whole: string, fraction: string, currency: string): ParsedAmount {
  const exponent = exponentOf(currency);
  const significant = fraction.replace(/0+$/, '');
  // "1250.000" may be a sloppy million: zeros beyond two decimals are no more innocent than digits.
  if (fraction.length > Math.max(exponent, 2) || significant.length > exponent)
    return problem({ kind: 'tooManyDecimals', allowed: exponent });
  if (WHOLE_UNITS_ONLY.has(currency.toUpperCase()) && significant !== '')
    return problem({ kind: 'wholeOnly' });

  const minor = BigInt(whole + significant.padEnd(exponent, '0'));
  if (minor === 0n) return problem({ kind: 'zero' });
  if (minor > BigInt(Number.MAX_SAFE_INTEGER)) return problem({ kind: 'tooLarge' });
  if (exponent === 3 && minor % 10n !== 0n) return problem({ kind: 'lastDigitZero' });
  return { ok: true, amount: { minor: Number(minor), currency } };
}

/**
 * Writes the amount for people, `'whole'` leaving out cents that are zero.
 *
 * Intl is asked only for the whole units and the pattern; the digits after the sign are ours, so
 * that no amount ever passes through a float.
 */
export function formatMoney(
  amount: Amount,
  locale: string,
  cents: 'exact' | 'whole' = 'exact',
): string {
  const exponent = exponentOf(amount.currency);
  const digits = BigInt(Math.abs(amount.minor))
    .toString()
    .padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  const hidden =
    /^0*$/.test(fraction) && (cents === 'whole' || CENTS_SELDOM_WRITTEN.has(amount.currency));

  const written = currencyFormat(locale, amount.currency, hidden ? 0 : exponent)
    .formatToParts(BigInt(whole))
    .map((part) => (part.type === 'fraction' ? fraction : part.value))
    .join('');
  return amount.minor < 0 ? `−${written}` : written;
}

const WRITTEN = /(?<![\d.,])(\d+)(?:\.(\d+))? ([A-Z]{3})(?![\p{L}\d])/gu;

/**
 * Rewrites each amount in a text that is written as the core writes them: digits with a point, all the currency's
 * decimals, and the code. "10 ALL" in a product's name is no money.
 */
export function withAmounts(text: string, write: (amount: Amount) => string): string {
  return text.replace(
    WRITTEN,
    (as: string, whole: string, fraction: string | undefined, currency: string) => {
      const exponent = exponentOf(currency);
      const cents = fraction ?? '';
      if (!CODES.has(currency) || cents.length !== exponent) return as;
      const minor = Number(whole + cents.padEnd(exponent, '0'));
      return Number.isSafeInteger(minor) ? write({ minor, currency }) : as;
    },
  );
}

const CODES = new Set(Intl.supportedValuesOf('currency'));

/** Writes the amount as a person would type it: no sign, no groups, and all its decimals. */
export function plainAmount(amount: Amount, written: Separators): string {
  const exponent = exponentOf(amount.currency);
  const digits = BigInt(amount.minor)
    .toString()
    .padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return exponent === 0 ? whole : whole + written.decimal + digits.slice(-exponent);
}

function currencyFormat(locale: string, currency: string, decimals: number): Intl.NumberFormat {
  return numberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}
