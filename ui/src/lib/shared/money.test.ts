import { describe, expect, it } from 'vitest';
import {
  CURRENCIES,
  exponentOf,
  formatMoney,
  withAmounts,
  parseAmount,
  separatorsOf,
  type Amount,
  type AmountProblem,
} from './money';

const MEXICO = { group: ',', decimal: '.' };
const COLOMBIA = { group: '.', decimal: ',' };

function minor(text: string, currency: string, written = MEXICO): number | AmountProblem['kind'] {
  const parsed = parseAmount(text, currency, written);
  return parsed.ok ? parsed.amount.minor : parsed.problem.kind;
}

describe('parseAmount', () => {
  it.each([
    ['1250', 125_000],
    ['12.5', 1_250],
    ['12,50', 1_250],
    ['1,250.50', 125_050],
    ['1.250,50', 125_050],
    ['1.250.000', 125_000_000],
    ['1,250,000', 125_000_000],
    ['1 250,50', 125_050],
    ["1'250.50", 125_050],
    ['$1,250.50', 125_050],
    ['MX$ 1,250.50', 125_050],
    ['mxn 1250', 125_000],
    ['0.01', 1],
  ])('reads %s the same wherever it is typed', (text, expected) => {
    expect(minor(text, 'MXN', MEXICO)).toBe(expected);
    expect(minor(text, 'MXN', COLOMBIA)).toBe(expected);
  });

  it('takes a lone separator before three digits as grouping only where it groups', () => {
    expect(minor('1.250', 'COP', COLOMBIA)).toBe(125_000);
    expect(minor('1,250', 'MXN', MEXICO)).toBe(125_000);
  });

  it('asks instead of guessing where it could be a slip', () => {
    expect(minor('1.250', 'MXN', MEXICO)).toBe('ambiguous');
    expect(minor('1,250', 'COP', COLOMBIA)).toBe('ambiguous');
  });

  it('has no doubt in currencies without decimals', () => {
    expect(minor('1.250', 'CLP', MEXICO)).toBe(1_250);
    expect(minor('1,250', 'CLP', COLOMBIA)).toBe(1_250);
    expect(minor('1250', 'JPY')).toBe(1_250);
    expect(minor('1250,00', 'CLP')).toBe(1_250);
    expect(minor('1250.50', 'CLP')).toBe('tooManyDecimals');
  });

  it('reads three decimals where the currency has them', () => {
    expect(minor('1.250', 'KWD', MEXICO)).toBe(1_250);
    expect(minor('1,250', 'KWD', MEXICO)).toBe(1_250_000);
    expect(minor('1.255', 'KWD', MEXICO)).toBe('lastDigitZero');
  });

  it('never charges a hundred times too much in currencies that Stripe counts in hundredths', () => {
    expect(minor('120000', 'COP')).toBe(12_000_000);
    expect(minor('5000', 'ISK')).toBe(500_000);
    expect(minor('5000', 'UGX')).toBe(500_000);
    expect(minor('5000.50', 'ISK')).toBe('wholeOnly');
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['$', 'empty'],
    ['0', 'zero'],
    ['0.00', 'zero'],
    ['-5', 'notANumber'],
    ['5e3', 'notANumber'],
    ['12.', 'notANumber'],
    ['.5', 'notANumber'],
    ['1,25,000', 'notANumber'],
    ['1.2.3', 'notANumber'],
    ['1,250.50.1', 'notANumber'],
    ['1.250,500', 'tooManyDecimals'],
    ['0.125', 'tooManyDecimals'],
    ['0.250', 'tooManyDecimals'],
    ['1250.000', 'tooManyDecimals'],
    ['90071992547409.92', 'tooLarge'],
  ])('refuses %j as %s', (text, expected) => {
    expect(minor(text, 'MXN', MEXICO)).toBe(expected);
  });

  it.each([
    ['CA$45.00', 'CAD'],
    ['A$45', 'AUD'],
    ['US$ 45', 'USD'],
    ['US$\u00a045,00', 'USD'],
    ['u$s 45', 'USD'],
    ['45 USD', 'USD'],
    ['MX$45', 'MXN'],
    ['S/ 45', 'PEN'],
    ['S/. 45.00', 'PEN'],
    ['R$ 45,00', 'BRL'],
    ['R$\u00a045,00', 'BRL'],
    ['€45', 'EUR'],
    ['45,00 €', 'EUR'],
    ['Q45.00', 'GTQ'],
    ['COP\u00a045', 'COP'],
    ['COP $45', 'COP'],
    ['$45', 'CAD'],
    ['NT$45', 'TWD'],
    ['HK$45.00', 'HKD'],
    ['NZ$45.00', 'NZD'],
    ['CN¥45.00', 'CNY'],
    ['₡45', 'CRC'],
    ['¢45', 'CRC'],
    ['B/. 45.00', 'PAB'],
    ['C$45.00', 'NIO'],
    ['L 45.00', 'HNL'],
    ['Bs. 45', 'BOB'],
    ['RD$45', 'DOP'],
  ])('takes %s as it was copied', (text, currency) => {
    expect(minor(text, currency, MEXICO)).toBe(4_500);
    expect(minor(text, currency, COLOMBIA)).toBe(4_500);
  });

  it.each([
    ['US$ 45', 'MXN'],
    ['R$ 45', 'USD'],
    ['€45', 'MXN'],
    ['CA$45', 'USD'],
    ['45 USD', 'MXN'],
    ['¥45', 'USD'],
    ['₡45', 'USD'],
    ['₲45', 'ARS'],
    ['₱45', 'PEN'],
    ['45 ₡', 'MXN'],
    ['$45', 'EUR'],
    ['$45', 'BRL'],
    ['$45', 'NIO'],
    ['NT$45', 'USD'],
  ])('takes no %s for an amount of %s', (text, currency) => {
    expect(minor(text, currency)).toBe('notANumber');
  });

  it('reads the largest amount that JavaScript can hold, exactly', () => {
    expect(minor('90071992547409.91', 'MXN')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('reads a number also before a currency is chosen', () => {
    expect(minor('45', '')).toBe(4_500);
  });

  function readsBack(amount: Amount, locale: string) {
    const text = formatMoney(amount, locale);
    const parsed = parseAmount(text, amount.currency, separatorsOf(locale));
    expect(parsed, `${text} ${amount.currency} ${locale}`).toEqual({ ok: true, amount });
  }

  it('reads back everything that formatMoney writes', () => {
    for (const locale of ['es-MX', 'es-CO', 'es-AR', 'es-CL', 'es-419', 'es-ES', 'pt-BR', 'en'])
      for (const currency of CURRENCIES)
        for (const minor of [1, 99, 100, 1_250, 125_000, 123_456_789])
          readsBack({ minor, currency }, locale);
  });

  it('reads back every currency there is', () => {
    for (const locale of ['es', 'es-MX', 'es-DO', 'es-PA', 'es-PY', 'pt-BR', 'en'])
      for (const currency of Intl.supportedValuesOf('currency'))
        for (const minor of [1_000, 125_000, 123_456_000]) readsBack({ minor, currency }, locale);
  });
});

describe('formatMoney', () => {
  const write = (amount: number, currency: string, locale = 'en', cents?: 'exact' | 'whole') =>
    formatMoney({ minor: amount, currency }, locale, cents).replace(/\u00a0/g, ' ');

  it('writes by Stripe’s exponents, not by ISO’s', () => {
    expect(write(125_000, 'MXN')).toBe('MX$1,250.00');
    expect(write(1_250, 'CLP')).toBe('CLP 1,250');
    expect(write(1_250, 'KWD')).toBe('KWD 1.250');
    expect(write(500_000, 'ISK')).toBe('ISK 5,000');
    expect(write(500_000, 'UGX')).toBe('UGX 5,000');
    expect(exponentOf('isk')).toBe(2);
  });

  it('hides cents that nobody writes, but never cents that are there', () => {
    expect(write(12_000_000, 'COP')).toBe('COP 120,000');
    expect(write(12_000_050, 'COP')).toBe('COP 120,000.50');
    expect(write(4_500_000, 'ARS', 'es-AR')).toBe('$ 45.000');
    expect(write(45_000, 'TWD')).toBe('NT$450');
    expect(write(250_000, 'MXN', 'en', 'whole')).toBe('MX$2,500');
    expect(write(250_050, 'MXN', 'en', 'whole')).toBe('MX$2,500.50');
  });

  it('writes the locale’s way', () => {
    expect(write(125_050, 'BRL', 'pt-BR')).toBe('R$ 1.250,50');
    expect(write(125_050, 'MXN', 'es-MX')).toBe('$1,250.50');
    expect(write(125_050, 'COP', 'es-CO')).toBe('$ 1.250,50');
  });

  it('loses no digit of the largest amount', () => {
    expect(write(Number.MAX_SAFE_INTEGER, 'USD')).toBe('$90,071,992,547,409.91');
  });

  it('writes what is owed with its sign, also below one unit', () => {
    expect(write(-5, 'USD')).toBe('−$0.05');
  });
});

describe('the amounts in a sentence of the core’s', () => {
  const said = (text: string) =>
    withAmounts(text, (amount) => formatMoney(amount, 'en')).replace(/\u00a0/g, ' ');

  it('are written as all others', () => {
    expect(said('2500.00 MXN are owed after this deposit, not 80.50 USD. Charge it')).toBe(
      'MX$2,500.00 are owed after this deposit, not $80.50. Charge it',
    );
    expect(said('480 JPY')).toBe('¥480');
  });

  it('stay where they are none', () => {
    for (const text of [
      '12 CSV',
      'AB-12.5 MX',
      '1.250.00 MXN',
      '5.123 MXN',
      '3 MXNs',
      'Pack 10 ALL',
      '480 MXN',
    ])
      expect(said(text)).toBe(text);
  });
});
