//! A shop for tests: a desk on a new profile, with WhatsApp, customers and Stripe played by the sandbox.

#![allow(dead_code, reason = "no test uses all of the shop")]

use std::path::Path;
use std::time::{Duration, Instant};

use cobro_core::domain::{
    Charge, ChargeId, ConversationId, Currency, Delivery, LineId, MessageId, Money, NewCharge, Payment,
    ReconcileReport, Tab, TemplateStatus,
};
use cobro_core::{Actor, Error, Inbox, charge, conversation, health, notify, reconcile, templates};
use cobro_desk::{Connecting, Desk, Kind, Settings};
use cobro_sandbox::{Customer, Sandbox, SandboxOptions};
use cobro_stripe::ledger::Range;
use tempfile::TempDir;

#[allow(unreachable_pub, reason = "the journeys have it from the test kit")]
#[path = "../../../../tests/kit/page.rs"]
pub(crate) mod page;

pub(crate) use page::browser;

/// Long, since many histories at once on a busy machine leave little of it to each: what is lost never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Returns how many random histories are played: `COBRO_HISTORIES`, or as many as are usual. `COBRO_HISTORY` plays one.
pub(crate) fn histories(usual: u64) -> std::ops::Range<u64> {
    let variable = |name| std::env::var(name).ok()?.parse().ok();
    if let Some(seed) = variable("COBRO_HISTORY") {
        return seed..seed + 1;
    }
    0..variable("COBRO_HISTORIES").unwrap_or(usual)
}

pub(crate) fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
}

pub(crate) struct TestShop {
    pub(crate) sandbox: Sandbox,
    desk: Desk,
    folder: TempDir,
    polling: bool,
    /// Variables that differ from the usual ones; an empty one is not set.
    variables: Vec<(String, String)>,
}

pub(crate) struct TestCustomer {
    pub(crate) phone: Customer,
    pub(crate) conversation: ConversationId,
}

impl TestShop {
    pub(crate) async fn open() -> Self {
        Self::start(false, &[]).await
    }

    /// A shop that Stripe's webhooks do not reach.
    pub(crate) async fn open_polling() -> Self {
        Self::start(true, &[]).await
    }

    /// A shop with other settings. An empty variable is not set.
    pub(crate) async fn open_with(variables: &[(&str, &str)]) -> Self {
        Self::start(false, variables).await
    }

    async fn start(polling: bool, variables: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let desk = open_desk(&sandbox, folder.path(), polling, &variables).await;
        Self {
            sandbox,
            desk,
            folder,
            polling,
            variables,
        }
    }

    pub(crate) async fn restart(self) -> Self {
        self.desk.shutdown().await;
        let desk = open_desk(&self.sandbox, self.folder.path(), self.polling, &self.variables).await;
        Self { desk, ..self }
    }

    /// Ends Cobro, and opens it again with the key of another account: another sandbox, which knows nothing.
    pub(crate) async fn with_another_account(self) -> Self {
        self.desk.shutdown().await;
        self.sandbox.shutdown().await;
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        let desk = open_desk(&sandbox, self.folder.path(), self.polling, &self.variables).await;
        Self {
            sandbox,
            desk,
            ..self
        }
    }

    /// Reads Stripe's account for a range, after whatever the desk reads by itself at its start.
    pub(crate) async fn reads_the_account(&self, range: Range) -> ReconcileReport {
        let begun = Instant::now();
        loop {
            match reconcile::read(self.inbox(), range, false).await {
                Err(Error::Conflict(_)) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                report => return report.unwrap(),
            }
        }
    }

    /// Changes the database behind Cobro's back.
    pub(crate) async fn tampered(&self, sql: &'static str) {
        self.inbox()
            .store
            .write(move |tx| Ok(tx.execute_batch(sql)?))
            .await
            .unwrap();
    }

    /// Ends the shop. Nothing may be left undone.
    pub(crate) async fn close(self) {
        self.settled().await;
        self.desk.shutdown().await;
        self.sandbox.shutdown().await;
    }

    pub(crate) fn connecting(&self) -> &Connecting {
        self.desk.connecting()
    }

    pub(crate) fn relay_url(&self) -> String {
        self.desk.relay_url().unwrap()
    }

    pub(crate) fn inbox(&self) -> &Inbox {
        self.desk.inbox()
    }

    /// A customer who has said hello.
    pub(crate) async fn customer(&self, phone: &str, name: &str) -> TestCustomer {
        let customer = self.sandbox.customer(phone).named(name);
        customer.writes("hola");
        TestCustomer {
            conversation: self.until_conversation(name).await,
            phone: customer,
        }
    }

    #[expect(clippy::unused_self, reason = "it reads as the shop's")]
    pub(crate) fn new_charge(&self, customer: &TestCustomer, amount: Money) -> NewCharge {
        NewCharge::new(customer.conversation, amount, "Pastel")
    }

    pub(crate) async fn create(&self, new: NewCharge) -> cobro_core::Result<Charge> {
        charge::create(self.inbox(), Actor::Person, new).await
    }

    /// A charge whose link is on the customer's phone.
    pub(crate) async fn charge(&self, customer: &TestCustomer, amount: Money) -> Charge {
        let charge = self.create(self.new_charge(customer, amount)).await.unwrap();
        if charge.payment == Payment::Open {
            self.until("the link is on the phone", || customer.phone.pay_link().is_some())
                .await;
        }
        charge
    }

    /// A conversation whose customer has not written in the last day.
    pub(crate) async fn silent_conversation(&self) -> ConversationId {
        let eva = self.sandbox.customer("5215577777777").named("Eva");
        eva.sends(serde_json::json!({"type": "text", "text": {"body": "hola"}, "timestamp": "1700000000"}));
        self.until_conversation("Eva").await
    }

    /// Returns the line that the shop writes from.
    pub(crate) async fn line(&self) -> LineId {
        let lines = conversation::all_lines(self.inbox()).await.unwrap();
        lines.first().unwrap().id
    }

    /// Returns the address before the part that differs from link to link.
    pub(crate) fn link_base(&self) -> String {
        format!("{}/", self.sandbox.stripe_url().trim_end_matches('/'))
    }

    /// Makes the kit and waits until all of it is approved.
    pub(crate) async fn approved_kit(&self, base: String) {
        let line = self.line().await;
        templates::create_kit(self.inbox(), line, base).await.unwrap();
        self.until_async("the kit is approved", || async {
            self.sandbox.advance(Duration::from_secs(2));
            templates::sync(self.inbox(), line)
                .await
                .unwrap()
                .iter()
                .filter(|template| template.kit.is_some())
                .all(|template| template.status == TemplateStatus::Approved)
        })
        .await;
    }

    /// Returns how many links Stripe has.
    pub(crate) async fn links(&self) -> usize {
        self.inbox()
            .stripe()
            .unwrap()
            .payment_links(None)
            .await
            .unwrap()
            .items
            .len()
    }

    /// Returns everything of a kind that Stripe has, oldest first.
    pub(crate) async fn objects(&self, kind: &str) -> Vec<serde_json::Value> {
        let base = self.sandbox.control_url();
        let url = format!("{}/stripe/objects/{kind}", base.trim_end_matches('/'));
        browser().get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Asks Stripe for something as a person does in its dashboard.
    pub(crate) async fn in_dashboard(&self, path: &str, form: &str) -> serde_json::Value {
        let url = format!("{}{path}", self.sandbox.stripe_url().trim_end_matches('/'));
        let answer = browser()
            .post(url)
            .bearer_auth(&self.sandbox.stripe().secret_key)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let body: serde_json::Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{body}");
        body
    }

    pub(crate) async fn until_conversation(&self, name: &str) -> ConversationId {
        let begun = Instant::now();
        loop {
            let page = conversation::list(self.inbox(), Tab::All, name.into(), None)
                .await
                .unwrap();
            if let Some(row) = page.rows.first() {
                return row.id;
            }
            assert!(begun.elapsed() < PATIENCE, "{name} never appeared");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn until_payment(&self, id: ChargeId, payment: Payment) -> Charge {
        let begun = Instant::now();
        loop {
            let charge = charge::get(self.inbox(), id).await.unwrap();
            if charge.payment == payment {
                return charge;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "still {:?}, not {payment:?}",
                charge.payment
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn until_delivery(
        &self,
        id: MessageId,
        conversation: ConversationId,
        delivery: Delivery,
    ) {
        let begun = Instant::now();
        loop {
            let page = conversation::thread(self.inbox(), conversation, None)
                .await
                .unwrap();
            let now = page
                .rows
                .iter()
                .find(|message| message.id == id)
                .and_then(|message| message.delivery);
            if now == Some(delivery) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "still {now:?}, not {delivery:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn until(&self, what: &str, condition: impl Fn() -> bool) {
        self.until_async(what, || std::future::ready(condition())).await;
    }

    pub(crate) async fn until_async<F: Future<Output = bool>>(&self, what: &str, condition: impl Fn() -> F) {
        let begun = Instant::now();
        while !condition().await {
            assert!(begun.elapsed() < PATIENCE, "never: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until nothing waits to be sent or delivered.
    pub(crate) async fn settled(&self) {
        self.until_async("the outbox is empty", || async {
            health::outbox_depth(self.inbox()).await.unwrap() == 0
        })
        .await;
        self.until("all webhooks arrived", || {
            self.polling || self.sandbox.webhooks().pending() == 0
        })
        .await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }

    /// Returns what would have been shown by now, and marks it shown.
    pub(crate) async fn announced(&self) -> Vec<String> {
        let mut shown = Vec::new();
        while let Ok(Some(due)) =
            tokio::time::timeout(Duration::from_millis(400), notify::next(self.inbox())).await
        {
            for announcement in due {
                shown.push(format!("{}: {}", announcement.title, announcement.body));
                notify::announced(self.inbox(), announcement.notices, None)
                    .await
                    .unwrap();
            }
        }
        shown
    }
}

async fn open_desk(sandbox: &Sandbox, folder: &Path, polling: bool, others: &[(String, String)]) -> Desk {
    let whatsapp = sandbox.whatsapp();
    let stripe = sandbox.stripe();
    let variables = [
        ("COBRO_DATABASE_KEY", "6b".repeat(32)),
        ("COBRO_RELAY_LISTEN", "127.0.0.1:0".into()),
        ("COBRO_WHATSAPP_API", sandbox.whatsapp_url()),
        ("COBRO_WHATSAPP_TOKEN", whatsapp.token.clone()),
        ("COBRO_WHATSAPP_PHONE_NUMBER_ID", whatsapp.phone_number_id.clone()),
        ("COBRO_WHATSAPP_APP_SECRET", whatsapp.app_secret.clone()),
        ("COBRO_WHATSAPP_VERIFY_TOKEN", whatsapp.verify_token.clone()),
        ("COBRO_STRIPE_API", sandbox.stripe_url()),
        ("COBRO_STRIPE_KEY", stripe.restricted_key.clone()),
        if polling {
            ("COBRO_STRIPE_POLL_SECONDS", "1".into())
        } else {
            ("COBRO_STRIPE_WEBHOOK_SECRET", stripe.webhook_secret.clone())
        },
    ];
    let settings = Settings::from_sources(folder, &|name| {
        if let Some((_, value)) = others.iter().find(|(known, _)| known == name) {
            return Some(value.clone()).filter(|value| !value.is_empty());
        }
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
    })
    .unwrap();
    let desk = Desk::open(settings, Kind::Window).await.unwrap();
    sandbox.set_webhooks(&desk.relay_url().unwrap()).unwrap();
    desk
}
