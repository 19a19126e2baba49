/** A report of the desk that only plays: its sums belong together. */
import type { Report, ReportPeriod } from '../lib/api';

const DAY = 86_400_000;
const wish = new URLSearchParams(location.search);

const NOTHING = { count: 0, minor: 0 };

export function playedReport(period: ReportPeriod, currency: string | null): Report {
  const names = daysOf(period);
  const empty = wish.has('empty');
  const few = currency === 'BRL';
  const days = names.map((day, index) => {
    const height = empty
      ? 0
      : ([12, 18, 9, 22, 27, 0, 31, 16, 14, 24, 29, 33, 20, 26][index % 14] ?? 0);
    const count = few ? Math.ceil(height / 9) : height;
    return {
      day,
      made: { count: Math.ceil(count * 1.2), minor: count * 131_000 },
      collected: { count, minor: count * 104_350 },
      refunds: count > 25 ? { count: 1, minor: 45_000 } : NOTHING,
    };
  });
  const sum = (key: 'made' | 'collected' | 'refunds') => ({
    count: days.reduce((all, day) => all + day[key].count, 0),
    minor: days.reduce((all, day) => all + day[key].minor, 0),
  });
  const [made, collected, refunds] = [sum('made'), sum('collected'), sum('refunds')];
  const part = (of: { count: number; minor: number }, share: number) => ({
    count: Math.round(of.count * share),
    minor: Math.round(of.minor * share),
  });
  const withoutFee = empty ? NOTHING : { count: 2, minor: 208_700 };
  const gross = collected.minor - withoutFee.minor;
  const fee = Math.round(gross * 0.041);
  return {
    currency: currency ?? 'MXN',
    currencies: ['MXN', 'BRL'],
    first: names[0] ?? '',
    last: names.at(-1) ?? '',
    zone: 'America/Mexico_City, UTC-06',
    links: {
      made,
      paid: part(made, 0.78),
      open: part(made, 0.1),
      expired: part(made, 0.08),
      cancelled: part(made, 0.04),
      other: NOTHING,
    },
    conversion: {
      links: part(made, 0.96).count,
      paid: part(made, 0.78).count,
      medianSeconds: empty ? null : 192,
    },
    collected,
    refunds,
    looseRefunds: NOTHING,
    disputes: empty ? NOTHING : { count: 1, minor: 125_000 },
    settled: empty
      ? []
      : [{ currency: currency ?? 'MXN', payments: collected.count - 2, fee, net: gross - fee }],
    withoutFee,
    waiting: {
      amount: { minor: empty ? 0 : 984_000, currency: currency ?? 'MXN' },
      links: empty ? 0 : 11,
      oldest: empty ? null : new Date(Date.now() - 1.3 * DAY).toISOString(),
    },
    days,
    sellers: empty
      ? []
      : [
          {
            member: 'm1',
            name: 'Laura',
            isMe: true,
            made: part(made, 0.5),
            collected: part(collected, 0.52),
          },
          {
            member: 'm2',
            name: 'María Guadalupe Hernández de la Fuente',
            isMe: false,
            made: part(made, 0.3),
            collected: part(collected, 0.31),
          },
          {
            member: null,
            name: '',
            isMe: false,
            made: part(made, 0.2),
            collected: part(collected, 0.14),
          },
        ],
    loose: empty ? NOTHING : part(collected, 0.03),
    products: empty
      ? []
      : PRODUCTS.map(([name, share], index) => ({
          product: name === '' ? null : `p${String(index)}`,
          name,
          units: Math.round(collected.count * share * 1.6),
          minor: Math.round(collected.minor * share),
        })),
    otherProducts: empty ? NOTHING : part(collected, 0.23),
    methods: empty
      ? []
      : [
          { method: 'card', collected: part(collected, 0.71) },
          { method: 'oxxo', collected: part(collected, 0.2) },
          { method: 'customer_balance', collected: part(collected, 0.09) },
        ],
    reconciled: empty
      ? null
      : {
          payments: 271,
          open: 1,
          until: new Date().toISOString(),
          readAt: new Date(Date.now() - 2 * 3_600_000).toISOString(),
        },
  };
}

const PRODUCTS: [string, number][] = [
  ['Pastel de tres leches, grande', 0.28],
  ['Pastel de chocolate', 0.19],
  ['', 0.13],
  ['Caja de doce galletas decoradas a mano para fiestas y bautizos', 0.09],
  ['Gelatina', 0.05],
];

function daysOf(period: ReportPeriod): string[] {
  const today = new Date();
  const back = {
    today: 0,
    sevenDays: 6,
    thirtyDays: 29,
    month: today.getDate() - 1,
    days: 0,
  }[period.type];
  const last = period.type === 'days' ? new Date(`${period.last}T12:00:00`) : today;
  const first =
    period.type === 'days'
      ? new Date(`${period.first}T12:00:00`)
      : new Date(today.getTime() - back * DAY);
  const count = Math.round((last.getTime() - first.getTime()) / DAY) + 1;
  return Array.from({ length: Math.max(1, count) }, (_, index) =>
    new Date(first.getTime() + index * DAY).toISOString().slice(0, 10),
  );
}
