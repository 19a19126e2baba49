//! Envelopes as received, and how far each journal has been applied.

use cobro_protocol::{Envelope, JournalId, Seq, Source};
use rusqlite::{CachedStatement, Connection, OptionalExtension, named_params, params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{EnvelopeProblem, Timestamp};

/// Journals are kept apart by this many bits of sequence numbers.
const SEQ_BITS: u32 = 40;

/// A journal as this desk knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownJournal {
    n: i64,
    pub applied: Seq,
}

impl KnownJournal {
    /// Returns where an envelope of this journal stands in our order.
    pub(crate) fn key(self, seq: Seq) -> i64 {
        (self.n << SEQ_BITS) | seq.0
    }
}

/// Returns what was applied of `journal`, making it known if it is not.
pub(crate) fn journal(conn: &Connection, journal: JournalId) -> Result<KnownJournal> {
    conn.prepare_cached("INSERT INTO journals (uuid, applied_seq) VALUES (:uuid, 0) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":uuid": journal.0.as_bytes().as_slice() })?;
    Ok(conn
        .prepare_cached("SELECT n, applied_seq FROM journals WHERE uuid = :uuid")?
        .query_row(
            named_params! { ":uuid": journal.0.as_bytes().as_slice() },
            |row| {
                Ok(KnownJournal {
                    n: row.get(0)?,
                    applied: Seq(row.get(1)?),
                })
            },
        )?)
}

/// Returns how far the journal that was listened to last has been applied.
pub(crate) fn newest_applied(conn: &Connection) -> Result<Seq> {
    Ok(conn
        .query_row(
            "SELECT applied_seq FROM journals ORDER BY n DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?
        .map_or(Seq(0), Seq))
}

/// Keeps envelopes: for many of them its statement is looked up once.
pub(crate) struct Keeping<'c>(CachedStatement<'c>);

impl<'c> Keeping<'c> {
    pub(crate) fn prepare(conn: &'c Connection) -> Result<Self> {
        Ok(Self(conn.prepare_cached(
            "INSERT OR IGNORE INTO envelopes (key, source, received_at, body, error) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?))
    }

    /// Keeps the envelope. Returns whether it is new.
    pub(crate) fn add(
        &mut self,
        journal: KnownJournal,
        envelope: &Envelope,
        error: Option<&str>,
    ) -> Result<bool> {
        let added = self.0.execute(params![
            journal.key(envelope.seq),
            envelope.source.as_str(),
            At(envelope.received_at),
            envelope.body,
            error,
        ])?;
        Ok(added > 0)
    }
}

/// Returns whether everything up to `seq` is applied.
pub(crate) fn is_applied(conn: &Connection, journal: KnownJournal, seq: Seq) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM journals WHERE n = ?1 AND applied_seq >= ?2")?
        .exists(params![journal.n, seq.0])?)
}

/// Marks everything up to `seq` as applied.
pub(crate) fn mark_applied(conn: &Connection, journal: KnownJournal, seq: Seq) -> Result<()> {
    conn.prepare_cached("UPDATE journals SET applied_seq = max(applied_seq, :seq) WHERE n = :n")?
        .execute(named_params! { ":n": journal.n, ":seq": seq.0 })?;
    Ok(())
}

/// An envelope that is read once more.
pub(crate) struct Kept {
    pub key: i64,
    pub source: Source,
    pub received_at: Timestamp,
    pub body: String,
    pub had_error: bool,
}

/// Returns WhatsApp's envelopes, and all that could not be understood, after `key` in their order:
/// at most `limit`, and no more once they have `bytes`.
pub(crate) fn kept_after(conn: &Connection, key: i64, limit: u32, bytes: usize) -> Result<Vec<Kept>> {
    let mut statement = conn.prepare_cached(
        "SELECT key, source, received_at, body, error FROM envelopes
         WHERE key > ?1 AND (source = 'whatsapp' OR error IS NOT NULL) ORDER BY key LIMIT ?2",
    )?;
    let rows = statement.query_map(params![key, limit], |row| {
        let source: String = row.get("source")?;
        Ok(Kept {
            key: row.get("key")?,
            source: Source::from_name(&source).unwrap_or(Source::Action),
            received_at: at(row, "received_at")?,
            body: row.get("body")?,
            had_error: row.get::<_, Option<String>>("error")?.is_some(),
        })
    })?;
    let mut kept: Vec<Kept> = Vec::new();
    let mut read = 0;
    for row in rows {
        let row = row?;
        read += row.body.len();
        kept.push(row);
        if read >= bytes {
            break;
        }
    }
    Ok(kept)
}

/// Returns whether any envelope was kept yet.
pub(crate) fn any(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM envelopes LIMIT 1")?
        .exists([])?)
}

/// Writes what is wrong with an envelope now, or that nothing is.
pub(crate) fn set_error(conn: &Connection, key: i64, error: Option<&str>) -> Result<()> {
    conn.prepare_cached("UPDATE envelopes SET error = ?2 WHERE key = ?1 AND error IS NOT ?2")?
        .execute(params![key, error])?;
    Ok(())
}

/// Returns the newest envelopes that could not be understood.
pub(crate) fn problems(conn: &Connection, limit: u32) -> Result<Vec<EnvelopeProblem>> {
    let mut statement = conn.prepare_cached(
        "SELECT key, source, received_at, error FROM envelopes
         WHERE error IS NOT NULL ORDER BY key DESC LIMIT :limit",
    )?;
    let problems = statement
        .query_map(named_params! { ":limit": limit }, problem_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(problems)
}

/// Calls `each` for every envelope in order, for an export: all but its body.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(i64, &str, Timestamp, Option<&str>) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare("SELECT key, source, received_at, error FROM envelopes ORDER BY key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let source = row
            .get_ref("source")?
            .as_str()
            .map_err(rusqlite::Error::from)?
            .to_owned();
        let error: Option<String> = row.get("error")?;
        each(
            seq_of(row.get("key")?),
            &source,
            at(row, "received_at")?,
            error.as_deref(),
        )?;
    }
    Ok(())
}

fn problem_from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<EnvelopeProblem> {
    Ok(EnvelopeProblem {
        seq: seq_of(row.get("key")?),
        source: row.get("source")?,
        received_at: at(row, "received_at")?,
        error: row.get("error")?,
    })
}

fn seq_of(key: i64) -> i64 {
    key & ((1 << SEQ_BITS) - 1)
}

/// Returns the newest envelope's key; 0 before the first.
pub(crate) fn newest_key(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(key), 0) FROM envelopes")?
        .query_row([], |row| row.get(0))?)
}

/// Returns when the first of WhatsApp's envelopes behind `key` came that names one of these numbers.
pub(crate) fn came_for(conn: &Connection, key: i64, numbers: &[String]) -> Result<Option<Timestamp>> {
    let mut statement = conn.prepare_cached(
        "SELECT received_at FROM envelopes
         WHERE key > :key AND source = 'whatsapp' AND instr(body, :number) > 0
         ORDER BY key LIMIT 1",
    )?;
    for number in numbers {
        let quoted = format!("\"{number}\"");
        let came = statement
            .query_row(named_params! { ":key": key, ":number": quoted }, |row| {
                at(row, "received_at")
            })
            .optional()?;
        if came.is_some() {
            return Ok(came);
        }
    }
    Ok(None)
}
