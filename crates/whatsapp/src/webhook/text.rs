//! The words that a message carries, whatever its type.

use serde_json::value::RawValue;

use super::fields::{Fields, text_of};

/// Returns the human text of a message whose type is `kind`, line by line.
pub(super) fn of(kind: &str, message: &Fields<'_>) -> String {
    let part = message.object(kind);
    match kind {
        "text" => only(&part, "body"),
        "image" | "video" | "document" | "audio" | "sticker" => only(&part, "caption"),
        "button" | "order" => only(&part, "text"),
        "reaction" => only(&part, "emoji"),
        "system" => only(&part, "body"),
        "location" => lines([part.text("name"), part.text("address")]),
        "contacts" => lines(message.list("contacts").into_iter().map(name_of_card)),
        "interactive" => interactive(&part),
        "edit" => of_edited(&part.object("message")),
        "unsupported" => message.list("errors").first().map(|raw| only(&Fields::of(raw), "title")).unwrap_or_default(),
        "template" => only(&part, "name"),
        _ => loose(&part),
    }
}

/// An edit holds the whole new message.
fn of_edited(message: &Fields<'_>) -> String {
    match message.str("type") {
        Some(kind) if kind != "edit" => of(&kind, message),
        _ => loose(message),
    }
}

fn interactive(part: &Fields<'_>) -> String {
    let kind = part.str("type").unwrap_or_default();
    let reply = part.object(&kind);
    match &*kind {
        "button_reply" | "list_reply" => lines([reply.text("title"), reply.text("description")]),
        "nfm_reply" => only(&reply, "body"),
        _ if reply.is_empty() => loose(part),
        _ => loose(&reply),
    }
}

fn name_of_card(card: &RawValue) -> Option<String> {
    let card = Fields::of(card);
    let name = card.object("name");
    let first_phone = || card.list("phones").first().and_then(|phone| Fields::of(phone).text("phone"));
    name.text("formatted_name").or_else(|| name.text("first_name")).or_else(first_phone)
}

/// Of a type that is not known, whatever looks like words: its own, or one level down.
fn loose(part: &Fields<'_>) -> String {
    let words = |name: &str| {
        let raw = part.get(name)?;
        let deeper = || {
            let inner = Fields::of(raw);
            inner.text("body").or_else(|| inner.text("text"))
        };
        text_of(raw).map(Into::into).filter(|text: &String| !text.is_empty()).or_else(deeper)
    };
    lines(["header", "body", "text", "caption", "title", "description", "footer"].map(words))
}

fn only(part: &Fields<'_>, name: &str) -> String {
    part.text(name).unwrap_or_default()
}

fn lines(lines: impl IntoIterator<Item = Option<String>>) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
