//! How often each outcome happened since the start, for `/health`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// One counter.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often each outcome happened since the start.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Appended and answered 200.
    pub(crate) accepted: Count,
    /// Answered 200 without a second entry.
    pub(crate) duplicates: Count,
    pub(crate) bad_signature: Count,
    pub(crate) not_json: Count,
    pub(crate) too_large: Count,
    /// Bodies that broke off or took too long.
    pub(crate) incomplete: Count,
    /// Too many large bodies at once.
    pub(crate) busy: Count,
    /// The journal could not write.
    pub(crate) not_written: Count,
    pub(crate) not_found: Count,
    pub(crate) wrong_method: Count,
    pub(crate) verified: Count,
    pub(crate) verify_refused: Count,
    pub(crate) stream_opened: Count,
    pub(crate) stream_refused: Count,
}
