//! The journal's one writer: what waits is committed together, and answered after.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use cobro_protocol::{Seq, Source};
use rusqlite::{CachedStatement, Connection, Statement, TransactionBehavior, named_params, params};
use tokio::sync::{mpsc, oneshot, watch};

use super::ids::{self, Fingerprint, Ids};
use super::{Appended, DeskMark, Entry, JournalError};

/// The most entries, and about the most bytes, in one commit.
const MOST_ENTRIES: usize = 512;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How many single commits may fail in a row before the rest of a group is given up.
const MOST_FAILURES: usize = 3;
/// How many entries one commit removes, so that appends need not wait for all.
pub(super) const PRUNED_TOGETHER: i64 = 1000;

type Outcome = Result<Appended, JournalError>;
pub(super) type Reply<T> = oneshot::Sender<Result<T, JournalError>>;

pub(super) struct Append {
    pub(super) entry: Entry,
    pub(super) fingerprint: Fingerprint,
    pub(super) reply: Reply<Appended>,
}

/// What the writer is asked to do, in order.
pub(super) enum Job {
    Append(Append),
    /// Removes up to [`PRUNED_TOGETHER`] entries before a place.
    Prune(Seq, Reply<u64>),
    Mark(Vec<DeskMark>, Reply<()>),
    /// Writes something small, to learn whether writing works.
    Probe(Reply<()>),
    Close,
    #[cfg(test)]
    LimitPages(i64, Reply<()>),
}

/// The last write's failure, until a write succeeds.
pub(super) type Problem = Arc<Mutex<Option<JournalError>>>;

pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) ids: Ids,
    pub(super) last: watch::Sender<Seq>,
    pub(super) problem: Problem,
}

impl Writer {
    /// Works until it is told to close, or until nobody can ask any more.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut waiting = None;
        while let Some(job) = waiting.take().or_else(|| jobs.blocking_recv()) {
            match job {
                Job::Append(first) => waiting = self.append_group(first, &mut jobs),
                Job::Close => break,
                other => self.do_one(other),
            }
        }
        drop(jobs);
        self.finish();
    }

    fn do_one(&mut self, job: Job) {
        match job {
            Job::Prune(before, reply) => self.answer(reply, Self::prune, before),
            Job::Mark(marks, reply) => self.answer(reply, Self::mark, marks),
            Job::Probe(reply) => self.answer(reply, |writer, ()| writer.probe(), ()),
            #[cfg(test)]
            Job::LimitPages(pages, reply) => self.answer(reply, Self::limit_pages, pages),
            Job::Append(_) | Job::Close => {}
        }
    }

    fn answer<A, T>(
        &mut self,
        reply: Reply<T>,
        work: impl FnOnce(&mut Self, A) -> Result<T, JournalError>,
        with: A,
    ) {
        let result = work(self, with);
        self.note(result.as_ref().err());
        let _ = reply.send(result);
    }

    /// Commits everything that waits together with `first`. Returns a job that is not an append.
    fn append_group(&mut self, first: Append, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        let mut group = Group::of(first);
        group.gather(jobs);
        self.write_group(group.appends);
        group.other
    }

    fn write_group(&mut self, group: Vec<Append>) {
        match self.try_commit(&group) {
            Ok(results) => {
                self.reply_all(group, results);
                self.write_ids(false);
            }
            Err(error) if group.len() == 1 => self.reply_all(group, vec![Err(error)]),
            Err(_) => self.write_singly(group),
        }
    }

    /// One bad entry must not fail its neighbours.
    fn write_singly(&mut self, group: Vec<Append>) {
        let mut failures = 0;
        let mut results = Vec::with_capacity(group.len());
        for append in &group {
            let result = match results.last() {
                Some(Err(error)) if failures >= MOST_FAILURES => Err(JournalError::clone(error)),
                _ => self
                    .try_commit(std::slice::from_ref(append))
                    .and_then(|one| one.into_iter().next().unwrap_or(Err(JournalError::Closed))),
            };
            failures = if result.is_err() { failures + 1 } else { 0 };
            results.push(result);
        }
        self.reply_all(group, results);
    }

    /// Writes the group in one transaction. An entry's own error is among the results.
    fn try_commit(&mut self, group: &[Append]) -> Result<Vec<Outcome>, JournalError> {
        let before = *self.last.borrow();
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = write(&tx, &self.ids, before, group)?;
        tx.commit()?;
        self.ids.note(written.newest);
        if written.last != before {
            self.last.send_replace(written.last);
        }
        Ok(written.outcomes)
    }

    /// What can't be written now is read from the entries at the next start.
    fn write_ids(&mut self, closing: bool) {
        let last = *self.last.borrow();
        if let Err(error) = self.ids.write(&self.conn, last, closing) {
            tracing::warn!(%error, "The ids of the newest entries were not written down");
        }
    }

    fn reply_all(&self, group: Vec<Append>, results: Vec<Outcome>) {
        self.note(results.iter().find_map(|result| result.as_ref().err()));
        for (append, result) in group.into_iter().zip(results) {
            let _ = append.reply.send(result);
        }
    }

    fn note(&self, problem: Option<&JournalError>) {
        let mut noted = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.as_ref() != problem {
            if let Some(error) = problem {
                tracing::error!(%error, "The journal cannot write; senders are told to repeat");
            } else {
                tracing::info!("The journal writes again");
            }
            *noted = problem.cloned();
        }
    }

    fn prune(&mut self, before: Seq) -> Result<u64, JournalError> {
        let before = before.min(Seq(self.last.borrow().0 + 1));
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        // The place of the last entry that goes is remembered, so that it is never given again.
        tx.execute(
            "UPDATE meta
             SET value = CAST(max(
                CAST(value AS INTEGER),
                coalesce((SELECT max(seq) FROM entries WHERE seq < :before), 0)
             ) AS TEXT)
             WHERE name = 'pruned'",
            named_params! { ":before": before.0 },
        )?;
        let going = oldest(&tx, before)?;
        if let Some((seq, _)) = going.last() {
            ids::prune(&tx, *seq)?;
        }
        for (seq, _) in &going {
            tx.prepare_cached("DELETE FROM entries WHERE seq = :seq")?
                .execute(named_params! { ":seq": seq.0 })?;
        }
        tx.commit()?;
        for (_, fingerprint) in &going {
            self.ids.forget(*fingerprint);
        }
        Ok(going.len() as u64)
    }

    fn mark(&mut self, marks: Vec<DeskMark>) -> Result<(), JournalError> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for mark in marks {
            tx.execute(
                "INSERT INTO desks (name, applied, seen_at)
                 VALUES (:name, :applied, :seen_at)
                 ON CONFLICT (name) DO UPDATE SET applied = excluded.applied, seen_at = excluded.seen_at",
                named_params! { ":name": mark.desk, ":applied": mark.applied.0, ":seen_at": mark.seen_at.millis() },
            )?;
        }
        tx.commit()?;
        Ok(())
    }

    fn probe(&mut self) -> Result<(), JournalError> {
        self.conn.execute(
            "INSERT INTO meta (name, value) VALUES ('probe', hex(randomblob(8000)))
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [],
        )?;
        Ok(())
    }

    #[cfg(test)]
    fn limit_pages(&mut self, pages: i64) -> Result<(), JournalError> {
        self.conn
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok(())
    }

    fn finish(mut self) {
        self.write_ids(true);
        let checkpointed = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpointed {
            tracing::warn!(%error, "The journal was not folded into its main file; the next start does it");
        }
    }
}

/// Appends that go together.
struct Group {
    appends: Vec<Append>,
    bytes: usize,
    /// A job of another kind ends the group.
    other: Option<Job>,
}

impl Group {
    fn of(first: Append) -> Self {
        Self {
            bytes: first.entry.body.len(),
            appends: vec![first],
            other: None,
        }
    }

    /// Takes what waits, as far as there is room.
    fn gather(&mut self, jobs: &mut mpsc::Receiver<Job>) {
        while self.has_room() {
            match jobs.try_recv() {
                Ok(Job::Append(append)) => {
                    self.bytes += append.entry.body.len();
                    self.appends.push(append);
                }
                Ok(job) => self.other = Some(job),
                Err(_) => break,
            }
        }
    }

    fn has_room(&self) -> bool {
        self.appends.len() < MOST_ENTRIES && self.bytes < MOST_BYTES && self.other.is_none()
    }
}

/// What a transaction has written, once it is committed.
struct Written {
    outcomes: Vec<Outcome>,
    last: Seq,
    /// The new entries, in order, and for looking one up.
    newest: Vec<Fingerprint>,
    known: HashSet<Fingerprint>,
}

/// Writes the group after `last`. An error means that the transaction has ended.
fn write(conn: &Connection, ids: &Ids, last: Seq, group: &[Append]) -> Result<Written, JournalError> {
    let mut insert = insert(conn)?;
    let mut written = Written {
        outcomes: Vec::with_capacity(group.len()),
        last,
        newest: Vec::with_capacity(group.len()),
        known: HashSet::with_capacity(group.len()),
    };
    for append in group {
        let outcome = written.append(&mut insert, ids, append);
        match outcome.map_err(JournalError::from) {
            Err(error) if conn.is_autocommit() => return Err(error),
            outcome => written.outcomes.push(outcome),
        }
    }
    Ok(written)
}

impl Written {
    fn append(
        &mut self,
        insert: &mut Statement<'_>,
        ids: &Ids,
        append: &Append,
    ) -> rusqlite::Result<Appended> {
        let Append {
            entry, fingerprint, ..
        } = append;
        if ids.hold(*fingerprint) || self.known.contains(fingerprint) {
            return Ok(Appended::Duplicate);
        }
        let seq = Seq(self.last.0 + 1);
        let (source, received_at) = (entry.source.as_str(), entry.received_at.millis());
        insert.execute(params![
            seq.0,
            source,
            entry.id,
            received_at,
            entry.headers,
            entry.body
        ])?;
        self.last = seq;
        self.newest.push(*fingerprint);
        self.known.insert(*fingerprint);
        Ok(Appended::New(seq))
    }
}

/// Its parameters have numbers: names would be looked up for each entry.
fn insert(conn: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    conn.prepare_cached(
        "INSERT INTO entries (seq, source, id, received_at, headers, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
}

/// Returns the first entries before a place.
fn oldest(conn: &Connection, before: Seq) -> rusqlite::Result<Vec<(Seq, Fingerprint)>> {
    conn.prepare_cached("SELECT seq, source, id FROM entries WHERE seq < :before ORDER BY seq LIMIT :most")?
        .query_map(
            named_params! { ":before": before.0, ":most": PRUNED_TOGETHER },
            |row| {
                let (source, id): (String, String) = (row.get("source")?, row.get("id")?);
                let source = Source::from_name(&source).unwrap_or(Source::Action);
                Ok((Seq(row.get("seq")?), Fingerprint::of(source, &id)))
            },
        )?
        .collect()
}
