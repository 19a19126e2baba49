//! WhatsApp as the shop and its customers meet it: the Graph API, phones, statuses, webhooks.

mod customer;
mod graph;
mod ids;
mod notice;
mod options;
mod outgoing;
mod refusal;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use customer::{Author, Bubble, Button, Status};
pub(crate) use graph::router;
pub use options::WhatsAppOptions;
pub(crate) use world::Introduction;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::webhooks::{Letter, Webhooks};
use customer::Customer;
use notice::Address;
use outgoing::Outgoing;
use refusal::Refusal;
use world::World;

/// How long "typing…" shows unless a message ends it.
const TYPING_MS: i64 = 25_000;

/// A WhatsApp Business account with one number, and everyone who writes to it.
#[derive(Debug)]
pub(crate) struct WhatsApp {
    options: WhatsAppOptions,
    clock: Clock,
    webhooks: Webhooks,
    faults: Faults,
    world: Mutex<World>,
    /// Counts what happened on the phones.
    changes: watch::Sender<u64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// A customer as the control API shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerReport {
    pub phone: String,
    pub hides_phone: bool,
    pub user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    pub name: String,
    pub messages: usize,
    /// Until when the shop may write freely; absent if the customer never wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_closes_at: Option<Timestamp>,
    pub shop_is_typing: bool,
}

/// What the shop had sent, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The customer's phone.
    pub to: String,
    #[serde(flatten)]
    pub message: Bubble,
}

/// Whom a request names, and how the answer names them.
#[derive(Debug, Clone, Copy)]
struct Recipient<'a> {
    named: &'a str,
    address: Address,
}

/// What is answered to a message that was accepted.
#[derive(Debug)]
struct Accepted {
    wamid: String,
    phone: String,
}

impl WhatsApp {
    pub(crate) fn new(
        clock: Clock,
        webhooks: Webhooks,
        faults: Faults,
        options: WhatsAppOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            options,
            clock,
            webhooks,
            faults,
            world: Mutex::default(),
            changes: watch::Sender::new(0),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    pub(crate) fn options(&self) -> &WhatsAppOptions {
        &self.options
    }

    /// Returns a watch that changes with everything that happens on a phone.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Introduces a customer, or tells more about one who is known; returns their phone.
    pub(crate) fn introduce(&self, named: &str, introduction: Introduction) -> String {
        let phone = self.world().introduce(named, introduction).phone.clone();
        self.changed();
        phone
    }

    /// Lets a customer send a message: `content` has at least `type` and what goes with it.
    ///
    /// The same wamid again is the same message again: a webhook, but nothing new on the phone.
    pub(crate) fn receive(&self, named: &str, wamid: Option<String>, content: Map<String, Value>) -> String {
        let now_ms = self.clock.now_ms();
        let wamid = wamid.unwrap_or_else(ids::wamid);
        let mut world = self.world();
        let customer = world.introduce(named, Introduction::default());
        customer.wrote_ms = Some(now_ms);
        let bubble = world::bubble_of(&wamid, &content, self.clock.now());
        let body = notice::message(&self.options, customer, &wamid, now_ms.div_euclid(1000), content);
        if !world.has_message(&wamid) {
            world.keep(named, bubble, None);
        }
        self.tell(&wamid, "message", &body);
        drop(world);
        self.changed();
        wamid
    }

    /// Lets a customer see everything that has arrived; returns how many messages were new.
    pub(crate) fn read_all(&self, named: &str) -> Option<usize> {
        let unread: Vec<String> = {
            let world = self.world();
            let bubbles = world.find(named)?.bubbles.iter();
            let arrived =
                bubbles.filter(|bubble| bubble.from == Author::Shop && bubble.status == Status::Delivered);
            arrived.map(|bubble| bubble.wamid.clone()).collect()
        };
        for wamid in &unread {
            self.progress(wamid, Status::Read, None);
        }
        Some(unread.len())
    }

    /// Returns what a customer's phone shows, oldest first.
    pub(crate) fn phone(&self, named: &str) -> Option<Vec<Bubble>> {
        let world = self.world();
        let bubbles = world.find(named)?.bubbles.iter();
        Some(
            bubbles
                .filter(|bubble| bubble.is_on_the_phone())
                .cloned()
                .collect(),
        )
    }

    pub(crate) fn name(&self, named: &str) -> Option<String> {
        self.world().find(named).map(|customer| customer.name.clone())
    }

    pub(crate) fn customers(&self) -> Vec<CustomerReport> {
        let now_ms = self.clock.now_ms();
        self.world()
            .customers()
            .iter()
            .map(|customer| report(customer, now_ms))
            .collect()
    }

    /// Returns everything the API accepted, failed messages too, by customer and then by time.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        let world = self.world();
        let of = |customer: &Customer| {
            let bubbles = customer
                .bubbles
                .iter()
                .filter(|bubble| bubble.from == Author::Shop)
                .cloned();
            bubbles
                .map(|message| Sent {
                    to: customer.phone.clone(),
                    message,
                })
                .collect::<Vec<_>>()
        };
        world.customers().iter().flat_map(of).collect()
    }

    /// Signs and sends any body as a WhatsApp webhook.
    pub(crate) fn tell(&self, id: &str, kind: &str, body: &Value) {
        self.webhooks.send(Letter::whatsapp(
            id,
            kind,
            notice::on_the_wire(body),
            &self.options.app_secret,
        ));
    }

    /// Tells everything under way to end, without waiting for it.
    pub(crate) fn cancel(&self) {
        self.stop.cancel();
    }

    pub(crate) async fn stop(&self) {
        self.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Takes a message and lets it travel. With `fails` it never arrives.
    fn accept(
        self: &Arc<Self>,
        to: Recipient,
        message: Outgoing,
        fails: Option<i64>,
    ) -> Result<Accepted, Refusal> {
        let now_ms = self.clock.now_ms();
        let wamid = ids::wamid();
        let mut world = self.world();
        if to.address == Address::UserId && !world.knows(to.named) {
            return Err(Refusal::value("Recipient user ID is not known to this business"));
        }
        let customer = world.introduce(to.named, Introduction::default());
        customer.shop_types_until_ms = 0;
        let closed = !message.is_template() && !customer.window_is_open(now_ms);
        let fails = fails.or(closed.then_some(131_047));
        let phone = customer.phone.clone();
        world.keep(
            &phone,
            world::bubble_from(&wamid, message, self.clock.now()),
            Some(to.address),
        );
        drop(world);
        let journey = Arc::clone(self).travel(wamid.clone(), fails);
        self.tasks
            .spawn(self.stop.clone().run_until_cancelled_owned(journey));
        Ok(Accepted { wamid, phone })
    }

    async fn travel(self: Arc<Self>, wamid: String, fails: Option<i64>) {
        self.clock.sleep(self.options.sent_after).await;
        if fails.is_some() {
            return self.progress(&wamid, Status::Failed, fails);
        }
        self.progress(&wamid, Status::Sent, None);
        self.clock.sleep(self.options.delivered_after).await;
        self.progress(&wamid, Status::Delivered, None);
    }

    /// Moves a message of the shop's on and tells of it; it never moves back.
    fn progress(&self, wamid: &str, status: Status, error: Option<i64>) {
        let now_s = self.clock.now_s();
        let mut world = self.world();
        let Some((customer, address)) = world.receiver_of(wamid) else {
            return;
        };
        let Some(bubble) = customer.bubble_mut(wamid) else {
            return;
        };
        if bubble.status >= status {
            return;
        }
        bubble.status = status;
        let bubble = bubble.clone();
        let body = notice::status(&self.options, customer, &bubble, address, now_s, error);
        self.tell(wamid, status.name(), &body);
        drop(world);
        self.changed();
    }

    /// Marks a customer's message, and those before it, as read by the shop.
    fn shop_reads(&self, wamid: &str, types: bool) -> Result<(), Refusal> {
        let until_ms = self.clock.now_ms().saturating_add(TYPING_MS);
        let mut world = self.world();
        let customer = world.writer_of(wamid).ok_or_else(|| {
            Refusal::parameter(
                "(#100) Invalid parameter: the message_id is not of a message that was received",
            )
        })?;
        for bubble in customer
            .bubbles
            .iter_mut()
            .filter(|bubble| bubble.from == Author::Customer)
        {
            bubble.status = Status::Read;
            if bubble.wamid == wamid {
                break;
            }
        }
        if types {
            customer.shop_types_until_ms = until_ms;
        }
        drop(world);
        self.changed();
        Ok(())
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn report(customer: &Customer, now_ms: i64) -> CustomerReport {
    let closes = customer
        .wrote_ms
        .map(|wrote| wrote.saturating_add(24 * 60 * 60 * 1000));
    CustomerReport {
        phone: customer.phone.clone(),
        hides_phone: customer.hides_phone,
        user_id: customer.user_id.clone(),
        username: customer.username.clone(),
        name: customer.name.clone(),
        messages: customer
            .bubbles
            .iter()
            .filter(|bubble| bubble.is_on_the_phone())
            .count(),
        window_closes_at: closes.and_then(|closes| Timestamp::from_millisecond(closes).ok()),
        shop_is_typing: customer.shop_types_until_ms > now_ms,
    }
}
