//! The ordered stream from a journal to a desk, over a WebSocket.
//!
//! A desk opens `GET /stream?after=SEQ` with `Authorization: Bearer TOKEN`.
//! The relay says [`FromRelay::Hello`] once, then [`FromRelay::Envelopes`] in
//! order, many in a frame while the desk catches up. The desk answers
//! [`FromDesk::Applied`] after it has committed them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Envelope, Seq};

/// Names one journal. A desk that meets another one starts from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JournalId(pub Uuid);

/// What the relay sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromRelay {
    /// The first frame: which journal this is and how far it reaches.
    Hello { journal: JournalId, last: Seq },
    /// The next entries, in order, without a gap in what the journal holds.
    Envelopes { envelopes: Vec<Envelope> },
}

/// What the desk sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromDesk {
    /// Everything up to here is committed in the desk's database.
    Applied { seq: Seq },
}
