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

impl FromRelay {
    /// Reads a frame. The frame that carries a catch-up is read straight into
    /// its envelopes: a tagged enum would first copy all of it.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Carried {
            envelopes: Vec<Envelope>,
        }
        if text.starts_with(r#"{"type":"envelopes","#) {
            return serde_json::from_str(text).map(|Carried { envelopes }| Self::Envelopes { envelopes });
        }
        serde_json::from_str(text)
    }
}

/// What the desk sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromDesk {
    /// Everything up to here is committed in the desk's database.
    Applied { seq: Seq },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, Timestamp};

    #[test]
    fn every_frame_is_read_as_it_was_written() {
        let envelope = Envelope {
            seq: Seq(7),
            id: "a".into(),
            source: Source::Whatsapp,
            received_at: Timestamp::from_millis(1_790_000_000_123),
            headers: std::collections::BTreeMap::default(),
            body: r#"{"a":"\u00e1 \"b\""}"#.into(),
        };
        for frame in [
            FromRelay::Hello {
                journal: JournalId(Uuid::nil()),
                last: Seq(3),
            },
            FromRelay::Envelopes {
                envelopes: vec![envelope],
            },
        ] {
            let text = serde_json::to_string(&frame).unwrap();
            assert_eq!(FromRelay::from_json(&text).unwrap(), frame);
        }
        assert!(FromRelay::from_json(r#"{"type":"envelopes","envelopes":[{}]}"#).is_err());
    }
}
