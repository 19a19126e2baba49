//! Where conversations stand in the shop's work.

use rusqlite::{Connection, params};

use super::columns::{At, maybe_at};
use crate::Result;
use crate::domain::{ConversationId, MemberId, Timestamp};

/// Marks the conversation done; what was paid until now is fulfilled.
pub(crate) fn resolve(conn: &Connection, id: ConversationId, at: Timestamp) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE conversations SET resolved = 1, done_at = ?2, snoozed_until = NULL
             WHERE id = ?1 AND (resolved = 0 OR done_at IS NULL OR done_at < ?2)",
        )?
        .execute(params![id, At(at)])?;
    Ok(changed > 0)
}

/// Takes a conversation up again. `done_at` is when it had been resolved before, where this undoes a resolving.
pub(crate) fn reopen(conn: &Connection, id: ConversationId, done_at: Option<Timestamp>) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE conversations SET resolved = 0, done_at = ?2 WHERE id = ?1 AND resolved = 1")?
        .execute(params![id, done_at.map(At)])?;
    Ok(changed > 0)
}

/// Puts the conversation aside until then.
pub(crate) fn snooze(conn: &Connection, id: ConversationId, until: Timestamp) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE conversations SET snoozed_until = ?2, resolved = 0
             WHERE id = ?1 AND snoozed_until IS NOT ?2",
        )?
        .execute(params![id, At(until)])?;
    Ok(changed > 0)
}

/// Brings a conversation back by hand: it stands where its messages put it.
pub(crate) fn unsnooze(conn: &Connection, id: ConversationId) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE conversations SET snoozed_until = NULL WHERE id = ?1 AND snoozed_until IS NOT NULL",
        )?
        .execute(params![id])?;
    Ok(changed > 0)
}

/// Brings a conversation back because its time has come: it stands on top.
pub(crate) fn wake(conn: &Connection, id: ConversationId, at: Timestamp) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE conversations SET snoozed_until = NULL, woke_at = ?2
             WHERE id = ?1 AND snoozed_until <= ?2",
        )?
        .execute(params![id, At(at)])?;
    Ok(changed > 0)
}

/// Returns what is due by then.
pub(crate) fn due(conn: &Connection, at: Timestamp) -> Result<Vec<ConversationId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM conversations WHERE snoozed_until <= ?1 ORDER BY snoozed_until")?;
    let due = statement
        .query_map(params![At(at)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(due)
}

/// Returns when the next conversation comes back.
pub(crate) fn next_due(conn: &Connection) -> Result<Option<Timestamp>> {
    Ok(conn
        .prepare_cached("SELECT min(snoozed_until) AS at FROM conversations WHERE snoozed_until IS NOT NULL")?
        .query_row([], |row| maybe_at(row, "at"))?)
}

pub(crate) fn assign(conn: &Connection, id: ConversationId, to: Option<MemberId>) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE conversations SET assignee_id = ?2 WHERE id = ?1 AND assignee_id IS NOT ?2")?
        .execute(params![id, to])?;
    Ok(changed > 0)
}
