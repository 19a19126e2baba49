//! A relay small enough to trust: verifies, keeps, answers 200.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use cobro_sandbox::{Sandbox, SandboxOptions};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::watch;

/// Longer than anything here takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    kept: Arc<watch::Sender<Vec<Value>>>,
    /// What was not signed rightly.
    pub(crate) forged: Arc<Mutex<usize>>,
}

#[derive(Clone)]
struct Secrets {
    app: String,
    verify: String,
    stripe: String,
}

type Shared = (Receiver, Secrets);

impl Receiver {
    /// Listens with the secrets that a sandbox has by default.
    pub(crate) async fn open() -> Self {
        let options = SandboxOptions::default();
        let secrets = Secrets {
            app: options.whatsapp.app_secret,
            verify: options.whatsapp.verify_token,
            stripe: options.stripe.webhook_secret,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Self {
            url,
            kept: Arc::default(),
            forged: Arc::default(),
        };
        let router = Router::new()
            .route("/webhooks/whatsapp", get(verify).post(whatsapp))
            .route("/webhooks/stripe", post(stripe))
            .with_state((receiver.clone(), secrets));
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// Returns all webhooks, oldest first.
    pub(crate) fn kept(&self) -> Vec<Value> {
        self.kept.borrow().clone()
    }

    /// Returns the `value` of each WhatsApp webhook.
    pub(crate) fn values(&self) -> Vec<Value> {
        let changes = self
            .kept()
            .into_iter()
            .map(|body| body["entry"][0]["changes"][0]["value"].clone());
        changes.filter(|value| !value.is_null()).collect()
    }

    pub(crate) fn messages(&self) -> Vec<Value> {
        self.values()
            .iter()
            .filter_map(|value| value["messages"].as_array().cloned())
            .flatten()
            .collect()
    }

    pub(crate) fn statuses(&self) -> Vec<Value> {
        self.values()
            .iter()
            .filter_map(|value| value["statuses"].as_array().cloned())
            .flatten()
            .collect()
    }

    /// Returns what became known of a message, in the order in which it did.
    pub(crate) fn statuses_of(&self, wamid: &str) -> Vec<String> {
        let statuses = self.statuses().into_iter().filter(|status| status["id"] == wamid);
        statuses
            .map(|status| status["status"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until what was kept fulfils `wish`.
    pub(crate) async fn wait(&self, wish: impl Fn(&Self) -> bool) {
        let mut kept = self.kept.subscribe();
        let granted = async {
            while !wish(self) {
                kept.changed().await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, granted).await.is_ok();
        assert!(in_time, "not in {PATIENCE:?}; received: {:#?}", self.kept());
    }

    fn keep(&self, body: &[u8]) {
        let body = serde_json::from_slice(body).unwrap();
        self.kept.send_modify(|kept| kept.push(body));
    }

    fn forged(&self) -> StatusCode {
        *self.forged.lock().unwrap() += 1;
        StatusCode::UNAUTHORIZED
    }
}

fn hmac(secret: &str, payload: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(payload);
    hex::encode(mac.finalize().into_bytes())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[derive(serde::Deserialize)]
struct Hub {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

async fn verify(State((_, secrets)): State<Shared>, Query(hub): Query<Hub>) -> (StatusCode, String) {
    if hub.mode == "subscribe" && hub.token == secrets.verify {
        (StatusCode::OK, hub.challenge)
    } else {
        (StatusCode::FORBIDDEN, String::new())
    }
}

async fn whatsapp(State((receiver, secrets)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if header(&headers, "x-hub-signature-256") != format!("sha256={}", hmac(&secrets.app, &body)) {
        return receiver.forged();
    }
    receiver.keep(&body);
    StatusCode::OK
}

async fn stripe(State((receiver, secrets)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = header(&headers, "stripe-signature");
    let Some((time, seal)) = signature
        .strip_prefix("t=")
        .and_then(|rest| rest.split_once(",v1="))
    else {
        return receiver.forged();
    };
    let payload = [time.as_bytes(), b".", &body].concat();
    let now = jiff::Timestamp::now().as_second();
    if seal != hmac(&secrets.stripe, &payload) || (now - time.parse::<i64>().unwrap()).abs() > 300 {
        return receiver.forged();
    }
    receiver.keep(&body);
    StatusCode::OK
}

/// A sandbox whose webhooks arrive, and how to ask it things.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) receiver: Receiver,
    pub(crate) http: reqwest::Client,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(SandboxOptions::default()).await
    }

    pub(crate) async fn open_with(options: SandboxOptions) -> Self {
        let receiver = Receiver::open().await;
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.set_webhooks(&receiver.url).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox,
            receiver,
            http,
        }
    }

    pub(crate) fn graph(&self, path: &str) -> String {
        format!("{}/v25.0/{path}", self.sandbox.whatsapp_url())
    }

    pub(crate) fn messages_url(&self) -> String {
        self.graph(&format!("{}/messages", self.sandbox.whatsapp().phone_number_id))
    }

    /// Posts to `/messages`.
    pub(crate) async fn try_send(&self, mut body: Value) -> reqwest::Result<reqwest::Response> {
        body["messaging_product"] = "whatsapp".into();
        let request = self
            .http
            .post(self.messages_url())
            .bearer_auth(&self.sandbox.whatsapp().token);
        request.json(&body).send().await
    }

    pub(crate) async fn send(&self, body: Value) -> (u16, Value) {
        let answer = self.try_send(body).await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends a text that must be accepted; returns its wamid.
    pub(crate) async fn text(&self, to: &str, text: &str) -> String {
        let (status, answer) = self
            .send(json!({"to": to, "type": "text", "text": {"body": text}}))
            .await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn control(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let request = self
            .http
            .request(method, format!("{}/{path}", self.sandbox.control_url()));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Creates a payment link in pesos through Stripe's API; returns its address.
    pub(crate) async fn payment_link(&self, amount: u32, key: &str) -> String {
        self.link_in("mxn", ["card", "oxxo"], amount, key).await
    }

    /// Creates a payment link that takes two ways of paying; returns its address.
    pub(crate) async fn link_in(&self, currency: &str, methods: [&str; 2], amount: u32, key: &str) -> String {
        let form = [
            ("line_items[0][price_data][currency]", currency.to_owned()),
            ("line_items[0][price_data][unit_amount]", amount.to_string()),
            (
                "line_items[0][price_data][product_data][name]",
                "Pastel".to_owned(),
            ),
            ("line_items[0][quantity]", "1".to_owned()),
            ("payment_method_types[0]", methods[0].to_owned()),
            ("payment_method_types[1]", methods[1].to_owned()),
            ("restrictions[completed_sessions][limit]", "1".to_owned()),
        ];
        let request = self
            .http
            .post(format!("{}/v1/payment_links", self.sandbox.stripe_url()));
        let request = request
            .bearer_auth(&self.sandbox.stripe().restricted_key)
            .header("idempotency-key", key);
        let answer = request.form(&form).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["url"]
            .as_str()
            .unwrap_or_else(|| panic!("no link: {body}"))
            .to_owned()
    }
}

/// Returns a pay button as the desk sends it.
pub(crate) fn pay_button(to: &str, url: &str) -> Value {
    json!({
        "recipient_type": "individual",
        "to": to,
        "type": "interactive",
        "interactive": {
            "type": "cta_url",
            "body": {"text": "Tu pedido: $450.00"},
            "footer": {"text": "Pago seguro con Stripe"},
            "action": {"name": "cta_url", "parameters": {"display_text": "Pagar $450.00", "url": url}},
        },
        "biz_opaque_callback_data": "0193-message",
    })
}
