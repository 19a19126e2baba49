//! Giving money back: exactly once, never by surprise, and never where it can't arrive.

use std::time::Duration;

use cobro_stripe::{KeyMode, NewRefund as ToStripe, Refund as StripeRefund, StripeApi, StripeError};
use rusqlite::Connection;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    Charge, ChargeId, Money, NewRefund, NoticeId, NoticeKind, Payment, PaymentRecord, PaymentStatus, Refund,
    RefundId, RefundNote, RefundState, Refundable, Timestamp, Words,
};
use crate::store::notices::{self, Notice};
use crate::store::refunds::{self, ToMake};
use crate::store::{charges, hints, payments};
use crate::{CoreEvent, Error, Inbox, Result};

/// Stripe forgets an idempotency key after this; then we look before we ask again.
const KEY_LIFE: Duration = Duration::from_hours(23);
/// Money that leaves long after the click would surprise everybody.
const PATIENCE: Duration = Duration::from_mins(10);
const NOTE_LIMIT: usize = 500;

/// Stripe gives no money back for these, whatever is asked.
const NEVER: [&str; 4] = ["oxxo", "boleto", "konbini", "multibanco"];
/// What is paid by these is back in days, not at once.
const SLOW: [&str; 4] = ["pix", "customer_balance", "sepa_debit", "us_bank_account"];
/// Pix takes nothing back later.
const PIX_DAYS: Duration = Duration::from_hours(90 * 24);

/// Returns how much of a charge can be given back, and what should be known before.
pub async fn refundable(inbox: &Inbox, charge: ChargeId) -> Result<Refundable> {
    inbox
        .store
        .read(move |conn| Ok(look(conn, charge, Timestamp::now())?.0))
        .await
}

/// Returns a charge's refunds, oldest first.
pub async fn of_charge(inbox: &Inbox, charge: ChargeId) -> Result<Vec<Refund>> {
    inbox
        .store
        .read(move |conn| refunds::of_charge(conn, charge))
        .await
}

/// Gives money back. The same id twice is one refund.
///
/// It is saved with its idempotency key before Stripe is asked, so that a lost answer
/// or a crash ends in the same refund. Nothing can take it back once Stripe has it.
pub async fn create(inbox: &Inbox, actor: Actor, new: NewRefund) -> Result<Refund> {
    let live = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let new = checked(new)?;
    let id = new.id;
    let is_new = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            if let Some(known) = refunds::find(tx, id)? {
                return same(&known, &new).map(|()| false);
            }
            let charge = charges::get(tx, new.charge)?;
            if charge.livemode != live {
                return Err(Error::Conflict(
                    "This charge is of the other mode. Use the Stripe key that it was made with".into(),
                ));
            }
            let (refundable, payment) = look(tx, new.charge, now)?;
            let payment_intent = payment_for(&refundable, payment, &new)?;
            apply(tx, actor, &Action::Refund { new, payment_intent }, now)
        })
        .await?;
    if is_new {
        make(inbox, id, false).await?;
    }
    let refund = inbox.store.read(move |conn| refunds::get(conn, id)).await?;
    changed(inbox, &refund).await?;
    Ok(refund)
}

/// Asks Stripe again for refunds whose answer was lost.
pub(crate) async fn run(inbox: Inbox) {
    loop {
        if inbox.stripe.is_some()
            && let Err(error) = work(&inbox).await
        {
            tracing::warn!(%error, "Refunds could not be worked on");
        }
        if !inbox.rest(Some(&inbox.refunds), Duration::from_secs(3)).await {
            return;
        }
    }
}

async fn work(inbox: &Inbox) -> Result<()> {
    let now = Timestamp::now();
    while let Some(id) = inbox
        .store
        .read(move |conn| refunds::next_to_make(conn, now))
        .await?
    {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        make(inbox, id, inbox.announces).await?;
        let refund = inbox.store.read(move |conn| refunds::get(conn, id)).await?;
        changed(inbox, &refund).await?;
    }
    Ok(())
}

/// Asks Stripe for a refund. That it will not be made is announced where nobody waits for the answer.
async fn make(inbox: &Inbox, id: RefundId, announces: bool) -> Result<()> {
    let stripe = inbox.require_stripe()?.clone();
    let Some(wanted) = inbox.store.read(move |conn| refunds::to_make(conn, id)).await? else {
        return Ok(());
    };
    let answer = ask(&stripe, &wanted).await;
    let (charge, intent) = (wanted.refund.charge, wanted.refund.payment_intent.clone());
    inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            match answer {
                Ok(Some(entry)) => {
                    refunds::save(tx, charge, &intent, &entry, now)?;
                    // What the charge is now, Stripe's payment says.
                    hints::add(tx, "payment_intent", &intent, now)
                }
                Ok(None) => stop(tx, id, &too_late(), announces, now),
                Err(error) if error.is_permanent() => {
                    stop(tx, id, &crate::health::words_of_stripe(&error), announces, now)
                }
                Err(error) => {
                    let pause = Duration::from_secs(2 << wanted.attempts.min(6));
                    refunds::postpone(tx, id, now.plus(pause), &crate::health::words_of_stripe(&error))
                }
            }
        })
        .await?;
    inbox.hints.notify_one();
    inbox.notices.notify_one();
    Ok(())
}

/// Ends a refund that was not made.
fn stop(conn: &Connection, id: RefundId, why: &Words, announces: bool, now: Timestamp) -> Result<()> {
    refunds::stop(conn, id, why, now)?;
    if !announces {
        return Ok(());
    }
    let refund = refunds::get(conn, id)?;
    notices::add(
        conn,
        &Notice {
            id: NoticeId::new(),
            kind: NoticeKind::RefundStopped,
            conversation: charges::get(conn, refund.charge)?.conversation,
            charge: Some(refund.charge),
            message: None,
            payment_intent: Some(refund.payment_intent),
            at: now,
        },
    )
}

/// Asks Stripe for the refund; `None` if it was never made and it is too late to make it.
async fn ask(stripe: &StripeApi, wanted: &ToMake) -> Result<Option<StripeRefund>, StripeError> {
    let refund = &wanted.refund;
    let age = Timestamp::now().since(refund.created_at);
    let name = refund.id.to_string();
    if age > PATIENCE {
        // An answer may have been lost: whether Stripe has it, only Stripe knows.
        return stripe
            .find_refund(&refund.payment_intent, refunds::MADE_HERE, &name, None)
            .await;
    }
    debug_assert!(
        PATIENCE < KEY_LIFE,
        "a key is never asked with after Stripe forgot it"
    );
    let new = ToStripe {
        payment_intent: &refund.payment_intent,
        amount: Some(refund.amount),
        reason: refund.reason.and_then(crate::domain::RefundReason::for_stripe),
        metadata: &[(refunds::MADE_HERE, &name)],
    };
    stripe
        .create_refund(&new, &wanted.idempotency_key)
        .await
        .map(Some)
}

/// Returns what can be given back, and the payment that it would come from.
fn look(conn: &Connection, id: ChargeId, now: Timestamp) -> Result<(Refundable, Option<PaymentRecord>)> {
    let charge = charges::get(conn, id)?;
    let mut best: Option<(i64, PaymentRecord)> = None;
    let mut why_not = None;
    let mut notes = Vec::new();
    for payment in payments::of_charge(conn, id)? {
        if payment.status != PaymentStatus::Succeeded || payment.livemode != charge.livemode {
            continue;
        }
        if let Some(words) = why_never(&payment, now) {
            why_not = Some(words);
            continue;
        }
        let asked = refunds::on_the_way(conn, &payment.payment_intent)?;
        let left = payment.amount.minor() - payment.refunded_minor - asked;
        if payment.refunded_minor > 0 || asked > 0 {
            notes.push(RefundNote::Partly);
        }
        // Of several payments the newest that has enough: it is the one too many.
        if left > 0
            && best.as_ref().is_none_or(|(most, known)| {
                left > *most || (left == *most && payment.paid_at > known.paid_at)
            })
        {
            best = Some((left, payment));
        }
    }
    let Some((left, payment)) = best else {
        let why_not = why_not.unwrap_or_else(|| nothing_to_refund(&charge));
        let none = Refundable {
            most: None,
            why_not: Some(why_not),
            notes: Vec::new(),
        };
        return Ok((none, None));
    };
    notes.push(RefundNote::FeeStays);
    let method = payment.method.as_deref().unwrap_or_default();
    if method.starts_with("card") || SLOW.contains(&method) {
        notes.push(RefundNote::TakesDays);
    }
    if charge.payment == Payment::Disputed {
        notes.push(RefundNote::Disputed);
    }
    notes.dedup();
    let most = Money::from_minor(left, payment.amount.currency()).ok();
    let can = Refundable {
        most,
        why_not: None,
        notes,
    };
    Ok((can, Some(payment)))
}

/// Returns why a payment can never be given back through Stripe.
fn why_never(payment: &PaymentRecord, now: Timestamp) -> Option<Words> {
    let method = payment.method.as_deref()?;
    if NEVER.contains(&method) {
        return Some(Words::new(
            "not_refundable",
            "This way of paying can't be refunded",
            "It was paid in cash or by voucher, and Stripe gives none of it back. Pay the customer yourself, such as by transfer, and note it here",
        ));
    }
    let too_old = method == "pix" && payment.paid_at.is_some_and(|at| now.since(at) > PIX_DAYS);
    too_old.then(|| {
        Words::new(
            "refund_too_late",
            "Pix is refunded within 90 days",
            "These days are over. Pay the customer yourself, such as by Pix, and note it here",
        )
    })
}

fn nothing_to_refund(charge: &Charge) -> Words {
    if charge.payment == Payment::Refunded {
        return Words::new(
            "already_refunded",
            "All of it was given back already",
            "Nothing is left to refund",
        );
    }
    Words::new(
        "nothing_paid",
        "No money has come for this charge",
        "There is nothing to refund. Cancel it if the customer should not pay any more",
    )
}

fn payment_for(refundable: &Refundable, payment: Option<PaymentRecord>, new: &NewRefund) -> Result<String> {
    let (Some(most), Some(payment)) = (refundable.most, payment) else {
        return Err(match &refundable.why_not {
            Some(words) => Error::Refused(words.clone()),
            None => Error::Conflict("This charge can't be refunded".into()),
        });
    };
    if new.amount.currency() != most.currency() {
        return Err(Error::Invalid(format!(
            "It was paid in {}, so it is refunded in {0}",
            most.currency()
        )));
    }
    if new.amount.minor() > most.minor() {
        return Err(Error::Invalid(format!(
            "At most {most} can be refunded. Type a smaller amount"
        )));
    }
    Ok(payment.payment_intent)
}

/// Checks what a person typed: the amount once more, as they read it.
fn checked(mut new: NewRefund) -> Result<NewRefund> {
    new.amount
        .check_chargeable()
        .map_err(|error| Error::Invalid(error.to_string()))?;
    if !is_typed(&new.typed, new.amount) {
        return Err(Error::Invalid(format!(
            "Type the amount to confirm: {}. A refund can't be taken back",
            new.amount.decimal()
        )));
    }
    new.note = new.note.trim().to_owned();
    if new.note.chars().count() > NOTE_LIMIT {
        return Err(Error::Invalid(format!(
            "The note is longer than {NOTE_LIMIT} characters. Shorten it"
        )));
    }
    Ok(new)
}

/// Returns whether the typed text is the amount, however its thousands and decimals are
/// written: the digits must be the same, with or without decimals that are zero.
pub(crate) fn is_typed(typed: &str, amount: Money) -> bool {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    let minor = amount.minor().to_string();
    let unit = 10_i64.pow(u32::from(amount.currency().exponent()));
    let has_decimals = typed
        .rsplit_once(['.', ','])
        .is_some_and(|(_, decimals)| decimals.len() == usize::from(amount.currency().exponent()) && unit > 1);
    if has_decimals || unit == 1 {
        return digits == minor;
    }
    amount.minor() % unit == 0 && digits == (amount.minor() / unit).to_string()
}

fn same(known: &Refund, new: &NewRefund) -> Result<()> {
    if known.charge == new.charge && known.amount == new.amount {
        return Ok(());
    }
    Err(Error::Conflict(
        "Another refund has this id. Open the refund again and confirm it anew".into(),
    ))
}

fn too_late() -> Words {
    Words::new(
        "not_in_time",
        "The refund was not made",
        "Stripe could not be reached in time, and has no such refund. Ask for it again if the customer should still get the money",
    )
}

async fn changed(inbox: &Inbox, refund: &Refund) -> Result<()> {
    if matches!(refund.state, RefundState::Wanted) {
        inbox.refunds.notify_one();
    }
    let charge = refund.charge;
    let conversation = inbox
        .store
        .read(move |conn| Ok(charges::get(conn, charge)?.conversation))
        .await?;
    inbox.emit(CoreEvent::ChargeChanged { charge, conversation });
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_typed;
    use crate::domain::{Currency, Money};

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    #[test]
    fn the_amount_is_confirmed_however_it_is_written() {
        let amount = money(1_250_00, "MXN");
        for typed in [
            "1250",
            "1,250",
            "1.250",
            "1250.00",
            "1,250.00",
            "1.250,00",
            "MX$1,250.00",
            " 1 250 ",
        ] {
            assert!(is_typed(typed, amount), "{typed}");
        }
        for typed in ["", "125", "12500", "125000", "1250.50", "0"] {
            assert!(!is_typed(typed, amount), "{typed}");
        }
        assert!(is_typed("12.50", money(12_50, "MXN")) && !is_typed("12", money(12_50, "MXN")));
        assert!(is_typed("1250", money(1250, "CLP")) && is_typed("1.250", money(1250, "CLP")));
    }
}
