//! The Graph API: who asks, for what, and what is answered, faults included.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::notice::Address;
use super::refusal::Refusal;
use super::{Accepted, Recipient, WhatsApp, outgoing, world};
use crate::faults::{Endpoint, Hit, Kind};

type Answer = Result<Value, Refusal>;

const LARGEST_BODY: usize = 1024 * 1024;

/// Serves everything below `/v25.0/`, whatever the version says.
pub(crate) fn router(whatsapp: Arc<WhatsApp>) -> Router {
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(whatsapp)
}

async fn handle(
    State(whatsapp): State<Arc<WhatsApp>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refusal) = authorize(&whatsapp.options.token, &headers, &uri) {
        return refusal.into_response();
    }
    let path: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let path = without_version(&path);
    let ours = &whatsapp.options;
    match (method.as_str(), path) {
        ("POST", [number, "messages"]) if *number == ours.phone_number_id => messages(&whatsapp, &body).await,
        (method, path) => {
            let hit = whatsapp.faults.strike(Endpoint::WhatsAppOther);
            under(hit, || other(&whatsapp, method, path, &uri)).await
        }
    }
}

/// Checks the bearer token, which may also stand in the query.
fn authorize(token: &str, headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
    let in_header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = match in_header.map(|value| value.strip_prefix("Bearer ").unwrap_or(value).to_owned()) {
        Some(given) => Some(given),
        None => query(uri, "access_token"),
    };
    match given.as_deref().map(str::trim) {
        None | Some("") => Err(Refusal::token(
            "An access token is required to request this resource.",
        )),
        Some(given) if given == token => Ok(()),
        Some(_) => Err(Refusal::token(
            "Invalid OAuth access token - Cannot parse access token",
        )),
    }
}

fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn without_version<'a, 'b>(path: &'b [&'a str]) -> &'b [&'a str] {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    match path {
        [first, rest @ ..] if is_version(first) => rest,
        whole => whole,
    }
}

/// Answers everything but `/messages`.
fn other(whatsapp: &WhatsApp, method: &str, path: &[&str], uri: &Uri) -> Answer {
    let ours = &whatsapp.options;
    let (number, account) = (ours.phone_number_id.as_str(), ours.waba_id.as_str());
    match (method, path) {
        ("GET", [id]) if *id == number => Ok(selected(phone_number(whatsapp), uri)),
        ("POST", [id, "register" | "deregister"]) if *id == number => Ok(json!({"success": true})),
        ("GET", [id]) if *id == account => Ok(json!({"id": account, "name": ours.verified_name})),
        ("GET", [id, "phone_numbers"]) if *id == account => Ok(json!({
            "data": [phone_number(whatsapp)],
            "paging": {"cursors": {"before": "QVFI", "after": "QVFJ"}},
        })),
        ("POST" | "DELETE", [id, "subscribed_apps"]) if *id == account => Ok(json!({"success": true})),
        ("GET", [id, "subscribed_apps"]) if *id == account => Ok(
            json!({"data": [{"whatsapp_business_api_data": {"id": "300000000000003", "name": "Cobro Sandbox"}}]}),
        ),
        ("GET", ["me"]) => Ok(json!({"id": "400000000000004", "name": "Cobro Sandbox System User"})),
        ("GET", ["debug_token"]) => Ok(token_report(whatsapp, query(uri, "input_token").as_deref())),
        (_, path) => {
            let verb = method.to_lowercase();
            Err(Refusal::no_object(
                &verb,
                path.first().copied().unwrap_or_default(),
            ))
        }
    }
}

fn phone_number(whatsapp: &WhatsApp) -> Value {
    json!({
        "verified_name": whatsapp.options.verified_name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": format!("+{}", whatsapp.options.display_phone_number),
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "id": whatsapp.options.phone_number_id,
    })
}

/// Keeps what `fields` asks for, and the id, as the Graph API does.
fn selected(whole: Value, uri: &Uri) -> Value {
    let Some(fields) = query(uri, "fields") else {
        return whole;
    };
    let Value::Object(whole) = whole else {
        return Value::Null;
    };
    let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
    whole
        .into_iter()
        .filter(|(name, _)| name == "id" || wanted.contains(&name.as_str()))
        .collect()
}

fn token_report(whatsapp: &WhatsApp, token: Option<&str>) -> Value {
    json!({"data": {
        "app_id": "300000000000003",
        "type": "SYSTEM_USER",
        "application": "Cobro Sandbox",
        "is_valid": token.is_none_or(|token| token == whatsapp.options.token),
        "expires_at": 0,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "user_id": "400000000000004",
    }})
}

/// `POST /{phone_number_id}/messages`: a message, or a read receipt.
async fn messages(whatsapp: &Arc<WhatsApp>, body: &[u8]) -> Response {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if body.get("status").is_some() {
        let hit = whatsapp.faults.strike(Endpoint::WhatsAppOther);
        return under(hit, || read_receipt(whatsapp, &body)).await;
    }
    let hit = whatsapp.faults.strike(Endpoint::WhatsAppSend);
    let fails = hit
        .filter(|hit| hit.kind == Kind::FailedStatus)
        .map(|hit| hit.code.unwrap_or(131_026));
    under(hit, || send(whatsapp, &body, fails)).await
}

fn is_for_whatsapp(body: &Value) -> Result<(), Refusal> {
    match body.get("messaging_product").and_then(Value::as_str) {
        Some(product) if product.eq_ignore_ascii_case("whatsapp") => Ok(()),
        Some(product) => Err(Refusal::parameter(format!(
            "(#100) Param messaging_product must be one of {{WHATSAPP}} - got \"{product}\"."
        ))),
        None => Err(Refusal::parameter(
            "(#100) The parameter messaging_product is required.",
        )),
    }
}

fn read_receipt(whatsapp: &WhatsApp, body: &Value) -> Answer {
    is_for_whatsapp(body)?;
    if body.get("status").and_then(Value::as_str) != Some("read") {
        return Err(Refusal::parameter("(#100) Param status must be one of {READ}."));
    }
    let wamid = body.get("message_id").and_then(Value::as_str);
    let wamid = wamid.ok_or_else(|| Refusal::parameter("(#100) The parameter message_id is required."))?;
    whatsapp.shop_reads(wamid, body.get("typing_indicator").is_some_and(Value::is_object))?;
    Ok(json!({"success": true}))
}

fn send(whatsapp: &Arc<WhatsApp>, body: &Value, fails: Option<i64>) -> Answer {
    is_for_whatsapp(body)?;
    let to = recipient(body)?;
    let message = outgoing::read(body)?;
    let Accepted { wamid, phone } = whatsapp.accept(to, message, fails)?;
    let contact = match to.address {
        Address::Phone => json!({"input": to.named, "wa_id": phone}),
        Address::UserId => json!({"input": to.named, "user_id": to.named}),
    };
    Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}))
}

/// Returns whom a message is for: `to` has precedence over `recipient`.
fn recipient(body: &Value) -> Result<Recipient<'_>, Refusal> {
    let named = |field: &str| {
        body.get(field)
            .and_then(Value::as_str)
            .filter(|named| !named.is_empty())
    };
    if let Some(named) = named("to") {
        let digits = named.bytes().filter(u8::is_ascii_digit).count();
        if !(7..=15).contains(&digits) || named.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err(Refusal::parameter(
                "(#100) Param to must be a phone number with its country code.",
            ));
        }
        return Ok(Recipient {
            named,
            address: Address::Phone,
        });
    }
    match named("recipient") {
        Some(named) if world::is_user_id(named) => Ok(Recipient {
            named,
            address: Address::UserId,
        }),
        Some(_) => Err(Refusal::value("Recipient must be a business-scoped user ID")),
        None => Err(Refusal::parameter("The parameter to is required.")),
    }
}

/// Does the work and answers, or what the fault makes of both.
async fn under(hit: Option<Hit>, work: impl FnOnce() -> Answer) -> Response {
    let Some(hit) = hit else { return answer(work()) };
    let response = match hit.kind {
        Kind::LostRequest => crate::hang_up(),
        Kind::LostAnswer => {
            let _ = work();
            crate::hang_up()
        }
        Kind::Error500 | Kind::Conflict409 => answer(Err(Refusal::coded(131_000))),
        Kind::Error500After => {
            let _ = work();
            answer(Err(Refusal::coded(131_000)))
        }
        Kind::Html502 => {
            let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
            (
                StatusCode::BAD_GATEWAY,
                [(header::CONTENT_TYPE, "text/html")],
                page,
            )
                .into_response()
        }
        Kind::RateLimit429 => answer(Err(Refusal::coded(130_429))),
        Kind::PairRateLimit => answer(Err(Refusal::coded(131_056))),
        Kind::GraphError => answer(Err(Refusal::coded(hit.code.unwrap_or(131_000)))),
        Kind::Timeout | Kind::FailedStatus => answer(work()),
    };
    tokio::time::sleep(hit.delay).await;
    response
}

fn answer(answer: Answer) -> Response {
    match answer {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
