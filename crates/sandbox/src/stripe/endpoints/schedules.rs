//! `/v1/subscription_schedules`, made from a subscription that is.

use super::show;
use crate::stripe::billing::schedule;
use crate::stripe::fields::Fields;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::price::{Cycle, Interval, Price};
use crate::stripe::objects::schedule::{Phase, Schedule, ScheduleState};
use crate::stripe::objects::subscription::Subscription;
use crate::stripe::params::{
    Kind, Param, choice, flag, int, list as list_of, metadata, not_played, object, off, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

const ITEM: Kind = Kind::Object(&[text("price"), int("quantity"), not_played("*")]);
const PHASE: Kind = Kind::Object(&[
    list_of("items", &ITEM).required(),
    object(
        "duration",
        &[
            choice("interval", Interval::NAMES).required(),
            int("interval_count"),
        ],
    ),
    int("end_date"),
    int("start_date"),
    choice("proration_behavior", &["none"]),
    off("trial"),
    not_played("*"),
]);
const END: Param = choice("end_behavior", &["cancel", "release"]);

pub(crate) const CREATE: &[Param] = &[
    text("from_subscription").required(),
    metadata().or_empty(),
    not_played("*"),
];
pub(crate) const UPDATE: &[Param] = &[
    END,
    metadata().or_empty(),
    list_of("phases", &PHASE),
    choice("proration_behavior", &["none"]),
    not_played("*"),
];
pub(crate) const CANCEL: &[Param] = &[off("invoice_now"), off("prorate")];
pub(crate) const RELEASE: &[Param] = &[flag("preserve_cancel_date")];
pub(crate) const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, CREATED, text("customer"), not_played("*")];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let id = call.fields.text("from_subscription").unwrap_or_default();
    let found = act.find::<Subscription>(id, "from_subscription")?.clone();
    if let Some(schedule) = &found.schedule {
        let message =
            format!("You cannot migrate a subscription that is already attached to a schedule: {schedule}.");
        return Err(Refusal::invalid(message).param("from_subscription").begun());
    }
    if found.is_over() {
        let message = "You cannot migrate a subscription that is canceled.";
        return Err(Refusal::invalid(message).param("from_subscription").begun());
    }
    let phase = Phase {
        start: found.period_start,
        end: found.period_end,
        items: found
            .items
            .iter()
            .map(|item| (item.price.clone(), item.quantity))
            .collect(),
    };
    let schedule = Schedule {
        id: act.id("sub_sched"),
        created: act.now(),
        customer: found.customer,
        subscription: found.id.clone(),
        currency: found.currency,
        phases: vec![phase],
        cancels_at_end: false,
        state: ScheduleState::Active,
        ended_at: None,
        clock: found.clock,
        metadata: call.fields.metadata(),
    };
    let (customer, schedule_id) = (schedule.customer.clone(), schedule.id.clone());
    act.amend::<Subscription>(&found.id, |found| found.schedule = Some(schedule_id.clone()));
    let shown = act.create("subscription_schedule.created", schedule);
    act.in_time_of(&customer, |act| schedule::plan(act, &schedule_id));
    Ok(shown)
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    let found = act.find::<Schedule>(call.id, "schedule")?.clone();
    if found.state != ScheduleState::Active {
        let message = "You cannot update a subscription schedule that is completed, released or canceled.";
        return Err(Refusal::invalid(message).begun());
    }
    let phases = phases(act, &found, call.fields)?;
    let cancels = call.fields.text("end_behavior").map(|end| end == "cancel");
    act.in_time_of(&found.customer.clone(), |act| {
        act.revise::<Schedule>(call.id, "subscription_schedule.updated", |schedule| {
            if !phases.is_empty() {
                schedule.phases = phases;
            }
            schedule.cancels_at_end = cancels.unwrap_or(schedule.cancels_at_end);
            call.fields.edit_metadata(&mut schedule.metadata);
        });
        schedule::plan(act, call.id);
    });
    retrieve(act, call)
}

/// Returns the phases as they were given, each beginning where the one before ends.
fn phases(act: &Act, schedule: &Schedule, fields: Fields) -> Result<Vec<Phase>, Refusal> {
    let mut phases: Vec<Phase> = Vec::new();
    for (index, given) in fields.objects("phases").enumerate() {
        let path = format!("phases[{index}]");
        let start = match phases.last() {
            Some(before) => before.end,
            None => schedule
                .phases
                .first()
                .map_or(schedule.created, |phase| phase.start),
        };
        if given.int("start_date").is_some_and(|date| date != start) {
            let message = "You can not modify the start date of a phase that has begun.";
            return Err(Refusal::invalid(message).param(format!("{path}[start_date]")));
        }
        let lasts = given.object("duration");
        let lasts = lasts
            .text("interval")
            .and_then(Interval::from_name)
            .map(|interval| Cycle {
                interval,
                count: lasts.int("interval_count").unwrap_or(1),
            });
        let end = match (given.int("end_date"), lasts) {
            (Some(end), _) => end,
            (None, Some(lasts)) => lasts.after(start, 1),
            (None, None) => {
                let message = format!("You must specify a duration or end_date for {path}.");
                return Err(Refusal::invalid(message).param(path));
            }
        };
        phases.push(Phase {
            start,
            end,
            items: items(act, given, &path)?,
        });
    }
    Ok(phases)
}

fn items(act: &Act, phase: Fields, path: &str) -> Result<Vec<(Price, i64)>, Refusal> {
    phase
        .objects("items")
        .enumerate()
        .map(|(index, item)| {
            let price = item.text("price").unwrap_or_default();
            let price = act.find::<Price>(price, &format!("{path}[items][{index}][price]"))?;
            Ok((price.clone(), item.int("quantity").unwrap_or(1)))
        })
        .collect()
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let customer = call.fields.text("customer");
    listing::page::<Schedule>(act, call, |schedule| {
        customer.is_none_or(|id| schedule.customer == id)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Schedule>(act, call, "schedule")
}

pub(crate) fn release(act: &mut Act, call: &Call) -> Answer {
    let customer = act.find::<Schedule>(call.id, "schedule")?.customer.clone();
    act.in_time_of(&customer, |act| {
        schedule::close(act, call.id, ScheduleState::Released);
    });
    retrieve(act, call)
}

pub(crate) fn cancel(act: &mut Act, call: &Call) -> Answer {
    let found = act.find::<Schedule>(call.id, "schedule")?.clone();
    act.in_time_of(&found.customer, |act| {
        schedule::close(act, call.id, ScheduleState::Canceled);
        crate::stripe::billing::end::end(act, &found.subscription, "cancellation_requested");
    });
    retrieve(act, call)
}
