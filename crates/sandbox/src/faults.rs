//! What is made to go wrong: on requests to an endpoint, and on webhooks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// Where a request can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `POST /{phone_number_id}/messages` that sends something.
    WhatsAppSend,
    /// `POST /{phone_number_id}/media`.
    WhatsAppUpload,
    /// `GET` and `DELETE` of a file's id.
    WhatsAppMedia,
    /// The file itself.
    WhatsAppDownload,
    /// Every other request to the Graph API, read receipts included.
    WhatsAppOther,
    /// Stripe's `POST` and `DELETE`.
    StripePost,
    StripeGet,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The work is done, then the connection closes without an answer.
    LostAnswer,
    /// The connection closes without an answer, and nothing was done.
    LostRequest,
    /// A 500, and nothing was done.
    #[serde(rename = "error_500")]
    Error500,
    /// The work is done, then a 500 is answered.
    #[serde(rename = "error_500_after")]
    Error500After,
    /// A 502 in HTML, as from a proxy, and nothing was done.
    #[serde(rename = "html_502")]
    Html502,
    /// Too many requests; WhatsApp's 130429.
    #[serde(rename = "rate_limit_429")]
    RateLimit429,
    /// Too many messages to one customer: WhatsApp's 131056. Stripe takes it for `rate_limit_429`.
    PairRateLimit,
    /// The work is done, and the answer comes after `delay_ms`.
    Timeout,
    /// WhatsApp's error `code`, and nothing was done. Stripe takes it for `error_500`.
    GraphError,
    /// The message is accepted, and a `failed` status with `code` follows. WhatsApp only.
    FailedStatus,
    /// Stripe's 409 for a request whose key is in use, and nothing was done. WhatsApp takes it for `error_500`.
    #[serde(rename = "conflict_409")]
    Conflict409,
    /// The work is done, and the answer is one of a later API version: with fields and words that nobody knows yet,
    /// and without some that everybody knows. Stripe only.
    NewerVersion,
    /// The connection is cut after `bytes` bytes of the file. Downloads only.
    CutShort,
    /// The file comes in pieces of `bytes` bytes, each after `delay_ms`. Downloads only.
    Slow,
    /// One byte of the file is another. Downloads only.
    Corrupt,
    /// The file's `sha256` is that of another. Of a file's id only.
    #[serde(rename = "wrong_sha256")]
    WrongSha256,
}

/// A fault as it is asked for. Without `next` and `probability` it hits every request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub kind: Kind,
    /// Hits this many requests, then is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
    /// Hits a request with this probability, by `seed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    #[serde(default)]
    pub seed: u64,
    /// An error code, where the kind takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    #[serde(default)]
    pub delay_ms: u64,
    /// How much of a file, where the kind takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl Fault {
    /// Returns a fault that hits every request.
    pub fn always(kind: Kind) -> Self {
        Self {
            kind,
            next: None,
            probability: None,
            seed: 0,
            code: None,
            delay_ms: 0,
            bytes: None,
        }
    }

    /// Returns a fault that hits the next `count` requests.
    pub fn next(count: u32, kind: Kind) -> Self {
        Self {
            next: Some(count),
            ..Self::always(kind)
        }
    }

    #[must_use]
    pub fn with_code(self, code: i64) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    #[must_use]
    pub fn with_bytes(self, bytes: u64) -> Self {
        Self {
            bytes: Some(bytes),
            ..self
        }
    }

    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        Self {
            delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
            ..self
        }
    }
}

/// What to do to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    pub code: Option<i64>,
    /// How long to wait before the answer, whatever the kind.
    pub delay: Duration,
    pub bytes: Option<u64>,
}

/// What is done to webhooks on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// How probably a webhook is sent twice.
    pub duplicate: f64,
    /// Lets a later webhook overtake an earlier one.
    pub reorder: bool,
    /// How long a webhook waits before it is sent: least and most.
    pub delay_ms: (u64, u64),
    /// How probably a webhook is lost for good.
    pub drop: f64,
    /// The same seed makes the same choices for the first, second, … webhook.
    pub seed: u64,
}

impl Default for WebhookFaults {
    fn default() -> Self {
        Self {
            duplicate: 0.0,
            reorder: false,
            delay_ms: (0, 0),
            drop: 0.0,
            seed: 0,
        }
    }
}

/// How long `reorder` holds a webhook at most when no delay is set.
const SHUFFLE_MS: u64 = 400;

/// What was chosen for one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) dropped: bool,
    pub(crate) copies: usize,
    /// One delay for each copy.
    pub(crate) delays: [Duration; 2],
    /// Whether it may be overtaken while it waits.
    pub(crate) loose: bool,
}

/// The faults that are set, shared by all who ask.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: BTreeMap<Endpoint, Armed>,
    webhooks: WebhookFaults,
    dice: Option<StdRng>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    dice: StdRng,
}

impl Faults {
    /// Sets what goes wrong at `endpoint`, in place of what was set; `None` clears it.
    pub fn set(&self, endpoint: Endpoint, fault: Option<Fault>) {
        let mut state = self.state();
        match fault {
            Some(fault) if fault.next != Some(0) => {
                let dice = StdRng::seed_from_u64(fault.seed);
                state.requests.insert(endpoint, Armed { fault, dice });
            }
            _ => {
                state.requests.remove(&endpoint);
            }
        }
    }

    /// Returns what is set at `endpoint`, with what is left of its `next`.
    pub fn get(&self, endpoint: Endpoint) -> Option<Fault> {
        self.state()
            .requests
            .get(&endpoint)
            .map(|armed| armed.fault.clone())
    }

    pub fn set_webhooks(&self, webhooks: WebhookFaults) {
        let mut state = self.state();
        state.dice = Some(StdRng::seed_from_u64(webhooks.seed));
        state.webhooks = webhooks;
    }

    pub fn webhooks(&self) -> WebhookFaults {
        self.state().webhooks.clone()
    }

    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// Returns what is to happen to the request that just came; each call uses up one chance.
    pub fn strike(&self, endpoint: Endpoint) -> Option<Hit> {
        let mut state = self.state();
        let armed = state.requests.get_mut(&endpoint)?;
        if let Some(probability) = armed.fault.probability
            && !armed.dice.random_bool(probability.clamp(0.0, 1.0))
        {
            return None;
        }
        let fault = &mut armed.fault;
        let hit = Hit {
            kind: fault.kind,
            code: fault.code,
            delay: Duration::from_millis(fault.delay_ms),
            bytes: fault.bytes,
        };
        if let Some(left) = &mut fault.next {
            *left = left.saturating_sub(1);
        }
        if fault.next == Some(0) {
            state.requests.remove(&endpoint);
        }
        Some(hit)
    }

    /// Returns what is to happen to the next webhook.
    pub(crate) fn fate(&self) -> Fate {
        let state = &mut *self.state();
        let faults = state.webhooks.clone();
        let dice = state
            .dice
            .get_or_insert_with(|| StdRng::seed_from_u64(faults.seed));
        // Every webhook takes the same number of throws, so one choice does not shift the next.
        let dropped = dice.random_bool(faults.drop.clamp(0.0, 1.0));
        let twice = dice.random_bool(faults.duplicate.clamp(0.0, 1.0));
        let (least, mut most) = faults.delay_ms;
        if faults.reorder && most <= least {
            most = least + SHUFFLE_MS;
        }
        let mut delay = || Duration::from_millis(dice.random_range(least..=most.max(least)));
        let delays = [delay(), delay()];
        Fate {
            dropped,
            copies: if twice { 2 } else { 1 },
            delays,
            loose: faults.reorder,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_hits_that_many_requests_and_is_gone() {
        let faults = Faults::default();
        faults.set(Endpoint::WhatsAppSend, Some(Fault::next(2, Kind::LostAnswer)));
        let hits: Vec<bool> = (0..4)
            .map(|_| faults.strike(Endpoint::WhatsAppSend).is_some())
            .collect();
        assert_eq!(hits, [true, true, false, false]);
        assert_eq!(faults.get(Endpoint::WhatsAppSend), None);
    }

    #[test]
    fn a_fault_stays_at_its_endpoint() {
        let faults = Faults::default();
        faults.set(Endpoint::StripePost, Some(Fault::always(Kind::Error500)));
        assert_eq!(faults.strike(Endpoint::StripeGet), None);
        assert!(faults.strike(Endpoint::StripePost).is_some());
        faults.clear();
        assert_eq!(faults.strike(Endpoint::StripePost), None);
    }

    #[test]
    fn a_seed_repeats_its_choices() {
        let play = |seed| {
            let faults = Faults::default();
            let webhooks = WebhookFaults {
                duplicate: 0.3,
                drop: 0.2,
                reorder: true,
                seed,
                ..Default::default()
            };
            faults.set_webhooks(webhooks);
            (0..50).map(|_| faults.fate()).collect::<Vec<_>>()
        };
        assert_eq!(play(7), play(7));
        assert_ne!(play(7), play(8));
    }

    #[test]
    fn a_probable_fault_hits_about_that_often() {
        let faults = Faults::default();
        let fault = Fault {
            probability: Some(0.25),
            seed: 3,
            ..Fault::always(Kind::LostAnswer)
        };
        faults.set(Endpoint::WhatsAppSend, Some(fault));
        let hits = (0..1000)
            .filter(|_| faults.strike(Endpoint::WhatsAppSend).is_some())
            .count();
        assert!((200..300).contains(&hits), "{hits}");
    }

    #[test]
    fn faults_are_asked_for_in_documented_words() {
        let fault: Fault =
            serde_json::from_str(r#"{"next":3,"kind":"rate_limit_429","delay_ms":5}"#).unwrap();
        assert_eq!(
            fault,
            Fault::next(3, Kind::RateLimit429).with_delay(Duration::from_millis(5))
        );
        for word in [
            "lost_answer",
            "lost_request",
            "error_500",
            "error_500_after",
            "html_502",
            "pair_rate_limit",
            "newer_version",
            "cut_short",
            "slow",
            "corrupt",
            "wrong_sha256",
        ] {
            serde_json::from_value::<Kind>(word.into()).unwrap();
        }
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"error_500","nxt":1}"#).is_err());
    }
}
