//! Refunds: made at once, or on their way for days, or sent back by the customer's bank.

use super::balance;
use crate::stripe::agenda::Job;
use crate::stripe::fields::Metadata;
use crate::stripe::ledger::Act;
use crate::stripe::objects::balance_transaction::Movement;
use crate::stripe::objects::charge::Charge;
use crate::stripe::objects::payment_method::Instrument;
use crate::stripe::objects::refund::{Refund, RefundState};
use serde_json::Value;

const DAY: i64 = 24 * 60 * 60;
const DAYS_ON_THE_WAY: i64 = 3;

/// Gives back `amount` of a charge, which must have so much left; returns how the API shows it.
pub(crate) fn make(
    act: &mut Act,
    charge: &Charge,
    amount: i64,
    reason: Option<String>,
    metadata: Metadata,
) -> Value {
    let id = act.id("re");
    let fate = fate(&charge.instrument);
    let transaction = balance::book(act, charge, Movement::Refund, -amount, 0, &id);
    let refund = Refund {
        id: id.clone(),
        created: act.now(),
        amount,
        currency: charge.currency,
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        balance_transaction: transaction,
        failure_transaction: None,
        method: charge.instrument.kind(),
        state: if fate == Fate::Pending {
            RefundState::Pending
        } else {
            RefundState::Succeeded
        },
        reason,
        metadata,
    };
    if fate != Fate::AtOnce {
        let at = act.now() + DAYS_ON_THE_WAY * DAY;
        act.schedule(at * 1000, Job::EndRefund(id));
    }
    let shown = act.create("refund.created", refund);
    act.revise::<Charge>(&charge.id, "charge.refunded", |charge| charge.refunded += amount);
    shown
}

#[derive(Debug, PartialEq, Eq)]
enum Fate {
    AtOnce,
    /// Transfers, and the card that Stripe has for it.
    Pending,
    /// Said to have succeeded, and sent back days later.
    Fails,
}

fn fate(instrument: &Instrument) -> Fate {
    match instrument {
        Instrument::Card(face) if face.last4 == "7726" => Fate::Pending,
        Instrument::Card(face) if face.last4 == "5126" => Fate::Fails,
        Instrument::Transfer => Fate::Pending,
        _ => Fate::AtOnce,
    }
}

/// What the bank does by itself after some days.
pub(crate) fn end(act: &mut Act, id: &str) {
    let _ = match act.get::<Refund>(id).map(|refund| refund.state) {
        Some(RefundState::Pending) => succeed(act, id),
        Some(RefundState::Succeeded) => fail(act, id),
        _ => Ok(()),
    };
}

/// Lets a refund that is on its way arrive.
pub(crate) fn succeed(act: &mut Act, id: &str) -> Result<(), String> {
    act.get::<Refund>(id)
        .filter(|refund| refund.state == RefundState::Pending)
        .ok_or_else(|| format!("there is no refund '{id}' on its way"))?;
    act.revise::<Refund>(id, "refund.updated", |refund| {
        refund.state = RefundState::Succeeded;
    });
    Ok(())
}

/// Sends a refund back: the money is on the shop's balance again.
pub(crate) fn fail(act: &mut Act, id: &str) -> Result<(), String> {
    let refund = act
        .get::<Refund>(id)
        .filter(|refund| refund.state != RefundState::Failed)
        .cloned()
        .ok_or_else(|| format!("there is no refund '{id}' that could fail"))?;
    let charge = act
        .get::<Charge>(&refund.charge)
        .cloned()
        .ok_or_else(|| format!("there is no charge '{}'", refund.charge))?;
    let back = balance::book(act, &charge, Movement::RefundFailure, refund.amount, 0, id);
    act.amend::<Charge>(&refund.charge, |charge| charge.refunded -= refund.amount);
    act.advance::<Refund>(id, "refund.failed", |refund| {
        refund.state = RefundState::Failed;
        refund.failure_transaction = Some(back);
    });
    let shown = act.get::<Refund>(id).map(crate::stripe::shelf::Object::render);
    if let Some(shown) = shown {
        act.emit("refund.updated", shown);
    }
    Ok(())
}
