//! A thin typed client of the Graph API: its connections, and sending.

use std::sync::Arc;
use std::time::Duration;

use cobro_protocol::ServerClock;
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::answer::{answer_to, done, json_of, text_of};
use crate::outgoing::{body_of, receipt_of};
use crate::{Draft, DraftBody, WhatsAppError};

/// What an id that is none is called.
pub(crate) const NUMBER: &str = "phone number id";
pub(crate) const ACCOUNT: &str = "WhatsApp Business Account's id";

/// Where WhatsApp is and who asks.
#[derive(Debug, Clone)]
pub struct WhatsAppOptions {
    /// Such as `https://graph.facebook.com`.
    pub base_url: String,
    /// Of a system user, with the permissions for messaging and management.
    pub token: SecretString,
    /// Graph version, such as `v25.0`.
    pub version: String,
    /// How long one call may take. Files take as long as they are large.
    pub timeout: Duration,
}

/// The client. Clones share connections.
#[derive(Debug, Clone)]
pub struct WhatsAppApi {
    pub(crate) http: reqwest::Client,
    /// Ends in a slash.
    pub(crate) base: Url,
    token: SecretString,
    pub(crate) timeout: Duration,
    pub(crate) clock: Arc<ServerClock>,
}

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// With its country code.
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
    /// WhatsApp's own id of the message, which its statuses name.
    pub wamid: String,
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
            timeout: options.timeout,
            clock: Arc::default(),
        })
    }

    /// Returns how many milliseconds our clock is ahead of WhatsApp's, as of the last answer; `None`
    /// where that is longer ago than `age`.
    pub fn clock_skew_within(&self, age: Duration) -> Option<i64> {
        self.clock.skew_within(age)
    }

    /// Sends one message, once. What WhatsApp would refuse never leaves.
    pub async fn send(&self, line: &str, draft: &Draft<'_>) -> Result<Sent, WhatsAppError> {
        draft.check()?;
        let request = self.post(NUMBER, line, "/messages")?;
        let answer = answer_to(&self.clock, request.json(&body_of(draft))).await?;
        // Accepted, but under which name is not known: its status webhook tells.
        let wamid = json_of(&answer)?.pointer("/messages/0/id").and_then(text_of);
        wamid.map(|wamid| Sent { wamid }).ok_or(WhatsAppError::Unreadable)
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
        let body = DraftBody::Text { body, preview_url };
        let draft = Draft {
            to,
            opaque,
            reply_to,
            body,
        };
        self.send(line, &draft).await
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
        let body = DraftBody::PayButton {
            body,
            footer,
            display_text,
            url,
        };
        let draft = Draft {
            to,
            opaque,
            reply_to: None,
            body,
        };
        self.send(line, &draft).await
    }

    /// Marks a message and all before it as read. `typing` also shows the
    /// customer that an answer is being written, for up to 25 seconds.
    pub async fn mark_read(&self, line: &str, wamid: &str, typing: bool) -> Result<(), WhatsAppError> {
        let request = self.post(NUMBER, line, "/messages")?;
        done(&answer_to(&self.clock, request.json(&receipt_of(wamid, typing))).await?)
    }

    /// Returns a question about something of Meta's; its answer is [`json_of`] it.
    pub(crate) fn get(&self, what: &str, id: &str, rest: &str) -> Result<RequestBuilder, WhatsAppError> {
        Ok(self.ours(self.http.get(self.address(what, id, rest)?)))
    }

    pub(crate) fn post(&self, what: &str, id: &str, rest: &str) -> Result<RequestBuilder, WhatsAppError> {
        Ok(self.ours(self.http.post(self.address(what, id, rest)?)))
    }

    pub(crate) fn delete(&self, what: &str, id: &str, rest: &str) -> Result<RequestBuilder, WhatsAppError> {
        Ok(self.ours(self.http.delete(self.address(what, id, rest)?)))
    }

    /// Returns the request in our name.
    pub(crate) fn ours(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.token.expose_secret())
    }

    /// Returns where to ask about something of Meta's. Its id becomes part of a path.
    pub(crate) fn address(&self, what: &str, id: &str, rest: &str) -> Result<Url, WhatsAppError> {
        let is_id = !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let address = is_id
            .then(|| self.base.join(&format!("{id}{rest}")).ok())
            .flatten();
        address.ok_or_else(|| {
            WhatsAppError::invalid(format!(
                "The {what} has only digits and letters. Copy it from the app's dashboard at Meta"
            ))
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

pub(crate) fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
