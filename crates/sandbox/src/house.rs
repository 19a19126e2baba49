//! Everything that a running sandbox consists of.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::sync::watch;
use url::Url;

use crate::clock::Clock;
use crate::customer::Customer;
use crate::faults::Faults;
use crate::handshake::Handshake;
use crate::journal::Journal;
use crate::stripe::Stripe;
use crate::webhooks::Webhooks;
use crate::whatsapp::WhatsApp;

/// The parts of a sandbox, shared by all who serve it.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) clock: Clock,
    pub(crate) webhooks: Webhooks,
    pub(crate) faults: Faults,
    pub(crate) whatsapp: Arc<WhatsApp>,
    pub(crate) stripe: Arc<Stripe>,
    pub(crate) journal: Journal,
    pub(crate) handshake: watch::Receiver<Handshake>,
    /// The script's name.
    pub(crate) script: Arc<String>,
}

impl House {
    pub(crate) fn customer(&self, named: &str) -> Customer {
        Customer::new(Arc::clone(&self.whatsapp), Arc::clone(&self.stripe), named)
    }

    /// Skips time, and lets Stripe do what became due.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.stripe.catch_up();
    }

    /// Sets the base of `/webhooks/whatsapp` and `/webhooks/stripe`, in place of any callback set by API.
    pub(crate) fn set_webhooks(&self, url: Option<&str>) -> anyhow::Result<()> {
        if let Some(url) = url {
            let parsed = Url::parse(url).with_context(|| format!("'{url}' is not a URL"))?;
            ensure!(
                matches!(parsed.scheme(), "http" | "https") && parsed.has_host(),
                "'{url}' is not an address for webhooks: give one like http://127.0.0.1:7100"
            );
        }
        self.webhooks.set_target(url);
        self.whatsapp.forget_callbacks();
        Ok(())
    }
}
