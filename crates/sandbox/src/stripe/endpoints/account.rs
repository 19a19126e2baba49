//! `/v1/account` and `/v1/balance`.

use crate::stripe::ledger::Act;
use crate::stripe::objects::account;
use crate::stripe::routes::{Answer, Call};

#[expect(clippy::unnecessary_wraps, reason = "every endpoint answers alike")]
pub(crate) fn retrieve(act: &mut Act, _: &Call) -> Answer {
    Ok(account::render(&act.ledger.options))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint answers alike")]
pub(crate) fn balance(act: &mut Act, _: &Call) -> Answer {
    Ok(account::balance(act.ledger))
}
