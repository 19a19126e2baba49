//! `/v1/customers/…/cash_balance`: what a customer sent too much.

use super::customers;
use crate::stripe::checkout::transfer;
use crate::stripe::currency::Currency;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, LIMIT};
use crate::stripe::objects::cash::CashTransaction;
use crate::stripe::params::{Param, int, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};
use crate::stripe::shelf::Object;

pub(crate) const LIST: &[Param] = &[LIMIT, AFTER, BEFORE];
pub(crate) const FUND: &[Param] = &[
    int("amount").required(),
    text("currency").required(),
    text("reference"),
];

pub(crate) fn balance(act: &mut Act, call: &Call) -> Answer {
    customers::find(act, call.id, "customer").map(|customer| customer.cash_balance())
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    customers::find(act, call.id, "customer")?;
    listing::page::<CashTransaction>(act, call, |transaction| transaction.customer == call.id)
}

/// Lets money arrive, as Stripe's own test helper does.
pub(crate) fn fund(act: &mut Act, call: &Call) -> Answer {
    customers::find(act, call.id, "customer")?;
    let currency = Currency::read(call.fields.text("currency").unwrap_or_default(), "currency")?;
    let amount = call.fields.int("amount").unwrap_or_default();
    if amount < 1 {
        return Err(Refusal::invalid("This value must be greater than or equal to 1.").param("amount"));
    }
    transfer::arrive(act, call.id, currency, amount);
    let funded = act
        .ledger
        .cash
        .rows()
        .iter()
        .rev()
        .find(|transaction| transaction.customer == call.id && transaction.amount == amount);
    funded.map(Object::render).ok_or_else(Refusal::server_error)
}
