//! Connecting to WhatsApp: the credentials and where they lie, the numbers in use, and the way in.

use std::path::PathBuf;
use std::sync::Arc;
#[cfg(feature = "ngrok")]
use std::time::Duration;

use cobro_core::connection::{self, NewWebhook, OwnFacts};
#[cfg(feature = "ngrok")]
use cobro_core::domain::Words;
use cobro_core::domain::{Connection, Credentials, StripeKey, WayIn};
use cobro_core::{Error, Inbox, KnownLine, WhatsAppLines, stripe_key};
use cobro_relay::Locksmith;
use cobro_whatsapp::{WhatsAppApi, WhatsAppError, WhatsAppOptions};
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::desk::{NETWORK_PATIENCE, stripe_client};
use crate::settings::WhatsAppSettings;
use crate::{DeskError, keychain};

/// How soon a tunnel that did not open is tried again, and how seldom at most.
#[cfg(feature = "ngrok")]
const FIRST_RETRY: Duration = Duration::from_secs(2);
#[cfg(feature = "ngrok")]
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// Where the relay takes WhatsApp's webhooks.
const DOOR: &str = "/webhooks/whatsapp";

/// What a person sets up of WhatsApp while the desk runs. Clones are the same.
#[derive(Debug, Clone)]
pub struct Connecting(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    inbox: Inbox,
    profile: PathBuf,
    /// One change at a time.
    settings: Mutex<WhatsAppSettings>,
    verify_token: SecretString,
    /// Of the relay inside; `None` where it is elsewhere.
    relay: Option<OwnRelay>,
    /// Whether the verify token is one that a relay elsewhere knows.
    verify_token_is_told: bool,
    stripe: StripeDoor,
}

/// How Stripe is reached, whatever key is used.
#[derive(Debug)]
pub(crate) struct StripeDoor {
    pub api: String,
    pub key_is_fixed: bool,
}

/// The relay inside this desk.
#[derive(Debug)]
pub(crate) struct OwnRelay {
    pub locksmith: Locksmith,
    #[cfg_attr(
        not(feature = "ngrok"),
        expect(dead_code, reason = "only a tunnel leads there")
    )]
    pub url: String,
    #[cfg(feature = "ngrok")]
    pub tunnel: Mutex<Option<crate::tunnel::Tunnel>>,
}

impl Connecting {
    pub(crate) fn new(
        inbox: Inbox,
        profile: PathBuf,
        settings: WhatsAppSettings,
        stripe: StripeDoor,
        verify_token: SecretString,
        relay: Option<OwnRelay>,
    ) -> Self {
        Self(Arc::new(Parts {
            inbox,
            profile,
            verify_token_is_told: settings.verify_token.is_some(),
            settings: Mutex::new(settings),
            verify_token,
            relay,
            stripe,
        }))
    }

    /// Returns how the connection stands, as far as it was heard.
    pub async fn view(&self) -> Result<Connection, DeskError> {
        let settings = self.0.settings.lock().await;
        let own = OwnFacts {
            app_id: settings.app_id.clone(),
            has_app_secret: !settings.app_secrets.is_empty(),
            can_tunnel: cfg!(feature = "ngrok") && self.0.relay.is_some(),
        };
        drop(settings);
        Ok(connection::view(&self.0.inbox, own).await?)
    }

    /// Keeps credentials in the system's keychain, uses them from now on, and asks Meta about them.
    pub async fn save(&self, given: Credentials) -> Result<Connection, DeskError> {
        let given = [
            (keychain::APP_ID, given.app_id),
            (keychain::APP_SECRET, given.app_secret),
            (keychain::TOKEN, given.token),
        ];
        let mut settings = self.0.settings.lock().await;
        let mut next = settings.clone();
        let mut to_keep = Vec::new();
        for (name, value) in given {
            let Some(value) = value
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
            else {
                continue;
            };
            if settings.fixed.contains(&name) {
                return Err(Error::Conflict(format!(
                    "{name} stands in cobro.toml or in the environment, which win over what is saved here. Take it out there first"
                ))
                .into());
            }
            checked(name, &value)?;
            match name {
                keychain::APP_ID => next.app_id = Some(value.clone()),
                keychain::APP_SECRET => next.app_secrets = vec![value.clone().into()],
                _ => next.token = Some(value.clone().into()),
            }
            to_keep.push((name, SecretString::from(value)));
        }
        // Before anything is kept: a token that makes no client is none.
        let client = client_of(&next)?;
        if let Some(client) = &client {
            require_one_app(client, &next).await?;
        }
        let is_another = to_keep.iter().any(|(name, _)| *name != keychain::APP_ID);
        self.keep(to_keep).await?;
        *settings = next;
        self.apply(&settings, client).await?;
        if is_another {
            connection::doubt_webhook(&self.0.inbox).await?;
        }
        drop(settings);
        self.check().await
    }

    /// Keeps another Stripe key in the system's keychain, once Stripe has taken it. It is used from the next
    /// start on: what is under way with the old one is finished with it. Returns what it may do of what Cobro needs.
    pub async fn save_stripe_key(&self, key: &str) -> Result<StripeKey, DeskError> {
        if self.0.stripe.key_is_fixed {
            return Err(Error::Conflict(
                "stripe.key stands in cobro.toml or in the environment, which win over what is saved here. Take it out there first".into(),
            )
            .into());
        }
        let key = SecretString::from(key.trim().to_owned());
        let client =
            stripe_client(&self.0.stripe.api, key.clone()).map_err(|error| Error::Invalid(error.advice()))?;
        let tried = stripe_key::try_key(&client).await.map_err(Error::from)?;
        self.keep(vec![(keychain::STRIPE_KEY, key)]).await?;
        Ok(tried)
    }

    async fn keep(&self, secrets: Vec<(&'static str, SecretString)>) -> Result<(), DeskError> {
        let profile = self.0.profile.clone();
        let kept = tokio::task::spawn_blocking(move || {
            secrets
                .iter()
                .try_for_each(|(name, secret)| keychain::keep(&profile, name, secret))
        })
        .await
        .map_err(anyhow::Error::new)?;
        kept.map_err(DeskError::CredentialsNotKept)
    }

    /// Uses the credentials from now on, here and at the relay's door.
    async fn apply(&self, settings: &WhatsAppSettings, client: Option<WhatsAppApi>) -> Result<(), DeskError> {
        if let Some(relay) = &self.0.relay {
            relay
                .locksmith
                .change(settings.app_secrets.clone(), self.0.verify_token.clone());
        }
        let lines = self.lines(settings).await?;
        let whatsapp = match (client, settings.token.clone()) {
            (Some(api), Some(token)) => Some(WhatsAppLines { api, token, lines }),
            _ => None,
        };
        Ok(self.0.inbox.use_whatsapp(whatsapp).await?)
    }

    /// The numbers that settings name win over those that a person chose.
    async fn lines(&self, settings: &WhatsAppSettings) -> Result<Vec<KnownLine>, DeskError> {
        if settings.lines.is_empty() {
            Ok(connection::chosen(&self.0.inbox).await?)
        } else {
            Ok(settings.lines.clone())
        }
    }

    /// Asks Meta what the token may do and which numbers it reaches.
    pub async fn check(&self) -> Result<Connection, DeskError> {
        connection::check(&self.0.inbox).await?;
        self.view().await
    }

    /// Answers from these numbers, and from no others, from now on.
    pub async fn choose(&self, phone_number_ids: Vec<String>) -> Result<Connection, DeskError> {
        let settings = self.0.settings.lock().await;
        if !settings.lines.is_empty() {
            return Err(Error::Conflict(
                "The numbers stand in cobro.toml or in the environment (whatsapp.lines, whatsapp.phone_number_id), which win over a choice here. Change them there"
                    .into(),
            )
            .into());
        }
        connection::choose(&self.0.inbox, phone_number_ids).await?;
        self.apply(&settings, client_of(&settings)?).await?;
        drop(settings);
        // Now that they are lines, what Meta tells of them is kept with them.
        self.check().await
    }

    /// Registers a number for the Cloud API with its PIN.
    pub async fn register(&self, phone_number_id: &str, pin: SecretString) -> Result<Connection, DeskError> {
        connection::register(&self.0.inbox, phone_number_id, &pin).await?;
        self.view().await
    }

    /// Tells WhatsApp to post to the relay: at its own address, or through the tunnel built in.
    pub async fn set_webhook(&self, way: WayIn) -> Result<Connection, DeskError> {
        let settings = self.0.settings.lock().await;
        let Some(app_secret) = settings.app_secrets.first().cloned() else {
            return Err(Error::Invalid(
                "The app secret is not set, so the relay could not tell WhatsApp's webhooks from forged ones. Put it in first: it stands in the app's basic settings at Meta"
                    .into(),
            )
            .into());
        };
        if self.0.relay.is_none() && !self.0.verify_token_is_told {
            return Err(Error::Invalid(
                "The relay does not run in this desk, which does not know its verify token either. Start the desk first, or give the other relay's token here (whatsapp.verify_token, COBRO_WHATSAPP_VERIFY_TOKEN)"
                    .into(),
            )
            .into());
        }
        let app_id = settings.app_id.clone();
        drop(settings);
        let by_tunnel = way == WayIn::Ngrok;
        let base = match way {
            WayIn::Address { url } => url,
            WayIn::Ngrok => self.tunnel().await?,
        };
        let new = NewWebhook {
            url: door_of(&base)?,
            verify_token: self.0.verify_token.clone(),
            app_id,
            app_secret,
            by_tunnel,
        };
        connection::set_webhook(&self.0.inbox, new).await?;
        self.view().await
    }

    /// Keeps the tunnel open where WhatsApp posts through it, and tells WhatsApp
    /// if it has another address now. It ends with the desk.
    #[cfg(feature = "ngrok")]
    pub(crate) async fn keep_tunnel(&self) {
        let mut pause = FIRST_RETRY;
        while !self.0.inbox.stopping().is_cancelled() {
            let wait = match self.reopen_tunnel().await {
                Ok(()) => {
                    self.0.inbox.problems.clear("tunnel");
                    pause = FIRST_RETRY;
                    LONGEST_RETRY
                }
                Err(error) => {
                    let words =
                        Words::new("tunnel", "The tunnel to this desk is not open", error.to_string());
                    self.0.inbox.problems.raise("tunnel", words);
                    let this = pause;
                    pause = (pause * 2).min(LONGEST_RETRY);
                    this
                }
            };
            let stopping = self.0.inbox.stopping().cancelled();
            let _ = tokio::time::timeout(wait, stopping).await;
        }
    }

    /// Looks once. A tunnel that has broken is dropped before the next is opened.
    #[cfg(feature = "ngrok")]
    async fn reopen_tunnel(&self) -> Result<(), DeskError> {
        let Some(known) = connection::tunnelled(&self.0.inbox).await? else {
            return Ok(());
        };
        if door_of(&self.tunnel().await?)? != known {
            self.set_webhook(WayIn::Ngrok).await?;
        }
        Ok(())
    }

    /// Returns the public address of a tunnel to the relay inside.
    #[cfg(feature = "ngrok")]
    async fn tunnel(&self) -> Result<String, DeskError> {
        let Some(relay) = &self.0.relay else {
            return Err(Error::Conflict(
                "The relay is elsewhere, so there is nothing here to open a tunnel to. Give its address instead".into(),
            )
            .into());
        };
        let mut open = relay.tunnel.lock().await;
        if let Some(tunnel) = open.as_ref().filter(|tunnel| tunnel.is_open()) {
            return Ok(tunnel.url().to_owned());
        }
        *open = None;
        let tunnel = crate::tunnel::open(&self.0.profile, &relay.url).await?;
        Ok(open.insert(tunnel).url().to_owned())
    }

    #[cfg(not(feature = "ngrok"))]
    #[expect(clippy::unused_async, reason = "with the tunnel it waits for one")]
    async fn tunnel(&self) -> Result<String, DeskError> {
        Err(Error::Conflict(
            "This build has no tunnel of its own. Give the address of your relay, or of any tunnel that leads to it".into(),
        )
        .into())
    }

    /// Sends a test to a phone; its status webhooks prove that the way is open.
    pub async fn prove(&self, phone_number_id: &str, to: &str) -> Result<Connection, DeskError> {
        connection::prove(&self.0.inbox, phone_number_id, to).await?;
        self.view().await
    }
}

/// Returns the client for these settings; `None` without a token.
pub(crate) fn client_of(settings: &WhatsAppSettings) -> Result<Option<WhatsAppApi>, DeskError> {
    let Some(token) = settings.token.clone() else {
        return Ok(None);
    };
    WhatsAppApi::new(WhatsAppOptions {
        base_url: settings.api.clone(),
        token,
        version: settings.version.clone(),
        timeout: NETWORK_PATIENCE,
    })
    .map(Some)
    .map_err(|error| DeskError::Setting(format!("whatsapp.token (COBRO_WHATSAPP_TOKEN): {error}")))
}

/// Asks Meta whether the app id, its secret and the token belong together. With the
/// secret of another app every webhook would look forged. What is missing still is
/// not asked about.
pub(crate) async fn require_one_app(
    client: &WhatsAppApi,
    settings: &WhatsAppSettings,
) -> Result<(), DeskError> {
    let (Some(token), Some(app_id), Some(secret)) =
        (&settings.token, &settings.app_id, settings.app_secrets.first())
    else {
        return Ok(());
    };
    let refused = |what: &str| Err(Error::Invalid(what.to_owned()).into());
    match client.debug_token_as_app(token, app_id, secret).await {
        Ok(found) if found.app_id.as_ref().is_some_and(|of| of != app_id) => refused(
            "The access token was made for another app than this app id. Make the token for this app at Meta, or put in the other app's id and secret",
        ),
        // Whether it holds is told by the check, in its own words.
        Ok(_) => Ok(()),
        Err(
            WhatsAppError::Graph { .. }
            | WhatsAppError::Status {
                status: 400..=499, ..
            },
        ) => refused(
            "Meta does not take this app secret for this app id. Copy both from the same app's basic settings",
        ),
        Err(error) => Err(Error::from(error).into()),
    }
}

/// Checks what a person pasted, which is easily the wrong thing.
fn checked(name: &str, value: &str) -> Result<(), DeskError> {
    let refused = |what: &str| Err(Error::Invalid(what.to_owned()).into());
    if value.contains(char::is_whitespace) {
        return refused("There is a space in the middle. Copy it again, whole and alone");
    }
    match name {
        keychain::APP_ID if !value.bytes().all(|byte| byte.is_ascii_digit()) => {
            refused("The app id has only digits. It stands at the top of the app's dashboard at Meta")
        }
        keychain::APP_SECRET if value.len() < 16 => {
            refused("The app secret is longer than this. It stands in the app's basic settings at Meta")
        }
        keychain::TOKEN if value.len() < 20 => {
            refused("The access token is longer than this. Copy all of it")
        }
        _ => Ok(()),
    }
}

/// Returns where WhatsApp posts at a relay whose address is `base`.
fn door_of(base: &str) -> Result<String, DeskError> {
    let base = base.trim().trim_end_matches('/').trim_end_matches(DOOR);
    let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|start| base.starts_with(start));
    if base.contains(char::is_whitespace) || !(base.starts_with("https://") || is_local) {
        return Err(Error::Invalid(
            "The relay's address must start with https://, such as https://relay.example. WhatsApp posts to no other".into(),
        )
        .into());
    }
    Ok(format!("{base}{DOOR}"))
}
