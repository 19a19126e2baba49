//! Ending a plan: its subscription is put under one schedule, which ends it after the last instalment.

use std::time::Duration;

use cobro_stripe::{
    Interval, KeyMode, NewPhase, Recurring, StripeApi, StripeError, Subscription as StripeSubscription,
};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::domain::{Timestamp, Words};
use crate::store::subscriptions::{self, ToPlan};
use crate::{Inbox, Result, health};

/// Stripe may need longer, but a plan without its end is asked about at least this often.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
const PROBLEM: &str = "stripe.plans";
/// How far a month's length and Stripe's seconds may lead a date astray.
const ABOUT: i64 = 36 * 60 * 60;

/// Sets the end of every plan that has none yet. It never gives up: without an end the
/// customer would be charged for ever.
pub(super) async fn work(inbox: &Inbox, stripe: &StripeApi) -> Result<()> {
    let live = stripe.key_mode() == KeyMode::Live;
    while let Some(wanted) = inbox
        .store
        .read(move |conn| subscriptions::next_to_plan(conn, live, Timestamp::now()))
        .await?
    {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        let made = end_by_plan(stripe, &wanted).await;
        let told = wanted.clone();
        inbox
            .store
            .write(move |tx| match made {
                Ok(schedule) => {
                    subscriptions::planned(tx, &told.subscription, schedule.as_deref())?;
                    subscriptions::refresh(tx, &told.subscription).map(drop)
                }
                Err(error) => {
                    let pause = Duration::from_secs(2 << told.attempts.min(9)).min(LONGEST_PAUSE);
                    let why = health::words_of_stripe(&error);
                    subscriptions::postpone_plan(tx, &told.subscription, Timestamp::now().plus(pause), &why)
                }
            })
            .await?;
        super::changed(inbox, wanted.subscription).await?;
    }
    report(inbox).await
}

/// Says in Health what a person should know.
async fn report(inbox: &Inbox) -> Result<()> {
    match inbox.store.read(subscriptions::unplanned).await? {
        0 => inbox.problems.clear(PROBLEM),
        count => inbox.problems.raise(
            PROBLEM,
            Words::new(
                "plan_without_end",
                format!("{count} plans of instalments have no end at Stripe yet"),
                "Cobro tries again by itself. If this stays, look at the subscription for the reason, such as a permission that the Stripe key lacks",
            ),
        ),
    }
    Ok(())
}

/// Puts the subscription under its schedule. Returns the schedule; `None` where it is over already.
///
/// A subscription has one schedule at most. Where an answer was lost it names the one that was made.
async fn end_by_plan(stripe: &StripeApi, wanted: &ToPlan) -> Result<Option<String>, StripeError> {
    let subscription = stripe.subscription(&wanted.subscription).await?;
    if subscription.is_over() {
        return Ok(None);
    }
    let schedule = match &subscription.schedule {
        Some(schedule) => stripe.subscription_schedule(schedule).await?,
        None => {
            stripe
                .schedule_subscription(&subscription.id, &wanted.idempotency_key)
                .await?
        }
    };
    let ends = schedule.end_behavior.as_deref() == Some("cancel");
    let start = schedule
        .phases
        .first()
        .and_then(|phase| phase.start)
        .ok_or_else(|| StripeError::Invalid("Stripe's schedule has no beginning".into()))?;
    if !ends {
        let (price, quantity) = price_of(&subscription)?;
        let phase = NewPhase {
            price,
            quantity,
            duration: Recurring {
                interval: Interval::Month,
                count: left(&subscription, start, wanted.count),
            },
        };
        // To say the same end twice is to say it once: a fresh key, since Stripe repeats a stored failure.
        let key = format!("cobro-plan-end-{}-{}", subscription.id, Uuid::now_v7());
        stripe
            .end_by_schedule(&schedule.id, start, &[phase], &key)
            .await?;
    }
    Ok(Some(schedule.id))
}

fn price_of(subscription: &StripeSubscription) -> Result<(&str, u32), StripeError> {
    let item = subscription.items.first();
    let price = item.and_then(|item| item.price.as_ref().map(|price| (price, item.quantity)));
    match price {
        Some((price, quantity)) => Ok((&price.id, u32::try_from(quantity).unwrap_or(1))),
        None => Err(StripeError::Invalid(
            "Stripe does not say what this subscription charges".into(),
        )),
    }
}

/// Returns how many months the schedule has to run from its start, which lies later than the
/// plan's own where it is made late.
fn left(subscription: &StripeSubscription, start: Timestamp, count: u32) -> u32 {
    let begun = subscription.started.or(subscription.created).unwrap_or(start);
    let gone = (0..count)
        .take_while(|months| {
            months_after(begun, *months).is_some_and(|at| at.secs() <= start.secs().saturating_add(ABOUT))
        })
        .count();
    let gone = u32::try_from(gone).unwrap_or(1).saturating_sub(1);
    count.saturating_sub(gone).max(1)
}

fn months_after(at: Timestamp, months: u32) -> Option<Timestamp> {
    let at = jiff::Timestamp::from_millisecond(at.millis()).ok()?;
    let moved = TimeZone::UTC
        .to_datetime(at)
        .checked_add(i64::from(months).months())
        .ok()?;
    let moved = TimeZone::UTC.to_timestamp(moved).ok()?;
    Some(Timestamp::from_millis(moved.as_millisecond()))
}
