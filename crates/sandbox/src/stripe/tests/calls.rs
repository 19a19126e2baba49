//! Calls: what Stripe refuses and in which words, and keys that make a call happen once.

use std::time::Duration;

use super::{Shop, link_form, text};

#[tokio::test]
async fn unknown_and_missing_parameters_are_named_nested_ones_too() {
    let shop = Shop::open().await;
    let good = link_form(450_00, "mxn");
    let refused = shop
        .post("/v1/payment_links", &format!("{good}&colour=red"))
        .await;
    assert_eq!(
        refused.error(),
        (
            400,
            "invalid_request_error",
            "parameter_unknown",
            "colour",
            "Received unknown parameter: colour"
        )
    );
    let refused = shop
        .post(
            "/v1/payment_links",
            &format!("{good}&line_items[0][price_data][colour]=red"),
        )
        .await;
    assert_eq!(refused.error().3, "line_items[0][price_data][colour]");
    let refused = shop.post("/v1/payment_links", "metadata[a]=b").await;
    assert_eq!(
        (refused.error().2, refused.error().3),
        ("parameter_missing", "line_items")
    );
    let refused = shop.get("/v1/events?limit=5&foo=1").await;
    assert_eq!(refused.error().2, "parameter_unknown");
    assert!(text(&refused.body["error"], "request_log_url").contains(refused.header("request-id")));
}

#[tokio::test]
async fn what_the_sandbox_does_not_play_it_does_not_pretend() {
    let shop = Shop::open().await;
    let form = format!("{}&automatic_tax[enabled]=true", link_form(450_00, "mxn"));
    let refused = shop.post("/v1/payment_links", &form).await;
    assert_eq!(refused.error().2, "sandbox_not_played");
    let form = format!("{}&automatic_tax[enabled]=false", link_form(450_00, "mxn"));
    shop.post("/v1/payment_links", &form).await.ok();
    assert_eq!(shop.get("/v1/shipping_rates").await.status, 404);
}

#[tokio::test]
async fn amounts_keep_stripes_rules() {
    let shop = Shop::open().await;
    let refused = shop.post("/v1/payment_links", &link_form(9_99, "mxn")).await;
    assert_eq!(refused.error().2, "amount_too_small");
    assert_eq!(
        refused.message(),
        "The Checkout Session's total amount due must add up to at least $10.00 mxn"
    );
    assert_eq!(
        shop.post("/v1/payment_links", &link_form(550, "isk"))
            .await
            .status,
        400
    );
    shop.post("/v1/payment_links", &link_form(50, "jpy")).await.ok();
    shop.post("/v1/payment_links", &link_form(12_345_678_00, "cop"))
        .await
        .ok();
    let refused = shop
        .post("/v1/payment_links", &link_form(100_000_000, "usd"))
        .await;
    assert_eq!(refused.error().2, "amount_too_large");
}

#[tokio::test]
async fn what_is_not_there_is_said_in_stripes_words() {
    let shop = Shop::open().await;
    let refused = shop.get("/v1/payment_links/plink_nope").await;
    assert_eq!(
        refused.error(),
        (
            404,
            "invalid_request_error",
            "resource_missing",
            "payment_link",
            "No such payment_link: 'plink_nope'"
        )
    );
    let refused = shop.get("/v1/nonsense").await;
    assert!(
        refused
            .message()
            .starts_with("Unrecognized request URL (GET: /v1/nonsense)."),
        "{}",
        refused.message()
    );
    let json = shop
        .posting("/v1/payment_links", "{}")
        .header("Content-Type", "application/json");
    assert_eq!(shop.send(json).await.status, 400);
}

#[tokio::test]
async fn the_same_key_makes_one_link() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    let first = shop
        .post_with_key("/v1/payment_links", &form, "cobro-charge-1")
        .await;
    let second = shop
        .post_with_key("/v1/payment_links", &form, "cobro-charge-1")
        .await;
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(second.header("original-request"), first.header("request-id"));
    assert_ne!(second.header("request-id"), first.header("request-id"));
    assert_eq!(first.ok(), second.ok());
    assert_eq!(
        shop.get("/v1/payment_links").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let other = shop
        .post_with_key("/v1/payment_links", &link_form(451_00, "mxn"), "cobro-charge-1")
        .await;
    assert_eq!((other.status, other.error().1), (400, "idempotency_error"));
    assert!(other.message().contains("'cobro-charge-1'"));

    shop.wait(Duration::from_secs(24 * 3600));
    let third = shop
        .post_with_key("/v1/payment_links", &form, "cobro-charge-1")
        .await;
    assert_eq!(third.header("idempotent-replayed"), "");
    assert_eq!(
        shop.get("/v1/payment_links").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_refused_call_leaves_its_key_free() {
    let shop = Shop::open().await;
    let refused = shop
        .post_with_key("/v1/payment_links", &link_form(1, "mxn"), "k")
        .await;
    assert_eq!(refused.status, 400);
    shop.post_with_key("/v1/payment_links", &link_form(450_00, "mxn"), "k")
        .await
        .ok();
}

#[tokio::test]
async fn a_declined_payment_is_replayed_as_declined() {
    let shop = Shop::open().await;
    let form = "amount=2500&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined";
    let first = shop.post_with_key("/v1/payment_intents", form, "k").await;
    let second = shop.post_with_key("/v1/payment_intents", form, "k").await;
    assert_eq!((first.status, second.status), (402, 402));
    assert_eq!(second.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn reading_ignores_keys() {
    let shop = Shop::open().await;
    for _ in 0..2 {
        let request = shop
            .request(reqwest::Method::GET, "/v1/events")
            .header("Idempotency-Key", "k");
        assert_eq!(shop.send(request).await.header("idempotent-replayed"), "");
    }
}

#[tokio::test]
async fn an_event_knows_the_request_behind_it() {
    let shop = Shop::open().await;
    let first = shop
        .post_with_key("/v1/payment_links", &link_form(450_00, "mxn"), "k")
        .await;
    let event = shop.get("/v1/events?type=payment_link.created").await.ok();
    let request = &event["data"][0]["request"];
    assert_eq!(request["id"], first.header("request-id"));
    assert_eq!(request["idempotency_key"], "k");
}

#[tokio::test]
async fn a_link_is_made_in_well_under_a_millisecond() {
    let shop = Shop::open().await;
    let form = link_form(450_00, "mxn");
    shop.post("/v1/payment_links", &form).await.ok();
    let mut fastest = Duration::MAX;
    for _ in 0..200 {
        let began = std::time::Instant::now();
        shop.post("/v1/payment_links", &form).await.ok();
        fastest = fastest.min(began.elapsed());
    }
    // Client and server, unoptimised, on a busy machine; still far below what a person notices.
    assert!(fastest < Duration::from_millis(10), "{fastest:?}");
    println!("fastest of 200: {fastest:?}");
}
