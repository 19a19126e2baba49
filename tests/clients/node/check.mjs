// Runs Stripe's own Node package against the sandbox; ends with 1 at the first thing that is not as it should be.
//
//   COBRO_STRIPE_API=http://127.0.0.1:7102 COBRO_STRIPE_KEY=sk_test_… COBRO_STRIPE_WEBHOOK_SECRET=whsec_… \
//     npm ci && npm run check

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';

const setting = (name) => process.env[name] ?? assert.fail(`Set ${name}; the sandbox prints it when it is ready.`);
const api = new URL(setting('COBRO_STRIPE_API'));
const secret = setting('COBRO_STRIPE_WEBHOOK_SECRET');
const address = { host: api.hostname, port: api.port, protocol: api.protocol.replace(':', '') };
const stripe = new Stripe(setting('COBRO_STRIPE_KEY'), { ...address, maxNetworkRetries: 0, telemetry: false });
const ok = (what) => console.log(`ok: ${what}`);

async function control(path, body) {
  const request = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(new URL(path, api), request ?? undefined);
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return response.json();
}

const charge = randomUUID();
const wanted = {
  line_items: [
    { quantity: 1, price_data: { currency: 'mxn', unit_amount: 45000, product_data: { name: 'Blusa bordada' } } },
  ],
  restrictions: { completed_sessions: { limit: 1 } },
  metadata: { cobro_charge: charge },
  payment_intent_data: { metadata: { cobro_charge: charge } },
};
const once = { idempotencyKey: `cobro-charge-${charge}` };

const link = await stripe.paymentLinks.create(wanted, once);
assert.match(link.id, /^plink_/);
assert.equal(link.livemode, false);
assert.equal(link.metadata.cobro_charge, charge);
ok(`payment link ${link.id}`);

const again = await stripe.paymentLinks.create(wanted, once);
assert.equal(again.id, link.id);
assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
await assert.rejects(stripe.paymentLinks.create({ ...wanted, metadata: {} }, once), Stripe.errors.StripeIdempotencyError);
ok('the same key makes one link');

const expanded = await stripe.paymentLinks.retrieve(link.id, { expand: ['line_items.data.price.product'] });
assert.equal(expanded.line_items.data[0].price.product.name, 'Blusa bordada');
ok('expanded line items');

const paid = await control(`/sandbox/links/${link.id}/pay`, { card: '4242424242424242' });
assert.equal(paid.outcome, 'paid');
const sessions = await stripe.checkout.sessions.list({ payment_link: link.id, expand: ['data.payment_intent'] });
const [session] = sessions.data;
assert.equal(session.payment_status, 'paid');
assert.equal(session.payment_intent.metadata.cobro_charge, charge);
ok(`paid session ${session.id}`);

const types = ['payment_intent.succeeded', 'checkout.session.completed'];
const events = await stripe.events.list({ types, limit: 100 });
const ours = events.data.filter(({ data }) => [session.id, session.payment_intent.id].includes(data.object.id));
assert.deepEqual(ours.map(({ type }) => type), [...types].reverse());
let counted = 0;
for await (const event of stripe.events.list({ limit: 2 })) {
  assert.equal(event.object, 'event');
  counted += 1;
}
assert.ok(counted > 4, `${counted} events`);
ok(`events, ${counted} of them page by page`);

const refund = await stripe.refunds.create({ payment_intent: session.payment_intent.id, amount: 10000 });
assert.equal(refund.status, 'succeeded');
const refunded = await stripe.charges.retrieve(refund.charge);
assert.deepEqual([refunded.amount_refunded, refunded.refunded], [10000, false]);
ok(`refund ${refund.id}`);

const webhook = await control('/sandbox/webhooks/last?source=stripe');
const event = stripe.webhooks.constructEvent(webhook.body, webhook.signature, secret);
const polled = await stripe.events.retrieve(event.id);
assert.deepEqual([polled.type, polled.data.object.id], [event.type, event.data.object.id]);
const forged = webhook.body.replace('"livemode": false', '"livemode": true');
assert.notEqual(forged, webhook.body);
assert.throws(
  () => stripe.webhooks.constructEvent(forged, webhook.signature, secret),
  Stripe.errors.StripeSignatureVerificationError,
);
ok(`webhook ${event.type}, signed`);

await assert.rejects(stripe.paymentLinks.create({ ...wanted, colour: 'red' }), {
  type: 'StripeInvalidRequestError',
  code: 'parameter_unknown',
  param: 'colour',
});
const stranger = new Stripe('sk_test_stranger', { ...address, maxNetworkRetries: 0 });
await assert.rejects(stranger.events.list(), Stripe.errors.StripeAuthenticationError);
ok('errors come as the package knows them');

const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'MITAD' });
assert.equal(code.code, 'MITAD');
const frozen = Math.floor(Date.now() / 1000);
const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
const customer = await stripe.customers.create({ email: 'ana@example.com', test_clock: clock.id });
const club = await stripe.checkout.sessions.create({
  mode: 'subscription',
  customer: customer.id,
  success_url: 'https://shop.example/',
  discounts: [{ promotion_code: code.id }],
  line_items: [
    {
      quantity: 1,
      price_data: {
        currency: 'mxn',
        unit_amount: 9900,
        recurring: { interval: 'month' },
        product_data: { name: 'Club' },
      },
    },
  ],
});
assert.equal(club.amount_total, 4950);
assert.equal((await control(`/sandbox/links/${club.id}/pay`, { card: '4242424242424242' })).outcome, 'paid');
await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen + 70 * 24 * 3600 });
const [subscription] = (await stripe.subscriptions.list({ customer: customer.id })).data;
assert.equal(subscription.status, 'active');
const invoices = await stripe.invoices.list({ subscription: subscription.id, expand: ['data.payments'] });
assert.deepEqual(invoices.data.map(({ amount_paid: paid }) => paid), [9900, 9900, 4950]);
const upcoming = await stripe.invoices.createPreview({ subscription: subscription.id });
assert.equal(upcoming.amount_due, 9900);
const portal = await stripe.billingPortal.sessions.create({ customer: customer.id });
assert.equal((await fetch(portal.url)).status, 200);
assert.equal((await stripe.subscriptions.cancel(subscription.id)).status, 'canceled');
ok(`subscription ${subscription.id}, three months long`);

const disputed = await control(`/sandbox/payments/${session.payment_intent.id}/dispute`, {});
const dispute = await stripe.disputes.retrieve(disputed.dispute);
assert.equal(dispute.status, 'needs_response');
let moved = 0;
for await (const transaction of stripe.balanceTransactions.list({ limit: 3 })) moved += transaction.net;
const balance = await stripe.balance.retrieve();
assert.equal(balance.available[0].amount + balance.pending[0].amount, moved);
assert.equal((await stripe.payouts.list()).data.length, 0);
ok(`dispute ${dispute.id}, and a balance that adds up`);
