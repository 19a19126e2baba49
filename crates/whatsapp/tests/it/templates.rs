//! The shop's templates at Meta.

use cobro_whatsapp::{FailureKind, NewTemplate, WhatsAppError};
use serde_json::json;

use crate::server::{Reply, Server};

fn payment_request() -> NewTemplate {
    NewTemplate {
        name: "cobro_payment_request".into(),
        language: "es".into(),
        category: "UTILITY".into(),
        parameter_format: None,
        components: json!([{ "type": "BODY", "text": "Hola {{1}}", "example": { "body_text": [["Ana"]] } }]),
    }
}

#[tokio::test]
async fn templates_come_page_by_page() {
    let first = json!({
        "data": [
            { "id": "1", "name": "a", "language": "es", "category": "UTILITY", "status": "APPROVED",
              "quality_score": { "score": "UNKNOWN" }, "rejected_reason": "NONE", "components": [{ "type": "BODY", "text": "Hola" }] },
            { "id": "2", "name": "a", "language": "pt_BR", "category": "UTILITY", "status": "REJECTED",
              "quality_score": { "score": "RED" }, "rejected_reason": "INVALID_FORMAT" },
            { "strange": true },
        ],
        "paging": { "cursors": { "before": "x", "after": "MjQ" }, "next": "https://graph.facebook.com/next" },
    });
    let last = json!({ "data": [], "paging": { "cursors": { "before": "x", "after": "end" } } });
    let server = Server::start(Reply::Each(vec![first.to_string(), last.to_string()])).await;
    let api = server.api();
    let page = api.templates("10", None).await.unwrap();
    let told: Vec<_> = page
        .items
        .iter()
        .map(|item| {
            (
                item.language.as_str(),
                item.status.as_str(),
                item.quality.as_deref(),
                item.reason.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("es", "APPROVED", None, None),
            ("pt_BR", "REJECTED", Some("RED"), Some("INVALID_FORMAT"))
        ]
    );
    assert_eq!(page.items[0].components[0]["text"], "Hola");
    assert_eq!(page.next.as_deref(), Some("MjQ"));
    let page = api.templates("10", page.next.as_deref()).await.unwrap();
    assert_eq!(page.next, None, "a cursor without a next page is the end");
    let asked: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert!(
        asked[0].starts_with("GET /v25.0/10/message_templates?fields=id%2Cname"),
        "{}",
        asked[0]
    );
    assert!(asked[1].contains("&after=MjQ"), "{}", asked[1]);
}

#[tokio::test]
async fn a_template_is_created_as_it_was_written() {
    let server = Server::answering(
        200,
        r#"{"id":"572279198452421","status":"PENDING","category":"MARKETING"}"#,
    )
    .await;
    let created = server
        .api()
        .create_template("10", &payment_request())
        .await
        .unwrap();
    assert_eq!(
        (
            created.id.as_str(),
            created.status.as_str(),
            created.category.as_deref()
        ),
        ("572279198452421", "PENDING", Some("MARKETING"))
    );
    let request = &server.received()[0];
    assert_eq!(request.target, "POST /v25.0/10/message_templates HTTP/1.1");
    assert_eq!(
        request.body,
        json!({ "name": "cobro_payment_request", "language": "es", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Hola {{1}}", "example": { "body_text": [["Ana"]] } }] })
    );
}

#[tokio::test]
async fn a_template_that_meta_does_not_take_says_why_in_metas_words() {
    let refusal = r#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388024,"error_user_title":"Content in this language already exists","error_user_msg":"There is already Spanish content for this template.","fbtrace_id":"A"}}"#;
    let server = Server::answering(400, refusal).await;
    let error = server
        .api()
        .create_template("10", &payment_request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Invalid);
    assert!(
        error
            .advice()
            .ends_with("There is already Spanish content for this template."),
        "{}",
        error.advice()
    );
    assert!(
        matches!(
            error,
            WhatsAppError::Graph {
                subcode: Some(2_388_024),
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_template_is_deleted_by_its_name() {
    let server = Server::answering(200, r#"{"success":true}"#).await;
    server
        .api()
        .delete_template("10", "cobro_payment_request")
        .await
        .unwrap();
    assert_eq!(
        server.received()[0].target,
        "DELETE /v25.0/10/message_templates?name=cobro_payment_request HTTP/1.1"
    );
}
