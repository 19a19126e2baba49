//! `/v1/charges` and `/v1/balance_transactions`: what was taken, and what of it the shop gets.

use super::show;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::balance_transaction::BalanceTransaction;
use crate::stripe::objects::charge::Charge;
use crate::stripe::params::{Param, metadata, not_played, text};
use crate::stripe::routes::{Answer, Call};

pub(crate) const LIST_CHARGES: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("customer"),
    text("payment_intent"),
    not_played("transfer_group"),
];
pub(crate) const UPDATE_CHARGE: &[Param] = &[
    text("description").or_empty(),
    text("receipt_email").or_empty(),
    metadata().or_empty(),
    not_played("customer"),
    not_played("fraud_details"),
    not_played("shipping"),
    not_played("transfer_group"),
];
pub(crate) const LIST_TRANSACTIONS: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("currency"),
    text("source"),
    text("type"),
    text("payout"),
];

pub(crate) fn list_charges(act: &mut Act, call: &Call) -> Answer {
    let (customer, intent) = (call.fields.text("customer"), call.fields.text("payment_intent"));
    listing::page::<Charge>(act, call, |charge| {
        customer.is_none_or(|id| charge.customer.as_deref() == Some(id))
            && intent.is_none_or(|id| charge.payment_intent == id)
    })
}

pub(crate) fn retrieve_charge(act: &mut Act, call: &Call) -> Answer {
    show::<Charge>(act, call, "id")
}

pub(crate) fn update_charge(act: &mut Act, call: &Call) -> Answer {
    act.find::<Charge>(call.id, "id")?;
    act.revise::<Charge>(call.id, "charge.updated", |charge| {
        call.fields.edit("description", &mut charge.description);
        call.fields.edit("receipt_email", &mut charge.receipt_email);
        call.fields.edit_metadata(&mut charge.metadata);
    });
    retrieve_charge(act, call)
}

pub(crate) fn list_transactions(act: &mut Act, call: &Call) -> Answer {
    let payout = call.fields.text("payout");
    let (currency, source, kind) = (
        call.fields.text("currency"),
        call.fields.text("source"),
        call.fields.text("type"),
    );
    listing::page::<BalanceTransaction>(act, call, |transaction| {
        currency.is_none_or(|code| transaction.currency.code() == code)
            && payout.is_none_or(|id| transaction.payout.as_deref() == Some(id))
            && source.is_none_or(|id| transaction.source == id)
            && kind.is_none_or(|name| transaction.movement.name() == name)
    })
}

pub(crate) fn retrieve_transaction(act: &mut Act, call: &Call) -> Answer {
    show::<BalanceTransaction>(act, call, "id")
}
