//! Stripe's objects, with only the fields that matter here.

use serde_json::{Value, json};

pub(crate) fn link() -> Value {
    json!({
        "id": "plink_1", "object": "payment_link", "url": "https://pay.test/1", "active": true, "livemode": false,
        "metadata": { "cobro_charge": "c1", "cobro_conversation": "v1" }
    })
}

pub(crate) fn session() -> Value {
    json!({
        "id": "cs_1", "object": "checkout.session", "status": "complete", "payment_status": "paid",
        "amount_total": 25_000, "currency": "mxn", "livemode": false, "payment_link": "plink_1",
        "metadata": { "cobro_charge": "c1" }, "payment_intent": intent()
    })
}

pub(crate) fn intent() -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 25_000, "amount_received": 25_000,
        "currency": "mxn", "livemode": false, "metadata": { "cobro_charge": "c1" }, "created": 1_790_000_000,
        "latest_charge": charge()
    })
}

pub(crate) fn charge() -> Value {
    json!({
        "id": "ch_1", "object": "charge", "amount": 25_000, "amount_captured": 25_000, "amount_refunded": 0,
        "currency": "mxn", "refunded": false, "disputed": false, "paid": true, "payment_intent": "pi_1",
        "livemode": false, "metadata": {}, "created": 1_790_000_001,
        "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242" } },
        "balance_transaction": {
            "id": "txn_1", "object": "balance_transaction", "amount": 25_000, "fee": 1_200, "net": 23_800, "currency": "mxn"
        }
    })
}

pub(crate) fn event(id: u32) -> Value {
    json!({
        "id": format!("evt_{id}"), "object": "event", "type": "payment_intent.succeeded", "created": 1_790_000_000 + id,
        "livemode": false, "data": { "object": { "id": format!("pi_{id}"), "object": "payment_intent" } }
    })
}

pub(crate) fn list(items: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "url": "/v1/x", "has_more": has_more, "data": items })
}
