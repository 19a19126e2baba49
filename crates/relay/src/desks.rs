//! Which desks read the stream, and how far each has come.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cobro_protocol::{Seq, Timestamp};
use serde::Serialize;

use crate::journal::{DeskMark, Journal, JournalError};

/// Which desks read the stream, and how far each has come.
#[derive(Debug)]
pub(crate) struct Desks(Mutex<BTreeMap<String, Desk>>);

#[derive(Debug, Clone, Copy)]
struct Desk {
    applied: Seq,
    seen_at: Timestamp,
    streams: u32,
    written: bool,
}

/// What `/health` says of a desk.
#[derive(Debug, Serialize)]
pub(crate) struct StreamHealth {
    desk: String,
    connected: bool,
    applied: Seq,
    lag: i64,
    seen_at: Timestamp,
}

impl Desks {
    /// Returns the desks that the journal remembers.
    pub(crate) async fn load(journal: &Journal) -> Result<Self, JournalError> {
        let desks = journal.marks().await?.into_iter().map(|mark| {
            let desk = Desk {
                applied: mark.applied,
                seen_at: mark.seen_at,
                streams: 0,
                written: true,
            };
            (mark.desk, desk)
        });
        Ok(Self(Mutex::new(desks.collect())))
    }

    /// Notes that `name` reads on after `applied`.
    pub(crate) fn connected(&self, name: &str, applied: Seq, at: Timestamp) {
        let mut desks = self.lock();
        let streams = desks.get(name).map_or(0, |desk| desk.streams) + 1;
        desks.insert(
            name.to_owned(),
            Desk {
                applied,
                seen_at: at,
                streams,
                written: false,
            },
        );
    }

    pub(crate) fn disconnected(&self, name: &str, at: Timestamp) {
        if let Some(desk) = self.lock().get_mut(name) {
            desk.streams = desk.streams.saturating_sub(1);
            desk.seen_at = at;
            desk.written = false;
        }
    }

    /// Notes what `name` has committed.
    pub(crate) fn applied(&self, name: &str, applied: Seq, at: Timestamp) {
        if let Some(desk) = self.lock().get_mut(name) {
            desk.applied = applied;
            desk.seen_at = at;
            desk.written = false;
        }
    }

    /// Returns how far the desk that is furthest behind has come.
    pub(crate) fn furthest_behind(&self) -> Option<Seq> {
        self.lock().values().map(|desk| desk.applied).min()
    }

    pub(crate) fn health(&self, last: Seq) -> Vec<StreamHealth> {
        self.lock()
            .iter()
            .map(|(name, desk)| StreamHealth {
                desk: name.clone(),
                connected: desk.streams > 0,
                applied: desk.applied,
                lag: last.0.saturating_sub(desk.applied.0).max(0),
                seen_at: desk.seen_at,
            })
            .collect()
    }

    /// Writes down what changed. After a crash a desk only seems further behind than it is.
    pub(crate) async fn save(&self, journal: &Journal) {
        let changed = self.take_changed();
        if changed.is_empty() {
            return;
        }
        let names: Vec<String> = changed.iter().map(|mark| mark.desk.clone()).collect();
        if let Err(error) = journal.mark(changed).await {
            tracing::warn!(%error, "How far the desks have come was not written down");
            let mut desks = self.lock();
            for name in names {
                desks.entry(name).and_modify(|desk| desk.written = false);
            }
        }
    }

    fn take_changed(&self) -> Vec<DeskMark> {
        let mut changed = Vec::new();
        for (name, desk) in self.lock().iter_mut().filter(|(_, desk)| !desk.written) {
            desk.written = true;
            changed.push(DeskMark {
                desk: name.clone(),
                applied: desk.applied,
                seen_at: desk.seen_at,
            });
        }
        changed
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Desk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
