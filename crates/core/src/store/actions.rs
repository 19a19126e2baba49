//! The audit log.

use rusqlite::{Connection, Result, named_params};

use super::columns::At;
use crate::domain::Timestamp;

/// Adds one line. It holds ids and amounts, never the words of a conversation.
pub(crate) fn record(conn: &Connection, at: Timestamp, actor: &str, action: &str) -> Result<()> {
    conn.prepare_cached("INSERT INTO actions (at, actor, action) VALUES (:at, :actor, :action)")?
        .execute(named_params! { ":at": At(at), ":actor": actor, ":action": action })?;
    Ok(())
}
