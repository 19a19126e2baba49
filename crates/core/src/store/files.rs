//! The bytes of files, in a database of their own: they never wait for the inbox's writer, nor it for them.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::domain::FileId;
use crate::{Error, Result};

/// How much is written, and read, at a time.
pub(crate) const PIECE: usize = 256 * 1024;

/// Adds bytes at the end of a file. `at` must be its end: what comes twice or with a gap is refused.
pub(crate) fn append(conn: &Connection, file: FileId, at: u64, bytes: &[u8]) -> Result<u64> {
    let end = size(conn, file)?;
    if end != at {
        return Err(Error::Conflict(format!(
            "The file has {end} bytes so far, and a piece came for its byte {at}. Begin the file again"
        )));
    }
    let mut insert =
        conn.prepare_cached("INSERT INTO chunks (file_id, start, bytes) VALUES (:file_id, :start, :bytes)")?;
    let mut end = end;
    for piece in bytes.chunks(PIECE) {
        insert.execute(named_params! { ":file_id": file, ":start": offset(end), ":bytes": piece })?;
        end += piece.len() as u64;
    }
    Ok(end)
}

/// Returns how many bytes of the file are here.
pub(crate) fn size(conn: &Connection, file: FileId) -> Result<u64> {
    let end: Option<i64> = conn
        .prepare_cached(
            "SELECT start + length(bytes) FROM chunks WHERE file_id = :file_id ORDER BY start DESC LIMIT 1",
        )?
        .query_row(named_params! { ":file_id": file }, |row| row.get(0))
        .optional()?;
    Ok(end.and_then(|end| u64::try_from(end).ok()).unwrap_or(0))
}

/// Returns up to `length` bytes from `from` on.
pub(crate) fn read(conn: &Connection, file: FileId, from: u64, length: u64) -> Result<Vec<u8>> {
    let end = from.saturating_add(length);
    let mut statement = conn.prepare_cached(
        "SELECT start, bytes FROM chunks
         WHERE file_id = :file_id AND start < :end
           AND start >= (SELECT coalesce(max(start), 0) FROM chunks WHERE file_id = :file_id AND start <= :from)
         ORDER BY start",
    )?;
    let mut rows =
        statement.query(named_params! { ":file_id": file, ":from": offset(from), ":end": offset(end) })?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        let start = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        let piece = row
            .get_ref(1)?
            .as_blob()
            .map_err(|error| Error::Other(anyhow::Error::new(error)))?;
        let skipped = usize::try_from(from.saturating_sub(start)).unwrap_or(usize::MAX);
        let taken = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        bytes.extend_from_slice(piece.get(skipped..taken.min(piece.len())).unwrap_or_default());
    }
    Ok(bytes)
}

/// Calls `each` with every piece of the file, in order.
pub(crate) fn for_each(
    conn: &Connection,
    file: FileId,
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut statement =
        conn.prepare_cached("SELECT bytes FROM chunks WHERE file_id = :file_id ORDER BY start")?;
    let mut rows = statement.query(named_params! { ":file_id": file })?;
    while let Some(row) = rows.next()? {
        let piece = row
            .get_ref(0)?
            .as_blob()
            .map_err(|error| Error::Other(anyhow::Error::new(error)))?;
        each(piece)?;
    }
    Ok(())
}

/// Forgets a file's bytes. Their room in the database is used again.
pub(crate) fn erase(conn: &Connection, file: FileId) -> Result<()> {
    conn.prepare_cached("DELETE FROM chunks WHERE file_id = :file_id")?
        .execute(named_params! { ":file_id": file })?;
    Ok(())
}

/// Returns the files that have bytes here, `limit` at most, after the one named `after`.
pub(crate) fn page(conn: &Connection, after: Option<FileId>, limit: u32) -> Result<Vec<FileId>> {
    let mut statement = conn.prepare_cached(
        "SELECT file_id FROM chunks WHERE start = 0 AND (:after IS NULL OR file_id > :after)
         ORDER BY file_id LIMIT :limit",
    )?;
    let files = statement
        .query_map(named_params! { ":after": after, ":limit": limit }, |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(files)
}

fn offset(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
