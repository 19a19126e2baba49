//! What each endpoint does, with the parameters it takes.

pub(crate) mod account;
pub(crate) mod cash;
pub(crate) mod catalog;
pub(crate) mod coupons;
pub(crate) mod customers;
pub(crate) mod disputes;
pub(crate) mod events;
pub(crate) mod intents;
pub(crate) mod invoices;
pub(crate) mod lines;
pub(crate) mod links;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod portal;
pub(crate) mod refunds;
pub(crate) mod schedules;
pub(crate) mod sessions;
pub(crate) mod subscriptions;
pub(crate) mod test_clocks;
pub(crate) mod webhook_endpoints;

use super::ledger::Act;
use super::refusal::Refusal;
use super::routes::{Answer, Call};
use super::shelf::Object;

/// Returns the object that the path names.
fn show<T: Object>(act: &Act, call: &Call, param: &str) -> Answer {
    act.find::<T>(call.id, param).map(Object::render)
}

/// Refuses two parameters that exclude each other.
fn not_both(call: super::fields::Fields, first: &str, second: &str, path: &str) -> Result<(), Refusal> {
    if call.has(first) && call.has(second) {
        let message = format!("You may only specify one of these parameters: {first}, {second}.");
        let param = if path.is_empty() {
            first.to_owned()
        } else {
            format!("{path}[{first}]")
        };
        return Err(Refusal::invalid(message).param(param));
    }
    Ok(())
}
