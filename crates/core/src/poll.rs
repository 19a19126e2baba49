//! Polling Stripe's events, inside the read allocation, where webhooks don't tell.

use std::sync::atomic::Ordering;
use std::time::Duration;

use cobro_stripe::StripeApi;
use cobro_stripe::budget::{Circumstances, ReadBudget};

use crate::domain::Timestamp;
use crate::store::{hints, meta, reads};
use crate::{Inbox, Result};

/// How far back is looked after a gap in the events.
const GAP_RANGE: Duration = Duration::from_hours(90 * 24);
/// A relay that brought a Stripe webhook in this time is taken as healthy.
const HEALTHY: Duration = Duration::from_hours(24);
/// Even then Stripe is asked now and then: a webhook can be lost on the way.
const SAFETY_NET: Duration = Duration::from_mins(15);
const COUNT_EVERY: Duration = Duration::from_mins(1);

pub(crate) async fn run(inbox: Inbox) {
    let Some(stripe) = inbox.stripe.clone() else {
        return;
    };
    loop {
        match poll(&inbox, &stripe).await {
            Ok(()) => inbox.problems.clear("stripe.read"),
            Err(error) => {
                if let crate::Error::Stripe(error) = &error {
                    inbox.problems.stripe("stripe.read", error);
                }
                tracing::warn!(%error, "Stripe's events could not be read");
            }
        }
        count_reads(&inbox, &stripe).await;
        let mut pause = pause(&inbox).await;
        // Others read meanwhile: a run that is cut short has lost a minute's count at most.
        while !pause.is_zero() {
            let part = pause.min(COUNT_EVERY);
            pause -= part;
            let goes_on = inbox.rest(None, part).await;
            count_reads(&inbox, &stripe).await;
            if !goes_on {
                return;
            }
        }
    }
}

/// Takes every event since the last one seen, oldest first, and moves the cursor in the same transaction.
async fn poll(inbox: &Inbox, stripe: &StripeApi) -> Result<()> {
    let cursor = inbox
        .store
        .read(|conn| meta_get(conn, meta::EVENTS_CURSOR))
        .await?;
    let news = stripe.new_events(cursor.as_deref()).await?;
    if news.events.is_empty() && news.cursor == cursor {
        return Ok(());
    }
    let gap = news.gap;
    let hinted = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let mut hinted = false;
            for event in &news.events {
                if let Some((kind, id)) = event.to_read_back() {
                    hinted |= hints::add_from_event(tx, &event.id, kind, id, now)?;
                }
            }
            if let Some(cursor) = &news.cursor {
                meta::set(tx, meta::EVENTS_CURSOR, cursor)?;
            }
            if news.gap {
                meta::set(
                    tx,
                    meta::RECONCILED_AT,
                    &now.minus(GAP_RANGE).millis().to_string(),
                )?;
                meta::remove(tx, meta::AWAITED_AT)?;
            }
            Ok(hinted)
        })
        .await?;
    if hinted {
        inbox.hints.notify_one();
    }
    if gap {
        // Stripe keeps events for thirty days; what is older is found by reconciling.
        inbox.reconciling.notify_one();
    }
    Ok(())
}

/// Adds the reads that are not in it to this month's count.
async fn count_reads(inbox: &Inbox, stripe: &StripeApi) {
    let now = stripe.reads();
    let new = now.saturating_sub(inbox.reads_counted.load(Ordering::Relaxed));
    let Some(new) = i64::try_from(new).ok().filter(|new| *new > 0) else {
        return;
    };
    let added = inbox
        .store
        .write(move |tx| reads::add(tx, &month_of(Timestamp::now()), new))
        .await;
    if added.is_ok() {
        inbox.reads_counted.store(now, Ordering::Relaxed);
    }
}

async fn pause(inbox: &Inbox) -> Duration {
    if let Some(pause) = inbox.poll_every {
        return pause;
    }
    let now = Timestamp::now();
    let month = month_of(now);
    let known = inbox
        .store
        .read(move |conn| {
            Ok((
                reads::of_month(conn, &month)?,
                reads::paid_in_30_days(conn, now)?,
                meta_get(conn, meta::STRIPE_WEBHOOK_AT)?,
            ))
        })
        .await;
    let Ok((used, transactions, webhook_at)) = known else {
        return Duration::from_secs(60);
    };
    let heard = webhook_at
        .and_then(|at| at.parse().ok())
        .map(Timestamp::from_millis);
    let healthy = inbox.stripe_webhooks && heard.is_some_and(|at| now.since(at) < HEALTHY);
    let busy = u64::try_from(now.millis()).unwrap_or(0) < inbox.busy_until.load(Ordering::Relaxed);
    let budget = ReadBudget { used, transactions };
    let advised = budget.next_poll_in(&Circumstances {
        link_active: busy,
        working_hours: is_working_hour(now, &jiff::tz::TimeZone::system()),
        relay_healthy: healthy,
    });
    advised.unwrap_or(SAFETY_NET)
}

/// Returns this month's reads and the allowance.
pub(crate) async fn budget(inbox: &Inbox) -> Result<(u64, u64)> {
    let now = Timestamp::now();
    let month = month_of(now);
    let (used, transactions) = inbox
        .store
        .read(move |conn| Ok((reads::of_month(conn, &month)?, reads::paid_in_30_days(conn, now)?)))
        .await?;
    let made = inbox.stripe().map_or(0, StripeApi::reads);
    let used = used + made.saturating_sub(inbox.reads_counted.load(Ordering::Relaxed));
    Ok((used, ReadBudget { used, transactions }.allowance()))
}

/// Returns whether a shop is probably open now where this desk stands: from seven to ten in the evening, any day.
fn is_working_hour(now: Timestamp, zone: &jiff::tz::TimeZone) -> bool {
    let now = jiff::Timestamp::from_millisecond(now.millis());
    now.map_or(true, |now| (7..22).contains(&zone.to_datetime(now).hour()))
}

fn month_of(at: Timestamp) -> String {
    at.rfc3339().chars().take(7).collect()
}

fn meta_get(conn: &rusqlite::Connection, key: &str) -> Result<Option<String>> {
    Ok(meta::get(conn, key)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_sleeps_by_its_own_clock() {
        let mexico = jiff::tz::TimeZone::fixed(jiff::tz::offset(-6));
        let at = |hour: i64| Timestamp::from_secs(hour * 3600);
        assert!(!is_working_hour(at(12), &mexico), "six in the morning");
        assert!(is_working_hour(at(13), &mexico), "seven");
        assert!(is_working_hour(at(27), &mexico), "nine in the evening");
        assert!(!is_working_hour(at(28), &mexico), "ten");
    }
}
