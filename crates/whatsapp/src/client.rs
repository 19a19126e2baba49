//! A thin typed client of the Graph API's messages.

use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::WhatsAppError;
use crate::answer::answer_to;
use crate::outgoing::{Button, Outgoing, Receipt};

#[derive(Debug, Clone)]
pub struct WhatsAppOptions {
    /// Such as `https://graph.facebook.com`.
    pub base_url: String,
    pub token: SecretString,
    /// Graph version, such as `v25.0`.
    pub version: String,
    pub timeout: Duration,
}

/// The client. Clones share connections.
#[derive(Debug, Clone)]
pub struct WhatsAppApi {
    http: reqwest::Client,
    /// Ends in a slash.
    base: Url,
    token: SecretString,
}

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    Phone(String),
    /// Business-scoped user id.
    UserId(String),
}

/// Phone numbers stay out of logs.
impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Phone(_) => "Phone(…)",
            Self::UserId(_) => "UserId(…)",
        })
    }
}

/// WhatsApp took the message; this is its name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub wamid: String,
}

/// One of the shop's numbers, as WhatsApp knows it.
#[derive(Debug, Clone, Deserialize)]
pub struct PhoneNumber {
    pub id: String,
    #[serde(default)]
    pub display_phone_number: Option<String>,
    #[serde(default)]
    pub verified_name: Option<String>,
    #[serde(default)]
    pub quality_rating: Option<String>,
}

impl WhatsAppApi {
    /// Returns the client. A rustls provider must be installed by then.
    pub fn new(options: WhatsAppOptions) -> Result<Self, WhatsAppError> {
        if options.token.expose_secret().trim().is_empty() {
            return Err(WhatsAppError::invalid(
                "The access token is empty. Give a system-user token",
            ));
        }
        let base = base_of(&options)?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("Cobro/", env!("CARGO_PKG_VERSION")))
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(10)))
            // A laptop that slept must not write to connections that died meanwhile.
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|_| WhatsAppError::invalid("TLS could not be set up on this system"))?;
        Ok(Self {
            http,
            base,
            token: options.token,
        })
    }

    /// Sends free text. `opaque` comes back in every status of the message.
    pub async fn send_text(
        &self,
        line: &str,
        to: &Recipient,
        body: &str,
        preview_url: bool,
        opaque: &str,
        reply_to: Option<&str>,
    ) -> Result<Sent, WhatsAppError> {
        let message = Outgoing::text(to, body, preview_url, opaque, reply_to)?;
        self.send(line, &message).await
    }

    /// Sends a message with a button that opens `url`.
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument for each part of the message"
    )]
    pub async fn send_pay_button(
        &self,
        line: &str,
        to: &Recipient,
        body: &str,
        footer: Option<&str>,
        display_text: &str,
        url: &str,
        opaque: &str,
    ) -> Result<Sent, WhatsAppError> {
        let button = Button {
            body,
            footer,
            display_text,
            url,
        };
        self.send(line, &Outgoing::button(to, &button, opaque)?).await
    }

    /// Marks a message and all before it as read.
    pub async fn mark_read(&self, line: &str, wamid: &str) -> Result<(), WhatsAppError> {
        self.post(line, &Receipt::of(wamid)).await.map(drop)
    }

    /// Returns what WhatsApp knows of one of the shop's numbers.
    pub async fn phone_number(&self, line: &str) -> Result<PhoneNumber, WhatsAppError> {
        let mut url = self.address(line, "")?;
        url.set_query(Some("fields=display_phone_number,verified_name,quality_rating"));
        let body = answer_to(self.http.get(url).bearer_auth(self.token.expose_secret())).await?;
        serde_json::from_slice(&body).map_err(|_| WhatsAppError::Unreadable)
    }

    async fn send(&self, line: &str, message: &Outgoing<'_>) -> Result<Sent, WhatsAppError> {
        #[derive(Deserialize)]
        struct Answer {
            messages: Vec<Named>,
        }
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let body = self.post(line, message).await?;
        let answer: Option<Answer> = serde_json::from_slice(&body).ok();
        // Accepted, but under which name is not known: its status webhook tells.
        let named = answer.and_then(|answer| answer.messages.into_iter().next());
        named
            .map(|named| Sent { wamid: named.id })
            .ok_or(WhatsAppError::Unreadable)
    }

    async fn post(&self, line: &str, body: &impl Serialize) -> Result<Vec<u8>, WhatsAppError> {
        let url = self.address(line, "/messages")?;
        answer_to(
            self.http
                .post(url)
                .bearer_auth(self.token.expose_secret())
                .json(body),
        )
        .await
    }

    /// Returns where to ask about one of the shop's numbers. Its id becomes part of a path.
    fn address(&self, line: &str, rest: &str) -> Result<Url, WhatsAppError> {
        let is_id = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let address = is_id
            .then(|| self.base.join(&format!("{line}{rest}")).ok())
            .flatten();
        address.ok_or_else(|| {
            WhatsAppError::invalid("A phone number id has only digits. Copy it from the app's API setup")
        })
    }
}

fn base_of(options: &WhatsAppOptions) -> Result<Url, WhatsAppError> {
    let version = options.version.trim_matches('/');
    let is_version = version.starts_with('v')
        && version
            .bytes()
            .skip(1)
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && version.len() > 1;
    if !is_version {
        return Err(WhatsAppError::invalid(
            "The Graph version must be one such as v25.0. Check whatsapp.version",
        ));
    }
    match Url::parse(&format!(
        "{}/{version}/",
        options.base_url.trim().trim_end_matches('/')
    )) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(WhatsAppError::invalid(
            "WhatsApp's address must be a URL such as https://graph.facebook.com. Check whatsapp.api",
        )),
    }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
