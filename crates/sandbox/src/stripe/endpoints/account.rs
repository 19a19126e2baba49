//! `/v1/account` and `/v1/balance`.

use crate::stripe::ledger::Act;
use crate::stripe::objects::account;
use crate::stripe::routes::{Answer, Call};

pub(crate) fn retrieve(act: &mut Act, _: &Call) -> Answer {
    Ok(account::render(&act.ledger.options))
}

pub(crate) fn balance(act: &mut Act, _: &Call) -> Answer {
    Ok(account::balance(act.ledger))
}
