//! The words that a message carries, whatever its type.

use super::node::Node;

/// Returns the human text of a message whose type is `kind`, line by line.
pub(super) fn of(kind: &str, message: &Node<'_>) -> String {
    let part = message.get(kind);
    let only = |name: &str| part.get(name).text().unwrap_or_default();
    match kind {
        "text" | "system" => only("body"),
        "image" | "video" | "document" | "audio" | "sticker" => only("caption"),
        "button" | "order" => only("text"),
        "reaction" => only("emoji"),
        "template" => only("name"),
        "location" => lines([part.get("name").text(), part.get("address").text()]),
        "contacts" => lines(part.items().iter().map(name_of_card)),
        "interactive" => interactive(part),
        "edit" => of_edited(part.get("message")),
        // What stands there is WhatsApp's, to programs, and in English.
        "unsupported" => String::new(),
        _ => loose(part),
    }
}

/// An edit holds the whole new message.
fn of_edited(message: &Node<'_>) -> String {
    match message.get("type").str() {
        Some(kind) if kind != "edit" => of(kind, message),
        _ => loose(message),
    }
}

fn interactive(part: &Node<'_>) -> String {
    let kind = part.get("type").str().unwrap_or_default();
    let reply = part.get(kind);
    match kind {
        "button_reply" | "list_reply" => lines([reply.get("title").text(), reply.get("description").text()]),
        // "Sent" is WhatsApp's own word for every form; the answers are the message's content.
        "nfm_reply" => reply
            .get("body")
            .text()
            .filter(|body| body != "Sent")
            .unwrap_or_default(),
        _ if reply.has_fields() => loose(reply),
        _ => loose(part),
    }
}

fn name_of_card(card: &Node<'_>) -> Option<String> {
    let name = card.get("name");
    let first_phone = || {
        card.get("phones")
            .items()
            .first()
            .and_then(|phone| phone.get("phone").text())
    };
    name.get("formatted_name")
        .text()
        .or_else(|| name.get("first_name").text())
        .or_else(first_phone)
}

/// Of a type that is not known, whatever looks like words: its own, or one level down.
fn loose(part: &Node<'_>) -> String {
    let words = |name: &str| {
        let words = part.get(name);
        words
            .text()
            .or_else(|| words.get("body").text())
            .or_else(|| words.get("text").text())
    };
    lines(
        [
            "header",
            "body",
            "text",
            "caption",
            "title",
            "description",
            "footer",
        ]
        .map(words),
    )
}

fn lines(lines: impl IntoIterator<Item = Option<String>>) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
