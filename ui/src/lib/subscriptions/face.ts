/** How a subscription looks: its tone, what comes next, and what can be done with it. */
import type { Subscription, SubscriptionStatus } from '$lib/api';
import type { ChipTone } from '$lib/charge/face';

const TONE: Record<SubscriptionStatus, ChipTone> = {
  trialing: 'processing',
  active: 'paid',
  pastDue: 'failed',
  paused: 'waiting',
  cancelled: 'neutral',
  finished: 'paid',
};

/** Returns the colour of a status. The words say the same: colour is never alone. */
export function toneOf({ status }: Pick<Subscription, 'status'>): ChipTone {
  return TONE[status];
}

export type Coming =
  { kind: 'ended' | 'ends' | 'again' | 'resumes' | 'next'; at: string } | { kind: 'untilResumed' };

/** Returns the next thing that will happen, or the last that did. */
export function comingOf(subscription: Subscription): Coming | null {
  const { status, endedAt, endsAt, retryAt, resumesAt, nextAt } = subscription;
  if (endedAt !== null) return { kind: 'ended', at: endedAt };
  // All of it is paid. When Stripe closes the plan, a month later, tells nobody anything.
  if (status === 'finished') return null;
  if (status === 'paused')
    return resumesAt === null ? { kind: 'untilResumed' } : { kind: 'resumes', at: resumesAt };
  if (endsAt !== null) return { kind: 'ends', at: endsAt };
  if (status === 'pastDue' && retryAt !== null) return { kind: 'again', at: retryAt };
  return nextAt === null ? null : { kind: 'next', at: nextAt };
}

export interface Can {
  pause: boolean;
  resume: boolean;
  cancel: boolean;
  keepGoing: boolean;
  changeCard: boolean;
}

/** Returns what may be offered. The core decides again: this only spares useless clicks. */
export function canDo({ status, instalments, endsAt, busy }: Subscription): Can {
  const over = status === 'cancelled' || status === 'finished';
  const idle = !over && !busy;
  return {
    pause: idle && status !== 'paused' && instalments === null && endsAt === null,
    resume: idle && status === 'paused',
    cancel: idle && endsAt === null,
    keepGoing: idle && endsAt !== null && status !== 'paused',
    changeCard: !over,
  };
}
