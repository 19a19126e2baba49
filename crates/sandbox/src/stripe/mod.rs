//! Stripe as the desk and its customers meet it: the API, the pay page, time and webhooks.

mod agenda;
mod api;
mod billing;
mod checkout;
mod control;
mod currency;
mod endpoints;
mod expand;
mod fields;
mod form;
mod idempotency;
mod ids;
mod keys;
mod ledger;
mod listing;
mod newer;
mod objects;
mod options;
mod params;
mod pay_page;
mod refusal;
mod routes;
mod shelf;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::extract::Query;
use axum::http::Uri;
use serde_json::Value;
use tokio::sync::Notify;

pub use api::api_router;
pub(crate) use checkout::outcome::Method;
pub use checkout::outcome::{Challenge, PayOutcome, PayWith};
pub use control::control_router;
pub use options::{API_VERSION, DESK_PERMISSIONS, ENABLED_EVENTS, StripeOptions};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::webhooks::{Letter, Webhooks};
use checkout::open::Visit;
use checkout::{cards, discount, dispute, open, pay, payout, refund, transfer, voucher};
use idempotency::Keys;
use ledger::{Act, Ledger};
use objects::customer::Customer;
use objects::event::Cause;
use objects::payment_intent::PaymentIntent;
use objects::payment_link::PaymentLink;
use objects::session::Session;

/// A Stripe account that keeps everything in memory.
#[derive(Debug)]
pub struct Stripe {
    options: Arc<StripeOptions>,
    clock: Clock,
    webhooks: Webhooks,
    faults: Faults,
    ledger: Mutex<Ledger>,
    keys: Mutex<Keys>,
    /// The newest event that was sent as a webhook.
    last_sent: Mutex<Option<Letter>>,
    /// Something may have become due earlier than anyone waits for.
    agenda_changed: Arc<Notify>,
}

impl Stripe {
    /// Opens an account, and starts the task that does what time brings; it ends when the account is dropped.
    ///
    /// Must be called within a Tokio runtime.
    pub fn new(clock: Clock, webhooks: Webhooks, faults: Faults, options: StripeOptions) -> Arc<Self> {
        let options = Arc::new(options);
        let stripe = Arc::new(Self {
            ledger: Mutex::new(Ledger::new(Arc::clone(&options))),
            keys: Mutex::default(),
            last_sent: Mutex::default(),
            agenda_changed: Arc::default(),
            options,
            clock,
            webhooks,
            faults,
        });
        let (weak, clock) = (Arc::downgrade(&stripe), stripe.clock.clone());
        tokio::spawn(follow_time(weak, clock, Arc::clone(&stripe.agenda_changed)));
        stripe
    }

    pub fn options(&self) -> &StripeOptions {
        &self.options
    }

    /// Opens a link (its id, its address or what follows `/pay/`) as a customer would, and pays.
    ///
    /// A session's id or address does too; then no new session is made.
    pub fn pay_link(&self, address: &str, with: PayWith) -> PayOutcome {
        self.act(Cause::default(), |act| match target(act, address) {
            Some(Target::Session(session)) => pay::pay(act, &session, with),
            Some(Target::Link(link)) => match open::open_link(act, &link, visit_of(address)) {
                Some(session) => pay::pay(act, &session, with),
                None => inactive(act, &link),
            },
            None => PayOutcome::not_found(address),
        })
    }

    /// Answers a bank's 3-D Secure question.
    pub fn authenticate(&self, payment_intent: &str, passed: bool) -> PayOutcome {
        self.act(Cause::default(), |act| {
            pay::answer_challenge(act, payment_intent, passed)
        })
    }

    /// Pays a voucher at the store or bank, or a code.
    pub fn pay_voucher(&self, payment_intent: &str) -> PayOutcome {
        self.act(Cause::default(), |act| voucher::pay(act, payment_intent))
    }

    /// Lets a voucher expire before its time.
    pub fn expire_voucher(&self, payment_intent: &str) -> PayOutcome {
        self.act(Cause::default(), |act| voucher::expire(act, payment_intent))
    }

    /// Lets money arrive for a payment that waits for a transfer: too little, enough or too much.
    pub fn transfer(&self, payment_intent: &str, amount: i64) -> PayOutcome {
        self.act(Cause::default(), |act| {
            transfer::send(act, payment_intent, amount)
        })
    }

    /// Opens a dispute of a payment's charge; returns its id, or why there can be none.
    pub fn dispute(&self, payment_intent: &str, reason: &str, warning: bool) -> Result<String, String> {
        self.act(Cause::default(), |act| {
            let charge = act
                .get::<PaymentIntent>(payment_intent)
                .and_then(|intent| intent.latest_charge.clone())
                .ok_or_else(|| format!("there is no paid payment '{payment_intent}'"))?;
            dispute::open(act, &charge, reason, None, warning)
        })
    }

    /// Ends a dispute, for the shop or for its customer.
    pub fn close_dispute(&self, dispute: &str, won: bool) -> Result<(), String> {
        self.act(Cause::default(), |act| dispute::close(act, dispute, won))
    }

    /// Lets a refund arrive that is on its way, or sends one back.
    pub fn end_refund(&self, refund: &str, succeeds: bool) -> Result<(), String> {
        self.act(Cause::default(), |act| {
            if succeeds {
                refund::succeed(act, refund)
            } else {
                refund::fail(act, refund)
            }
        })
    }

    /// Forgets all idempotency keys, as Stripe does after a day, while nothing else grows older.
    pub fn forget_keys(&self) {
        *self.keys() = Keys::default();
    }

    /// Pays out what is available, without waiting for the night.
    pub fn pay_out(&self) {
        self.act(Cause::default(), payout::pay_out);
    }

    /// Sends a payout back from the shop's bank.
    pub fn fail_payout(&self, payout: &str) -> Result<(), String> {
        self.act(Cause::default(), |act| payout::fail(act, payout))
    }

    /// Lets a customer's card fail from now on, with a decline code such as `insufficient_funds`, or work again.
    pub fn set_card(&self, customer: &str, works: bool) -> Result<(), String> {
        self.act(Cause::default(), |act| {
            act.get::<Customer>(customer)
                .ok_or_else(|| format!("there is no customer '{customer}'"))?;
            let fails = (!works).then_some(cards::NO_FUNDS);
            act.amend::<Customer>(customer, |customer| customer.card_fails = fails);
            Ok(())
        })
    }

    /// Gives a customer's subscriptions another card, as on the portal.
    pub fn change_card(&self, customer: &str, number: &str) -> Result<(), String> {
        self.act(Cause::default(), |act| {
            act.get::<Customer>(customer)
                .ok_or_else(|| format!("there is no customer '{customer}'"))?;
            act.in_time_of(customer, |act| {
                pay_page::portal::change_card(act, customer, number)
            })
        })
    }

    /// Types a promotion code into a session's page.
    pub fn type_code(&self, session: &str, code: &str) -> Result<(), String> {
        self.act(Cause::default(), |act| discount::type_code(act, session, code))
    }

    /// Does what is due by now. Reading through the API does so anyway.
    pub fn catch_up(&self) {
        self.act(Cause::default(), |_| {});
    }

    /// Changes the ledger at this moment, after everything that was due before it, and sends what happened.
    fn act<T>(&self, cause: Cause, work: impl FnOnce(&mut Act) -> T) -> T {
        let mut ledger = self.ledger();
        let next_before = ledger.agenda.next();
        let mut act = Act {
            now_ms: self.clock.now_ms(),
            ledger: &mut ledger,
            cause: Cause::default(),
            clock: None,
        };
        act.catch_up();
        act.cause = cause;
        let result = work(&mut act);
        // Sent while the ledger is locked, so that events leave in the order of their ids.
        for event in std::mem::take(&mut ledger.outgoing) {
            self.send(&event);
        }
        let sooner = ledger
            .agenda
            .next()
            .is_some_and(|next| next_before.is_none_or(|before| next < before));
        drop(ledger);
        if sooner {
            self.agenda_changed.notify_one();
        }
        result
    }

    fn send(&self, event: &Value) {
        let text = |field: &str| event.get(field).and_then(Value::as_str).unwrap_or_default();
        let letter = Letter::stripe(
            text("id"),
            text("type"),
            pretty(event),
            &self.options.webhook_secret,
        );
        *self.last_sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(letter.clone());
        self.webhooks.send(letter);
    }

    fn last_sent(&self) -> Option<Letter> {
        self.last_sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stripe {
    fn drop(&mut self) {
        self.agenda_changed.notify_one();
    }
}

/// Returns the event as Stripe sends it: indented by two, so that nobody mistakes it for canonical JSON.
fn pretty(event: &Value) -> String {
    serde_json::to_string_pretty(event).unwrap_or_default()
}

/// Does what becomes due, until the account is gone.
async fn follow_time(stripe: Weak<Stripe>, clock: Clock, changed: Arc<Notify>) {
    loop {
        let next = match stripe.upgrade() {
            Some(stripe) => {
                stripe.catch_up();
                stripe.ledger().agenda.next()
            }
            None => return,
        };
        let due = async {
            match next {
                Some(at_ms) => clock.sleep_until_ms(at_ms).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = changed.notified() => {}
        }
    }
}

/// What an id or address names.
enum Target {
    Link(String),
    Session(String),
}

/// Reads `plink_…`, `cs_…`, `…/pay/test_…` or `…/c/pay/cs_…`.
fn target(act: &Act, named: &str) -> Option<Target> {
    let path = named.split(['?', '#']).next().unwrap_or(named);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    if act.get::<Session>(last).is_some() {
        return Some(Target::Session(last.to_owned()));
    }
    if act.get::<PaymentLink>(last).is_some() {
        return Some(Target::Link(last.to_owned()));
    }
    act.ledger.tokens.get(last).cloned().map(Target::Link)
}

fn inactive(act: &Act, link: &str) -> PayOutcome {
    let message = act
        .get::<PaymentLink>(link)
        .and_then(|link| link.inactive_message.clone());
    PayOutcome::Inactive { message }
}

/// Returns what an address adds for this visit, as the pay page reads it.
fn visit_of(address: &str) -> Visit {
    let uri: Option<Uri> = address.parse().ok();
    uri.and_then(|uri| Query::try_from_uri(&uri).ok())
        .map(|Query(visit)| visit)
        .unwrap_or_default()
}
