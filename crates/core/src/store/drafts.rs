//! What is being written: kept until it is sent or taken back.

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::At;
use crate::Result;
use crate::domain::{ConversationId, Timestamp};

/// Returns the draft in the window's own form.
pub(crate) fn get(conn: &Connection, id: ConversationId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT letter FROM drafts WHERE conversation_id = ?1")?
        .query_row(params![id], |row| row.get(0))
        .optional()?)
}

/// Writes the draft, or takes it away. Returns whether the list shows another one now.
pub(crate) fn set(
    conn: &Connection,
    id: ConversationId,
    draft: Option<(&str, &str)>,
    at: Timestamp,
) -> Result<bool> {
    let before: Option<String> = conn
        .prepare_cached("SELECT words FROM drafts WHERE conversation_id = ?1")?
        .query_row(params![id], |row| row.get(0))
        .optional()?;
    match draft {
        Some((letter, words)) => conn
            .prepare_cached(
                "INSERT INTO drafts (conversation_id, letter, words, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (conversation_id) DO UPDATE SET letter = ?2, words = ?3, at = ?4",
            )?
            .execute(params![id, letter, words, At(at)])?,
        None => conn
            .prepare_cached("DELETE FROM drafts WHERE conversation_id = ?1")?
            .execute(params![id])?,
    };
    Ok(before.as_deref() != draft.map(|(_, words)| words))
}
