//! `/v1/payouts`: made each night by themselves, and read.

use super::show;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::payout::Payout;
use crate::stripe::params::{Param, not_played, text};
use crate::stripe::routes::{Answer, Call};

pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("status"),
    not_played("arrival_date"),
    not_played("destination"),
];

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let status = call.fields.text("status");
    listing::page::<Payout>(act, call, |payout| {
        status.is_none_or(|name| payout.state.name() == name)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Payout>(act, call, "payout")
}
