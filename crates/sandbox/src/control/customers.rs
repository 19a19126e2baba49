//! `/sandbox/customers/…`: customers write, read and pay.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::complaint;
use crate::house::House;
use crate::stripe::{Challenge, PayOutcome, PayWith};
use crate::whatsapp::Introduction;

pub(super) fn router() -> Router<House> {
    Router::new()
        .route("/sandbox/customers", get(list))
        .route("/sandbox/customers/{named}/messages", post(write))
        .route("/sandbox/customers/{named}/phone", get(phone))
        .route("/sandbox/customers/{named}/read", post(read))
        .route("/sandbox/customers/{named}/pay", post(pay))
}

fn unknown(named: &str) -> Response {
    complaint(
        StatusCode::NOT_FOUND,
        format!("nobody is called '{named}': let the customer write first"),
    )
}

async fn list(State(house): State<House>) -> Response {
    Json(house.whatsapp.customers()).into_response()
}

/// What a customer sends: `text`, or `raw` with `type` and what goes with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    text: Option<String>,
    raw: Option<Map<String, Value>>,
    wamid: Option<String>,
    name: Option<String>,
    user_id: Option<String>,
    username: Option<String>,
    no_phone: Option<bool>,
}

async fn write(
    State(house): State<House>,
    Path(named): Path<String>,
    Json(message): Json<Message>,
) -> Response {
    let content = match (message.text, message.raw) {
        (Some(text), None) => as_object(json!({"type": "text", "text": {"body": text}})),
        (None, Some(raw)) => raw,
        _ => return complaint(StatusCode::BAD_REQUEST, "give either 'text' or 'raw'"),
    };
    let introduction = Introduction {
        name: message.name,
        user_id: message.user_id,
        username: message.username,
        hides_phone: message.no_phone,
    };
    house.whatsapp.introduce(&named, introduction);
    let wamid = message
        .wamid
        .or_else(|| content.get("id").and_then(Value::as_str).map(str::to_owned));
    let wamid = house.whatsapp.receive(&named, wamid, content);
    (StatusCode::CREATED, Json(json!({"wamid": wamid}))).into_response()
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

async fn phone(State(house): State<House>, Path(named): Path<String>) -> Response {
    match house.whatsapp.phone(&named) {
        Some(bubbles) => Json(bubbles).into_response(),
        None => unknown(&named),
    }
}

async fn read(State(house): State<House>, Path(named): Path<String>) -> Response {
    match house.whatsapp.read_all(&named) {
        Some(count) => Json(json!({"read": count})).into_response(),
        None => unknown(&named),
    }
}

/// How a customer pays; without `url` at the newest link on the phone.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Payment {
    url: Option<String>,
    card: Option<String>,
    method: Option<Method>,
    three_d_secure: Challenge,
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Method {
    Card,
    Oxxo,
}

async fn pay(
    State(house): State<House>,
    Path(named): Path<String>,
    Json(payment): Json<Payment>,
) -> Response {
    if house.whatsapp.phone(&named).is_none() {
        return unknown(&named);
    }
    let Some(link) = payment.url.clone().or_else(|| house.customer(&named).pay_link()) else {
        return complaint(
            StatusCode::NOT_FOUND,
            "there is no pay link on this phone: the shop must send one first",
        );
    };
    let name = house.whatsapp.name(&named).unwrap_or_default();
    let outcome = house.stripe.pay_link(&link, with(payment, name));
    let status = match outcome {
        PayOutcome::NotFound { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    (status, Json(outcome)).into_response()
}

fn with(payment: Payment, name: String) -> PayWith {
    let card = payment.card.unwrap_or_else(|| "4242424242424242".to_owned());
    let with = match payment.method {
        Some(Method::Oxxo) => PayWith::oxxo(),
        Some(Method::Card) | None => PayWith::card(card).challenged(payment.three_d_secure),
    };
    let email = payment.email.unwrap_or_else(|| "cliente@example.com".to_owned());
    with.named(payment.name.unwrap_or(name)).with_email(email)
}
