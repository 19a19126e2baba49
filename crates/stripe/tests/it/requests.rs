//! Every request that we can make, against Stripe's own description.

use std::time::Duration;

use cobro_protocol::Timestamp;
use cobro_stripe::{
    Currency, EVENT_TYPES, EventPlace, Money, NewLink, NewSession, RefundReason, StripeError,
};
use serde_json::json;

use crate::contract::{Contract, tree_of};
use crate::objects;
use crate::server::{Received, Reply, Server};

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
}

fn new_link() -> NewLink<'static> {
    NewLink {
        charge: "0190-c",
        conversation: "0190-v",
        amount: mxn(250_00),
        description: "Café & más = 100 % 🌮 [1]",
        single_use: true,
        inactive_message: Some("Este enlace ya no está activo."),
    }
}

fn new_session() -> NewSession<'static> {
    NewSession {
        charge: "0190-c",
        conversation: "0190-v",
        amount: mxn(250_00),
        description: "Tacos",
        success_url: "https://shop.test/gracias?session={CHECKOUT_SESSION_ID}",
        expires_at: Some(Timestamp::from_secs(1_790_003_600)),
        payment_method_types: &["card", "oxxo"],
    }
}

/// Makes every call there is. What the answers are worth is of no concern here.
async fn ask_for_everything(server: &Server) -> Vec<Received> {
    let api = server.api();
    let since = Some(Timestamp::from_secs(1_790_000_000));
    let lone = NewLink {
        single_use: false,
        inactive_message: None,
        ..new_link()
    };
    let plain = NewSession {
        expires_at: None,
        payment_method_types: &[],
        ..new_session()
    };
    let _ = api.create_payment_link(&new_link(), "key-1").await;
    let _ = api.create_payment_link(&lone, "key-2").await;
    let _ = api.deactivate_payment_link("plink_1", "key-3").await;
    let _ = api.payment_links(Some("plink_0")).await;
    let _ = api.find_payment_link("c1", 1).await;
    let _ = api.create_checkout_session(&new_session(), "key-4").await;
    let _ = api.create_checkout_session(&plain, "key-5").await;
    let _ = api.checkout_session("cs_1").await;
    let _ = api.sessions_of_payment_link("plink_1").await;
    let _ = api.sessions_of_payment_intent("pi_1").await;
    let _ = api.sessions(since, Some("cs_0")).await;
    let _ = api.payment_intent("pi_1").await;
    let _ = api.charge("ch_1").await;
    let _ = api.charges(since, Some("ch_0")).await;
    let _ = api
        .refund(
            "pi_1",
            Some(mxn(10_00)),
            Some(RefundReason::RequestedByCustomer),
            "key-6",
        )
        .await;
    let _ = api.refund("pi_1", None, None, "key-7").await;
    let _ = api.events(&EVENT_TYPES, EventPlace::After("evt_1"), 100).await;
    let _ = api.events(&[], EventPlace::Before("evt_1"), 1).await;
    let _ = api.new_events(None).await;
    let _ = api.account().await;
    server.received()
}

#[tokio::test]
async fn every_request_is_one_that_stripe_describes() {
    let Some(contract) = Contract::read() else { return };
    let server = Server::start([Reply::status(404, "{}")]).await;
    let requests = ask_for_everything(&server).await;
    assert_eq!(requests.len(), 20);
    for request in &requests {
        assert_eq!(
            contract.faults(request),
            [""; 0],
            "{} {}?{}",
            request.method,
            request.path,
            request.query
        );
    }
}

#[tokio::test]
async fn every_request_names_its_version_and_key_and_a_write_its_idempotency_key() {
    let server = Server::start([Reply::status(404, "{}")]).await;
    for request in ask_for_everything(&server).await {
        assert_eq!(request.header("stripe-version"), Some("2026-09-30.endive"));
        assert_eq!(request.header("authorization"), Some("Bearer sk_test_fixture"));
        let is_write = request.method == "POST";
        assert_eq!(
            request.header("idempotency-key").is_some(),
            is_write,
            "{}",
            request.path
        );
    }
}

#[tokio::test]
async fn a_link_asks_for_exactly_what_the_charge_says() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    server
        .api()
        .create_payment_link(&new_link(), "cobro-charge-1")
        .await
        .unwrap();
    let requests = server.received();
    let metadata = json!({ "cobro_charge": "0190-c", "cobro_conversation": "0190-v" });
    assert_eq!(
        tree_of(&requests[0].body),
        json!({
            "line_items": [{
                "quantity": "1",
                "price_data": {
                    "currency": "mxn",
                    "unit_amount": "25000",
                    "product_data": { "name": "Café & más = 100 % 🌮 [1]" }
                }
            }],
            "restrictions": { "completed_sessions": { "limit": "1" } },
            "inactive_message": "Este enlace ya no está activo.",
            "metadata": metadata,
            "payment_intent_data": { "metadata": metadata },
        })
    );
    assert_eq!(requests[0].header("idempotency-key"), Some("cobro-charge-1"));
}

#[tokio::test]
async fn the_same_link_is_the_same_bytes_every_time() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    for _ in 0..20 {
        server
            .api()
            .create_payment_link(&new_link(), "key")
            .await
            .unwrap();
    }
    let requests = server.received();
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[tokio::test]
async fn switching_off_a_link_says_only_that() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    server
        .api()
        .deactivate_payment_link("plink_1", "key")
        .await
        .unwrap();
    assert_eq!(server.received()[0].path, "/v1/payment_links/plink_1");
    assert_eq!(tree_of(&server.received()[0].body), json!({ "active": "false" }));
}

#[tokio::test]
async fn what_stripe_would_refuse_never_leaves() {
    let server = Server::start([Reply::ok("{}")]).await;
    let api = server.api();
    let isk = Money::from_minor(5_50, Currency::from_code("ISK").unwrap()).unwrap();
    let odd = NewLink {
        amount: isk,
        ..new_link()
    };
    let long = "k".repeat(256);
    for refused in [
        api.create_payment_link(&odd, "key").await.err(),
        api.create_payment_link(&new_link(), "").await.err(),
        api.create_payment_link(&new_link(), &long).await.err(),
        api.checkout_session("../refunds").await.err(),
    ] {
        assert!(matches!(refused, Some(StripeError::Invalid(_))), "{refused:?}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn only_reads_are_counted() {
    let server = Server::start([Reply::status(503, "{}"), Reply::ok(objects::link())]).await;
    let api = server.api_within(Duration::from_secs(10));
    let _ = api.payment_links(None).await;
    assert_eq!(api.reads(), 2, "the repetition counts");
    api.create_payment_link(&new_link(), "key").await.unwrap();
    assert_eq!(api.reads(), 2);
}
