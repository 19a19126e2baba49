//! Sending: exactly what was asked for, refused early where WhatsApp would refuse, never repeated in doubt.

use std::time::Duration;

use cobro_whatsapp::{FailureKind, Recipient, Sent, WhatsAppApi, WhatsAppError, WhatsAppOptions};
use serde_json::json;

use crate::server::{Reply, Server, api_at};

const MINUTE: Duration = Duration::from_mins(1);
const SENT: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"525548217730","wa_id":"5215548217730"}],"messages":[{"id":"wamid.1","message_status":"accepted"}]}"#;

fn ana() -> Recipient {
    Recipient::Phone("5215548217730".into())
}

async fn say(api: &WhatsAppApi, text: &str) -> Result<Sent, WhatsAppError> {
    api.send_text("106540352242922", &ana(), text, true, "row-1", None)
        .await
}

async fn button(api: &WhatsAppApi, body: &str, label: &str, url: &str) -> Result<Sent, WhatsAppError> {
    api.send_pay_button("1", &ana(), body, None, label, url, "row-1")
        .await
}

#[tokio::test]
async fn text_goes_out_as_it_was_written() {
    let server = Server::answering(200, SENT).await;
    let api = server.api();
    let sent = api
        .send_text(
            "106540352242922",
            &ana(),
            "¡Gracias, \"Ana\"! 🌮",
            true,
            "row-1",
            Some("wamid.0"),
        )
        .await
        .unwrap();
    assert_eq!(sent.wamid, "wamid.1");
    let request = &server.received()[0];
    assert_eq!(request.target, "POST /v25.0/106540352242922/messages HTTP/1.1");
    assert!(request.head.contains("authorization: bearer eaafixture"));
    assert_eq!(
        request.body,
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "5215548217730",
            "type": "text",
            "text": { "body": "¡Gracias, \"Ana\"! 🌮", "preview_url": true },
            "context": { "message_id": "wamid.0" },
            "biz_opaque_callback_data": "row-1",
        })
    );
}

#[tokio::test]
async fn a_customer_without_a_phone_number_is_reached_by_user_id() {
    let server = Server::answering(200, SENT).await;
    let to = Recipient::UserId("MX.13491208655302741918".into());
    server
        .api()
        .send_text("1", &to, "Hola", false, "row-1", None)
        .await
        .unwrap();
    let body = &server.received()[0].body;
    assert_eq!(body["recipient"], "MX.13491208655302741918");
    assert!(body.get("to").is_none());
}

#[tokio::test]
async fn a_pay_button_opens_its_link() {
    let server = Server::answering(200, SENT).await;
    let api = server.api();
    let url = "https://buy.stripe.com/test_1?client_reference_id=a&b=c";
    api.send_pay_button(
        "1",
        &ana(),
        "Tu pedido",
        Some("Cobro"),
        "Pagar $250.00",
        url,
        "row-1",
    )
    .await
    .unwrap();
    assert_eq!(
        server.received()[0].body["interactive"],
        json!({
            "type": "cta_url",
            "body": { "text": "Tu pedido" },
            "footer": { "text": "Cobro" },
            "action": { "name": "cta_url", "parameters": { "display_text": "Pagar $250.00", "url": url } },
        })
    );
}

#[tokio::test]
async fn a_read_receipt_names_the_message() {
    let server = Server::answering(200, r#"{"success":true}"#).await;
    server.api().mark_read("1", "wamid.9", false).await.unwrap();
    assert_eq!(
        server.received()[0].body,
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.9" })
    );
}

#[tokio::test]
async fn a_number_is_described() {
    let server = Server::answering(
        200,
        r#"{"id":"1","display_phone_number":"+52 55","quality_rating":"GREEN"}"#,
    )
    .await;
    let number = server.api().phone_number("1").await.unwrap();
    assert_eq!(
        (number.quality_rating.as_deref(), number.verified_name),
        (Some("GREEN"), None)
    );
    let asked = "GET /v25.0/1?fields=id,display_phone_number,verified_name,quality_rating,";
    assert!(server.received()[0].target.starts_with(asked));
}

#[tokio::test]
async fn what_whatsapp_would_refuse_never_leaves() {
    let server = Server::answering(200, SENT).await;
    let api = server.api();
    let pay = "https://pay.test/1";
    let long_reference = "x".repeat(513);
    let refused = [
        say(&api, "").await,
        say(&api, &"ñ".repeat(4097)).await,
        button(&api, &"x".repeat(1025), "Pagar", pay).await,
        button(&api, "Hola", &"x".repeat(21), pay).await,
        button(&api, "Hola", "Pagar", "javascript:alert(1)").await,
        button(&api, "Hola", "Pagar", "https://").await,
        api.send_pay_button("1", &ana(), "Hola", Some(&"x".repeat(61)), "Pagar", pay, "row-1")
            .await,
        api.send_text("1", &ana(), "Hola", false, &long_reference, None)
            .await,
        api.send_text("../me", &ana(), "Hola", false, "row-1", None).await,
    ];
    for (index, refused) in refused.into_iter().enumerate() {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Invalid, "{index}");
        assert!(error.is_permanent(), "{index}");
    }
    assert!(server.received().is_empty());
    assert!(
        say(&api, &"ñ".repeat(4096)).await.is_ok(),
        "characters count, not bytes"
    );
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code() {
    let closed = r#"{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047,"error_data":{"messaging_product":"whatsapp","details":"More than 24 hours"},"fbtrace_id":"A1"}}"#;
    let server = Server::answering(400, closed).await;
    let error = say(&server.api(), "Hola").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::NeedsTemplate);
    assert_eq!(
        (error.code_text().as_str(), error.title().as_str()),
        ("131047", "The 24-hour window is closed")
    );
}

#[tokio::test]
async fn of_a_code_that_is_not_known_whatsapps_own_words_are_shown() {
    let odd = r#"{"error":{"message":"(#135000) Generic user error","code":135000,"error_data":{"details":"Parameter 3 is odd"}}}"#;
    let server = Server::answering(400, odd).await;
    let error = say(&server.api(), "Hola").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Invalid);
    assert!(
        error.advice().ends_with("Parameter 3 is odd"),
        "{}",
        error.advice()
    );
}

#[tokio::test]
async fn a_refusal_of_any_shape_is_one() {
    for (status, body, kind) in [
        (502, "<html>Bad Gateway</html>", FailureKind::Ambiguous),
        (500, r#"{"error":"down"}"#, FailureKind::Ambiguous),
        (429, "", FailureKind::Retry { after: None }),
        (401, "", FailureKind::Token),
        (404, "<html>", FailureKind::Invalid),
        (
            400,
            r#"{"error":{"code":190,"error_data":"expired"}}"#,
            FailureKind::Token,
        ),
    ] {
        let server = Server::answering(status, body).await;
        assert_eq!(
            say(&server.api(), "Hola").await.unwrap_err().kind(),
            kind,
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn a_lost_answer_is_ambiguous_and_never_repeated() {
    let server = Server::start(Reply::Lost).await;
    let error = say(&server.api(), "Hola").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Ambiguous);
    assert_eq!(server.received().len(), 1);

    let server = Server::answering(200, "<html>").await;
    assert_eq!(
        say(&server.api(), "Hola").await.unwrap_err().kind(),
        FailureKind::Ambiguous
    );
}

#[tokio::test]
async fn what_never_left_may_be_sent_again() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = say(&api_at(&format!("http://{closed}")), "Hola")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Retry { after: None });
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_in_words() {
    let new = |base_url: &str, version: &str, token: &str| {
        WhatsAppApi::new(WhatsAppOptions {
            base_url: base_url.into(),
            token: token.into(),
            version: version.into(),
            timeout: std::time::Duration::from_secs(1),
        })
        .unwrap_err()
        .to_string()
    };
    assert!(new("https://graph.facebook.com", "v25.0", " ").contains("token is empty"));
    assert!(new("https://graph.facebook.com", "25", "t").contains("v25.0"));
    assert!(new("graph.facebook.com", "v25.0", "t").contains("https://graph.facebook.com"));
}

#[tokio::test]
async fn tokens_and_numbers_stay_out_of_logs() {
    let server = Server::answering(200, SENT).await;
    assert!(!format!("{:?} {:?}", server.api(), ana()).contains("EAAfixture"));
    assert!(!format!("{:?}", ana()).contains("521"));
}

#[tokio::test]
async fn every_answer_tells_how_far_our_clock_is_off() {
    let server = Server::start(Reply::Dated("Tue, 24 Nov 2020 02:00:00 GMT", SENT.into())).await;
    let api = server.api();
    assert_eq!(api.clock_skew_within(MINUTE), None);
    say(&api, "hola").await.unwrap();
    let years = 365 * 24 * 3600 * 1000;
    assert!(api.clock_skew_within(MINUTE).unwrap() > years);
    assert!(
        api.clone().clock_skew_within(MINUTE).is_some(),
        "clones share what they heard"
    );
}
