//! The phone's history, as far as it has come.

use rusqlite::{Connection, Row, named_params};

use super::columns::{At, at, maybe_at, words};
use crate::Result;
use crate::domain::{HistoryImport, LineId, Timestamp, Words};

/// How far one chunk says that the import is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub phase: u8,
    pub chunk: u32,
    pub percent: u8,
}

/// Moves the line's import on. Chunks come in any order: the farthest counts.
pub(crate) fn advance(conn: &Connection, line: LineId, progress: Progress, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO history_imports
             (line_id, phase, progress, chunks, messages, started_at, updated_at, finished_at)
         VALUES (:line_id, :phase, :progress, :chunk, 0, :at, :at, CASE WHEN :progress >= 100 THEN :at END)
         ON CONFLICT (line_id) DO UPDATE SET
             phase = max(phase, excluded.phase),
             progress = max(progress, excluded.progress),
             chunks = max(chunks, excluded.chunks),
             updated_at = max(updated_at, excluded.updated_at),
             finished_at = coalesce(finished_at, excluded.finished_at),
             problem_code = NULL, problem_title = NULL, problem_advice = NULL",
    )?
    .execute(named_params! {
        ":line_id": line,
        ":phase": progress.phase,
        ":progress": progress.percent.min(100),
        ":chunk": progress.chunk,
        ":at": At(at),
    })?;
    Ok(())
}

/// Counts messages that are new here: those of a large chunk come before it says how far it is.
pub(crate) fn count(conn: &Connection, line: LineId, messages: u32, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO history_imports (line_id, phase, progress, chunks, messages, started_at, updated_at)
         VALUES (:line_id, 0, 0, 0, :messages, :at, :at)
         ON CONFLICT (line_id) DO UPDATE SET
             messages = messages + excluded.messages, updated_at = max(updated_at, excluded.updated_at)",
    )?
    .execute(named_params! { ":line_id": line, ":messages": messages, ":at": At(at) })?;
    Ok(())
}

/// Forgets the import of a number that was connected anew at that time: its history comes again.
/// Returns whether there was one.
pub(crate) fn reset(conn: &Connection, line: LineId, at: Timestamp) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM history_imports WHERE line_id = :line_id AND updated_at < :at")?
        .execute(named_params! { ":line_id": line, ":at": At(at) })?;
    Ok(removed > 0)
}

/// Says why no history comes. One that came already stays.
pub(crate) fn decline(conn: &Connection, line: LineId, problem: &Words, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO history_imports
             (line_id, phase, progress, chunks, messages, started_at, updated_at,
              problem_code, problem_title, problem_advice)
         VALUES (:line_id, 0, 0, 0, 0, :at, :at, :code, :title, :advice)
         ON CONFLICT (line_id) DO UPDATE SET
             updated_at = excluded.updated_at, problem_code = excluded.problem_code,
             problem_title = excluded.problem_title, problem_advice = excluded.problem_advice
         WHERE excluded.updated_at > updated_at AND finished_at IS NULL",
    )?
    .execute(named_params! {
        ":line_id": line,
        ":at": At(at),
        ":code": problem.code,
        ":title": problem.title,
        ":advice": problem.advice,
    })?;
    Ok(())
}

pub(crate) fn all(conn: &Connection) -> Result<Vec<HistoryImport>> {
    let mut statement = conn.prepare_cached(
        "SELECT i.line_id, l.name, i.phase, i.progress, i.messages, i.started_at, i.finished_at,
                i.problem_code, i.problem_title, i.problem_advice
         FROM history_imports i JOIN lines l ON l.id = i.line_id ORDER BY i.started_at DESC",
    )?;
    let imports = statement
        .query_map([], import_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(imports)
}

fn import_from_row(row: &Row<'_>) -> rusqlite::Result<HistoryImport> {
    Ok(HistoryImport {
        line: row.get("line_id")?,
        line_name: row.get("name")?,
        phase: row.get("phase")?,
        progress: row.get("progress")?,
        messages: row.get("messages")?,
        started_at: at(row, "started_at")?,
        finished_at: maybe_at(row, "finished_at")?,
        problem: words(row)?,
    })
}
