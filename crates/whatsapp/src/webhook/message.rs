//! Messages: what customers write, and what the shop wrote on its phone.

use cobro_protocol::Timestamp;
use serde_json::value::RawValue;

use super::node::Node;
use super::parse::{Change, unreadable};
use super::{Context, InboundMessage, Media, MessageKind, Sender, Update};
use super::{content, sender, text};
use crate::identity::phone_match_key;
use crate::{Content, Referral};

/// Reads what a customer wrote. A system message may also say that the
/// customer's user id or number changed: more updates then.
pub(super) fn inbound(raw: &RawValue, change: &Change<'_>, updates: &mut Vec<Update>) {
    let fields = Node::of(raw);
    if !fields.has_fields() {
        return updates.push(unreadable("messages: a message is no object", raw));
    }
    if let Some(group) = of_group(raw, &fields) {
        return updates.push(group);
    }
    let from = change.contacts.complete(sender::writer(&fields));
    let changed = changed_user_id(&fields, &from, change);
    updates.push(Update::Message(read(raw, &fields, change, from)));
    // The id first: it is found by the number that was.
    updates.extend(changed);
    updates.extend(changed_number(&fields, change));
}

pub(super) fn echo(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Node::of(raw);
    if !fields.has_fields() {
        return unreadable("message_echoes: a message is no object", raw);
    }
    if let Some(group) = of_group(raw, &fields) {
        return group;
    }
    let customer = change.contacts.complete(sender::addressee(&fields));
    Update::Echo(read(raw, &fields, change, customer))
}

pub(super) fn read(raw: &RawValue, fields: &Node<'_>, change: &Change<'_>, from: Sender) -> InboundMessage {
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
        content: content_of(name, raw, fields),
        reaction: content::reaction(name, part),
        target: content::target(name, part),
        raw: raw.get().to_owned(),
    }
}

/// Groups have no thread here: what is said to many must not look as if it was said to the shop alone.
fn of_group(raw: &RawValue, message: &Node<'_>) -> Option<Update> {
    message.get("group_id").text()?;
    Some(Update::Other {
        field: "group_messages".to_owned(),
        raw: raw.get().to_owned(),
    })
}

/// An edited message carries its content one level further down.
fn content_of(name: &str, raw: &RawValue, message: &Node<'_>) -> Option<Content> {
    if name == "edit" {
        let edited = message.get("edit").get("message");
        let name = edited.get("type").str().filter(|name| *name != "edit")?;
        return content::of(name, raw, edited);
    }
    content::of(name, raw, message)
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
        product: product_of(message),
    })
}

/// An inquiry about a product says so in its context.
fn referral_of(message: &Node<'_>) -> Option<Referral> {
    let referral = message.get("referral");
    let product = product_of(message);
    (referral.has_fields() || product.is_some()).then(|| Referral {
        source_type: referral.get("source_type").text(),
        source_id: referral.get("source_id").text(),
        source_url: referral.get("source_url").text(),
        headline: referral.get("headline").text(),
        body: referral.get("body").text(),
        ctwa_clid: referral.get("ctwa_clid").text(),
        product,
    })
}

fn product_of(message: &Node<'_>) -> Option<String> {
    message
        .get("context")
        .get("referred_product")
        .get("product_retailer_id")
        .text()
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

/// Also a new user id brings the number that it came with.
fn changed_number(message: &Node<'_>, change: &Change<'_>) -> Option<Update> {
    let system = message.get("system");
    let tells = matches!(
        system.get("type").str()?,
        "user_changed_number" | "customer_changed_number" | "user_changed_user_id"
    );
    let previous = content::previous_number(system, message).filter(|_| tells)?;
    let current = content::current_number(system)?;
    (phone_match_key(&previous) != phone_match_key(&current)).then(|| Update::NumberChanged {
        line: change.line.clone(),
        previous,
        current,
    })
}
