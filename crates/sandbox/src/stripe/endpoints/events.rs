//! `/v1/events`: what happened, to be read by polling.

use super::show;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::event::Event;
use crate::stripe::params::{Param, TEXT, list as list_of, not_played, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("type"),
    list_of("types", &TEXT),
    not_played("delivery_success"),
];

const MOST_TYPES: usize = 20;

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let mut wanted = call.fields.texts("types");
    if wanted.len() > MOST_TYPES {
        let message = format!("You may only specify up to {MOST_TYPES} values for types");
        return Err(Refusal::invalid(message).param("types"));
    }
    if let Some(one) = call.fields.text("type") {
        if !wanted.is_empty() {
            let message = "You may pass either type or types, but not both";
            return Err(Refusal::invalid(message).param("type"));
        }
        wanted.push(one.to_owned());
    }
    listing::page::<Event>(act, call, |event| {
        wanted.is_empty() || wanted.iter().any(|name| names(name, event.kind))
    })
}

/// Returns whether `wanted`, such as `charge.*`, names the type.
fn names(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => wanted == kind,
    }
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Event>(act, call, "id")
}
