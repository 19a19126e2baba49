import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse, type Call } from '../../../tests/desk';
import { aCharge, anOverview, aPaymentRow, aRefund } from '../../../tests/things';
import { language } from '../i18n/language.svelte';
import { toasts } from '../shared/toasts.svelte';
import BookLines from './BookLines.svelte';
import { Books } from './books.svelte';
import MoneyNotes from './MoneyNotes.svelte';
import FilterBar from './FilterBar.svelte';
import { Payments } from './payments.svelte';
import RefundForm from './RefundForm.svelte';
import Totals from './Totals.svelte';

beforeEach(() => language.choose('en'));

function desk(answers: Parameters<typeof deskAnswers>[0] = {}): Call[] {
  return deskAnswers({
    overview: () => anOverview(),
    payment_counts: () => [{ filter: 'all', count: 2 }],
    payments: ({ after }) =>
      after === null
        ? { rows: [aPaymentRow({ key: '2_b' })], next: '2_b' }
        : { rows: [aPaymentRow({ key: '1_a' })], next: null },
    ...answers,
  });
}

describe('the payments', () => {
  it('are read page by page, and what is open stays open', async () => {
    desk();
    const payments = new Payments();
    await payments.refresh();
    await payments.loadMore();
    expect(payments.rows.map(({ key }) => key)).toEqual(['2_b', '1_a']);
    payments.step(1);
    payments.step(1);
    expect(payments.open?.key).toBe('1_a');
    await payments.refresh();
    expect(payments.rows).toHaveLength(2);
  });

  it.each([
    [['MXN'], ''],
    [['MXN', 'USD'], 'Counts every currency; the figures above are of the chosen one'],
  ])('say of %s what their filters count', async (currencies, title) => {
    desk({ overview: () => anOverview({ currencies }) });
    const payments = new Payments();
    await payments.refresh();
    render(FilterBar, { payments });
    expect(screen.getByTestId('filter-all').title).toBe(title);
  });

  it('say of what came today how much of it was given back', () => {
    const overview = anOverview();
    overview.today.refunded = { minor: 20_000, currency: 'MXN' };
    render(Totals, { overview, now: Date.now(), show: vi.fn(), reconcile: vi.fn() });
    expect(screen.getByTestId('total-today').textContent).toMatch(/of it, MX\$200\.00\sgiven back/);
  });

  it('say that they could not be read', async () => {
    desk({ payments: () => refuse() });
    const payments = new Payments();
    await payments.refresh();
    expect(payments.state).toBe('failed');
  });

  it('keep a filter that was saved, on the profile and nowhere else', async () => {
    let kept: unknown = [];
    desk({
      saved_filters: () => kept,
      save_filters: ({ filters }) => {
        kept = filters;
        return null;
      },
    });
    const payments = new Payments();
    await payments.show('paid', 'cake');
    await payments.save();
    await payments.save();
    const later = new Payments();
    await later.refresh();
    expect(later.saved).toEqual([{ filter: 'paid', query: 'cake' }]);
    await later.forget(later.saved[0] as (typeof later.saved)[number]);
    expect(kept).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it('say that a filter was not kept, and show it no more', async () => {
    desk({ saved_filters: () => [], save_filters: () => refuse({ message: 'The disk is full.' }) });
    const payments = new Payments();
    await payments.show('paid', 'cake');
    await payments.save();
    expect(payments.saved).toEqual([]);
    expect(payments.notSaved?.message).toBe('The disk is full.');
  });

  it('lose no filter that could not be read when another one was saved', async () => {
    let kept: unknown = [{ filter: 'failed', query: '' }];
    let readable = false;
    desk({
      saved_filters: () => (readable ? kept : refuse({ message: 'Not now.' })),
      save_filters: ({ filters }) => {
        kept = filters;
        return null;
      },
    });
    const payments = new Payments();
    await payments.show('paid', 'cake');
    await payments.save();
    expect(payments.notSaved?.message).toBe('Not now.');
    expect(kept).toHaveLength(1);
    readable = true;
    await payments.save();
    expect(kept).toHaveLength(2);
  });

  it('count what a person has to look at', async () => {
    desk({
      overview: () =>
        anOverview({
          disputesOpen: 1,
          contested: 2,
          reconciled: {
            payments: 9,
            open: 3,
            until: '2026-11-24T00:00:00Z',
            readAt: '2026-11-24T00:00:00Z',
          },
        }),
    });
    const payments = new Payments();
    await payments.refresh();
    expect(payments.pressing).toBe(6);
  });
});

describe('a refund', () => {
  const can = { most: { minor: 125_000, currency: 'MXN' }, whyNot: null, notes: ['feeStays'] };

  it('waits for the amount to be typed, and is one refund however often it is confirmed', async () => {
    const calls = desk({ refundable: () => can, create_refund: () => refuse({ code: 'offline' }) });
    render(RefundForm, { charge: aCharge({ payment: 'paid' }), close: () => undefined });
    const confirm = await screen.findByTestId<HTMLButtonElement>('refund-confirm');
    expect(confirm.disabled).toBe(true);
    await fireEvent.input(screen.getByTestId('refund-typed'), { target: { value: '1250' } });
    await fireEvent.click(confirm);
    await screen.findByRole('alert');
    await fireEvent.click(confirm);
    const made = calls.filter(({ command }) => command === 'create_refund');
    const ids = made.map(({ args }) => (args['refund'] as { id: string }).id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(document.body.textContent).toContain('can’t be taken back');
  });

  it('keeps the amount that was typed when the charge changes under it', async () => {
    const calls = desk({ refundable: () => can });
    const charge = aCharge({ payment: 'paid', fee: null });
    const close = () => undefined;
    const { rerender } = render(RefundForm, { charge, close });
    const field = await screen.findByTestId<HTMLInputElement>('refund-amount');
    await fireEvent.input(field, { target: { value: '300' } });
    await rerender({ charge: { ...charge, fee: { minor: 100, currency: 'MXN' } }, close });
    await vi.waitFor(() => {
      expect(calls.filter(({ command }) => command === 'refundable')).toHaveLength(2);
    });
    await new Promise((done) => setTimeout(done, 0));
    expect(field.value).toBe('300');
    expect(screen.getByTestId('refund-confirm').textContent).toContain('MX$300.00');
  });

  it('that can’t be made says so before', async () => {
    desk({
      refundable: () => ({
        most: null,
        whyNot: { code: 'x', title: 'Paid in cash', advice: 'Pay it back yourself.' },
        notes: [],
      }),
    });
    render(RefundForm, { charge: aCharge({ payment: 'paid' }), close: () => undefined });
    expect((await screen.findByTestId('refund-why-not')).textContent).toContain('Paid in cash');
    expect(screen.queryByTestId('refund-confirm')).toBeNull();
  });
});

describe('a refund that was asked for', () => {
  const can = { most: { minor: 125_000, currency: 'MXN' }, whyNot: null, notes: [] };

  it.each([
    ['succeeded', 'good', /is given back/],
    ['pending', 'plain', /on its way/],
    ['wanted', 'plain', /not confirmed/],
    ['failed', 'bad', /was not made/],
    ['stopped', 'bad', /was not made/],
    ['cancelled', 'bad', /was not made/],
  ] as const)('and is %s says just that', async (state, tone, title) => {
    desk({ refundable: () => can, create_refund: () => aRefund({ state }) });
    render(RefundForm, { charge: aCharge({ payment: 'paid' }), close: () => undefined });
    await fireEvent.input(await screen.findByTestId('refund-typed'), {
      target: { value: '1250' },
    });
    await fireEvent.click(screen.getByTestId('refund-confirm'));
    await vi.waitFor(() => expect(toasts.shown.at(-1)?.tone).toBe(tone));
    expect(toasts.shown.at(-1)?.title).toMatch(title);
    toasts.shown = [];
  });

  it('twice with the same amount is shown twice', () => {
    const refunds = [aRefund({ id: 'one' }), aRefund({ id: 'two' })];
    render(MoneyNotes, { charge: aCharge({ payment: 'refunded' }), refunds, now: Date.now() });
    expect(screen.getAllByTestId('money-note')).toHaveLength(2);
  });
});

describe('a card', () => {
  it('says what of a transfer is missing', () => {
    const charge = aCharge({
      payment: 'partlyPaid',
      amount: { minor: 100_000, currency: 'MXN' },
      received: { minor: 60_000, currency: 'MXN' },
    });
    render(MoneyNotes, { charge, refunds: [], now: Date.now() });
    expect(screen.getByTestId('money-note').textContent).toMatch(/600\.00.*400\.00.*missing/);
  });
});

describe('the books', () => {
  it('open on what there is, in words, and offer no more than there is', async () => {
    const run = { id: 'run', state: 'done' };
    const counts = [
      { class: 'unmatched', payments: 0, objects: 0, lines: 0, open: 0 },
      { class: 'matched', payments: 2, objects: 3, lines: 2, open: 0 },
    ];
    const line = (id: string, status: string) => ({
      ...{ id, status, key: id, class: 'matched', kind: 'charge', at: '2026-11-24T12:00:00Z' },
      ...{ amount: null, asked: null, note: null, description: null, tied: false, customer: null },
    });
    deskAnswers({
      reconciliations: () => [run],
      reconcile_estimate: () => ({ reads: 7, left: 100, allowance: 10_000, warns: false }),
      reconcile_report: () => ({ run, counts, sums: [], open: 0, closes: true }),
      reconcile_lines: () => ({
        rows: [
          line('ch_1', 'succeeded'),
          line('ch_2', 'failed'),
          { ...line('ch_3', 'succeeded'), description: 'Subscription update' },
        ],
        next: null,
      }),
    });
    const books = new Books(new Date(2026, 10, 24));
    await books.refresh();
    expect(books.shown).toBe('matched');

    render(BookLines, { books, now: Date.now(), openChat: vi.fn(), complain: vi.fn() });
    const rows = screen.getAllByTestId('book-line').map(({ textContent }) => textContent);
    expect(rows[0]).toContain('paid');
    expect(rows[1]).toContain('declined');
    expect(rows[2]).toContain('Payment of a subscription');
    expect(screen.queryByText(language.words.payoutsPane.loadMore)).toBeNull();
  });

  it('are read for the days that were picked', async () => {
    const calls = deskAnswers({
      reconciliations: () => [],
      reconcile_estimate: () => ({ reads: 7, left: 100, allowance: 10_000, warns: false }),
      reconcile_start: () => null,
    });
    const books = new Books(new Date(2026, 10, 24));
    expect([books.from, books.to]).toEqual(['2026-10-25', '2026-11-24']);
    await books.start();
    const started = calls.find(({ command }) => command === 'reconcile_start');
    expect(started?.args['until']).toBe(new Date(2026, 10, 25).toISOString());
    books.to = '2026-10-01';
    expect(books.range()).toBeNull();
  });
});
