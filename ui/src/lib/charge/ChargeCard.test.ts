import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aCharge, aMessage, minutesAgo, NOW } from '../../../tests/things';
import type { Charge } from '../api';
import { language } from '../i18n/language.svelte';
import ChargeCard from './ChargeCard.svelte';

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

function show(fields: Partial<Charge>, more: { canWrite?: boolean; blocked?: string } = {}) {
  const did = {
    copy: vi.fn(),
    resend: vi.fn(),
    cancel: vi.fn(),
    retry: vi.fn(),
    sendAgain: vi.fn(),
    putAside: vi.fn(),
    chargeRest: vi.fn(),
    restock: vi.fn(),
    toDisputes: vi.fn(),
  };
  const charge = aCharge(fields);
  const message = aMessage({ kind: 'payButton', charge: charge.id, delivery: charge.delivery });
  render(ChargeCard, {
    charge,
    message,
    now: NOW,
    canWrite: true,
    retried: false,
    ...more,
    ...did,
  });
  return { did, card: screen.getByTestId('charge-card') };
}

describe('the charge card', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows amount, purpose, state, and what is left', () => {
    const { card } = show({});
    expect(card.dataset['payment']).toBe('open');
    expect(card.textContent).toContain('MX$1,250.00');
    expect(card.textContent).toContain('Anticipo mesa de dulces');
    expect(card.textContent).toContain('Read · not paid');
    expect(card.textContent).toContain('Single use · 47 h left');
  });

  it('gives a link of two days all its hours at first', () => {
    expect(show({ expiresAt: minutesAgo(-48 * 60 + 1) }).card.textContent).toContain('48 h left');
  });

  it('speaks of no time left once the customer has subscribed', () => {
    const every = { interval: 'month', count: 1 } as const;
    const recurrence = { type: 'subscription', every, trialDays: 7 } as const;
    const { card } = show({ payment: 'processing', terms: { recurrence } });
    expect(card.textContent).not.toContain('left');
  });

  it('counts no time down while a supervisor has not let the link go', () => {
    const fields = { createdAt: minutesAgo(600), expiresAt: minutesAgo(600 - 48 * 60) };
    const { card } = show({ payment: 'needsApproval', link: null, delivery: null, ...fields });
    expect(card.textContent).toContain('Single use · 48 h once it is sent');
    expect(card.textContent).not.toContain('left');
  });

  it('leads a disputed payment to its answer, and gives nothing back', async () => {
    const stripeIds = { paymentLink: null, checkoutSession: null, paymentIntent: 'pi_9' };
    const calls = deskAnswers({ open_link: () => null });
    const { did } = show({ payment: 'disputed', livemode: false, stripeIds });
    expect(screen.queryByTestId('card-refund')).toBeNull();
    await userEvent.click(screen.getByTestId('card-dispute'));
    expect(did.toDisputes).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByTestId('card-stripe'));
    expect(calls.at(-1)?.args).toEqual({
      url: 'https://dashboard.stripe.com/test/payments/pi_9',
    });
  });

  it('resends nothing from a number that is not ours any more, and says why', () => {
    show({ payment: 'open' }, { blocked: 'Disconnected' });
    const resend = screen.getByTestId<HTMLButtonElement>('charge-resend');
    expect([resend.disabled, resend.title]).toEqual([true, 'Disconnected']);
  });

  it('says that it comes again, and what a plan comes to', () => {
    const monthly = { interval: 'month', count: 1 } as const;
    const recurrence = { type: 'subscription', every: monthly, trialDays: 7 } as const;
    const { card } = show({ payment: 'processing', terms: { recurrence } });
    expect(card.textContent).toContain('every month');
    expect(card.textContent).toContain('Subscribed');
    expect(card.textContent).toContain('The customer has agreed');
    expect(screen.queryByTestId('issue-again')).toBeNull();
  });

  it('says that the net is from before a refund', () => {
    const { card } = show({
      payment: 'partlyRefunded',
      paidAt: minutesAgo(1),
      fee: mxn(840),
      net: mxn(14_160),
      method: 'card •• 4242',
    });
    expect(card.textContent).toContain('net MX$141.60 before the refund');
  });

  it('shows fee, net and method once paid, and offers only to give it back', () => {
    const { card } = show({
      payment: 'paid',
      paidAt: minutesAgo(1),
      fee: mxn(4_800),
      net: mxn(120_200),
      method: 'card •• 4242',
    });
    expect(card.textContent).toContain('Card •• 4242 · fee MX$48.00 · net MX$1,202.00');
    expect(screen.queryAllByRole('button').map(({ dataset }) => dataset.testid)).toEqual([
      'card-refund',
    ]);
  });

  it('says that the fee follows while Stripe has not told it', () => {
    const { card } = show({ payment: 'paid', fee: null, net: null });
    expect(card.textContent).toContain('Stripe’s fee follows');
  });

  it.each<[Partial<Charge>, string]>([
    [{ payment: 'draft', link: null, delivery: null }, 'Stripe is making the link'],
    [{ payment: 'processing', method: 'oxxo' }, 'voucher'],
    [{ payment: 'failedAttempt' }, 'The link still works'],
    [{ payment: 'expired' }, 'no longer works'],
    [{ payment: 'cancelled' }, 'still counts'],
    [{ payment: 'refunded', refunded: mxn(125_000) }, 'MX$1,250.00 went back'],
    [{ payment: 'partlyRefunded', refunded: mxn(100) }, 'MX$1.00 went back'],
    [{ payment: 'disputed' }, 'before its deadline'],
    [{ payment: 'partlyPaid' }, 'Less arrived'],
    [{ payment: 'overpaid' }, 'More arrived'],
    [{ payment: 'needsApproval', link: null }, 'supervisor'],
    [{ payment: 'unknown' }, 'could not be read'],
  ])('has plain words for %o', (fields, words) => {
    expect(show(fields).card.textContent).toContain(words);
  });

  it('says why a link was not made, and tries again', async () => {
    const { did, card } = show({
      payment: 'draft',
      link: null,
      delivery: null,
      problem: {
        code: 'permission',
        title: 'Stripe refused the key',
        advice: 'Add the permission.',
      },
    });
    expect(card.textContent).toContain('Stripe refused the key');
    await userEvent.click(screen.getByTestId('charge-retry'));
    expect(did.retry).toHaveBeenCalledOnce();
  });

  it('asks before it cancels', async () => {
    const { did } = show({});
    await userEvent.click(screen.getByTestId('charge-cancel'));
    expect(did.cancel).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('charge-cancel-yes'));
    expect(did.cancel).toHaveBeenCalledOnce();
  });

  it('says that outside the window a link is resent as a template', () => {
    show({}, { canWrite: false });
    const resend = screen.getByTestId('charge-resend');
    expect(resend).toHaveProperty('disabled', false);
    expect(resend.title).toBe(language.words.goesAsTemplate);
  });

  it('speaks the person’s language', () => {
    language.choose('pt-BR');
    expect(show({ amount: { minor: 18_900, currency: 'BRL' } }).card.textContent).toContain(
      'Lida · não paga',
    );
  });

  it('copies and resends an open link', async () => {
    const { did } = show({ payment: 'open', delivery: 'read' });
    await userEvent.click(screen.getByTestId('charge-copy'));
    await userEvent.click(screen.getByTestId('charge-resend'));
    expect(did.copy).toHaveBeenCalledOnce();
    expect(did.resend).toHaveBeenCalledOnce();
  });

  it.each<[Partial<Charge>, string]>([
    [{ delivery: 'sent' }, 'Delivered'],
    [{ delivery: 'delivered' }, 'Read'],
    [{ delivery: 'read' }, 'Paid'],
  ])('marks the step that is next: %j', (fields, next) => {
    const { card } = show({ payment: 'open', ...fields });
    expect(card.querySelector('[aria-current]')?.textContent).toContain(next);
  });

  it('offers nothing for a link that is over but to see it', () => {
    show({ payment: 'cancelled', switchedOff: true });
    for (const deed of ['charge-copy', 'charge-resend', 'charge-cancel'])
      expect(screen.queryByTestId(deed)).toBeNull();
  });

  it('names itself to who hears it, with its amount and state', () => {
    const { card } = show({ amount: mxn(125_000), payment: 'paid', paidAt: minutesAgo(1) });
    expect(card.getAttribute('aria-label')).toContain('MX$1,250.00');
    expect(card.getAttribute('aria-label')).toContain('Paid');
  });
});
