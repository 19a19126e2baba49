//! `/sandbox/…`: what tests and curious people may do that no real service lets them do.

mod account;
mod customers;
mod faults;
mod phone;

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::house::House;
use crate::stripe;

/// Customers send files, also larger ones than the shop may.
const LARGEST_FILE: usize = 160 * 1024 * 1024;

/// Serves the whole control API.
pub(crate) fn router(house: House) -> Router {
    Router::new()
        .route("/sandbox", get(status))
        .route("/sandbox/status", get(status))
        .route("/sandbox/log", get(log))
        .route("/sandbox/sent", get(sent))
        .route("/sandbox/time/advance", post(advance))
        .route("/sandbox/webhooks", put(set_webhooks))
        .route("/sandbox/webhooks/acknowledged", get(acknowledged))
        .route("/sandbox/webhooks/whatsapp", post(send_webhook))
        .route(
            "/sandbox/faults",
            get(faults::show).put(faults::set).delete(faults::clear),
        )
        .merge(customers::router())
        .merge(account::router())
        .merge(phone::router())
        .route("/sandbox/{*rest}", any(nothing_here))
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
        .with_state(house.clone())
        .merge(stripe::control_router(house.stripe))
}

/// Answers what is wrong with a request to the control API.
fn complaint(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(json!({"error": error.into()}))).into_response()
}

async fn nothing_here() -> Response {
    complaint(
        StatusCode::NOT_FOUND,
        "no such control: docs/sandbox.md lists them",
    )
}

async fn status(State(house): State<House>) -> Json<Value> {
    Json(json!({
        "sandbox": true,
        "time": house.clock.now(),
        "skipped_seconds": house.clock.skipped().as_secs(),
        "script": house.script.as_str(),
        "customers": house.whatsapp.customers().len(),
        "faults": faults::report(&house.faults),
        "webhooks": {
            "url": house.webhooks.target(),
            "subscriptions": house.whatsapp.subscriptions(),
            "handshake": *house.handshake.borrow(),
            "pending": house.webhooks.pending(),
            "queues": house.webhooks.report(),
        },
    }))
}

#[derive(Debug, Deserialize)]
struct LogQuery {
    #[serde(default = "default_limit")]
    limit: usize,
}

fn default_limit() -> usize {
    100
}

async fn log(State(house): State<House>, Query(query): Query<LogQuery>) -> Response {
    Json(house.journal.last(query.limit)).into_response()
}

async fn sent(State(house): State<House>) -> Response {
    Json(house.whatsapp.sent()).into_response()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

async fn advance(State(house): State<House>, Json(by): Json<Advance>) -> Response {
    match Duration::try_from_secs_f64(by.seconds) {
        Ok(by) => {
            house.advance(by);
            Json(json!({"time": house.clock.now(), "skipped_seconds": house.clock.skipped().as_secs()}))
                .into_response()
        }
        Err(_) => complaint(
            StatusCode::BAD_REQUEST,
            "seconds must not be negative: time here only moves forward",
        ),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    url: Option<String>,
}

async fn set_webhooks(State(house): State<House>, Json(target): Json<Target>) -> Response {
    match house.set_webhooks(target.url.as_deref()) {
        Ok(()) => Json(json!({"url": house.webhooks.target()})).into_response(),
        Err(error) => complaint(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

#[derive(Debug, Deserialize)]
struct Wanted {
    source: Option<String>,
    kind: Option<String>,
}

async fn acknowledged(State(house): State<House>, Query(wanted): Query<Wanted>) -> Response {
    let mut all = house.webhooks.acknowledged();
    all.retain(|one| {
        wanted
            .source
            .as_deref()
            .is_none_or(|source| one.source.name() == source)
            && wanted.kind.as_deref().is_none_or(|kind| one.kind == kind)
    });
    Json(all).into_response()
}

/// Signs any body and sends it as a WhatsApp webhook.
async fn send_webhook(State(house): State<House>, Json(body): Json<Value>) -> Response {
    let id = body
        .pointer("/entry/0/changes/0/value/messages/0/id")
        .and_then(Value::as_str)
        .unwrap_or("raw");
    house.whatsapp.tell(id, "raw", &body);
    (StatusCode::ACCEPTED, Json(json!({"id": id}))).into_response()
}
