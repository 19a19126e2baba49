//! Taking the money: what changes, and which events tell of it, in Stripe's order.

use serde_json::{Value, json};

use super::cards::NOT_AUTHENTICATED;
use super::outcome::PayOutcome;
use super::{balance, discount};
use crate::stripe::agenda::Job;
use crate::stripe::billing::begin;
use crate::stripe::ledger::Act;
use crate::stripe::objects::charge::{Charge, Failure};
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::merge;
use crate::stripe::objects::payment_intent::{IntentState, NextAction, PaymentIntent};
use crate::stripe::objects::payment_link::PaymentLink;
use crate::stripe::objects::payment_method::{Instrument, PaymentMethod};
use crate::stripe::objects::session::{Session, SessionState};
use crate::stripe::shelf::Object;

/// Takes the money: charge, intent and session move together.
pub(crate) fn take(act: &mut Act, intent: &str, method: &str) -> PayOutcome {
    let Some(found) = act.get::<PaymentIntent>(intent).cloned() else {
        return PayOutcome::not_found(intent);
    };
    let session = found.session.clone();
    if let Some(session) = &session {
        name_customer(act, session, intent);
    }
    let Some(charge) = new_charge(act, intent, method, None) else {
        return PayOutcome::not_found(method);
    };
    let charge_id = charge.id.clone();
    act.create("charge.succeeded", charge);
    act.advance::<PaymentIntent>(intent, "payment_intent.succeeded", |intent| {
        intent.state = IntentState::Succeeded;
        intent.payment_method = Some(method.to_owned());
        intent.latest_charge = Some(charge_id.clone());
        intent.next = None;
        intent.last_error = None;
    });
    if let Some(session) = &session {
        if act.get::<Session>(session).is_some_and(Session::is_subscription) {
            begin::begin(act, session, method, Some(intent));
        }
        pay_session(act, session);
    }
    settle_soon(act, &charge_id);
    PayOutcome::Paid {
        session,
        payment_intent: intent.to_owned(),
        charge: charge_id,
    }
}

/// Completes a session that asks for nothing now: a trial, or a discount of everything.
pub(crate) fn take_nothing(act: &mut Act, session: &str, method: &str) -> PayOutcome {
    name_customer(act, session, "");
    act.amend::<Session>(session, |session| session.paid = true);
    if act.get::<Session>(session).is_some_and(Session::is_subscription) {
        begin::begin(act, session, method, None);
    }
    complete(act, session);
    PayOutcome::Paid {
        session: Some(session.to_owned()),
        payment_intent: String::new(),
        charge: String::new(),
    }
}

/// Books a charge a moment later; at once in a test clock's time, which may stand still now.
fn settle_soon(act: &mut Act, charge: &str) {
    if act.clock.is_some() {
        balance::settle(act, charge);
        return;
    }
    let at_ms = act.now_ms + act.ledger.options.balance_delay_ms;
    act.schedule(at_ms, Job::Settle(charge.to_owned()));
}

/// Refuses the card: the intent waits for another one.
pub(crate) fn decline(act: &mut Act, intent: &str, method: &str, failure: Failure) -> PayOutcome {
    let session = act
        .get::<PaymentIntent>(intent)
        .and_then(|intent| intent.session.clone());
    let Some(charge) = new_charge(act, intent, method, Some(failure)) else {
        return PayOutcome::not_found(method);
    };
    let charge_id = charge.id.clone();
    act.create("charge.failed", charge);
    let error = attempt_error(act, method, failure, Some(&charge_id));
    act.amend::<PaymentIntent>(intent, |intent| intent.latest_charge = Some(charge_id));
    fail_attempt(act, intent, error);
    PayOutcome::declined(session, intent, failure)
}

/// Lets the intent wait until the customer has answered the bank.
pub(crate) fn ask_to_authenticate(act: &mut Act, intent: &str, method: &str) -> PayOutcome {
    let url = format!("{}/c/authenticate/{intent}", act.ledger.options.public_url);
    let next = NextAction::Authenticate(url.clone());
    act.advance::<PaymentIntent>(intent, "payment_intent.requires_action", |intent| {
        intent.state = IntentState::RequiresAction;
        intent.payment_method = Some(method.to_owned());
        intent.next = Some(next);
        intent.last_error = None;
    });
    let session = act
        .get::<PaymentIntent>(intent)
        .and_then(|intent| intent.session.clone());
    PayOutcome::NeedsAuthentication {
        session,
        payment_intent: intent.to_owned(),
        url,
    }
}

/// Goes on after 3-D Secure: takes the money, or leaves the intent waiting for another card.
pub(crate) fn authenticate(act: &mut Act, intent: &str, passed: bool, then: Option<Failure>) -> PayOutcome {
    let Some(found) = act.get::<PaymentIntent>(intent) else {
        return PayOutcome::not_found(intent);
    };
    let session = found.session.clone();
    let method = found.payment_method.clone().unwrap_or_default();
    act.amend::<PaymentMethod>(&method, |method| {
        if let Instrument::Card(face) = &mut method.instrument {
            face.authenticated = Some(passed);
        }
    });
    match (passed, then) {
        (true, None) => take(act, intent, &method),
        (true, Some(failure)) => decline(act, intent, &method, failure),
        (false, _) => {
            let error = attempt_error(act, &method, NOT_AUTHENTICATED, None);
            fail_attempt(act, intent, error);
            PayOutcome::declined(session, intent, NOT_AUTHENTICATED)
        }
    }
}

/// Puts the intent back to waiting for a payment method, with the error of this attempt.
pub(crate) fn fail_attempt(act: &mut Act, intent: &str, error: Value) {
    act.advance::<PaymentIntent>(intent, "payment_intent.payment_failed", |intent| {
        intent.state = IntentState::RequiresPaymentMethod;
        intent.payment_method = None;
        intent.next = None;
        intent.last_error = Some(error);
    });
}

/// Returns an intent's `last_payment_error`.
pub(crate) fn attempt_error(act: &Act, method: &str, failure: Failure, charge: Option<&str>) -> Value {
    let kind = if failure.decline_code.is_some() {
        "card_error"
    } else {
        "invalid_request_error"
    };
    let error = json!({
        "code": failure.code,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", failure.code.replace('_', "-")),
        "message": failure.message,
        "payment_method": act.get::<PaymentMethod>(method).map(Object::render),
        "type": kind,
    });
    let error = match failure.decline_code {
        Some(code) => merge(error, json!({"decline_code": code})),
        None => error,
    };
    match charge {
        Some(charge) => merge(error, json!({"charge": charge})),
        None => error,
    }
}

fn new_charge(act: &mut Act, intent: &str, method: &str, failure: Option<Failure>) -> Option<Charge> {
    let id = act.id("ch");
    let intent = act.get::<PaymentIntent>(intent)?;
    let method = act.get::<PaymentMethod>(method)?;
    Some(Charge {
        id,
        created: act.now(),
        amount: intent.amount,
        currency: intent.currency,
        refunded: 0,
        disputed: false,
        failure,
        payment_intent: intent.id.clone(),
        payment_method: method.id.clone(),
        instrument: method.instrument.clone(),
        buyer: method.buyer.clone(),
        balance_transaction: None,
        customer: intent.customer.clone(),
        description: intent.description.clone(),
        receipt_email: intent.receipt_email.clone(),
        statement_descriptor_suffix: intent.statement_descriptor_suffix.clone(),
        metadata: intent.metadata.clone(),
    })
}

/// Tells that the session is paid: now complete, or already complete with a voucher.
fn pay_session(act: &mut Act, session: &str) {
    let had_voucher = act
        .get::<Session>(session)
        .is_some_and(|session| session.state == SessionState::Complete);
    act.amend::<Session>(session, |session| session.paid = true);
    if had_voucher {
        act.advance::<Session>(session, "checkout.session.async_payment_succeeded", |_| {});
    } else {
        complete(act, session);
    }
}

/// Completes a session, which counts on its link; the last one allowed closes the link.
pub(crate) fn complete(act: &mut Act, session: &str) {
    act.advance::<Session>(session, "checkout.session.completed", |session| {
        session.state = SessionState::Complete;
        session.notice = None;
    });
    if let Some(applied) = act
        .get::<Session>(session)
        .and_then(|session| session.discount.clone())
    {
        discount::redeem(act, &applied);
    }
    let link = act
        .get::<Session>(session)
        .and_then(|session| session.payment_link.clone());
    if let Some(link) = link {
        act.revise::<PaymentLink>(&link, "payment_link.updated", |link| {
            link.completed += 1;
            link.active = link.sells();
        });
    }
}

/// Gives the buyer a customer object where the checkout always makes one.
pub(crate) fn name_customer(act: &mut Act, session: &str, intent: &str) {
    let Some(found) = act
        .get::<Session>(session)
        .filter(|session| session.always_customer || session.is_subscription())
    else {
        return;
    };
    if found.customer.is_some() {
        return;
    }
    let buyer = found.buyer.clone().unwrap_or_default();
    let email = found.email().map(str::to_owned);
    let customer = Customer {
        name: buyer.name,
        email,
        phone: buyer.phone,
        ..Customer::new(act.id("cus"), act.now())
    };
    let id = customer.id.clone();
    act.create("customer.created", customer);
    act.amend::<Session>(session, |session| session.customer = Some(id.clone()));
    act.amend::<PaymentIntent>(intent, |intent| intent.customer = Some(id));
}
