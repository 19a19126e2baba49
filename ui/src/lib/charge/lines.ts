/** The items of a charge as they are written, and what of them goes to the core. */
import type { ChargeTerms, NewChargeLine, OrderDraft, Part, Product, ProposedLine } from '$lib/api';
import { newId } from '$lib/shared/ids';
import { parseAmount, plainAmount, type Separators } from '$lib/shared/money';

/** One item as it is written. */
export interface WrittenLine {
  key: string;
  product: Product | null;
  /** What a free item is for. */
  name: string;
  /** The chosen value of each option, by the option's name. */
  options: Record<string, string>;
  /** The price for one; of a product only where it is not the catalog's. */
  unitText: string;
  quantity: number;
  note: string;
}

export type PartKind = 'percent' | 'amount';

export const MOST_QUANTITY = 10_000;

/** Returns an item of one product with the options that are taken unless others are chosen. */
export function lineOf(product: Product): WrittenLine {
  const options = Object.fromEntries(
    product.options.map((group) => [group.name, group.values[0]?.name ?? '']),
  );
  return {
    key: newId(),
    product,
    name: product.name,
    options,
    unitText: '',
    quantity: 1,
    note: '',
  };
}

/** Returns an item that is not in the catalog. */
export function freeLine(name: string, unitText: string): WrittenLine {
  return { key: newId(), product: null, name, options: {}, unitText, quantity: 1, note: '' };
}

/** Returns an item of a customer's cart, at the price that the customer saw. */
export function lineOfOrder(
  line: OrderDraft['lines'][number],
  products: Product[],
  separators: Separators,
): WrittenLine[] {
  if (!line.price) return [];
  const product = products.find(({ id }) => id === line.known) ?? null;
  const written = product ? lineOf(product) : freeLine(line.name, '');
  const unitText = plainAmount(line.price, separators);
  return [{ ...written, unitText, quantity: line.quantity }];
}

/** Returns an item that the assistant proposes, at the price that it found. */
export function lineOfProposal(
  line: ProposedLine,
  products: Product[],
  separators: Separators,
): WrittenLine {
  const product = products.find(({ id }) => id === line.product) ?? null;
  const written = product ? lineOf(product) : freeLine(line.name, '');
  const options = product
    ? Object.fromEntries(line.options.map(({ group, value }) => [group, value]))
    : {};
  const unitText = plainAmount(line.unit, separators);
  return { ...written, options, unitText, quantity: line.quantity };
}

/** Returns the items as the core takes them, or null while a price can't be read. */
export function linesAsked(
  lines: WrittenLine[],
  currency: string,
  written: Separators,
): NewChargeLine[] | null {
  const asked = [];
  for (const line of lines) {
    const own = line.unitText.trim();
    const unit = own === '' ? null : parseAmount(own, currency, written);
    if ((unit && !unit.ok) || (line.product === null && unit === null)) return null;
    asked.push({
      product: line.product?.id ?? null,
      name: line.product ? '' : line.name,
      options: Object.entries(line.options).map(([group, value]) => ({ group, value })),
      unit: unit?.amount ?? null,
      quantity: line.quantity,
      note: line.note,
    });
  }
  return asked;
}

/** Returns hundredths of a per cent, or null where the text is no percentage. */
export function basisPointsFrom(text: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!match) return null;
  const points = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return points <= 10_000 ? points : null;
}

/** Returns the part that a text names: null where there is none, undefined where it can't be read. */
export function partFrom(
  text: string,
  kind: PartKind,
  currency: string,
  written: Separators,
): Part | null | undefined {
  if (text.trim() === '' || /^0+$/.test(text.trim())) return null;
  if (kind === 'percent') {
    const basisPoints = basisPointsFrom(text);
    return basisPoints === null ? undefined : { type: 'percent', basisPoints };
  }
  const parsed = parseAmount(text, currency, written);
  return parsed.ok ? { type: 'amount', amount: parsed.amount } : undefined;
}

/** Returns whether what was typed looks for a product: an amount has no letters, but for its currency. */
export function looksForProduct(text: string, currency: string): boolean {
  const plain = text.replace(new RegExp(`^${currency}|${currency}$`, 'i'), '');
  return /\p{L}{2}/u.test(plain.replace(/^(?:MX|US|CA)\$|^R\$/i, ''));
}

/** What is asked on the pay page besides money. */
export function termsAsked(fields: {
  discount: Part | null;
  deposit: Part | null;
  phone: boolean;
  shipping: boolean;
  codes: boolean;
  countries: string[];
}): ChargeTerms {
  return {
    discount: fields.discount,
    deposit: fields.deposit,
    phone: fields.phone,
    shippingCountries: fields.shipping ? fields.countries : [],
    promotionCodes: fields.codes,
  };
}

/** Where a shop delivers to, by the currency that it charges. */
export function countriesOf(currency: string): string[] {
  return COUNTRIES[currency] ?? ['MX', 'CO', 'BR', 'AR', 'CL', 'PE', 'US', 'ES'];
}

const COUNTRIES: Record<string, string[]> = {
  MXN: ['MX'],
  COP: ['CO'],
  BRL: ['BR'],
  ARS: ['AR'],
  CLP: ['CL'],
  PEN: ['PE'],
  UYU: ['UY'],
  CRC: ['CR'],
  DOP: ['DO'],
  GTQ: ['GT'],
  GBP: ['GB'],
  CAD: ['CA'],
};
