//! Issuing a link again, where an unpaid voucher has used it up or it is over: a new charge in the old one's place.

use cobro_stripe::{StripeApi, StripeObject};
use rusqlite::Connection;

use crate::domain::{Charge, ChargeId, NewCharge, Payment, PaymentRecord, PaymentStatus};
use crate::store::{charges, payments};
use crate::{Actor, CoreEvent, Error, Inbox, Result, charge, reconcile, settle};

/// Makes a new charge of the same kind in the place of `old`, which can't be paid any more then.
///
/// Whether the new one could be made is asked first, so that a customer is never left without
/// any. Then the link and every visit to it that is open are ended at Stripe, and what was done
/// there is read back; if money came meanwhile, or a voucher that can still be paid, no new link
/// is made: nothing ends a voucher but its time. The same `id` twice is one charge.
pub async fn again(inbox: &Inbox, actor: Actor, old: ChargeId, id: ChargeId) -> Result<Charge> {
    let stripe = inbox.require_stripe()?.clone();
    let known = charge::get(inbox, old).await?;
    if known.replaced_by == Some(id) {
        return charge::get(inbox, id).await;
    }
    read_waiting(inbox, &stripe, old).await?;
    inbox.store.read(move |conn| check(conn, old, id)).await?;
    let new = same_again(&known, id);
    charge::could_be_made(inbox, new.clone(), old).await?;
    charge::close(inbox, old).await?;
    read_visits(inbox, &stripe, &known).await?;
    let made = charge::create_in_place(inbox, actor, new, Some(old)).await?;
    inbox.emit(CoreEvent::ChargeChanged {
        charge: old,
        conversation: known.conversation,
    });
    Ok(made)
}

/// Says whether a charge may be made in the place of `old`, as far as is known here.
pub(crate) fn check(conn: &Connection, old: ChargeId, id: ChargeId) -> Result<()> {
    let charge = charges::get(conn, old)?;
    if charge.replaced_by.is_some_and(|newer| newer != id) {
        return Err(Error::Conflict(
            "This charge was issued again already. Look at the newer one".into(),
        ));
    }
    if charge.payment.is_settled() || charge.payment == Payment::Unknown {
        return Err(Error::Conflict(
            "Money has come for this charge, so it is not issued again. Make a new charge if there is another order".into(),
        ));
    }
    if charge.payment == Payment::Processing && charge.terms.recurrence.is_some() {
        return Err(Error::Conflict(
            "The customer has subscribed, and pays when the free days are over. Cancel the subscription first if it should be another".into(),
        ));
    }
    if charge.terms.lasting {
        return Err(Error::Conflict(
            "This charge goes by its product's own link, which is not used up. Send it again instead".into(),
        ));
    }
    if charge.link.is_none() {
        return Err(Error::Conflict(
            "This charge never had a link. Try to make it again instead".into(),
        ));
    }
    match waiting(conn, old)?.into_iter().max_by_key(until) {
        Some(payment) => Err(Error::Conflict(under_way(&payment))),
        None => Ok(()),
    }
}

/// Returns the payments that may still become money, whatever becomes of the link.
fn waiting(conn: &Connection, id: ChargeId) -> Result<Vec<PaymentRecord>> {
    let mut payments = payments::of_charge(conn, id)?;
    payments.retain(|payment| payment.status == PaymentStatus::Processing);
    Ok(payments)
}

fn until(payment: &PaymentRecord) -> i64 {
    payment.voucher_until.map_or(i64::MAX, |until| until.millis())
}

fn under_way(payment: &PaymentRecord) -> String {
    let Some(until) = payment.voucher_until else {
        return "A payment of this charge is under way, and can't be called back. Issue it again if that one fails"
            .into();
    };
    format!(
        "The customer has a voucher that can be paid until {}, and Stripe can't call it back. Issue the charge again once the voucher is over",
        reconcile::moment(until, &jiff::tz::TimeZone::system())
    )
}

/// Reads back what is under way, since a voucher's end may not have been heard of.
async fn read_waiting(inbox: &Inbox, stripe: &StripeApi, old: ChargeId) -> Result<()> {
    for payment in inbox.store.read(move |conn| waiting(conn, old)).await? {
        settle::read_now(inbox, stripe, &payment.payment_intent).await?;
    }
    Ok(())
}

/// Reads back what customers did at the old link: one may have paid without its being heard of yet.
async fn read_visits(inbox: &Inbox, stripe: &StripeApi, old: &Charge) -> Result<()> {
    let carrier = match old.carrier {
        StripeObject::PaymentLink => &old.stripe_ids.payment_link,
        StripeObject::CheckoutSession => &old.stripe_ids.checkout_session,
    };
    match carrier {
        Some(id) => settle::read_carrier_now(inbox, stripe, old.carrier, id).await,
        None => Ok(()),
    }
}

fn same_again(old: &Charge, id: ChargeId) -> NewCharge {
    let lasted = old
        .expires_at
        .zip(old.opened_at.or(Some(old.created_at)))
        .map(|(until, from)| until.since(from).as_secs().div_ceil(3600));
    NewCharge {
        id,
        conversation: old.conversation,
        amount: old.amount,
        description: old.description.clone(),
        single_use: old.single_use,
        expires_in_hours: lasted.and_then(|hours| u32::try_from(hours.max(1)).ok()),
        message: String::new(),
        lines: if is_plain(old) {
            Vec::new()
        } else {
            old.lines.iter().cloned().map(Into::into).collect()
        },
        terms: old.terms.clone(),
    }
}

/// Returns whether only an amount was asked for: its one line was made of the charge itself.
fn is_plain(charge: &Charge) -> bool {
    match charge.lines.as_slice() {
        [line] => {
            line.product.is_none()
                && line.quantity == 1
                && line.note.is_empty()
                && line.unit == charge.amount
                && line.name == charge.description.trim()
        }
        _ => false,
    }
}
