//! Calls: a customer's call opens the service window as a message does.

use cobro_protocol::Timestamp;
use serde_json::value::RawValue;

use super::node::Node;
use super::parse::{Change, unreadable};
use super::{InboundMessage, MessageKind, Update, sender};
use crate::Content;

/// Returns the customer's call as a message; `None` for a call of the shop's.
/// Each event of one call comes under the same id.
pub(super) fn inbound(raw: &RawValue, change: &Change<'_>) -> Option<Update> {
    let call = Node::of(raw);
    if !call.has_fields() {
        return Some(unreadable("calls: a call is no object", raw));
    }
    if call.get("direction").str() != Some("USER_INITIATED") {
        return None;
    }
    Some(Update::Message(InboundMessage {
        line: change.line.clone(),
        wamid: call.get("id").text().unwrap_or_default(),
        from: change.contacts.complete(sender::writer(&call)),
        at: call.get("timestamp").at().unwrap_or(Timestamp::from_millis(0)),
        kind: MessageKind::Call,
        text: String::new(),
        context: None,
        referral: None,
        media: None,
        content: Some(Content::Call {
            event: call.get("event").text().unwrap_or_default(),
        }),
        reaction: None,
        target: None,
        raw: raw.get().to_owned(),
    }))
}
