//! Everything the sandboxed Stripe account holds, and the one way to change it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::agenda::{Agenda, Job};
use super::ids::Ids;
use super::objects::balance_transaction::BalanceTransaction;
use super::objects::cash::CashTransaction;
use super::objects::charge::Charge;
use super::objects::coupon::Coupon;
use super::objects::customer::Customer;
use super::objects::dispute::Dispute;
use super::objects::event::{Cause, Event};
use super::objects::invoice::Invoice;
use super::objects::payment_intent::PaymentIntent;
use super::objects::payment_link::PaymentLink;
use super::objects::payment_method::PaymentMethod;
use super::objects::payout::Payout;
use super::objects::price::Price;
use super::objects::product::Product;
use super::objects::promotion_code::PromotionCode;
use super::objects::refund::Refund;
use super::objects::schedule::Schedule;
use super::objects::session::Session;
use super::objects::subscription::Subscription;
use super::objects::test_clock::TestClock;
use super::objects::webhook_endpoint::WebhookEndpoint;
use super::options::StripeOptions;
use super::refusal::Refusal;
use super::shelf::{Object, Shelf};

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) options: Arc<StripeOptions>,
    pub(crate) ids: Ids,
    pub(crate) products: Shelf<Product>,
    pub(crate) prices: Shelf<Price>,
    pub(crate) coupons: Shelf<Coupon>,
    pub(crate) subscriptions: Shelf<Subscription>,
    pub(crate) invoices: Shelf<Invoice>,
    pub(crate) schedules: Shelf<Schedule>,
    pub(crate) clocks: Shelf<TestClock>,
    /// Visits to the portal, by what follows `/p/session/` in their address.
    pub(crate) portal: HashMap<String, PortalVisit>,
    pub(crate) codes: Shelf<PromotionCode>,
    pub(crate) links: Shelf<PaymentLink>,
    pub(crate) sessions: Shelf<Session>,
    pub(crate) intents: Shelf<PaymentIntent>,
    pub(crate) methods: Shelf<PaymentMethod>,
    pub(crate) charges: Shelf<Charge>,
    pub(crate) transactions: Shelf<BalanceTransaction>,
    pub(crate) refunds: Shelf<Refund>,
    pub(crate) disputes: Shelf<Dispute>,
    pub(crate) payouts: Shelf<Payout>,
    pub(crate) cash: Shelf<CashTransaction>,
    pub(crate) customers: Shelf<Customer>,
    pub(crate) events: Shelf<Event>,
    pub(crate) endpoints: Shelf<WebhookEndpoint>,
    /// Payment links by what follows `/pay/` in their address.
    pub(crate) tokens: HashMap<String, String>,
    pub(crate) agenda: Agenda,
    /// When the next payout is planned, in seconds.
    pub(crate) next_payout: i64,
    /// Events that still have to be handed to the webhooks, oldest first.
    pub(crate) outgoing: Vec<Value>,
}

impl Ledger {
    pub(crate) fn new(options: Arc<StripeOptions>) -> Self {
        Self {
            options,
            ids: Ids::default(),
            products: Shelf::default(),
            prices: Shelf::default(),
            coupons: Shelf::default(),
            subscriptions: Shelf::default(),
            invoices: Shelf::default(),
            schedules: Shelf::default(),
            clocks: Shelf::default(),
            portal: HashMap::new(),
            codes: Shelf::default(),
            links: Shelf::default(),
            sessions: Shelf::default(),
            intents: Shelf::default(),
            methods: Shelf::default(),
            charges: Shelf::default(),
            transactions: Shelf::default(),
            refunds: Shelf::default(),
            disputes: Shelf::default(),
            payouts: Shelf::default(),
            cash: Shelf::default(),
            customers: Shelf::default(),
            events: Shelf::default(),
            endpoints: Shelf::default(),
            tokens: HashMap::new(),
            agenda: Agenda::default(),
            next_payout: 0,
            outgoing: Vec::new(),
        }
    }
}

/// Who may see which customer's portal.
#[derive(Debug, Clone)]
pub(crate) struct PortalVisit {
    pub(crate) customer: String,
    pub(crate) locale: Option<String>,
    pub(crate) return_url: Option<String>,
}

/// The ledger at one moment, for one cause: changes and the events they make go together.
#[derive(Debug)]
pub(crate) struct Act<'a> {
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) now_ms: i64,
    pub(crate) cause: Cause,
    /// The test clock whose time it is, if it is one's.
    pub(crate) clock: Option<String>,
}

impl Act<'_> {
    /// Returns seconds since 1970 by the sandbox's clock.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }

    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.ledger.ids.next(prefix, self.now_ms)
    }

    pub(crate) fn get<T: Object>(&self, id: &str) -> Option<&T> {
        T::shelf(self.ledger).get(id)
    }

    /// Returns the object, or Stripe's "No such …" naming `param`.
    pub(crate) fn find<T: Object>(&self, id: &str, param: &str) -> Result<&T, Refusal> {
        self.get(id).ok_or_else(|| Refusal::no_such(T::NOUN, id, param))
    }

    /// Keeps a new object without telling anyone.
    pub(crate) fn add<T: Object>(&mut self, object: T) {
        T::shelf_mut(self.ledger).add(object);
    }

    /// Keeps a new object and tells of it; returns how the API shows it.
    pub(crate) fn create<T: Object>(&mut self, kind: &'static str, object: T) -> Value {
        let shown = object.render();
        self.add(object);
        self.emit(kind, shown.clone());
        shown
    }

    /// Changes an object without telling anyone; does nothing when there is none.
    pub(crate) fn amend<T: Object>(&mut self, id: &str, edit: impl FnOnce(&mut T)) {
        if let Some(object) = T::shelf_mut(self.ledger).get_mut(id) {
            edit(object);
        }
    }

    /// Changes an object and tells of it as a new state.
    pub(crate) fn advance<T: Object>(&mut self, id: &str, kind: &'static str, edit: impl FnOnce(&mut T)) {
        self.amend(id, edit);
        if let Some(shown) = self.get::<T>(id).map(Object::render) {
            self.emit(kind, shown);
        }
    }

    /// Changes an object and tells of it with what it was before, unless nothing changed.
    pub(crate) fn revise<T: Object>(&mut self, id: &str, kind: &'static str, edit: impl FnOnce(&mut T)) {
        let Some(object) = T::shelf_mut(self.ledger).get_mut(id) else {
            return;
        };
        let before = object.render();
        edit(object);
        let after = object.render();
        let previous = differences(&before, &after);
        if !previous.is_empty() {
            self.publish(kind, after, Some(Value::Object(previous)));
        }
    }

    pub(crate) fn emit(&mut self, kind: &'static str, object: Value) {
        self.publish(kind, object, None);
    }

    fn publish(&mut self, kind: &'static str, object: Value, previous: Option<Value>) {
        let sent = self.ledger.options.sends(kind);
        let event = Event {
            id: self.id("evt"),
            created: self.now(),
            kind,
            object,
            previous,
            cause: self.cause.clone(),
            pending_webhooks: u32::from(sent),
        };
        if sent {
            self.ledger.outgoing.push(event.render());
        }
        self.add(event);
    }

    /// Plans a job, in the time that it is now: a test clock's, or everyone's.
    pub(crate) fn schedule(&mut self, at_ms: i64, job: Job) {
        match self.clock.clone() {
            Some(clock) => self.amend::<TestClock>(&clock, |clock| clock.agenda.add(at_ms, job)),
            None => self.ledger.agenda.add(at_ms, job),
        }
    }
}

/// Returns the top-level fields of `before` that are different in `after`.
fn differences(before: &Value, after: &Value) -> Map<String, Value> {
    let fields = before.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| after.get(name.as_str()) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
