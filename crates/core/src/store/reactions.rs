//! Reactions: the newest of each side to a message, which may come later than the reaction.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{Direction, Timestamp};

/// Writes a side's reaction; an empty one takes it away. Returns whether it is
/// the newest: they come in any order.
pub(crate) fn set(
    conn: &Connection,
    target: &str,
    direction: Direction,
    emoji: &str,
    at: Timestamp,
) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "INSERT INTO reactions (target, direction, emoji, at) VALUES (:target, :direction, :emoji, :at)
             ON CONFLICT (target, direction) DO UPDATE SET emoji = excluded.emoji, at = excluded.at
             WHERE excluded.at >= at AND emoji <> excluded.emoji",
        )?
        .execute(
            named_params! { ":target": target, ":direction": direction, ":emoji": emoji, ":at": At(at) },
        )?;
    // The same one again is newer than any that comes late.
    conn.prepare_cached(
        "UPDATE reactions SET at = :at
         WHERE target = :target AND direction = :direction AND emoji = :emoji AND at < :at",
    )?
    .execute(named_params! { ":target": target, ":direction": direction, ":emoji": emoji, ":at": At(at) })?;
    Ok(changed > 0)
}

/// Writes our own reaction, in place of what stood there. Returns that.
pub(crate) fn replace_ours(conn: &Connection, target: &str, emoji: &str, now: Timestamp) -> Result<String> {
    let before: Option<String> = conn
        .prepare_cached("SELECT emoji FROM reactions WHERE target = :target AND direction = 'out'")?
        .query_row(named_params! { ":target": target }, |row| row.get(0))
        .optional()?;
    conn.prepare_cached(
        "INSERT INTO reactions (target, direction, emoji, at) VALUES (:target, 'out', :emoji, :at)
         ON CONFLICT (target, direction) DO UPDATE SET emoji = excluded.emoji, at = excluded.at",
    )?
    .execute(named_params! { ":target": target, ":emoji": emoji, ":at": At(now) })?;
    Ok(before.unwrap_or_default())
}

/// Puts our reaction back to what stood there `before` it, unless a newer one has its place.
pub(crate) fn take_back_ours(
    conn: &Connection,
    target: &str,
    emoji: &str,
    before: &str,
    now: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE reactions SET emoji = :before, at = :at
         WHERE target = :target AND direction = 'out' AND emoji = :emoji",
    )?
    .execute(named_params! { ":target": target, ":emoji": emoji, ":before": before, ":at": At(now) })?;
    Ok(())
}

/// Calls `each` for every reaction, for an export.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(&str, Direction, &str, Timestamp) -> Result<()>,
) -> Result<()> {
    let mut statement =
        conn.prepare("SELECT target, direction, emoji, at FROM reactions ORDER BY at, target, direction")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (target, emoji): (String, String) = (row.get("target")?, row.get("emoji")?);
        each(&target, row.get("direction")?, &emoji, at(row, "at")?)?;
    }
    Ok(())
}
