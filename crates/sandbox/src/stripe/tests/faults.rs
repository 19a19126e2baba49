//! Faults: lost answers, failures and limits, and what the key makes of them.

use std::time::{Duration, Instant};

use super::{Shop, link_form};
use crate::faults::{Endpoint, Fault, Kind};

const LINKS: &str = "/v1/payment_links";

async fn links(shop: &Shop) -> usize {
    shop.get(LINKS).await.ok()["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_work_is_done() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    shop.faults
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    let lost = shop
        .posting(LINKS, &form)
        .header("Idempotency-Key", "k")
        .send()
        .await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(links(&shop).await, 1);
    let again = shop.post_with_key(LINKS, &form, "k").await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(links(&shop).await, 1);
}

#[tokio::test]
async fn a_request_can_be_lost_before_anything_is_done() {
    let shop = Shop::open().await;
    shop.faults
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostRequest)));
    assert!(
        shop.posting(LINKS, &link_form(450_00, "mxn"))
            .send()
            .await
            .is_err()
    );
    assert_eq!(links(&shop).await, 0);
}

#[tokio::test]
async fn a_failure_after_the_work_is_replayed_with_its_key() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    shop.faults
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::Error500After)));
    let first = shop.post_with_key(LINKS, &form, "k").await;
    let second = shop.post_with_key(LINKS, &form, "k").await;
    assert_eq!((first.status, second.status), (500, 500));
    assert_eq!(
        (second.error().1, second.header("idempotent-replayed")),
        ("api_error", "true")
    );
    assert_eq!(links(&shop).await, 1);
}

#[tokio::test]
async fn a_failure_before_the_work_leaves_the_key_free() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    shop.faults
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::Error500)));
    assert_eq!(shop.post_with_key(LINKS, &form, "k").await.status, 500);
    assert_eq!(links(&shop).await, 0);
    shop.post_with_key(LINKS, &form, "k").await.ok();
}

#[tokio::test]
async fn a_limit_names_its_reason() {
    let shop = Shop::open().await;
    shop.faults
        .set(Endpoint::StripeGet, Some(Fault::next(1, Kind::RateLimit429)));
    let limited = shop.get(LINKS).await;
    assert_eq!((limited.status, limited.error().2), (429, "rate_limit"));
    assert_eq!(limited.header("stripe-rate-limited-reason"), "global-rate");
    assert_eq!(shop.get(LINKS).await.status, 200);
}

#[tokio::test]
async fn two_calls_with_one_key_at_once_are_a_conflict() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    let slow = Fault::next(1, Kind::Timeout).with_delay(Duration::from_millis(600));
    shop.faults.set(Endpoint::StripePost, Some(slow));
    let began = Instant::now();
    let first = shop.post_with_key(LINKS, &form, "k");
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        shop.post_with_key(LINKS, &form, "k").await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(600));
    assert_eq!((second.status, second.error().2), (409, "idempotency_key_in_use"));
    assert_eq!(
        shop.post_with_key(LINKS, &form, "k")
            .await
            .header("idempotent-replayed"),
        "true"
    );
    assert_eq!(links(&shop).await, 1);
}

#[tokio::test]
async fn a_proxy_can_stand_in_the_way() {
    let shop = Shop::open().await;
    shop.faults
        .set(Endpoint::StripeGet, Some(Fault::next(1, Kind::Html502)));
    let answer = shop.get(LINKS).await;
    assert_eq!((answer.status, answer.header("content-type")), (502, "text/html"));
}
