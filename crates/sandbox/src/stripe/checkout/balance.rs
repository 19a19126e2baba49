//! What a payment leaves on the shop's balance, a moment after it.

use super::{dispute, payout};
use crate::stripe::agenda::Job;
use crate::stripe::currency::Currency;
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
        .filter(|charge| charge.succeeded() && charge.balance_transaction.is_none())
    else {
        return;
    };
    let found = found.clone();
    let movement = match found.instrument {
        Instrument::Card(_) => Movement::Charge,
        Instrument::Slip(..) | Instrument::Transfer => Movement::Payment,
    };
    let fee = fee(found.amount, found.currency, &found.instrument);
    let transaction = book(act, &found, movement, found.amount, fee, &found.id);
    act.revise::<Charge>(charge, "charge.updated", |charge| {
        charge.balance_transaction = Some(transaction);
    });
    if is_disputed_at_once(&found.instrument) {
        let opened = dispute::open(act, charge, "fraudulent", None, false);
        debug_assert!(
            opened.is_ok(),
            "a card that was just charged can be disputed: {opened:?}"
        );
    }
}

/// Stripe's own card for it.
fn is_disputed_at_once(instrument: &Instrument) -> bool {
    matches!(instrument, Instrument::Card(face) if face.last4 == "0259")
}

/// Adds a balance transaction of a charge and returns its id.
pub(crate) fn book(
    act: &mut Act,
    charge: &Charge,
    movement: Movement,
    amount: i64,
    fee: i64,
    source: &str,
) -> String {
    let entry = Entry {
        currency: charge.currency,
        movement,
        amount,
        fee,
        source,
        description: charge.description.clone(),
    };
    // What comes waits two days; what leaves, leaves at once.
    let days = if amount > 0 { DAYS_UNTIL_AVAILABLE } else { 0 };
    entry.keep(act, days)
}

/// A movement on the balance, before it has an id.
pub(crate) struct Entry<'a> {
    pub(crate) currency: Currency,
    pub(crate) movement: Movement,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) source: &'a str,
    pub(crate) description: Option<String>,
}

impl Entry<'_> {
    /// Adds the movement, to be available in so many days, and returns its id.
    pub(crate) fn keep(self, act: &mut Act, days: i64) -> String {
        let id = act.id("txn");
        let available_on = act.now() + days * DAY;
        if days > 0 {
            // In everyone's time: a test clock pays nothing out.
            act.ledger
                .agenda
                .add(available_on * 1000, Job::Release(id.clone()));
        }
        act.add(BalanceTransaction {
            id: id.clone(),
            created: act.now(),
            available_on,
            available: days == 0,
            amount: self.amount,
            fee: self.fee,
            currency: self.currency,
            movement: self.movement,
            source: self.source.to_owned(),
            payout: None,
            description: self.description,
        });
        id
    }
}

/// Lets a movement be paid out, and plans the day's payout.
pub(crate) fn release(act: &mut Act, transaction: &str) {
    act.amend::<BalanceTransaction>(transaction, |transaction| transaction.available = true);
    payout::plan(act);
}
