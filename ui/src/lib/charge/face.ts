/** How a charge looks: its tone, its words, its steps, and what can be done with it. */
import type { Charge, ChargeChip, Delivery, Payment } from '$lib/api';
import type { Words } from '$lib/i18n/en';

import type { Tone } from '$lib/shared/tones';

export type ChipTone = Exclude<Tone, 'plain'>;

const TONE: Record<Payment, ChipTone> = {
  draft: 'waiting',
  needsApproval: 'suggestion',
  open: 'waiting',
  processing: 'processing',
  partlyPaid: 'waiting',
  overpaid: 'paid',
  paid: 'paid',
  partlyRefunded: 'neutral',
  refunded: 'neutral',
  disputed: 'failed',
  failedAttempt: 'failed',
  expired: 'neutral',
  cancelled: 'neutral',
  unknown: 'failed',
};

/** What both a charge and its chip in the list know. */
type Shown = Pick<Charge, 'payment' | 'delivery' | 'instalments'>;

/** Returns how many payments of a plan have come, while there are more to come. */
export function partsPaid({
  payment,
  instalments,
}: Pick<Charge, 'payment' | 'instalments'>): Charge['instalments'] {
  const more = instalments !== null && instalments.paid < instalments.count;
  return payment === 'paid' && more ? instalments : null;
}

/** Returns the colour of a state. The words say the same: colour is never alone. */
export function toneOfCharge(charge: Shown): ChipTone {
  if (partsPaid(charge)) return 'processing';
  if (charge.payment === 'open' && charge.delivery === 'failed') return 'failed';
  return TONE[charge.payment];
}

/** Returns how far a charge has come in a word or two, for the list. */
export function chipWord(chip: Omit<ChargeChip, 'amount'>, words: Words): string {
  const parts = partsPaid(chip);
  if (parts) return words.subscribers.partOf(parts.paid, parts.count);
  const word =
    chip.payment === 'open' && chip.delivery
      ? words.deliveryShort[chip.delivery]
      : words.payment[chip.payment];
  return word.toLocaleLowerCase();
}

/** Returns the same for the card: "Read · not paid". */
export function cardWord(charge: Shown & Pick<Charge, 'method' | 'terms'>, words: Words): string {
  const parts = partsPaid(charge);
  if (parts) return words.subscribers.partOf(parts.paid, parts.count);
  if (charge.payment === 'open' && charge.delivery)
    return words.notPaid(capitalised(words.deliveryShort[charge.delivery]));
  if (isAgreed(charge)) return words.often.agreedWord;
  if (isVoucher(charge)) return words.payment.voucher;
  return words.payment[charge.payment];
}

/** Returns whether the customer has subscribed, and nothing was due yet. */
export function isAgreed({ payment, terms }: Pick<Charge, 'payment' | 'terms'>): boolean {
  return payment === 'processing' && Boolean(terms.recurrence);
}

/** Returns whether the customer holds a voucher to pay at a counter. */
export function isVoucher(charge: Pick<Charge, 'payment' | 'method'>): boolean {
  return charge.payment === 'processing' && /oxxo|boleto|voucher/i.test(charge.method ?? '');
}

export type StepKey = 'created' | 'sent' | 'delivered' | 'read' | 'paid';
export type StepState = 'done' | 'current' | 'todo' | 'failed';
export interface Step {
  key: StepKey;
  state: StepState;
  at: string | null;
}

const REACHED: Record<Delivery, number> = {
  queued: 1,
  sending: 1,
  unknown: 1,
  failed: 1,
  sent: 2,
  delivered: 3,
  read: 4,
};

const SETTLED: ReadonlySet<Payment> = new Set([
  'paid',
  'overpaid',
  'partlyRefunded',
  'refunded',
  'disputed',
]);

/** Returns whether money arrived, whatever became of it later. */
export function isSettled(charge: Pick<Charge, 'payment'>): boolean {
  return SETTLED.has(charge.payment);
}

/** Returns the five steps of a charge; the one under way is `current`. */
export function stepsOf(charge: Charge): Step[] {
  const delivered = stepsReached(charge);
  return STEP_KEYS.map((key, index) => ({
    key,
    state: stepState(charge, index, delivered),
    at: momentOf(charge, key),
  }));
}

const STEP_KEYS: StepKey[] = ['created', 'sent', 'delivered', 'read', 'paid'];

/** A delivery may be reported late or never; a payment shows that the link was there. */
function stepsReached(charge: Charge): number {
  if (isSettled(charge)) return 5;
  if (charge.payment === 'draft' || charge.payment === 'needsApproval') return 0;
  return charge.delivery ? REACHED[charge.delivery] : 1;
}

function stepState(charge: Charge, index: number, reached: number): StepState {
  if (index < reached) return 'done';
  if (index === 1 && charge.delivery === 'failed') return 'failed';
  if (index === 0 && charge.payment === 'draft' && charge.problem) return 'failed';
  if (index < 4) return index === reached && isUnderWay(charge) ? 'current' : 'todo';
  return paymentStep(charge, reached);
}

function paymentStep(charge: Charge, reached: number): StepState {
  if (charge.payment === 'failedAttempt') return 'failed';
  if (charge.payment === 'processing' || charge.payment === 'partlyPaid') return 'current';
  return reached === 4 && isUnderWay(charge) ? 'current' : 'todo';
}

function isUnderWay(charge: Charge): boolean {
  return charge.payment === 'open' || charge.payment === 'draft';
}

function momentOf(charge: Charge, key: StepKey): string | null {
  switch (key) {
    case 'created':
      return charge.openedAt ?? charge.createdAt;
    case 'sent':
      return null;
    case 'delivered':
      return charge.deliveredAt;
    case 'read':
      return charge.readAt;
    case 'paid':
      return charge.paidAt;
  }
}

/** Returns the last step done, if its moment is known: the one time worth its space. */
export function lastDated(steps: Step[]): StepKey | null {
  const last = steps.findLast((step) => step.state === 'done');
  return last?.at ? last.key : null;
}

export interface ChargeActions {
  copy: boolean;
  resend: boolean;
  cancel: boolean;
  retry: boolean;
}

const PAYABLE: ReadonlySet<Payment> = new Set(['open', 'failedAttempt', 'partlyPaid']);
const CANCELLABLE: ReadonlySet<Payment> = new Set([
  'draft',
  'needsApproval',
  'open',
  'failedAttempt',
]);

/** Deliveries that have their own "Send again", or are still under way. */
const NOT_YET_SENT: ReadonlySet<Delivery> = new Set(['queued', 'sending', 'failed', 'unknown']);

const OVER: ReadonlySet<Payment> = new Set(['expired', 'cancelled']);

/** A link that may be paid often stays payable after a payment, until somebody ends it. */
function isStillPayable(charge: Charge): boolean {
  return (
    !charge.singleUse && charge.link !== null && !charge.switchedOff && !OVER.has(charge.payment)
  );
}

/** What Stripe has to be asked about, because only its own page says more. */
const SEEN_AT_STRIPE: ReadonlySet<Payment> = new Set(['overpaid', 'disputed', 'unknown']);

/** Returns the page of Stripe's that a card sends people to, where it does. */
export function stripePage({
  payment,
  stripeIds,
  livemode,
}: Pick<Charge, 'payment' | 'stripeIds' | 'livemode'>): string | null {
  if (!SEEN_AT_STRIPE.has(payment)) return null;
  const { paymentIntent, paymentLink } = stripeIds;
  const object = paymentIntent
    ? `payments/${paymentIntent}`
    : paymentLink
      ? `payment-links/${paymentLink}`
      : 'payments';
  return `https://dashboard.stripe.com/${livemode ? '' : 'test/'}${object}`;
}

/** Returns what may be offered. The core decides again: this only spares useless clicks. */
export function actionsOf(charge: Charge): ChargeActions {
  const payable = charge.link !== null && PAYABLE.has(charge.payment);
  return {
    copy:
      payable ||
      isStillPayable(charge) ||
      (charge.link !== null && charge.payment === 'processing' && !isAgreed(charge)),
    resend: payable && !(charge.delivery && NOT_YET_SENT.has(charge.delivery)),
    cancel: CANCELLABLE.has(charge.payment) || isStillPayable(charge),
    retry: charge.payment === 'draft' && charge.problem !== null,
  };
}

/** Returns the sentence below the steps, where the state needs one. */
export function sentenceOf(
  charge: Charge,
  words: Words,
  money: (amount: Charge['amount']) => string,
): string | null {
  const say = words.cardWords;
  switch (charge.payment) {
    case 'draft':
      return charge.problem ? say.notCreated : say.creating;
    case 'processing':
      if (isAgreed(charge)) return words.often.agreed;
      return isVoucher(charge) ? say.voucher : say.processing;
    case 'refunded':
    case 'partlyRefunded':
      return charge.refunded ? say.refunded(money(charge.refunded)) : null;
    case 'open':
    case 'paid':
      return null;
    default:
      return say[charge.payment];
  }
}

function capitalised(word: string): string {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
