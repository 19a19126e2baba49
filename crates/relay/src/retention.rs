//! Retention: entries that are old, and that every desk has, go.

use std::sync::Arc;
use std::time::Duration;

use cobro_protocol::{Seq, Timestamp};
use tokio::time::{MissedTickBehavior, interval};

use crate::journal::JournalError;
use crate::routes::Shared;

const SAVE_EVERY: Duration = Duration::from_secs(5);
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Writes down how far desks are, and prunes, until the relay closes.
pub(crate) async fn run(shared: Arc<Shared>, keep: Duration) {
    let mut save = interval(SAVE_EVERY);
    let mut prune = interval(PRUNE_EVERY);
    save.set_missed_tick_behavior(MissedTickBehavior::Delay);
    prune.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shared.closing.cancelled() => break,
            _ = save.tick() => shared.desks.save(&shared.journal).await,
            _ = prune.tick(), if !keep.is_zero() => {
                if let Err(error) = prune_once(&shared, Timestamp::now().minus(keep)).await {
                    tracing::warn!(%error, "Old entries were not removed");
                }
            }
        }
    }
}

/// Removes what was received before `moment`, unless a desk has not applied it yet.
async fn prune_once(shared: &Shared, moment: Timestamp) -> Result<(), JournalError> {
    let newest = *shared.journal.last().borrow();
    let young = shared
        .journal
        .first_since(moment)
        .await?
        .unwrap_or(Seq(newest.0 + 1));
    let needed = shared
        .desks
        .furthest_behind()
        .map_or(young, |applied| Seq(applied.0.saturating_add(1)));
    let removed = shared.journal.prune(young.min(needed)).await?;
    if removed > 0 {
        tracing::info!(removed, "Old entries were removed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cobro_protocol::Source;
    use tempfile::TempDir;

    use super::*;
    use crate::{Entry, RelayOptions, relay};

    const DAY: i64 = 86_400;

    /// Returns a relay's inside with one entry a day, from day 1 on.
    async fn with_days(folder: &Path, days: i64) -> Shared {
        let options = RelayOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            journal_path: folder.join("journal.db"),
            journal_key: None,
            whatsapp_secrets: Vec::new(),
            verify_token: "".into(),
            stripe_secrets: Vec::new(),
            stream_token: "token".into(),
            keep: Duration::ZERO,
        };
        let shared = relay::shared(options).await.unwrap();
        for day in 1..=days {
            let entry = Entry {
                id: day.to_string(),
                source: Source::Whatsapp,
                received_at: Timestamp::from_secs(day * DAY),
                headers: "{}".to_owned(),
                body: "{}".to_owned(),
            };
            shared.journal.append(entry).await.unwrap();
        }
        shared
    }

    async fn first_place(shared: &Shared) -> Option<Seq> {
        shared
            .journal
            .page(Seq(0))
            .await
            .unwrap()
            .first()
            .map(|entry| entry.seq)
    }

    #[tokio::test]
    async fn old_entries_go_when_there_is_no_desk() {
        let folder = TempDir::new().unwrap();
        let shared = with_days(folder.path(), 10).await;
        prune_once(&shared, Timestamp::from_secs(5 * DAY)).await.unwrap();
        assert_eq!(first_place(&shared).await, Some(Seq(5)));
        prune_once(&shared, Timestamp::from_secs(50 * DAY)).await.unwrap();
        assert_eq!(first_place(&shared).await, None);
    }

    #[tokio::test]
    async fn what_a_desk_still_lacks_stays() {
        let folder = TempDir::new().unwrap();
        let shared = with_days(folder.path(), 10).await;
        let now = Timestamp::from_secs(11 * DAY);
        shared.desks.connected("quick", Seq(9), now);
        shared.desks.connected("slow", Seq(2), now);
        shared.desks.disconnected("slow", now);
        prune_once(&shared, Timestamp::from_secs(8 * DAY)).await.unwrap();
        assert_eq!(first_place(&shared).await, Some(Seq(3)));
        shared.desks.applied("slow", Seq(9), now);
        prune_once(&shared, Timestamp::from_secs(8 * DAY)).await.unwrap();
        assert_eq!(first_place(&shared).await, Some(Seq(8)));
    }
}
