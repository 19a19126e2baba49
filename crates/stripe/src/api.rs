//! The client: its options, its key, and what it counts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::StripeError;
use crate::transport::Transport;

pub struct StripeOptions {
    /// Such as `https://api.stripe.com/`.
    pub base_url: String,
    /// A secret or restricted key.
    pub key: SecretString,
    /// How long one call may take, its repetitions included.
    pub timeout: Duration,
    /// Called for every read that is sent: reading is metered.
    pub on_read: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl fmt::Debug for StripeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeOptions")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Which of Stripe's two worlds a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMode {
    Test,
    Live,
}

impl KeyMode {
    /// Returns the mode that the key's prefix names. Keys that can't charge,
    /// or aren't Stripe's at all, are refused with the way out.
    pub fn from_key(key: &SecretString) -> Result<Self, StripeError> {
        let key = key.expose_secret();
        if key.is_empty() {
            return Err(StripeError::invalid(
                "The Stripe key is empty. Give a secret key (sk_…) or a restricted key (rk_…)",
            ));
        }
        if key.starts_with("pk_") {
            return Err(StripeError::invalid(
                "This is a publishable key (pk_…), which can't charge. Give a secret key (sk_…) or a restricted key (rk_…)",
            ));
        }
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match key.get(..8) {
            Some("sk_test_" | "rk_test_") if is_key => Ok(Self::Test),
            Some("sk_live_" | "rk_live_") if is_key => Ok(Self::Live),
            _ => Err(StripeError::invalid(
                "This is no Stripe key: it must start with sk_test_, rk_test_, sk_live_ or rk_live_ and have no spaces. Copy it again from Stripe's dashboard",
            )),
        }
    }
}

/// Stripe, as one key sees it. Clones share connections and counts.
#[derive(Clone)]
pub struct StripeApi {
    pub(crate) transport: Arc<Transport>,
    mode: KeyMode,
    /// What tells the key from another: its kind and its end.
    hint: Arc<str>,
}

impl fmt::Debug for StripeApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeApi")
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl StripeApi {
    /// Returns the client. A rustls provider must be installed by then.
    pub fn new(options: StripeOptions) -> Result<Self, StripeError> {
        let mode = KeyMode::from_key(&options.key)?;
        let hint = hint_of(&options.key).into();
        Ok(Self {
            transport: Arc::new(Transport::new(options)?),
            mode,
            hint,
        })
    }

    pub fn key_mode(&self) -> KeyMode {
        self.mode
    }

    /// Returns what tells the key from another one, as Stripe's dashboard shows it: its kind and its last four letters.
    pub fn key_hint(&self) -> &str {
        &self.hint
    }

    /// Returns whether the key may do everything, as a secret key does and a restricted one does not.
    pub fn may_do_everything(&self) -> bool {
        self.hint.starts_with("sk_")
    }

    /// Returns how many reads were sent since the start, repetitions included.
    pub fn reads(&self) -> u64 {
        self.transport.reads()
    }

    /// Returns by how many milliseconds this machine's clock is ahead of
    /// Stripe's, as of the last answer; `None` before the first.
    ///
    /// Stripe tells its time in whole seconds, so a second either way is nothing.
    pub fn clock_skew(&self) -> Option<i64> {
        self.transport.clock_skew()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.mode == KeyMode::Live
    }
}

fn hint_of(key: &SecretString) -> String {
    let key = key.expose_secret();
    let kind = key.get(..8).unwrap_or_default();
    let end = key.get(key.len().saturating_sub(4).max(8)..).unwrap_or_default();
    format!("{kind}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_shows_a_keys_kind_and_end_alone() {
        let hint = |key: &str| hint_of(&SecretString::from(key));
        assert_eq!(hint("rk_test_abcdefghij1234"), "rk_test_…1234");
        assert_eq!(hint("sk_live_ab"), "sk_live_…ab");
    }

    fn mode(key: &str) -> Result<KeyMode, String> {
        KeyMode::from_key(&SecretString::from(key)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_prefix_tells_test_from_live() {
        assert_eq!(mode("sk_test_a1"), Ok(KeyMode::Test));
        assert_eq!(mode("rk_test_a1"), Ok(KeyMode::Test));
        assert_eq!(mode("sk_live_a1"), Ok(KeyMode::Live));
        assert_eq!(mode("rk_live_a1"), Ok(KeyMode::Live));
    }

    #[test]
    fn a_key_that_cannot_charge_is_refused_without_being_shown() {
        assert!(mode("pk_live_secret").unwrap_err().contains("publishable"));
        assert!(mode("").unwrap_err().contains("empty"));
        for key in ["sk_live_a b", "whsec_abc", "sk_tset_abc", "sk_live_ñ"] {
            let error = mode(key).unwrap_err();
            assert!(error.contains("no Stripe key") && !error.contains(key), "{error}");
        }
    }
}
