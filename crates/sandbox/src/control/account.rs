//! `/sandbox/numbers`, `/sandbox/token`, `/sandbox/limits`, `/sandbox/templates`, `/sandbox/alerts`: the account.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::complaint;
use crate::house::House;
use crate::whatsapp::{Limits, NewNumber, NumberChange, TemplateState, Token};

pub(super) fn router() -> Router<House> {
    Router::new()
        .route("/sandbox/numbers", get(numbers).post(add_number))
        .route("/sandbox/numbers/{id}", put(change_number))
        .route("/sandbox/token", get(token).put(set_token))
        .route("/sandbox/limits", get(limits).put(set_limits))
        .route("/sandbox/templates", get(templates))
        .route("/sandbox/templates/{name}", post(change_template))
        .route("/sandbox/alerts", post(alert))
}

async fn numbers(State(house): State<House>) -> Json<Value> {
    Json(house.whatsapp.numbers())
}

async fn add_number(State(house): State<House>, Json(new): Json<NewNumber>) -> Response {
    (StatusCode::CREATED, Json(house.whatsapp.add_number(new))).into_response()
}

async fn change_number(
    State(house): State<House>,
    Path(id): Path<String>,
    Json(change): Json<NumberChange>,
) -> Response {
    match house.whatsapp.change_number_state(&id, change) {
        Some(shown) => Json(shown).into_response(),
        None => complaint(
            StatusCode::NOT_FOUND,
            format!("the shop has no number '{id}': GET /sandbox/numbers lists them"),
        ),
    }
}

async fn token(State(house): State<House>) -> Json<Token> {
    Json(house.whatsapp.token())
}

async fn set_token(State(house): State<House>, Json(token): Json<Token>) -> Json<Token> {
    house.whatsapp.set_token(token);
    Json(house.whatsapp.token())
}

async fn limits(State(house): State<House>) -> Json<Limits> {
    Json(house.whatsapp.limits())
}

async fn set_limits(State(house): State<House>, Json(limits): Json<Limits>) -> Json<Limits> {
    house.whatsapp.set_limits(limits);
    Json(house.whatsapp.limits())
}

async fn templates(State(house): State<House>) -> Json<Value> {
    Json(house.whatsapp.all_templates())
}

/// What becomes of a template, in one language or all.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TemplateChange {
    language: Option<String>,
    status: Option<TemplateState>,
    /// Such as `INVALID_FORMAT`.
    reason: Option<String>,
    category: Option<String>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    quality: Option<String>,
}

async fn change_template(
    State(house): State<House>,
    Path(name): Path<String>,
    Json(change): Json<TemplateChange>,
) -> Response {
    let ids = house.whatsapp.templates_called(&name, change.language.as_deref());
    if ids.is_empty() {
        return complaint(
            StatusCode::NOT_FOUND,
            format!("there is no template '{name}': GET /sandbox/templates lists them"),
        );
    }
    for id in &ids {
        if let Some(state) = change.status {
            house
                .whatsapp
                .change_template(id, state, change.reason.as_deref(), None);
        }
        house
            .whatsapp
            .amend_template(id, change.category.as_deref(), change.quality.as_deref());
    }
    Json(json!({"changed": ids.len()})).into_response()
}

/// An alert: a documented example of the field, or a value of one's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alert {
    field: String,
    event: Option<String>,
    value: Option<Value>,
    line: Option<String>,
}

async fn alert(State(house): State<House>, Json(alert): Json<Alert>) -> Response {
    let told = house.whatsapp.alert(
        &alert.field,
        alert.event.as_deref(),
        alert.value,
        alert.line.as_deref(),
    );
    match told {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({"field": alert.field}))).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}
