"""Runs Stripe's own Python package against the sandbox; ends with 1 at the first thing that is not as it should be.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    COBRO_STRIPE_API=http://127.0.0.1:7102 COBRO_STRIPE_KEY=sk_test_… COBRO_STRIPE_WEBHOOK_SECRET=whsec_… \
      .venv/bin/python check.py
"""

import json
import os
import sys
import time
import urllib.request
import uuid

import stripe


def setting(name):
    value = os.environ.get(name)
    if not value:
        sys.exit(f"Set {name}; the sandbox prints it when it is ready.")
    return value


API = setting("COBRO_STRIPE_API").rstrip("/")
SECRET = setting("COBRO_STRIPE_WEBHOOK_SECRET")
client = stripe.StripeClient(
    setting("COBRO_STRIPE_KEY"), base_addresses={"api": API}, max_network_retries=0
).v1


def ok(what):
    print(f"ok: {what}", flush=True)


def same(actual, expected):
    if actual != expected:
        sys.exit(f"expected {expected!r}, got {actual!r}")


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    sys.exit(f"expected {kind.__name__}")


def control(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


charge = str(uuid.uuid4())
wanted = {
    "line_items": [
        {
            "quantity": 1,
            "price_data": {"currency": "mxn", "unit_amount": 45000, "product_data": {"name": "Blusa bordada"}},
        }
    ],
    "restrictions": {"completed_sessions": {"limit": 1}},
    "metadata": {"cobro_charge": charge},
    "payment_intent_data": {"metadata": {"cobro_charge": charge}},
}
once = {"idempotency_key": f"cobro-charge-{charge}"}

link = client.payment_links.create(params=wanted, options=once)
same((link.object, link.livemode, link.metadata["cobro_charge"]), ("payment_link", False, charge))
ok(f"payment link {link.id}")

again = client.payment_links.create(params=wanted, options=once)
same((again.id, again.last_response.headers.get("idempotent-replayed")), (link.id, "true"))
other = {**wanted, "metadata": {}}
refused(stripe.IdempotencyError, lambda: client.payment_links.create(params=other, options=once))
ok("the same key makes one link")

expanded = client.payment_links.retrieve(link.id, params={"expand": ["line_items.data.price.product"]})
same(expanded.line_items.data[0].price.product.name, "Blusa bordada")
ok("expanded line items")

paid = control(f"/sandbox/links/{link.id}/pay", {"card": "4242424242424242"})
same(paid["outcome"], "paid")
sessions = client.checkout.sessions.list(params={"payment_link": link.id, "expand": ["data.payment_intent"]})
session = sessions.data[0]
same((session.payment_status, session.payment_intent.metadata["cobro_charge"]), ("paid", charge))
ok(f"paid session {session.id}")

types = ["payment_intent.succeeded", "checkout.session.completed"]
events = client.events.list(params={"types": types, "limit": 100})
ours = [event.type for event in events.data if event.data.object["id"] in (session.id, session.payment_intent.id)]
same(ours, types[::-1])
counted = sum(1 for _ in client.events.list(params={"limit": 2}).auto_paging_iter())
if counted <= 4:
    sys.exit(f"only {counted} events")
ok(f"events, {counted} of them page by page")

refund = client.refunds.create(params={"payment_intent": session.payment_intent.id, "amount": 10000})
same(refund.status, "succeeded")
refunded = client.charges.retrieve(refund.charge)
same((refunded.amount_refunded, refunded.refunded), (10000, False))
ok(f"refund {refund.id}")

webhook = control("/sandbox/webhooks/last?source=stripe")
event = stripe.Webhook.construct_event(webhook["body"], webhook["signature"], SECRET)
polled = client.events.retrieve(event.id)
same((polled.type, polled.data.object["id"]), (event.type, event.data.object["id"]))
forged = webhook["body"].replace('"livemode": false', '"livemode": true')
refused(
    stripe.SignatureVerificationError,
    lambda: stripe.Webhook.construct_event(forged, webhook["signature"], SECRET),
)
ok(f"webhook {event.type}, signed")

unknown = refused(
    stripe.InvalidRequestError, lambda: client.payment_links.create(params={**wanted, "colour": "red"})
)
same((unknown.code, unknown.param), ("parameter_unknown", "colour"))
stranger = stripe.StripeClient("sk_test_stranger", base_addresses={"api": API}, max_network_retries=0).v1
refused(stripe.AuthenticationError, stranger.events.list)
ok("errors come as the package knows them")

frozen = int(time.time())
clock = client.test_helpers.test_clocks.create(params={"frozen_time": frozen})
customer = client.customers.create(params={"email": "ana@example.com", "test_clock": clock.id})
monthly = {"currency": "mxn", "unit_amount": 9900, "recurring": {"interval": "month"}, "product_data": {"name": "Club"}}
club = client.checkout.sessions.create(
    params={
        "mode": "subscription",
        "customer": customer.id,
        "success_url": "https://shop.example/",
        "line_items": [{"quantity": 1, "price_data": monthly}],
    }
)
same(control(f"/sandbox/links/{club.id}/pay", {"card": "4242424242424242"})["outcome"], "paid")
subscription = client.subscriptions.list(params={"customer": customer.id}).data[0]
schedule = client.subscription_schedules.create(params={"from_subscription": subscription.id})
half_a_year = {
    "start_date": schedule.phases[0].start_date,
    "items": [{"price": subscription["items"].data[0].price.id, "quantity": 1}],
    "duration": {"interval": "month", "interval_count": 6},
}
client.subscription_schedules.update(schedule.id, params={"end_behavior": "cancel", "phases": [half_a_year]})
client.test_helpers.test_clocks.advance(clock.id, params={"frozen_time": frozen + 300 * 24 * 3600})
same(client.subscriptions.retrieve(subscription.id).status, "canceled")
invoices = client.invoices.list(params={"customer": customer.id}).data
same([invoice.amount_paid for invoice in invoices], [9900] * 6)
ok(f"six instalments by schedule {schedule.id}")

spei = client.checkout.sessions.create(
    params={
        "mode": "payment",
        "customer": client.customers.create(params={"name": "Ana"}).id,
        "success_url": "https://shop.example/",
        "line_items": [
            {"quantity": 1, "price_data": {"currency": "mxn", "unit_amount": 50000, "product_data": {"name": "Mesa"}}}
        ],
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_options": {
            "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "mx_bank_transfer"}}
        },
    }
)
told = control(f"/sandbox/links/{spei.id}/pay", {"method": "transfer"})
same(control(f"/sandbox/transfers/{told['payment_intent']}", {"amount": 20000})["remaining"], 30000)
client.test_helpers.customers.fund_cash_balance(spei.customer, params={"amount": 35000, "currency": "mxn"})
same(client.checkout.sessions.retrieve(spei.id).payment_status, "paid")
same(client.customers.cash_balance.retrieve(spei.customer).available["mxn"], 5000)
ok(f"a transfer in two parts, {told['clabe'][:3]}…")
