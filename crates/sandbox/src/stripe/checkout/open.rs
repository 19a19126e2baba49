//! Opening a link makes a session; a session that nobody completes expires.

use super::slip::Slip;
use super::transfer;
use crate::stripe::agenda::Job;
use crate::stripe::currency::Currency;
use crate::stripe::ledger::Act;
use crate::stripe::objects::payment_intent::{IntentState, PaymentIntent};
use crate::stripe::objects::payment_link::PaymentLink;
use crate::stripe::objects::session::{Session, SessionState};

const DAY: i64 = 24 * 60 * 60;
pub(crate) const VOUCHER_DAYS: i64 = 3;

/// What a link's address may add for one visit.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(crate) struct Visit {
    pub(crate) client_reference_id: Option<String>,
    pub(crate) prefilled_email: Option<String>,
    pub(crate) locale: Option<String>,
}

/// Returns the id of a new session of this link, or `None` when the link no longer sells.
///
/// Nobody is told: Stripe has no event for it.
pub(crate) fn open_link(act: &mut Act, link: &str, visit: Visit) -> Option<String> {
    let link = act.get::<PaymentLink>(link).filter(|link| link.sells())?.clone();
    let id = act.ledger.ids.next_session(act.now_ms);
    let comes_again = link.lines.iter().any(|line| line.cycle.is_some());
    let methods = link
        .methods
        .clone()
        .unwrap_or_else(|| methods_for(link.currency, link.total(), comes_again));
    let session = Session {
        url: format!("{}/c/pay/{id}", act.ledger.options.public_url),
        id: id.clone(),
        created: act.now(),
        expires_at: act.now() + DAY,
        state: SessionState::Open,
        paid: false,
        payment_link: Some(link.id),
        payment_intent: None,
        currency: link.currency,
        lines: link.lines,
        methods,
        metadata: link.metadata,
        payment: link.payment,
        client_reference_id: visit.client_reference_id,
        customer: None,
        customer_email: visit.prefilled_email,
        always_customer: link.always_customer,
        collects_phone: link.collects_phone,
        locale: visit.locale,
        submit_type: Some(link.submit_type),
        success_url: None,
        cancel_url: None,
        voucher_days: VOUCHER_DAYS,
        ending: link.ending,
        terms: link.terms,
        installments: false,
        shipping: Vec::new(),
        shipping_choice: 0,
        address: None,
        discount: None,
        subscription: None,
        invoice: None,
        buyer: None,
        notice: None,
    };
    begin(act, session);
    Some(id)
}

/// Keeps a session and plans its end.
pub(crate) fn begin(act: &mut Act, session: Session) {
    act.schedule(session.expires_at * 1000, Job::ExpireSession(session.id.clone()));
    act.add(session);
}

/// Returns the methods that the account offers for an amount when none were named.
///
/// Nothing that a customer pays by hand each time can be charged again by itself.
pub(crate) fn methods_for(currency: Currency, total: i64, comes_again: bool) -> Vec<String> {
    let mut methods = vec!["card".to_owned()];
    if comes_again {
        return methods;
    }
    let slips = Slip::ALL.into_iter().filter(|slip| slip.takes(currency, total));
    methods.extend(slips.map(|slip| slip.method().to_owned()));
    methods
}

/// Ends an open session; one that is complete stays so.
pub(crate) fn expire(act: &mut Act, id: &str) {
    let Some(session) = act
        .get::<Session>(id)
        .filter(|session| session.state == SessionState::Open)
    else {
        return;
    };
    if let Some(intent) = session.payment_intent.clone() {
        cancel(act, &intent, "expired");
    }
    act.advance::<Session>(id, "checkout.session.expired", |session| {
        session.state = SessionState::Expired;
    });
}

/// Cancels a payment that hasn't come yet.
pub(crate) fn cancel(act: &mut Act, intent: &str, reason: &str) {
    transfer::give_back(act, intent);
    let now = act.now();
    act.advance::<PaymentIntent>(intent, "payment_intent.canceled", |intent| {
        intent.state = IntentState::Canceled;
        intent.canceled_at = Some(now);
        intent.cancellation_reason = Some(reason.to_owned());
        intent.next = None;
    });
}
