//! A thin typed client of the Graph API's messages.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::WhatsAppError;

const TEXT_LIMIT: usize = 4096;
const BODY_LIMIT: usize = 1024;
const FOOTER_LIMIT: usize = 60;
const BUTTON_LIMIT: usize = 20;
const OPAQUE_LIMIT: usize = 512;
const ANSWER_LIMIT: usize = 1 << 20;

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
        at_most("text", body, TEXT_LIMIT)?;
        let mut message = message_to(to, opaque)?;
        message["type"] = json!("text");
        message["text"] = json!({ "body": body, "preview_url": preview_url });
        if let Some(wamid) = reply_to {
            message["context"] = json!({ "message_id": wamid });
        }
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
        at_most("message above the button", body, BODY_LIMIT)?;
        at_most("button", display_text, BUTTON_LIMIT)?;
        if let Some(footer) = footer {
            at_most("footer", footer, FOOTER_LIMIT)?;
        }
        if !Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host()) {
            return Err(WhatsAppError::invalid(
                "The button's address must be one that starts with https://",
            ));
        }
        let mut message = message_to(to, opaque)?;
        message["type"] = json!("interactive");
        message["interactive"] = json!({
            "type": "cta_url",
            "body": { "text": body },
            "action": { "name": "cta_url", "parameters": { "display_text": display_text, "url": url } },
        });
        if let Some(footer) = footer {
            message["interactive"]["footer"] = json!({ "text": footer });
        }
        self.send(line, &message).await
    }

    /// Marks a message and all before it as read.
    pub async fn mark_read(&self, line: &str, wamid: &str) -> Result<(), WhatsAppError> {
        let receipt = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid });
        self.post(line, &receipt).await.map(drop)
    }

    /// Returns what WhatsApp knows of one of the shop's numbers.
    pub async fn phone_number(&self, line: &str) -> Result<PhoneNumber, WhatsAppError> {
        let mut url = self.address(line, "")?;
        url.set_query(Some("fields=display_phone_number,verified_name,quality_rating"));
        let body = answer_to(self.http.get(url).bearer_auth(self.token.expose_secret())).await?;
        serde_json::from_slice(&body).map_err(|_| WhatsAppError::Unreadable)
    }

    async fn send(&self, line: &str, message: &Value) -> Result<Sent, WhatsAppError> {
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

    async fn post(&self, line: &str, body: &Value) -> Result<Vec<u8>, WhatsAppError> {
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

fn message_to(to: &Recipient, opaque: &str) -> Result<Value, WhatsAppError> {
    at_most("reference", opaque, OPAQUE_LIMIT)?;
    let mut message = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": opaque,
    });
    match to {
        Recipient::Phone(phone) => message["to"] = json!(phone),
        Recipient::UserId(id) => message["recipient"] = json!(id),
    }
    Ok(message)
}

fn at_most(what: &str, text: &str, limit: usize) -> Result<(), WhatsAppError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(WhatsAppError::invalid(format!(
            "The {what} is empty. Write something first"
        )));
    }
    if length > limit {
        return Err(WhatsAppError::invalid(format!(
            "The {what} has {length} characters; WhatsApp takes at most {limit}. Shorten it"
        )));
    }
    Ok(())
}

async fn answer_to(request: RequestBuilder) -> Result<Vec<u8>, WhatsAppError> {
    // A connection that never stood can't have carried anything.
    let response = request.send().await.map_err(|error| WhatsAppError::Network {
        sent: !error.is_connect(),
    })?;
    let status = response.status();
    let retry_after = retry_after(&response);
    let body = body_of(response)
        .await
        .map_err(|()| WhatsAppError::Network { sent: true })?;
    if status.is_success() {
        return Ok(body);
    }
    Err(refusal(status.as_u16(), &body, retry_after))
}

async fn body_of(mut response: Response) -> Result<Vec<u8>, ()> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(drop)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get("retry-after")?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

fn refusal(status: u16, body: &[u8], retry_after: Option<Duration>) -> WhatsAppError {
    #[derive(Deserialize)]
    struct Refusal {
        error: Graph,
    }
    #[derive(Deserialize)]
    struct Graph {
        code: i64,
        #[serde(default)]
        error_data: Option<ErrorData>,
        #[serde(default)]
        fbtrace_id: Option<Box<str>>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum ErrorData {
        Told { details: Box<str> },
        Untold(serde::de::IgnoredAny),
    }
    match serde_json::from_slice::<Refusal>(body) {
        Ok(Refusal { error }) => WhatsAppError::Graph {
            code: error.code,
            status,
            details: error.error_data.and_then(|data| match data {
                ErrorData::Told { details } => Some(details),
                ErrorData::Untold(_) => None,
            }),
            retry_after,
            trace: error.fbtrace_id,
        },
        Err(_) => WhatsAppError::Status { status, retry_after },
    }
}
