//! The metadata that ties Stripe's objects to a charge and its conversation.

use std::collections::HashMap;

/// The charge's id, on every object that we make.
pub(crate) const CHARGE: &str = "cobro_charge";
/// The conversation's id, likewise.
pub(crate) const CONVERSATION: &str = "cobro_conversation";

pub(crate) fn of(charge: &str, conversation: &str) -> HashMap<String, String> {
    HashMap::from([
        (CHARGE.to_owned(), charge.to_owned()),
        (CONVERSATION.to_owned(), conversation.to_owned()),
    ])
}
