//! Files of messages: fetched, looked at, kept encrypted, and sent.
//!
//! What is known of a file is a row of the inbox; its bytes are in a database of their own.

mod fetch;
mod frames;
mod kinds;
mod looks;
mod outgoing;
mod pictures;
mod policy;
mod reading;
mod staging;
#[cfg(test)]
mod tests;
mod words;

pub use fetch::fetch;
pub(crate) use fetch::run;
pub use frames::keep_frame;
pub(crate) use outgoing::{attach, attach_again, id_for_sending};
pub use policy::{policy, set_policy};
pub(crate) use reading::with_type;
pub use reading::{Served, file_name, may_be_opened, read, save, serve, shown_inline, thumbnail};
pub use staging::{
    LARGEST, stage_append, stage_bytes, stage_discard, stage_file, stage_finish, stage_start, stage_voice,
};

use std::time::Duration;

use crate::domain::Timestamp;
use crate::store::{files, media, staged};
use crate::{Inbox, Result};

/// A file that was staged and never sent is forgotten after this time.
const STAGED_FOR: Duration = Duration::from_hours(24);
/// Files that are looked through together for ones without an owner.
const PAGE: u32 = 500;

/// Settles what the last run left: files that were on their way, and staged ones that never went.
pub(crate) async fn recover(inbox: &Inbox) -> Result<()> {
    inbox
        .store
        .write(|tx| {
            let now = Timestamp::now();
            media::recover(tx, now)?;
            staged::remove_old(tx, now.minus(STAGED_FOR))
        })
        .await
}

/// Erases bytes that no row owns any more.
///
/// A row always comes before its bytes and goes before them, so what has no row now will never have one.
async fn erase_ownerless(inbox: &Inbox) -> Result<()> {
    let mut after = None;
    loop {
        let page = inbox
            .files
            .read(move |conn| files::page(conn, after, PAGE))
            .await?;
        let Some(last) = page.last().copied() else {
            return Ok(());
        };
        let ownerless = inbox
            .store
            .read(move |conn| {
                let mut ownerless = Vec::new();
                for file in page {
                    if !media::needs(conn, file)? {
                        ownerless.push(file);
                    }
                }
                Ok(ownerless)
            })
            .await?;
        for file in ownerless {
            inbox.files.write(move |tx| files::erase(tx, file)).await?;
        }
        after = Some(last);
    }
}
