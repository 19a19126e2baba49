import { render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { deskAnswers, later, refuse } from '../../../tests/desk';
import { aReport } from '../../../tests/things';
import { language } from '../i18n/language.svelte';
import ReportBody from './ReportBody.svelte';
import { isEmpty, Reports } from './reports.svelte';

beforeEach(() => language.choose('en'));

const nothing = { count: 0, minor: 0 };

describe('a report', () => {
  it('is asked for by period and currency', async () => {
    const calls = deskAnswers({ sales_report: () => aReport() });
    const reports = new Reports();
    await reports.refresh();
    await reports.show('month');
    await reports.chooseCurrency('USD');
    expect(calls.map(({ args }) => args)).toEqual([
      { period: { type: 'sevenDays' }, currency: null },
      { period: { type: 'month' }, currency: null },
      { period: { type: 'month' }, currency: 'USD' },
    ]);
  });

  it('of days of one’s own begins with those that were shown, and never asks for a range that is none', async () => {
    const calls = deskAnswers({ sales_report: () => aReport() });
    const reports = new Reports();
    await reports.refresh();
    await reports.show('days');
    const days = { type: 'days', first: '2026-11-20', last: '2026-11-26' };
    expect(calls.at(-1)?.args['period']).toEqual(days);
    reports.last = '2026-11-19';
    await reports.chooseDays();
    expect(calls).toHaveLength(2);
    expect(reports.asked).toBeNull();
    expect(reports.state).toBe('ready');
  });

  it('shows the newest answer, whichever comes last', async () => {
    const slow = later<unknown>();
    deskAnswers({
      sales_report: ({ period }) =>
        (period as { type: string }).type === 'today' ? slow.promise : aReport({ first: 'month' }),
    });
    const reports = new Reports();
    const today = reports.show('today');
    await reports.show('month');
    slow.keep(aReport({ first: 'today' }));
    await today;
    expect(reports.report?.first).toBe('month');
  });

  it('says that it could not be made, and then that it could', async () => {
    let broken = true;
    deskAnswers({ sales_report: () => (broken ? refuse() : aReport()) });
    const reports = new Reports();
    await reports.refresh();
    expect(reports.state).toBe('failed');
    broken = false;
    await reports.refresh();
    expect(reports.state).toBe('ready');
    expect(reports.error).toBeNull();
  });

  it('is empty where nothing was charged, paid or taken back', () => {
    const { links } = aReport();
    const empty = { links: { ...links, made: nothing }, collected: nothing, refunds: nothing };
    expect(isEmpty(aReport({ ...empty, disputes: nothing }))).toBe(true);
    expect(isEmpty(aReport({ ...empty, disputes: { count: 1, minor: 5 } }))).toBe(false);
    expect(isEmpty(aReport())).toBe(false);
  });
});

function shown(fields: Partial<ReturnType<typeof aReport>> = {}) {
  const none = () => undefined;
  render(ReportBody, {
    report: aReport(fields),
    now: Date.parse('2026-11-26T18:00:00Z'),
    untilToday: true,
    showOpen: none,
    showUnmatched: none,
    showDisputes: none,
    reconcile: none,
  });
}

const said = (id: string) =>
  screen.getByTestId(id).textContent.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim();

describe('the sums', () => {
  it('say what came in, went back, and was left of it', () => {
    shown();
    expect(said('report-collected')).toContain('MX$770.00 3 payments');
    expect(said('report-refunded')).toContain('−MX$100.00 1 refund');
    expect(said('report-fees')).toContain('MX$20.00');
    expect(said('report-net')).toContain('MX$480.00 MX$380.00 after refunds');
    expect(said('report-time')).toContain('2 m 0 s Half were paid within 2 m 0 s');
    expect(said('total-conversion')).toContain('33% 1 of 3 sent');
  });

  it('say nothing of how fast links were paid where none was', () => {
    shown({ conversion: { links: 3, paid: 0, medianSeconds: null } });
    expect(said('report-time')).toBe('From link to paid —');
  });

  it('name payments whose fee is not known, and put them into no net', () => {
    shown({ withoutFee: { count: 2, minor: 170_00 } });
    expect(said('report-net')).toContain('2 payments still without a fee: MX$170.00');
  });

  it('keep what was settled in another currency apart', () => {
    shown({
      settled: [
        { currency: 'MXN', payments: 1, fee: 20_00, net: 480_00 },
        { currency: 'USD', payments: 1, fee: 90, net: 10_10 },
      ],
    });
    expect(said('report-net')).toContain('MX$480.00');
    expect(said('report-notes')).toContain('1 payment was settled in USD: fee $0.90, net $10.10');
  });

  it('of products name what all after the first ten come to', () => {
    shown({ otherProducts: { count: 4, minor: 120_00 } });
    expect(said('report-products')).toContain('Other products4MX$120.00');
  });

  it('say when the account was read, and draw nothing where nothing came', () => {
    const readAt = '2026-11-26T16:27:00Z';
    shown({
      reconciled: { payments: 4, open: 0, until: readAt, readAt },
      products: [{ product: null, name: '', units: 2, minor: 0 }],
    });
    expect(said('total-reconciled')).toContain('100% Every payment has its place · as of ');
    const chart = screen.getByTestId('day-chart');
    expect(chart.querySelectorAll('.bar.none')).toHaveLength(1);
    expect(screen.getByTestId('report-products').querySelectorAll('tr.none')).toHaveLength(1);
  });

  it('stand day by day, the newest first, and by seller, product and way of paying', () => {
    shown();
    const days = screen.getAllByRole('row').map(({ textContent }) => textContent);
    expect(days[1]).toContain('Nov 26');
    expect(days[2]).toContain('Nov 25');
    expect(said('report-sellers')).toContain('Rosa1MX$200.00MX$200.00');
    expect(said('report-sellers')).toContain('Unassigned');
    expect(said('report-products')).toContain('Amounts without a product, delivery2MX$700.00');
    expect(screen.queryByText('Other products')).toBeNull();
    expect(said('report-methods')).toContain('Card2MX$570.00');
  });
});
