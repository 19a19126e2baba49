//! Which ids the journal holds, so that a repeated delivery is kept once.
//!
//! Ids are random, and every page of an index over them would be written anew
//! for a handful of entries. So new ids stay in memory until there are
//! thousands, and then go into the index in order, a few with each commit:
//! neighbours share their pages. At the next start the journal itself tells
//! which ids the index lacks.

use std::collections::HashMap;

use cobro_protocol::Seq;
use rusqlite::{CachedStatement, Connection, named_params, params};
use sha2::{Digest, Sha256};

use super::Entry;

/// How many ids are collected before they go into the index.
const COLLECTED: usize = 8192;
/// How many go together, and after how many entries: twice as fast as they come.
const TOGETHER: usize = 256;
const EVERY: usize = TOGETHER / 2;

/// Names an entry's source and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

/// It is a hash already.
impl std::hash::Hash for Fingerprint {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_i64(self.short());
    }
}

impl Fingerprint {
    pub(super) fn of(source: &str, id: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(source)
            .chain_update([0])
            .chain_update(id);
        Self(hash.finalize().into())
    }

    /// Returns the part that the index keeps. Different ids may share it.
    fn short(self) -> i64 {
        let (short, _) = self.0.split_first_chunk().unwrap_or((&[0; 8], &[]));
        i64::from_be_bytes(*short)
    }
}

/// Which ids the journal holds.
pub(super) struct Ids {
    /// The newest ones.
    collected: HashMap<Fingerprint, Seq>,
    /// Those on their way into the index.
    leaving: HashMap<Fingerprint, Seq>,
    /// The same in the index's order, the next one last.
    queue: Vec<Fingerprint>,
    /// How many entries came since some went.
    since: usize,
}

impl Ids {
    /// Reads the ids that the index may lack.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let collected = conn
            .prepare(
                "SELECT seq, source, id FROM entries
                 WHERE seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'indexed')",
            )?
            .query_map([], |row| {
                let (source, id): (String, String) = (row.get("source")?, row.get("id")?);
                Ok((Fingerprint::of(&source, &id), Seq(row.get("seq")?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            collected,
            leaving: HashMap::new(),
            queue: Vec::new(),
            since: 0,
        })
    }

    /// Returns whether a committed entry has this fingerprint.
    pub(super) fn hold(
        &self,
        find: &mut Find<'_>,
        fingerprint: Fingerprint,
        entry: &Entry,
    ) -> rusqlite::Result<bool> {
        Ok(self.collected.contains_key(&fingerprint)
            || self.leaving.contains_key(&fingerprint)
            || (find.hash.exists([fingerprint.short()])?
                && find
                    .id
                    .exists(params![fingerprint.short(), entry.id, entry.source.as_str()])?))
    }

    /// Notes entries that have been committed.
    pub(super) fn note(&mut self, new: HashMap<Fingerprint, Seq>) {
        if !self.queue.is_empty() {
            self.since += new.len();
        }
        self.collected.extend(new);
        if self.queue.is_empty() && self.collected.len() >= COLLECTED {
            self.turn();
        }
    }

    /// Lets what was collected go into the index.
    fn turn(&mut self) {
        self.leaving = std::mem::take(&mut self.collected);
        self.queue = self.leaving.keys().copied().collect();
        self.queue
            .sort_unstable_by_key(|fingerprint| std::cmp::Reverse(fingerprint.short()));
    }

    /// Writes the next ids to the index if it is time, and returns how many. They leave with [`Ids::gone`].
    pub(super) fn write_some(&self, conn: &Connection) -> rusqlite::Result<usize> {
        let due = if self.since < EVERY {
            0
        } else {
            TOGETHER.max(2 * self.since)
        };
        self.write_next(conn, due)
    }

    fn write_next(&self, conn: &Connection, most: usize) -> rusqlite::Result<usize> {
        let some = self.queue.len().min(most);
        if some == 0 {
            return Ok(0);
        }
        let mut insert = conn.prepare_cached("INSERT OR IGNORE INTO ids (hash, seq) VALUES (?1, ?2)")?;
        for fingerprint in self.queue.iter().rev().take(some) {
            if let Some(seq) = self.leaving.get(fingerprint) {
                insert.execute([fingerprint.short(), seq.0])?;
            }
        }
        if some == self.queue.len() {
            let newest = self.leaving.values().max().map_or(0, |seq| seq.0);
            conn.prepare_cached(
                "UPDATE meta SET value = max(CAST(value AS INTEGER), :newest) WHERE name = 'indexed'",
            )?
            .execute(named_params! { ":newest": newest })?;
        }
        Ok(some)
    }

    /// Forgets in memory what was written and committed.
    pub(super) fn gone(&mut self, some: usize) {
        if some > 0 {
            self.since = 0;
            self.queue.truncate(self.queue.len() - some.min(self.queue.len()));
            if self.queue.is_empty() {
                self.leaving = HashMap::new();
            }
        }
    }

    /// Writes everything to the index, so that the next start need not read it together.
    pub(super) fn write_all(&mut self, conn: &mut Connection) -> rusqlite::Result<()> {
        for _ in 0..2 {
            let tx = conn.transaction()?;
            let some = self.write_next(&tx, usize::MAX)?;
            tx.commit()?;
            self.gone(some);
            self.turn();
        }
        Ok(())
    }

    /// Forgets an entry that has been removed, and its row with [`unwrite`].
    pub(super) fn forget(&mut self, fingerprint: Fingerprint) {
        self.collected.remove(&fingerprint);
        self.leaving.remove(&fingerprint);
    }
}

/// Looks entries up in the index. Parameters have numbers: names would be looked up each time.
pub(super) struct Find<'c> {
    hash: CachedStatement<'c>,
    id: CachedStatement<'c>,
}

impl<'c> Find<'c> {
    pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        let hash = conn.prepare_cached("SELECT 1 FROM ids WHERE hash = ?1")?;
        let id = conn.prepare_cached(
            "SELECT 1 FROM ids JOIN entries USING (seq)
             WHERE ids.hash = ?1 AND entries.id = ?2 AND entries.source = ?3",
        )?;
        Ok(Self { hash, id })
    }
}

/// Takes an entry that is being removed out of the index.
pub(super) fn unwrite(conn: &Connection, fingerprint: Fingerprint, seq: Seq) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM ids WHERE hash = :hash AND seq = :seq")?
        .execute(named_params! { ":hash": fingerprint.short(), ":seq": seq.0 })?;
    Ok(())
}
