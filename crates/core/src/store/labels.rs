//! Labels, and which conversations have them.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::Result;
use crate::domain::{ConversationId, Label, LabelId};
use crate::search::folded;

pub(crate) fn all(conn: &Connection) -> Result<Vec<Label>> {
    let mut statement = conn.prepare_cached("SELECT id, name, color FROM labels ORDER BY match_key")?;
    let labels = statement
        .query_map([], |row| {
            Ok(Label {
                id: row.get(0)?,
                name: row.get(1)?,
                color: row.get(2)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(labels)
}

/// Returns the label that a name means, if there is one.
pub(crate) fn named(conn: &Connection, name: &str) -> Result<Option<LabelId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM labels WHERE match_key = ?1")?
        .query_row(params![folded(name)], |row| row.get(0))
        .optional()?)
}

/// Writes a label, new or changed. Returns whether that changed anything.
pub(crate) fn save(conn: &Connection, label: &Label) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "INSERT INTO labels (id, name, match_key, color) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET name = ?2, match_key = ?3, color = ?4
             WHERE name <> ?2 OR color <> ?4",
        )?
        .execute(params![label.id, label.name, folded(&label.name), label.color])?;
    Ok(changed > 0)
}

/// Takes a label away, from every conversation too.
pub(crate) fn remove(conn: &Connection, label: LabelId) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM labels WHERE id = ?1")?
        .execute(params![label])?;
    Ok(removed > 0)
}

pub(crate) fn give(conn: &Connection, conversation: ConversationId, label: LabelId) -> Result<bool> {
    let given = conn
        .prepare_cached("INSERT INTO conversation_labels VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![conversation, label])?;
    Ok(given > 0)
}

pub(crate) fn take(conn: &Connection, conversation: ConversationId, label: LabelId) -> Result<bool> {
    let taken = conn
        .prepare_cached("DELETE FROM conversation_labels WHERE conversation_id = ?1 AND label_id = ?2")?
        .execute(params![conversation, label])?;
    Ok(taken > 0)
}

/// Moves what is on one conversation to another that takes its place.
pub(crate) fn move_to(conn: &Connection, from: ConversationId, into: ConversationId) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO conversation_labels SELECT ?2, label_id FROM conversation_labels WHERE conversation_id = ?1
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![from, into])?;
    Ok(())
}

/// Returns the conversations that have a label whose name begins so, as search writes it.
pub(crate) fn conversations_of(conn: &Connection, beginning: &str) -> Result<HashSet<ConversationId>> {
    let mut statement = conn.prepare_cached(
        "SELECT conversation_id FROM conversation_labels
         WHERE label_id IN (SELECT id FROM labels WHERE substr(match_key, 1, length(?1)) = ?1)",
    )?;
    let conversations = statement
        .query_map(params![beginning], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(conversations)
}
