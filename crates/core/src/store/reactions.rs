//! Reactions: the newest of each side to a message, which may come later than the reaction.

use rusqlite::{Connection, named_params};

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
    Ok(changed > 0)
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
