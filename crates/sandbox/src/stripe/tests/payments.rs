//! Cards: what happens to a link's session, and which events tell of it.

use std::time::Duration;

use serde_json::json;

use super::{Shop, text};
use crate::stripe::{Challenge, PayOutcome, PayWith};

const GOOD: &str = "4242 4242 4242 4242";

#[tokio::test]
async fn a_paid_link_tells_its_story_in_stripes_order() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card(GOOD).named("Ana"));
    assert!(outcome.is_paid(), "{outcome:?}");
    shop.wait(Duration::from_secs(1));
    assert_eq!(
        shop.events().await,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "charge.updated"
        ]
    );
}

#[tokio::test]
async fn a_payment_can_be_followed_from_the_link_to_the_fee() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    shop.stripe.pay_link(text(&link, "id"), PayWith::card(GOOD));
    shop.wait(Duration::from_secs(1));

    let path = format!(
        "/v1/checkout/sessions?payment_link={}&expand[]=data.payment_intent.latest_charge.balance_transaction",
        text(&link, "id")
    );
    let sessions = shop.get(&path).await.ok();
    let session = &sessions["data"][0];
    assert_eq!(session["payment_status"], "paid");
    assert_eq!(session["status"], "complete");
    assert_eq!(session["amount_total"], 450_00);
    assert_eq!(session["metadata"]["cobro_charge"], "c-1");
    assert_eq!(session["url"], serde_json::Value::Null);

    let intent = &session["payment_intent"];
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 450_00);
    assert_eq!(intent["metadata"]["cobro_charge"], "c-1");
    let charge = &intent["latest_charge"];
    assert_eq!(charge["metadata"]["cobro_charge"], "c-1");
    assert_eq!(charge["payment_method_details"]["card"]["last4"], "4242");
    let booked = &charge["balance_transaction"];
    assert_eq!((&booked["fee"], &booked["net"]), (&json!(19_20), &json!(430_80)));

    let by_intent = format!("/v1/checkout/sessions?payment_intent={}", text(intent, "id"));
    assert_eq!(shop.get(&by_intent).await.ok()["data"][0]["id"], session["id"]);
}

#[tokio::test]
async fn the_balance_transaction_comes_a_moment_after_the_payment() {
    let shop = Shop::open_with(|options| options.pays_out = false).await;
    let link = shop.link(450_00, "mxn").await;
    let PayOutcome::Paid { charge, .. } = shop.stripe.pay_link(text(&link, "url"), PayWith::card(GOOD))
    else {
        panic!()
    };
    let path = format!("/v1/charges/{charge}");
    assert!(shop.get(&path).await.ok()["balance_transaction"].is_null());
    shop.wait(Duration::from_secs(1));
    let charge = shop.get(&path).await.ok();
    let booked = shop
        .get(&format!(
            "/v1/balance_transactions/{}",
            text(&charge, "balance_transaction")
        ))
        .await
        .ok();
    assert_eq!(booked["status"], "pending");
    shop.wait(Duration::from_secs(3 * 24 * 3600));
    let balance = shop.get("/v1/balance").await.ok();
    assert_eq!(balance["available"][0]["amount"], 430_80);
    assert_eq!(balance["pending"][0]["amount"], 0);
}

#[tokio::test]
async fn time_alone_brings_the_balance_transaction() {
    let shop = Shop::open_with(|options| options.balance_delay_ms = 30).await;
    let link = shop.link(450_00, "mxn").await;
    shop.stripe.pay_link(text(&link, "url"), PayWith::card(GOOD));
    let updated = async {
        // No request and no call: the account follows time by itself.
        while shop.stripe.ledger().transactions.rows().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), updated)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card("4000000000000002"));
    let PayOutcome::Declined {
        session,
        payment_intent,
        code,
        decline_code,
        ..
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (code.as_str(), decline_code.as_deref()),
        ("card_declined", Some("generic_decline"))
    );
    assert_eq!(
        shop.events().await,
        [
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed"
        ]
    );
    let session = session.unwrap();
    assert_eq!(
        shop.get(&format!("/v1/checkout/sessions/{session}")).await.ok()["status"],
        "open"
    );
    let intent = shop
        .get(&format!("/v1/payment_intents/{payment_intent}"))
        .await
        .ok();
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["decline_code"], "generic_decline");

    let outcome = shop.stripe.pay_link(&session, PayWith::card(GOOD));
    let PayOutcome::Paid {
        payment_intent: second,
        ..
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(second, payment_intent);
}

#[tokio::test]
async fn three_d_secure_is_asked_and_answered() {
    for number in ["4000002760003184", "4000 0000 0000 3220"] {
        let shop = Shop::open().await;
        let link = shop.link(450_00, "mxn").await;
        let outcome = shop.stripe.pay_link(text(&link, "url"), PayWith::card(number));
        let PayOutcome::NeedsAuthentication { payment_intent, .. } = outcome else {
            panic!("{outcome:?}")
        };
        let intent = shop
            .get(&format!("/v1/payment_intents/{payment_intent}"))
            .await
            .ok();
        assert_eq!(intent["status"], "requires_action");
        assert!(shop.stripe.authenticate(&payment_intent, true).is_paid());
        assert_eq!(
            shop.events().await,
            [
                "payment_intent.created",
                "payment_intent.requires_action",
                "charge.succeeded",
                "payment_intent.succeeded",
                "checkout.session.completed"
            ]
        );
    }
}

#[tokio::test]
async fn failed_authentication_takes_no_money() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let with = PayWith::card("4000002760003184").challenged(Challenge::Fail);
    let outcome = shop.stripe.pay_link(text(&link, "url"), with);
    let PayOutcome::Declined { code, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(code, "payment_intent_authentication_failure");
    assert!(
        shop.get("/v1/charges").await.ok()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    let with = PayWith::card("4000008400001629").challenged(Challenge::Complete);
    let outcome = shop.stripe.pay_link(text(&link, "url"), with);
    assert!(matches!(outcome, PayOutcome::Declined { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_single_use_link_sells_once() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let url = text(&link, "url");
    let early = shop.stripe.pay_link(url, PayWith::card("4000000000000002"));
    let PayOutcome::Declined {
        session: Some(other), ..
    } = early
    else {
        panic!("{early:?}")
    };
    let paid = shop.stripe.pay_link(url, PayWith::card(GOOD));
    let PayOutcome::Paid {
        session: Some(session),
        ..
    } = paid
    else {
        panic!("{paid:?}")
    };

    let again = |named: &str| shop.stripe.pay_link(named, PayWith::card(GOOD));
    assert!(matches!(again(url), PayOutcome::Inactive { .. }));
    assert!(
        matches!(again(&other), PayOutcome::Inactive { .. }),
        "a session opened before is closed too"
    );
    assert!(matches!(again(&session), PayOutcome::AlreadyPaid { .. }));
    let link = shop
        .get(&format!("/v1/payment_links/{}", text(&link, "id")))
        .await
        .ok();
    assert_eq!(
        link["restrictions"]["completed_sessions"],
        json!({"count": 1, "limit": 1})
    );
    assert_eq!(
        shop.get("/v1/charges").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_withdrawn_link_sells_nothing() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let path = format!("/v1/payment_links/{}", text(&link, "id"));
    let updated = shop
        .post(&path, "active=false&inactive_message=Vendido")
        .await
        .ok();
    assert_eq!(updated["active"], false);
    let outcome = shop.stripe.pay_link(text(&link, "url"), PayWith::card(GOOD));
    assert_eq!(
        outcome,
        PayOutcome::Inactive {
            message: Some("Vendido".to_owned())
        }
    );
}

#[tokio::test]
async fn a_session_that_nobody_completes_expires() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    shop.stripe
        .pay_link(text(&link, "url"), PayWith::card("4000000000000002"));
    shop.wait(Duration::from_secs(24 * 3600 + 1));
    let events = shop.events().await;
    assert_eq!(
        events[events.len() - 2..],
        ["payment_intent.canceled", "checkout.session.expired"]
    );
    assert_eq!(
        shop.get("/v1/payment_links").await.ok()["data"][0]["active"],
        true,
        "the link goes on"
    );
}

#[tokio::test]
async fn a_real_card_is_never_charged() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card("4111111111111111"));
    let PayOutcome::Declined { decline_code, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(decline_code.as_deref(), Some("test_mode_live_card"));
}

#[tokio::test]
async fn a_payment_intent_can_be_made_and_confirmed_directly() {
    let shop = Shop::open().await;
    let form = "amount=2500&currency=usd&confirm=true&payment_method=pm_card_visa&metadata[a]=b";
    let intent = shop.post("/v1/payment_intents", form).await.ok();
    assert_eq!(intent["status"], "succeeded");
    shop.wait(Duration::from_secs(1));
    let booked = shop.get("/v1/balance_transactions").await.ok();
    assert_eq!(booked["data"][0]["fee"], 1_03);

    let form = "amount=2500&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined";
    let declined = shop.post("/v1/payment_intents", form).await;
    assert_eq!((declined.status, declined.error().1), (402, "card_error"));
    assert_eq!(
        declined.body["error"]["payment_intent"]["status"],
        "requires_payment_method"
    );
}
