//! What a relay is started with.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::RelayError;

/// What a relay is started with.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// Port 0 takes any free one; see [`crate::Relay::addr`].
    pub listen: SocketAddr,
    pub journal_path: PathBuf,
    /// Without a key the journal is a plain database.
    pub journal_key: Option<JournalKey>,
    /// Any of them may sign. None at all: WhatsApp's endpoint refuses everything.
    pub whatsapp_secrets: Vec<SecretString>,
    /// Empty: Meta's verification request is always refused.
    pub verify_token: SecretString,
    /// Any of them may sign. None at all: Stripe's endpoint refuses everything.
    pub stripe_secrets: Vec<SecretString>,
    /// What a desk shows to read the stream.
    pub stream_token: SecretString,
    /// How long entries are kept; zero keeps them for ever.
    pub keep: Duration,
}

impl RelayOptions {
    /// Thirty days: Meta repeats a delivery for seven, and a desk may be away for weeks.
    pub const KEEP: Duration = Duration::from_hours(30 * 24);

    /// Checks that no secret is empty: anyone could sign with it.
    pub(crate) fn check(&self) -> Result<(), RelayError> {
        let lists = [
            ("COBRO_WHATSAPP_APP_SECRET", self.whatsapp_secrets.as_slice()),
            ("COBRO_STRIPE_WEBHOOK_SECRET", self.stripe_secrets.as_slice()),
            (
                "COBRO_RELAY_STREAM_TOKEN",
                std::slice::from_ref(&self.stream_token),
            ),
        ];
        for (setting, secrets) in lists {
            if secrets.iter().any(is_blank) {
                return Err(RelayError::Options {
                    setting,
                    rule: "must not be empty",
                });
            }
        }
        Ok(())
    }
}

pub(crate) fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

/// The journal's raw SQLCipher key.
pub struct JournalKey(SecretBox<[u8; 32]>);

impl JournalKey {
    /// Returns the key that 64 hexadecimal digits spell.
    pub fn from_hex(hex: &str) -> Result<Self, RelayError> {
        let mut key = Box::new([0; 32]);
        hex::decode_to_slice(hex.trim(), key.as_mut_slice()).map_err(|_| RelayError::Options {
            setting: "COBRO_RELAY_KEY",
            rule: "must be 64 hexadecimal digits",
        })?;
        Ok(Self(SecretBox::new(key)))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl From<[u8; 32]> for JournalKey {
    fn from(key: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }
}

impl Clone for JournalKey {
    fn clone(&self) -> Self {
        Self::from(*self.bytes())
    }
}

impl fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JournalKey([REDACTED])")
    }
}
