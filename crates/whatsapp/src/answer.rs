//! Reading the Graph API's answers, whatever stands in front of it.

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::WhatsAppError;

const ANSWER_LIMIT: usize = 1 << 20;

/// Sends the request once. Nothing is ever repeated here: there is no idempotency key.
pub(crate) async fn answer_to(request: RequestBuilder) -> Result<Vec<u8>, WhatsAppError> {
    // A connection that never stood can't have carried anything.
    let response = request.send().await.map_err(|error| WhatsAppError::Network {
        sent: !error.is_connect(),
    })?;
    let status = response.status();
    let retry_after = retry_after(&response);
    let body = body_of(response)
        .await
        .ok_or(WhatsAppError::Network { sent: true })?;
    if status.is_success() {
        return Ok(body);
    }
    Err(refusal(status.as_u16(), &body, retry_after))
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
    Some(Duration::from_secs(seconds))
}

#[derive(Deserialize)]
struct Refusal {
    error: Graph,
}

#[derive(Deserialize)]
struct Graph {
    code: i64,
    #[serde(default)]
    error_data: Option<ErrorData>,
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
        status,
        details: match error.error_data {
            Some(ErrorData::Told { details }) => Some(details),
            Some(ErrorData::Untold(_)) | None => None,
        },
        retry_after,
        trace: error.fbtrace_id,
    }
}
