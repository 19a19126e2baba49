//! Pausing, resuming and ending a subscription: asked for by a person, done at Stripe once.

use std::time::Duration;

use cobro_stripe::{KeyMode, PauseBehavior, StripeApi, StripeError, Subscription as StripeSubscription};
use rusqlite::Connection;

use crate::action::{Action, Actor, apply};
use crate::domain::{Deed, DeedId, NewDeed, Subscription, SubscriptionStatus, Timestamp, Words};
use crate::store::hints;
use crate::store::subscriptions::{self, ToDo};
use crate::{Error, Inbox, Result, health, refund, settle};

/// What happens long after the click would surprise everybody.
const PATIENCE: Duration = Duration::from_mins(10);

/// Does something with a subscription. The same id twice is one deed.
///
/// It is saved with its idempotency key before Stripe is asked, so that a lost answer or a crash
/// ends in the same. What Stripe refuses is said in the subscription's problem.
pub async fn act(inbox: &Inbox, actor: Actor, new: NewDeed) -> Result<Subscription> {
    let live = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let (id, subscription) = (new.id, new.subscription.clone());
    let is_new = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            if let Some(known) = subscriptions::deed(tx, new.id)? {
                return if known == (new.subscription.clone(), new.deed) {
                    Ok(false)
                } else {
                    Err(Error::Conflict(
                        "Something else was done with this click. Open the subscription again".into(),
                    ))
                };
            }
            check(tx, &new, live, now)?;
            apply(tx, actor, &Action::ChangeSubscription(new), now)
        })
        .await?;
    if is_new {
        carry_out(inbox, id).await?;
    }
    super::get(inbox, subscription).await
}

/// Refuses what can't be, and what nobody confirmed: why, and the way out.
fn check(conn: &Connection, new: &NewDeed, live: bool, now: Timestamp) -> Result<()> {
    let known = subscriptions::get(conn, &new.subscription)?;
    if known.livemode != live {
        return Err(Error::Conflict(
            "This subscription is of the other mode. Use the Stripe key that it was made with".into(),
        ));
    }
    if known.status.is_over() {
        return Err(Error::Conflict(
            "This subscription is over. Charge a new one if the customer wants it again".into(),
        ));
    }
    if subscriptions::is_busy(conn, &new.subscription)? {
        return Err(Error::Conflict(
            "The last change is still on its way to Stripe. Wait a moment".into(),
        ));
    }
    match new.deed {
        Deed::Pause { .. } if known.instalments.is_some() => Err(Error::Conflict(
            "A plan of instalments is not paused: its payments would be lost. Cancel it, and agree on another".into(),
        )),
        Deed::Pause { .. } if known.status == SubscriptionStatus::Paused => {
            Err(Error::Conflict("It is paused already".into()))
        }
        Deed::Pause { until: Some(until) } if until <= now => Err(Error::Invalid(
            "The pause must end later than now. Choose a day to come, or none".into(),
        )),
        Deed::Resume if known.status != SubscriptionStatus::Paused => {
            Err(Error::Conflict("It is not paused".into()))
        }
        Deed::KeepGoing if known.ends_at.is_none() => Err(Error::Conflict("Nobody has cancelled it".into())),
        Deed::CancelNow | Deed::CancelAtPeriodEnd if !refund::is_typed(&new.typed, known.amount) => {
            Err(Error::Invalid(format!(
                "Type the amount to confirm: {}. A subscription that was cancelled does not come back",
                known.amount.decimal()
            )))
        }
        _ => Ok(()),
    }
}

/// Does what waits, such as deeds whose answer was lost.
pub(super) async fn work(inbox: &Inbox) -> Result<()> {
    while let Some(id) = inbox
        .store
        .read(move |conn| subscriptions::next_to_do(conn, Timestamp::now()))
        .await?
    {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        carry_out(inbox, id).await?;
    }
    Ok(())
}

async fn carry_out(inbox: &Inbox, id: DeedId) -> Result<()> {
    let stripe = inbox.require_stripe()?.clone();
    let Some(wanted) = inbox
        .store
        .read(move |conn| subscriptions::to_do(conn, id))
        .await?
    else {
        return Ok(());
    };
    let is_late = Timestamp::now().since(wanted.created_at) > PATIENCE;
    let answer = if is_late {
        Ok(None)
    } else {
        ask(inbox, &stripe, &wanted).await?.map(Some)
    };

    let subscription = wanted.subscription.clone();
    inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            match answer {
                Ok(Some(now_at_stripe)) => {
                    // What was read while the change was on its way may be from before it.
                    settle::save_subscription(tx, now_at_stripe, now)?;
                    if matches!(wanted.deed, Deed::KeepGoing) {
                        subscriptions::plan_again(tx, &wanted.subscription, &wanted.idempotency_key)?;
                    }
                    subscriptions::deed_done(tx, id)?;
                }
                Ok(None) => subscriptions::stop_deed(tx, id, &too_late())?,
                Err(error) if error.is_permanent() => {
                    subscriptions::stop_deed(tx, id, &health::words_of_stripe(&error))?;
                }
                Err(error) => {
                    let pause = Duration::from_secs(2 << wanted.attempts.min(6));
                    subscriptions::postpone_deed(tx, id, now.plus(pause), &health::words_of_stripe(&error))?;
                }
            }
            // What it is now, Stripe's own object says.
            hints::add(tx, "subscription", &wanted.subscription, now)
        })
        .await?;
    inbox.hints.notify_one();
    inbox.subscriptions.notify_one();
    super::changed(inbox, subscription).await
}

async fn ask(
    inbox: &Inbox,
    stripe: &StripeApi,
    wanted: &ToDo,
) -> Result<Result<StripeSubscription, StripeError>> {
    let (id, key) = (wanted.subscription.as_str(), wanted.idempotency_key.as_str());
    Ok(match wanted.deed {
        Deed::Pause { until } => {
            // The time of the pause is a present: nothing is asked for later.
            stripe
                .pause_subscription(id, PauseBehavior::Void, until, key)
                .await
        }
        Deed::Resume => stripe.resume_subscription(id, key).await,
        Deed::CancelNow => stripe.cancel_subscription(id).await,
        Deed::KeepGoing => stripe.cancel_at_period_end(id, false, key).await,
        Deed::CancelAtPeriodEnd => {
            let released = id.to_owned();
            inbox
                .store
                .write(move |tx| subscriptions::release_plan(tx, &released))
                .await?;
            cancel_at_period_end(stripe, id, key).await
        }
    })
}

/// A subscription under a schedule ends by it, and by nothing else: the schedule is taken away first.
async fn cancel_at_period_end(
    stripe: &StripeApi,
    id: &str,
    key: &str,
) -> Result<StripeSubscription, StripeError> {
    if let Some(schedule) = stripe.subscription(id).await?.schedule {
        stripe
            .release_schedule(&schedule, &format!("{key}-release"))
            .await?;
    }
    stripe.cancel_at_period_end(id, true, key).await
}

fn too_late() -> Words {
    Words::new(
        "not_in_time",
        "The change was not made in time",
        "Stripe could not be reached. Look how the subscription stands now, and ask for it again if it is still wanted",
    )
}
