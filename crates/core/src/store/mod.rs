//! Rows: one encrypted SQLite database with one writer, and readers apart.

pub(crate) mod actions;
pub(crate) mod alerts;
pub(crate) mod books;
pub(crate) mod changes;
pub(crate) mod charges;
mod check;
pub(crate) mod columns;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod customers;
pub(crate) mod disputes;
pub(crate) mod drafts;
pub(crate) mod envelopes;
pub(crate) mod erase;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod hints;
pub(crate) mod imports;
pub(crate) mod joins;
pub(crate) mod labels;
pub(crate) mod lines;
pub(crate) mod media;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod meta;
mod migrations;
pub(crate) mod notices;
mod open;
pub(crate) mod outbox;
pub(crate) mod overview;
pub(crate) mod payers;
pub(crate) mod payments;
pub(crate) mod product_links;
pub(crate) mod products;
pub(crate) mod proposals;
pub(crate) mod quick_replies;
pub(crate) mod quotations;
pub(crate) mod reactions;
mod readers;
pub(crate) mod reads;
pub(crate) mod received;
pub(crate) mod refunds;
pub(crate) mod reminders;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod staged;
pub(crate) mod subscriptions;
pub(crate) mod suggestions;
pub(crate) mod syncing;
pub(crate) mod template_news;
pub(crate) mod templates;
pub(crate) mod ties;
pub(crate) mod upkeep;
pub(crate) mod verifying;
pub(crate) mod work;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::anyhow;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

pub use check::check;
use readers::{ReaderOf, Readers};

use crate::{DatabaseKey, Error, Result};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;
type Last = fn(&Transaction<'_>) -> Result<()>;

/// The open database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Parts>);

struct Parts {
    path: PathBuf,
    key: DatabaseKey,
    last: Last,
    writer: Mutex<Option<mpsc::UnboundedSender<Job>>>,
    writer_thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Readers,
}

/// The program must not end under the writer: its libraries take themselves down then.
impl Drop for Parts {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        writer.take();
        let thread = self
            .writer_thread
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // The last clone may go with a job, on the writer's own thread.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database for one writer and many readers, and migrates it.
    pub async fn open(path: PathBuf, key: DatabaseKey) -> Result<Self> {
        Self::open_with(path, key, migrations::INBOX, search::keep_current).await
    }

    /// Opens the database that holds the bytes of files, after the inbox beside it.
    pub(crate) async fn open_files(path: PathBuf, key: DatabaseKey) -> Result<Self> {
        Self::open_with(path, key, migrations::FILES, |_| Ok(()))
            .await
            .map_err(damaged_if_locked)
    }

    /// `last` is what every transaction does before it commits.
    async fn open_with(
        path: PathBuf,
        key: DatabaseKey,
        migrations: migrations::Migrations,
        last: Last,
    ) -> Result<Self> {
        blocking(move || {
            let mut writer = open::writer(&path, &key)?;
            migrations::run(&mut writer, migrations)?;
            let (jobs, queue) = mpsc::unbounded_channel();
            let thread = std::thread::Builder::new()
                .name("cobro-writer".into())
                .spawn(move || write_in_turn(writer, queue))
                .map_err(|error| anyhow!(error).context("Failed to start the writer"))?;
            Ok(Self(Arc::new(Parts {
                path,
                key,
                last,
                writer: Mutex::new(Some(jobs)),
                writer_thread: Mutex::new(Some(thread)),
                readers: Readers::default(),
            })))
        })
        .await
    }

    /// Opens the database for reading beside a desk that may be running.
    pub async fn open_to_read(path: PathBuf, key: DatabaseKey) -> Result<Self> {
        blocking(move || {
            let reader = open::reader(&path, &key, ReaderOf::Views)?;
            migrations::check(&reader)?;
            let readers = Readers::default();
            readers.put_back(reader, ReaderOf::Views);
            Ok(Self(Arc::new(Parts {
                path,
                key,
                last: |_| Ok(()),
                writer: Mutex::new(None),
                writer_thread: Mutex::new(None),
                readers,
            })))
        })
        .await
    }

    /// Runs `job` in one short transaction. It commits if `job` succeeds.
    ///
    /// Jobs run one after another; none may wait for the network.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let last = self.0.last;
        self.queue(move |writer| in_transaction(writer, job, last))
            .answer()
            .await
    }

    /// Queues `job` now, whether or not its answer is waited for. Where it fails for another reason
    /// than the disk, `otherwise` has the same turn, in a transaction of its own.
    pub(crate) fn queue_write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
        otherwise: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Queued<T> {
        let last = self.0.last;
        self.queue(move |writer| match in_transaction(writer, job, last) {
            Err(error) if !error.is_of_the_disk() => in_transaction(writer, otherwise, last),
            done => done,
        })
    }

    fn queue<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Queued<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |writer| {
            // A caller that went away still gets its change: it may have been promised.
            let _ = answer.send(job(writer));
        });
        let queued = {
            let writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.as_ref().is_some_and(|writer| writer.send(job).is_ok())
        };
        Queued(queued.then_some(answered))
    }

    /// Runs `job` on a reader, off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.read_as(ReaderOf::Views, job).await
    }

    /// Runs `job` on a reader that remembers what it searched in.
    pub(crate) async fn search<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.read_as(ReaderOf::Search, job).await
    }

    async fn read_as<T: Send + 'static>(
        &self,
        of: ReaderOf,
        job: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        blocking(move || {
            let reader = store.reader(of)?;
            let result = job(&reader);
            store.0.readers.put_back(reader, of);
            result
        })
        .await
    }

    /// Copies the database as it is now into a new file with the same key, and says how far it is in percent.
    pub(crate) async fn copy_to(&self, path: PathBuf, told: impl FnMut(u32) + Send + 'static) -> Result<()> {
        let store = self.clone();
        blocking(move || {
            let reader = store.reader(ReaderOf::Views)?;
            let copied = open::copy(&reader, &path, &store.0.key, told);
            store.0.readers.put_back(reader, ReaderOf::Views);
            copied
        })
        .await
    }

    /// Finishes what is queued and closes every connection.
    pub async fn close(&self) {
        let store = self.clone();
        let _ = tokio::task::spawn_blocking(move || {
            store
                .0
                .writer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            let thread = store
                .0
                .writer_thread
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(thread) = thread {
                let _ = thread.join();
            }
            store.0.readers.end();
        })
        .await;
    }

    fn reader(&self, of: ReaderOf) -> Result<Connection> {
        let waiting = self.0.readers.take(of);
        waiting.map_or_else(|| open::reader(&self.0.path, &self.0.key, of), Ok)
    }
}

/// Returns where the files of the inbox at `path` are, and their key.
pub(crate) fn files_beside(path: &Path, key: &DatabaseKey) -> (PathBuf, DatabaseKey) {
    (
        path.with_file_name("media.db"),
        DatabaseKey::from_raw(key.derive("media")),
    )
}

/// The inbox opened, so the key is right: what it does not open beside it is damaged.
fn damaged_if_locked(error: Error) -> Error {
    match error {
        Error::WrongKey => Error::Damaged,
        error => error,
    }
}

/// What stands in the writer's queue, or is done; nothing where the database was closed before.
#[must_use = "what was queued may fail"]
pub(crate) struct Queued<T>(Option<oneshot::Receiver<Result<T>>>);

impl<T> Queued<T> {
    /// Waits until its turn has come and it is committed. A wait that is given up may begin again.
    pub(crate) async fn answer(&mut self) -> Result<T> {
        let Some(answered) = &mut self.0 else {
            return Err(Error::Other(anyhow!("The database is closed")));
        };
        answered
            .await
            .map_err(|_| Error::Other(anyhow!("The database closed before it answered")))?
    }
}

fn write_in_turn(mut writer: Connection, mut queue: mpsc::UnboundedReceiver<Job>) {
    while let Some(job) = queue.blocking_recv() {
        job(&mut writer);
    }
    if let Err((_, error)) = writer.close() {
        tracing::warn!(%error, "The database did not close cleanly");
    }
}

fn in_transaction<T>(
    writer: &mut Connection,
    job: impl FnOnce(&Transaction<'_>) -> Result<T>,
    last: Last,
) -> Result<T> {
    let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = job(&tx)?;
    last(&tx)?;
    tx.commit()?;
    Ok(done)
}

async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(job)
        .await
        .map_err(|error| Error::Other(anyhow!(error).context("A database task stopped")))?
}

/// Opens a new database in a folder of its own.
#[cfg(test)]
pub(crate) async fn open_for_tests() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = DatabaseKey::from_raw([7; 32]);
    let store = Store::open(folder.path().join("cobro.db"), key).await;
    (store.expect("a new database opens"), folder)
}
