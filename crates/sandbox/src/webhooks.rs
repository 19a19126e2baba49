//! Webhooks on their way to the relay: signed, in order, repeated until they are answered.

mod letter;
mod queue;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use letter::{Letter, Source};
pub(crate) use worker::{browser, client};

use crate::faults::Faults;
use queue::Queue;

/// A webhook that was answered with a 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    pub source: Source,
    /// A wamid, or a Stripe event's id.
    pub id: String,
    /// `message`, the name of a status, or the type of a Stripe event.
    pub kind: String,
    /// Real time, unlike everything else the sandbox tells.
    pub at: Timestamp,
}

/// How one source's queue is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    pub source: Source,
    pub pending: usize,
    pub acknowledged: u64,
    /// Lost on purpose.
    pub dropped: u64,
    /// Attempts that were not answered with a 2xx.
    pub failed_attempts: u64,
    /// The last answer's status code, or why there was none.
    pub last_answer: Option<String>,
}

/// Sends webhooks in the background. Its copies share one queue per source.
#[derive(Debug, Clone)]
pub struct Webhooks {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The relay's base URL, without a slash at the end.
    target: watch::Sender<Option<String>>,
    /// Where WhatsApp's webhooks go instead, as the shop asked for by API.
    callback: watch::Sender<Option<String>>,
    faults: Faults,
    client: reqwest::Client,
    queues: [Mutex<Queue>; 2],
    wake: [Notify; 2],
    /// Webhooks that wait or are on their way, of both sources.
    pending: watch::Sender<usize>,
    acknowledged: Mutex<Vec<Acknowledged>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Webhooks {
    /// Starts the senders. Without a target everything waits until one is set.
    ///
    /// Must be called within a Tokio runtime.
    pub fn start(faults: Faults) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            target: watch::Sender::new(None),
            callback: watch::Sender::new(None),
            faults,
            client: worker::client()?,
            queues: Source::ALL.map(|source| Mutex::new(Queue::new(source))),
            wake: Source::ALL.map(|_| Notify::new()),
            pending: watch::Sender::new(0),
            acknowledged: Mutex::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        for source in Source::ALL {
            for lane in 0..worker::LANES {
                shared.tasks.spawn(worker::run(Arc::clone(&shared), source, lane));
            }
        }
        Ok(Self { shared })
    }

    /// Sets where webhooks go: the base of `/webhooks/whatsapp` and `/webhooks/stripe`.
    ///
    /// What waits for an earlier target goes there too, at once.
    pub fn set_target(&self, base: Option<&str>) {
        let base = base.map(|base| base.trim_end_matches('/').to_owned());
        self.shared.target.send_replace(base);
        self.leave_at_once();
    }

    /// Sets where WhatsApp's webhooks go instead, as a whole address; `None` ends that.
    pub(crate) fn set_callback(&self, callback: Option<String>) {
        self.shared.callback.send_replace(callback);
        self.leave_at_once();
    }

    fn leave_at_once(&self) {
        for source in Source::ALL {
            self.shared.queue(source, Queue::forget_pauses);
            self.shared.wake(source).notify_waiters();
        }
    }

    pub fn target(&self) -> Option<String> {
        self.shared.target.borrow().clone()
    }

    /// Returns a watch on the target.
    pub(crate) fn watch_target(&self) -> watch::Receiver<Option<String>> {
        self.shared.target.subscribe()
    }

    /// Puts a webhook at the end of its source's queue.
    pub fn send(&self, letter: Letter) {
        let source = letter.source();
        let fate = self.shared.faults.fate();
        self.shared.queue(source, |queue| {
            let before = queue.pending();
            queue.put(letter, &fate);
            let added = queue.pending() - before;
            self.shared.pending.send_modify(|pending| *pending += added);
        });
        self.shared.wake(source).notify_waiters();
    }

    /// Returns how many webhooks have not been answered yet.
    pub fn pending(&self) -> usize {
        *self.shared.pending.borrow()
    }

    /// Waits until every webhook has been answered.
    pub async fn idle(&self) {
        let mut pending = self.shared.pending.subscribe();
        // The sender lives as long as `self`.
        let _ = pending.wait_for(|pending| *pending == 0).await;
    }

    /// Returns what was answered with a 2xx, in that order; a duplicate appears again.
    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        self.shared
            .acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn report(&self) -> Vec<QueueReport> {
        Source::ALL
            .map(|source| self.shared.queue(source, |queue| queue.report()))
            .into()
    }

    /// Tells the senders to end, without waiting for them.
    pub(crate) fn cancel(&self) {
        self.shared.stop.cancel();
    }

    /// Ends the senders; what waits is forgotten.
    pub async fn stop(&self) {
        self.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
    /// Returns the address for a source's webhooks, if there is one yet.
    fn address(&self, source: Source) -> Option<String> {
        let target = self.target.borrow().clone();
        let usual = target.map(|target| format!("{target}{}", source.path()));
        match source {
            Source::WhatsApp => self.callback.borrow().clone().or(usual),
            Source::Stripe => usual,
        }
    }

    fn queue<T>(&self, source: Source, use_it: impl FnOnce(&mut Queue) -> T) -> T {
        let [whatsapp, stripe] = &self.queues;
        let queue = match source {
            Source::WhatsApp => whatsapp,
            Source::Stripe => stripe,
        };
        use_it(&mut queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn wake(&self, source: Source) -> &Notify {
        let [whatsapp, stripe] = &self.wake;
        match source {
            Source::WhatsApp => whatsapp,
            Source::Stripe => stripe,
        }
    }

    fn acknowledge(&self, letter: &Letter) {
        let acknowledged = Acknowledged {
            source: letter.source(),
            id: letter.id().to_owned(),
            kind: letter.kind().to_owned(),
            at: Timestamp::now(),
        };
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(acknowledged);
        self.pending
            .send_modify(|pending| *pending = pending.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests;
