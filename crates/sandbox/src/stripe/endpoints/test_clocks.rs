//! `/v1/test_helpers/test_clocks`: time that a test turns on.

use super::show;
use crate::stripe::agenda::Agenda;
use crate::stripe::billing::clock;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, LIMIT};
use crate::stripe::objects::test_clock::TestClock;
use crate::stripe::params::{Param, int, not_played, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const CREATE: &[Param] = &[
    int("frozen_time").required(),
    text("name").max(300),
    not_played("customer"),
];
pub(crate) const ADVANCE: &[Param] = &[int("frozen_time").required()];
pub(crate) const LIST: &[Param] = &[LIMIT, AFTER, BEFORE];
/// Stripe allows two periods at once; the sandbox two years.
const FARTHEST: i64 = 2 * 366 * 24 * 60 * 60;

#[expect(clippy::unnecessary_wraps, reason = "every endpoint answers alike")]
pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let made = TestClock {
        id: act.id("clock"),
        created: act.now(),
        deleted: false,
        name: call.fields.string("name"),
        frozen_ms: call.fields.int("frozen_time").unwrap_or_default() * 1000,
        agenda: Agenda::default(),
    };
    Ok(act.create("test_helpers.test_clock.created", made))
}

pub(crate) fn advance(act: &mut Act, call: &Call) -> Answer {
    let found = find(act, call)?;
    let (from, to) = (
        found.frozen_ms.div_euclid(1000),
        call.fields.int("frozen_time").unwrap_or_default(),
    );
    if to <= from || to > from + FARTHEST {
        let message = "The frozen_time must be after the clock's time, and at most two years after it.";
        return Err(Refusal::invalid(message).param("frozen_time"));
    }
    act.advance::<TestClock>(call.id, "test_helpers.test_clock.advancing", |_| {});
    clock::advance(act, call.id, to * 1000);
    act.advance::<TestClock>(call.id, "test_helpers.test_clock.ready", |_| {});
    retrieve(act, call)
}

fn find<'a>(act: &'a Act, call: &Call) -> Result<&'a TestClock, Refusal> {
    act.get::<TestClock>(call.id)
        .filter(|clock| !clock.deleted)
        .ok_or_else(|| Refusal::no_such("test clock", call.id, "test_clock"))
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    listing::page::<TestClock>(act, call, |clock| !clock.deleted)
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<TestClock>(act, call, "test_clock")
}

pub(crate) fn delete(act: &mut Act, call: &Call) -> Answer {
    find(act, call)?;
    clock::delete(act, call.id);
    retrieve(act, call)
}
