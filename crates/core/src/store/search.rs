//! The search index: written with what it is about, in one go at the end of each transaction.
//!
//! The tables keep no words of their own (`content = ''`), so that a hit is always shown from its
//! message as it is now. A message's number there is `day << 36 | n`: the index gives its rows in
//! the order of their numbers, so the newest day comes first, whenever a message arrived.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params, params_from_iter};

use super::columns::{Kind, at, maybe_at};
use super::{conversations, fields, labels, meta};
use crate::domain::{
    ContactId, ConversationId, ConversationRow, Currency, Direction, IdentityKind, Money, SearchHit,
    SearchPage, Timestamp,
};
use crate::search::{Query, Term, amount_word, fits, folded, is_number, marked, phone_words};
use crate::{Error, Result};

/// Hits that one page shows.
const PAGE: usize = 30;
/// Hits that one page looks at, where filters leave few of them.
const LOOKED_AT: usize = 20_000;
/// Customers on the first page.
const PEOPLE: usize = 6;
/// Conversations that `from:` looks through.
const FROM: u32 = 200;
/// Customers that fit, of whom the latest are shown: two letters fit thousands.
const FITTING: u32 = 400;
/// Messages that are looked at by the first letters of a word before the word itself is searched.
const BY_LETTERS: usize = 400;
/// The same for a number: where few messages have it, its index is short, and those with its first
/// digits are amounts of every kind.
const BY_DIGITS: usize = 80;
/// Beginnings of so many letters have an index of their own.
const LETTERS: RangeInclusive<usize> = 2..=3;
/// Messages or customers that one step of building brings in.
pub(crate) const STEP: u32 = 400;
/// What a transaction has more than this of, such as a phone's history, is brought in after it:
/// the index costs as much as all the rest, and others wait for the one writer.
const AT_ONCE: u32 = 256;

/// Where the building goes on downwards. Absent: every message is in the index.
const MESSAGES_BEFORE: &str = "search.messages_before";
/// After which contact the building goes on. Absent: every customer is in the index.
const PEOPLE_AFTER: &str = "search.people_after";

/// Words that stand in the index for what a message has.
const HAS_PAYMENT: &str = "xhaspayment";
const HAS_FILE: &str = "xhasfile";

const NUMBER_BITS: i64 = 36;
const DAY: i64 = 86_400_000;

/// Writes to the index whatever this transaction changed, unless it is a great deal.
pub(crate) fn keep_current(tx: &Transaction<'_>) -> Result<()> {
    note_new_messages(tx)?;
    let messages = waiting(tx, "message_search_waits")?;
    if (1..=AT_ONCE).contains(&messages) {
        write_waiting_messages(tx, AT_ONCE)?;
    }
    let people = waiting(tx, "people_search_waits")?;
    if (1..=AT_ONCE).contains(&people) {
        write_waiting_people(tx, AT_ONCE)?;
    }
    Ok(())
}

/// Lets the messages wait that are new in this transaction.
fn note_new_messages(tx: &Transaction<'_>) -> Result<()> {
    let newest = newest(tx)?;
    let noted: i64 = tx
        .prepare_cached("SELECT n FROM message_search_noted")?
        .query_row([], |row| row.get(0))?;
    if newest <= noted {
        return Ok(());
    }
    if newest - noted > i64::from(AT_ONCE) {
        // A change of what is new in the same transaction is in the range, too.
        tx.prepare_cached("DELETE FROM message_search_waits WHERE n > ?1")?
            .execute([noted])?;
        tx.prepare_cached("INSERT INTO message_search_ranges (first, last) VALUES (?1, ?2)")?
            .execute([noted + 1, newest])?;
    } else {
        tx.prepare_cached(
            "INSERT INTO message_search_waits (n, again) SELECT n, 0 FROM messages WHERE n > ?1
             ON CONFLICT DO NOTHING",
        )?
        .execute([noted])?;
    }
    tx.prepare_cached("UPDATE message_search_noted SET n = ?1")?
        .execute([newest])?;
    Ok(())
}

/// Counts what waits in that table, no further than what matters.
fn waiting(conn: &Connection, table: &str) -> Result<u32> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT ?1)");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(params![AT_ONCE + 1], |row| row.get(0))?)
}

/// Brings in some of what large transactions left, the newest first. Returns whether there is more.
pub(crate) fn catch_up_step(tx: &Transaction<'_>) -> Result<bool> {
    if waiting(tx, "people_search_waits")? + waiting(tx, "message_search_waits")? > 0 {
        write_waiting_people(tx, STEP)?;
        write_waiting_messages(tx, STEP)?;
    } else {
        write_newest_range(tx)?;
    }
    is_behind(tx)
}

/// Returns whether a large transaction left something.
pub(crate) fn is_behind(conn: &Connection) -> Result<bool> {
    for table in [
        "message_search_waits",
        "message_search_ranges",
        "people_search_waits",
    ] {
        if waiting(conn, table)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the number of the newest message: it grows fast while a history comes in.
pub(crate) fn newest(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(n), 0) FROM messages")?
        .query_row([], |row| row.get(0))?)
}

fn write_waiting_messages(tx: &Transaction<'_>, most: u32) -> Result<()> {
    let from: Option<i64> = tx
        .prepare_cached("SELECT min(n) FROM (SELECT n FROM message_search_waits ORDER BY n DESC LIMIT ?1)")?
        .query_row(params![most], |row| row.get(0))?;
    let Some(from) = from else { return Ok(()) };
    write_messages(
        tx,
        "SELECT n, again FROM message_search_waits WHERE n >= ?1",
        [from],
    )?;
    tx.prepare_cached("DELETE FROM message_search_waits WHERE n >= ?1")?
        .execute(params![from])?;
    Ok(())
}

/// Brings in the newest part of the newest range.
fn write_newest_range(tx: &Transaction<'_>) -> Result<()> {
    let newest: Option<(i64, i64)> = tx
        .prepare_cached("SELECT first, last FROM message_search_ranges ORDER BY first DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((first, last)) = newest else {
        return Ok(());
    };
    let from = first.max(last + 1 - i64::from(STEP));
    // What is still being built from before may have had the number already.
    let built_from = messages_before(tx)?.unwrap_or(i64::MIN);
    write_messages(
        tx,
        "SELECT n, n < ?3 AS again FROM messages WHERE n BETWEEN ?1 AND ?2",
        [from, last, built_from],
    )?;
    if from == first {
        tx.prepare_cached("DELETE FROM message_search_ranges WHERE first = ?1")?
            .execute([first])?;
    } else {
        tx.prepare_cached("UPDATE message_search_ranges SET last = ?2 WHERE first = ?1")?
            .execute([first, from - 1])?;
    }
    Ok(())
}

fn write_waiting_people(tx: &Transaction<'_>, most: u32) -> Result<()> {
    let people: Vec<ContactId> = tx
        .prepare_cached("SELECT contact_id FROM people_search_waits LIMIT ?1")?
        .query_map(params![most], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut done = tx.prepare_cached("DELETE FROM people_search_waits WHERE contact_id = ?1")?;
    for contact in people {
        write_person(tx, contact)?;
        done.execute(params![contact])?;
    }
    Ok(())
}

/// Brings some of what was here before into the index. Returns whether there is more.
pub(crate) fn build_step(tx: &Transaction<'_>) -> Result<bool> {
    if let Some(after) = meta::get(tx, PEOPLE_AFTER)? {
        return build_people(tx, &after).map(|()| true);
    }
    let Some(before) = messages_before(tx)? else {
        return Ok(false);
    };
    let first: Option<i64> = tx.query_row(
        "SELECT min(n) FROM (SELECT n FROM messages WHERE n < ?1 ORDER BY n DESC LIMIT ?2)",
        params![before, STEP],
        |row| row.get(0),
    )?;
    let Some(first) = first else {
        meta::remove(tx, MESSAGES_BEFORE)?;
        return Ok(false);
    };
    write_messages(
        tx,
        "SELECT n, 1 AS again FROM messages WHERE n >= ?1 AND n < ?2",
        [first, before],
    )?;
    meta::set(tx, MESSAGES_BEFORE, &first.to_string())?;
    Ok(true)
}

fn messages_before(tx: &Transaction<'_>) -> Result<Option<i64>> {
    let before = meta::get(tx, MESSAGES_BEFORE)?;
    Ok(before.map(|before| before.parse().unwrap_or(i64::MAX)))
}

fn build_people(tx: &Transaction<'_>, after: &str) -> Result<()> {
    let people: Vec<ContactId> = tx
        .prepare_cached("SELECT id FROM contacts WHERE id > unhex(?1) ORDER BY id LIMIT ?2")?
        .query_map(params![after, STEP], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let Some(last) = people.last() else {
        meta::remove(tx, PEOPLE_AFTER)?;
        return Ok(());
    };
    for contact in &people {
        write_person(tx, *contact)?;
    }
    meta::set(tx, PEOPLE_AFTER, &last.0.simple().to_string().to_uppercase())?;
    Ok(())
}

/// Returns whether everything is in the index.
fn is_built(conn: &Connection) -> Result<bool> {
    Ok(meta::get(conn, MESSAGES_BEFORE)?.is_none()
        && meta::get(conn, PEOPLE_AFTER)?.is_none()
        && !is_behind(conn)?)
}

/// A message as the index sees it.
struct Indexed {
    number: i64,
    again: bool,
    words: Option<String>,
}

fn write_messages<const N: usize>(tx: &Transaction<'_>, which: &str, parameters: [i64; N]) -> Result<()> {
    let sql = format!(
        "SELECT m.n, m.at, m.text, m.media_name, m.revoked_at, w.again, h.amount_minor, h.currency, h.description,
                EXISTS (SELECT 1 FROM media f WHERE f.message_id = m.id) AS has_file
         FROM ({which}) w
         CROSS JOIN messages m ON m.n = w.n
         LEFT JOIN charges h ON h.id = m.charge_id"
    );
    let mut messages: Vec<Indexed> = tx
        .prepare_cached(&sql)?
        .query_map(params_from_iter(parameters), indexed_from_row)?
        .collect::<Result<_, _>>()?;
    // The index takes rows in the order of their numbers without writing in between.
    messages.sort_unstable_by_key(|message| message.number);
    let mut add = tx.prepare_cached("INSERT INTO message_search (rowid, words) VALUES (?1, ?2)")?;
    let mut replace =
        tx.prepare_cached("INSERT OR REPLACE INTO message_search (rowid, words) VALUES (?1, ?2)")?;
    let mut remove = tx.prepare_cached("DELETE FROM message_search WHERE rowid = ?1")?;
    for message in &messages {
        match &message.words {
            Some(words) if message.again => replace.execute(params![message.number, words])?,
            Some(words) => add.execute(params![message.number, words])?,
            None if message.again => remove.execute(params![message.number])?,
            None => 0,
        };
    }
    Ok(())
}

fn indexed_from_row(row: &Row<'_>) -> rusqlite::Result<Indexed> {
    let n: i64 = row.get("n")?;
    Ok(Indexed {
        number: number_of(at(row, "at")?, n),
        again: row.get("again")?,
        words: if maybe_at(row, "revoked_at")?.is_some() {
            None
        } else {
            Some(words_of_row(row)?)
        },
    })
}

fn words_of_row(row: &Row<'_>) -> rusqlite::Result<String> {
    let mut words = folded(&all_words(row)?);
    let has_payment = row.get::<_, Option<i64>>("amount_minor")?.is_some();
    for (has, word) in [(has_payment, HAS_PAYMENT), (row.get("has_file")?, HAS_FILE)] {
        if has {
            words.push(' ');
            words.push_str(word);
        }
    }
    Ok(words)
}

fn number_of(at: Timestamp, n: i64) -> i64 {
    (at.millis().max(0) / DAY) << NUMBER_BITS | n
}

fn write_person(tx: &Transaction<'_>, contact: ContactId) -> Result<()> {
    let names = tx
        .prepare_cached("SELECT name, coalesce(book_name, '') FROM contacts WHERE id = ?1")?
        .query_row(params![contact], |row| {
            Ok(format!(
                "{} {}",
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?
            ))
        })
        .optional()?;
    let Some(names) = names else { return Ok(()) };
    let mut words = folded(&names);
    let mut identities = tx.prepare_cached("SELECT kind, value FROM identities WHERE contact_id = ?1")?;
    let mut rows = identities.query(params![contact])?;
    while let Some(row) = rows.next()? {
        let value: String = row.get(1)?;
        words.push(' ');
        words.push_str(&match row.get(0)? {
            IdentityKind::Phone => phone_words(&value),
            IdentityKind::UserId | IdentityKind::Username => folded(&value),
        });
    }
    for field in fields::of(tx, contact)? {
        words.push(' ');
        words.push_str(&folded(&field.value));
    }
    let n: i64 = tx
        .prepare_cached(
            "INSERT INTO people (contact_id) VALUES (?1)
             ON CONFLICT (contact_id) DO UPDATE SET n = n RETURNING n",
        )?
        .query_row(params![contact], |row| row.get(0))?;
    tx.prepare_cached("INSERT OR REPLACE INTO people_search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![n, words])?;
    Ok(())
}

/// Returns one page of what fits, after the key `after`.
pub(crate) fn page(conn: &Connection, query: &Query, after: Option<&str>) -> Result<SearchPage> {
    let mut page = SearchPage {
        people: Vec::new(),
        hits: Vec::new(),
        next: None,
        is_building: !is_built(conn)?,
        unclear: query.unclear.clone(),
    };
    if query.is_empty() {
        return Ok(page);
    }
    let within = conversations_within(conn, query)?;
    if after.is_none() {
        page.people = people(conn, query, within.as_ref())?;
    }
    let before = match after {
        Some(cursor) => cursor_from_text(cursor)?,
        None => i64::MAX,
    };
    let rows = match &within {
        Some(within) if !query.from.is_empty() => hits_in(conn, query, within, before)?,
        _ => hits(conn, query, within.as_ref(), before)?,
    };
    page.next = rows.next.map(|number| number.to_string());
    page.hits = rows.hits;
    Ok(page)
}

/// Returns one page of what fits in one conversation, after the key `after`.
pub(crate) fn page_of_conversation(
    conn: &Connection,
    conversation: ConversationId,
    query: &Query,
    after: Option<&str>,
) -> Result<SearchPage> {
    let before = after.map_or(Ok(i64::MAX), cursor_from_text)?;
    let found = if query.is_empty() {
        Hits {
            hits: Vec::new(),
            next: None,
        }
    } else {
        hits_in(conn, query, &HashSet::from([conversation]), before)?
    };
    Ok(SearchPage {
        people: Vec::new(),
        hits: found.hits,
        next: found.next.map(|number| number.to_string()),
        is_building: false,
        unclear: query.unclear.clone(),
    })
}

struct Hits {
    hits: Vec<SearchHit>,
    /// After which number the next page goes on.
    next: Option<i64>,
}

/// Returns the conversations that filters leave; `None` for all.
fn conversations_within(conn: &Connection, query: &Query) -> Result<Option<HashSet<ConversationId>>> {
    let mut within: Option<HashSet<ConversationId>> = None;
    let mut narrow = |found: HashSet<ConversationId>| {
        within = Some(match within.take() {
            Some(known) => known.intersection(&found).copied().collect(),
            None => found,
        });
    };
    if !query.from.is_empty() {
        narrow(of_people(conn, &query.from, FROM)?.into_iter().collect());
    }
    for label in &query.label {
        narrow(labels::conversations_of(conn, label)?);
    }
    Ok(within)
}

/// Returns the conversations whose customers fit, the latest first.
pub(crate) fn of_people(conn: &Connection, terms: &[Term], limit: u32) -> Result<Vec<ConversationId>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.id FROM conversations c
         WHERE c.contact_id IN (
             SELECT contact_id FROM people WHERE n IN (
                 SELECT rowid FROM people_search WHERE people_search MATCH ?1 ORDER BY rowid DESC LIMIT ?3))
         ORDER BY c.last_at DESC LIMIT ?2",
    )?;
    let conversations = statement
        .query_map(params![match_of(terms.iter()), limit, FITTING], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(conversations)
}

/// Returns the customers that fit the words, or the filters where there are only those.
fn people(
    conn: &Connection,
    query: &Query,
    within: Option<&HashSet<ConversationId>>,
) -> Result<Vec<ConversationRow>> {
    let found = if query.terms.is_empty() {
        within
            .map(|within| within.iter().copied().collect())
            .unwrap_or_default()
    } else if query.has_filter() && query.label.is_empty() {
        Vec::new()
    } else {
        let by_number = query.phone.as_ref().map(std::slice::from_ref);
        of_people(conn, by_number.unwrap_or(&query.terms), FROM)?
    };
    let mut rows = found
        .into_iter()
        .filter(|id| within.is_none_or(|within| within.contains(id)))
        .take(if query.terms.is_empty() {
            usize::MAX
        } else {
            PEOPLE
        })
        .map(|id| conversations::row(conn, id))
        .collect::<Result<Vec<_>>>()?;
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.last_at));
    rows.truncate(PEOPLE);
    Ok(rows)
}

const HIT: &str = "
    m.id, m.n, m.conversation_id, m.at, m.direction, m.kind, m.text, m.media_name,
    coalesce(nullif(k.book_name, ''), nullif(k.name, ''),
             (SELECT '+' || ltrim(value, '+') FROM identities
              WHERE contact_id = c.contact_id AND kind = 'phone' ORDER BY seen_at DESC LIMIT 1), '?') AS name,
    h.amount_minor, h.currency, h.description";

fn hits(
    conn: &Connection,
    query: &Query,
    within: Option<&HashSet<ConversationId>>,
    before: i64,
) -> Result<Hits> {
    let mut look = Look {
        query,
        within,
        before: before.min(query.before.map_or(i64::MAX, |at| number_of(at, 0))),
        hits: Vec::new(),
        looked_at: 0,
    };
    let coarse = coarse(&query.terms);
    if let Some(coarse) = &coarse {
        let words = match_of_query(query, coarse);
        let source = if words.is_empty() {
            Source::Everything
        } else {
            Source::Words(&words)
        };
        let is_digit = query
            .terms
            .iter()
            .any(|term| term.is_beginning && is_number(&term.word));
        if look.through(conn, source, if is_digit { BY_DIGITS } else { BY_LETTERS })? {
            return Ok(look.ended());
        }
    }
    if look.is_full() {
        return Ok(look.stopped());
    }
    let exact = match_of_query(query, &query.terms);
    let source = if !exact.is_empty() {
        Source::Words(&exact)
    } else if query.before.is_some() || query.after.is_some() {
        Source::Everything
    } else {
        return Ok(look.ended());
    };
    if look.through(conn, source, LOOKED_AT)? {
        Ok(look.ended())
    } else {
        Ok(look.stopped())
    }
}

/// Returns the terms with the word being typed cut to the letters that have an index; a single
/// letter has none and is left out.
///
/// All messages with another beginning would be gathered before the first is shown. Among those with
/// its first letters, or of all, the newest come one by one, and the common word is soon found.
fn coarse(terms: &[Term]) -> Option<Vec<Term>> {
    let is_indexed = |term: &Term| !term.is_beginning || LETTERS.contains(&term.word.chars().count());
    if terms.iter().all(is_indexed) {
        return None;
    }
    let cut = |term: &Term| {
        let letters = term.word.chars().count();
        let is_left_out = term.is_beginning && letters < *LETTERS.start();
        (!is_left_out).then(|| Term {
            word: if term.is_beginning {
                term.word.chars().take(*LETTERS.end()).collect()
            } else {
                term.word.clone()
            },
            is_beginning: term.is_beginning,
        })
    };
    Some(terms.iter().filter_map(cut).collect())
}

/// Where numbers come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Words(&'a str),
    /// The index's own list of rows.
    Everything,
}

/// A walk through the index, newest first.
struct Look<'a> {
    query: &'a Query,
    within: Option<&'a HashSet<ConversationId>>,
    /// What has not been looked at yet lies before this number.
    before: i64,
    hits: Vec<SearchHit>,
    looked_at: usize,
}

impl Look<'_> {
    /// Looks at up to `most` more. Returns whether there was nothing left.
    fn through(&mut self, conn: &Connection, source: Source<'_>, most: usize) -> Result<bool> {
        let (table, number, condition, words) = match source {
            Source::Words(words) => (
                "message_search",
                "message_search.rowid",
                "message_search MATCH :match",
                words,
            ),
            Source::Everything => ("message_search_docsize s", "s.id", ":match = ''", ""),
        };
        let sql = format!(
            "SELECT {number} AS number, {HIT}
             FROM {table}
             CROSS JOIN messages m ON m.n = ({number} & ((1 << 36) - 1))
             CROSS JOIN conversations c ON c.id = m.conversation_id
             CROSS JOIN contacts k ON k.id = c.contact_id
             LEFT JOIN charges h ON h.id = m.charge_id
             WHERE {condition} AND {number} < :before AND {number} >= :after
             ORDER BY {number} DESC"
        );
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {
            ":match": words,
            ":before": self.before,
            ":after": self.query.after.map_or(0, |at| number_of(at, 0)),
        })?;
        let end = self.looked_at + most;
        while let Some(row) = rows.next()? {
            if self.is_full() || self.looked_at >= end {
                return Ok(false);
            }
            self.looked_at += 1;
            self.before = row.get("number")?;
            if self.is_within(row)? && fits(&all_words(row)?, &self.query.terms) {
                self.hits.push(hit_from_row(row, &self.query.terms)?);
            }
        }
        Ok(true)
    }

    fn is_within(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let Some(within) = self.within else {
            return Ok(true);
        };
        Ok(within.contains(&row.get("conversation_id")?))
    }

    fn is_full(&self) -> bool {
        self.hits.len() >= PAGE
    }

    fn ended(self) -> Hits {
        Hits {
            hits: self.hits,
            next: None,
        }
    }

    fn stopped(self) -> Hits {
        Hits {
            next: Some(self.before),
            hits: self.hits,
        }
    }
}

/// Looks through the messages of a few conversations: of a common word in the whole history few are theirs.
fn hits_in(conn: &Connection, query: &Query, within: &HashSet<ConversationId>, before: i64) -> Result<Hits> {
    let before = before.min(query.before.map_or(i64::MAX, |at| number_of(at, 0)));
    let after = query.after.map_or(0, |at| number_of(at, 0));
    let mut found: Vec<(i64, SearchHit)> = Vec::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {HIT}, m.charge_id IS NOT NULL AS has_payment,
                EXISTS (SELECT 1 FROM media f WHERE f.message_id = m.id) AS has_file
         FROM messages m
         CROSS JOIN conversations c ON c.id = m.conversation_id
         CROSS JOIN contacts k ON k.id = c.contact_id
         LEFT JOIN charges h ON h.id = m.charge_id
         WHERE m.conversation_id = :conversation AND m.revoked_at IS NULL
           AND m.at < :before AND m.at >= :after
         ORDER BY m.at DESC, m.n DESC"
    ))?;
    // The days around the bounds: the numbers themselves decide below.
    let day = |number: i64| (number >> NUMBER_BITS).saturating_mul(DAY);
    for conversation in within {
        let mut rows = statement.query(named_params! {
            ":conversation": conversation,
            ":before": day(before).saturating_add(DAY),
            ":after": day(after),
        })?;
        let mut of_this = 0;
        while let Some(row) = rows.next()? {
            let number = number_of(at(row, "at")?, row.get("n")?);
            if number >= before || number < after || of_this > PAGE {
                continue;
            }
            if query.has_payment && !row.get::<_, bool>("has_payment")?
                || query.has_file && !row.get::<_, bool>("has_file")?
                || !fits(&all_words(row)?, &query.terms)
            {
                continue;
            }
            of_this += 1;
            found.push((number, hit_from_row(row, &query.terms)?));
        }
    }
    found.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|(number, _)| *number);
    Ok(Hits {
        hits: found.into_iter().map(|(_, hit)| hit).collect(),
        next,
    })
}

/// Returns a message's words as the index has them, but for what it has besides.
fn all_words(row: &Row<'_>) -> rusqlite::Result<String> {
    let mut words = row.get_ref("text")?.as_str()?.to_owned();
    let mut add = |more: &str| {
        words.push(' ');
        words.push_str(more);
    };
    if let Some(name) = row.get_ref("media_name")?.as_str_or_null()? {
        add(name);
    }
    if let Some(minor) = row.get::<_, Option<i64>>("amount_minor")? {
        add(row.get_ref("description")?.as_str()?);
        let currency: String = row.get("currency")?;
        let money = Currency::from_code(&currency).and_then(|currency| Money::from_minor(minor, currency));
        if let Ok(money) = money {
            add(&amount_word(&money.decimal()));
        }
    }
    Ok(words)
}

fn hit_from_row(row: &Row<'_>, terms: &[Term]) -> rusqlite::Result<SearchHit> {
    let text: String = row.get("text")?;
    let shown = if text.is_empty() {
        row.get::<_, Option<String>>("media_name")?.unwrap_or_default()
    } else {
        text
    };
    Ok(SearchHit {
        message: row.get("id")?,
        conversation: row.get("conversation_id")?,
        name: row.get("name")?,
        at: at(row, "at")?,
        direction: row.get::<_, Direction>("direction")?,
        kind: row.get::<_, Kind>("kind")?.0,
        snippet: marked(&shown, terms),
    })
}

fn match_of_query(query: &Query, terms: &[Term]) -> String {
    let mut all = match_of(terms.iter());
    for (wanted, word) in [(query.has_payment, HAS_PAYMENT), (query.has_file, HAS_FILE)] {
        if wanted {
            if !all.is_empty() {
                all.push_str(" AND ");
            }
            all.push_str(word);
        }
    }
    all
}

/// Words hold letters and digits alone, so nothing in them is taken for the index's own language.
fn match_of<'a>(terms: impl Iterator<Item = &'a Term>) -> String {
    terms
        .map(|term| format!("\"{}\"{}", term.word, if term.is_beginning { "*" } else { "" }))
        .collect::<Vec<_>>()
        .join(" AND ")
}

fn cursor_from_text(cursor: &str) -> Result<i64> {
    cursor
        .parse()
        .map_err(|_| Error::Invalid("The page cursor is not one of ours. Search again".into()))
}
