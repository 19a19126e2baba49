//! Core's events on their way to the window.

use std::collections::HashMap;
use std::time::Duration;

use cobro_core::CoreEvent;
use serde::Serialize;
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

/// Repetitions within this time reach the window as one.
const BURST: Duration = Duration::from_millis(10);

/// Something changed; the window reads it again.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[serde(transparent)]
#[specta(transparent)]
#[tauri_specta(event_name = "core-event")]
pub(crate) struct Changed(CoreEvent);

/// Tells the window. One that is not there needs no telling.
pub(crate) fn emit(app: &AppHandle, event: CoreEvent) {
    if let Err(error) = Changed(event).emit(app) {
        tracing::debug!(%error, "An event did not reach the window");
    }
}

/// Passes on what core says until it ends.
pub(crate) async fn forward(app: AppHandle, heard: Receiver<CoreEvent>) {
    coalesce(heard, |event| emit(&app, event)).await;
}

/// Emits the first of equal events at once, and those that follow within a burst as one at its end.
async fn coalesce(mut heard: Receiver<CoreEvent>, emit: impl Fn(CoreEvent)) {
    let mut burst = Burst::default();
    loop {
        tokio::select! {
            event = heard.recv() => match event {
                Ok(event) => burst.hear(event, &emit),
                Err(RecvError::Lagged(_)) => burst.hear(CoreEvent::Resync, &emit),
                Err(RecvError::Closed) => break,
            },
            () = burst.over() => burst.end(&emit),
        }
    }
    burst.end(&emit);
}

/// What was emitted a moment ago, and whether it was heard again since.
#[derive(Default)]
struct Burst {
    heard_again: HashMap<CoreEvent, bool>,
    ends: Option<Instant>,
}

impl Burst {
    fn hear(&mut self, event: CoreEvent, emit: impl Fn(CoreEvent)) {
        if let Some(again) = self.heard_again.get_mut(&event) {
            *again = true;
            return;
        }
        emit(event);
        self.heard_again.insert(event, false);
        self.ends.get_or_insert_with(|| Instant::now() + BURST);
    }

    async fn over(&self) {
        match self.ends {
            Some(ends) => sleep_until(ends).await,
            None => std::future::pending().await,
        }
    }

    fn end(&mut self, emit: impl Fn(CoreEvent)) {
        self.heard_again.retain(|_, again| *again);
        for (event, again) in &mut self.heard_again {
            emit(*event);
            *again = false;
        }
        self.ends = (!self.heard_again.is_empty()).then(|| Instant::now() + BURST);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use cobro_core::domain::ConversationId;
    use tokio::sync::broadcast;

    use super::*;

    async fn emitted(capacity: usize, events: &[CoreEvent]) -> Vec<CoreEvent> {
        let (say, heard) = broadcast::channel(capacity);
        for event in events {
            say.send(*event).unwrap();
        }
        drop(say);
        let emitted = Mutex::new(Vec::new());
        coalesce(heard, |event| emitted.lock().unwrap().push(event)).await;
        emitted.into_inner().unwrap()
    }

    #[tokio::test]
    async fn a_burst_reaches_the_window_as_its_first_and_its_last() {
        assert_eq!(
            emitted(64, &[CoreEvent::StatusChanged; 50]).await,
            [CoreEvent::StatusChanged; 2]
        );
    }

    #[tokio::test]
    async fn different_events_all_arrive_in_their_order() {
        let changes = [ConversationId::new(), ConversationId::new()]
            .map(|conversation| CoreEvent::ConversationChanged { conversation });
        assert_eq!(emitted(64, &changes).await, changes);
    }

    #[tokio::test]
    async fn events_that_were_missed_make_the_window_read_everything() {
        let heard = emitted(2, &[CoreEvent::StatusChanged; 9]).await;
        assert_eq!(heard.first(), Some(&CoreEvent::Resync));
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_after_a_burst_is_not_held_back() {
        let (say, heard) = broadcast::channel(64);
        let started = Instant::now();
        let times = Mutex::new(Vec::new());
        let talk = async {
            for pause in [0, 3, 3, 50] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                say.send(CoreEvent::StatusChanged).unwrap();
            }
            drop(say);
        };
        let listen = coalesce(heard, |_| {
            times.lock().unwrap().push(started.elapsed().as_millis());
        });
        tokio::join!(talk, listen);
        assert_eq!(*times.lock().unwrap(), [0, 10, 56]);
    }
}
