//! OXXO: a voucher completes the checkout; the money comes later, or never.

use std::time::Duration;

use serde_json::json;

use super::{Shop, text};
use crate::stripe::{PayOutcome, PayWith};

async fn voucher(shop: &Shop) -> (String, String) {
    let link = shop.link(450_00, "mxn").await;
    match shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::oxxo().named("Ana López"))
    {
        PayOutcome::Voucher {
            session,
            payment_intent,
            ..
        } => (session.unwrap(), payment_intent),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_voucher_is_paid_days_later() {
    let shop = Shop::open().await;
    let (session, intent) = voucher(&shop).await;
    let path = format!("/v1/checkout/sessions/{session}?expand[]=payment_intent");
    let open = shop.get(&path).await.ok();
    assert_eq!(
        (&open["status"], &open["payment_status"]),
        (&json!("complete"), &json!("unpaid"))
    );
    let action = &open["payment_intent"]["next_action"];
    assert_eq!(action["type"], "oxxo_display_details");
    assert!(text(&action["oxxo_display_details"], "hosted_voucher_url").starts_with(&shop.base));

    shop.wait(Duration::from_secs(2 * 24 * 3600));
    assert!(shop.stripe.pay_voucher(&intent).is_paid());
    assert_eq!(shop.get(&path).await.ok()["payment_status"], "paid");
    shop.wait(Duration::from_secs(1));
    assert_eq!(
        shop.events().await,
        [
            "payment_intent.created",
            "payment_intent.requires_action",
            "checkout.session.completed",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.async_payment_succeeded",
            "charge.updated"
        ]
    );
    let booked = shop.get("/v1/balance_transactions").await.ok();
    assert_eq!(
        (&booked["data"][0]["fee"], &booked["data"][0]["type"]),
        (&json!(18_50), &json!("payment"))
    );
}

#[tokio::test]
async fn a_voucher_is_paid_once() {
    let shop = Shop::open().await;
    let (_, intent) = voucher(&shop).await;
    assert!(matches!(
        shop.stripe.pay_voucher(&intent),
        PayOutcome::Paid { .. }
    ));
    assert!(matches!(
        shop.stripe.pay_voucher(&intent),
        PayOutcome::AlreadyPaid { .. }
    ));
    assert!(matches!(
        shop.stripe.expire_voucher(&intent),
        PayOutcome::AlreadyPaid { .. }
    ));
}

#[tokio::test]
async fn a_voucher_that_nobody_pays_expires_by_itself() {
    let shop = Shop::open().await;
    let (session, intent) = voucher(&shop).await;
    shop.wait(Duration::from_secs(5 * 24 * 3600));
    let events = shop.events().await;
    assert_eq!(
        events[events.len() - 2..],
        [
            "payment_intent.payment_failed",
            "checkout.session.async_payment_failed"
        ]
    );
    let intent_now = shop.get(&format!("/v1/payment_intents/{intent}")).await.ok();
    assert_eq!(intent_now["status"], "requires_payment_method");
    assert_eq!(
        intent_now["last_payment_error"]["code"],
        "payment_intent_payment_attempt_expired"
    );
    let session = shop.get(&format!("/v1/checkout/sessions/{session}")).await.ok();
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("complete"), &json!("unpaid"))
    );
    assert!(matches!(
        shop.stripe.pay_voucher(&intent),
        PayOutcome::Refused { .. }
    ));
}

#[tokio::test]
async fn a_voucher_uses_a_single_use_link_up() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    shop.stripe.pay_link(text(&link, "url"), PayWith::oxxo());
    let second = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
    assert!(matches!(second, PayOutcome::Inactive { .. }), "{second:?}");
}

#[tokio::test]
async fn oxxo_is_offered_for_mexican_pesos_within_its_limits() {
    let shop = Shop::open().await;
    for (amount, currency, offered) in [
        (10_00, "mxn", true),
        (10_000_00, "mxn", true),
        (10_000_01, "mxn", false),
        (25_00, "usd", false),
    ] {
        let link = shop.link(amount, currency).await;
        let outcome = shop.stripe.pay_link(text(&link, "url"), PayWith::oxxo());
        let got = matches!(outcome, PayOutcome::Voucher { .. });
        assert_eq!(got, offered, "{amount} {currency}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_voucher_of_a_checkout_is_ended_by_its_time_alone() {
    let shop = Shop::open().await;
    let (session, intent) = voucher(&shop).await;
    let cancel = shop
        .post(&format!("/v1/payment_intents/{intent}/cancel"), "")
        .await;
    assert_eq!(cancel.status, 400);
    let expire = shop
        .post(&format!("/v1/checkout/sessions/{session}/expire"), "")
        .await;
    assert_eq!(expire.status, 400, "it is complete");
    assert!(shop.stripe.pay_voucher(&intent).is_paid());
}

#[tokio::test]
async fn a_session_says_where_to_go_afterwards() {
    let shop = Shop::open().await;
    let form = "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
         &line_items[0][price_data][unit_amount]=50000&line_items[0][price_data][product_data][name]=Mesa";
    let refused = shop.post("/v1/checkout/sessions", form).await;
    assert_eq!(refused.status, 400);
    let whole = format!("{form}&success_url=https://x.example/");
    shop.post("/v1/checkout/sessions", &whole).await.ok();
}
