//! One running desk.

use std::path::Path;

use cobro_core::assistant::ModelKey;
use cobro_core::domain::ConversationId;
use cobro_core::{Actor, Inbox, Options, StreamOptions, WhatsAppLines, catalog, connection, health};
use cobro_relay::{Relay, RelayOptions};
use cobro_stripe::{KeyMode, StripeApi, StripeError, StripeOptions};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

use crate::connection::{Connecting, OwnRelay, StripeDoor, client_of};
use crate::control::{Control, ControlRequest, perform};
use crate::profile::ProfileLock;
use crate::{DeskError, Profile, RunningDesk, Settings};

/// What kind of desk it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody looks at it, so it announces.
    Window,
    /// `cobro agent`.
    Agent,
    /// One command that starts the core, does its work and ends: no relay, no announcements.
    Command,
}

/// Which money this desk moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Both APIs are on this machine: nothing is real.
    Sandbox,
    Test,
    Live,
    /// Stripe is not set up.
    Unset,
}

/// A desk: it holds its profile until it is shut down.
#[derive(Debug)]
pub struct Desk {
    inbox: Inbox,
    connecting: Connecting,
    relay: Option<Relay>,
    control: Option<Control>,
    profile: Profile,
    mode: Mode,
    hold_seconds: u32,
    _lock: ProfileLock,
}

/// WhatsApp and Stripe answer in this time, or the answer counts as lost.
pub(crate) const NETWORK_PATIENCE: Duration = Duration::from_secs(20);
const KEEP_JOURNAL: Duration = Duration::from_hours(30 * 24);

impl Desk {
    /// Opens the profile and starts everything that its settings name.
    pub async fn open(settings: Settings, kind: Kind) -> Result<Self, DeskError> {
        let folder = Profile::at(&settings.profile)?;
        match Self::open_in(settings, kind).await {
            Err(error) if !error.is_specific() && folder.is_full() => Err(DeskError::DiskFull),
            // A key that is known to be right can't be wrong: then the file is damaged.
            Err(DeskError::JournalKey) if folder.key_is_checked() => {
                Err(DeskError::Damaged("relay's journal"))
            }
            Err(DeskError::JournalKey) => Err(DeskError::WrongKey),
            opened => opened,
        }
    }

    async fn open_in(settings: Settings, kind: Kind) -> Result<Self, DeskError> {
        let profile = Profile::at(&settings.profile)?;
        let lock = profile.lock()?;
        let key = {
            let (profile, database) = (profile.clone(), settings.database);
            tokio::task::spawn_blocking(move || profile.key(&database))
                .await
                .map_err(anyhow::Error::new)??
        };
        let stream_token: SecretString = hex::encode(key.derive("stream")).into();
        let journal_key = key.derive("journal");
        let control_token: SecretString = hex::encode(key.derive("control")).into();

        let stripe = settings
            .stripe
            .key
            .clone()
            .map(|key| stripe_of(&settings.stripe.api, key))
            .transpose()?;
        // It outlives a run: WhatsApp asks for it again whenever the webhook is set.
        let verify_token: SecretString = settings
            .whatsapp
            .verify_token
            .clone()
            .unwrap_or_else(|| hex::encode(key.derive("verify")).into());
        let whatsapp = client_of(&settings.whatsapp)?
            .zip(settings.whatsapp.token.clone())
            .map(|(api, token)| WhatsAppLines {
                api,
                token,
                lines: settings.whatsapp.lines.clone(),
            });
        let mode = mode_of(&settings.stripe.api, stripe.as_ref());
        let relay = match (&settings.relay.url, kind) {
            (None, Kind::Window | Kind::Agent) => Some(
                Relay::start(RelayOptions {
                    listen: settings.relay.listen,
                    journal_path: profile.journal(),
                    journal_key: Some(journal_key.into()),
                    whatsapp_secrets: settings.whatsapp.app_secrets.clone(),
                    verify_token: verify_token.clone(),
                    stripe_secrets: settings.stripe.webhook_secrets.clone(),
                    stream_token: stream_token.clone(),
                    keep: KEEP_JOURNAL,
                })
                .await?,
            ),
            _ => None,
        };
        let stream = match (&relay, &settings.relay.url) {
            (Some(relay), _) => Some(StreamOptions {
                url: relay.stream_url(),
                token: stream_token,
            }),
            (None, Some(url)) if kind != Kind::Command => Some(StreamOptions {
                url: stream_url(url),
                token: settings.relay.token.unwrap_or(stream_token),
            }),
            _ => None,
        };
        let opened = Inbox::open(Options {
            database: profile.database(),
            key,
            stream,
            whatsapp,
            stripe,
            language: settings.shop.language,
            country: settings.shop.country,
            default_currency: settings.shop.currency,
            default_expiry_hours: settings.shop.expiry_hours,
            announces: kind == Kind::Window,
            poll_every: settings.stripe.poll,
            stripe_webhooks: !settings.stripe.webhook_secrets.is_empty(),
            stale_after: settings.shop.stale_after,
        })
        .await;
        let inbox = match opened {
            Ok(inbox) => inbox,
            // A key that is known to be right can't be wrong: then the file is.
            Err(cobro_core::Error::WrongKey) if profile.key_is_checked() => {
                return Err(DeskError::Damaged("database"));
            }
            Err(error) => return Err(error.into()),
        };
        let model_key = settings.model_key.as_ref().and_then(ModelKey::from_kept);
        cobro_core::assistant::use_model_key(&inbox, model_key);
        use_chosen_numbers(&inbox).await?;
        if let Some(table) = &settings.shop.catalog {
            fill_catalog(&inbox, table).await?;
        }
        let own_relay = relay.as_ref().map(|relay| OwnRelay {
            locksmith: relay.locksmith(),
            url: relay.url(),
            #[cfg(feature = "ngrok")]
            tunnel: tokio::sync::Mutex::default(),
        });
        let connecting = Connecting::new(
            inbox.clone(),
            profile.folder().to_owned(),
            settings.whatsapp,
            StripeDoor {
                api: settings.stripe.api.clone(),
                key_is_fixed: settings.stripe.key_is_fixed,
            },
            verify_token,
            own_relay,
        );
        let control = match kind {
            Kind::Command => None,
            Kind::Window | Kind::Agent => {
                match Control::start(inbox.clone(), connecting.clone(), control_token).await {
                    Ok(control) => Some(control),
                    Err(error) => {
                        inbox.shutdown().await;
                        return Err(error);
                    }
                }
            }
        };
        if let Some(control) = &control {
            let running = RunningDesk {
                pid: std::process::id(),
                control: control.url(),
            };
            if let Err(error) = profile.announce(&running) {
                tracing::warn!(%error, "Other programs can't reach this desk");
            }
        }
        inbox.start();
        #[cfg(feature = "ngrok")]
        if kind != Kind::Command {
            let connecting = connecting.clone();
            tokio::spawn(async move { connecting.keep_tunnel().await });
        }
        Ok(Self {
            inbox,
            connecting,
            relay,
            control,
            profile,
            mode,
            hold_seconds: settings.shop.hold_seconds,
            _lock: lock,
        })
    }

    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Returns what sets up WhatsApp while the desk runs.
    pub fn connecting(&self) -> &Connecting {
        &self.connecting
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns where WhatsApp and Stripe should post, if the relay is inside this desk.
    pub fn relay_url(&self) -> Option<String> {
        self.relay
            .as_ref()
            .map(|relay| format!("http://{}", relay.addr()))
    }

    pub fn profile(&self) -> &Path {
        self.profile.folder()
    }

    pub fn hold_seconds(&self) -> u32 {
        self.hold_seconds
    }

    /// Lands on a conversation, as a click on its notification does.
    pub fn open_conversation(&self, conversation: ConversationId) {
        self.inbox.ask_to_open(conversation);
    }

    /// Does one command on this desk.
    pub async fn perform(&self, request: ControlRequest) -> Result<Value, DeskError> {
        perform(&self.inbox, &self.connecting, request).await
    }

    /// Waits until what was queued has been sent, or can't be for now.
    pub async fn until_sent(&self) {
        for _ in 0..100 {
            match health::outbox_depth(&self.inbox).await {
                Ok(0) | Err(_) => return,
                Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Stops taking webhooks, finishes what is under way, and closes the databases.
    pub async fn shutdown(self) {
        self.profile.unannounce();
        if let Some(control) = self.control {
            control.shutdown().await;
        }
        if let Some(relay) = self.relay {
            relay.shutdown().await;
        }
        self.inbox.shutdown().await;
    }
}

fn stripe_of(api: &str, key: SecretString) -> Result<StripeApi, DeskError> {
    stripe_client(api, key)
        .map_err(|error| DeskError::Setting(format!("stripe.key (COBRO_STRIPE_KEY): {error}")))
}

pub(crate) fn stripe_client(api: &str, key: SecretString) -> Result<StripeApi, StripeError> {
    StripeApi::new(StripeOptions {
        base_url: api.to_owned(),
        key,
        timeout: NETWORK_PATIENCE,
        on_read: None,
    })
}

/// Where settings name no numbers, those that a person chose are in use.
async fn use_chosen_numbers(inbox: &Inbox) -> Result<(), DeskError> {
    if let Some(mut whatsapp) = inbox.whatsapp()
        && whatsapp.lines.is_empty()
    {
        whatsapp.lines = connection::chosen(inbox).await?;
        inbox.use_whatsapp(Some(whatsapp)).await?;
    }
    Ok(())
}

fn mode_of(api: &str, stripe: Option<&StripeApi>) -> Mode {
    match stripe.map(StripeApi::key_mode) {
        None => Mode::Unset,
        Some(KeyMode::Live) => Mode::Live,
        Some(KeyMode::Test) if is_loopback(api) => Mode::Sandbox,
        Some(KeyMode::Test) => Mode::Test,
    }
}

fn is_loopback(api: &str) -> bool {
    api.starts_with("http://127.0.0.1")
        || api.starts_with("http://localhost")
        || api.starts_with("http://[::1]")
}

/// Returns the stream's address at the relay that `url` names.
fn stream_url(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let socket = url.replacen("http", "ws", 1);
    if socket.ends_with("/stream") {
        socket
    } else {
        format!("{socket}/stream")
    }
}

/// Lets an empty catalog start with a table. One that a person has written is left alone.
async fn fill_catalog(inbox: &Inbox, table: &Path) -> Result<(), DeskError> {
    if !catalog::products(inbox, true).await?.is_empty() {
        return Ok(());
    }
    let bytes = tokio::fs::read(table).await.map_err(|error| {
        DeskError::Setting(format!(
            "shop.catalog: {} can't be read ({}). Name a CSV file, or take the setting away",
            table.display(),
            error.kind()
        ))
    })?;
    catalog::import(inbox, Actor::Program, bytes).await?;
    Ok(())
}
