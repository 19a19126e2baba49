//! The words that a message carries, whatever its type.

use serde_json::Value;

/// Returns the human text of a message's own part, such as the object under `image`.
pub(super) fn of(kind: &str, message: &Value) -> String {
    let part = &message[kind];
    let lines = match kind {
        "text" => vec![string(&part["body"])],
        "image" | "video" | "document" | "audio" | "sticker" => vec![string(&part["caption"])],
        "button" => vec![string(&part["text"])],
        "interactive" => interactive(part),
        "reaction" => vec![string(&part["emoji"])],
        "location" => vec![string(&part["name"]), string(&part["address"])],
        "contacts" => part.as_array().into_iter().flatten().map(|contact| string(&contact["name"]["formatted_name"])).collect(),
        "order" => vec![string(&part["text"])],
        "system" => vec![string(&part["body"])],
        "edit" => return of_edited(&part["message"]),
        "template" => vec![string(&part["name"])],
        _ => loose(part),
    };
    joined(lines)
}

fn of_edited(message: &Value) -> String {
    message["type"].as_str().map(|kind| of(kind, message)).unwrap_or_default()
}

fn interactive(part: &Value) -> Vec<Option<String>> {
    let reply = match part["type"].as_str() {
        Some("button_reply") => &part["button_reply"],
        Some("list_reply") => &part["list_reply"],
        Some("nfm_reply") => return vec![string(&part["nfm_reply"]["body"])],
        _ => return loose(part),
    };
    vec![string(&reply["title"]), string(&reply["description"])]
}

/// Of a type that is not known, whatever looks like words.
fn loose(part: &Value) -> Vec<Option<String>> {
    ["body", "text", "caption", "title", "description"]
        .iter()
        .map(|key| string(&part[*key]).or_else(|| string(&part[*key]["body"])).or_else(|| string(&part[*key]["text"])))
        .collect()
}

fn string(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn joined(lines: Vec<Option<String>>) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
