//! Search as you type and opening a conversation at the core's boundary, each beside the bare
//! SQLCipher query of the same run.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cobro_core::domain::{ConversationId, Tab};
use cobro_core::{Inbox, conversation, search};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use rusqlite::{Connection, OpenFlags, params};

use crate::apply::{open_with, relay};
use crate::figures::{Times, line, mark};
use crate::measured::{self, KEY};
use crate::shop::WORDS;

const SEARCH_MS: f64 = 5.0;
const OPEN_MS: f64 = 3.0;
/// How much longer than the bare query it may take.
const TIMES: f64 = 4.0;
const WARM: usize = 50;
const ROUNDS: usize = 400;

/// Runs on a shop of the size that the variables say; by default a million messages.
pub(crate) async fn run() -> Result<()> {
    let folder = tempfile::tempdir()?;
    measured::write_into(folder.path()).await?;
    let folder = folder.path();
    let journal = tempfile::tempdir()?;
    let relay = relay(journal.path()).await?;
    let inbox = open_with(&relay, folder, KEY).await?;
    let bare = bare(folder)?;
    searching(&inbox, &bare).await?;
    opening(&inbox, &bare).await?;
    listing(&inbox).await?;
    inbox.shutdown().await;
    relay.shutdown().await;
    Ok(())
}

/// A reader with the same settings as the core's, and nothing around it.
fn bare(folder: &Path) -> Result<Connection> {
    let db = Connection::open_with_flags(
        folder.join("cobro.db"),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA query_only = ON;",
        hex::encode(KEY)
    ))?;
    Ok(db)
}

/// What somebody types: one, two and three letters of a word on their way to whole ones.
fn typed(chance: &mut StdRng) -> String {
    let word = || {
        WORDS
            .get(20 + chance.random_range(0..100))
            .copied()
            .unwrap_or("pastel")
    };
    let words: Vec<&str> = std::iter::repeat_with(word).take(2).collect();
    let (first, second) = (
        words.first().copied().unwrap_or_default(),
        words.get(1).copied().unwrap_or_default(),
    );
    let cut = |word: &str, letters: usize| word.chars().take(letters).collect::<String>();
    match chance.random_range(0..8) {
        0 => cut(first, 1),
        1 => cut(first, 2),
        2 => cut(first, 3),
        3 => cut(first, 4),
        4 => first.to_owned(),
        5 => format!("{first} {}", cut(second, 1)),
        6 => format!("{first} {}", cut(second, 3)),
        _ => chance.random_range(10..99_000).to_string(),
    }
}

async fn searching(inbox: &Inbox, bare: &Connection) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(7);
    let (mut ours, mut theirs) = (Times::new()?, Times::new()?);
    let mut statement = bare.prepare(
        "SELECT m.id, m.text, m.at FROM message_search
         CROSS JOIN messages m ON m.n = (message_search.rowid & ((1 << 36) - 1))
         WHERE message_search MATCH ?1 ORDER BY message_search.rowid DESC LIMIT 31",
    )?;
    let (mut longest, mut of) = (Duration::ZERO, String::new());
    for round in 0..WARM + ROUNDS {
        let query = typed(&mut chance);
        let begun = Instant::now();
        let page = search::find(inbox, query.clone(), None).await?;
        let took = begun.elapsed();
        let begun = Instant::now();
        let hits: Vec<(Vec<u8>, String, i64)> = statement
            .query_map(params![bare_match(&query)], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<_, _>>()?;
        let bare_took = begun.elapsed();
        anyhow::ensure!(
            page.hits.len() == hits.len().min(30),
            "{query}: {} hits here, {} bare",
            page.hits.len(),
            hits.len()
        );
        if round >= WARM {
            ours.add(took);
            theirs.add(bare_took);
            if took > longest {
                (longest, of) = (took, query);
            }
        }
    }
    report("search as you type, p95", &ours, &theirs, SEARCH_MS);
    line(
        "the slowest search",
        &format!("{:.1} ms", longest.as_secs_f64() * 1000.0),
        &of,
    );
    Ok(())
}

/// The same words as the index folds them.
fn bare_match(query: &str) -> String {
    let plain: String = query
        .chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            'ñ' => 'n',
            other => other,
        })
        .collect();
    let words: Vec<&str> = plain.split(' ').collect();
    let last = words.len().saturating_sub(1);
    words
        .iter()
        .enumerate()
        .map(|(at, word)| format!("\"{word}\"{}", if at == last { "*" } else { "" }))
        .collect::<Vec<_>>()
        .join(" AND ")
}

async fn opening(inbox: &Inbox, bare: &Connection) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(9);
    let some: Vec<ConversationId> = bare
        .prepare("SELECT id FROM conversations ORDER BY id")?
        .query_map([], |row| row.get::<_, [u8; 16]>(0))?
        .map(|id| Ok(ConversationId(uuid::Uuid::from_bytes(id?))))
        .collect::<Result<_>>()?;
    let (mut ours, mut theirs) = (Times::new()?, Times::new()?);
    let mut statement = bare.prepare(
        "SELECT id, text, at, kind, direction, delivery FROM messages WHERE conversation_id = ?1
         ORDER BY at DESC, n DESC LIMIT 50",
    )?;
    for round in 0..WARM + ROUNDS {
        let id = *some
            .get(chance.random_range(0..some.len()))
            .context("No conversation")?;
        let other = *some
            .get(chance.random_range(0..some.len()))
            .context("No conversation")?;
        let begun = Instant::now();
        let (view, thread) = tokio::try_join!(
            conversation::view(inbox, id),
            conversation::thread(inbox, id, None)
        )?;
        let took = begun.elapsed();
        anyhow::ensure!(
            view.row.id == id && !thread.rows.is_empty(),
            "An empty conversation"
        );
        // Another one: what this one's pages left in the file's cache would be a gift.
        let begun = Instant::now();
        let rows: Vec<(Vec<u8>, String)> = statement
            .query_map(params![other.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let bare_took = begun.elapsed();
        anyhow::ensure!(!rows.is_empty(), "An empty conversation");
        if round >= WARM {
            ours.add(took);
            theirs.add(bare_took);
        }
    }
    report("opening a conversation, p95", &ours, &theirs, OPEN_MS);
    Ok(())
}

async fn listing(inbox: &Inbox) -> Result<()> {
    for tab in [Tab::All, Tab::Mine, Tab::Unassigned, Tab::Awaiting] {
        let mut times = Times::new()?;
        for _ in 0..100 {
            let begun = Instant::now();
            conversation::list(inbox, tab, String::new(), None).await?;
            times.add(begun.elapsed());
        }
        line(&format!("first page of the list: {tab:?}"), &times.words(), "");
    }
    let mut times = Times::new()?;
    for _ in 0..50 {
        let begun = Instant::now();
        conversation::counts(inbox).await?;
        times.add(begun.elapsed());
    }
    line("counts of the tabs", &times.words(), "");
    Ok(())
}

fn report(what: &str, ours: &Times, bare: &Times, limit: f64) {
    let ratio = ours.ms(95.0) / bare.ms(95.0).max(0.001);
    line(
        what,
        &format!("p50 {:.2} ms, p95 {:.2} ms", ours.ms(50.0), ours.ms(95.0)),
        &format!(
            "bare: p50 {:.2} ms, p95 {:.2} ms; under {limit} ms: {}; within {TIMES} times: {} ({ratio:.1})",
            bare.ms(50.0),
            bare.ms(95.0),
            mark(ours.ms(95.0) < limit),
            mark(ratio <= TIMES)
        ),
    );
}
