//! Health: what is wrong now, in words that say what to do.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cobro_stripe::StripeError;
use cobro_whatsapp::{FailureKind, WhatsAppError};

use crate::domain::{EnvelopeProblem, Problem, Timestamp, Words};
use crate::store::{envelopes, outbox};
use crate::{Inbox, Result};

/// The problems that last. Raising one again counts it; clearing ends it.
#[derive(Debug, Default)]
pub struct Problems(Mutex<BTreeMap<&'static str, Problem>>);

impl Problems {
    /// Raises the problem named `id`, or counts it again.
    pub fn raise(&self, id: &'static str, words: Words) {
        let mut problems = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = problems.get(id).map_or((Timestamp::now(), 1), |known| {
            (known.since, known.count.saturating_add(1))
        });
        let Words { code, title, advice } = words;
        problems.insert(
            id,
            Problem {
                id: id.to_owned(),
                code,
                title,
                advice,
                since,
                count,
            },
        );
    }

    /// Ends the problem named `id`.
    pub fn clear(&self, id: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub fn all(&self) -> Vec<Problem> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Raises what Stripe's refusal means for the shop; a customer's declined card is none of it.
    pub(crate) fn stripe(&self, error: &StripeError) {
        if !matches!(error, StripeError::Api { .. }) {
            self.raise("stripe", words_of_stripe(error));
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

/// Returns how many messages wait to be sent.
pub async fn outbox_depth(inbox: &Inbox) -> Result<u32> {
    inbox.store.read(outbox::depth).await
}

/// Returns how often Stripe was read this month, and the allowance.
pub async fn stripe_reads(inbox: &Inbox) -> Result<(u64, u64)> {
    crate::poll::budget(inbox).await
}
