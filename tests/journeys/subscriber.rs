//! A subscriber and a plan of instalments in the real window: agreed, renewed, refused, recovered, ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::time::Duration;

use kit::stage::Stage;
use kit::window::{Key, Window};
use serde_json::Value;

const ANA: &str = "5215512340001";
const BETO: &str = "5213312340002";
const CARD: &str = "4242424242424242";
const PATIENCE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_hours(24);

struct Story {
    stage: Stage,
    window: Window,
}

impl Story {
    /// Writes in the chat that is open, by keyboard: a charge of so much that comes again.
    async fn charges_again(&self, amount: &str, what: &str, arrows: usize) {
        let window = &self.window;
        window.types("c").await.unwrap();
        window
            .wait_for("[data-testid=charge-amount]:focus")
            .await
            .unwrap();
        window.types(amount).await.unwrap();
        window.tabs_to("charge-description").await.unwrap();
        window.types(what).await.unwrap();
        window.tabs_to("often-once").await.unwrap();
        for _ in 0..arrows {
            window.presses(Key::Right).await.unwrap();
        }
    }

    /// Sends the charge that is written, and lets the customer pay at its link.
    async fn is_paid(&self, phone: &str) {
        self.window.click("[data-testid=charge-amount]").await.unwrap();
        self.window.presses(Key::Enter).await.unwrap();
        let bubble = self
            .stage
            .sandbox
            .phone_shows(phone, "the link", |bubble| bubble.button.is_some())
            .await
            .unwrap();
        let link = bubble.button.unwrap().url;
        let outcome = self
            .stage
            .sandbox
            .customer_pays(phone, &link, CARD)
            .await
            .unwrap();
        assert_eq!(outcome["outcome"], "paid", "{outcome}");
    }

    /// Lets time pass at Stripe. The customers go on writing, so that WhatsApp takes what the shop has to say.
    async fn passes(&self, time: Duration) {
        let sandbox = &self.stage.sandbox;
        sandbox.advance(time).await.unwrap();
        for (phone, name) in [(ANA, "Ana López"), (BETO, "Beto Ruiz")] {
            sandbox.customer_writes(phone, name, "sigo aquí").await.unwrap();
        }
    }

    /// Waits until a subscription's card in the window says all of this.
    async fn shows(&self, status: &str, words: &[&str]) {
        let css = format!("[data-testid=subscription][data-status={status}]");
        self.window
            .wait_for_text(&css, &format!("{status}: {words:?}"), |text| {
                words.iter().all(|word| text.contains(word))
            })
            .await
            .unwrap();
    }

    /// Keeps a picture where `COBRO_PICTURES` says, to be looked at.
    async fn keeps(&self, name: &str) {
        if let Some(folder) = std::env::var_os("COBRO_PICTURES") {
            let path = PathBuf::from(folder).join(format!("{name}.png"));
            self.window.screenshot(&path).await.unwrap();
        }
    }

    /// Returns what `cobro subscriptions` says of a customer, beside the running window.
    async fn told(&self, customer: &str) -> Value {
        let profile = self.stage.profile().unwrap();
        let told = profile.cobro("subscriptions", &["--json"]).await.unwrap();
        assert!(told.succeeded, "{}", told.err);
        let lines: Vec<Value> = told
            .out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let of = lines.iter().find(|line| line["customer"] == customer);
        of.unwrap_or_else(|| panic!("{customer} is not among {lines:#?}"))
            .clone()
    }

    async fn sets_card(&self, works: bool) {
        let name = self.told("Ana López").await["id"].as_str().unwrap().to_owned();
        let all = self.stage.sandbox.stripe_objects("subscription").await.unwrap();
        let hers = all.iter().find(|one| one["id"] == name.as_str()).unwrap();
        let customer = hers["customer"].as_str().unwrap();
        self.stage.sandbox.set_card(customer, works).await.unwrap();
    }

    /// Opens the chat in which a text was written.
    async fn opens(&self, name: &str) {
        let rows = "[data-testid=conversation-row]";
        self.window
            .wait_for_text(rows, name, |text| text.contains(name))
            .await
            .unwrap();
        for _ in 0..3 {
            self.window.types("j").await.unwrap();
            self.window.settle().await.unwrap();
            let selected = self
                .window
                .wait_for("[data-testid=conversation-row][data-selected=true]")
                .await
                .unwrap();
            if kit::window::words(&selected).await.unwrap().contains(name) {
                return;
            }
        }
        panic!("J never came to {name}");
    }
}

#[tokio::test]
async fn a_year_of_subscribers_is_seen_in_the_window() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    let story = Story { stage, window };
    for (phone, name, text) in [
        (BETO, "Beto Ruiz", "quiero la silla en pagos"),
        (ANA, "Ana López", "quiero la caja de pan"),
    ] {
        story
            .stage
            .sandbox
            .customer_writes(phone, name, text)
            .await
            .unwrap();
        story
            .window
            .wait_for_text("[data-testid=conversation-row]", name, |row| row.contains(name))
            .await
            .unwrap();
    }

    // A box every month, and a chair in three payments.
    story.opens("Ana López").await;
    story.charges_again("320", "Caja de pan", 1).await;
    story
        .window
        .wait_for_text("[data-testid=often-repeated]", "the rhythm", |text| {
            text.contains("MX$320.00 every month")
        })
        .await
        .unwrap();
    story.keeps("subscription-composer").await;
    story.is_paid(ANA).await;
    story
        .shows("active", &["Caja de pan", "1 payment", "Next:"])
        .await;
    story.keeps("subscription-paid").await;
    story.opens("Beto Ruiz").await;
    story.charges_again("900", "Silla", 2).await;
    story.window.tabs_to("often-count").await.unwrap();
    story.window.chord(Key::Control, "a").await.unwrap();
    story.window.types("3").await.unwrap();
    story
        .window
        .wait_for_text("[data-testid=often-plan]", "the plan", |text| {
            text.contains("MX$300.00 now, then 2\u{a0}×\u{a0}MX$300.00")
        })
        .await
        .unwrap();
    story.keeps("instalments-composer").await;
    story.is_paid(BETO).await;
    story.shows("active", &["Silla", "1 of 3 paid"]).await;

    // A month later Ana's bank refuses; Beto's second payment comes.
    story.window.click("[data-testid=go-payments]").await.unwrap();
    story.window.types("s").await.unwrap();
    story.window.wait_for("[data-testid=subscribers]").await.unwrap();
    story.sets_card(false).await;
    story.passes(DAY * 31).await;
    story
        .shows("pastDue", &["Ana López", "MX$320.00 paid", "Stripe tries again"])
        .await;
    story.shows("active", &["Beto Ruiz", "2 of 3 paid"]).await;
    story
        .stage
        .notifications
        .wait_for("the failure", PATIENCE, |shown| {
            shown.title == "MX$320.00 could not be charged to Ana López"
        })
        .await
        .unwrap();
    story.keeps("subscribers-failed").await;
    assert_eq!(story.told("Ana López").await["status"], "past_due");

    // She has another card by the time Stripe tries again; he pays the last part.
    story.sets_card(true).await;
    story.passes(DAY * 5).await;
    story
        .shows("active", &["Ana López", "2 payments", "MX$640.00 paid"])
        .await;
    story.passes(DAY * 31).await;
    // Nothing is left to pay, though Stripe ends the plan when the time is over that its last part paid for.
    story
        .shows("finished", &["Beto Ruiz", "3 of 3 paid", "MX$900.00 paid"])
        .await;
    story.keeps("subscribers-ended").await;
    let beto = story.told("Beto Ruiz").await;
    assert_eq!(
        (&beto["status"], &beto["paid"], &beto["payments"]),
        (&Value::from("finished"), &Value::from(90_000), &Value::from(3)),
        "{beto}"
    );
    let export = story.stage.profile().unwrap().export().await.unwrap();
    let id = beto["id"].as_str().unwrap();
    let line = export
        .find("subscription", id)
        .expect("the export has no such line");
    assert_eq!(
        (&line["instalments"], &line["interval"]),
        (&Value::from(3), &Value::from("month"))
    );
    story.window.quit().await.unwrap();
}
