//! Health: what is wrong now, in words that say what to do.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cobro_stripe::StripeError;
use cobro_whatsapp::{FailureKind, WhatsAppError};
use tokio::sync::broadcast;

use crate::domain::{EnvelopeProblem, Problem, Timestamp, Words};
use crate::store::{envelopes, messages, outbox};
use crate::{CoreEvent, Inbox, Result};

/// The problems that last. Raising one again counts it; clearing ends it. Both tell listeners.
#[derive(Debug)]
pub struct Problems {
    known: Mutex<BTreeMap<&'static str, Problem>>,
    events: broadcast::Sender<CoreEvent>,
}

impl Problems {
    pub(crate) fn new(events: broadcast::Sender<CoreEvent>) -> Self {
        Self {
            known: Mutex::default(),
            events,
        }
    }

    /// Raises the problem named `id`, or counts it again.
    pub fn raise(&self, id: &'static str, words: Words) {
        let mut problems = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = problems.get(id).is_none_or(|known| known.title != words.title);
        let (since, count) = problems.get(id).map_or((Timestamp::now(), 1), |known| {
            (known.since, known.count.saturating_add(1))
        });
        let Words { code, title, advice } = words;
        let id_text = id.to_owned();
        problems.insert(
            id,
            Problem {
                id: id_text,
                code,
                title,
                advice,
                since,
                count,
            },
        );
        drop(problems);
        if is_news {
            self.tell();
        }
    }

    /// Ends the problem named `id`.
    pub fn clear(&self, id: &'static str) {
        let ended = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
        if ended.is_some() {
            self.tell();
        }
    }

    fn tell(&self) {
        // Nobody listening is fine: a desk without a window.
        let _ = self.events.send(CoreEvent::StatusChanged);
    }

    pub fn all(&self) -> Vec<Problem> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Raises what Stripe's refusal means for the shop; a customer's declined card is none of it.
    pub(crate) fn stripe(&self, id: &'static str, error: &StripeError) {
        if !matches!(error, StripeError::Api { .. }) {
            self.raise(id, words_of_stripe(error));
        }
    }

    /// Raises what WhatsApp's refusal means for the shop; one message's own failure is none of it.
    pub(crate) fn whatsapp(&self, error: &WhatsAppError) {
        let shops = matches!(
            error.kind(),
            FailureKind::Token | FailureKind::Account | FailureKind::Registration
        );
        if shops || matches!(error, WhatsAppError::Network { .. }) {
            self.raise(
                "whatsapp",
                Words::new(error.code_text(), error.title(), error.advice()),
            );
        }
    }
}

/// Returns Stripe's refusal in plain words.
pub(crate) fn words_of_stripe(error: &StripeError) -> Words {
    Words::new(error.code_text(), error.title(), error.advice())
}

/// Returns the newest envelopes that could not be understood.
pub async fn envelope_problems(inbox: &Inbox) -> Result<Vec<EnvelopeProblem>> {
    inbox.store.read(|conn| envelopes::problems(conn, 100)).await
}

/// Returns how many messages came that are of no kind we know: kept, and shown as such in their conversations.
pub async fn unknown_messages(inbox: &Inbox) -> Result<u32> {
    inbox.store.read(messages::unknown).await
}

/// Returns how many messages wait to be sent.
pub async fn outbox_depth(inbox: &Inbox) -> Result<u32> {
    inbox.store.read(outbox::depth).await
}

/// Returns how often Stripe was read this month, and the allowance.
pub async fn stripe_reads(inbox: &Inbox) -> Result<(u64, u64)> {
    crate::poll::budget(inbox).await
}
