//! Connecting: what the token may do, which numbers there are, and where their webhooks go.

use cobro_protocol::Timestamp;
use cobro_whatsapp::{AppData, FailureKind};
use secrecy::SecretString;
use serde_json::json;

use crate::server::{Reply, Server};

const DONE: &str = r#"{"success":true}"#;

#[tokio::test]
async fn a_token_says_what_it_may_do_and_until_when() {
    let answer = json!({ "data": {
        "app_id": "634974688087057", "type": "SYSTEM_USER", "is_valid": true,
        "expires_at": 0, "data_access_expires_at": 1_767_225_600,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "granular_scopes": [
            { "scope": "whatsapp_business_management", "target_ids": ["10", "11"] },
            { "scope": "whatsapp_business_messaging" },
        ],
    } });
    let server = Server::answering(200, &answer.to_string()).await;
    let info = server
        .api()
        .debug_token(&SecretString::from("EAA other"))
        .await
        .unwrap();
    assert_eq!(info.app_id.as_deref(), Some("634974688087057"));
    assert_eq!((info.is_valid, info.expires_at), (true, None));
    assert_eq!(
        info.data_access_expires_at,
        Some(Timestamp::from_secs(1_767_225_600))
    );
    assert_eq!(info.kind.as_deref(), Some("SYSTEM_USER"));
    assert_eq!(info.scopes.len(), 2);
    assert_eq!(
        info.granular,
        [
            (
                "whatsapp_business_management".into(),
                vec!["10".into(), "11".into()]
            ),
            ("whatsapp_business_messaging".into(), Vec::<String>::new()),
        ]
    );
    assert_eq!(
        server.received()[0].target,
        "GET /v25.0/debug_token?input_token=EAA+other HTTP/1.1"
    );
}

#[tokio::test]
async fn a_token_that_was_withdrawn_is_told_as_such() {
    let answer = r#"{"data":{"app_id":"1","is_valid":false,"expires_at":1700000000,"error":{"code":190},"scopes":[]}}"#;
    let server = Server::answering(200, answer).await;
    let info = server
        .api()
        .debug_token(&SecretString::from("EAA"))
        .await
        .unwrap();
    assert_eq!(
        (info.is_valid, info.expires_at),
        (false, Some(Timestamp::from_secs(1_700_000_000)))
    );
}

#[tokio::test]
async fn all_numbers_of_an_account_come_whatever_the_pages() {
    let page = |id: &str, next: bool| {
        let mut page = json!({ "data": [{ "id": id, "display_phone_number": "+52 55", "verified_name": "Tacos Ana",
            "quality_rating": "GREEN", "status": "CONNECTED", "platform_type": "CLOUD_API", "is_on_biz_app": true,
            "throughput": { "level": "STANDARD" }, "code_verification_status": "VERIFIED" }],
            "paging": { "cursors": { "after": "next-page" } } });
        if next {
            page["paging"]["next"] = "https://graph.facebook.com/next".into();
        }
        page.to_string()
    };
    let server = Server::start(Reply::Each(vec![page("1", true), page("2", false)])).await;
    let numbers = server.api().phone_numbers("10").await.unwrap();
    let ids: Vec<_> = numbers.iter().map(|number| number.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    let number = &numbers[0];
    assert_eq!(
        (
            number.status.as_deref(),
            number.platform_type.as_deref(),
            number.is_on_biz_app
        ),
        (Some("CONNECTED"), Some("CLOUD_API"), Some(true))
    );
    assert_eq!(
        (
            number.throughput.as_deref(),
            number.code_verification_status.as_deref()
        ),
        (Some("STANDARD"), Some("VERIFIED"))
    );
    assert!(server.received()[1].target.contains("after=next-page"));
}

#[tokio::test]
async fn an_account_is_named() {
    let server = Server::answering(200, r#"{"id":"10","name":"Tacos Ana"}"#).await;
    let account = server.api().account("10").await.unwrap();
    assert_eq!(
        (account.id.as_str(), account.name.as_deref()),
        ("10", Some("Tacos Ana"))
    );
    assert_eq!(
        server.received()[0].target,
        "GET /v25.0/10?fields=id,name HTTP/1.1"
    );
}

#[tokio::test]
async fn a_number_is_registered_with_six_digits() {
    let server = Server::answering(200, DONE).await;
    let api = server.api();
    api.register("1", "123456").await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.target, "POST /v25.0/1/register HTTP/1.1");
    assert_eq!(
        request.body,
        json!({ "messaging_product": "whatsapp", "pin": "123456" })
    );
    for pin in ["12345", "1234567", "12345a", ""] {
        let error = api.register("1", pin).await.unwrap_err();
        assert!(error.advice().contains("six digits"), "{pin}");
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_wrong_pin_says_so() {
    let server = Server::answering(400, r#"{"error":{"code":133005,"message":"PIN mismatch"}}"#).await;
    let error = server.api().register("1", "123456").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.title().as_str()),
        (FailureKind::Registration, "The PIN is wrong")
    );
}

#[tokio::test]
async fn the_app_hears_of_an_account_at_an_address_of_its_own() {
    let server = Server::answering(200, DONE).await;
    let api = server.api();
    api.subscribe("10", None).await.unwrap();
    let token = SecretString::from("verify-me");
    api.subscribe("10", Some(("https://relay.test/hook", &token)))
        .await
        .unwrap();
    let received = server.received();
    assert_eq!(received[0].target, "POST /v25.0/10/subscribed_apps HTTP/1.1");
    assert_eq!(received[0].text, "");
    assert_eq!(
        received[1].body,
        json!({ "override_callback_uri": "https://relay.test/hook", "verify_token": "verify-me" })
    );
}

#[tokio::test]
async fn who_hears_of_an_account_is_listed() {
    let answer = json!({ "data": [
        { "whatsapp_business_api_data": { "id": "634", "name": "Cobro", "link": "https://x" }, "override_callback_uri": "https://relay.test/hook" },
        { "whatsapp_business_api_data": { "id": "635" } },
    ] });
    let server = Server::answering(200, &answer.to_string()).await;
    let apps = server.api().subscribed_apps("10").await.unwrap();
    assert_eq!(
        (
            apps[0].id.as_str(),
            apps[0].name.as_deref(),
            apps[0].override_callback_uri.as_deref()
        ),
        ("634", Some("Cobro"), Some("https://relay.test/hook"))
    );
    assert_eq!(apps[1].override_callback_uri, None);
}

#[tokio::test]
async fn the_apps_webhook_is_set_in_the_apps_own_name() {
    let server = Server::answering(200, DONE).await;
    server
        .api()
        .set_app_webhook(
            "634",
            &SecretString::from("s3cret"),
            "https://relay.test/hook",
            &SecretString::from("verify-me"),
            &["messages", "history"],
        )
        .await
        .unwrap();
    let request = &server.received()[0];
    assert_eq!(request.target, "POST /v25.0/634/subscriptions HTTP/1.1");
    assert!(
        request.head.contains("authorization: bearer 634|s3cret") && !request.head.contains("eaafixture"),
        "the system user's token is not the app's"
    );
    let form: Vec<(String, String)> = url::form_urlencoded::parse(request.text.as_bytes())
        .into_owned()
        .collect();
    let expected = [
        ("object", "whatsapp_business_account"),
        ("callback_url", "https://relay.test/hook"),
        ("verify_token", "verify-me"),
        ("fields", "messages,history"),
    ];
    assert_eq!(
        form,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn the_phones_contacts_and_chats_are_asked_for() {
    let server = Server::answering(200, r#"{"messaging_product":"whatsapp","request_id":"R1"}"#).await;
    let api = server.api();
    assert_eq!(
        api.sync_app_data("1", AppData::Contacts)
            .await
            .unwrap()
            .as_deref(),
        Some("R1")
    );
    api.sync_app_data("1", AppData::History).await.unwrap();
    let kinds: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.body["sync_type"].clone())
        .collect();
    assert_eq!(kinds, ["smb_app_state_sync", "history"]);
    assert_eq!(server.received()[0].target, "POST /v25.0/1/smb_app_data HTTP/1.1");
}

#[tokio::test]
async fn typing_is_shown_with_the_receipt() {
    let server = Server::answering(200, DONE).await;
    server.api().mark_read("1", "wamid.9", true).await.unwrap();
    assert_eq!(
        server.received()[0].body,
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.9",
            "typing_indicator": { "type": "text" } })
    );
}

#[tokio::test]
async fn what_was_not_done_is_no_success() {
    let server = Server::answering(200, r#"{"success":false}"#).await;
    let error = server.api().subscribe("10", None).await.unwrap_err();
    assert!(error.advice().contains("did not do it"), "{}", error.advice());
}

#[tokio::test]
async fn an_id_that_is_none_never_becomes_an_address() {
    let server = Server::answering(200, DONE).await;
    let api = server.api();
    for id in ["", "../me", "1/2", "a?b", "1 2"] {
        assert!(api.account(id).await.is_err(), "{id}");
        assert!(api.phone_numbers(id).await.is_err(), "{id}");
        assert!(api.templates(id, None).await.is_err(), "{id}");
        assert!(api.media(id).await.is_err(), "{id}");
        assert!(api.register(id, "123456").await.is_err(), "{id}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_question_whose_answer_was_lost_may_be_asked_again() {
    let server = Server::start(Reply::Lost).await;
    let error = server.api().account("10").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Retry { after: None });
}
