//! Verifying: whatever is said to be paid here must be paid at Stripe.
//!
//! The desk's own rows are looked at at every start and hourly, and against Stripe daily. What has nothing behind it turns red and stays so until Stripe
//! proves it: a row that somebody wrote into the database hands no goods over.

use std::collections::HashMap;
use std::time::Duration;

use cobro_stripe::ledger::{Range, Shelf};
use cobro_stripe::{KeyMode, StripeApi, StripeError};
use rusqlite::Transaction;

use crate::domain::{ChargeId, ConversationId, NoticeId, NoticeKind, Timestamp, Words, payment_of};
use crate::store::notices::{self, Notice};
use crate::store::{charges, meta, payments, verifying};
use crate::{CoreEvent, Inbox, Result, poll, reconcile, settle};

/// How often the desk's own rows are looked at. It costs no read.
const HOURLY: Duration = Duration::from_hours(1);
/// How often Stripe is asked.
const DAILY: Duration = Duration::from_hours(24);
/// How much of the past is checked each time; what is older takes its turn.
const WINDOW: Duration = Duration::from_hours(31 * 24);
/// What Stripe lists may lag behind what happened.
const LAG: Duration = Duration::from_mins(10);
/// More single look-ups than this in one check wait for the next.
const MOST_LOOKUPS: usize = 100;
/// So many unknown payments and not one known: the key is another account's.
const ANOTHER_ACCOUNT: usize = 3;

const PROBLEM: &str = "books.contested";
const ACCOUNT: &str = "books.account";
/// Names what a check found, on the charge too.
pub(crate) const CODE: &str = "not_at_stripe";

pub(crate) async fn run(inbox: Inbox) {
    let mut failures = 0;
    loop {
        if let Err(error) = own_rows(&inbox).await {
            tracing::warn!(%error, "What is paid could not be checked; it is tried again");
        }
        match daily(&inbox).await {
            Ok(()) => failures = 0,
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, "Stripe could not be asked what is paid; it is tried again");
            }
        }
        if let Err(error) = report(&inbox).await {
            tracing::warn!(%error, "What was checked could not be told");
        }
        if !inbox.rest(Some(&inbox.verifying), pause_after(failures)).await {
            return;
        }
    }
}

/// Asks Stripe, if that was not done for a day and this month's reads allow it.
async fn daily(inbox: &Inbox) -> Result<()> {
    let Some(stripe) = inbox.stripe.clone() else {
        return Ok(());
    };
    let now = Timestamp::now();
    let asked = inbox
        .store
        .read(|conn| Ok(meta::get(conn, meta::VERIFIED_AT)?))
        .await?;
    let asked = asked.and_then(|at| at.parse().ok()).map(Timestamp::from_millis);
    if asked.is_some_and(|asked| asked <= now && now.since(asked) < DAILY) {
        return Ok(());
    }
    let (used, allowance) = poll::budget(inbox).await?;
    if reconcile::over_budget(used, allowance).is_some() {
        return Ok(());
    }
    at_stripe(inbox, &stripe).await
}

/// Returns how long to rest: each failure in turn may have cost a month's lists.
fn pause_after(failures: u32) -> Duration {
    match failures {
        0 => HOURLY,
        failures => (Duration::from_mins(2) * 4_u32.pow(failures.min(4) - 1)).min(HOURLY * 2),
    }
}

/// Checks everything now, as a person asks. Returns how many charges are red.
pub async fn check(inbox: &Inbox) -> Result<u32> {
    own_rows(inbox).await?;
    let stripe = inbox.require_stripe()?.clone();
    at_stripe(inbox, &stripe).await?;
    report(inbox).await
}

/// Puts a charge back to what Stripe's payments say: a person has looked at it.
pub async fn accept(inbox: &Inbox, id: ChargeId) -> Result<()> {
    let conversation = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            verifying::accept(tx, id)?;
            let payment = payment_of(charges::facts(tx, id)?, &payments::of_charge(tx, id)?);
            charges::set_payment(tx, id, payment, now)?;
            Ok(charges::get(tx, id)?.conversation)
        })
        .await?;
    tell(inbox, &[(id, conversation)]);
    report(inbox).await.map(drop)
}

/// Looks whether each charge that says paid has payments here that say so too.
async fn own_rows(inbox: &Inbox) -> Result<()> {
    let mut after = None;
    loop {
        let (found, next) = inbox
            .store
            .read(move |conn| {
                let page = verifying::said_paid(conn, after)?;
                let next = page.last().copied();
                let mut found = Vec::new();
                for id in page {
                    let payment = payment_of(charges::facts(conn, id)?, &payments::of_charge(conn, id)?);
                    if !payment.is_settled() && payment != crate::domain::Payment::Unknown {
                        found.push(id);
                    }
                }
                Ok((found, next))
            })
            .await?;
        if !found.is_empty() {
            let announces = inbox.announces;
            let red = inbox
                .store
                .write(move |tx| {
                    let now = Timestamp::now();
                    found
                        .into_iter()
                        .map(|id| contest(tx, id, announces, now))
                        .collect::<Result<Vec<_>>>()
                })
                .await?;
            tell(inbox, &red);
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Looks whether Stripe has every payment that is kept here: those of the last month, and one older month in its turn.
async fn at_stripe(inbox: &Inbox, stripe: &StripeApi) -> Result<()> {
    let now = Timestamp::now();
    let recent = now.minus(WINDOW);
    let range = Range {
        since: recent,
        until: now,
    };
    if check_range(inbox, stripe, range).await? > 0 {
        // Of older ones a person has heard by now.
        inbox.problems.raise(ACCOUNT, another_account());
    }
    let older = inbox
        .store
        .read(move |conn| {
            let turn = meta::get(conn, meta::VERIFIED_TO)?
                .and_then(|at| at.parse().ok())
                .map(Timestamp::from_millis);
            verifying::next_month(conn, turn, recent)
        })
        .await?;
    let turn = older.map(|until| Range {
        since: until.minus(WINDOW),
        until,
    });
    if let Some(range) = turn {
        check_range(inbox, stripe, range).await?;
    }
    inbox
        .store
        .write(move |tx| {
            if let Some(range) = turn {
                meta::set(tx, meta::VERIFIED_TO, &range.since.millis().to_string())?;
            }
            Ok(meta::set(tx, meta::VERIFIED_AT, &now.millis().to_string())?)
        })
        .await
}

/// Returns which account the key opens; it is asked once in a run. A key that may not know is
/// no reason to check nothing.
pub(crate) async fn account_of(inbox: &Inbox, stripe: &StripeApi) -> Result<Option<String>> {
    if let Some(known) = inbox.account.get() {
        return Ok(known.clone());
    }
    let account = match stripe.account().await {
        Ok(account) => Some(account.id),
        Err(StripeError::Permission { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(inbox.account.get_or_init(|| account).clone())
}

/// Checks one range. Returns how many of its payments were made in another account.
async fn check_range(inbox: &Inbox, stripe: &StripeApi, range: Range) -> Result<usize> {
    let account = account_of(inbox, stripe).await?;
    let live = stripe.key_mode() == KeyMode::Live;
    let mut kept: HashMap<String, verifying::Kept> = inbox
        .store
        .read(move |conn| verifying::kept(conn, range, live))
        .await?;
    // What was paid into another account is on no list of this one.
    let all = kept.len();
    kept.retain(|_, payment| !is_elsewhere(payment.account.as_deref(), account.as_deref()));
    let elsewhere = all - kept.len();
    if kept.is_empty() {
        return Ok(elsewhere);
    }
    let mut differing = Vec::new();
    let mut foreign = Vec::new();
    let mut seen = Vec::new();
    let mut after = None;
    // A payment made just now may be on no list yet.
    let listed = Range {
        since: range.since,
        until: range.until.plus(LAG),
    };
    loop {
        let page = stripe.book_page(Shelf::Charges, listed, after.as_deref()).await?;
        for entry in page.entries.iter().filter(|entry| entry.status == "succeeded") {
            let Some(intent) = &entry.payment_intent else {
                continue;
            };
            let Some(ours) = kept.remove(intent) else { continue };
            seen.push(intent.clone());
            let theirs = entry
                .cobro_charge
                .as_deref()
                .and_then(|id| id.parse::<ChargeId>().ok());
            if theirs.is_some() && theirs != ours.charge && !ours.tied {
                foreign.push(intent.clone());
            } else if ours.contested
                || ours.minor != entry.amount
                || entry.currency.is_none_or(|code| code.code() != ours.currency)
            {
                differing.push(intent.clone());
            }
        }
        after = page.next;
        if after.is_none() || kept.is_empty() || inbox.stopping().is_cancelled() {
            break;
        }
    }
    let mut missing = foreign;
    kept.retain(|_, payment| !payment.contested);
    for intent in kept.into_keys().take(MOST_LOOKUPS) {
        match is_paid(stripe, &intent).await {
            Ok(true) => seen.push(intent),
            Ok(false) => missing.push(intent),
            Err(error) => return Err(error.into()),
        }
    }
    let known = seen.len();
    inbox
        .store
        .write(move |tx| match account {
            Some(account) => seen
                .iter()
                .try_for_each(|intent| payments::seen_in(tx, intent, &account)),
            None => Ok(()),
        })
        .await?;
    for intent in differing {
        settle::read_now(inbox, stripe, &intent).await?;
    }
    if missing.is_empty() {
        if known > 0 && elsewhere == 0 {
            inbox.problems.clear(ACCOUNT);
        }
        return Ok(elsewhere);
    }
    if is_another_account(known, missing.len()) {
        inbox.problems.raise(ACCOUNT, another_account());
        return Ok(elsewhere);
    }
    contest_payments(inbox, missing).await?;
    Ok(elsewhere)
}

/// Returns whether a payment was seen in another account than the one that is open.
fn is_elsewhere(of: Option<&str>, open: Option<&str>) -> bool {
    of.zip(open).is_some_and(|(of, open)| of != open)
}

/// Asks Stripe for one payment by its name. Only its own answer that there is none counts as none.
pub(crate) async fn is_paid(stripe: &StripeApi, payment_intent: &str) -> Result<bool, StripeError> {
    match stripe.payment_intent(payment_intent).await {
        Ok(intent) => Ok(intent.status == "succeeded"),
        Err(error) if error.is_not_found() => Ok(false),
        // A made-up name may be none that Stripe could have given.
        Err(StripeError::Invalid(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Marks payments that Stripe has nothing of, and the charges that stood on them.
pub(crate) async fn contest_payments(inbox: &Inbox, intents: Vec<String>) -> Result<()> {
    let announces = inbox.announces;
    let red = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let mut red = Vec::new();
            for intent in &intents {
                let Some(charge) = verifying::contest_payment(tx, intent, now)? else {
                    continue;
                };
                let payment = payment_of(charges::facts(tx, charge)?, &payments::of_charge(tx, charge)?);
                if payment.is_settled() {
                    // Other payments still prove it.
                    charges::set_payment(tx, charge, payment, now)?;
                    red.push((charge, charges::get(tx, charge)?.conversation));
                } else {
                    red.push(contest(tx, charge, announces, now)?);
                }
            }
            Ok(red)
        })
        .await?;
    tell(inbox, &red);
    report(inbox).await.map(drop)
}

/// Turns a charge red: it said paid, and nothing at Stripe says so.
fn contest(
    tx: &Transaction<'_>,
    id: ChargeId,
    announces: bool,
    now: Timestamp,
) -> Result<(ChargeId, ConversationId)> {
    let is_news = verifying::contest(tx, id, now)?;
    charges::set_problem(tx, id, Some(&words()))?;
    let charge = charges::get(tx, id)?;
    if is_news && announces {
        notices::add(
            tx,
            &Notice {
                id: NoticeId::new(),
                kind: NoticeKind::Contested,
                conversation: charge.conversation,
                charge: Some(id),
                message: None,
                payment_intent: None,
                at: now,
            },
        )?;
    }
    Ok((id, charge.conversation))
}

/// Says in Health how many charges are red.
async fn report(inbox: &Inbox) -> Result<u32> {
    let red = inbox.store.read(verifying::contested).await?;
    if red == 0 {
        inbox.problems.clear(PROBLEM);
    } else {
        inbox.problems.raise(
            PROBLEM,
            Words::new(
                CODE,
                format!("{red} shown as paid, and Stripe knows nothing of it"),
                "Hand nothing over for them. They are red under Payments. Somebody may have changed this computer's data, or the Stripe key is now another account's",
            ),
        );
    }
    Ok(red)
}

fn words() -> Words {
    Words::new(
        CODE,
        "Stripe knows nothing of this payment",
        "It was shown as paid here, and Stripe has no payment behind it. Hand nothing over; ask the customer for Stripe's receipt",
    )
}

/// Returns whether the account rather knows nothing at all of this desk.
pub(crate) fn is_another_account(known: usize, missing: usize) -> bool {
    known == 0 && missing >= ANOTHER_ACCOUNT
}

pub(crate) fn another_account() -> Words {
    Words::new(
        "another_account",
        "Payments kept here are not in this Stripe account",
        "If the Stripe key was changed to another account by mistake, put the old one back; with this key what was paid into the other account can't be checked",
    )
}

fn tell(inbox: &Inbox, red: &[(ChargeId, ConversationId)]) {
    for (charge, conversation) in red {
        inbox.emit(CoreEvent::ChargeChanged {
            charge: *charge,
            conversation: *conversation,
        });
        inbox.emit(CoreEvent::ConversationChanged {
            conversation: *conversation,
        });
    }
    if !red.is_empty() {
        inbox.notices.notify_one();
        inbox.emit(CoreEvent::StatusChanged);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_fails_is_tried_less_and_less_often() {
        let pauses: Vec<_> = (1..8).map(pause_after).collect();
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert!(pauses[0] >= Duration::from_mins(2) && pauses[6] >= HOURLY);
    }
}
