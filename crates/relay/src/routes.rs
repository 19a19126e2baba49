//! The relay's doors, and what stands behind each.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::body::Bodies;
use crate::counts::Counts;
use crate::desks::Desks;
use crate::journal::Journal;
use crate::{health, ingress, stream};

/// What opens WhatsApp's door. A person may change it while the relay runs.
#[derive(Debug)]
pub(crate) struct WhatsAppDoor {
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) verify_token: SecretString,
}

/// What all doors share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) journal: Journal,
    pub(crate) desks: Desks,
    pub(crate) counts: Counts,
    pub(crate) bodies: Bodies,
    pub(crate) whatsapp: RwLock<Arc<WhatsAppDoor>>,
    pub(crate) stripe_secrets: Vec<SecretString>,
    pub(crate) stream_token: SecretString,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Shared {
    pub(crate) fn whatsapp(&self) -> Arc<WhatsAppDoor> {
        self.whatsapp
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/webhooks/whatsapp", get(ingress::verify).post(ingress::whatsapp))
        .route("/webhooks/stripe", post(ingress::stripe))
        .route("/stream", get(stream::open))
        .route("/health", get(health::show))
        .method_not_allowed_fallback(wrong_method)
        .fallback(not_found)
        .with_state(shared)
}

async fn not_found(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.counts.not_found.up();
    StatusCode::NOT_FOUND
}

async fn wrong_method(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.counts.wrong_method.up();
    StatusCode::METHOD_NOT_ALLOWED
}

/// Returns whether `given` is `secret`, in a time that tells only its length.
pub(crate) fn is_same(given: &str, secret: &SecretString) -> bool {
    let secret = secret.expose_secret().as_bytes();
    !secret.is_empty() && bool::from(given.as_bytes().ct_eq(secret))
}
