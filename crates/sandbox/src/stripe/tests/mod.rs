//! A shop with a sandboxed Stripe account, spoken to over HTTP as a client would.

mod billing;
mod books;
mod calls;
mod discounts;
mod faults;
mod keys_and_limits;
mod lists;
mod objects;
mod pages;
mod params_of_openapi;
mod payments;
mod refunds;
mod vouchers;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Stripe, StripeOptions, api_router, control_router};
use crate::clock::Clock;
use crate::faults::Faults;
use crate::webhooks::Webhooks;

pub(super) struct Shop {
    pub(super) stripe: Arc<Stripe>,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) webhooks: Webhooks,
    pub(super) base: String,
    pub(super) client: reqwest::Client,
    _stop: DropGuard,
}

/// An answer, read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    /// Returns the body of an answer that must be good.
    pub(super) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }

    /// Returns status, type, code, parameter and message of an error.
    pub(super) fn error(&self) -> (u16, &str, &str, &str, &str) {
        let text = |field: &str| self.body["error"][field].as_str().unwrap_or("");
        (
            self.status,
            text("type"),
            text("code"),
            text("param"),
            text("message"),
        )
    }

    pub(super) fn message(&self) -> &str {
        self.error().4
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Shop {
    pub(super) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(super) async fn open_with(change: impl FnOnce(&mut StripeOptions)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (clock, faults) = (Clock::default(), Faults::default());
        let webhooks = Webhooks::start(faults.clone()).unwrap();
        let mut options = StripeOptions::new(&base);
        change(&mut options);
        let stripe = Stripe::new(clock.clone(), webhooks.clone(), faults.clone(), options);
        let stop = CancellationToken::new();
        let router = api_router(Arc::clone(&stripe)).merge(control_router(Arc::clone(&stripe)));
        tokio::spawn(crate::serve::serve(listener, router, stop.clone()));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        Self {
            stripe,
            clock,
            faults,
            webhooks,
            base,
            client,
            _stop: stop.drop_guard(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(reqwest::Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        self.send(self.posting(path, form)).await
    }

    pub(super) async fn post_with_key(&self, path: &str, form: &str, key: &str) -> Answer {
        self.send(self.posting(path, form).header("Idempotency-Key", key))
            .await
    }

    pub(super) fn posting(&self, path: &str, form: &str) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
    }

    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let key = &self.stripe.options().secret_key;
        self.client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(key)
    }

    pub(super) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null);
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Makes a single-use link for an amount.
    pub(super) async fn link(&self, amount: i64, currency: &str) -> Value {
        let form = link_form(amount, currency);
        self.post("/v1/payment_links", &form).await.ok()
    }

    /// Skips time, and lets what it brings happen.
    pub(super) fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.stripe.catch_up();
    }

    /// Returns the types of all events, oldest first, without those about the catalog and links.
    pub(super) async fn events(&self) -> Vec<String> {
        let list = self.get("/v1/events?limit=100").await.ok();
        let types = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|event| event["type"].as_str().unwrap());
        types
            .filter(|kind| !kind.starts_with("pr") && !kind.starts_with("payment_link"))
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn id(value: &Value) -> String {
        value["id"].as_str().unwrap().to_owned()
    }
}

pub(super) fn link_form(amount: i64, currency: &str) -> String {
    format!(
        "line_items[0][quantity]=1&line_items[0][price_data][currency]={currency}\
         &line_items[0][price_data][unit_amount]={amount}\
         &line_items[0][price_data][product_data][name]=Blusa%20bordada\
         &restrictions[completed_sessions][limit]=1&metadata[cobro_charge]=c-1\
         &payment_intent_data[metadata][cobro_charge]=c-1"
    )
}

/// Returns the value of an id field.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value:#}"))
}
