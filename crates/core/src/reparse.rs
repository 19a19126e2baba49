//! Reading kept envelopes again, with what the parser has learned since they came.

use std::time::Duration;

use anyhow::anyhow;
use rusqlite::Connection;
use serde::Serialize;
use specta::Type;

use crate::domain::Words;
use crate::receive::{self, Content, PARSER, Rules};
use crate::store::envelopes::{self, Kept};
use crate::store::meta;
use crate::{Error, Inbox, Result};

/// Envelopes that are read and applied together: the next writer waits no longer than they take.
const BATCH: u32 = 200;
/// Bytes of them that are read at once, though one envelope may have more.
const BYTES: usize = 4 << 20;

/// What a reading of kept envelopes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Reparsed {
    /// Envelopes that were read again.
    pub envelopes: u32,
    /// Messages that were understood anew.
    pub messages: u32,
}

/// Reads every kept envelope again. What was understood before stays as it is;
/// a second run changes nothing.
pub async fn all(inbox: &Inbox) -> Result<Reparsed> {
    let _alone = inbox.reparsing.lock().await;
    let after = inbox.store.read(reparsed_to).await?;
    follow(inbox, after).await
}

/// Reads them again by itself where this version's parser is newer than the last one's.
/// A run that ends meanwhile goes on where it was.
pub(crate) async fn run_once(inbox: Inbox) {
    while let Err(error) = catch_up(&inbox).await {
        tracing::warn!(%error, "Kept messages could not be read again");
        inbox.problems.raise(
            "reparse",
            Words::new(
                "reparse",
                "Older messages could not be read again",
                format!("{error}. Cobro tries again by itself"),
            ),
        );
        if !inbox.rest(None, Duration::from_mins(5)).await {
            return;
        }
    }
    inbox.problems.clear("reparse");
}

async fn catch_up(inbox: &Inbox) -> Result<()> {
    let _alone = inbox.reparsing.lock().await;
    let after = inbox
        .store
        .write(|tx| {
            let known = meta::get(tx, meta::PARSER)?.and_then(|known| known.parse::<u32>().ok());
            if known.is_some_and(|known| known >= PARSER) {
                return Ok(None);
            }
            if known.is_none() && !envelopes::any(tx)? {
                meta::set(tx, meta::PARSER, &PARSER.to_string())?;
                return Ok(None);
            }
            Ok(Some(reparsed_to(tx)?))
        })
        .await?;
    if let Some(after) = after {
        let done = follow(inbox, after).await?;
        tracing::info!(?done, "Kept envelopes were read with a newer parser");
    }
    Ok(())
}

/// Reads on from `after` to the newest envelope, noting down how far it is with each batch.
async fn follow(inbox: &Inbox, mut after: i64) -> Result<Reparsed> {
    let rules = Rules::again(inbox);
    let mut all = Reparsed::default();
    loop {
        if inbox.stopping().is_cancelled() {
            return Err(Error::Other(anyhow!("Cobro is closing")));
        }
        let batch = inbox.store.read(move |conn| read(conn, after)).await?;
        let Some((last, _)) = batch.last() else { break };
        after = last.key;
        all.envelopes += u32::try_from(batch.len()).unwrap_or(u32::MAX);
        let changes = inbox
            .store
            .write(move |tx| {
                let changes = receive::apply_again(tx, rules, &batch)?;
                meta::set(tx, meta::REPARSED_TO, &after.to_string())?;
                Ok(changes)
            })
            .await?;
        all.messages += changes.messages;
        receive::tell(inbox, &changes);
    }
    inbox
        .store
        .write(|tx| {
            meta::remove(tx, meta::REPARSED_TO)?;
            Ok(meta::set(tx, meta::PARSER, &PARSER.to_string())?)
        })
        .await?;
    Ok(all)
}

/// Reads and parses the next envelopes, off the writer.
fn read(conn: &Connection, after: i64) -> Result<Vec<(Kept, Content)>> {
    let mut weight = 0;
    let mut batch = Vec::new();
    for kept in envelopes::kept_after(conn, after, BATCH, BYTES)? {
        let content = Content::of(kept.source, &kept.body);
        weight += content.weight();
        if weight > receive::BATCH && !batch.is_empty() {
            break;
        }
        batch.push((kept, content));
    }
    Ok(batch)
}

fn reparsed_to(conn: &Connection) -> Result<i64> {
    let to = meta::get(conn, meta::REPARSED_TO)?;
    Ok(to.and_then(|to| to.parse().ok()).unwrap_or(0))
}
