//! Stripe objects to read back: events are hints, and one object may be hinted at often.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::At;
use crate::Result;
use crate::domain::Timestamp;

#[derive(Debug, Clone)]
pub(crate) struct Hint {
    pub object_id: String,
    pub object_kind: String,
    version: i64,
    pub attempts: u32,
}

impl Hint {
    /// Returns a hint that is in no row: whoever asks waits for the answer.
    pub(crate) fn unwritten(object_kind: &str, object_id: &str) -> Self {
        Self {
            object_id: object_id.to_owned(),
            object_kind: object_kind.to_owned(),
            version: 0,
            attempts: 0,
        }
    }

    pub(crate) fn is_unwritten(&self) -> bool {
        self.version == 0
    }
}

/// Adds a hint, or makes the one that is there count again. That a payment is disputed is not forgotten
/// over another hint of it.
pub(crate) fn add(conn: &Connection, object_kind: &str, object_id: &str, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO hints (object_id, object_kind, version, attempts, next_at, hinted_at)
         VALUES (:object_id, :object_kind, 1, 0, :at, :at)
         ON CONFLICT (object_id) DO UPDATE
         SET version = version + 1, attempts = 0, next_at = min(next_at, excluded.next_at),
             object_kind = iif(object_kind = 'disputed_payment', object_kind, excluded.object_kind)",
    )?
    .execute(named_params! { ":object_id": object_id, ":object_kind": object_kind, ":at": At(at) })?;
    Ok(())
}

/// Adds a hint for an event, unless that event was seen.
pub(crate) fn add_from_event(
    conn: &Connection,
    event: &str,
    object_kind: &str,
    object_id: &str,
    at: Timestamp,
) -> Result<bool> {
    let new = conn
        .prepare_cached("INSERT INTO stripe_events (id, seen_at) VALUES (:id, :at) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":id": event, ":at": At(at) })?;
    if new > 0 {
        add(conn, object_kind, object_id, at)?;
    }
    Ok(new > 0)
}

pub(crate) fn due(conn: &Connection, now: Timestamp) -> Result<Option<Hint>> {
    Ok(conn
        .prepare_cached(
            "SELECT object_id, object_kind, version, attempts FROM hints
             WHERE next_at <= :now ORDER BY next_at, hinted_at LIMIT 1",
        )?
        .query_row(named_params! { ":now": At(now) }, hint_from_row)
        .optional()?)
}

pub(crate) fn next_due(conn: &Connection) -> Result<Option<Timestamp>> {
    let next: Option<i64> = conn
        .prepare_cached("SELECT min(next_at) FROM hints")?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(Timestamp::from_millis))
}

/// Takes the hint out, unless a newer one came while the object was read.
pub(crate) fn done(conn: &Connection, hint: &Hint) -> Result<()> {
    conn.prepare_cached("DELETE FROM hints WHERE object_id = :object_id AND version = :version")?
        .execute(named_params! { ":object_id": hint.object_id, ":version": hint.version })?;
    Ok(())
}

/// Keeps the hint for later.
pub(crate) fn postpone(conn: &Connection, hint: &Hint, next_at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE hints SET attempts = attempts + 1, next_at = :next_at
         WHERE object_id = :object_id AND version = :version",
    )?
    .execute(named_params! {
        ":object_id": hint.object_id, ":version": hint.version, ":next_at": At(next_at),
    })?;
    Ok(())
}

fn hint_from_row(row: &Row<'_>) -> rusqlite::Result<Hint> {
    Ok(Hint {
        object_id: row.get("object_id")?,
        object_kind: row.get("object_kind")?,
        version: row.get("version")?,
        attempts: row.get("attempts")?,
    })
}
