/** What became of a played customer's money. */
import type { Charge, CustomerView, Dispute, Refund } from '../lib/api';

export function moneyOf(
  charges: Charge[],
): Pick<CustomerView, 'payments' | 'refunds' | 'disputes'> {
  const paid = charges.filter(({ paidAt }) => paidAt !== null);
  return {
    payments: paid.map(({ id, amount, method, paidAt }) => ({
      paymentIntent: `pi_${id}`,
      charge: id,
      amount,
      method,
      paidAt: paidAt ?? '',
    })),
    refunds: paid.filter(({ payment }) => /refunded/i.test(payment)).map(refundOf),
    disputes: paid.filter(({ payment }) => payment === 'disputed').map(disputeOf),
  };
}

function later({ paidAt, createdAt }: Charge, hours: number): string {
  return new Date(Date.parse(paidAt ?? createdAt) + hours * 3_600_000).toISOString();
}

function refundOf(charge: Charge): Refund {
  return {
    id: `refund ${charge.id}`,
    charge: charge.id,
    paymentIntent: `pi_${charge.id}`,
    amount: charge.amount,
    reason: 'requestedByCustomer',
    note: 'Ya no lo quiso',
    state: 'succeeded',
    stripeId: 're_1',
    elsewhere: false,
    createdAt: later(charge, 2),
    changedAt: later(charge, 2),
    problem: null,
  };
}

function disputeOf(charge: Charge): Dispute {
  return {
    id: `du ${charge.id}`,
    paymentIntent: `pi_${charge.id}`,
    charge: charge.id,
    conversation: charge.conversation,
    customer: null,
    amount: charge.amount,
    reason: 'product_not_received',
    status: 'needs_response',
    dueBy: later(charge, 120),
    isOpen: true,
    createdAt: later(charge, 3),
    dashboard: 'https://dashboard.stripe.com/test/disputes/du_1',
  };
}
