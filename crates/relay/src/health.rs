//! `GET /health`: how the relay is, without a secret or a word of any body.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cobro_protocol::{JournalId, Seq};
use serde::Serialize;

use crate::counts::Counts;
use crate::desks::StreamHealth;
use crate::options::is_blank;
use crate::routes::Shared;

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    journal: JournalHealth,
    sources: Sources,
    counts: &'a Counts,
    streams: Vec<StreamHealth>,
}

#[derive(Serialize)]
struct JournalHealth {
    id: JournalId,
    last_seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct Sources {
    whatsapp: &'static str,
    whatsapp_verify: &'static str,
    stripe: &'static str,
}

/// Answers 200 when webhooks can be kept, and 503 when not; the body says why.
pub(crate) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let problem = shared.journal.problem().await;
    let last_seq = *shared.journal.last().borrow();
    let status = if problem.is_some() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let health = Health {
        status: if problem.is_some() { "failing" } else { "ok" },
        journal: JournalHealth {
            id: shared.journal.id(),
            last_seq,
            problem: problem.map(|error| error.to_string()),
        },
        sources: sources(&shared),
        counts: &shared.counts,
        streams: shared.desks.health(last_seq),
    };
    (status, Json(health)).into_response()
}

fn sources(shared: &Shared) -> Sources {
    let whatsapp = shared.whatsapp();
    Sources {
        whatsapp: configured(!whatsapp.secrets.is_empty()),
        whatsapp_verify: configured(!is_blank(&whatsapp.verify_token)),
        stripe: configured(!shared.stripe_secrets.is_empty()),
    }
}

fn configured(yes: bool) -> &'static str {
    if yes { "configured" } else { "not configured" }
}
