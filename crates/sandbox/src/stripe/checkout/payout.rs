//! Payouts: each night what is available goes to the shop's bank, and is there the day after.

use std::collections::BTreeMap;

use super::balance::Entry;
use crate::stripe::agenda::Job;
use crate::stripe::currency::Currency;
use crate::stripe::ledger::Act;
use crate::stripe::objects::balance_transaction::{BalanceTransaction, Movement};
use crate::stripe::objects::payout::{Payout, PayoutState};

const DAY: i64 = 24 * 60 * 60;

/// Plans tonight's payout where there is none planned yet.
pub(crate) fn plan(act: &mut Act) {
    if !act.ledger.options.pays_out {
        return;
    }
    let tonight = (act.now().div_euclid(DAY) + 1) * DAY;
    if act.ledger.next_payout < tonight {
        act.ledger.next_payout = tonight;
        act.schedule(tonight * 1000, Job::PayOut);
    }
}

/// Pays out what is available in each currency. What is owed waits for what comes.
pub(crate) fn pay_out(act: &mut Act) {
    let mut sums: BTreeMap<&'static str, (Currency, i64, Vec<String>)> = BTreeMap::new();
    for transaction in act.ledger.transactions.rows() {
        if transaction.available && transaction.payout.is_none() {
            let (_, sum, parts) =
                sums.entry(transaction.currency.code())
                    .or_insert((transaction.currency, 0, Vec::new()));
            *sum += transaction.net();
            parts.push(transaction.id.clone());
        }
    }
    for (_, (currency, sum, parts)) in sums {
        if sum > 0 {
            send(act, currency, sum, &parts);
        }
    }
}

fn send(act: &mut Act, currency: Currency, amount: i64, parts: &[String]) {
    let id = act.id("po");
    let entry = Entry {
        currency,
        movement: Movement::Payout,
        amount: -amount,
        fee: 0,
        source: &id,
        description: Some("STRIPE PAYOUT".to_owned()),
    };
    let transaction = entry.keep(act, 0);
    for part in parts.iter().chain([&transaction]) {
        act.amend::<BalanceTransaction>(part, |part| part.payout = Some(id.clone()));
    }
    let arrival_date = act.now() + DAY;
    act.schedule(arrival_date * 1000, Job::Arrive(id.clone()));
    act.create(
        "payout.created",
        Payout {
            id,
            created: act.now(),
            amount,
            currency,
            arrival_date,
            state: PayoutState::InTransit,
            transaction,
            failure_transaction: None,
        },
    );
}

pub(crate) fn arrive(act: &mut Act, id: &str) {
    let on_its_way = act
        .get::<Payout>(id)
        .is_some_and(|payout| payout.state == PayoutState::InTransit);
    if on_its_way {
        act.advance::<Payout>(id, "payout.paid", |payout| payout.state = PayoutState::Paid);
    }
}

/// Sends a payout back: the bank did not take it, even days after it had arrived.
pub(crate) fn fail(act: &mut Act, id: &str) -> Result<(), String> {
    let payout = act
        .get::<Payout>(id)
        .filter(|payout| payout.state != PayoutState::Failed)
        .cloned()
        .ok_or_else(|| format!("there is no payout '{id}' that could fail"))?;
    let entry = Entry {
        currency: payout.currency,
        movement: Movement::PayoutFailure,
        amount: payout.amount,
        fee: 0,
        source: id,
        description: Some("STRIPE PAYOUT FAILURE".to_owned()),
    };
    let transaction = entry.keep(act, 0);
    act.advance::<Payout>(id, "payout.failed", |payout| {
        payout.state = PayoutState::Failed;
        payout.failure_transaction = Some(transaction);
    });
    plan(act);
    Ok(())
}
