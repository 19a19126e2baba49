//! The journal of one machine: a SQLite file, encrypted when there is a key.

use std::fmt;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use cobro_protocol::{Envelope, JournalId, Seq, Source, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use super::ids::Fingerprint;
use super::schema::{self, Opened};
use super::writer::{Append, Job, PRUNED_TOGETHER, Problem, Reply, Writer};
use super::{Appended, DeskMark, Entry, JournalError};
use crate::JournalKey;

/// The most entries, and about the most bytes, in one page.
const MOST_ENTRIES: usize = 512;
const MOST_BYTES: usize = 1024 * 1024;
/// How many jobs may wait for the writer; more wait to be taken.
const WAITING: usize = 1024;
/// How often the file's lock is tried, for a relay before us that is about to end.
const LOCK_TRIES: u32 = 20;

/// The journal of one machine. Clones share it; it has one writer in one process.
#[derive(Clone)]
pub struct SqliteJournal(Arc<Inner>);

struct Inner {
    id: JournalId,
    jobs: mpsc::Sender<Job>,
    last: watch::Receiver<Seq>,
    problem: Problem,
    reader: Mutex<Connection>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal")
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

/// Waits for the writer: a process that ends under it can crash inside OpenSSL.
impl Drop for Inner {
    fn drop(&mut self) {
        let (nobody, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.jobs, nobody));
        let writer = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let _ = writer.map(JoinHandle::join);
    }
}

impl SqliteJournal {
    /// Opens the journal at `path`, or makes one.
    pub async fn open(path: &Path, key: Option<&JournalKey>) -> Result<Self, JournalError> {
        let (path, key) = (path.to_owned(), key.cloned());
        blocking(move || Self::open_now(&path, key.as_ref())).await
    }

    fn open_now(path: &Path, key: Option<&JournalKey>) -> Result<Self, JournalError> {
        let lock = lock(path)?;
        let Opened { conn, id, last, ids } = schema::open_writer(path, key)?;
        let reader = schema::open_reader(path, key)?;
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (last, last_seen) = watch::channel(last);
        let problem = Problem::default();
        let writer = Writer {
            conn,
            ids,
            last,
            problem: problem.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                writer.run(waiting);
                drop(lock);
            })?;
        Ok(Self(Arc::new(Inner {
            id,
            jobs,
            last: last_seen,
            problem,
            reader: Mutex::new(reader),
            writer: Mutex::new(Some(thread)),
        })))
    }

    pub(super) fn id(&self) -> JournalId {
        self.0.id
    }

    pub(super) fn last(&self) -> watch::Receiver<Seq> {
        self.0.last.clone()
    }

    pub(super) async fn append(&self, entry: Entry) -> Result<Appended, JournalError> {
        let fingerprint = Fingerprint::of(entry.source, &entry.id);
        self.ask(|reply| {
            Job::Append(Append {
                entry,
                fingerprint,
                reply,
            })
        })
        .await
    }

    pub(super) async fn prune(&self, before: Seq) -> Result<u64, JournalError> {
        let mut removed = 0;
        loop {
            let some = self.ask(|reply| Job::Prune(before, reply)).await?;
            removed += some;
            if some < PRUNED_TOGETHER.unsigned_abs() {
                return Ok(removed);
            }
        }
    }

    pub(super) async fn mark(&self, marks: Vec<DeskMark>) -> Result<(), JournalError> {
        self.ask(|reply| Job::Mark(marks, reply)).await
    }

    pub(super) async fn problem(&self) -> Option<JournalError> {
        let noted = self
            .0
            .problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        noted?;
        self.ask(Job::Probe).await.err()
    }

    pub(super) async fn page(&self, after: Seq) -> Result<Vec<Envelope>, JournalError> {
        self.read(move |conn| page(conn, after)).await
    }

    pub(super) async fn first_since(&self, moment: Timestamp) -> Result<Option<Seq>, JournalError> {
        self.read(move |conn| first_since(conn, moment)).await
    }

    pub(super) async fn marks(&self) -> Result<Vec<DeskMark>, JournalError> {
        self.read(marks).await
    }

    pub(super) async fn close(&self) {
        let _ = self.0.jobs.send(Job::Close).await;
        let writer = self
            .0
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer
            && spawn_blocking(|| writer.join())
                .await
                .is_ok_and(|ended| ended.is_err())
        {
            tracing::error!("The journal's writer ended by a panic");
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        self.0
            .jobs
            .send(job(reply))
            .await
            .map_err(|_| JournalError::Closed)?;
        answer.await.unwrap_or(Err(JournalError::Closed))
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let conn = inner.reader.lock().unwrap_or_else(PoisonError::into_inner);
            work(&conn).map_err(JournalError::from)
        })
        .await
    }

    #[cfg(test)]
    pub(super) async fn limit_pages(&self, pages: i64) -> Result<(), JournalError> {
        self.ask(|reply| Job::LimitPages(pages, reply)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    spawn_blocking(work).await.unwrap_or(Err(JournalError::Closed))
}

/// Makes sure that no other process writes: places would be given twice.
fn lock(path: &Path) -> Result<File, JournalError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::create(PathBuf::from(name))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(JournalError::InUse)
}

fn page(conn: &Connection, after: Seq) -> rusqlite::Result<Vec<Envelope>> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, source, id, received_at, headers, body
         FROM entries
         WHERE seq > :after
         ORDER BY seq",
    )?;
    let mut rows = statement.query(named_params! { ":after": after.0 })?;
    let mut page = Vec::new();
    let mut bytes = 0;
    while page.len() < MOST_ENTRIES && bytes < MOST_BYTES {
        let Some(row) = rows.next()? else { break };
        let envelope = envelope_from_row(row)?;
        bytes += envelope.body.len();
        page.push(envelope);
    }
    Ok(page)
}

fn envelope_from_row(row: &Row<'_>) -> rusqlite::Result<Envelope> {
    let source: String = row.get("source")?;
    let headers: String = row.get("headers")?;
    Ok(Envelope {
        seq: Seq(row.get("seq")?),
        id: row.get("id")?,
        source: Source::from_name(&source).ok_or_else(|| unreadable("source"))?,
        received_at: Timestamp::from_millis(row.get("received_at")?),
        headers: serde_json::from_str(&headers).map_err(|_| unreadable("headers"))?,
        body: row.get("body")?,
    })
}

fn unreadable(column: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnName(column.to_owned())
}

fn first_since(conn: &Connection, moment: Timestamp) -> rusqlite::Result<Option<Seq>> {
    conn.query_row(
        "SELECT seq FROM entries WHERE received_at >= :moment ORDER BY seq LIMIT 1",
        named_params! { ":moment": moment.millis() },
        |row| row.get(0).map(Seq),
    )
    .optional()
}

fn marks(conn: &Connection) -> rusqlite::Result<Vec<DeskMark>> {
    conn.prepare("SELECT name, applied, seen_at FROM desks ORDER BY name")?
        .query_map([], |row| {
            Ok(DeskMark {
                desk: row.get("name")?,
                applied: Seq(row.get("applied")?),
                seen_at: Timestamp::from_millis(row.get("seen_at")?),
            })
        })?
        .collect()
}
