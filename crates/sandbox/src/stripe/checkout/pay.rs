//! A customer's attempt to pay a session.

use super::cards::{Behaviour, Card};
use super::outcome::{CardEntry, Challenge, Means, PayOutcome, PayWith};
use super::voucher;
use super::{take, transfer};
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::objects::payment_intent::{IntentState, NextAction, PaymentIntent};
use crate::stripe::objects::payment_link::PaymentLink;
use crate::stripe::objects::payment_method::{Face, Instrument, PaymentMethod};
use crate::stripe::objects::session::{Buyer, Notice, Session, SessionState};
use crate::stripe::objects::terms::Address;

/// In how many months a Mexican bank lets its customers pay.
pub(crate) const MONTHS: [i64; 6] = [3, 6, 9, 12, 18, 24];

/// Tries to pay. However often it is called, a session is paid at most once.
pub(crate) fn pay(act: &mut Act, session: &str, with: PayWith) -> PayOutcome {
    let Some(found) = act.get::<Session>(session) else {
        return PayOutcome::not_found(session);
    };
    if let Some(outcome) = obstacle(act, found) {
        return outcome;
    }
    let method = match &with.means {
        Means::Card(_) => "card",
        Means::Slip(slip) => slip.method(),
        Means::Transfer => "customer_balance",
    };
    if !found.methods.iter().any(|offered| offered == method) {
        return PayOutcome::Refused {
            message: format!("This checkout does not offer {method}"),
        };
    }
    let name = with.buyer.name.clone();
    fill_in(act, session, name.as_deref());
    match with.means {
        Means::Card(entry) => pay_by_card(act, session, &entry, with.buyer),
        Means::Slip(slip) => {
            let intent = intent_of(act, session);
            voucher::issue(act, slip, session, &intent, with.buyer)
        }
        Means::Transfer => {
            let intent = intent_of(act, session);
            transfer::issue(act, session, &intent, with.buyer)
        }
    }
}

/// Gives a session that delivers an address, where nobody typed one.
fn fill_in(act: &mut Act, session: &str, name: Option<&str>) {
    act.amend::<Session>(session, |session| {
        let Some(country) = session.terms.countries.first() else {
            return;
        };
        if session.address.is_none() {
            session.address = Some(Address::made_up(name.unwrap_or("Ana Sandbox"), country));
        }
    });
}

/// Returns why a session can't be paid any more.
pub(crate) fn obstacle(act: &Act, session: &Session) -> Option<PayOutcome> {
    let link = session
        .payment_link
        .as_deref()
        .and_then(|link| act.get::<PaymentLink>(link));
    match session.state {
        SessionState::Complete => Some(completed(act, session)),
        SessionState::Expired => Some(PayOutcome::Inactive { message: None }),
        SessionState::Open => link
            .filter(|link| !link.sells())
            .map(|link| PayOutcome::Inactive {
                message: link.inactive_message.clone(),
            }),
    }
}

/// Returns how a completed session stands: paid, or with a voucher that waits or is gone.
fn completed(act: &Act, session: &Session) -> PayOutcome {
    let id = session.payment_intent.clone().unwrap_or_default();
    let own = Some(session.id.clone());
    let intent = act.get::<PaymentIntent>(&id);
    if let Some(to) = intent.and_then(PaymentIntent::transfer) {
        return PayOutcome::Transfer {
            session: own,
            payment_intent: id.clone(),
            clabe: to.clabe.clone(),
            url: to.url.clone(),
        };
    }
    match intent.and_then(PaymentIntent::voucher) {
        Some(voucher) => PayOutcome::Voucher {
            session: own,
            payment_intent: id,
            number: voucher.number.clone(),
            expires_at: voucher.expires_at,
            url: voucher.url.clone(),
        },
        None if session.paid => PayOutcome::AlreadyPaid {
            session: own,
            payment_intent: id,
        },
        None => PayOutcome::VoucherExpired {
            session: own,
            payment_intent: id,
        },
    }
}

fn pay_by_card(act: &mut Act, session: &str, entry: &CardEntry, buyer: Buyer) -> PayOutcome {
    let card = match Card::read(&entry.number) {
        Ok(card) => card,
        Err(failure) => {
            return PayOutcome::Refused {
                message: failure.message.to_owned(),
            };
        }
    };
    act.amend::<Session>(session, |session| {
        session.buyer = Some(buyer.clone());
        session.notice = None;
    });
    if act
        .get::<Session>(session)
        .is_some_and(|session| session.total() == 0)
    {
        return keep_card(act, session, &card, entry, buyer);
    }
    let intent = intent_of(act, session);
    let outcome = charge_card(act, &intent, &card, entry, buyer);
    if let PayOutcome::Declined {
        code, decline_code, ..
    } = &outcome
    {
        let code = decline_code.as_ref().unwrap_or(code).clone();
        act.amend::<Session>(session, |session| session.notice = Some(Notice::Declined(code)));
    }
    outcome
}

/// Keeps a card that is charged nothing now.
fn keep_card(act: &mut Act, session: &str, card: &Card, entry: &CardEntry, buyer: Buyer) -> PayOutcome {
    if let Behaviour::Declines(failure) = card.behaviour {
        let code = failure.decline_code.unwrap_or(failure.code).to_owned();
        act.amend::<Session>(session, |session| session.notice = Some(Notice::Declined(code)));
        return PayOutcome::Refused {
            message: failure.message.to_owned(),
        };
    }
    let method = PaymentMethod {
        id: act.id("pm"),
        created: act.now(),
        buyer,
        instrument: Instrument::Card(card.face(entry.month, entry.year)),
        customer: None,
        metadata: serde_json::Map::new(),
    };
    let id = method.id.clone();
    act.add(method);
    take::take_nothing(act, session, &id)
}

/// Charges a card for a payment intent, whether a checkout or the API asked for it.
pub(crate) fn charge_card(
    act: &mut Act,
    intent: &str,
    card: &Card,
    entry: &CardEntry,
    buyer: Buyer,
) -> PayOutcome {
    let method = PaymentMethod {
        id: act.id("pm"),
        created: act.now(),
        buyer,
        instrument: Instrument::Card(Face {
            months: months_allowed(act, intent, card, entry.months),
            ..card.face(entry.month, entry.year)
        }),
        customer: act
            .get::<PaymentIntent>(intent)
            .and_then(|intent| intent.customer.clone()),
        metadata: serde_json::Map::new(),
    };
    let method_id = method.id.clone();
    act.add(method);
    match card.behaviour {
        Behaviour::Approves => take::take(act, intent, &method_id),
        Behaviour::Declines(failure) => take::decline(act, intent, &method_id, failure),
        Behaviour::Authenticates(then) => {
            let outcome = take::ask_to_authenticate(act, intent, &method_id);
            match entry.challenge {
                Challenge::Leave => outcome,
                Challenge::Complete => take::authenticate(act, intent, true, then),
                Challenge::Fail => take::authenticate(act, intent, false, then),
            }
        }
    }
}

/// Returns the months that were asked for, where the checkout offers them and the card has them.
fn months_allowed(act: &Act, intent: &str, card: &Card, asked: Option<i64>) -> Option<i64> {
    let offered = act
        .get::<PaymentIntent>(intent)
        .is_some_and(|intent| intent.installments && intent.currency.code() == "mxn");
    asked.filter(|months| offered && card.takes_installments() && MONTHS.contains(months))
}

/// Answers the bank's 3-D Secure question for a payment that waits for it.
pub(crate) fn answer_challenge(act: &mut Act, intent: &str, passed: bool) -> PayOutcome {
    let Some(found) = act.get::<PaymentIntent>(intent) else {
        return PayOutcome::not_found(intent);
    };
    let session = found.session.clone();
    if found.state == IntentState::Succeeded {
        return PayOutcome::AlreadyPaid {
            session,
            payment_intent: intent.to_owned(),
        };
    }
    if !matches!(found.next, Some(NextAction::Authenticate(_))) {
        return PayOutcome::Refused {
            message: "This payment does not wait for 3-D Secure".to_owned(),
        };
    }
    let blocked = session
        .as_deref()
        .and_then(|id| act.get::<Session>(id))
        .and_then(|found| obstacle(act, found));
    if let Some(outcome) = blocked {
        return outcome;
    }
    let then = then_of(act, intent);
    let outcome = take::authenticate(act, intent, passed, then);
    if let Some(session) = session {
        let notice = match &outcome {
            PayOutcome::Declined {
                decline_code: Some(code),
                ..
            } => Some(Notice::Declined(code.clone())),
            PayOutcome::Declined { .. } => Some(Notice::AuthenticationFailed),
            _ => None,
        };
        act.amend::<Session>(&session, |session| session.notice = notice);
    }
    outcome
}

/// Returns what the bank does after 3-D Secure: the card's last four digits tell.
fn then_of(act: &Act, intent: &str) -> Option<crate::stripe::objects::charge::Failure> {
    let method = act.get::<PaymentIntent>(intent)?.payment_method.as_deref()?;
    let Instrument::Card(face) = &act.get::<PaymentMethod>(method)?.instrument else {
        return None;
    };
    match Card::challenged(&face.last4)?.behaviour {
        Behaviour::Authenticates(then) => then,
        _ => None,
    }
}

/// Returns the session's payment intent, made on the first attempt to pay.
fn intent_of(act: &mut Act, session: &str) -> String {
    let Some(found) = act.get::<Session>(session).cloned() else {
        return String::new();
    };
    if let Some(intent) = found.payment_intent {
        return intent;
    }
    let id = act.id("pi");
    let intent = PaymentIntent {
        secret: format!("{id}_secret_{}", ids::token(25)),
        id: id.clone(),
        created: act.now(),
        amount: found.total(),
        currency: found.currency,
        state: IntentState::RequiresPaymentMethod,
        methods: found.methods,
        payment_method: None,
        latest_charge: None,
        next: None,
        last_error: None,
        canceled_at: None,
        cancellation_reason: None,
        customer: found.customer,
        description: found.payment.description,
        receipt_email: None,
        statement_descriptor: found.payment.statement_descriptor,
        statement_descriptor_suffix: found.payment.statement_descriptor_suffix,
        metadata: found.payment.metadata,
        session: Some(found.id),
        funded: 0,
        installments: found.installments,
    };
    act.create("payment_intent.created", intent);
    act.amend::<Session>(session, |session| session.payment_intent = Some(id.clone()));
    id
}
