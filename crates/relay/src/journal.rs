//! The journal: an ordered, durable log of what the outside told us.

mod ids;
mod schema;
mod sqlite;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;

use cobro_protocol::{Envelope, JournalId, Seq, Source, Timestamp};
use tokio::sync::watch;

pub use sqlite::SqliteJournal;

use crate::JournalKey;

/// What is to be kept. The journal gives it its place in the order.
pub struct Entry {
    pub id: String,
    pub source: Source,
    pub received_at: Timestamp,
    /// The headers worth keeping, as a JSON object.
    pub headers: String,
    pub body: String,
}

/// The body holds customers' words, so it is never shown in logs.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// What became of an entry; in either case it is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    New(Seq),
    /// An entry with this source and id was there already.
    Duplicate,
}

/// Why the journal could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error("The journal does not open with this key, or is not a journal")]
    Key,
    #[error("The journal is damaged: {reason}")]
    Damaged { reason: String },
    #[error("The journal is in use by another relay")]
    InUse,
    #[error("The disk is full")]
    Full,
    #[error("The journal is closed")]
    Closed,
    #[error("{reason}")]
    Failed { reason: String },
}

/// How far a desk has come, as last written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeskMark {
    pub(crate) desk: String,
    pub(crate) applied: Seq,
    pub(crate) seen_at: Timestamp,
}

/// An ordered log. Clones share it.
#[derive(Debug, Clone)]
pub enum Journal {
    Sqlite(SqliteJournal),
}

impl Journal {
    /// Opens the SQLite journal at `path`, or makes one.
    pub async fn open(path: &Path, key: Option<&JournalKey>) -> Result<Self, JournalError> {
        SqliteJournal::open(path, key).await.map(Self::Sqlite)
    }

    pub fn id(&self) -> JournalId {
        match self {
            Self::Sqlite(journal) => journal.id(),
        }
    }

    /// Returns the newest committed place, and wakes at each change of it.
    pub fn last(&self) -> watch::Receiver<Seq> {
        match self {
            Self::Sqlite(journal) => journal.last(),
        }
    }

    /// Appends `entry`, and returns once it is durable.
    pub async fn append(&self, entry: Entry) -> Result<Appended, JournalError> {
        match self {
            Self::Sqlite(journal) => journal.append(entry).await,
        }
    }

    /// Returns the entries that follow `after`: many, but no more than fit a frame.
    pub async fn page(&self, after: Seq) -> Result<Vec<Envelope>, JournalError> {
        match self {
            Self::Sqlite(journal) => journal.page(after).await,
        }
    }

    /// Returns the first entry received at `moment` or later, if there is one.
    pub async fn first_since(&self, moment: Timestamp) -> Result<Option<Seq>, JournalError> {
        match self {
            Self::Sqlite(journal) => journal.first_since(moment).await,
        }
    }

    /// Removes the entries before `before`. Their places are never given again.
    pub async fn prune(&self, before: Seq) -> Result<u64, JournalError> {
        match self {
            Self::Sqlite(journal) => journal.prune(before).await,
        }
    }

    /// Returns why the last write failed, if it did. Tries a small one to know.
    pub(crate) async fn problem(&self) -> Option<JournalError> {
        match self {
            Self::Sqlite(journal) => journal.problem().await,
        }
    }

    pub(crate) async fn mark(&self, marks: Vec<DeskMark>) -> Result<(), JournalError> {
        match self {
            Self::Sqlite(journal) => journal.mark(marks).await,
        }
    }

    pub(crate) async fn marks(&self) -> Result<Vec<DeskMark>, JournalError> {
        match self {
            Self::Sqlite(journal) => journal.marks().await,
        }
    }

    /// Writes what waits and closes the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(journal) => journal.close().await,
        }
    }
}
