//! Edits and deletions, and what an edited message said before.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{ConversationId, Direction, MessageId, MessageVersion, Timestamp};

/// What is done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Edit,
    Revoke,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Revoke => "revoke",
        }
    }
}

/// An edit or a deletion.
pub(crate) struct Change<'a> {
    /// The change's own wamid.
    pub wamid: &'a str,
    /// The wamid of the message that it changes.
    pub target: &'a str,
    pub direction: Direction,
    pub kind: ChangeKind,
    pub text: &'a str,
    pub at: Timestamp,
}

/// Keeps the change. Returns whether it is new.
pub(crate) fn add(conn: &Connection, change: &Change<'_>) -> Result<bool> {
    // WhatsApp may give a change no name of its own; then its content names it.
    let made;
    let wamid = if change.wamid.is_empty() {
        made = format!(
            "{} {} {}",
            change.target,
            change.kind.as_str(),
            change.at.millis()
        );
        &made
    } else {
        change.wamid
    };
    let added = conn
        .prepare_cached(
            "INSERT INTO message_changes (wamid, target, direction, change, text, at, applied)
             VALUES (:wamid, :target, :direction, :change, :text, :at, 0)
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":wamid": wamid,
            ":target": change.target,
            ":direction": change.direction,
            ":change": change.kind.as_str(),
            ":text": change.text,
            ":at": At(change.at),
        })?;
    Ok(added > 0)
}

/// Returns whether any change waits for its message.
pub(crate) fn any_waiting(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM message_changes WHERE applied = 0 LIMIT 1")?
        .exists([])?)
}

/// Brings the message to where all its changes leave it, in the order of their
/// times whatever the order they came in. Returns it if it is here and has any.
pub(crate) fn apply(conn: &Connection, target: &str) -> Result<Option<(MessageId, ConversationId)>> {
    let found = conn
        .prepare_cached(
            "SELECT id, conversation_id, direction,
                    coalesce((SELECT text FROM message_versions WHERE message_id = messages.id ORDER BY n LIMIT 1),
                             text) AS original
             FROM messages WHERE wamid = :target ORDER BY variant LIMIT 1",
        )?
        .query_row(named_params! { ":target": target }, |row| {
            Ok((
                row.get::<_, MessageId>("id")?,
                row.get::<_, ConversationId>("conversation_id")?,
                row.get::<_, Direction>("direction")?,
                row.get::<_, String>("original")?,
            ))
        })
        .optional()?;
    let Some((id, conversation, direction, original)) = found else {
        return Ok(None);
    };
    let changed = conn
        .prepare_cached(
            "UPDATE message_changes SET applied = 1 WHERE target = :target AND direction = :direction",
        )?
        .execute(named_params! { ":target": target, ":direction": direction })?;
    if changed == 0 {
        return Ok(None);
    }
    rewrite(conn, id, original, &edits_of(conn, target, direction)?)?;
    conn.prepare_cached(
        "UPDATE messages
         SET revoked_at = (SELECT min(at) FROM message_changes
                           WHERE target = :target AND direction = :direction AND change = 'revoke')
         WHERE id = :id",
    )?
    .execute(named_params! { ":target": target, ":direction": direction, ":id": id })?;
    Ok(Some((id, conversation)))
}

fn edits_of(conn: &Connection, target: &str, direction: Direction) -> Result<Vec<(String, Timestamp)>> {
    let mut statement = conn.prepare_cached(
        "SELECT text, at FROM message_changes
         WHERE target = :target AND direction = :direction AND change = 'edit' ORDER BY at, wamid",
    )?;
    let edits = statement
        .query_map(
            named_params! { ":target": target, ":direction": direction },
            |row| Ok((row.get("text")?, at(row, "at")?)),
        )?
        .collect::<Result<_, _>>()?;
    Ok(edits)
}

/// Writes the message's text and its versions anew.
fn rewrite(conn: &Connection, id: MessageId, original: String, edits: &[(String, Timestamp)]) -> Result<()> {
    let Some((_, edited_at)) = edits.last() else {
        return Ok(());
    };
    conn.prepare_cached("DELETE FROM message_versions WHERE message_id = :id")?
        .execute(named_params! { ":id": id })?;
    let mut keep = conn.prepare_cached(
        "INSERT INTO message_versions (message_id, text, until) VALUES (:id, :text, :until)",
    )?;
    let mut text = original;
    for (next, until) in edits {
        keep.execute(named_params! { ":id": id, ":text": text, ":until": At(*until) })?;
        text.clone_from(next);
    }
    conn.prepare_cached("UPDATE messages SET text = :text, edited_at = :edited_at WHERE id = :id")?
        .execute(named_params! { ":id": id, ":text": text, ":edited_at": At(*edited_at) })?;
    Ok(())
}

/// Returns what the message said before, oldest first.
pub(crate) fn versions(conn: &Connection, id: MessageId) -> Result<Vec<MessageVersion>> {
    let mut statement =
        conn.prepare_cached("SELECT text, until FROM message_versions WHERE message_id = :id ORDER BY n")?;
    let versions = statement
        .query_map(named_params! { ":id": id }, |row| {
            Ok(MessageVersion {
                text: row.get("text")?,
                until: at(row, "until")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(versions)
}

/// Calls `each` for every change as an export line.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT wamid, target, direction, change, text, at, applied FROM message_changes ORDER BY at, wamid",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(serde_json::json!({
            "type": "change",
            "wamid": row.get::<_, String>("wamid")?,
            "target": row.get::<_, String>("target")?,
            "direction": row.get::<_, Direction>("direction")?.as_str(),
            "change": row.get::<_, String>("change")?,
            "text": row.get::<_, String>("text")?,
            "at": at(row, "at")?.rfc3339(),
            "applied": row.get::<_, bool>("applied")?,
        }))?;
    }
    Ok(())
}

/// Calls `each` for every earlier version as an export line.
pub(crate) fn for_each_version(
    conn: &Connection,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<()> {
    let mut statement =
        conn.prepare("SELECT message_id, text, until FROM message_versions ORDER BY message_id, n")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(serde_json::json!({
            "type": "version",
            "message": row.get::<_, MessageId>("message_id")?,
            "text": row.get::<_, String>("text")?,
            "until": at(row, "until")?.rfc3339(),
        }))?;
    }
    Ok(())
}
