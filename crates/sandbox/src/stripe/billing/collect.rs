//! Collecting an invoice from the customer's card, and trying again when the bank says no.

use serde_json::Map;

use super::{end, invoice};
use crate::stripe::agenda::Job;
use crate::stripe::checkout::cards::{Behaviour, Card};
use crate::stripe::checkout::take;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::objects::charge::Failure;
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::invoice::{Invoice, InvoiceState};
use crate::stripe::objects::payment_intent::{IntentState, PaymentIntent};
use crate::stripe::objects::payment_method::{Instrument, PaymentMethod};
use crate::stripe::objects::subscription::{Subscription, SubscriptionState};

const DAY: i64 = 24 * 60 * 60;
/// Days after each failed attempt until the next; after the last the subscription ends.
const RETRIES: [i64; 3] = [3, 5, 7];

const NO_CARD: Failure = Failure {
    code: "invoice_payment_intent_requires_action",
    decline_code: None,
    message: "This customer has no attached payment source or default payment method.",
};
const NEEDS_CUSTOMER: Failure = Failure {
    code: "authentication_required",
    decline_code: Some("authentication_required"),
    message: "Your card was declined. This transaction requires authentication.",
};

/// Tries to collect an open invoice once. Returns why the bank said no, if it did.
pub(crate) fn collect(act: &mut Act, id: &str) -> Option<Failure> {
    let found = act
        .get::<Invoice>(id)
        .filter(|invoice| invoice.state == InvoiceState::Open)?
        .clone();
    if found.due() == 0 {
        invoice::mark_paid(act, id);
        return None;
    }
    let intent = intent_of(act, &found);
    let method = method_of(act, &found);
    let failure = refusal(act, &found.customer, method.as_deref());
    act.amend::<Invoice>(id, |invoice| invoice.attempts += 1);
    match (method, failure) {
        (Some(method), None) => {
            take::take(act, &intent, &method);
            invoice::mark_paid(act, id);
            None
        }
        (method, failure) => {
            let failure = failure.unwrap_or(NO_CARD);
            take::decline(act, &intent, &method.unwrap_or_default(), failure);
            fail(act, id);
            Some(failure)
        }
    }
}

/// Tries again, if the invoice still waits for this attempt.
pub(crate) fn retry(act: &mut Act, id: &str, at: i64) {
    let waits = act
        .get::<Invoice>(id)
        .is_some_and(|invoice| invoice.next_attempt == Some(at));
    if waits {
        collect(act, id);
    }
}

/// Tells of a failed attempt, and plans the next, or ends the subscription after the last.
fn fail(act: &mut Act, id: &str) {
    let Some(found) = act.get::<Invoice>(id) else {
        return;
    };
    let (subscription, customer) = (found.subscription.clone(), found.customer.clone());
    let done = usize::try_from(found.attempts - 1).unwrap_or(0);
    let next = RETRIES.get(done).map(|days| act.now() + days * DAY);
    act.advance::<Invoice>(id, "invoice.payment_failed", |invoice| {
        invoice.next_attempt = next;
        invoice.advances = next.is_some();
    });
    act.amend::<Customer>(&customer, |customer| customer.delinquent = true);
    act.revise::<Subscription>(&subscription, "customer.subscription.updated", |found| {
        if !found.is_over() {
            found.state = SubscriptionState::PastDue;
        }
    });
    match next {
        Some(at) => act.schedule(at * 1000, Job::Retry(id.to_owned(), at)),
        None => end::end(act, &subscription, "payment_failed"),
    }
}

/// Returns the card that is charged: the subscription's own, else the customer's.
fn method_of(act: &Act, invoice: &Invoice) -> Option<String> {
    let own = act
        .get::<Subscription>(&invoice.subscription)
        .and_then(|found| found.default_method.clone());
    own.or_else(|| act.get::<Customer>(&invoice.customer)?.default_method.clone())
}

/// Returns why the bank says no to a charge that the customer does not see.
fn refusal(act: &Act, customer: &str, method: Option<&str>) -> Option<Failure> {
    if let Some(failure) = act
        .get::<Customer>(customer)
        .and_then(|customer| customer.card_fails)
    {
        return Some(failure);
    }
    let Some(found) = method.and_then(|method| act.get::<PaymentMethod>(method)) else {
        return Some(NO_CARD);
    };
    let Instrument::Card(face) = &found.instrument else {
        return Some(NO_CARD);
    };
    match Card::by_last4(&face.last4)?.behaviour {
        Behaviour::Approves => None,
        Behaviour::Declines(failure) | Behaviour::Authenticates(Some(failure)) => Some(failure),
        // This one asks only when it is first kept.
        Behaviour::Authenticates(None) if face.last4 == "3155" => None,
        Behaviour::Authenticates(None) => Some(NEEDS_CUSTOMER),
    }
}

/// Returns the invoice's payment, made for its first attempt.
fn intent_of(act: &mut Act, invoice: &Invoice) -> String {
    if let Some(intent) = &invoice.intent {
        return intent.clone();
    }
    let id = act.id("pi");
    let intent = PaymentIntent {
        secret: format!("{id}_secret_{}", ids::token(25)),
        id: id.clone(),
        created: act.now(),
        amount: invoice.due(),
        currency: invoice.currency,
        state: IntentState::RequiresPaymentMethod,
        methods: vec!["card".to_owned()],
        payment_method: None,
        latest_charge: None,
        next: None,
        last_error: None,
        canceled_at: None,
        cancellation_reason: None,
        customer: Some(invoice.customer.clone()),
        description: Some("Subscription update".to_owned()),
        receipt_email: None,
        statement_descriptor: None,
        statement_descriptor_suffix: None,
        metadata: Map::new(),
        session: None,
        funded: 0,
        installments: false,
    };
    act.create("payment_intent.created", intent);
    act.amend::<Invoice>(&invoice.id, |invoice| invoice.intent = Some(id.clone()));
    id
}
