//! What a payment leaves on the shop's balance, a moment after it.

use crate::stripe::agenda::Job;
use crate::stripe::ledger::Act;
use crate::stripe::objects::balance_transaction::{BalanceTransaction, Movement, fee};
use crate::stripe::objects::charge::Charge;
use crate::stripe::objects::payment_method::Instrument;

const DAYS_UNTIL_AVAILABLE: i64 = 2;
const DAY: i64 = 24 * 60 * 60;

/// Books a charge with its fee and tells that the charge now knows it.
pub(crate) fn settle(act: &mut Act, charge: &str) {
    let Some(found) = act
        .get::<Charge>(charge)
        .filter(|charge| charge.balance_transaction.is_none())
    else {
        return;
    };
    let found = found.clone();
    let movement = match found.instrument {
        Instrument::Card(_) => Movement::Charge,
        Instrument::Oxxo(_) => Movement::Payment,
    };
    let fee = fee(found.amount, found.currency, &found.instrument);
    let transaction = book(act, &found, movement, found.amount, fee, &found.id);
    act.revise::<Charge>(charge, "charge.updated", |charge| {
        charge.balance_transaction = Some(transaction);
    });
}

/// Adds a balance transaction and returns its id.
pub(crate) fn book(
    act: &mut Act,
    charge: &Charge,
    movement: Movement,
    amount: i64,
    fee: i64,
    source: &str,
) -> String {
    let id = act.id("txn");
    let available_on = act.now() + DAYS_UNTIL_AVAILABLE * DAY;
    act.schedule(available_on * 1000, Job::Release(id.clone()));
    act.add(BalanceTransaction {
        id: id.clone(),
        created: act.now(),
        available_on,
        available: false,
        amount,
        fee,
        currency: charge.currency,
        movement,
        source: source.to_owned(),
        description: charge.description.clone(),
    });
    id
}
