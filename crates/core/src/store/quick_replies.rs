//! Prepared answers and their files.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::At;
use crate::Result;
use crate::domain::{FileId, QuickReply, QuickReplyFile, QuickReplyId, Timestamp};

pub(crate) fn all(conn: &Connection) -> Result<Vec<QuickReply>> {
    let mut statement =
        conn.prepare_cached("SELECT id, shortcut, text FROM quick_replies ORDER BY shortcut")?;
    let mut replies: Vec<QuickReply> = statement
        .query_map([], |row| {
            Ok(QuickReply {
                id: row.get(0)?,
                shortcut: row.get(1)?,
                text: row.get(2)?,
                files: Vec::new(),
            })
        })?
        .collect::<Result<_, _>>()?;
    for reply in &mut replies {
        reply.files = files_of(conn, reply.id)?;
    }
    Ok(replies)
}

pub(crate) fn files_of(conn: &Connection, id: QuickReplyId) -> Result<Vec<QuickReplyFile>> {
    let mut statement = conn.prepare_cached(
        "SELECT file_id, name, mime, size FROM quick_reply_files WHERE reply_id = ?1 ORDER BY place",
    )?;
    let files = statement
        .query_map(params![id], file_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(files)
}

pub(crate) fn file(conn: &Connection, id: FileId) -> Result<Option<QuickReplyFile>> {
    Ok(conn
        .prepare_cached("SELECT file_id, name, mime, size FROM quick_reply_files WHERE file_id = ?1")?
        .query_row(params![id], file_from_row)
        .optional()?)
}

/// Returns who else has that shortcut.
pub(crate) fn with_shortcut(conn: &Connection, shortcut: &str) -> Result<Option<QuickReplyId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM quick_replies WHERE shortcut = ?1")?
        .query_row(params![shortcut], |row| row.get(0))
        .optional()?)
}

/// Writes an answer with its files in their order, and forgets the files that it had before.
pub(crate) fn save(conn: &Connection, reply: &QuickReply, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO quick_replies (id, shortcut, text, updated_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET shortcut = ?2, text = ?3, updated_at = ?4",
    )?
    .execute(params![reply.id, reply.shortcut, reply.text, At(at)])?;
    conn.prepare_cached("DELETE FROM quick_reply_files WHERE reply_id = ?1")?
        .execute(params![reply.id])?;
    let mut add = conn.prepare_cached(
        "INSERT INTO quick_reply_files (file_id, reply_id, place, name, mime, size) VALUES (unhex(replace(?1, '-', '')), ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (place, file) in reply.files.iter().enumerate() {
        add.execute(params![
            file.id,
            reply.id,
            i64::try_from(place).unwrap_or(i64::MAX),
            file.name,
            file.mime,
            file.size
        ])?;
    }
    Ok(())
}

pub(crate) fn remove(conn: &Connection, id: QuickReplyId) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM quick_replies WHERE id = ?1")?
        .execute(params![id])?;
    Ok(removed > 0)
}

fn file_from_row(row: &Row<'_>) -> rusqlite::Result<QuickReplyFile> {
    Ok(QuickReplyFile {
        id: row.get::<_, FileId>(0)?.to_string(),
        name: row.get(1)?,
        mime: row.get(2)?,
        size: row.get(3)?,
    })
}
