//! Hinting: at start and daily, Stripe's sessions and the subscriptions that go on are read back, whatever was or
//! wasn't heard.

use std::time::Duration;

use cobro_stripe::{KeyMode, StripeApi, StripeObject};

use crate::domain::Timestamp;
use crate::store::{charges, hints, meta, subscriptions, upkeep};
use crate::{Inbox, Result, poll, settle};

use super::over_budget;

/// How far back a first reconciliation looks.
const FIRST_RANGE: Duration = Duration::from_hours(72);
/// What Stripe lists may lag behind what happened.
const OVERLAP: Duration = Duration::from_hours(2);

/// Links are read this often at most, however often Cobro is started.
const AWAITED_EVERY: Duration = Duration::from_hours(6);
/// An older link that nobody paid is left to Stripe's events.
const AWAITED_FOR: Duration = Duration::from_hours(60 * 24);

/// Hints at every session since the last reconciliation, and at every link whose money is awaited.
pub(crate) async fn hint_at_all(inbox: &Inbox, stripe: &StripeApi) -> Result<()> {
    let started = Timestamp::now();
    let known = inbox
        .store
        .read(|conn| Ok(meta::get(conn, meta::RECONCILED_AT)?))
        .await?;
    let last = known
        .as_ref()
        .and_then(|at| at.parse().ok())
        .map(Timestamp::from_millis);
    let since = last.map_or(started.minus(FIRST_RANGE), |last| last.minus(OVERLAP));
    let mut after = None;
    loop {
        let page = stripe.sessions(Some(since), after.as_deref()).await?;
        after = page.items.last().map(|session| session.id.clone());
        let completed: Vec<String> = page
            .items
            .iter()
            .filter(|session| session.is_complete())
            .map(|session| session.id.clone())
            .collect();
        hint(inbox, "checkout.session", completed).await?;
        if !page.has_more || after.is_none() {
            break;
        }
    }
    inbox
        .store
        .write(move |tx| upkeep::forget_old(tx, started))
        .await?;
    if awaited_is_due(inbox, started).await? {
        hint_at_awaited(inbox, started).await?;
    }
    let live = stripe.key_mode() == KeyMode::Live;
    let going = inbox
        .store
        .read(move |conn| subscriptions::going(conn, live))
        .await?;
    hint(inbox, "subscription", going).await?;
    inbox
        .store
        .write(move |tx| {
            // A gap in the events that was found meanwhile asks for more than was read: it is read next.
            if meta::get(tx, meta::RECONCILED_AT)? == known {
                meta::set(tx, meta::RECONCILED_AT, &started.millis().to_string())?;
            }
            Ok(())
        })
        .await
}

/// Returns whether it is time to read the links whose money is awaited, and this month's reads allow it.
async fn awaited_is_due(inbox: &Inbox, now: Timestamp) -> Result<bool> {
    let last = inbox
        .store
        .read(|conn| Ok(meta::get(conn, meta::AWAITED_AT)?))
        .await?;
    let last = last.and_then(|at| at.parse().ok()).map(Timestamp::from_millis);
    if last.is_some_and(|last| last <= now && now.since(last) < AWAITED_EVERY) {
        return Ok(false);
    }
    let (used, allowance) = poll::budget(inbox).await?;
    Ok(over_budget(used, allowance).is_none())
}

async fn hint_at_awaited(inbox: &Inbox, now: Timestamp) -> Result<()> {
    let since = now.minus(AWAITED_FOR);
    for carrier in [StripeObject::PaymentLink, StripeObject::CheckoutSession] {
        let awaited = inbox
            .store
            .read(move |conn| charges::awaited_links(conn, carrier, since))
            .await?;
        hint(inbox, settle::kind_of(carrier), awaited).await?;
    }
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::AWAITED_AT, &now.millis().to_string())?))
        .await
}

async fn hint(inbox: &Inbox, kind: &'static str, ids: Vec<String>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            ids.iter().try_for_each(|id| hints::add(tx, kind, id, now))
        })
        .await?;
    inbox.hints.notify_one();
    Ok(())
}
