//! The chats of the shop's own phone, in chunks that arrive in any order.

use serde_json::value::RawValue;

use super::fields::Fields;
use super::message::read;
use super::node::Node;
use super::parse::{Change, unreadable};
use super::{HistoryMessage, HistoryProgress, LineRef, Sender, Status, Update, sender};
use crate::identity::phone_match_key;

/// Reads one chunk of the phone's history. Instead of threads it may say why there are none.
pub(super) fn chunk(raw: &RawValue, change: &Change<'_>, updates: &mut Vec<Update>) {
    let chunk = Fields::of(raw);
    let mut count: u32 = 0;
    for thread in chunk.list("threads") {
        let thread = Fields::of(thread);
        let customer = change
            .contacts
            .complete(sender::of_thread(&thread.node("id"), &thread.node("context")));
        let messages = thread.list("messages");
        count = count.saturating_add(u32::try_from(messages.len()).unwrap_or(u32::MAX));
        updates.extend(
            messages
                .into_iter()
                .map(|raw| of_history(raw, change, customer.clone())),
        );
    }
    updates.extend(chunk.list("errors").into_iter().map(|raw| declined(raw, change)));
    // Last: it counts what came before it.
    updates.extend(progress(&chunk.node("metadata"), count, change));
}

fn declined(raw: &RawValue, change: &Change<'_>) -> Update {
    let error = Node::of(raw);
    Update::HistoryDeclined {
        line: change.line.clone(),
        code: error.get("code").integer().unwrap_or(-1),
        title: error
            .get("title")
            .text()
            .or_else(|| error.get("message").text())
            .unwrap_or_default(),
    }
}

fn progress(metadata: &Node<'_>, messages: u32, change: &Change<'_>) -> Option<Update> {
    let number = |name: &str| metadata.get(name).integer();
    let percent = number("progress")?.clamp(0, 100);
    Some(Update::HistoryProgress(HistoryProgress {
        line: change.line.clone(),
        phase: number("phase")
            .and_then(|phase| u8::try_from(phase).ok())
            .unwrap_or(0),
        chunk: number("chunk_order")
            .and_then(|chunk| u32::try_from(chunk).ok())
            .unwrap_or(0),
        progress: u8::try_from(percent).unwrap_or(100),
        messages,
    }))
}

/// Reads a file of the history, sent after its placeholder under the same wamid.
pub(super) fn late(raw: &RawValue, change: &Change<'_>) -> Update {
    of_history(raw, change, Sender::default())
}

fn of_history(raw: &RawValue, change: &Change<'_>, thread: Sender) -> Update {
    let fields = Node::of(raw);
    if !fields.has_fields() {
        return unreadable("history: a message is no object", raw);
    }
    let from_shop = is_from_shop(&fields, &change.line, &thread);
    let own = if from_shop {
        sender::addressee(&fields)
    } else {
        sender::writer(&fields)
    };
    let customer = if thread == Sender::default() {
        change.contacts.complete(own)
    } else {
        joined(thread, own)
    };
    Update::History(HistoryMessage {
        message: read(raw, &fields, change, customer),
        from_shop,
        status: fields
            .get("history_context")
            .get("status")
            .str()
            .map(Status::of_history),
    })
}

/// Returns whether the shop wrote it: its own number stands there, or anyone's but the thread's.
fn is_from_shop(message: &Node<'_>, line: &LineRef, thread: &Sender) -> bool {
    let writer = sender::writer(message);
    if writer.user_id.is_some() {
        return writer.user_id != thread.user_id && thread.user_id.is_some();
    }
    let is_ours = |phone: &str| {
        line.display_phone_number
            .as_deref()
            .is_some_and(|ours| same_number(ours, phone))
    };
    match (&writer.phone, &thread.phone) {
        (Some(phone), _) if is_ours(phone) => true,
        (Some(phone), Some(customer)) => !same_number(phone, customer),
        (Some(_), None) => false,
        (None, _) => !message.get("to").str().is_some_and(is_ours),
    }
}

/// Some countries' numbers are written with a digit more or less.
fn same_number(one: &str, other: &str) -> bool {
    phone_match_key(one) == phone_match_key(other)
}

fn joined(known: Sender, own: Sender) -> Sender {
    Sender {
        phone: known.phone.or(own.phone),
        user_id: known.user_id.or(own.user_id),
        parent_user_id: known.parent_user_id.or(own.parent_user_id),
        ..known
    }
}
