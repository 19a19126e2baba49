//! Webhooks: the raw bytes verified, masked, kept, and only then answered.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use cobro_protocol::{Source, Timestamp, cards};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::body::{BodyError, Held};
use crate::journal::{Appended, Entry};
use crate::routes::{Shared, is_same};

/// Bodies larger than this are worked on where they make nobody wait.
const LARGE: usize = 64 * 1024;
/// An event id longer than this is not one of Stripe's.
const LONGEST_ID: usize = 255;

/// Meta's question whether this address is ours.
#[derive(Deserialize)]
pub(crate) struct Verification {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.verify_token", default)]
    token: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
}

/// Answers Meta's verification with its challenge if it knows the token.
pub(crate) async fn verify(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<Verification>, QueryRejection>,
) -> Result<String, StatusCode> {
    match query {
        Ok(Query(asked))
            if asked.mode == "subscribe" && is_same(&asked.token, &shared.whatsapp().verify_token) =>
        {
            shared.counts.verified.up();
            Ok(asked.challenge)
        }
        _ => {
            shared.counts.verify_refused.up();
            Err(StatusCode::FORBIDDEN)
        }
    }
}

/// Takes a webhook of WhatsApp.
pub(crate) async fn whatsapp(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    take(shared, Source::Whatsapp, headers, body).await
}

/// Takes a webhook of Stripe.
pub(crate) async fn stripe(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> StatusCode {
    take(shared, Source::Stripe, headers, body).await
}

async fn take(shared: Arc<Shared>, source: Source, headers: HeaderMap, body: Body) -> StatusCode {
    let arrived_at = Timestamp::now();
    let held = match shared.bodies.read(&headers, body).await {
        Ok(held) => held,
        Err(error) => return Refusal::from(error).answer(&shared),
    };
    let delivery = Delivery {
        source,
        arrived_at,
        headers,
        held,
    };
    let entry = if delivery.held.bytes.len() > LARGE {
        let judge = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || delivery.into_entry(&judge))
            .await
            .unwrap_or(Err(Refusal::Busy))
    } else {
        delivery.into_entry(&shared)
    };
    match entry {
        Ok((entry, _held)) => keep(&shared, entry).await,
        Err(refusal) => refusal.answer(&shared),
    }
}

async fn keep(shared: &Shared, entry: Entry) -> StatusCode {
    match shared.journal.append(entry).await {
        Ok(Appended::New(_)) => shared.counts.accepted.up(),
        Ok(Appended::Duplicate) => shared.counts.duplicates.up(),
        Err(_) => return Refusal::NotWritten.answer(shared), // The journal has logged why.
    }
    StatusCode::OK
}

/// Why a webhook was not taken.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    BadSignature,
    NotJson,
    TooLarge,
    Incomplete,
    Busy,
    NotWritten,
}

impl Refusal {
    fn answer(self, shared: &Shared) -> StatusCode {
        let counts = &shared.counts;
        let (count, status) = match self {
            Self::BadSignature => (&counts.bad_signature, StatusCode::UNAUTHORIZED),
            Self::NotJson => (&counts.not_json, StatusCode::BAD_REQUEST),
            Self::TooLarge => (&counts.too_large, StatusCode::PAYLOAD_TOO_LARGE),
            Self::Incomplete => (&counts.incomplete, StatusCode::REQUEST_TIMEOUT),
            Self::Busy => (&counts.busy, StatusCode::SERVICE_UNAVAILABLE),
            Self::NotWritten => (&counts.not_written, StatusCode::SERVICE_UNAVAILABLE),
        };
        count.up();
        status
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::Incomplete => Self::Incomplete,
            BodyError::Busy => Self::Busy,
        }
    }
}

struct Delivery {
    source: Source,
    arrived_at: Timestamp,
    headers: HeaderMap,
    held: Held,
}

impl Delivery {
    /// Judges the delivery. The raw bytes stay held until the entry is written.
    fn into_entry(self, shared: &Shared) -> Result<(Entry, Held), Refusal> {
        if !self.is_signed(shared) {
            return Err(Refusal::BadSignature);
        }
        let body = std::str::from_utf8(&self.held.bytes).map_err(|_| Refusal::NotJson)?;
        let body = cards::mask_json(body).map_err(|_| Refusal::NotJson)?.into_owned();
        let entry = Entry {
            id: self.id_of(&body),
            source: self.source,
            received_at: self.arrived_at,
            headers: kept_headers(&self.headers),
            body,
        };
        Ok((entry, self.held))
    }

    fn is_signed(&self, shared: &Shared) -> bool {
        let header = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        match self.source {
            Source::Whatsapp => header("x-hub-signature-256").is_some_and(|given| {
                cobro_whatsapp::signature::is_valid(given, &self.held.bytes, &shared.whatsapp().secrets)
            }),
            Source::Stripe => header("stripe-signature").is_some_and(|given| {
                cobro_stripe::signature::is_valid(
                    given,
                    &self.held.bytes,
                    &shared.stripe_secrets,
                    self.arrived_at,
                )
            }),
            Source::Action => false,
        }
    }

    /// Returns what names the content: Stripe's event id, else a hash of the masked body.
    fn id_of(&self, masked: &str) -> String {
        let event = match self.source {
            Source::Stripe => event_id(masked),
            Source::Whatsapp | Source::Action => None,
        };
        // Never a hash of the raw body: a card number in it could be guessed from that.
        event.unwrap_or_else(|| hex::encode(Sha256::digest(masked)))
    }
}

fn event_id(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Event<'b> {
        #[serde(borrow)]
        object: Cow<'b, str>,
        id: String,
    }
    let event: Event<'_> = serde_json::from_str(body).ok()?;
    (event.object == "event" && (1..=LONGEST_ID).contains(&event.id.len())).then_some(event.id)
}

/// Returns the headers that are kept with a body, as a JSON object.
fn kept_headers(headers: &HeaderMap) -> String {
    #[derive(Serialize)]
    struct Kept<'h> {
        #[serde(rename = "content-type", skip_serializing_if = "Option::is_none")]
        content_type: Option<&'h str>,
        #[serde(rename = "user-agent", skip_serializing_if = "Option::is_none")]
        user_agent: Option<&'h str>,
    }
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let kept = Kept {
        content_type: value(header::CONTENT_TYPE),
        user_agent: value(header::USER_AGENT),
    };
    serde_json::to_string(&kept).unwrap_or_else(|_| "{}".to_owned())
}
