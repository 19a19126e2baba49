//! The end of a subscription.

use super::schedule;
use crate::stripe::ledger::Act;
use crate::stripe::objects::subscription::{Subscription, SubscriptionState};

/// Ends a subscription now, for a reason in Stripe's words.
pub(crate) fn end(act: &mut Act, id: &str, reason: &'static str) {
    let now = act.now();
    let Some(found) = act.get::<Subscription>(id).filter(|found| !found.is_over()) else {
        return;
    };
    let plan = found.schedule.clone();
    act.advance::<Subscription>(id, "customer.subscription.deleted", |found| {
        found.state = SubscriptionState::Canceled;
        found.ended_at = Some(now);
        found.canceled_at = found.canceled_at.or(Some(now));
        found.end_reason = Some(reason);
    });
    if let Some(plan) = plan {
        schedule::close(act, &plan, schedule::ScheduleState::Canceled);
    }
}

/// Ends a subscription whose `cancel_at` has come.
pub(crate) fn end_by_plan(act: &mut Act, id: &str, at: i64) {
    let is_so = act
        .get::<Subscription>(id)
        .is_some_and(|found| found.cancel_at == Some(at));
    if is_so {
        end(act, id, "cancellation_requested");
    }
}
