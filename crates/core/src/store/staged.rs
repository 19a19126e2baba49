//! Files on their way into a message. Their bytes are in `files`.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, words};
use super::media::Facts;
use crate::Result;
use crate::domain::{FileId, FileKind, Timestamp, Words};

/// A staged file, whole or not yet.
#[derive(Debug, Clone)]
pub(crate) struct Staged {
    pub id: FileId,
    pub name: String,
    pub mime: String,
    /// `None` until it is whole.
    pub kind: Option<FileKind>,
    pub animated: bool,
    pub facts: Facts,
    pub problem: Option<Words>,
}

/// Begins a file. Its row comes before its bytes, so that no bytes are ever without an owner.
pub(crate) fn begin(
    conn: &Connection,
    id: FileId,
    name: &str,
    mime: &str,
    size: u64,
    now: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO staged_files (id, name, mime, size, begun_at) VALUES (:id, :name, :mime, :size, :now)",
    )?
    .execute(named_params! {
        ":id": id, ":name": name, ":mime": mime, ":size": whole(size), ":now": At(now),
    })?;
    Ok(())
}

/// Writes what was found when the file was whole.
pub(crate) fn finish(conn: &Connection, file: &Staged) -> Result<()> {
    let problem = file.problem.as_ref();
    conn.prepare_cached(
        "UPDATE staged_files
         SET name = :name, mime = :mime, size = :size, kind = :kind, animated = :animated, width = :width,
             height = :height, duration_ms = :duration_ms, thumbnail = :thumbnail,
             problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": file.id,
        ":name": file.name,
        ":mime": file.mime,
        ":size": whole(file.facts.size),
        ":kind": file.kind,
        ":animated": file.animated,
        ":width": file.facts.width,
        ":height": file.facts.height,
        ":duration_ms": file.facts.duration_ms,
        ":thumbnail": file.facts.thumbnail,
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
    })?;
    Ok(())
}

pub(crate) fn find(conn: &Connection, id: FileId) -> Result<Option<Staged>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, name, mime, size, kind, animated, width, height, duration_ms, thumbnail,
                 problem_code, problem_title, problem_advice
             FROM staged_files WHERE id = :id",
        )?
        .query_row(named_params! { ":id": id }, staged_from_row)
        .optional()?)
}

/// Takes the file out of staging. Returns whether it was there.
pub(crate) fn remove(conn: &Connection, id: FileId) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM staged_files WHERE id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(removed > 0)
}

/// Takes out what was begun before `before` and never sent.
pub(crate) fn remove_old(conn: &Connection, before: Timestamp) -> Result<()> {
    conn.execute(
        "DELETE FROM staged_files WHERE begun_at < :before",
        named_params! { ":before": At(before) },
    )?;
    Ok(())
}

fn staged_from_row(row: &Row<'_>) -> rusqlite::Result<Staged> {
    Ok(Staged {
        id: row.get("id")?,
        name: row.get("name")?,
        mime: row.get("mime")?,
        kind: row.get("kind")?,
        animated: row.get("animated")?,
        facts: Facts {
            mime: None,
            size: u64::try_from(row.get::<_, i64>("size")?).unwrap_or(0),
            width: row.get("width")?,
            height: row.get("height")?,
            duration_ms: row.get("duration_ms")?,
            thumbnail: row.get("thumbnail")?,
        },
        problem: words(row)?,
    })
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
