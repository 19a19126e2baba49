//! The metadata that ties Stripe's objects to a charge and its conversation.

/// The charge's id, on every object that we make.
pub(crate) const CHARGE: &str = "cobro_charge";
/// The conversation's id, likewise.
pub(crate) const CONVERSATION: &str = "cobro_conversation";

/// The id of a product's link that many pay, in place of both.
pub(crate) const SHARED: &str = "cobro_product_link";

pub(crate) fn of<'a>(charge: &'a str, conversation: &'a str) -> [(&'static str, &'a str); 2] {
    [(CHARGE, charge), (CONVERSATION, conversation)]
}

/// Returns whether an object was made for the charge.
pub(crate) fn is_of(metadata: &crate::read::Metadata, charge: &str) -> bool {
    names(metadata, CHARGE, charge)
}

/// Returns whether the metadata has this value under that name.
pub(crate) fn names(metadata: &crate::read::Metadata, name: &str, value: &str) -> bool {
    metadata.get(name).is_some_and(|kept| kept == value)
}
