//! The journal's file: its tables, its key, and what errors of it mean.

use std::path::Path;

use cobro_protocol::{JournalId, Seq};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, named_params};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::JournalError;
use super::ids::Ids;
use crate::JournalKey;

const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        id TEXT NOT NULL,
        received_at INTEGER NOT NULL,
        headers TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE ids (
        first INTEGER PRIMARY KEY,
        hashes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE desks (
        name TEXT PRIMARY KEY,
        applied INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
    ) STRICT;";

/// What a journal says of itself when it is opened.
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) id: JournalId,
    /// The newest place ever given, pruned or not.
    pub(super) last: Seq,
    pub(super) ids: Ids,
}

/// Opens the file for its one writer, and makes the tables if it is new.
pub(super) fn open_writer(path: &Path, key: Option<&JournalKey>) -> Result<Opened, JournalError> {
    create_private(path)?;
    let mut conn = connect(path, key)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    let id = migrate(&mut conn)?;
    let last = last_place(&conn)?;
    let ids = Ids::load(&conn)?;
    Ok(Opened { conn, id, last, ids })
}

/// Opens a second connection that only reads.
pub(super) fn open_reader(path: &Path, key: Option<&JournalKey>) -> Result<Connection, JournalError> {
    let conn = connect(path, key)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

fn connect(path: &Path, key: Option<&JournalKey>) -> Result<Connection, JournalError> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    if let Some(key) = key {
        let pragma = SecretString::from(format!("PRAGMA key = \"x'{}'\"", hex::encode(key.bytes())));
        conn.execute_batch(pragma.expose_secret())?;
    }
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    // The first read tells whether the key is right.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    })?;
    Ok(conn)
}

/// Makes the file so that only its owner may read it; SQLite's other files follow it.
fn create_private(path: &Path) -> Result<(), JournalError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(JournalError::from)
}

fn migrate(conn: &mut Connection) -> Result<JournalId, JournalError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => create(&tx)?,
        VERSION => {}
        newer => {
            return Err(JournalError::Failed {
                reason: format!(
                    "it was written by a newer Cobro (version {newer}, this one knows {VERSION})"
                ),
            });
        }
    }
    let id = journal_id(&tx)?;
    tx.commit()?;
    Ok(id)
}

fn create(conn: &Connection) -> Result<(), JournalError> {
    conn.execute_batch(TABLES)?;
    conn.execute(
        "INSERT INTO meta (name, value) VALUES ('journal_id', :id), ('pruned', '0')",
        named_params! { ":id": Uuid::now_v7().to_string() },
    )?;
    conn.pragma_update(None, "user_version", VERSION)?;
    Ok(())
}

fn journal_id(conn: &Connection) -> Result<JournalId, JournalError> {
    let id: Option<String> = conn
        .query_row("SELECT value FROM meta WHERE name = 'journal_id'", [], |row| {
            row.get(0)
        })
        .optional()?;
    id.and_then(|id| id.parse().ok())
        .map(JournalId)
        .ok_or_else(|| JournalError::Damaged {
            reason: "its id is missing".to_owned(),
        })
}

fn last_place(conn: &Connection) -> Result<Seq, JournalError> {
    let last = conn.query_row(
        "SELECT max(
            coalesce((SELECT max(seq) FROM entries), 0),
            coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'pruned'), 0)
         )",
        [],
        |row| row.get(0),
    )?;
    Ok(Seq(last))
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Key,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                reason: error.to_string(),
            },
            _ => Self::Failed {
                reason: error.to_string(),
            },
        }
    }
}

impl From<std::io::Error> for JournalError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed {
                reason: error.to_string(),
            },
        }
    }
}
