import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse, type Answers } from '../../../tests/desk';
import { NOW } from '../../../tests/things';
import type { NewDeed, Subscription } from '../api';
import { language } from '../i18n/language.svelte';
import { canDo, comingOf } from './face';
import { Subscribers } from './subscribers.svelte';
import SubscribersPane from './SubscribersPane.svelte';

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

function aSubscription(fields: Partial<Subscription> = {}): Subscription {
  return {
    id: 'sub_1',
    charge: 'charge-1',
    conversation: 'maria',
    customer: 'María González',
    description: 'Caja de pan',
    status: 'active',
    amount: mxn(32_000),
    every: { interval: 'month', count: 1 },
    instalments: null,
    payments: 4,
    paid: mxn(128_000),
    nextAt: '2026-12-15T10:00:00Z',
    trialEnd: null,
    resumesAt: null,
    endsAt: null,
    endedAt: null,
    startedAt: '2026-08-15T10:00:00Z',
    retryAt: null,
    problem: null,
    busy: false,
    livemode: false,
    ...fields,
  };
}

function show(answers: Answers) {
  const calls = deskAnswers(answers);
  const openChat = vi.fn();
  render(SubscribersPane, { subscribers: new Subscribers(), now: NOW, openChat });
  const deeds = () =>
    calls
      .filter(({ command }) => command === 'change_subscription')
      .map(({ args }) => args['deed'] as NewDeed);
  return { calls, deeds, openChat };
}

const page = (...rows: Subscription[]) => ({ subscriptions: () => ({ rows, next: null }) });

describe('the subscribers', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows who, how it stands, what is paid and what comes next', async () => {
    show(page(aSubscription(), aSubscription({ id: 'sub_2', instalments: 6, payments: 2 })));
    const [first, second] = await screen.findAllByTestId('subscription');
    expect(first?.textContent).toContain('María González');
    expect(first?.textContent).toContain('MX$320.00 every month');
    expect(first?.textContent).toContain('MX$1,280.00 paid');
    expect(first?.textContent).toContain('Next:');
    expect(second?.textContent).toContain('2 of 6 paid');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('2');
  });

  it('ends one only after the amount was typed, and once however often it is confirmed', async () => {
    const { deeds } = show({
      ...page(aSubscription()),
      change_subscription: () => aSubscription({ endsAt: '2026-12-15T10:00:00Z', nextAt: null }),
    });
    const user = userEvent.setup();
    await user.click(await screen.findByTestId('subscription-cancel'));
    expect(screen.getByTestId<HTMLButtonElement>('cancel-confirm').disabled).toBe(true);
    expect(document.activeElement).toBe(screen.getByTestId('cancel-typed'));
    await user.keyboard('320.00{Enter}');
    await vi.waitFor(() => {
      expect(deeds()).toHaveLength(1);
    });
    expect(deeds()[0]).toMatchObject({
      subscription: 'sub_1',
      typed: '320.00',
      deed: { type: 'cancelAtPeriodEnd' },
    });
  });

  it('keeps the question open with what the core says against it', async () => {
    const { deeds } = show({
      ...page(aSubscription()),
      change_subscription: () => refuse({ code: 'invalid', message: 'Type the amount.' }),
    });
    const user = userEvent.setup();
    await user.click(await screen.findByTestId('subscription-cancel'));
    await user.click(screen.getByTestId('cancel-now'));
    await user.type(screen.getByTestId('cancel-typed'), '3');
    await user.click(screen.getByTestId('cancel-confirm'));
    expect((await screen.findByRole('alert')).textContent).toContain('Type the amount.');
    await user.click(screen.getByTestId('cancel-confirm'));
    expect(new Set(deeds().map(({ id }) => id)).size).toBe(1);
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId('cancel-form')).toBeNull();
  });

  it('says that there are none, and what to do when they can not be read', async () => {
    show(page());
    await screen.findByText('No subscribers yet');
    cleanup();
    show({ subscriptions: () => refuse({ message: 'The disk is full.' }) });
    await screen.findByText('The disk is full.');
  });

  it('offers what can be, and says the next thing that happens', () => {
    expect(canDo(aSubscription()).pause).toBe(true);
    expect(canDo(aSubscription({ instalments: 3 })).pause).toBe(false);
    expect(canDo(aSubscription({ status: 'paused' })).resume).toBe(true);
    expect(canDo(aSubscription({ busy: true })).cancel).toBe(false);
    const paidUp = aSubscription({ status: 'finished', endsAt: '2026-12-18T10:00:00Z' });
    expect(canDo(paidUp).changeCard).toBe(false);
    expect(comingOf(paidUp), 'that Stripe closes it later is no news').toBeNull();
    expect(comingOf(aSubscription({ status: 'pastDue', retryAt: '2026-12-18T10:00:00Z' }))).toEqual(
      {
        kind: 'again',
        at: '2026-12-18T10:00:00Z',
      },
    );
    expect(comingOf(aSubscription({ status: 'paused', nextAt: null }))).toEqual({
      kind: 'untilResumed',
    });
  });
});
