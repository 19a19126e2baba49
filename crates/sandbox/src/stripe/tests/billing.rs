//! Subscriptions: begun by a checkout, billed by time, ended by plan.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Shop, text};
use crate::stripe::{PayOutcome, PayWith};

const DAY: u64 = 24 * 3600;
const GOOD: &str = "4242424242424242";

/// Returns a link for something that costs 99 MXN each month.
async fn club(shop: &Shop, more: &str) -> Value {
    let form = format!(
        "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
         &line_items[0][price_data][unit_amount]=9900&line_items[0][price_data][recurring][interval]=month\
         &line_items[0][price_data][product_data][name]=Club&metadata[cobro_charge]=c-1\
         &subscription_data[metadata][cobro_charge]=c-1{more}"
    );
    shop.post("/v1/payment_links", &form).await.ok()
}

/// Subscribes, and returns the subscription.
async fn subscribe(shop: &Shop, more: &str) -> Value {
    let link = club(shop, more).await;
    let with = PayWith::card(GOOD).named("Ana").with_email("ana@example.com");
    let outcome = shop.stripe.pay_link(text(&link, "url"), with);
    assert!(outcome.is_paid(), "{outcome:?}");
    newest(shop).await
}

async fn newest(shop: &Shop) -> Value {
    shop.get("/v1/subscriptions?status=all").await.ok()["data"][0].clone()
}

async fn invoices(shop: &Shop) -> Vec<Value> {
    let list = shop.get("/v1/invoices?limit=100").await.ok();
    list["data"].as_array().unwrap().clone()
}

async fn billing_events(shop: &Shop) -> Vec<String> {
    let events = shop.events().await;
    let is_about = |kind: &String| kind.starts_with("invoice.") || kind.starts_with("customer.subscription");
    events.into_iter().filter(is_about).collect()
}

#[tokio::test]
async fn a_subscription_is_not_paid_at_a_counter() {
    let shop = Shop::open().await;
    let link = club(&shop, "").await;
    let at_a_counter = PayWith::oxxo().named("Ana").with_email("ana@example.com");
    let outcome = shop.stripe.pay_link(text(&link, "url"), at_a_counter);
    assert!(matches!(outcome, PayOutcome::Refused { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_paid_link_begins_a_subscription() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["metadata"]["cobro_charge"], "c-1");
    let session = shop.get("/v1/checkout/sessions").await.ok()["data"][0].clone();
    assert_eq!(
        (&session["mode"], &session["payment_status"]),
        (&"subscription".into(), &"paid".into())
    );
    assert_eq!(session["subscription"], subscription["id"]);
    assert!(session["payment_intent"].is_null());
    let invoice = shop
        .get(&format!(
            "/v1/invoices/{}?expand[]=payments",
            text(&session, "invoice")
        ))
        .await
        .ok();
    assert_eq!(
        (&invoice["status"], &invoice["amount_paid"]),
        (&"paid".into(), &99_00.into())
    );
    let of = &invoice["parent"]["subscription_details"];
    assert_eq!(of["metadata"]["cobro_charge"], "c-1");
    let intent = text(&invoice["payments"]["data"][0]["payment"], "payment_intent").to_owned();
    let by_payment =
        format!("/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={intent}");
    assert_eq!(
        shop.get(&by_payment).await.ok()["data"][0]["invoice"],
        invoice["id"]
    );
    assert_eq!(
        billing_events(&shop).await,
        [
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "invoice.paid",
            "invoice.payment_succeeded"
        ]
    );
}

#[tokio::test]
async fn a_year_passes_in_less_than_a_second() {
    let shop = Shop::open().await;
    subscribe(&shop, "").await;
    let began = Instant::now();
    shop.wait(Duration::from_secs(366 * DAY));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let invoices = invoices(&shop).await;
    assert_eq!(invoices.len(), 13);
    assert!(invoices.iter().all(|invoice| invoice["status"] == "paid"));
    let cycle = [
        "invoice.upcoming",
        "customer.subscription.updated",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ];
    let events = billing_events(&shop).await;
    let begin = events.iter().position(|kind| kind == "invoice.upcoming").unwrap();
    assert_eq!(events[begin..begin + 6], cycle);
}

#[tokio::test]
async fn a_trial_costs_nothing_until_its_end() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "&subscription_data[trial_period_days]=7").await;
    assert_eq!(subscription["status"], "trialing");
    let session = shop.get("/v1/checkout/sessions").await.ok()["data"][0].clone();
    assert_eq!(session["payment_status"], "no_payment_required");
    assert_eq!(session["amount_total"], 0);
    assert!(
        shop.get("/v1/charges").await.ok()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    shop.wait(Duration::from_secs(8 * DAY));
    assert_eq!(newest(&shop).await["status"], "active");
    assert_eq!(invoices(&shop).await[0]["amount_paid"], 99_00);
    let told = billing_events(&shop).await;
    assert!(
        told.contains(&"customer.subscription.trial_will_end".to_owned()),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_failed_card_is_tried_again_and_recovers_when_it_is_changed() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    let customer = text(&subscription, "customer").to_owned();
    shop.stripe.set_card(&customer, false).unwrap();
    shop.wait(Duration::from_secs(32 * DAY));
    assert_eq!(newest(&shop).await["status"], "past_due");
    let open = invoices(&shop).await[0].clone();
    assert_eq!(
        (&open["status"], &open["attempt_count"]),
        (&"open".into(), &1.into())
    );
    let pay = format!("/v1/invoices/{}/pay", text(&open, "id"));
    let refused = shop.post(&pay, "").await;
    assert_eq!((refused.status, refused.error().1), (402, "card_error"));

    let visit = format!("customer={customer}&locale=es");
    let visit = shop.post("/v1/billing_portal/sessions", &visit).await.ok();
    let page = shop.client.get(text(&visit, "url")).send().await.unwrap();
    let html = page.text().await.unwrap();
    assert!(
        html.contains("Tus suscripciones") && html.contains("4242"),
        "{html}"
    );
    let form = "deed=card&number=5555+5555+5555+4444&expiry=12%2F34";
    let changed = shop
        .client
        .post(text(&visit, "url"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    assert_eq!(changed.send().await.unwrap().status(), 303);
    shop.wait(Duration::from_secs(6 * DAY));
    assert_eq!(newest(&shop).await["status"], "active");
    assert_eq!(invoices(&shop).await[0]["status"], "paid");
    let charge = shop.get("/v1/charges?limit=1").await.ok()["data"][0].clone();
    assert_eq!(charge["payment_method_details"]["card"]["last4"], "4444");
}

#[tokio::test]
async fn a_card_that_never_recovers_ends_the_subscription() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    shop.stripe
        .set_card(text(&subscription, "customer"), false)
        .unwrap();
    shop.wait(Duration::from_secs(60 * DAY));
    let ended = newest(&shop).await;
    assert_eq!(ended["status"], "canceled");
    assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
    let told = billing_events(&shop).await;
    let failed = told.iter().filter(|kind| *kind == "invoice.payment_failed");
    assert_eq!(failed.count(), 4);
    assert_eq!(told.last().unwrap(), "customer.subscription.deleted");
}

#[tokio::test]
async fn it_is_cancelled_now_or_at_the_end_of_what_was_paid() {
    let shop = Shop::open().await;
    let first = subscribe(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", text(&first, "id"));
    let cancelled = shop.post(&path, "cancel_at_period_end=true").await.ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_at"]),
        (&"active".into(), &first["items"]["data"][0]["current_period_end"])
    );
    shop.wait(Duration::from_secs(40 * DAY));
    assert_eq!(shop.get(&path).await.ok()["status"], "canceled");
    assert_eq!(
        invoices(&shop).await.len(),
        1,
        "the second month is never asked for"
    );

    let second = subscribe(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", text(&second, "id"));
    let delete = || shop.send(shop.request(reqwest::Method::DELETE, &path));
    assert_eq!(delete().await.ok()["status"], "canceled");
    assert_eq!(delete().await.status, 404, "a second time there is none");
}

#[tokio::test]
async fn a_pause_asks_for_nothing_and_ends_by_itself() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", text(&subscription, "id"));
    let back = shop.clock.now_s() + 45 * 24 * 3600;
    let pause = format!("pause_collection[behavior]=void&pause_collection[resumes_at]={back}");
    shop.post(&path, &pause).await.ok();
    shop.wait(Duration::from_secs(40 * DAY));
    assert_eq!(invoices(&shop).await[0]["status"], "void");
    shop.wait(Duration::from_secs(30 * DAY));
    assert!(newest(&shop).await["pause_collection"].is_null());
    assert_eq!(invoices(&shop).await[0]["status"], "paid");
    assert_eq!(
        shop.get("/v1/charges").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_plan_of_three_instalments_ends_by_its_schedule() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    let from = format!("from_subscription={}", text(&subscription, "id"));
    let schedule = shop.post("/v1/subscription_schedules", &from).await.ok();
    let price = text(&subscription["items"]["data"][0]["price"], "id");
    let form = format!(
        "end_behavior=cancel&proration_behavior=none&phases[0][start_date]={}&phases[0][items][0][price]={price}\
         &phases[0][items][0][quantity]=1&phases[0][duration][interval]=month&phases[0][duration][interval_count]=3",
        schedule["phases"][0]["start_date"]
    );
    let path = format!("/v1/subscription_schedules/{}", text(&schedule, "id"));
    shop.post(&path, &form).await.ok();
    shop.wait(Duration::from_secs(200 * DAY));
    let invoices = invoices(&shop).await;
    assert_eq!(invoices.len(), 3, "{invoices:#?}");
    assert!(invoices.iter().all(|invoice| invoice["status"] == "paid"));
    assert_eq!(newest(&shop).await["status"], "canceled");
    assert_eq!(shop.get(&path).await.ok()["status"], "completed");
}

#[tokio::test]
async fn the_next_invoice_can_be_seen_before() {
    let shop = Shop::open().await;
    let subscription = subscribe(&shop, "").await;
    let of = format!("subscription={}", text(&subscription, "id"));
    let next = shop.post("/v1/invoices/create_preview", &of).await.ok();
    assert_eq!(next["amount_due"], 99_00);
    let ends = &subscription["items"]["data"][0]["current_period_end"];
    assert_eq!(next["lines"]["data"][0]["period"]["start"], *ends);
    assert_eq!(invoices(&shop).await.len(), 1, "nothing was made");
    let path = format!("/v1/subscriptions/{}", text(&subscription, "id"));
    let item = text(&subscription["items"]["data"][0], "id");
    shop.post(
        &path,
        &format!("items[0][id]={item}&items[0][quantity]=3&proration_behavior=none"),
    )
    .await
    .ok();
    let next = shop.post("/v1/invoices/create_preview", &of).await.ok();
    assert_eq!(next["amount_due"], 297_00);
    shop.post(&path, "cancel_at_period_end=true").await.ok();
    assert_eq!(shop.post("/v1/invoices/create_preview", &of).await.status, 400);
}

#[tokio::test]
async fn a_test_clock_moves_only_its_own_customers() {
    let shop = Shop::open().await;
    let now = shop.clock.now_s();
    let clock = shop
        .post("/v1/test_helpers/test_clocks", &format!("frozen_time={now}"))
        .await
        .ok();
    let customer = format!("email=a@b.mx&test_clock={}", text(&clock, "id"));
    let customer = shop.post("/v1/customers", &customer).await.ok();
    let form = format!(
        "mode=subscription&customer={}&success_url=https://x.example/&line_items[0][quantity]=1\
         &line_items[0][price_data][currency]=mxn&line_items[0][price_data][unit_amount]=9900\
         &line_items[0][price_data][recurring][interval]=week&line_items[0][price_data][recurring][interval_count]=2\
         &line_items[0][price_data][product_data][name]=Flores",
        text(&customer, "id")
    );
    let session = shop.post("/v1/checkout/sessions", &form).await.ok();
    assert!(
        shop.stripe
            .pay_link(text(&session, "id"), PayWith::card(GOOD))
            .is_paid()
    );
    subscribe(&shop, "").await;
    let path = format!("/v1/test_helpers/test_clocks/{}", text(&clock, "id"));
    let advanced = shop
        .post(
            &format!("{path}/advance"),
            &format!("frozen_time={}", now + 57 * 24 * 3600),
        )
        .await
        .ok();
    assert_eq!(advanced["status"], "ready");
    let of_clock = format!("/v1/invoices?limit=100&customer={}", text(&customer, "id"));
    assert_eq!(
        shop.get(&of_clock).await.ok()["data"].as_array().unwrap().len(),
        5
    );
    assert_eq!(invoices(&shop).await.len(), 6, "the other's month is not over");
    let back = shop
        .post(&format!("{path}/advance"), &format!("frozen_time={now}"))
        .await;
    assert_eq!(back.status, 400);
    let gone = shop.send(shop.request(reqwest::Method::DELETE, &path)).await.ok();
    assert_eq!(gone["deleted"], true);
}

#[tokio::test]
async fn a_card_that_asks_each_time_fails_when_nobody_is_there_to_answer() {
    let shop = Shop::open().await;
    let link = club(&shop, "").await;
    let outcome = shop
        .stripe
        .pay_link(text(&link, "url"), PayWith::card("4000002760003184"));
    let PayOutcome::NeedsAuthentication { payment_intent, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(shop.stripe.authenticate(&payment_intent, true).is_paid());
    shop.wait(Duration::from_secs(32 * DAY));
    assert_eq!(newest(&shop).await["status"], "past_due");
}
