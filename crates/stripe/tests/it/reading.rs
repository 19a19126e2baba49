//! Answers that are not as described: a payment is never lost to them.

use cobro_stripe::{Money, PaymentStatus};
use serde_json::{Value, json};

use crate::objects;
use crate::server::{Reply, Server};

async fn session_from(body: &Value) -> cobro_stripe::CheckoutSession {
    let server = Server::start([Reply::ok(body)]).await;
    server.api().checkout_session("cs_1").await.unwrap()
}

#[tokio::test]
async fn a_payment_is_read_with_its_charge_method_and_fee() {
    let body = objects::session();
    let session = session_from(&body).await;
    assert!(session.is_paid() && session.is_complete());
    assert_eq!(session.payment_link.as_deref(), Some("plink_1"));
    assert_eq!(session.metadata["cobro_charge"], "c1");
    assert_eq!(serde_json::from_str::<Value>(&session.raw).unwrap(), body);

    let intent = session.payment_intent.unwrap();
    assert_eq!(
        (intent.status.as_str(), intent.amount_received.to_string()),
        ("succeeded", "250.00 MXN".into())
    );
    let charge = intent.latest_charge.unwrap();
    let method = charge.method.unwrap();
    assert_eq!(
        (method.kind.as_str(), method.last4.as_deref()),
        ("card", Some("4242"))
    );
    let balance = charge.balance_transaction.unwrap();
    assert_eq!(
        (balance.fee, balance.net, balance.currency.code()),
        (1_200, 23_800, "MXN")
    );
}

#[tokio::test]
async fn a_word_that_is_not_known_never_counts_as_paid() {
    let mut body = objects::session();
    body["payment_status"] = json!("paid_in_kind");
    let session = session_from(&body).await;
    assert_eq!(
        session.payment_status,
        PaymentStatus::Unknown("paid_in_kind".into())
    );
    assert!(!session.is_paid());
    body["payment_status"] = Value::Null;
    assert!(!session_from(&body).await.is_paid());
}

#[tokio::test]
async fn a_part_that_cannot_be_read_does_not_cost_the_rest() {
    let mut body = objects::session();
    body["payment_intent"]["latest_charge"]["payment_method_details"] = json!("card");
    body["payment_intent"]["latest_charge"]["balance_transaction"]["fee"] = json!("12");
    body["payment_intent"]["last_payment_error"] = json!([]);
    body["metadata"] = json!([]);
    let session = session_from(&body).await;
    let intent = session.payment_intent.unwrap();
    let charge = intent.latest_charge.unwrap();
    assert_eq!(charge.amount.minor(), 25_000);
    assert_eq!(
        (charge.method, charge.balance_transaction, intent.last_error),
        (None, None, None)
    );
}

#[tokio::test]
async fn an_object_inside_that_cannot_be_read_keeps_its_id() {
    let mut body = objects::session();
    body["payment_intent"]["amount"] = json!("much");
    let session = session_from(&body).await;
    assert_eq!(session.payment_intent, None);
    assert_eq!(session.payment_intent_id.as_deref(), Some("pi_1"));

    body["payment_intent"] = json!("pi_2");
    assert_eq!(
        session_from(&body).await.payment_intent_id.as_deref(),
        Some("pi_2")
    );
    body["payment_intent"] = Value::Null;
    assert_eq!(session_from(&body).await.payment_intent_id, None);
}

#[tokio::test]
async fn an_amount_that_javascript_cannot_hold_is_refused_not_rounded() {
    let mut body = objects::intent();
    body["amount"] = json!(Money::MAX_MINOR + 1);
    let server = Server::start([Reply::ok(body)]).await;
    assert!(server.api().payment_intent("pi_1").await.is_err());
}

#[tokio::test]
async fn one_bad_item_does_not_cost_its_list() {
    let items = vec![objects::link(), json!({ "id": 7 }), objects::link()];
    let server = Server::start([Reply::ok(objects::list(items, false))]).await;
    let page = server.api().payment_links(None).await.unwrap();
    assert_eq!((page.items.len(), page.unreadable), (2, 1));
}

#[tokio::test]
async fn a_link_is_found_by_its_charge_pages_back() {
    let named = |id: &str, charge: &str| {
        let mut link = objects::link();
        link["id"] = json!(id);
        link["metadata"]["cobro_charge"] = json!(charge);
        link
    };
    let server = Server::start([
        Reply::ok(objects::list(vec![named("plink_9", "other")], true)),
        Reply::ok(objects::list(
            vec![named("plink_8", "other"), named("plink_7", "mine")],
            true,
        )),
    ])
    .await;
    let found = server.api().find_payment_link("mine", 5).await.unwrap();
    assert_eq!(found.map(|link| link.id).as_deref(), Some("plink_7"));
    assert!(server.received()[1].query.contains("starting_after=plink_9"));
}

#[tokio::test]
async fn an_account_says_what_it_may_offer() {
    let body = json!({
        "id": "acct_1", "object": "account", "country": "MX", "default_currency": "mxn", "charges_enabled": true,
        "capabilities": { "card_payments": "active", "oxxo_payments": "pending", "teleport_payments": "active" }
    });
    let server = Server::start([Reply::ok(body)]).await;
    let account = server.api().account().await.unwrap();
    assert_eq!(account.capabilities["teleport_payments"], "active");
    assert_eq!(
        account
            .default_currency
            .map(|currency| currency.to_string())
            .as_deref(),
        Some("MXN")
    );
}

#[tokio::test]
async fn customers_stay_out_of_logs() {
    let mut body = objects::charge();
    body["billing_details"] = json!({ "email": "ana@example.test" });
    let server = Server::start([Reply::ok(body)]).await;
    let charge = server.api().charge("ch_1").await.unwrap();
    assert!(charge.raw.contains("ana@example.test"));
    assert!(!format!("{charge:?}").contains("ana@"));
}
