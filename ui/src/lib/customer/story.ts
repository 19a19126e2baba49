/** What was said and paid, in one line of time. */
import type { Charge, CustomerPayment, CustomerView, Dispute, Message, Refund } from '$lib/api';

export type Part = { key: string; at: string } & (
  | { kind: 'message'; message: Message }
  /** A sending of its link; `state` where the charge's is to be told: at the last, and until it is paid in full. */
  | { kind: 'link'; message: Message; charge: Charge; state: boolean }
  /** A charge of which nothing was sent, told until it is paid in full; or one that is paid, and none of its payments is known. */
  | { kind: 'charge'; charge: Charge }
  | { kind: 'payment'; payment: CustomerPayment; charge: Charge | null }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'dispute'; dispute: Dispute }
);

type Known = Pick<CustomerView, 'charges' | 'payments' | 'refunds' | 'disputes'>;

/**
 * Returns messages (given newest first) and what became of money, each at its own time, newest first.
 *
 * While there are older messages, what is older than the oldest here waits for them.
 */
export function storyOf(messages: readonly Message[], known: Known, hasOlder: boolean): Part[] {
  const oldest = hasOlder ? (messages.at(-1)?.at ?? '') : '';
  const charges = new Map(known.charges.map((charge) => [charge.id, charge]));
  const oldestFirst = messages.toReversed();
  const lastLinks = new Map(oldestFirst.map(({ charge, id }) => [charge, id]));
  const haveCome = new Set(known.payments.map(({ charge }) => charge));

  const parts: Part[] = [
    ...oldestFirst.map((message): Part => {
      const charge = message.charge === null ? undefined : charges.get(message.charge);
      const { id: key, at } = message;
      if (!charge) return { kind: 'message', key, at, message };
      const state = lastLinks.get(charge.id) === key && charge.paidAt === null;
      return { kind: 'link', key, at, message, charge, state };
    }),
    ...known.charges
      .filter(({ id, paidAt }) => (paidAt === null ? !lastLinks.has(id) : !haveCome.has(id)))
      .map((charge): Part => {
        const { id: key, paidAt, createdAt } = charge;
        return { kind: 'charge', key, at: paidAt ?? createdAt, charge };
      }),
    ...known.payments.map((payment): Part => {
      const charge = charges.get(payment.charge) ?? null;
      return { kind: 'payment', key: payment.paymentIntent, at: payment.paidAt, payment, charge };
    }),
    ...known.refunds.map((refund): Part => ({
      kind: 'refund',
      key: refund.id,
      at: refund.createdAt,
      refund,
    })),
    ...known.disputes.map((dispute): Part => ({
      kind: 'dispute',
      key: dispute.id,
      at: dispute.createdAt,
      dispute,
    })),
  ];
  // Of one moment, what follows from something stands after it.
  return parts
    .filter(({ at }) => at >= oldest)
    .sort((a, b) => a.at.localeCompare(b.at))
    .reverse();
}
