//! What was asked of the sandbox: method, path and status of the last requests, never bodies.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use crate::serve;

const KEPT: usize = 2000;

/// Which of the two services was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    WhatsApp,
    Stripe,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Real time.
    pub at: Timestamp,
    pub side: Side,
    pub method: String,
    pub path: String,
    /// Absent when the connection was closed instead of an answer.
    pub status: Option<u16>,
}

/// The last requests to the two services; those to the control API are left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    asked: Arc<Mutex<VecDeque<Asked>>>,
}

impl Journal {
    /// Returns the last requests, newest last.
    pub(crate) fn last(&self, count: usize) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked
            .iter()
            .skip(asked.len().saturating_sub(count))
            .cloned()
            .collect()
    }

    fn note(&self, asked: Asked) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == KEPT {
            all.pop_front();
        }
        all.push_back(asked);
    }
}

/// Notes each request, and says in each answer that it comes from a sandbox.
pub(crate) async fn keep(
    State((journal, side)): State<(Journal, Side)>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert("x-cobro-sandbox", HeaderValue::from_static("true"));
    if !path.starts_with("/sandbox") {
        let status = (!serve::hangs_up(&response)).then(|| response.status().as_u16());
        journal.note(Asked {
            at: Timestamp::now(),
            side,
            method,
            path,
            status,
        });
    }
    response
}
