//! Vouchers and codes: one completes the checkout, the money comes later or never.

use serde_json::Map;

use super::outcome::PayOutcome;
use super::slip::Slip;
use super::take;
use crate::stripe::agenda::Job;
use crate::stripe::ledger::Act;
use crate::stripe::objects::charge::Failure;
use crate::stripe::objects::payment_intent::{IntentState, NextAction, PaymentIntent, Voucher};
use crate::stripe::objects::payment_method::{Instrument, PaymentMethod};
use crate::stripe::objects::session::{Buyer, Notice, Session};

const EXPIRED: Failure = Failure {
    code: "payment_intent_payment_attempt_expired",
    decline_code: None,
    message: "The voucher expired before it was paid.",
};

/// Issues a voucher. It completes the session, unpaid, and so uses a single-use link up.
pub(crate) fn issue(act: &mut Act, slip: Slip, session: &str, intent: &str, buyer: Buyer) -> PayOutcome {
    let number = slip.new_number();
    let method = PaymentMethod {
        id: act.id("pm"),
        created: act.now(),
        buyer: buyer.clone(),
        instrument: Instrument::Slip(slip, Some(number.clone())),
        customer: None,
        metadata: Map::new(),
    };
    let method_id = method.id.clone();
    act.add(method);
    act.amend::<Session>(session, |session| session.buyer = Some(buyer));
    take::name_customer(act, session, intent);
    let days = act
        .get::<Session>(session)
        .map_or(0, |session| session.voucher_days);
    let voucher = Voucher {
        slip,
        number,
        expires_at: slip.ends_at(act.now(), days),
        url: format!("{}/c/voucher/{intent}", act.ledger.options.public_url),
    };
    act.schedule(voucher.expires_at * 1000, Job::ExpireVoucher(intent.to_owned()));
    let shown = voucher.clone();
    act.advance::<PaymentIntent>(intent, "payment_intent.requires_action", |intent| {
        intent.state = IntentState::RequiresAction;
        intent.payment_method = Some(method_id);
        intent.next = Some(NextAction::PayVoucher(voucher));
    });
    take::complete(act, session);
    PayOutcome::Voucher {
        session: Some(session.to_owned()),
        payment_intent: intent.to_owned(),
        number: shown.number,
        expires_at: shown.expires_at,
        url: shown.url,
    }
}

/// Pays the voucher where it is paid. A second time nothing happens.
pub(crate) fn pay(act: &mut Act, intent: &str) -> PayOutcome {
    match waiting(act, intent) {
        Ok(method) => take::take(act, intent, &method),
        Err(outcome) => outcome,
    }
}

/// Lets the voucher expire. One that was paid stays paid.
pub(crate) fn expire(act: &mut Act, intent: &str) -> PayOutcome {
    let method = match waiting(act, intent) {
        Ok(method) => method,
        Err(outcome) => return outcome,
    };
    let session = act
        .get::<PaymentIntent>(intent)
        .and_then(|intent| intent.session.clone());
    let error = take::attempt_error(act, &method, EXPIRED, None);
    take::fail_attempt(act, intent, error);
    if let Some(session) = &session {
        act.advance::<Session>(session, "checkout.session.async_payment_failed", |session| {
            session.notice = Some(Notice::VoucherExpired);
        });
    }
    PayOutcome::VoucherExpired {
        session,
        payment_intent: intent.to_owned(),
    }
}

/// Returns the payment method of a voucher that can still be paid.
fn waiting(act: &Act, intent: &str) -> Result<String, PayOutcome> {
    let found = act
        .get::<PaymentIntent>(intent)
        .ok_or_else(|| PayOutcome::not_found(intent))?;
    let session = found.session.clone();
    let payment_intent = intent.to_owned();
    match (found.state, found.voucher(), &found.payment_method) {
        (IntentState::RequiresAction, Some(_), Some(method)) => Ok(method.clone()),
        (IntentState::Succeeded, ..) => Err(PayOutcome::AlreadyPaid {
            session,
            payment_intent,
        }),
        _ => Err(PayOutcome::Refused {
            message: "This payment has no voucher that waits".to_owned(),
        }),
    }
}
