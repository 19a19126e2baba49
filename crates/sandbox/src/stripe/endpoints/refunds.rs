//! `/v1/refunds`: all or part of a payment goes back.

use super::show;
use crate::stripe::checkout::refund;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::charge::Charge;
use crate::stripe::objects::payment_intent::PaymentIntent;
use crate::stripe::objects::payment_method::Instrument;
use crate::stripe::objects::refund::Refund;
use crate::stripe::params::{Param, choice, int, metadata, not_played, off, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const CREATE: &[Param] = &[
    int("amount"),
    text("charge"),
    text("payment_intent"),
    choice("reason", &["duplicate", "fraudulent", "requested_by_customer"]),
    metadata().or_empty(),
    off("refund_application_fee"),
    off("reverse_transfer"),
    not_played("currency"),
    not_played("customer"),
    not_played("instructions_email"),
    not_played("origin"),
];
pub(crate) const UPDATE: &[Param] = &[metadata().or_empty()];
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("charge"),
    text("payment_intent"),
];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let charge = charge_to_refund(act, call)?;
    let amount = amount_to_refund(&charge, call.fields.int("amount"))?;
    let (reason, metadata) = (call.fields.string("reason"), call.fields.metadata());
    Ok(refund::make(act, &charge, amount, reason, metadata))
}

fn charge_to_refund(act: &Act, call: &Call) -> Result<Charge, Refusal> {
    let fields = call.fields;
    super::not_both(fields, "charge", "payment_intent", "")?;
    if let Some(id) = fields.text("charge") {
        return act.find::<Charge>(id, "charge").cloned();
    }
    let Some(id) = fields.text("payment_intent") else {
        let message =
            "One of the following params should be provided for this request: payment_intent or charge.";
        return Err(Refusal::invalid(message).code("parameter_missing"));
    };
    let intent = act.find::<PaymentIntent>(id, "payment_intent")?;
    let charge = intent
        .latest_charge
        .as_deref()
        .and_then(|id| act.get::<Charge>(id));
    charge
        .filter(|charge| charge.succeeded())
        .cloned()
        .ok_or_else(|| {
            let message = format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
            Refusal::invalid(message).param("payment_intent").begun()
        })
}

fn amount_to_refund(charge: &Charge, asked: Option<i64>) -> Result<i64, Refusal> {
    let left = charge.refundable();
    if !charge.succeeded() {
        let message = format!("Charge {} cannot be refunded: it did not succeed.", charge.id);
        return Err(Refusal::invalid(message).param("charge").begun());
    }
    if let Instrument::Slip(slip, _) = charge.instrument
        && !slip.is_refundable()
    {
        let message = format!(
            "Charge {} cannot be refunded: {} payments do not support refunds.",
            charge.id,
            slip.method()
        );
        return Err(Refusal::invalid(message)
            .code("charge_not_refundable")
            .param("charge")
            .begun());
    }
    if charge.disputed {
        let message = format!(
            "Charge {} has been charged back; cannot issue a refund.",
            charge.id
        );
        return Err(Refusal::invalid(message)
            .code("charge_disputed")
            .param("charge")
            .begun());
    }
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Refusal::invalid(message).code("charge_already_refunded").begun());
    }
    match asked {
        None => Ok(left),
        Some(amount) if amount < 1 => Err(Refusal::invalid("Invalid positive integer")
            .code("parameter_invalid_integer")
            .param("amount")),
        Some(amount) if amount > left => {
            let message =
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            Err(Refusal::invalid(message).param("amount").begun())
        }
        Some(amount) => Ok(amount),
    }
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let (charge, intent) = (call.fields.text("charge"), call.fields.text("payment_intent"));
    listing::page::<Refund>(act, call, |refund| {
        charge.is_none_or(|id| refund.charge == id) && intent.is_none_or(|id| refund.payment_intent == id)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Refund>(act, call, "id")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    act.find::<Refund>(call.id, "id")?;
    act.revise::<Refund>(call.id, "refund.updated", |refund| {
        call.fields.edit_metadata(&mut refund.metadata);
    });
    retrieve(act, call)
}
