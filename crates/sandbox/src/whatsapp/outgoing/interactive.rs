//! Buttons and lists, within WhatsApp's limits.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Outgoing, bounded, text};
use crate::whatsapp::customer::{Button, Choice};
use crate::whatsapp::refusal::Refusal;

/// Types that are documented; those that are not played in full only need a body.
const TYPES: &[&str] = &[
    "address_message",
    "button",
    "call_permission_request",
    "catalog_message",
    "cta_url",
    "flow",
    "list",
    "location_request_message",
    "order_details",
    "order_status",
    "product",
    "product_list",
    "request_contact_info",
    "voice_call",
];

pub(super) fn read(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let kind = text(content, "/type").ok_or_else(|| Refusal::missing("interactive['type']"))?;
    if !TYPES.contains(&kind) {
        return Err(Refusal::value(format!("Interactive type '{kind}' is not valid")));
    }
    let most = if kind == "list" { 4096 } else { 1024 };
    bounded(content, "/body/text", "Body text", most)?.clone_into(&mut message.text);
    if content.get("footer").is_some_and(|footer| !footer.is_null()) {
        message.footer = Some(bounded(content, "/footer/text", "Footer text", 60)?.to_owned());
    }
    if let Some(given) = content.get("header").filter(|header| !header.is_null()) {
        header(message, given, kind)?;
    }
    match kind {
        "cta_url" => message.button = Some(call_to_action(content)?),
        "button" => message.choices = reply_buttons(content)?,
        "list" => message.choices = list(content)?,
        _ => {}
    }
    Ok(())
}

fn header(message: &mut Outgoing, header: &Value, of: &str) -> Result<(), Refusal> {
    let kind = text(header, "/type").unwrap_or_default();
    match kind {
        "text" => {
            message.header = Some(bounded(header, "/text", "Header text", 60)?.to_owned());
            Ok(())
        }
        "image" | "video" | "document" if of != "list" => {
            let id = text(header, &format!("/{kind}/id"));
            if id.is_none() && text(header, &format!("/{kind}/link")).is_none() {
                return Err(Refusal::missing(&format!(
                    "interactive['header']['{kind}']['id']"
                )));
            }
            message
                .attached
                .extend(id.map(|id| (kind.to_owned(), id.to_owned())));
            message.header = Some(format!("[{kind}]"));
            Ok(())
        }
        other => Err(Refusal::value(format!("Header type '{other}' is not valid"))),
    }
}

fn call_to_action(content: &Value) -> Result<Button, Refusal> {
    if text(content, "/action/name") != Some("cta_url") {
        return Err(Refusal::value(
            "Action name must be 'cta_url' for an interactive message of type cta_url",
        ));
    }
    let shown = bounded(content, "/action/parameters/display_text", "Button title", 20)?;
    let url = text(content, "/action/parameters/url").unwrap_or_default();
    if !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Err(Refusal::value(
            "Button URL must be a valid URL that starts with http:// or https://",
        ));
    }
    Ok(Button {
        text: shown.to_owned(),
        url: url.to_owned(),
    })
}

fn array<'a>(content: &'a Value, pointer: &str) -> &'a [Value] {
    let array = content.pointer(pointer).and_then(Value::as_array);
    array.map_or(&[], Vec::as_slice)
}

fn reply_buttons(content: &Value) -> Result<Vec<Choice>, Refusal> {
    let buttons = array(content, "/action/buttons");
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(Refusal::value(
            "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
        ));
    }
    let mut choices = Vec::new();
    for button in buttons {
        if text(button, "/type") != Some("reply") {
            return Err(Refusal::value("Button type must be 'reply'"));
        }
        choices.push(Choice {
            title: bounded(button, "/reply/title", "Button title", 20)?.to_owned(),
            id: bounded(button, "/reply/id", "Button id", 256)?.to_owned(),
            description: None,
        });
    }
    all_different(choices.iter().map(|choice| choice.id.as_str()), "Button ids")?;
    all_different(
        choices.iter().map(|choice| choice.title.as_str()),
        "Button titles",
    )?;
    Ok(choices)
}

fn list(content: &Value) -> Result<Vec<Choice>, Refusal> {
    bounded(content, "/action/button", "List button", 20)?;
    let sections = array(content, "/action/sections");
    if sections.is_empty() || sections.len() > 10 {
        return Err(Refusal::value(
            "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10",
        ));
    }
    let mut choices = Vec::new();
    for section in sections {
        if sections.len() > 1 || text(section, "/title").is_some() {
            bounded(section, "/title", "Section title", 24)?;
        }
        let rows = array(section, "/rows");
        if rows.is_empty() {
            return Err(Refusal::value("A section must have at least one row"));
        }
        for row in rows {
            let description = match row.get("description").filter(|given| !given.is_null()) {
                Some(_) => Some(bounded(row, "/description", "Row description", 72)?.to_owned()),
                None => None,
            };
            choices.push(Choice {
                id: bounded(row, "/id", "Row id", 200)?.to_owned(),
                title: bounded(row, "/title", "Row title", 24)?.to_owned(),
                description,
            });
        }
    }
    if choices.len() > 10 {
        return Err(Refusal::value("Total row count exceed max allowed count: 10"));
    }
    all_different(choices.iter().map(|choice| choice.id.as_str()), "Row ids")?;
    Ok(choices)
}

fn all_different<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Refusal::value(format!("{what} must be unique: '{name}' is not")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    fn sent(interactive: &Value) -> Result<Outgoing, Refusal> {
        read(&json!({"type": "interactive", "interactive": interactive}))
    }

    fn buttons(replies: &[(&str, &str)]) -> Value {
        let buttons: Vec<Value> = replies
            .iter()
            .map(|(id, title)| json!({"type": "reply", "reply": {"id": id, "title": title}}))
            .collect();
        json!({"type": "button", "body": {"text": "¿Sí?"}, "action": {"buttons": buttons}})
    }

    fn rows(count: usize) -> Vec<Value> {
        (0..count)
            .map(|row| json!({"id": row.to_string(), "title": format!("Fila {row}"), "description": "x"}))
            .collect()
    }

    #[test]
    fn up_to_three_different_buttons_can_be_tapped() {
        let taken = sent(&buttons(&[("1", "Sí"), ("2", "No"), ("3", "Quizás")])).unwrap();
        assert_eq!(taken.choices[2].title, "Quizás");
        for wrong in [
            buttons(&[]),
            buttons(&[("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")]),
            buttons(&[("1", "a"), ("1", "b")]),
            buttons(&[("1", "a"), ("2", "a")]),
            buttons(&[("1", &"x".repeat(21))]),
            buttons(&[(&"x".repeat(257), "a")]),
        ] {
            assert_eq!(sent(&wrong).unwrap_err().code(), 131_009, "{wrong}");
        }
    }

    #[test]
    fn a_list_has_ten_rows_at_most_and_titles_where_there_are_sections() {
        let list = |sections: Value| {
            json!({"type": "list", "body": {"text": "x".repeat(4096)},
                   "action": {"button": "Ver", "sections": sections}})
        };
        let taken = sent(&list(json!([{"rows": rows(10)}]))).unwrap();
        assert_eq!(taken.choices.len(), 10);
        for wrong in [
            list(json!([])),
            list(json!([{"rows": []}])),
            list(json!([{"rows": rows(11)}])),
            list(json!([{"rows": rows(1)}, {"title": "b", "rows": [{"id": "z", "title": "z"}]}])),
            list(json!([{"rows": [{"id": "1", "title": "x".repeat(25)}]}])),
            list(json!([{"rows": [{"id": "1", "title": "x", "description": "x".repeat(73)}]}])),
            list(json!([{"title": "x".repeat(25), "rows": rows(1)}])),
        ] {
            assert_eq!(sent(&wrong).unwrap_err().code(), 131_009, "{wrong}");
        }
    }

    #[test]
    fn a_header_is_text_or_a_file() {
        let mut wanted = buttons(&[("1", "Sí")]);
        wanted["header"] = json!({"type": "image", "image": {"id": "7"}});
        assert_eq!(
            sent(&wanted).unwrap().attached,
            [("image".to_owned(), "7".to_owned())]
        );
        wanted["header"] = json!({"type": "text", "text": "x".repeat(61)});
        assert_eq!(sent(&wanted).unwrap_err().code(), 131_009);
        wanted["header"] = json!({"type": "song"});
        assert_eq!(sent(&wanted).unwrap_err().code(), 131_009);
    }
}
