//! Reading the Graph API's answers, whatever stands in front of it.

use std::time::Duration;

use cobro_protocol::{ServerClock, Timestamp};
use reqwest::header::DATE;
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::WhatsAppError;

/// No limit of WhatsApp's lasts longer; more than this is a mistake of something in between.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
const ANSWER_LIMIT: usize = 1 << 20;

/// Sends the request once, and notes what `clock` the answer was written by.
///
/// Nothing is ever repeated here: there is no idempotency key.
pub(crate) async fn answer_to(
    clock: &ServerClock,
    request: RequestBuilder,
) -> Result<Vec<u8>, WhatsAppError> {
    // A connection that never stood can't have carried anything.
    let response = request.send().await.map_err(|error| WhatsAppError::Network {
        sent: !error.is_connect(),
    })?;
    if let Some(date) = response.headers().get(DATE).and_then(|date| date.to_str().ok()) {
        clock.note(date, Timestamp::now());
    }
    let response = accepted(response).await?;
    body_of(response)
        .await
        .ok_or(WhatsAppError::Network { sent: true })
}

/// Asks something that changes nothing: a lost answer did no harm.
pub(crate) async fn asked(clock: &ServerClock, request: RequestBuilder) -> Result<Value, WhatsAppError> {
    json_of(&answer_to(clock, request).await.map_err(harmless)?)
}

/// Returns the error of a call that can be repeated: nothing hangs on a lost answer.
pub(crate) fn harmless(error: WhatsAppError) -> WhatsAppError {
    match error {
        WhatsAppError::Network { .. } => WhatsAppError::Network { sent: false },
        error => error,
    }
}

/// Returns the answer unless it is a refusal; its body is still to come.
pub(crate) async fn accepted(response: Response) -> Result<Response, WhatsAppError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(&response);
    let body = body_of(response)
        .await
        .ok_or(WhatsAppError::Network { sent: true })?;
    Err(refusal(status.as_u16(), &body, retry_after))
}

pub(crate) fn json_of(answer: &[u8]) -> Result<Value, WhatsAppError> {
    serde_json::from_slice(answer).map_err(|_| WhatsAppError::Unreadable)
}

/// Reads an answer that says only whether it was done.
pub(crate) fn done(answer: &[u8]) -> Result<(), WhatsAppError> {
    let refused = serde_json::from_slice(answer)
        .is_ok_and(|answer: Value| answer.get("success") == Some(&false.into()));
    if refused {
        return Err(WhatsAppError::invalid(
            "WhatsApp did not do it and does not say why. Look in WhatsApp Manager",
        ));
    }
    Ok(())
}

/// Returns text that is not empty, or a number as text: ids come as both.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the text of a field, whatever its shape.
pub(crate) fn field(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(text_of)
}

/// Returns the whole number of a field, which may be written as text.
pub(crate) fn number(object: &Value, name: &str) -> Option<i64> {
    field(object, name)?.parse().ok()
}

/// Returns the items of an answer's list.
pub(crate) fn data(answer: &Value) -> &[Value] {
    answer
        .get("data")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Returns where the next page starts, if there is one.
pub(crate) fn next_page(answer: &Value) -> Option<String> {
    let paging = answer.get("paging")?;
    field(paging, "next")?;
    field(paging.get("cursors")?, "after")
}

async fn body_of(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get("retry-after")?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

#[derive(Deserialize)]
struct Refusal {
    error: Graph,
}

#[derive(Deserialize)]
struct Graph {
    code: i64,
    #[serde(default)]
    error_subcode: Option<i64>,
    #[serde(default)]
    error_data: Option<ErrorData>,
    /// Of calls other than messages, in words for a person.
    #[serde(default)]
    error_user_msg: Option<Box<str>>,
    #[serde(default)]
    fbtrace_id: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorData {
    Told { details: Box<str> },
    Untold(IgnoredAny),
}

fn refusal(status: u16, body: &[u8], retry_after: Option<Duration>) -> WhatsAppError {
    let Ok(Refusal { error }) = serde_json::from_slice(body) else {
        return WhatsAppError::Status { status, retry_after };
    };
    WhatsAppError::Graph {
        code: error.code,
        subcode: error.error_subcode,
        status,
        details: match error.error_data {
            Some(ErrorData::Told { details }) => Some(details),
            Some(ErrorData::Untold(_)) | None => error.error_user_msg,
        },
        retry_after,
        trace: error.fbtrace_id,
    }
}
