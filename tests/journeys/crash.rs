//! An agent that is killed a hundred times while customers write and pay.
//!
//! `COBRO_CRASH_SEED` repeats a run's choices, `COBRO_CRASHES` sets how many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use kit::sandbox::From;
use kit::{Export, Home, Process, Profile, Sandbox, binary, free_port, until};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::time::sleep;

const CUSTOMERS: u32 = 8;
const CARD: &str = "4242424242424242";
const PATIENCE: Duration = Duration::from_secs(90);

/// A charge that the seller asked for, and may have had to ask for again.
#[derive(Debug, Clone)]
struct Asked {
    id: String,
    phone: String,
    conversation: String,
    /// Minor units; each charge has another, so that its thank-you can be told from the others.
    amount: u32,
    confirmed: bool,
}

impl Asked {
    fn thanks(&self) -> String {
        format!("MX${}.{:02}.", self.amount / 100, self.amount % 100)
    }
}

/// The shop, its customers, and what they did.
struct Shop<'a> {
    seed: u64,
    sandbox: Sandbox,
    profile: Profile<'a>,
    home: &'a Home,
    relay: String,
    /// When it is closed, everybody stops.
    open: AtomicBool,
    crashes: AtomicU32,
    written: Mutex<BTreeMap<String, String>>,
    asked: Mutex<Vec<Asked>>,
}

fn setting<T: std::str::FromStr>(name: &str, usual: T) -> T {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

fn phone_of(customer: u32) -> String {
    format!("52155123400{customer:02}")
}

impl<'a> Shop<'a> {
    async fn open(home: &'a Home, seed: u64) -> Self {
        let sandbox = Sandbox::start(home).await.unwrap();
        let mut profile = Profile::new(home).unwrap().with(&sandbox);
        let address = format!("127.0.0.1:{}", free_port().unwrap());
        profile.set("COBRO_RELAY_LISTEN", &*address);
        let relay = format!("http://{address}");
        Self {
            seed,
            sandbox,
            profile,
            home,
            relay,
            open: AtomicBool::new(true),
            crashes: AtomicU32::new(0),
            written: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    fn dice(&self, of: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_mul(31).wrapping_add(of))
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    async fn set_faults(&self) {
        let faults = json!({
            "webhooks": {"duplicate": 0.3, "reorder": true, "delay_ms": [0, 60], "seed": self.seed},
            "stripe": {"post": {"kind": "lost_answer", "probability": 0.1, "seed": self.seed}},
            "whatsapp": {"send": {"kind": "lost_answer", "probability": 0.05, "seed": self.seed}},
        });
        self.sandbox.set_faults(&faults).await.unwrap();
    }

    async fn writes(&self, phone: &str, text: String) {
        let wamid = self
            .sandbox
            .customer_writes(phone, &format!("Cliente {phone}"), &text)
            .await
            .unwrap();
        self.written.lock().unwrap().insert(wamid, text);
    }

    /// Lets every customer write once, and returns their conversations.
    async fn greet(&self) -> Vec<(String, String)> {
        let agent = self.profile.start_agent().await.unwrap();
        self.sandbox.deliver_to(&self.relay).await.unwrap();
        for customer in 0..CUSTOMERS {
            self.writes(&phone_of(customer), format!("hello from {customer}"))
                .await;
        }
        let all_there = || async {
            let export = self.profile.export().await.unwrap();
            (export.of("conversation").count() == CUSTOMERS as usize).then_some(export)
        };
        let export = until(PATIENCE, all_there)
            .await
            .expect("the greetings did not arrive");
        agent.stop().await.unwrap();
        let find = |phone: String| {
            let conversation = export
                .conversation_with(&format!("Cliente {phone}"))
                .unwrap()
                .to_owned();
            (phone, conversation)
        };
        (0..CUSTOMERS).map(|customer| find(phone_of(customer))).collect()
    }
}

async fn customers_write(shop: &Shop<'_>) {
    let mut dice = shop.dice(1);
    let mut number = 0;
    while shop.is_open() {
        number += 1;
        let customer = dice.random_range(0..CUSTOMERS);
        shop.writes(&phone_of(customer), format!("message {number} from {customer}"))
            .await;
        sleep(Duration::from_millis(dice.random_range(5..60))).await;
    }
}

async fn the_seller_charges(shop: &Shop<'_>, conversations: &[(String, String)]) {
    let mut dice = shop.dice(2);
    let mut number = 0;
    while shop.is_open() {
        number += 1;
        let (phone, conversation) = &conversations[dice.random_range(0..conversations.len())];
        let id = uuid::Uuid::from_u128(dice.random()).to_string();
        let amount = 10_000 + number * 37;
        let mut asked = Asked {
            id,
            phone: phone.clone(),
            conversation: conversation.clone(),
            amount,
            confirmed: false,
        };
        shop.asked.lock().unwrap().push(asked.clone());
        // A person who gets no answer asks again, a few times at most; the id stays.
        for _ in 0..dice.random_range(1..4) {
            asked.confirmed = asked.confirmed || charge(shop, &asked).await.is_ok();
            sleep(Duration::from_millis(dice.random_range(10..200))).await;
        }
        let mut all = shop.asked.lock().unwrap();
        all.last_mut().unwrap().confirmed = asked.confirmed;
    }
}

/// Asks for a charge. Returns what was said when its link was not made.
async fn charge(shop: &Shop<'_>, asked: &Asked) -> Result<(), String> {
    let amount = asked.amount.to_string();
    let arguments = [
        "--conversation",
        &asked.conversation,
        "--amount",
        &amount,
        "--currency",
        "MXN",
        "--id",
        &asked.id,
        "--json",
    ];
    let told = shop.profile.cobro("charge", &arguments).await.unwrap();
    // Whether the message has gone out is another question: in this storm many wait.
    let link = serde_json::from_str::<Value>(&told.out).map(|charge| charge["link"].is_string());
    if link.unwrap_or(false) {
        Ok(())
    } else {
        Err(told.err)
    }
}

/// Customers pay what arrives; one in four presses twice.
async fn customers_pay(shop: &Shop<'_>) {
    let mut dice = shop.dice(3);
    let mut seen = BTreeSet::new();
    while shop.is_open() {
        let phone = phone_of(dice.random_range(0..CUSTOMERS));
        let bubbles = shop.sandbox.phone(&phone).await.unwrap();
        for link in bubbles.into_iter().filter_map(|bubble| Some(bubble.button?.url)) {
            if !seen.insert(link.clone()) {
                continue;
            }
            sleep(Duration::from_millis(dice.random_range(0..80))).await;
            let pay = || shop.sandbox.customer_pays(&phone, &link, CARD);
            if dice.random_bool(0.25) {
                let (one, other) = tokio::join!(pay(), pay());
                one.and(other).unwrap();
            } else {
                pay().await.unwrap();
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Starts the agent and kills it at a random moment, starting included, again and again.
async fn crashes(shop: &Shop<'_>, count: u32) {
    let mut dice = shop.dice(4);
    while shop.crashes.load(Ordering::Relaxed) < count {
        let mut command = shop.profile.command(binary("cobro").unwrap());
        command.arg("agent").arg("--profile").arg(shop.profile.folder());
        let log = shop.home.log("crashing agent");
        let mut agent = Process::start("The agent", command, &log).unwrap();
        let lives = Duration::from_millis(dice.random_range(20..1_100));
        sleep(lives / 2).await;
        // What waits out a pause after the last crash is sent at once.
        shop.sandbox.deliver_to(&shop.relay).await.unwrap();
        sleep(lives / 2).await;
        if agent.is_running() {
            agent.kill().await.unwrap();
            shop.crashes.fetch_add(1, Ordering::Relaxed);
        } else {
            // `cobro charge` may hold the profile for a moment when it finds no desk.
            let said = agent.said();
            assert!(
                said.contains("in use by another desk"),
                "the agent ended by itself and said: {said}"
            );
        }
        std::fs::write(&log, "").unwrap();
    }
    shop.open.store(false, Ordering::Relaxed);
}

/// Lets everything come to its end on an agent that stays.
async fn finish(shop: &Shop<'_>) -> Export {
    shop.sandbox.clear_faults().await.unwrap();
    shop.sandbox.deliver_to(&shop.relay).await.unwrap();
    shop.sandbox.delivered(PATIENCE).await.unwrap();
    let asked = shop.asked.lock().unwrap().clone();
    for asked in &asked {
        // A link that was under way at the crash is made by the desk itself, a moment later.
        let made = until(PATIENCE, || async { charge(shop, asked).await.ok() }).await;
        assert!(
            made.is_some(),
            "charge {} can't be made: {:?}",
            asked.id,
            charge(shop, asked).await
        );
    }
    let export = shop.profile.export().await.unwrap();
    for asked in &asked {
        let charge = export.find("charge", &asked.id).unwrap();
        if charge["payment"] != "paid" {
            let link = charge["link"]
                .as_str()
                .unwrap_or_else(|| panic!("no link: {charge}"));
            shop.sandbox
                .customer_pays(&asked.phone, link, CARD)
                .await
                .unwrap();
        }
    }
    let settled = || async {
        let export = shop.profile.export().await.unwrap();
        let paid = export.of("charge").all(|charge| charge["payment"] == "paid");
        let under_way =
            |message: &&Value| message["delivery"] == "queued" || message["delivery"] == "sending";
        let sent = export.of("message").filter(under_way).count() == 0;
        (paid && sent).then_some(export)
    };
    until(PATIENCE, settled)
        .await
        .expect("not everything was settled")
}

async fn assert_no_message_was_lost(shop: &Shop<'_>, export: &Export) {
    let mut kept: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for message in export
        .of("message")
        .filter(|message| message["direction"] == "in")
    {
        kept.entry(message["wamid"].as_str().unwrap())
            .or_default()
            .push(message["text"].as_str().unwrap());
    }
    let acknowledged = shop.sandbox.acknowledged().await.unwrap();
    let answered: BTreeSet<_> = acknowledged
        .iter()
        .filter(|webhook| webhook.source == "whatsapp" && webhook.kind == "message")
        .map(|webhook| webhook.id.as_str())
        .collect();
    let lost: Vec<_> = answered
        .iter()
        .filter(|wamid| !kept.contains_key(**wamid))
        .collect();
    assert!(
        lost.is_empty(),
        "{} messages were answered 200 and lost: {lost:?}",
        lost.len()
    );
    for (wamid, text) in shop.written.lock().unwrap().iter() {
        assert_eq!(
            kept.get(&**wamid),
            Some(&vec![text.as_str()]),
            "{wamid} is not kept once and exactly"
        );
    }
    println!(
        "{} messages, all kept once ({} webhooks answered)",
        kept.len(),
        acknowledged.len()
    );
}

async fn assert_nobody_was_charged_twice(shop: &Shop<'_>, export: &Export) {
    let links = shop.sandbox.stripe_objects("payment_link").await.unwrap();
    let sessions = shop.sandbox.stripe_objects("checkout_session").await.unwrap();
    let asked = shop.asked.lock().unwrap().clone();
    for asked in &asked {
        let mine: Vec<_> = links
            .iter()
            .filter(|link| link["metadata"]["cobro_charge"] == *asked.id)
            .collect();
        assert_eq!(
            mine.len(),
            1,
            "charge {} has {} payment links",
            asked.id,
            mine.len()
        );
        let paid = |session: &&Value| {
            session["payment_link"] == mine[0]["id"] && session["payment_status"] == "paid"
        };
        let paid = sessions.iter().filter(paid).count();
        assert_eq!(paid, 1, "charge {} was paid {paid} times", asked.id);
        let payments = export
            .of("payment")
            .filter(|payment| payment["charge"] == *asked.id);
        let kept: Vec<_> = payments
            .map(|payment| (&payment["status"], &payment["amount"]))
            .collect();
        assert_eq!(
            kept,
            [(&json!("succeeded"), &json!(asked.amount))],
            "charge {}",
            asked.id
        );
    }
    assert_eq!(links.len(), asked.len(), "links that nobody asked for");
    let unanswered = asked.iter().filter(|asked| !asked.confirmed).count();
    println!(
        "{} charges, {unanswered} of them without an answer at first; each paid once",
        asked.len()
    );
}

async fn assert_nobody_was_thanked_twice(shop: &Shop<'_>, export: &Export) {
    let asked = shop.asked.lock().unwrap().clone();
    let mut in_doubt = 0;
    for asked in &asked {
        let is_thanks = |text: &str| text.starts_with("Thank you") && text.contains(&asked.thanks());
        let written: Vec<_> = export
            .of("message")
            .filter(|message| is_thanks(message["text"].as_str().unwrap()))
            .collect();
        assert_eq!(
            written.len(),
            1,
            "charge {} has {} thank-yous",
            asked.id,
            written.len()
        );
        let bubbles = shop.sandbox.phone(&asked.phone).await.unwrap();
        let from_shop = || bubbles.iter().filter(|bubble| bubble.from == From::Shop);
        let thanks = from_shop().filter(|bubble| is_thanks(&bubble.text)).count();
        let doubt = written[0]["delivery"] == "unknown";
        in_doubt += u32::from(doubt);
        // In doubt it is not sent again: it may have arrived. Never twice, and never lost without a word.
        assert!(
            thanks == 1 || (thanks == 0 && doubt),
            "{} thank-yous arrived of {}",
            thanks,
            written[0]
        );
        let link = export.find("charge", &asked.id).unwrap()["link"]
            .as_str()
            .unwrap();
        let asks = from_shop()
            .filter(|bubble| bubble.button.as_ref().is_some_and(|button| button.url == link))
            .count();
        assert!(
            asks <= 1,
            "the customer was asked {asks} times to pay {}",
            asked.id
        );
    }
    println!(
        "{} thank-yous, {in_doubt} of them in doubt and said to be",
        asked.len()
    );
}

#[tokio::test]
async fn a_hundred_crashes_lose_no_message_and_charge_and_thank_nobody_twice() {
    let (seed, count) = (setting("COBRO_CRASH_SEED", 1), setting("COBRO_CRASHES", 100));
    println!("COBRO_CRASH_SEED={seed} COBRO_CRASHES={count}");
    let home = Home::new().unwrap();
    let shop = Shop::open(&home, seed).await;
    let conversations = shop.greet().await;
    shop.set_faults().await;

    tokio::join!(
        crashes(&shop, count),
        customers_write(&shop),
        the_seller_charges(&shop, &conversations),
        customers_pay(&shop),
    );
    let agent = shop.profile.start_agent().await.unwrap();
    let export = finish(&shop).await;

    assert_no_message_was_lost(&shop, &export).await;
    assert_nobody_was_charged_twice(&shop, &export).await;
    assert_nobody_was_thanked_twice(&shop, &export).await;
    agent.stop().await.unwrap();
    let report = shop.profile.doctor().await.unwrap();
    assert_eq!(report["ok"], true, "{report}");
    assert!(report.to_string().contains("integrity_check: ok"), "{report}");
}
