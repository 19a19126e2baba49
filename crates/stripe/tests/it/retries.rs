//! Answers that are lost, late or wrong: nothing is done twice, and nothing given up too soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cobro_stripe::{Currency, Money, NewLine, NewLink, PaymentLink, StripeApi, StripeError, StripeOptions};
use stripe_client_core::StripeRequest;
use stripe_core::refund::CreateRefund;

use crate::objects;
use crate::server::{Reply, Server, install_tls};

async fn make_link(api: &StripeApi) -> Result<PaymentLink, StripeError> {
    let amount = Money::from_minor(100_00, Currency::from_code("MXN").unwrap()).unwrap();
    let new = NewLink {
        charge: "c1",
        conversation: "v1",
        lines: &[NewLine::of("Tacos", amount)],
        single_use: true,
        ..NewLink::default()
    };
    api.create_payment_link(&new, "cobro-charge-c1").await
}

async fn made_after(replies: impl IntoIterator<Item = Reply>) -> (Server, PaymentLink) {
    let server = Server::start(replies).await;
    let link = make_link(&server.api()).await.unwrap();
    (server, link)
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_repeated_under_the_same_key() {
    for lost in [Reply::Lost, Reply::Torn] {
        let (server, link) = made_after([lost.clone(), lost, Reply::ok(objects::link())]).await;
        let requests = server.received();
        assert_eq!(link.id, "plink_1");
        assert_eq!(requests.len(), 3);
        for request in &requests {
            assert_eq!(request.header("idempotency-key"), Some("cobro-charge-c1"));
            assert_eq!(request.body, requests[0].body);
        }
    }
}

#[tokio::test]
async fn what_passes_is_waited_out() {
    for status in [409, 424, 429, 500, 502, 503] {
        let (server, _) = made_after([Reply::status(status, "<html>"), Reply::ok(objects::link())]).await;
        assert_eq!(server.received().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn stripes_own_word_on_trying_again_is_followed() {
    let never = Reply::status(500, "{}").with("Stripe-Should-Retry", "false");
    let server = Server::start([never]).await;
    assert!(make_link(&server.api()).await.is_err());
    assert_eq!(server.received().len(), 1);

    let again = Reply::status(400, "{}").with("Stripe-Should-Retry", "true");
    let (server, _) = made_after([again, Reply::ok(objects::link())]).await;
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn what_a_person_must_change_is_said_at_once() {
    let refusal = r#"{"error":{"type":"invalid_request_error","code":"amount_too_small","param":"line_items[0]","message":"Too small."}}"#;
    let server = Server::start([Reply::status(400, refusal).with("Request-Id", "req_7")]).await;
    let error = make_link(&server.api()).await.unwrap_err();
    assert_eq!(server.received().len(), 1);
    assert!(error.is_permanent() && !error.is_ambiguous());
    assert_eq!(error.code_text(), "amount_too_small");
    assert_eq!(error.request_id(), Some("req_7"));
    assert!(error.advice().contains("Too small."));
}

#[tokio::test]
async fn a_refused_key_and_a_missing_permission_are_told_apart() {
    let server = Server::start([
        Reply::status(
            401,
            r#"{"error":{"message":"Invalid API Key provided: sk_test_*****ture"}}"#,
        ),
        Reply::status(
            403,
            r#"{"error":{"message":"Having the 'rak_payment_link_write' permission would help."}}"#,
        ),
    ])
    .await;
    let api = server.api();
    let refused = make_link(&api).await.unwrap_err();
    assert!(matches!(refused, StripeError::Auth { .. }), "{refused}");
    let lacking = make_link(&api).await.unwrap_err();
    assert!(
        matches!(&lacking, StripeError::Permission { missing: Some(name), .. } if &**name == "rak_payment_link_write")
    );
    for error in [refused, lacking] {
        assert!(!format!("{error} {error:?} {} {}", error.title(), error.advice()).contains("sk_test"));
    }
}

#[tokio::test]
async fn a_limit_that_stays_names_its_reason() {
    let limited = Reply::status(429, "{}").with("Stripe-Rate-Limited-Reason", "endpoint-rate");
    let server = Server::start([limited]).await;
    let error = make_link(&server.api()).await.unwrap_err();
    assert!(
        matches!(&error, StripeError::RateLimited { reason: Some(reason), .. } if &**reason == "endpoint-rate")
    );
    assert!(!error.is_permanent());
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn a_server_that_hangs_is_tried_on_a_fresh_connection_within_the_time() {
    let server = Server::start([Reply::Silence, Reply::ok(objects::link())]).await;
    let started = Instant::now();
    make_link(&server.api_within(Duration::from_secs(2)))
        .await
        .unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));

    let server = Server::start([Reply::Silence]).await;
    let started = Instant::now();
    let error = make_link(&server.api_within(Duration::from_millis(600)))
        .await
        .unwrap_err();
    assert!(started.elapsed() < Duration::from_millis(1500));
    assert!(error.is_ambiguous(), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_received_nothing() {
    install_tls();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let api = StripeApi::new(StripeOptions {
        base_url: format!("http://{closed}"),
        key: "sk_test_fixture".into(),
        timeout: Duration::from_secs(1),
        on_read: None,
    })
    .unwrap();
    let error = make_link(&api).await.unwrap_err();
    assert!(
        matches!(
            error,
            StripeError::Network {
                maybe_received: false,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.is_ambiguous() && !error.is_permanent());
}

#[tokio::test]
async fn html_in_stripes_place_is_an_error_that_passes() {
    let server = Server::start([Reply::ok("<html>Sign in to the hotel's network</html>")]).await;
    let error = make_link(&server.api()).await.unwrap_err();
    assert!(matches!(error, StripeError::Decode { .. }), "{error}");
    assert!(!error.is_permanent());
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::start([Reply::ok("x".repeat((16 << 20) + 1))]).await;
    let error = server.api().payment_intent("pi_1").await.unwrap_err();
    assert!(matches!(error, StripeError::Decode { .. }), "{error}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn async_stripes_builders_work_over_our_transport_and_without_a_key_only_once() {
    let server = Server::start([Reply::status(503, "{}")]).await;
    let error = CreateRefund::new()
        .charge("ch_1")
        .customize()
        .send(&server.api())
        .await
        .unwrap_err();
    assert!(matches!(error, StripeError::Api { status: 503, .. }), "{error}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn every_read_that_is_sent_calls_the_hook() {
    install_tls();
    let server = Server::start([Reply::status(503, "{}"), Reply::ok(objects::intent())]).await;
    let reads = Arc::new(AtomicU32::new(0));
    let counted = reads.clone();
    let api = StripeApi::new(StripeOptions {
        base_url: server.url.clone(),
        key: "rk_test_fixture".into(),
        timeout: Duration::from_secs(5),
        on_read: Some(Arc::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        })),
    })
    .unwrap();
    api.payment_intent("pi_1").await.unwrap();
    assert_eq!((reads.load(Ordering::Relaxed), api.reads()), (2, 2));
}

#[tokio::test]
async fn the_clock_is_compared_with_stripes() {
    let server = Server::start([
        Reply::ok(objects::link()),
        Reply::ok(objects::link()).with("Date", "Tue, 24 Nov 2020 02:00:00 GMT"),
    ])
    .await;
    let api = server.api();
    make_link(&api).await.unwrap();
    assert_eq!(api.clock_skew(), None);
    make_link(&api).await.unwrap();
    let years = api.clock_skew().unwrap() / 1000 / 3600 / 24 / 365;
    assert!(years >= 5, "{years}");
}
