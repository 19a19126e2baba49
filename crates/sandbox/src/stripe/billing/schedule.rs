//! Schedules: phases of a subscription, one after the other, and what comes after the last.

use super::end;
use crate::stripe::agenda::Job;
use crate::stripe::ledger::Act;
pub(crate) use crate::stripe::objects::schedule::ScheduleState;
use crate::stripe::objects::schedule::{Phase, Schedule};
use crate::stripe::objects::subscription::{Item, Subscription};

/// Plans the ends of a schedule's phases.
pub(crate) fn plan(act: &mut Act, id: &str) {
    let Some(found) = act.get::<Schedule>(id) else {
        return;
    };
    let (subscription, ends): (String, Vec<i64>) = (
        found.subscription.clone(),
        found.phases.iter().map(|phase| phase.end).collect(),
    );
    for at in ends {
        act.schedule(at * 1000, Job::Step(subscription.clone()));
    }
}

/// Does what a subscription's schedule asks for by now: another phase, or the end.
pub(crate) fn step(act: &mut Act, subscription: &str) {
    let now = act.now();
    let Some(found) = act
        .get::<Subscription>(subscription)
        .and_then(|found| found.schedule.clone())
        .and_then(|id| act.get::<Schedule>(&id))
        .filter(|schedule| schedule.state == ScheduleState::Active)
        .cloned()
    else {
        return;
    };
    if found.end() <= now {
        if found.cancels_at_end {
            close(act, &found.id, ScheduleState::Completed);
            act.amend::<Subscription>(subscription, |subscription| subscription.schedule = None);
            end::end(act, subscription, "cancellation_requested");
        } else {
            close(act, &found.id, ScheduleState::Released);
        }
        return;
    }
    let phase = found
        .phases
        .iter()
        .find(|phase| phase.start <= now && now < phase.end)
        .cloned();
    if let Some(phase) = phase {
        enter(act, subscription, &phase);
    }
}

/// Gives the subscription the phase's items, where they differ.
fn enter(act: &mut Act, subscription: &str, phase: &Phase) {
    let Some(found) = act.get::<Subscription>(subscription) else {
        return;
    };
    let has: Vec<(&str, i64)> = found
        .items
        .iter()
        .map(|item| (item.price.id.as_str(), item.quantity))
        .collect();
    let wanted: Vec<(&str, i64)> = phase
        .items
        .iter()
        .map(|(price, quantity)| (price.id.as_str(), *quantity))
        .collect();
    if has == wanted {
        return;
    }
    let mut items = Vec::new();
    for (price, quantity) in &phase.items {
        items.push(Item {
            id: act.id("si"),
            created: act.now(),
            price: price.clone(),
            quantity: *quantity,
        });
    }
    act.revise::<Subscription>(subscription, "customer.subscription.updated", |found| {
        found.items = items;
    });
}

/// Ends a schedule, and lets its subscription go where it goes on.
pub(crate) fn close(act: &mut Act, id: &str, state: ScheduleState) {
    let now = act.now();
    let Some(found) = act
        .get::<Schedule>(id)
        .filter(|schedule| schedule.state == ScheduleState::Active)
    else {
        return;
    };
    let subscription = found.subscription.clone();
    let kind = match state {
        ScheduleState::Completed => "subscription_schedule.completed",
        ScheduleState::Released => "subscription_schedule.released",
        _ => "subscription_schedule.canceled",
    };
    act.advance::<Schedule>(id, kind, |schedule| {
        schedule.state = state;
        schedule.ended_at = Some(now);
    });
    if state == ScheduleState::Released {
        act.amend::<Subscription>(&subscription, |subscription| subscription.schedule = None);
    }
}
