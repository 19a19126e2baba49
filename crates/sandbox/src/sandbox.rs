//! A running sandbox: started, asked for its addresses, and shut down.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::{Router, middleware};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::customer::Customer;
use crate::faults::Faults;
use crate::handshake::{self, Handshake};
use crate::house::House;
use crate::journal::{self, Asked, Journal, Side};
use crate::model::{self, SandboxModel};
use crate::options::SandboxOptions;
use crate::script;
use crate::stripe::{self, Stripe, StripeOptions};
use crate::webhooks::Webhooks;
use crate::whatsapp::{
    self, CustomerReport, Disconnection, HistoryPlan, HistoryReport, Limits, NewNumber, PhoneMessage, Sent,
    TemplateState, Token, WhatsApp, WhatsAppOptions,
};
use crate::{control, serve};

/// WhatsApp, its customers and Stripe, until it is shut down or dropped. Nothing is kept.
#[derive(Debug)]
pub struct Sandbox {
    house: House,
    model: SandboxModel,
    whatsapp_at: SocketAddr,
    stripe_at: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts listening; when this returns, requests are answered.
    pub async fn start(options: SandboxOptions) -> anyhow::Result<Self> {
        let whatsapp_listener = listen(&options.whatsapp_listen, "WhatsApp").await?;
        let stripe_listener = listen(&options.stripe_listen, "Stripe").await?;
        let (whatsapp_at, stripe_at) = (whatsapp_listener.local_addr()?, stripe_listener.local_addr()?);
        let (report, handshake) = watch::channel(Handshake::default());
        let house = furnish(&options, whatsapp_at, stripe_at, handshake)?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let background = |task: Pin<Box<dyn Future<Output = ()> + Send>>| {
            tasks.spawn(stop.clone().run_until_cancelled_owned(task));
        };
        let verify_token = options.whatsapp.verify_token.clone();
        background(Box::pin(handshake::run(
            house.webhooks.clone(),
            verify_token,
            report,
        )));
        for actor in script::actors(&options.script, options.seed, &house)? {
            background(Box::pin(actor));
        }
        let model = SandboxModel::default();
        let control = control::router(house.clone()).merge(model::control_router(model.clone()));
        let whatsapp = whatsapp::router(Arc::clone(&house.whatsapp))
            .merge(control.clone())
            .merge(model::router(model.clone()));
        let stripe = stripe::api_router(Arc::clone(&house.stripe)).merge(control);
        for (listener, router, side) in [
            (whatsapp_listener, whatsapp, Side::WhatsApp),
            (stripe_listener, stripe, Side::Stripe),
        ] {
            tasks.spawn(serve::serve(
                listener,
                noted(router, &house.journal, side),
                stop.clone(),
            ));
        }
        house.set_webhooks(options.webhooks.as_deref())?;
        Ok(Self {
            house,
            model,
            whatsapp_at,
            stripe_at,
            stop,
            tasks,
        })
    }

    pub fn whatsapp_url(&self) -> String {
        format!("http://{}", self.whatsapp_at)
    }

    pub fn stripe_url(&self) -> String {
        format!("http://{}", self.stripe_at)
    }

    /// Returns where its language model listens, as OpenAI's clients want it.
    pub fn model_url(&self) -> String {
        format!("{}/model/v1/", self.whatsapp_url())
    }

    /// Returns the language model: how it behaves, and what it was asked.
    pub fn model(&self) -> &SandboxModel {
        &self.model
    }

    /// Returns the base of the control API.
    pub fn control_url(&self) -> String {
        format!("{}/sandbox", self.whatsapp_url())
    }

    /// Returns the ids and secrets of the WhatsApp side.
    pub fn whatsapp(&self) -> &WhatsAppOptions {
        self.house.whatsapp.options()
    }

    /// Returns the keys and secrets of the Stripe side.
    pub fn stripe(&self) -> &StripeOptions {
        self.house.stripe.options()
    }

    /// Returns the Stripe account itself: pay links, pay vouchers.
    pub fn account(&self) -> &Arc<Stripe> {
        &self.house.stripe
    }

    pub fn clock(&self) -> &Clock {
        &self.house.clock
    }

    pub fn faults(&self) -> &Faults {
        &self.house.faults
    }

    pub fn webhooks(&self) -> &Webhooks {
        &self.house.webhooks
    }

    /// Sets where webhooks go: the base of `/webhooks/whatsapp` and `/webhooks/stripe`.
    pub fn set_webhooks(&self, url: &str) -> anyhow::Result<()> {
        self.house.set_webhooks(Some(url))
    }

    /// Returns how the webhook address answered Meta's question for the verify token.
    pub fn handshake(&self) -> Handshake {
        self.house.handshake.borrow().clone()
    }

    /// Skips time: windows close, vouchers expire, what was to come later comes now.
    pub fn advance(&self, by: Duration) {
        self.house.advance(by);
    }

    /// Returns the customer with that phone or user id, who is made up if nobody has it.
    pub fn customer(&self, named: &str) -> Customer {
        self.house.customer(named)
    }

    pub fn customers(&self) -> Vec<CustomerReport> {
        self.house.whatsapp.customers()
    }

    /// Returns everything WhatsApp accepted from the shop.
    pub fn sent(&self) -> Vec<Sent> {
        self.house.whatsapp.sent()
    }

    /// Shares the history of the shop's phone, made up by a plan; returns what must come of it.
    pub fn history(&self, plan: HistoryPlan) -> anyhow::Result<HistoryReport> {
        self.house.whatsapp.send_history(plan).map_err(anyhow::Error::msg)
    }

    /// Writes to a customer from the shop's own phone; the desk hears it as an echo. Returns its wamid.
    pub fn writes_on_phone(&self, to: &str, text: &str) -> anyhow::Result<String> {
        let message = PhoneMessage::text(to, text);
        let written = self.house.whatsapp.write_on_phone(message);
        written.map_err(anyhow::Error::msg)
    }

    /// Takes the first number off the Cloud API, as when the shop does so on its phone.
    pub fn disconnects(&self) -> anyhow::Result<()> {
        let done = self.house.whatsapp.disconnect(Disconnection::default());
        done.map_err(anyhow::Error::msg)
    }

    /// Brings the first number back.
    pub fn reconnects(&self) -> anyhow::Result<()> {
        self.house.whatsapp.reconnect(None).map_err(anyhow::Error::msg)
    }

    /// Sets what the system user's token may do, and until when.
    pub fn set_token(&self, scopes: &[&str], expires_at: Option<Timestamp>) {
        self.house.whatsapp.set_token(Token {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            expires_at,
            ..Token::default()
        });
    }

    /// Adds a number that waits to be registered, or is; returns its id.
    pub fn add_number(&self, registered: bool) -> String {
        let shown = self.house.whatsapp.add_number(NewNumber {
            registered: Some(registered),
            on_phone: true,
            ..NewNumber::default()
        });
        let id = shown.get("id").and_then(Value::as_str);
        id.unwrap_or_default().to_owned()
    }

    /// Sets how fast a number may send; without this, as fast as it likes.
    pub fn set_limits(&self, limits: Limits) {
        self.house.whatsapp.set_limits(limits);
    }

    /// Approves, rejects or pauses all languages of a template; returns how many there are.
    pub fn change_template(&self, name: &str, state: TemplateState, reason: Option<&str>) -> usize {
        let ids = self.house.whatsapp.templates_called(name, None);
        for id in &ids {
            self.house.whatsapp.change_template(id, state, reason, None);
        }
        ids.len()
    }

    /// Sends an alert in a documented shape, such as `account_update` with `ACCOUNT_VIOLATION`.
    pub fn alert(&self, field: &str, event: Option<&str>) -> anyhow::Result<()> {
        let told = self.house.whatsapp.alert(field, event, None, None);
        told.map_err(anyhow::Error::msg)
    }

    /// Returns the last requests to WhatsApp and Stripe.
    pub fn log(&self) -> Vec<Asked> {
        self.house.journal.last(usize::MAX)
    }

    /// Returns what `cobro-sandbox` prints when it is ready.
    pub fn ready(&self) -> Value {
        let (whatsapp, stripe) = (self.whatsapp(), self.stripe());
        json!({
            "ready": true,
            "whatsapp": {
                "url": self.whatsapp_url(),
                "token": whatsapp.token,
                "phone_number_id": whatsapp.phone_number_id,
                "waba_id": whatsapp.waba_id,
                "app_id": whatsapp.app_id,
                "pin": whatsapp.pin,
                "app_secret": whatsapp.app_secret,
                "verify_token": whatsapp.verify_token,
            },
            "stripe": {
                "url": self.stripe_url(),
                "key": stripe.secret_key,
                "restricted_key": stripe.restricted_key,
                "webhook_secret": stripe.webhook_secret,
            },
            "control": self.control_url(),
        })
    }

    /// Answers what is being asked, then ends. Webhooks that wait are forgotten.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.house.whatsapp.stop().await;
        self.house.webhooks.stop().await;
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
        self.house.whatsapp.cancel();
        self.house.webhooks.cancel();
    }
}

async fn listen(address: &str, who: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("Failed to listen on {address} for {who}: take another address, or port 0 for any free one")
    })
}

fn furnish(
    options: &SandboxOptions,
    whatsapp_at: SocketAddr,
    stripe_at: SocketAddr,
    handshake: watch::Receiver<Handshake>,
) -> anyhow::Result<House> {
    let (clock, faults) = (Clock::default(), Faults::default());
    let webhooks = Webhooks::start(faults.clone())?;
    let public_url = options
        .public_stripe_url
        .clone()
        .unwrap_or_else(|| format!("http://{stripe_at}"));
    let stripe = StripeOptions {
        public_url: public_url.trim_end_matches('/').to_owned(),
        ..options.stripe.clone()
    };
    let whatsapp = WhatsAppOptions {
        public_url: format!("http://{whatsapp_at}"),
        ..options.whatsapp.clone()
    };
    Ok(House {
        whatsapp: WhatsApp::new(clock.clone(), webhooks.clone(), faults.clone(), whatsapp),
        stripe: Stripe::new(clock.clone(), webhooks.clone(), faults.clone(), stripe),
        journal: Journal::default(),
        script: Arc::new(options.script.name().to_owned()),
        handshake,
        clock,
        webhooks,
        faults,
    })
}

fn noted(router: Router, journal: &Journal, side: Side) -> Router {
    router.layer(middleware::from_fn_with_state(
        (journal.clone(), side),
        journal::keep,
    ))
}
