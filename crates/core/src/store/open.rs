//! Connections: unlocked, and set up alike.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use secrecy::ExposeSecret;

use super::readers::ReaderOf;
use crate::{DatabaseKey, Error, Result};

/// Opens the one connection that writes, making the file if there is none.
pub(crate) fn writer(path: &Path, key: &DatabaseKey) -> Result<Connection> {
    let connection = unlocked(
        path,
        key,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn reader(path: &Path, key: &DatabaseKey, of: ReaderOf) -> Result<Connection> {
    // A reader in WAL mode needs the shared-memory file, so it opens read-write and is told not to write.
    let connection = unlocked(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -of.cache_kib())?;
    Ok(connection)
}

/// The most that the writer keeps of the database.
const WRITER_KIB: i32 = 6144;

/// Pages that are copied before others get their turn.
const PAGES_A_STEP: i32 = 1000;

/// Copies a database into a new file with the same key: one moment of it, whatever is written meanwhile.
pub(crate) fn copy(
    from: &Connection,
    path: &Path,
    key: &DatabaseKey,
    mut told: impl FnMut(u32),
) -> Result<()> {
    let moment = from.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut into = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    into.execute_batch(key.pragma().expose_secret())?;
    {
        let backup = Backup::new(&moment, &mut into)?;
        loop {
            let step = backup.step(PAGES_A_STEP)?;
            let progress = backup.progress();
            let done = progress.pagecount - progress.remaining;
            told(u32::try_from(i64::from(done) * 100 / i64::from(progress.pagecount.max(1))).unwrap_or(0));
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
    let said: String = into.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(Error::Damaged) }
}

fn unlocked(path: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch(key.pragma().expose_secret())?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -WRITER_KIB)?;
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| not_readable(path, error))?;
    Ok(connection)
}

/// SQLCipher can't tell a wrong key from a damaged first page: the check can't either,
/// unless the file's size or a plain header give it away.
fn not_readable(path: &Path, error: rusqlite::Error) -> Error {
    if error.sqlite_error_code() != Some(rusqlite::ErrorCode::NotADatabase) {
        return error.into();
    }
    let whole_pages = std::fs::metadata(path).is_ok_and(|file| file.len() % 4096 == 0);
    if whole_pages {
        Error::WrongKey
    } else {
        Error::Damaged
    }
}
