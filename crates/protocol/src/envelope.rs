//! The envelope: one thing the outside told us, as received.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A place in a journal's order. The first entry is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who told us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Whatsapp,
    Stripe,
    /// What a desk did.
    Action,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Stripe => "stripe",
            Self::Action => "action",
        }
    }

    /// Returns the source with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Whatsapp, Self::Stripe, Self::Action]
            .into_iter()
            .find(|source| source.as_str() == name)
    }
}

/// One entry of the journal: the body as received, after masking.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub seq: Seq,
    /// Names the content: the same delivery twice has the same id.
    pub id: String,
    pub source: Source,
    pub received_at: Timestamp,
    /// The request's headers worth keeping, in lower case; never a signature or a token.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// JSON text with card numbers masked, otherwise byte for byte what came.
    pub body: String,
}

/// The body holds customers' words, so it is never shown in logs.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("seq", &self.seq)
            .field("id", &self.id)
            .field("source", &self.source)
            .field("received_at", &self.received_at)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
