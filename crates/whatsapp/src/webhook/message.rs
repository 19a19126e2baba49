//! Messages: what customers write, what the shop wrote on its phone, and its history.

use cobro_protocol::Timestamp;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::node::Node;
use super::parse::{Change, notice, unreadable};
use super::{Context, HistoryMessage, InboundMessage, LineRef, Media, MessageKind, Sender, Update};
use super::{sender, text};
use crate::Referral;

/// Reads what a customer wrote. A system message may also say that the
/// customer's user id changed: two updates then.
pub(super) fn inbound(raw: &RawValue, change: &Change<'_>, updates: &mut Vec<Update>) {
    let fields = Node::of(raw);
    if !fields.has_fields() {
        return updates.push(unreadable("messages: a message is no object", raw));
    }
    let from = change.contacts.complete(sender::writer(&fields));
    let changed = changed_user_id(&fields, &from, change);
    updates.push(Update::Message(read(raw, &fields, change, from)));
    updates.extend(changed);
}

pub(super) fn echo(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Node::of(raw);
    if !fields.has_fields() {
        return unreadable("message_echoes: a message is no object", raw);
    }
    let customer = change.contacts.complete(sender::addressee(&fields));
    Update::Echo(read(raw, &fields, change, customer))
}

/// Reads one chunk of the phone's history. Instead of threads it may say why there are none.
pub(super) fn history(chunk: &RawValue, change: &Change<'_>, updates: &mut Vec<Update>) {
    let chunk = Fields::of(chunk);
    for thread in chunk.list("threads") {
        let thread = Fields::of(thread);
        let customer = change
            .contacts
            .complete(sender::of_thread(&thread.node("id"), &thread.node("context")));
        let messages = thread.list("messages");
        updates.extend(
            messages
                .into_iter()
                .map(|raw| of_history(raw, change, customer.clone())),
        );
    }
    updates.extend(
        chunk
            .list("errors")
            .into_iter()
            .map(|raw| notice("history", raw.get())),
    );
}

/// Reads a file of the history, sent after its placeholder under the same wamid.
pub(super) fn late_history(raw: &RawValue, change: &Change<'_>) -> Update {
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
        status: None,
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
            .is_some_and(|ours| same_digits(ours, phone))
    };
    match (&writer.phone, &thread.phone) {
        (Some(phone), _) if is_ours(phone) => true,
        (Some(phone), Some(customer)) => !same_digits(phone, customer),
        (Some(_), None) => false,
        (None, _) => !message.get("to").str().is_some_and(is_ours),
    }
}

fn same_digits(one: &str, other: &str) -> bool {
    let digits = |phone: &str| -> Vec<u8> { phone.bytes().filter(u8::is_ascii_digit).collect() };
    digits(one) == digits(other)
}

fn joined(known: Sender, own: Sender) -> Sender {
    Sender {
        phone: known.phone.or(own.phone),
        user_id: known.user_id.or(own.user_id),
        parent_user_id: known.parent_user_id.or(own.parent_user_id),
        ..known
    }
}

fn read(raw: &RawValue, fields: &Node<'_>, change: &Change<'_>, from: Sender) -> InboundMessage {
    let name = fields.get("type").str().unwrap_or_default();
    let part = fields.get(name);
    InboundMessage {
        line: change.line.clone(),
        wamid: fields.get("id").text().unwrap_or_default(),
        from,
        at: fields.get("timestamp").at().unwrap_or(Timestamp::from_millis(0)),
        kind: kind_of(name, part),
        text: text::of(name, fields),
        context: context_of(fields),
        referral: referral_of(fields),
        media: media_of(name, part),
        content: None,
        reaction: None,
        target: None,
        raw: raw.get().to_owned(),
    }
}

fn kind_of(name: &str, part: &Node<'_>) -> MessageKind {
    match MessageKind::from_type(name) {
        MessageKind::Audio if part.get("voice").is_true() => MessageKind::Voice,
        kind => kind,
    }
}

fn context_of(message: &Node<'_>) -> Option<Context> {
    let context = message.get("context");
    context.has_fields().then(|| Context {
        wamid: context.get("id").text(),
        from: context.get("from").text(),
        forwarded: context.get("forwarded").is_true() || context.get("frequently_forwarded").is_true(),
        often_forwarded: context.get("frequently_forwarded").is_true(),
        product: context.get("referred_product").get("product_retailer_id").text(),
    })
}

fn referral_of(message: &Node<'_>) -> Option<Referral> {
    let referral = message.get("referral");
    referral.has_fields().then(|| Referral {
        source_type: referral.get("source_type").text(),
        source_id: referral.get("source_id").text(),
        source_url: referral.get("source_url").text(),
        headline: referral.get("headline").text(),
        body: referral.get("body").text(),
        ctwa_clid: referral.get("ctwa_clid").text(),
    })
}

/// An edited message carries its file one level further down.
fn media_of(name: &str, part: &Node<'_>) -> Option<Media> {
    if name == "edit" {
        let edited = part.get("message");
        let name = edited.get("type").str().filter(|name| *name != "edit")?;
        return media_of(name, edited.get(name));
    }
    let is_file = ["mime_type", "sha256"]
        .iter()
        .any(|field| *part.get(field) != Node::Null);
    is_file.then(|| Media {
        id: part.get("id").text(),
        mime_type: part.get("mime_type").text(),
        sha256: part.get("sha256").text(),
        filename: part.get("filename").text(),
        caption: part.get("caption").text(),
        voice: part.get("voice").is_true(),
        animated: part.get("animated").is_true(),
    })
}

fn changed_user_id(message: &Node<'_>, from: &Sender, change: &Change<'_>) -> Option<Update> {
    let system = message.get("system");
    let current = system.get("user_id").text()?;
    let is_new =
        system.get("type").str()? == "user_changed_user_id" && from.user_id.as_ref() != Some(&current);
    is_new.then(|| Update::UserIdChanged {
        line: change.line.clone(),
        previous: from.user_id.clone(),
        current,
        phone: from.phone.clone(),
    })
}
