//! A desk on a new profile with the sandbox around it, in this process.

use std::time::Duration;

use anyhow::{Context, Result};
use cobro_core::Inbox;
use cobro_core::domain::{ConversationId, Tab};
use cobro_desk::{Desk, Kind, Settings};
use cobro_sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

pub(crate) struct BenchDesk {
    pub(crate) sandbox: Sandbox,
    pub(crate) desk: Desk,
    _folder: TempDir,
}

impl BenchDesk {
    pub(crate) async fn open() -> Result<Self> {
        let sandbox = Sandbox::start(SandboxOptions::default()).await?;
        let folder = tempfile::tempdir()?;
        let (whatsapp, stripe) = (sandbox.whatsapp(), sandbox.stripe());
        let variables = [
            ("COBRO_DATABASE_KEY", "6b".repeat(32)),
            ("COBRO_RELAY_LISTEN", "127.0.0.1:0".into()),
            ("COBRO_WHATSAPP_API", sandbox.whatsapp_url()),
            ("COBRO_WHATSAPP_TOKEN", whatsapp.token.clone()),
            ("COBRO_WHATSAPP_PHONE_NUMBER_ID", whatsapp.phone_number_id.clone()),
            ("COBRO_WHATSAPP_APP_SECRET", whatsapp.app_secret.clone()),
            ("COBRO_STRIPE_API", sandbox.stripe_url()),
            ("COBRO_STRIPE_KEY", stripe.restricted_key.clone()),
            ("COBRO_STRIPE_WEBHOOK_SECRET", stripe.webhook_secret.clone()),
        ];
        let settings = Settings::from_sources(folder.path(), &|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        })?;
        let desk = Desk::open(settings, Kind::Agent).await?;
        sandbox.set_webhooks(&desk.relay_url().context("The desk has no relay")?)?;
        Ok(Self {
            sandbox,
            desk,
            _folder: folder,
        })
    }

    pub(crate) fn inbox(&self) -> &Inbox {
        self.desk.inbox()
    }

    /// Returns the conversation of a customer who has just written.
    pub(crate) async fn conversation_of(&self, name: &str) -> Result<ConversationId> {
        for _ in 0..1000 {
            let page = cobro_core::conversation::list(self.inbox(), Tab::All, name.into(), None).await?;
            if let Some(row) = page.rows.first() {
                return Ok(row.id);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("{name} never appeared in the list")
    }

    pub(crate) async fn close(self) {
        self.desk.shutdown().await;
        self.sandbox.shutdown().await;
    }
}
