//! Bank transfers: the customer sends what they like, and what is too much stays with them.

use serde_json::Map;

use super::outcome::PayOutcome;
use super::take;
use crate::stripe::currency::Currency;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::objects::cash::{CashMovement, CashTransaction};
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::payment_intent::{IntentState, NextAction, PaymentIntent, TransferTo};
use crate::stripe::objects::payment_method::{Instrument, PaymentMethod};
use crate::stripe::objects::session::{Buyer, Session};

/// Tells the customer where to send the money. It completes the session, unpaid.
pub(crate) fn issue(act: &mut Act, session: &str, intent: &str, buyer: Buyer) -> PayOutcome {
    let method = PaymentMethod {
        id: act.id("pm"),
        created: act.now(),
        buyer: buyer.clone(),
        instrument: Instrument::Transfer,
        customer: act
            .get::<PaymentIntent>(intent)
            .and_then(|intent| intent.customer.clone()),
        metadata: Map::new(),
    };
    let method_id = method.id.clone();
    act.add(method);
    act.amend::<Session>(session, |session| session.buyer = Some(buyer));
    let to = TransferTo {
        clabe: format!("646180{}", ids::decimal(12)),
        reference: ids::token(12).to_uppercase(),
        url: format!("{}/c/transfer/{intent}", act.ledger.options.public_url),
    };
    let shown = to.clone();
    act.advance::<PaymentIntent>(intent, "payment_intent.requires_action", |intent| {
        intent.state = IntentState::RequiresAction;
        intent.payment_method = Some(method_id);
        intent.next = Some(NextAction::Transfer(to));
    });
    take::complete(act, session);
    // What the customer has here already is used first.
    apply(act, intent);
    let is_paid = act
        .get::<PaymentIntent>(intent)
        .is_some_and(|intent| intent.state == IntentState::Succeeded);
    if is_paid {
        return outcome(act, intent);
    }
    PayOutcome::Transfer {
        session: Some(session.to_owned()),
        payment_intent: intent.to_owned(),
        clabe: shown.clabe,
        url: shown.url,
    }
}

/// Lets money arrive for a payment that waits for it; returns how the payment stands then.
pub(crate) fn send(act: &mut Act, intent: &str, amount: i64) -> PayOutcome {
    let Some(found) = act.get::<PaymentIntent>(intent) else {
        return PayOutcome::not_found(intent);
    };
    let (customer, currency) = (found.customer.clone(), found.currency);
    let Some(customer) = customer.filter(|_| found.method_is("customer_balance")) else {
        return PayOutcome::Refused {
            message: "This payment waits for no transfer".to_owned(),
        };
    };
    if amount < 1 {
        return PayOutcome::Refused {
            message: "A transfer needs an amount, in minor units".to_owned(),
        };
    }
    arrive(act, &customer, currency, amount);
    outcome(act, intent)
}

/// Puts money on a customer's balance, and pays with it what waits for it, oldest first.
pub(crate) fn arrive(act: &mut Act, customer: &str, currency: Currency, amount: i64) {
    change_cash(act, customer, currency, amount, CashMovement::Funded);
    let waiting: Vec<String> = act
        .ledger
        .intents
        .rows()
        .iter()
        .filter(|intent| intent.customer.as_deref() == Some(customer) && intent.currency == currency)
        .filter(|intent| intent.transfer().is_some())
        .map(|intent| intent.id.clone())
        .collect();
    for intent in waiting {
        apply(act, &intent);
    }
}

/// Uses what a customer has for a payment: all of it, or a part.
fn apply(act: &mut Act, intent: &str) {
    let Some(found) = act.get::<PaymentIntent>(intent).cloned() else {
        return;
    };
    let Some(customer) = found.customer.clone() else {
        return;
    };
    let has = act
        .get::<Customer>(&customer)
        .map_or(0, |customer| customer.cash(found.currency));
    let used = has.min(found.amount - found.funded);
    if used < 1 || found.transfer().is_none() {
        return;
    }
    let movement = CashMovement::Applied(intent.to_owned());
    change_cash(act, &customer, found.currency, -used, movement);
    act.amend::<PaymentIntent>(intent, |intent| intent.funded += used);
    if found.funded + used < found.amount {
        act.advance::<PaymentIntent>(intent, "payment_intent.partially_funded", |_| {});
        return;
    }
    let method = found.payment_method.unwrap_or_default();
    take::take(act, intent, &method);
}

/// Gives a payment's part back to its customer, when the payment is cancelled.
pub(crate) fn give_back(act: &mut Act, intent: &str) {
    let Some(found) = act
        .get::<PaymentIntent>(intent)
        .filter(|intent| intent.funded > 0)
    else {
        return;
    };
    let (customer, currency, funded) = (found.customer.clone(), found.currency, found.funded);
    if let Some(customer) = customer {
        act.amend::<PaymentIntent>(intent, |intent| intent.funded = 0);
        change_cash(
            act,
            &customer,
            currency,
            funded,
            CashMovement::Unapplied(intent.to_owned()),
        );
    }
}

fn change_cash(act: &mut Act, customer: &str, currency: Currency, amount: i64, movement: CashMovement) {
    act.amend::<Customer>(customer, |customer| {
        *customer.cash.entry(currency.code()).or_default() += amount;
    });
    let ending = act
        .get::<Customer>(customer)
        .map_or(0, |customer| customer.cash(currency));
    let is_new = matches!(movement, CashMovement::Funded);
    let transaction = CashTransaction {
        id: act.id("ccsbtxn"),
        created: act.now(),
        customer: customer.to_owned(),
        currency,
        amount,
        ending,
        movement,
    };
    act.create("customer_cash_balance_transaction.created", transaction);
    let shown = act.get::<Customer>(customer).map(Customer::cash_balance);
    if let Some(shown) = shown.filter(|_| is_new) {
        act.emit("cash_balance.funds_available", shown);
    }
}

fn outcome(act: &Act, intent: &str) -> PayOutcome {
    let Some(found) = act.get::<PaymentIntent>(intent) else {
        return PayOutcome::not_found(intent);
    };
    let session = found.session.clone();
    if found.state == IntentState::Succeeded {
        return PayOutcome::Paid {
            session,
            payment_intent: intent.to_owned(),
            charge: found.latest_charge.clone().unwrap_or_default(),
        };
    }
    PayOutcome::PartlyFunded {
        session,
        payment_intent: intent.to_owned(),
        remaining: found.amount - found.funded,
    }
}
