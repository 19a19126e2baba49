//! Brings an older history into the index, in steps that keep nobody waiting.

use std::time::Duration;

use crate::domain::Words;
use crate::store::search;
use crate::{CoreEvent, Inbox, Result};

/// Between steps others write.
const PAUSE: Duration = Duration::from_millis(20);

/// A history that comes in is let through first, for so long at a time…
const LET_THROUGH: Duration = Duration::from_millis(250);
/// …and no more often than this: one that never ends must be found, too.
const PATIENCE: u32 = 60;
/// Without being told of anything, the index is looked at after this.
const LOOK: Duration = Duration::from_mins(1);

/// Builds what is missing, and what large transactions leave. A run that ends meanwhile goes on where it was.
pub(crate) async fn run(inbox: Inbox) {
    loop {
        let pause = match build(&inbox).await {
            Ok(()) => {
                inbox.problems.clear("search");
                LOOK
            }
            Err(error) => {
                tracing::warn!(%error, "The search index could not be built");
                inbox.problems.raise(
                    "search",
                    Words::new(
                        "search",
                        "Older messages can't be searched yet",
                        format!("{error}. Cobro tries again by itself"),
                    ),
                );
                Duration::from_mins(5)
            }
        };
        if !inbox.rest(Some(&inbox.indexing), pause).await {
            return;
        }
    }
}

async fn build(inbox: &Inbox) -> Result<()> {
    let mut did_anything = false;
    while inbox.store.write(search::build_step).await? {
        did_anything = true;
        if !inbox.rest(None, PAUSE).await {
            return Ok(());
        }
    }
    let mut is_behind = inbox.store.read(search::is_behind).await?;
    while is_behind && let_through(inbox).await? {
        did_anything = true;
        is_behind = inbox.store.write(search::catch_up_step).await?;
    }
    if did_anything {
        inbox.emit(CoreEvent::StatusChanged);
    }
    Ok(())
}

/// Waits while messages come in faster than they could be indexed. Returns false when the desk ends.
async fn let_through(inbox: &Inbox) -> Result<bool> {
    let mut before = inbox.store.read(search::newest).await?;
    if !inbox.rest(None, PAUSE).await {
        return Ok(false);
    }
    for _ in 0..PATIENCE {
        let newest = inbox.store.read(search::newest).await?;
        if newest - before <= i64::from(search::STEP) / 10 {
            break;
        }
        before = newest;
        if !inbox.rest(None, LET_THROUGH).await {
            return Ok(false);
        }
    }
    Ok(true)
}
