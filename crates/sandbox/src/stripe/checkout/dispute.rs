//! Disputes: opened by a customer's bank, answered by the shop or not, won or lost.

use serde_json::Map;

use super::balance;
use crate::stripe::agenda::Job;
use crate::stripe::ledger::Act;
use crate::stripe::objects::balance_transaction::{BalanceTransaction, Movement};
use crate::stripe::objects::charge::Charge;
use crate::stripe::objects::dispute::{Dispute, DisputeState};
use crate::stripe::objects::payment_method::Instrument;
use crate::stripe::shelf::Object;

const DAYS_TO_ANSWER: i64 = 9;
const DAY: i64 = 24 * 60 * 60;
/// The sandbox's own: 300 MXN, elsewhere 15.00.
const FEE_MXN: i64 = 300_00;
const FEE: i64 = 15_00;

/// Opens a dispute of a charge and takes its money, unless it is only a warning. Returns its id, or why not.
pub(crate) fn open(
    act: &mut Act,
    charge: &str,
    reason: &str,
    amount: Option<i64>,
    warning: bool,
) -> Result<String, String> {
    // Banks take weeks: by then the charge is on the balance.
    balance::settle(act, charge);
    let found = act
        .get::<Charge>(charge)
        .cloned()
        .ok_or_else(|| format!("there is no charge '{charge}'"))?;
    if !matches!(found.instrument, Instrument::Card(_)) {
        return Err(format!(
            "a payment by {} can't be disputed",
            found.instrument.kind()
        ));
    }
    if !found.succeeded() || found.disputed {
        return Err("only a paid charge can be disputed, and once".to_owned());
    }
    let id = act.id("du");
    let due_by = act.now() + DAYS_TO_ANSWER * DAY;
    let dispute = Dispute {
        id: id.clone(),
        created: act.now(),
        amount: amount.unwrap_or(found.amount).clamp(1, found.amount),
        currency: found.currency,
        charge: found.id.clone(),
        payment_intent: found.payment_intent.clone(),
        reason: reason.to_owned(),
        state: if warning {
            DisputeState::WarningNeedsResponse
        } else {
            DisputeState::NeedsResponse
        },
        due_by,
        past_due: false,
        evidence: Map::new(),
        submissions: 0,
        transactions: Vec::new(),
        metadata: Map::new(),
    };
    let amount = dispute.amount;
    act.create("charge.dispute.created", dispute);
    act.schedule(due_by * 1000, Job::MissDeadline(id.clone()));
    if !warning {
        let fee = if found.currency.code() == "mxn" {
            FEE_MXN
        } else {
            FEE
        };
        act.amend::<Charge>(charge, |charge| charge.disputed = true);
        move_money(act, &id, &found, Movement::Dispute, -amount, fee);
        act.advance::<Dispute>(&id, "charge.dispute.funds_withdrawn", |_| {});
    }
    Ok(id)
}

/// Ends a dispute: for the shop, or for its customer.
pub(crate) fn close(act: &mut Act, id: &str, won: bool) -> Result<(), String> {
    let found = act
        .get::<Dispute>(id)
        .cloned()
        .ok_or_else(|| format!("there is no dispute '{id}'"))?;
    if found.state.is_over() {
        return Err(format!("the dispute is over already: {}", found.state.name()));
    }
    let charge = act
        .get::<Charge>(&found.charge)
        .cloned()
        .ok_or_else(|| format!("there is no charge '{}'", found.charge))?;
    let end = match (found.state.is_warning(), won) {
        (true, _) => DisputeState::WarningClosed,
        (false, true) => DisputeState::Won,
        (false, false) => DisputeState::Lost,
    };
    if end == DisputeState::Won {
        move_money(act, id, &charge, Movement::DisputeReversal, found.amount, 0);
    }
    act.amend::<Dispute>(id, |dispute| dispute.state = end);
    if end == DisputeState::Won {
        act.advance::<Dispute>(id, "charge.dispute.funds_reinstated", |_| {});
    }
    act.advance::<Dispute>(id, "charge.dispute.closed", |_| {});
    Ok(())
}

/// A dispute that nobody answered is lost; a warning is dropped.
pub(crate) fn miss_deadline(act: &mut Act, id: &str) {
    let waits = act
        .get::<Dispute>(id)
        .is_some_and(|dispute| dispute.state.needs_response());
    if waits {
        act.revise::<Dispute>(id, "charge.dispute.updated", |dispute| dispute.past_due = true);
        let _ = close(act, id, false);
    }
}

fn move_money(act: &mut Act, dispute: &str, charge: &Charge, movement: Movement, amount: i64, fee: i64) {
    let transaction = balance::book(act, charge, movement, amount, fee, dispute);
    let shown = act.get::<BalanceTransaction>(&transaction).map(Object::render);
    act.amend::<Dispute>(dispute, |dispute| dispute.transactions.extend(shown));
}
