//! Which ids the journal holds, so that a repeated delivery is kept once.
//!
//! Ids are random: an index over them would write a page anew for nearly every
//! entry. So their hashes are held in memory, 16 bytes an entry, and written
//! down in pieces of thousands, each a row. At the start the pieces are read
//! again, and for the newest entries the entries themselves.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use cobro_protocol::{Seq, Source};
use rusqlite::{Connection, named_params};
use sha2::{Digest, Sha256};

/// How many hashes are written down together.
const PIECE: usize = 8192;
/// The smallest piece worth writing when the journal closes.
const LAST_PIECE: usize = 256;
const HASH_BYTES: usize = 16;

/// Names an entry's source and id: no two of them share it, as far as 128 bits can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint(u128);

/// It is a hash already.
impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.0);
    }
}

impl Fingerprint {
    pub(super) fn of(source: Source, id: &str) -> Self {
        Self(hash_in(id).unwrap_or_else(|| hash_of(id)) ^ tag_of(source))
    }
}

/// Returns the start of the SHA-256 that most ids are.
fn hash_in(id: &str) -> Option<u128> {
    let start = id.get(..2 * HASH_BYTES).filter(|_| id.len() == 64)?;
    start
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u128::from_str_radix(start, 16).ok())?
}

fn hash_of(id: &str) -> u128 {
    let digest: [u8; 32] = Sha256::digest(id).into();
    digest
        .first_chunk()
        .map_or(0, |start: &[u8; HASH_BYTES]| u128::from_be_bytes(*start))
}

fn tag_of(source: Source) -> u128 {
    match source {
        Source::Whatsapp => 0,
        Source::Stripe => 1,
        Source::Action => 2,
    }
}

/// Which ids the journal holds.
pub(super) struct Ids {
    all: HashSet<Fingerprint>,
    /// Those of the newest entries, in order, not written down yet.
    newest: Vec<Fingerprint>,
}

impl Ids {
    /// Reads what the journal holds.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let oldest: i64 =
            conn.query_row("SELECT coalesce(min(seq), 0) FROM entries", [], |row| row.get(0))?;
        let mut ids = Self {
            all: HashSet::new(),
            newest: Vec::new(),
        };
        let written = ids.load_pieces(conn, oldest)?;
        ids.load_newest(conn, written)?;
        Ok(ids)
    }

    /// Returns the last place that the pieces reach.
    fn load_pieces(&mut self, conn: &Connection, oldest: i64) -> rusqlite::Result<i64> {
        let mut statement = conn.prepare("SELECT first, hashes FROM ids ORDER BY first")?;
        let mut rows = statement.query([])?;
        let mut reached = 0;
        while let Some(row) = rows.next()? {
            let (first, hashes): (i64, Vec<u8>) = (row.get("first")?, row.get("hashes")?);
            let (hashes, _) = hashes.as_chunks::<HASH_BYTES>();
            for (place, hash) in (first..).zip(hashes) {
                reached = place;
                if place >= oldest {
                    self.all.insert(Fingerprint(u128::from_be_bytes(*hash)));
                }
            }
        }
        Ok(reached)
    }

    fn load_newest(&mut self, conn: &Connection, after: i64) -> rusqlite::Result<()> {
        let mut statement = conn.prepare("SELECT source, id FROM entries WHERE seq > :after ORDER BY seq")?;
        let mut rows = statement.query(named_params! { ":after": after })?;
        while let Some(row) = rows.next()? {
            let (source, id): (String, String) = (row.get("source")?, row.get("id")?);
            let source = Source::from_name(&source).unwrap_or(Source::Action);
            self.note([Fingerprint::of(source, &id)]);
        }
        Ok(())
    }

    pub(super) fn hold(&self, fingerprint: Fingerprint) -> bool {
        self.all.contains(&fingerprint)
    }

    /// Notes the next entries, in order, once they are committed.
    pub(super) fn note(&mut self, next: impl IntoIterator<Item = Fingerprint>) {
        for fingerprint in next {
            self.all.insert(fingerprint);
            self.newest.push(fingerprint);
        }
    }

    /// Writes down the newest ones, up to `last`, if they are enough.
    pub(super) fn write(&mut self, conn: &Connection, last: Seq, closing: bool) -> rusqlite::Result<()> {
        let enough = if closing { LAST_PIECE } else { PIECE };
        let count = self.newest.len();
        if count < enough {
            return Ok(());
        }
        let hashes: Vec<u8> = self.newest.iter().flat_map(|hash| hash.0.to_be_bytes()).collect();
        let first = last.0 + 1 - i64::try_from(count).unwrap_or(i64::MAX);
        conn.execute(
            "INSERT INTO ids (first, hashes) VALUES (:first, :hashes)",
            named_params! { ":first": first, ":hashes": hashes },
        )?;
        self.newest.clear();
        Ok(())
    }

    /// Forgets an entry that has been removed.
    pub(super) fn forget(&mut self, fingerprint: Fingerprint) {
        self.all.remove(&fingerprint);
    }
}

/// Removes the pieces of which every entry is before a place.
pub(super) fn prune(conn: &Connection, before: Seq) -> rusqlite::Result<()> {
    conn.execute(
        "DELETE FROM ids WHERE first + length(hashes) / :hash_bytes <= :before",
        named_params! { ":hash_bytes": i64::try_from(HASH_BYTES).unwrap_or(i64::MAX), ":before": before.0 },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_ids_are_told_apart() {
        let hex = "00ff".repeat(16);
        let ids = [
            "evt_1",
            "evt_2",
            "",
            hex.as_str(),
            &"00fe".repeat(16),
            &hex[..63],
            &"+1".repeat(32),
        ];
        let all: HashSet<Fingerprint> = ids
            .iter()
            .flat_map(|id| [Source::Whatsapp, Source::Stripe].map(|source| Fingerprint::of(source, id)))
            .collect();
        assert_eq!(all.len(), 2 * ids.len());
    }
}
