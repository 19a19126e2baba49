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
