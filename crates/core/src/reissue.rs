//! Issuing a link again, where an unpaid voucher has used it up or it is over: a new charge in the old one's place.

use cobro_stripe::{StripeApi, StripeError};

use crate::domain::{Charge, ChargeId, NewCharge, Payment, PaymentStatus};
use crate::store::{charges, payments};
use crate::{Actor, CoreEvent, Error, Inbox, Result, charge, settle};

/// Makes a new charge of the same kind in the place of `old`, which can't be paid any more then.
///
/// What the customer could still pay is ended at Stripe first: the voucher, the link and
/// every visit to it that is open. Only when Stripe has confirmed that is the new link
/// made; if money came meanwhile it is not. The same `id` twice is one charge.
pub async fn again(inbox: &Inbox, actor: Actor, old: ChargeId, id: ChargeId) -> Result<Charge> {
    let stripe = inbox.require_stripe()?.clone();
    let known = charge::get(inbox, old).await?;
    if let Some(newer) = known.replaced_by
        && newer != id
    {
        return Err(Error::Conflict(
            "This charge was issued again already. Look at the newer one".into(),
        ));
    }
    check(&known)?;
    end(inbox, &stripe, &known).await?;
    let known = charge::get(inbox, old).await?;
    check(&known)?;
    let made = charge::create(inbox, actor, same_again(&known, id)).await?;
    inbox
        .store
        .write(move |tx| charges::replace(tx, old, made.id))
        .await?;
    inbox.emit(CoreEvent::ChargeChanged {
        charge: old,
        conversation: known.conversation,
    });
    charge::get(inbox, id).await
}

fn check(charge: &Charge) -> Result<()> {
    if charge.payment.is_settled() || charge.payment == Payment::Unknown {
        return Err(Error::Conflict(
            "Money has come for this charge, so it is not issued again. Make a new charge if there is another order".into(),
        ));
    }
    if charge.link.is_none() {
        return Err(Error::Conflict(
            "This charge never had a link. Try to make it again instead".into(),
        ));
    }
    Ok(())
}

/// Ends every way in which the old charge could still be paid, and reads back what came of it.
async fn end(inbox: &Inbox, stripe: &StripeApi, old: &Charge) -> Result<()> {
    let id = old.id;
    if old.link.is_some() {
        charge::close(inbox, id).await?;
    }
    if let Some(link) = &old.stripe_ids.payment_link
        && link.starts_with("plink_")
    {
        for session in stripe.sessions_of_payment_link(link).await? {
            if session.status.as_deref() == Some("open") {
                ended(
                    stripe
                        .expire_checkout_session(&session.id, &format!("cobro-expire-{}", session.id))
                        .await,
                )?;
            }
        }
    }
    let waiting = inbox
        .store
        .read(move |conn| {
            let payments = payments::of_charge(conn, id)?;
            Ok(payments
                .into_iter()
                .filter(|payment| payment.status != PaymentStatus::Succeeded)
                .map(|payment| payment.payment_intent)
                .collect::<Vec<_>>())
        })
        .await?;
    for intent in waiting {
        ended(
            stripe
                .cancel_payment_intent(&intent, &format!("cobro-cancel-{intent}"))
                .await,
        )?;
        settle::read_now(inbox, stripe, &intent).await?;
    }
    Ok(())
}

/// What Stripe refuses to end is over already, or paid: reading it back tells which.
fn ended<T>(outcome: Result<T, StripeError>) -> Result<()> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error @ StripeError::Api { .. }) if error.is_permanent() => Ok(()),
        Err(error) => Err(error.into()),
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
        lines: old.lines.iter().cloned().map(Into::into).collect(),
        terms: old.terms.clone(),
    }
}
