//! Brings an older history into the index, in steps that keep nobody waiting.

use std::time::Duration;

use crate::domain::Words;
use crate::store::search;
use crate::{CoreEvent, Inbox, Result};

/// Between steps others write.
const PAUSE: Duration = Duration::from_millis(20);

/// Builds what is missing. A run that ends meanwhile goes on where it was.
pub(crate) async fn run(inbox: Inbox) {
    while let Err(error) = build(&inbox).await {
        tracing::warn!(%error, "The search index could not be built");
        inbox.problems.raise(
            "search",
            Words::new(
                "search",
                "Older messages can't be searched yet",
                format!("{error}. Cobro tries again by itself"),
            ),
        );
        if !inbox.rest(None, Duration::from_mins(5)).await {
            return;
        }
    }
    inbox.problems.clear("search");
}

async fn build(inbox: &Inbox) -> Result<()> {
    let mut did_anything = false;
    while inbox.store.write(search::build_step).await? {
        did_anything = true;
        if !inbox.rest(None, PAUSE).await {
            return Ok(());
        }
    }
    if did_anything {
        inbox.emit(CoreEvent::StatusChanged);
    }
    Ok(())
}
