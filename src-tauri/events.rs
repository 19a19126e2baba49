//! Core's events on their way to the window.

use std::time::Duration;

use cobro_core::CoreEvent;
use serde::Serialize;
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

/// What follows within this time reaches the window together, each event once.
const BURST: Duration = Duration::from_millis(10);
/// An import says more than this at once; the window reads everything instead.
const MANY: usize = 50;

/// What changed; the window reads it again.
///
/// Many at a time: each delivery costs the window's own thread, and an import has thousands.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[serde(transparent)]
#[specta(transparent)]
#[tauri_specta(event_name = "core-events")]
pub(crate) struct Changed(Vec<CoreEvent>);

/// Tells the window. One that is not there needs no telling.
pub(crate) fn emit(app: &AppHandle, events: Vec<CoreEvent>) {
    if let Err(error) = Changed(events).emit(app) {
        tracing::debug!(%error, "An event did not reach the window");
    }
}

/// Passes on what core says until it ends.
pub(crate) async fn forward(app: AppHandle, heard: Receiver<CoreEvent>) {
    coalesce(heard, |events| emit(&app, events)).await;
}

/// Emits the first event at once, with what was said together with it; what
/// follows within a burst goes together at its end.
async fn coalesce(mut heard: Receiver<CoreEvent>, emit: impl Fn(Vec<CoreEvent>)) {
    let mut burst = Burst::default();
    loop {
        tokio::select! {
            event = heard.recv() => {
                match event {
                    Ok(event) => burst.add(event),
                    Err(RecvError::Lagged(_)) => burst.add(CoreEvent::Resync),
                    Err(RecvError::Closed) => break,
                }
                while let Ok(event) = heard.try_recv() {
                    burst.add(event);
                }
                if burst.ends.is_none() {
                    burst.pass(&emit);
                }
            }
            () = burst.over() => burst.pass(&emit),
        }
    }
    burst.pass(&emit);
}

/// What waits to be emitted, and until when.
#[derive(Default)]
struct Burst {
    waiting: Vec<CoreEvent>,
    ends: Option<Instant>,
}

impl Burst {
    fn add(&mut self, event: CoreEvent) {
        if !self.waiting.contains(&event) {
            self.waiting.push(event);
        }
        if self.waiting.len() > MANY {
            self.waiting = vec![CoreEvent::Resync];
        }
    }

    async fn over(&self) {
        match self.ends {
            Some(ends) => sleep_until(ends).await,
            None => std::future::pending().await,
        }
    }

    /// Emits what waits and begins the next burst; with nothing to emit it is over.
    fn pass(&mut self, emit: impl Fn(Vec<CoreEvent>)) {
        self.ends = (!self.waiting.is_empty()).then(|| Instant::now() + BURST);
        if self.ends.is_some() {
            emit(std::mem::take(&mut self.waiting));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use cobro_core::domain::ConversationId;
    use tokio::sync::broadcast;

    use super::*;

    fn changes() -> Vec<CoreEvent> {
        (0..3)
            .map(|_| CoreEvent::ConversationChanged {
                conversation: ConversationId::new(),
            })
            .collect()
    }

    async fn emitted(capacity: usize, events: &[CoreEvent]) -> Vec<Vec<CoreEvent>> {
        let (say, heard) = broadcast::channel(capacity);
        for event in events {
            say.send(*event).unwrap();
        }
        drop(say);
        let emitted = Mutex::new(Vec::new());
        coalesce(heard, |events| emitted.lock().unwrap().push(events)).await;
        emitted.into_inner().unwrap()
    }

    #[tokio::test]
    async fn repetitions_reach_the_window_once() {
        assert_eq!(
            emitted(64, &[CoreEvent::StatusChanged; 50]).await,
            [[CoreEvent::StatusChanged]]
        );
    }

    #[tokio::test]
    async fn what_was_said_together_arrives_together_and_in_its_order() {
        let changes = changes();
        assert_eq!(emitted(64, &changes).await, [changes]);
    }

    #[tokio::test]
    async fn events_that_were_missed_make_the_window_read_everything() {
        let heard = emitted(2, &[CoreEvent::StatusChanged; 9]).await;
        assert_eq!(heard, [[CoreEvent::Resync, CoreEvent::StatusChanged]]);
    }

    #[tokio::test]
    async fn an_import_makes_the_window_read_everything_instead_of_a_list() {
        let many: Vec<CoreEvent> = (0..20).flat_map(|_| changes()).collect();
        let heard = emitted(64, &many).await;
        let [heard] = heard.as_slice() else {
            panic!("one delivery, not {}", heard.len())
        };
        assert!(heard.contains(&CoreEvent::Resync));
        assert!(heard.len() < 20);
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
