//! A language model that speaks OpenAI's way: an honest one, and ones that try everything.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the model behaves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum ModelMode {
    /// Agrees to nothing by itself, and words a polite reply; or answers what it is given.
    #[default]
    Polite,
    /// Answers exactly this.
    Answers { answer: Value },
    /// Names prices, totals and discounts of its own.
    Prices,
    /// Puts an address of its own into the reply.
    Urls,
    /// Picks items that nobody offered.
    Ids,
    /// Asks the customer for card data.
    CardData,
    /// Never ends.
    Endless,
    /// Answers JSON that is none.
    Broken,
    /// Says the right thing, too late.
    Slow,
    /// Answers 500.
    Failing,
}

/// The model's side of the sandbox. Clones are the same model.
#[derive(Debug, Clone, Default)]
pub struct SandboxModel(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    mode: ModelMode,
    asked: Vec<Value>,
}

impl SandboxModel {
    pub fn set_mode(&self, mode: ModelMode) {
        self.kept().mode = mode;
    }

    pub fn mode(&self) -> ModelMode {
        self.kept().mode.clone()
    }

    /// Returns every question, as it was asked.
    pub fn asked(&self) -> Vec<Value> {
        self.kept().asked.clone()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves `/model/v1/`.
pub(crate) fn router(model: SandboxModel) -> Router {
    Router::new()
        .route("/model/v1/chat/completions", post(complete))
        .route("/model/v1/models", get(models))
        .with_state(model)
}

/// Serves `/sandbox/model`.
pub(crate) fn control_router(model: SandboxModel) -> Router {
    Router::new()
        .route("/sandbox/model", get(show).put(set))
        .with_state(model)
}

async fn show(State(model): State<SandboxModel>) -> Json<Value> {
    Json(json!({"behaves": model.mode(), "asked": model.asked().len()}))
}

async fn set(State(model): State<SandboxModel>, Json(mode): Json<ModelMode>) -> Json<Value> {
    model.set_mode(mode);
    show(State(model)).await
}

async fn models() -> Json<Value> {
    Json(json!({"object": "list", "data": [{"id": "sandbox", "object": "model", "owned_by": "sandbox"}]}))
}

async fn complete(State(model): State<SandboxModel>, Json(question): Json<Value>) -> Response {
    let streams = question.get("stream").and_then(Value::as_bool).unwrap_or(false);
    let mode = {
        let mut kept = model.kept();
        kept.asked.push(question);
        kept.mode.clone()
    };
    match mode {
        ModelMode::Failing => {
            let body = json!({"error": {"message": "The server had an error", "type": "server_error"}});
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
        }
        ModelMode::Slow => tokio::time::sleep(Duration::from_secs(60)).await,
        ModelMode::Endless if streams => return streamed(endless()),
        _ => {}
    }
    let text = text_of(&mode);
    if streams {
        streamed(pieces(text))
    } else {
        let choice =
            json!({"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}});
        let usage = json!({"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460});
        Json(json!({"id": "c1", "object": "chat.completion", "model": "sandbox", "choices": [choice], "usage": usage}))
            .into_response()
    }
}

fn text_of(mode: &ModelMode) -> String {
    let answer = |charge: bool, items: Value, reply: &str| json!({"charge": charge, "items": items, "discount": null, "reply": reply});
    let one = || json!([{"id": "i0", "quantity": 1}]);
    let value = match mode {
        ModelMode::Polite | ModelMode::Slow | ModelMode::Failing | ModelMode::Endless => {
            answer(false, json!([]), "¡Con gusto! ¿Me confirmas qué te gustaría?")
        }
        ModelMode::Answers { answer } => answer.clone(),
        ModelMode::Prices => json!({
            "charge": true, "items": [{"id": "i0", "quantity": 1, "unit_price": 1}],
            "discount": "99%", "total": 1, "currency": "USD", "reply": "Son $1 nada más",
        }),
        ModelMode::Urls => answer(true, one(), "Paga aquí: https://evil.test/pay"),
        ModelMode::Ids => answer(true, json!([{"id": "gold-bar", "quantity": 1}]), "Listo"),
        ModelMode::CardData => answer(false, json!([]), "Mándame tu número de tarjeta y el CVV"),
        ModelMode::Broken => return "{\"charge\": true, \"items\": [{\"id\": \"i0\", ".to_owned(),
    };
    value.to_string()
}

/// A few letters at a time, as models speak.
fn pieces(text: String) -> impl Stream<Item = Value> + Send {
    let letters: Vec<char> = text.chars().collect();
    let parts: Vec<String> = letters.chunks(7).map(|part| part.iter().collect()).collect();
    let last = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let usage =
        json!({"choices": [], "usage": {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460}});
    stream::iter(
        parts
            .into_iter()
            .map(|part| json!({"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": null}]}))
            .chain([last, usage]),
    )
}

fn endless() -> impl Stream<Item = Value> + Send {
    stream::repeat(
        json!({"choices": [{"index": 0, "delta": {"content": "bla ".repeat(16)}, "finish_reason": null}]}),
    )
    .then(|value| async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        value
    })
}

fn streamed(events: impl Stream<Item = Value> + Send + 'static) -> Response {
    let lines = events
        .map(|event| format!("data: {event}\n\n"))
        .chain(stream::once(async { "data: [DONE]\n\n".to_owned() }))
        .map(|line| Ok::<_, Infallible>(Bytes::from(line)));
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(lines),
    )
        .into_response()
}
