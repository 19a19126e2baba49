//! Refunds: in parts, in full, never too much.

use std::time::Duration;

use serde_json::json;

use super::{Shop, text};
use crate::stripe::{PayOutcome, PayWith};

async fn paid(shop: &Shop) -> (String, String) {
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
    let PayOutcome::Paid {
        payment_intent,
        charge,
        ..
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    shop.wait(Duration::from_secs(1));
    (payment_intent, charge)
}

#[tokio::test]
async fn money_goes_back_in_parts_and_then_in_full() {
    let shop = Shop::open().await;
    let (intent, charge) = paid(&shop).await;
    let form = format!("payment_intent={intent}&amount=10000&reason=requested_by_customer");
    let refund = shop.post("/v1/refunds", &form).await.ok();
    assert_eq!(
        (&refund["amount"], &refund["status"]),
        (&json!(100_00), &json!("succeeded"))
    );
    let path = format!("/v1/charges/{charge}?expand[]=refunds");
    let now = shop.get(&path).await.ok();
    assert_eq!(
        (&now["amount_refunded"], &now["refunded"]),
        (&json!(100_00), &json!(false))
    );

    shop.post("/v1/refunds", &format!("charge={charge}")).await.ok();
    let now = shop.get(&path).await.ok();
    assert_eq!(
        (&now["amount_refunded"], &now["refunded"]),
        (&json!(450_00), &json!(true))
    );
    assert_eq!(now["refunds"]["data"].as_array().unwrap().len(), 2);

    let booked = shop.get("/v1/balance_transactions?type=refund").await.ok();
    let amounts: Vec<_> = booked["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["amount"])
        .collect();
    assert_eq!(amounts, [-350_00, -100_00]);
    let events = shop.events().await;
    assert_eq!(
        events[events.len() - 4..],
        [
            "refund.created",
            "charge.refunded",
            "refund.created",
            "charge.refunded"
        ]
    );
    let listed = shop
        .get(&format!("/v1/refunds?payment_intent={intent}"))
        .await
        .ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_event_says_what_it_was_before() {
    let shop = Shop::open().await;
    let (intent, _) = paid(&shop).await;
    shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=10000"))
        .await
        .ok();
    let event = shop.get("/v1/events?type=charge.refunded").await.ok();
    let data = &event["data"][0]["data"];
    assert_eq!(data["object"]["amount_refunded"], 100_00);
    assert_eq!(data["previous_attributes"], json!({"amount_refunded": 0}));
}

#[tokio::test]
async fn nobody_gets_back_more_than_was_paid() {
    let shop = Shop::open().await;
    let (intent, charge) = paid(&shop).await;
    let refused = shop
        .post("/v1/refunds", &format!("charge={charge}&amount=45001"))
        .await;
    assert_eq!((refused.status, refused.error().3), (400, "amount"));
    shop.post("/v1/refunds", &format!("payment_intent={intent}"))
        .await
        .ok();
    let refused = shop
        .post("/v1/refunds", &format!("payment_intent={intent}"))
        .await;
    assert_eq!(refused.error().2, "charge_already_refunded");
    assert_eq!(
        refused.message(),
        format!("Charge {charge} has already been refunded.")
    );
}

#[tokio::test]
async fn cash_paid_at_a_store_cannot_go_back() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop.stripe.pay_link(text(&link, "url"), PayWith::oxxo());
    let PayOutcome::Voucher { payment_intent, .. } = outcome else {
        panic!("{outcome:?}")
    };
    shop.stripe.pay_voucher(&payment_intent);
    let refused = shop
        .post("/v1/refunds", &format!("payment_intent={payment_intent}"))
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.message().contains("oxxo"), "{}", refused.message());
}
