//! Webhooks: signed bodies of the events that were asked for, in the order of their ids.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::{Shop, text};
use crate::stripe::{ENABLED_EVENTS, PayWith};

type Post = Arc<Mutex<Vec<(String, String)>>>;

/// Keeps what arrives: the signature header and the raw body.
async fn letterbox() -> (String, Post) {
    let post_box = Post::default();
    let keep = |State(kept): State<Post>, headers: HeaderMap, body: String| async move {
        let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
        kept.lock().unwrap().push((signature, body));
    };
    let router = Router::new()
        .route("/webhooks/stripe", post(keep))
        .with_state(Arc::clone(&post_box));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, post_box)
}

fn is_signed(secret: &str, signature: &str, body: &str) -> bool {
    let part = |name: &str| {
        signature
            .split(',')
            .find_map(|part| part.strip_prefix(name))
            .unwrap_or_default()
            .to_owned()
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", part("t=")).as_bytes());
    hex::encode(mac.finalize().into_bytes()) == part("v1=")
}

#[tokio::test]
async fn events_arrive_signed_and_in_order() {
    let shop = Shop::open().await;
    let (base, post_box) = letterbox().await;
    shop.webhooks.set_target(Some(&base));
    for _ in 0..3 {
        let link = shop.link(450_00, "mxn").await;
        shop.stripe
            .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
    }
    shop.wait(Duration::from_secs(1));
    tokio::time::timeout(Duration::from_secs(10), shop.webhooks.idle())
        .await
        .unwrap();

    let kept = post_box.lock().unwrap().clone();
    let secret = shop.stripe.options().webhook_secret.clone();
    assert_eq!(kept.len(), 15);
    assert!(
        kept.iter()
            .all(|(signature, body)| is_signed(&secret, signature, body))
    );
    let events: Vec<Value> = kept
        .iter()
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect();
    assert!(
        events
            .iter()
            .all(|event| ENABLED_EVENTS.contains(&text(event, "type")))
    );
    let mut ids: Vec<&str> = events.iter().map(|event| text(event, "id")).collect();
    ids.sort_unstable();
    let listed = shop.get("/v1/events?limit=100").await.ok();
    let mut known: Vec<&str> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(event, "id"))
        .collect();
    known.retain(|id| ids.contains(id));
    assert_eq!(known.len(), 15, "what arrives can be read back");
}

#[tokio::test]
async fn the_last_webhook_can_be_had_as_it_was_sent() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/sandbox/webhooks/last?source=stripe").await.status, 404);
    let (base, post_box) = letterbox().await;
    shop.webhooks.set_target(Some(&base));
    let link = shop.link(450_00, "mxn").await;
    shop.stripe
        .pay_link(text(&link, "url"), PayWith::card("4000000000000002"));
    tokio::time::timeout(Duration::from_secs(10), shop.webhooks.idle())
        .await
        .unwrap();
    let last = shop.get("/sandbox/webhooks/last?source=stripe").await.ok();
    assert_eq!(text(&last, "type"), "payment_intent.payment_failed");
    let arrived = post_box
        .lock()
        .unwrap()
        .iter()
        .any(|(_, body)| body == text(&last, "body"));
    assert!(arrived);
    assert!(is_signed(
        &shop.stripe.options().webhook_secret,
        text(&last, "signature"),
        text(&last, "body")
    ));
}
