use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;

use super::*;
use crate::faults::WebhookFaults;

/// Answers with the codes it was given, then 200, and keeps the bodies it answered with a 200.
struct Receiver {
    url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn open(codes: &[u16]) -> Self {
        Self::open_at("127.0.0.1:0", codes).await
    }

    async fn open_at(address: &str, codes: &[u16]) -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let codes = Arc::new(Mutex::new(codes.to_vec()));
        let keep = Arc::clone(&taken);
        let answer = move |body: String| async move {
            let mut codes = codes.lock().unwrap();
            if !codes.is_empty() {
                return StatusCode::from_u16(codes.remove(0)).unwrap();
            }
            keep.lock().unwrap().push(body);
            StatusCode::OK
        };
        let router = Router::new().route("/webhooks/whatsapp", post(answer));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, taken }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn send(webhooks: &Webhooks, numbers: std::ops::Range<u32>) {
    for number in numbers {
        webhooks.send(Letter::whatsapp(
            &format!("wamid.{number}"),
            "message",
            number.to_string(),
            "secret",
        ));
    }
}

async fn idle(webhooks: &Webhooks) {
    tokio::time::timeout(Duration::from_secs(20), webhooks.idle())
        .await
        .expect("webhooks are still pending");
}

fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn webhooks_wait_for_a_target_and_keep_their_order() {
    let webhooks = Webhooks::start(Faults::default()).unwrap();
    send(&webhooks, 0..20);
    assert_eq!(webhooks.pending(), 20);
    let receiver = Receiver::open(&[]).await;
    webhooks.set_target(Some(&receiver.url));
    idle(&webhooks).await;
    assert_eq!(receiver.taken(), numbers(0..20));
    assert_eq!(webhooks.acknowledged().len(), 20);
    webhooks.stop().await;
}

#[tokio::test]
async fn a_refused_webhook_is_repeated_until_it_is_taken() {
    let webhooks = Webhooks::start(Faults::default()).unwrap();
    let receiver = Receiver::open(&[503, 401]).await;
    webhooks.set_target(Some(&receiver.url));
    send(&webhooks, 0..1);
    idle(&webhooks).await;
    assert_eq!(receiver.taken(), ["0"]);
    let [whatsapp, _] = webhooks.report().try_into().unwrap();
    assert_eq!((whatsapp.failed_attempts, whatsapp.acknowledged), (2, 1));
    webhooks.stop().await;
}

#[tokio::test]
async fn what_a_dead_relay_missed_comes_in_order_when_it_is_back() {
    let webhooks = Webhooks::start(Faults::default()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    webhooks.set_target(Some(&format!("http://{address}/")));
    send(&webhooks, 0..5);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(webhooks.pending(), 5);
    let [whatsapp, _] = webhooks.report().try_into().unwrap();
    assert_eq!(whatsapp.last_answer.as_deref(), Some("nobody listens"));
    let receiver = Receiver::open_at(&address, &[]).await;
    idle(&webhooks).await;
    assert_eq!(receiver.taken(), numbers(0..5));
    webhooks.stop().await;
}

#[tokio::test]
async fn faults_repeat_and_shuffle_webhooks_but_lose_none() {
    let faults = Faults::default();
    faults.set_webhooks(WebhookFaults {
        duplicate: 0.5,
        reorder: true,
        seed: 7,
        ..WebhookFaults::default()
    });
    let webhooks = Webhooks::start(faults).unwrap();
    let receiver = Receiver::open(&[]).await;
    webhooks.set_target(Some(&receiver.url));
    send(&webhooks, 0..40);
    idle(&webhooks).await;
    let taken = receiver.taken();
    let mut once: Vec<u32> = taken.iter().map(|body| body.parse().unwrap()).collect();
    assert!(!once.is_sorted(), "{once:?}");
    once.sort_unstable();
    once.dedup();
    assert_eq!(once, (0..40).collect::<Vec<_>>());
    assert!(taken.len() > 45, "{}", taken.len());
    webhooks.stop().await;
}

#[tokio::test]
async fn dropped_webhooks_never_come_and_are_counted() {
    let faults = Faults::default();
    faults.set_webhooks(WebhookFaults {
        drop: 1.0,
        ..WebhookFaults::default()
    });
    let webhooks = Webhooks::start(faults).unwrap();
    send(&webhooks, 0..3);
    assert_eq!(webhooks.pending(), 0);
    let [whatsapp, _] = webhooks.report().try_into().unwrap();
    assert_eq!(whatsapp.dropped, 3);
    webhooks.stop().await;
}
