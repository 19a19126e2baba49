//! WhatsApp as the shop and its customers meet it: the Graph API, phones, statuses, webhooks.

mod alerts;
mod business;
mod customer;
mod graph;
mod history;
mod ids;
pub(crate) mod inbound;
mod media;
mod notice;
mod options;
mod outgoing;
mod pace;
mod phone;
mod refusal;
mod review;
mod samples;
mod sending;
mod templates;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use business::{NewNumber, NumberChange, Token};
pub use customer::{Author, Bubble, Button, Choice, File, Reaction, Status};
pub(crate) use graph::router;
pub use history::{HistoryEntry, HistoryPlan, HistoryReport};
pub(crate) use inbound::{FileToSend, Letterhead};
pub(crate) use notice::put_in;
pub use options::WhatsAppOptions;
pub use pace::Limits;
pub(crate) use phone::{Disconnection, PhoneBookEntry, PhoneMessage};
pub use templates::TemplateState;
pub(crate) use world::Introduction;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::webhooks::{Letter, Webhooks};
use business::{Business, Line};
use customer::Customer;
use media::Shelf;
use notice::Sender;
use pace::Pace;
use templates::TemplateBook;
use world::World;

/// A WhatsApp Business account with its numbers, and everyone who writes to them.
#[derive(Debug)]
pub(crate) struct WhatsApp {
    options: WhatsAppOptions,
    clock: Clock,
    webhooks: Webhooks,
    faults: Faults,
    world: Mutex<World>,
    business: Mutex<Business>,
    shelf: Mutex<Shelf>,
    templates: Mutex<TemplateBook>,
    pace: Mutex<Pace>,
    /// What the shop's phone has to share.
    memory: Mutex<phone::Memory>,
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

impl WhatsApp {
    pub(crate) fn new(
        clock: Clock,
        webhooks: Webhooks,
        faults: Faults,
        options: WhatsAppOptions,
    ) -> Arc<Self> {
        let now_ms = clock.now_ms();
        let pace = Pace::within(Limits {
            enabled: options.rate_limits,
            ..Limits::default()
        });
        Arc::new(Self {
            business: Mutex::new(Business::new(&options, now_ms)),
            options,
            clock,
            webhooks,
            faults,
            world: Mutex::default(),
            shelf: Mutex::default(),
            templates: Mutex::default(),
            pace: Mutex::new(pace),
            memory: Mutex::default(),
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

    /// Signs and sends a body as a webhook of the field that it names, if the app wants those.
    pub(crate) fn tell(&self, id: &str, kind: &str, body: &Value) {
        let field = body.pointer("/entry/0/changes/0/field").and_then(Value::as_str);
        if !field.is_none_or(|field| self.business().tells(field)) {
            return;
        }
        self.webhooks.send(Letter::whatsapp(
            id,
            kind,
            notice::on_the_wire(body),
            &self.options.app_secret,
        ));
    }

    /// Returns the shop's numbers as the API shows them.
    pub(crate) fn numbers(&self) -> Value {
        let business = self.business();
        business.numbers().iter().map(business::Number::shown).collect()
    }

    pub(crate) fn add_number(&self, new: NewNumber) -> Value {
        let now_ms = self.clock.now_ms();
        self.business().add(&self.options, new, now_ms).shown()
    }

    /// Changes what is known of a number; returns `None` if there is none.
    pub(crate) fn change_number_state(&self, id: &str, change: NumberChange) -> Option<Value> {
        let mut business = self.business();
        let number = business.number_mut(id)?;
        number.change(change);
        Some(number.shown())
    }

    pub(crate) fn token(&self) -> Token {
        self.business().token.clone()
    }

    /// Sets what the system user's token may do, and until when.
    pub(crate) fn set_token(&self, token: Token) {
        self.business().token = token;
    }

    pub(crate) fn limits(&self) -> Limits {
        self.pace().limits
    }

    /// Sets how fast a number may send; what was sent before is forgotten.
    pub(crate) fn set_limits(&self, limits: Limits) {
        *self.pace() = Pace::within(limits);
    }

    /// Returns where the shop asked to have its webhooks sent.
    pub(crate) fn subscriptions(&self) -> Value {
        let business = self.business();
        serde_json::json!({
            "subscribed": business.subscribed,
            "app": business.app,
            "waba_callback": business.waba_callback,
        })
    }

    /// Forgets the callbacks that were set by API: webhooks go where the sandbox is told.
    pub(crate) fn forget_callbacks(&self) {
        let mut business = self.business();
        business.app = None;
        business.waba_callback = None;
        self.webhooks.set_callback(None);
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

    /// Returns the number of that id or display number, or the first.
    fn line(&self, named: Option<&str>) -> Option<Line> {
        self.business().line(named)
    }

    fn about_account(&self, field: &str, value: Value) -> Value {
        notice::on_account(&self.options.waba_id, self.clock.now_s(), field, value)
    }

    fn sender(&self, line: Line) -> Sender {
        Sender {
            waba_id: self.options.waba_id.clone(),
            line,
        }
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.world)
    }

    fn business(&self) -> MutexGuard<'_, Business> {
        locked(&self.business)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        locked(&self.shelf)
    }

    fn templates(&self) -> MutexGuard<'_, TemplateBook> {
        locked(&self.templates)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        locked(&self.pace)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(customer: &Customer, now_ms: i64) -> CustomerReport {
    let closes = customer
        .talks
        .values()
        .filter_map(|talk| talk.open_until_ms())
        .max();
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
