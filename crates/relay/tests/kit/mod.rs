//! A relay in a temporary folder, and senders that sign like Meta and Stripe.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use cobro_protocol::{Envelope, FromRelay, Seq, Timestamp};
use cobro_relay::{Relay, RelayOptions};
use futures_util::{SinkExt, StreamExt};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) const APP_SECRET: &str = "app-secret-one";
pub(crate) const OLD_APP_SECRET: &str = "app-secret-old";
pub(crate) const STRIPE_SECRET: &str = "whsec_one";
pub(crate) const OLD_STRIPE_SECRET: &str = "whsec_old";
pub(crate) const VERIFY_TOKEN: &str = "verify-me";
pub(crate) const STREAM_TOKEN: &str = "stream-token";
pub(crate) const KEY: [u8; 32] = [7; 32];

pub(crate) fn options(folder: &Path) -> RelayOptions {
    RelayOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        journal_path: folder.join("journal.db"),
        journal_key: Some(KEY.into()),
        whatsapp_secrets: [APP_SECRET, OLD_APP_SECRET].map(SecretString::from).to_vec(),
        verify_token: VERIFY_TOKEN.into(),
        stripe_secrets: [STRIPE_SECRET, OLD_STRIPE_SECRET]
            .map(SecretString::from)
            .to_vec(),
        stream_token: STREAM_TOKEN.into(),
        keep: RelayOptions::KEEP,
    }
}

pub(crate) struct TestRelay {
    pub(crate) relay: Relay,
    pub(crate) folder: TempDir,
    pub(crate) sender: Sender,
}

impl TestRelay {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut RelayOptions)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut options = options(folder.path());
        change(&mut options);
        let relay = Relay::start(options).await.unwrap();
        let sender = Sender::to(&relay.url());
        Self {
            relay,
            folder,
            sender,
        }
    }

    pub(crate) async fn count(&self, name: &str) -> u64 {
        self.sender.health().await["counts"][name].as_u64().unwrap()
    }

    pub(crate) async fn desk(&self, after: i64) -> Desk {
        Desk::connect(&self.relay.stream_url(), after).await
    }

    /// Returns everything in the journal, read as a desk would.
    pub(crate) async fn entries(&self) -> Vec<Envelope> {
        let mut desk = self.desk(0).await;
        let last = desk.last;
        desk.until(last).await
    }
}

/// Sends webhooks.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
}

impl Sender {
    pub(crate) fn to(url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .unwrap();
        Self {
            url: url.to_owned(),
            http,
        }
    }

    pub(crate) async fn whatsapp(&self, body: impl Into<Vec<u8>>) -> u16 {
        let body = body.into();
        let signature = whatsapp_signature(APP_SECRET, &body);
        self.post("/webhooks/whatsapp", &[("x-hub-signature-256", &signature)], body)
            .await
    }

    pub(crate) async fn stripe(&self, body: impl Into<Vec<u8>>) -> u16 {
        let body = body.into();
        let signature = stripe_signature(STRIPE_SECRET, Timestamp::now().secs(), &body);
        self.post("/webhooks/stripe", &[("stripe-signature", &signature)], body)
            .await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
        let mut request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub(crate) async fn health(&self) -> serde_json::Value {
        serde_json::from_str(&self.get("/health").await.1).unwrap()
    }
}

pub(crate) fn hex_mac(secret: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

pub(crate) fn whatsapp_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex_mac(secret, &[body]))
}

pub(crate) fn stripe_signature(secret: &str, at: i64, body: &[u8]) -> String {
    format!(
        "t={at},v1={}",
        hex_mac(secret, &[format!("{at}.").as_bytes(), body])
    )
}

pub(crate) fn message(text: &str) -> String {
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": {"messages": [
            {"from": "5215512345678", "id": "wamid.X", "timestamp": "1764000000", "type": "text", "text": {"body": text}}
        ]}}]}]
    })
    .to_string()
}

/// A desk's side of the stream.
pub(crate) struct Desk {
    pub(crate) journal: cobro_protocol::JournalId,
    pub(crate) last: Seq,
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Desk {
    pub(crate) async fn connect(url: &str, after: i64) -> Self {
        let url = format!("{url}?after={after}");
        let mut socket = open(&url, Some(STREAM_TOKEN)).await.unwrap();
        match next_frame(&mut socket).await {
            FromRelay::Hello { journal, last } => Self {
                journal,
                last,
                socket,
            },
            FromRelay::Envelopes { .. } => panic!("envelopes before hello"),
        }
    }

    pub(crate) async fn envelopes(&mut self) -> Vec<Envelope> {
        match next_frame(&mut self.socket).await {
            FromRelay::Envelopes { envelopes } => envelopes,
            FromRelay::Hello { .. } => panic!("a second hello"),
        }
    }

    pub(crate) async fn until(&mut self, seq: Seq) -> Vec<Envelope> {
        let mut all: Vec<Envelope> = Vec::new();
        while all.last().map_or(Seq(0), |envelope| envelope.seq) < seq {
            all.extend(self.envelopes().await);
        }
        all
    }

    pub(crate) async fn say(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }
}

pub(crate) async fn open(
    url: &str,
    token: Option<&str>,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, SocketError> {
    let mut request = url.into_client_request().unwrap();
    if let Some(token) = token {
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn next_frame(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> FromRelay {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
        match message
            .expect("a frame in time")
            .expect("an open stream")
            .unwrap()
        {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}
