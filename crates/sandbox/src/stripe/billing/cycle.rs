//! The rhythm of a subscription: what its period's end brings.

use super::{collect, end, invoice, schedule};
use crate::stripe::agenda::Job;
use crate::stripe::ledger::Act;
use crate::stripe::objects::subscription::{Subscription, SubscriptionState};
use crate::stripe::shelf::Object;

const DAY: i64 = 24 * 60 * 60;
const HOUR: i64 = 60 * 60;
/// How long before its charge an invoice is announced, and before its end a trial.
const NOTICE: i64 = 3 * DAY;

/// Plans what the end of the current period brings.
pub(crate) fn plan(act: &mut Act, id: &str) {
    let Some(found) = act.get::<Subscription>(id) else {
        return;
    };
    let (start, end, trials) = (
        found.period_start,
        found.period_end,
        found.state == SubscriptionState::Trialing,
    );
    let notice = NOTICE.min((end - start) / 2);
    act.schedule((end - notice) * 1000, Job::Announce(id.to_owned(), end));
    if trials {
        act.schedule((end - notice) * 1000, Job::AnnounceTrialEnd(id.to_owned(), end));
    }
    act.schedule(end * 1000, Job::Renew(id.to_owned(), end));
}

/// Tells of the invoice that the end of the period at `end` will make.
pub(crate) fn announce(act: &mut Act, id: &str, end: i64) {
    let is_so = |found: &Subscription| found.period_end == end && found.goes_on();
    if act.get::<Subscription>(id).is_some_and(is_so)
        && let Some(upcoming) = invoice::upcoming(act, id)
    {
        act.emit("invoice.upcoming", upcoming);
    }
}

pub(crate) fn announce_trial_end(act: &mut Act, id: &str, end: i64) {
    let found = act
        .get::<Subscription>(id)
        .filter(|found| found.period_end == end && !found.is_over());
    if let Some(shown) = found.map(Object::render) {
        act.emit("customer.subscription.trial_will_end", shown);
    }
}

/// Begins the next period, or ends the subscription. `end` tells a period that was changed meanwhile.
pub(crate) fn renew(act: &mut Act, id: &str, end: i64) {
    let current = |act: &Act| {
        let found = act.get::<Subscription>(id);
        found.is_some_and(|found| found.period_end == end && !found.is_over())
    };
    if !current(act) {
        return;
    }
    schedule::step(act, id);
    if !current(act) {
        return;
    }
    let goes_on = act.get::<Subscription>(id).is_some_and(Subscription::goes_on);
    if !goes_on {
        end::end(act, id, "cancellation_requested");
        return;
    }
    let now = act.now();
    act.revise::<Subscription>(id, "customer.subscription.updated", |found| {
        let rhythm = found.cycle();
        found.cycles += 1;
        found.period_start = end;
        found.period_end = rhythm.map_or(end + 30 * DAY, |rhythm| rhythm.after(found.anchor, found.cycles));
        if found.state == SubscriptionState::Trialing {
            found.state = SubscriptionState::Active;
        }
        if found
            .pause
            .as_ref()
            .and_then(|pause| pause.resumes_at)
            .is_some_and(|at| at <= now)
        {
            found.pause = None;
        }
        if found
            .discount
            .as_ref()
            .and_then(|discount| discount.end)
            .is_some_and(|at| at <= now)
        {
            found.discount = None;
        }
    });
    plan(act, id);
    bill(act, id);
}

/// Makes the period's invoice, and goes on with it as the subscription's pause says.
fn bill(act: &mut Act, id: &str) {
    let lines = invoice::lines_of_period(act, id);
    let off = invoice::discount_on(act, id, lines.iter().map(|line| line.amount).sum());
    act.amend::<Subscription>(id, |found| found.pending.clear());
    let made = invoice::make(act, id, "subscription_cycle", lines, off);
    let pause = act
        .get::<Subscription>(id)
        .and_then(|found| found.pause.as_ref().map(|pause| pause.behavior.clone()));
    match pause.as_deref() {
        None => act.schedule((act.now() + HOUR) * 1000, Job::Finalize(made)),
        Some("void") => invoice::void(act, &made),
        Some("mark_uncollectible") => invoice::write_off(act, &made),
        Some(_) => invoice::hold(act, &made),
    }
}

/// Finalizes an invoice whose hour is over, and collects it.
pub(crate) fn finalize(act: &mut Act, id: &str) {
    if invoice::finalize(act, id) {
        collect::collect(act, id);
    }
}
