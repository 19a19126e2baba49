//! Contacts of the shop's own phone, sent once after connecting and with every change.

use cobro_protocol::Timestamp;
use serde_json::value::RawValue;

use super::node::Node;
use super::parse::{Change, unreadable};
use super::{PhoneBookEntry, Update};

pub(super) fn entry(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Node::of(raw);
    let contact = fields.get("contact");
    let phone = contact
        .get("phone_number")
        .text()
        .or_else(|| contact.get("wa_id").text());
    let user_id = contact.get("user_id").text();
    if phone.is_none() && user_id.is_none() {
        return unreadable("state_sync: a contact has no phone number and no user id", raw);
    }
    Update::PhoneBook(PhoneBookEntry {
        line: change.line.clone(),
        phone,
        user_id,
        full_name: contact.get("full_name").text(),
        first_name: contact.get("first_name").text(),
        removed: fields.get("action").str() == Some("remove"),
        at: fields
            .get("metadata")
            .get("timestamp")
            .at()
            .unwrap_or(Timestamp::from_millis(0)),
    })
}
