//! `/sandbox/history` and `/sandbox/phone/…`: the shop's own phone, as coexistence shares it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::complaint;
use crate::house::House;
use crate::whatsapp::put_in;
use crate::whatsapp::{Disconnection, HistoryPlan, HistoryReport, PhoneBookEntry, PhoneMessage};

pub(super) fn router() -> Router<House> {
    Router::new()
        .route("/sandbox/history", get(history).post(send_history))
        .route("/sandbox/phone/messages", post(write))
        .route("/sandbox/phone/contacts", post(contacts))
        .route("/sandbox/phone/disconnect", post(disconnect))
        .route("/sandbox/phone/reconnect", post(reconnect))
}

/// Which history, and when.
#[derive(Debug, Deserialize)]
struct History {
    /// Waits until the desk asks for it, instead of sending it at once.
    #[serde(default)]
    on_request: bool,
    /// The shop does not share it.
    #[serde(default)]
    declined: bool,
    #[serde(flatten)]
    plan: Value,
}

async fn send_history(State(house): State<House>, Json(asked): Json<History>) -> Response {
    let plan: HistoryPlan = match serde_json::from_value(asked.plan) {
        Ok(plan) => plan,
        Err(error) => return complaint(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
    };
    if asked.on_request {
        let history = (!asked.declined).then_some(plan);
        house.whatsapp.remember(history, asked.declined);
        return Json(json!({"on_request": true, "declined": asked.declined})).into_response();
    }
    let whatsapp = house.whatsapp.clone();
    let sent = if asked.declined {
        whatsapp
            .decline_history_of(plan.line.as_deref())
            .map(|()| json!({"declined": true}))
    } else {
        // A large one takes seconds.
        let made = tokio::task::spawn_blocking(move || whatsapp.send_history(plan)).await;
        let made = made.unwrap_or_else(|error| Err(error.to_string()));
        made.map(|report| shown(&report, false))
    };
    match sent {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    entries: bool,
}

/// Returns what the last history was, with all of its messages if they are wanted.
async fn history(State(house): State<House>, Query(wanted): Query<Wanted>) -> Response {
    match house.whatsapp.last_history() {
        Some(report) => Json(shown(&report, wanted.entries)).into_response(),
        None => complaint(StatusCode::NOT_FOUND, "no history was sent yet"),
    }
}

fn shown(report: &HistoryReport, entries: bool) -> Value {
    let mut shown = serde_json::to_value(report).unwrap_or_default();
    if entries {
        put_in(&mut shown, "entries", json!(report.entries));
    }
    shown
}

async fn write(State(house): State<House>, Json(message): Json<PhoneMessage>) -> Response {
    match house.whatsapp.write_on_phone(message) {
        Ok(wamid) => (StatusCode::CREATED, Json(json!({"wamid": wamid}))).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

/// Contacts that are added, changed or removed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneBook {
    contacts: Vec<PhoneBookEntry>,
    line: Option<String>,
    /// Keeps them until the desk asks, instead of telling of them at once.
    #[serde(default)]
    on_request: bool,
}

async fn contacts(State(house): State<House>, Json(asked): Json<PhoneBook>) -> Response {
    if asked.on_request {
        house.whatsapp.fill_phone_book(asked.contacts);
        return Json(json!({"on_request": true})).into_response();
    }
    match house
        .whatsapp
        .change_phone_book(asked.line.as_deref(), asked.contacts)
    {
        Ok(count) => Json(json!({"contacts": count})).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

async fn disconnect(State(house): State<House>, Json(asked): Json<Disconnection>) -> Response {
    done(house.whatsapp.disconnect(asked))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Which {
    line: Option<String>,
}

async fn reconnect(State(house): State<House>, Json(which): Json<Which>) -> Response {
    done(house.whatsapp.reconnect(which.line.as_deref()))
}

fn done(done: Result<(), String>) -> Response {
    match done {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({"done": true}))).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}
