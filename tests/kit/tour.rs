//! The tour: the main job from a customer's first word to the thank-you, in the real window.
//!
//! `cargo xtask demo --headless` reports it, and a journey insists on every step.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use thirtyfour::Key;

use crate::stage::Stage;
use crate::window::{Window, words};

const PATIENCE: Duration = Duration::from_secs(30);
const ANA: &str = "5215512340001";
const BETO: &str = "5213312340002";
const QUESTION: &str = "Hola! ¿Tienen pastel de tres leches para el sábado?";
const REPLY: &str = "¡Claro, Ana! Te mando el link para apartarlo.";
const THANKS: &str = "Thank you, Ana! We received your payment of MX$1,250.00. ✅";
const PAID_CARD: &str = "[data-testid=charge-card][data-payment=paid]";

/// What happened, step by step.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub ok: bool,
    pub steps: Vec<Step>,
    pub screenshots: Vec<PathBuf>,
}

#[derive(Debug, Serialize)]
pub struct Step {
    pub name: &'static str,
    pub ok: bool,
    /// When it was over, RFC 3339 in UTC.
    pub at: String,
    pub milliseconds: u128,
    /// What was seen, or what was missing.
    pub detail: String,
}

/// Walks the tour on a stage of its own. The first step that fails is the last.
pub async fn walk(screenshots: &Path) -> Report {
    let mut tour = Tour {
        report: Report::default(),
        screenshots: screenshots.to_owned(),
        since: Instant::now(),
    };
    let walked = match Stage::set().await.context("The stage could not be set") {
        Ok(stage) => tour.walk(&stage).await,
        Err(error) => tour.note("The stage is set", Err(error)),
    };
    tour.report.ok = walked.is_some();
    tour.report
}

struct Tour {
    report: Report,
    screenshots: PathBuf,
    since: Instant,
}

impl Tour {
    /// Returns `None` when a step failed.
    async fn walk(&mut self, stage: &Stage) -> Option<()> {
        let window = self.opens(stage).await?;
        let walked = self.main_job(stage, &window).await;
        if walked.is_none() {
            self.keep(&window, "failed").await;
            return None;
        }
        let quit = window.quit().await.map(|()| "The app ended by itself".to_owned());
        self.note("The app quits", quit)?;
        let again = self.opens(stage).await?;
        let there = still_there(&again).await;
        self.keep(&again, if there.is_ok() { "started-again" } else { "failed" })
            .await;
        self.note("After a new start all of it is there", there)
    }

    async fn opens(&mut self, stage: &Stage) -> Option<Window> {
        match stage.open_window().await {
            Ok(window) => {
                self.keep(&window, "opened").await;
                self.note("The window opens", Ok("The list can be used".to_owned()))?;
                Some(window)
            }
            Err(error) => {
                self.note("The window opens", Err(error));
                None
            }
        }
    }

    async fn main_job(&mut self, stage: &Stage, window: &Window) -> Option<()> {
        self.note("A customer writes and a row appears", writes(stage, window).await)?;
        self.note(
            "A notification tells who wrote what",
            message_is_announced(stage).await,
        )?;
        self.keep(window, "customer-wrote").await;
        self.note("J opens the conversation", opens_conversation(window).await)?;
        self.note(
            "R: the reply reaches the customer's phone",
            replies(stage, window).await,
        )?;
        self.note(
            "C, an amount, Enter: the charge is written",
            charges(window).await,
        )?;
        self.keep(window, "charge").await;
        let link = self.take(
            "The pay link reaches the customer's phone",
            link_arrives(stage, window).await,
        )?;
        self.note(
            "The card shows that the customer has read it",
            is_read(stage, window).await,
        )?;
        self.keep(window, "link-sent").await;
        self.note("The customer opens the pay page", pay_page_opens(&link).await)?;
        self.note(
            "Another conversation is opened meanwhile",
            other_conversation(stage, window).await,
        )?;
        self.note("The customer pays by card", pays(stage, &link).await)?;
        let notification = self.take(
            "A notification says who paid how much",
            payment_is_announced(stage).await,
        )?;
        self.note(
            "Open on the notification lands on the conversation",
            lands(stage, window, notification).await,
        )?;
        self.note("The card is green", card_is_green(window).await)?;
        self.note(
            "The thank-you reaches the customer's phone",
            is_thanked(stage).await,
        )?;
        self.note(
            "The thank-you is in the conversation",
            thanks_are_shown(window).await,
        )?;
        self.keep(window, "paid").await;
        Some(())
    }

    /// Writes a step down. Returns `None` when it failed.
    fn note(&mut self, name: &'static str, result: Result<String>) -> Option<()> {
        self.take(name, result.map(|detail| (detail, ()))).map(drop)
    }

    /// Writes a step down and returns what it brought.
    fn take<T>(&mut self, name: &'static str, result: Result<(String, T)>) -> Option<T> {
        let (ok, detail, brought) = match result {
            Ok((detail, brought)) => (true, detail, Some(brought)),
            Err(error) => (false, format!("{error:#}"), None),
        };
        let milliseconds = self.since.elapsed().as_millis();
        self.since = Instant::now();
        println!(
            "{} {name} ({milliseconds} ms): {detail}",
            if ok { '✓' } else { '✗' }
        );
        let at = jiff::Timestamp::now().to_string();
        self.report.steps.push(Step {
            name,
            ok,
            at,
            milliseconds,
            detail,
        });
        brought
    }

    /// Takes a screenshot; one that can't be taken is no reason to stop, but it is said.
    async fn keep(&mut self, window: &Window, name: &str) {
        let number = self.report.screenshots.len() + 1;
        let path = self.screenshots.join(format!("{number:02}-{name}.png"));
        match window.screenshot(&path).await {
            Ok(()) => self.report.screenshots.push(path),
            Err(error) => println!("  no screenshot {name}: {error:#}"),
        }
    }
}

async fn writes(stage: &Stage, window: &Window) -> Result<String> {
    stage.sandbox.customer_writes(ANA, "Ana López", QUESTION).await?;
    let row = window
        .wait_for_text("[data-testid=conversation-row]", "Ana's row", |text| {
            text.contains("Ana López") && text.contains(QUESTION)
        })
        .await?;
    Ok(one_line(&row))
}

async fn message_is_announced(stage: &Stage) -> Result<String> {
    let shown = stage
        .notifications
        .wait_for("the message", PATIENCE, |shown| shown.title == "Ana López")
        .await?;
    ensure!(shown.body == QUESTION, "The notification says {:?}", shown.body);
    ensure!(
        shown.actions.iter().any(|(_, words)| words == "Open"),
        "It offers {:?}",
        shown.actions
    );
    Ok(format!("{}: {}", shown.title, shown.body))
}

async fn opens_conversation(window: &Window) -> Result<String> {
    window.types("j").await?;
    let text = window
        .wait_for_text("[data-testid=message]", "The message", |text| {
            text.contains(QUESTION)
        })
        .await?;
    Ok(one_line(&text))
}

async fn replies(stage: &Stage, window: &Window) -> Result<String> {
    window.types("r").await?;
    window.wait_for("[data-testid=composer-input]:focus").await?;
    window.types(REPLY).await?;
    window.presses(Key::Enter).await?;
    let bubble = stage
        .sandbox
        .phone_shows(ANA, "The reply", |bubble| bubble.text == REPLY)
        .await?;
    Ok(format!("{} ({})", bubble.text, bubble.status))
}

async fn charges(window: &Window) -> Result<String> {
    window.presses(Key::Escape).await?;
    window.types("c").await?;
    window.wait_for("[data-testid=charge-amount]:focus").await?;
    window.types("1250").await?;
    let preview = window
        .wait_for("[data-testid=charge-preview]")
        .await?
        .text()
        .await?;
    ensure!(preview.contains("MX$1,250.00"), "The preview says {preview:?}");
    Ok(one_line(&preview))
}

/// Enter sends; the hold that Undo could stop is waited out.
async fn link_arrives(stage: &Stage, window: &Window) -> Result<(String, String)> {
    window.presses(Key::Enter).await?;
    let bubble = stage
        .sandbox
        .phone_shows(ANA, "The pay link", |bubble| bubble.button.is_some())
        .await?;
    let button = bubble.button.context("The message has no button")?;
    ensure!(
        button.text == "Pay MX$1,250.00",
        "The button says {:?}",
        button.text
    );
    ensure!(
        bubble.text.contains("MX$1,250.00"),
        "The message says {:?}",
        bubble.text
    );
    Ok((format!("{} → {}", button.text, button.url), button.url))
}

async fn is_read(stage: &Stage, window: &Window) -> Result<String> {
    stage.sandbox.customer_reads(ANA).await?;
    let card = window
        .wait_for("[data-testid=charge-card][data-delivery=read]")
        .await?;
    Ok(one_line(&words(&card).await?))
}

async fn pay_page_opens(link: &str) -> Result<String> {
    let answer = crate::http()?
        .get(link)
        .send()
        .await
        .context("The pay page can't be reached")?;
    let status = answer.status();
    let page = answer.text().await?;
    ensure!(status.is_success(), "The pay page answers {status}");
    ensure!(page.contains("1,250.00"), "The pay page does not say how much");
    Ok(format!("{status}, {} bytes", page.len()))
}

/// So that the payment's notification has somewhere to lead from.
async fn other_conversation(stage: &Stage, window: &Window) -> Result<String> {
    stage
        .sandbox
        .customer_writes(BETO, "Beto Ruiz", "¿A qué hora abren?")
        .await?;
    // A customer's message has no parts of a second: what was sent in the same one may stand before it.
    window.opens_chat("Beto Ruiz").await?;
    window
        .wait_for_text("[data-testid=thread]", "Beto's thread", |text| {
            text.contains("¿A qué hora abren?")
        })
        .await?;
    ensure!(
        window.count("[data-testid=charge-card]").await? == 0,
        "The other conversation has a charge"
    );
    Ok("Beto Ruiz".to_owned())
}

async fn pays(stage: &Stage, link: &str) -> Result<String> {
    let outcome = stage.sandbox.customer_pays(ANA, link, "4242424242424242").await?;
    ensure!(
        outcome.to_string().contains("paid"),
        "The pay page says {outcome}"
    );
    Ok(outcome.to_string())
}

async fn payment_is_announced(stage: &Stage) -> Result<(String, u32)> {
    let title = "Ana López paid MX$1,250.00";
    let shown = stage
        .notifications
        .wait_for("the payment", PATIENCE, |shown| shown.title.contains("paid"))
        .await?;
    ensure!(shown.title == title, "The title is {:?}", shown.title);
    ensure!(
        shown.body == "Confirmed by Stripe",
        "The body is {:?}",
        shown.body
    );
    ensure!(
        shown.actions.contains(&("open".to_owned(), "Open".to_owned())),
        "It offers {:?}",
        shown.actions
    );
    Ok((format!("{}: {}", shown.title, shown.body), shown.id))
}

async fn lands(stage: &Stage, window: &Window, notification: u32) -> Result<String> {
    stage.notifications.click(notification, "open").await?;
    window
        .wait_for_text("[data-testid=thread]", "Ana's thread", |text| {
            text.contains(QUESTION)
        })
        .await?;
    let selected = window
        .wait_for("[data-testid=conversation-row][data-selected=true]")
        .await?;
    let selected = words(&selected).await?;
    ensure!(selected.contains("Ana López"), "The list has chosen {selected:?}");
    Ok(one_line(&selected))
}

async fn card_is_green(window: &Window) -> Result<String> {
    let card = window.wait_for(PAID_CARD).await?;
    Ok(one_line(&words(&card).await?))
}

async fn is_thanked(stage: &Stage) -> Result<String> {
    let bubble = stage
        .sandbox
        .phone_shows(ANA, "The thank-you", |bubble| bubble.text == THANKS)
        .await?;
    let phone = stage.sandbox.phone(ANA).await?;
    let times = phone.iter().filter(|bubble| bubble.text == THANKS).count();
    ensure!(times == 1, "The customer was thanked {times} times");
    Ok(bubble.text)
}

async fn thanks_are_shown(window: &Window) -> Result<String> {
    let shown = window
        .wait_for_text("[data-testid=message]", "The thank-you", |text| {
            text.contains(THANKS)
        })
        .await?;
    Ok(one_line(&shown))
}

async fn still_there(window: &Window) -> Result<String> {
    let rows = "[data-testid=conversation-row]";
    window
        .wait_for_text(rows, "Beto's row", |text| text.contains("Beto Ruiz"))
        .await?;
    window
        .wait_for_text(rows, "Ana's row", |text| text.contains("Ana López"))
        .await?;
    // The one with the latest message, the thank-you, is the first.
    window.types("j").await?;
    window.wait_for(PAID_CARD).await?;
    for text in [QUESTION, REPLY, THANKS] {
        window
            .wait_for_text("[data-testid=message]", text, |shown| shown.contains(text))
            .await?;
    }
    let cards = window.count(PAID_CARD).await?;
    ensure!(cards == 1, "There are {cards} paid charges");
    Ok("The question, the reply, the green card and the thank-you".to_owned())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
