//! What can't be read back costs the others nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use cobro_stripe::{StripeApi, StripeOptions};
use tempfile::TempDir;

use crate::domain::Timestamp;
use crate::store::hints;
use crate::{Inbox, Options};

type Asked = Arc<Mutex<Vec<String>>>;

/// A Stripe that refuses to show `pi_refused`, and knows nothing else.
async fn stripe() -> (StripeApi, Asked) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked = Asked::default();
    let app = Router::new().fallback(refuse).with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let stripe = StripeApi::new(StripeOptions {
        base_url,
        key: "sk_test_fixture".into(),
        timeout: Duration::from_secs(5),
        on_read: None,
    });
    (stripe.unwrap(), asked)
}

async fn refuse(State(asked): State<Asked>, uri: Uri) -> (StatusCode, &'static str) {
    asked.lock().unwrap().push(uri.to_string());
    if uri.to_string().contains("pi_refused") {
        let body = r#"{"error": {"type": "invalid_request_error", "message": "No."}}"#;
        return (StatusCode::FORBIDDEN, body);
    }
    let body =
        r#"{"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "None."}}"#;
    (StatusCode::NOT_FOUND, body)
}

async fn inbox(stripe: StripeApi) -> (Inbox, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::open(Options {
        stripe: Some(stripe),
        ..Options::for_tests(folder.path())
    });
    (inbox.await.unwrap(), folder)
}

#[tokio::test]
async fn what_is_refused_is_asked_once_a_second_at_most_and_holds_nothing_back() {
    let (stripe, asked) = stripe().await;
    let (inbox, _folder) = inbox(stripe).await;
    let early = Timestamp::now().minus(Duration::from_secs(60));
    inbox
        .store
        .write(move |tx| {
            hints::add(tx, "payment_intent", "pi_refused", early)?;
            hints::add(tx, "payment_intent", "pi_unknown", Timestamp::now())
        })
        .await
        .unwrap();
    inbox.spawn(super::run(inbox.clone()));
    tokio::time::sleep(Duration::from_millis(800)).await;

    let asked = asked.lock().unwrap().clone();
    let of = |name: &str| asked.iter().filter(|uri| uri.contains(name)).count();
    assert_eq!((of("pi_refused"), of("pi_unknown")), (1, 1), "{asked:?}");
    let (due, next) = inbox
        .store
        .read(|conn| {
            Ok((
                hints::due(conn, Timestamp::now())?.is_some(),
                hints::next_due(conn)?,
            ))
        })
        .await
        .unwrap();
    assert!(!due && next.is_some(), "the refused one is kept for later");
    inbox.shutdown().await;
}

#[tokio::test]
async fn whoever_waits_for_an_answer_hears_that_there_was_none() {
    let (stripe, _) = stripe().await;
    let (inbox, _folder) = inbox(stripe).await;
    let unwritten = hints::Hint::unwritten("payment_intent", "pi_refused");
    let failed = super::not_read(&inbox, unwritten, cobro_stripe::StripeError::timed_out()).await;
    assert!(failed.is_err());
    inbox.shutdown().await;
}
