//! What the shop asks to have sent, checked as Meta checks it.

mod interactive;

use serde_json::Value;

use super::customer::{Button, Choice, File};
use super::refusal::Refusal;

/// Message types that `POST /messages` takes.
const TYPES: &[&str] = &[
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// A message that may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) kind: String,
    pub(crate) header: Option<String>,
    pub(crate) text: String,
    pub(crate) button: Option<Button>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) footer: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) opaque: Option<String>,
    pub(crate) file: Option<File>,
    /// Files in headers: the type that each is sent as, and its id.
    pub(crate) attached: Vec<(String, String)>,
    pub(crate) template: Option<TemplateCall>,
}

/// A template that is asked for; it is filled in from the template store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateCall {
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) components: Vec<Value>,
    /// Such as `utility`, known once it is filled in.
    pub(crate) category: Option<String>,
}

/// Returns the message in a request's body, or what Meta says is wrong with it.
pub(crate) fn read(body: &Value) -> Result<Outgoing, Refusal> {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text");
    if let Some(to_whom) = body.get("recipient_type").and_then(Value::as_str)
        && to_whom != "individual"
    {
        return Err(Refusal::parameter(format!(
            "(#100) Param recipient_type must be one of {{INDIVIDUAL}} - got \"{to_whom}\"."
        )));
    }
    if !TYPES.contains(&kind) {
        let types = TYPES.join(", ").to_uppercase();
        return Err(Refusal::parameter(format!(
            "(#100) Param type must be one of {{{types}}} - got \"{kind}\"."
        )));
    }
    let Some(content) = body.get(kind).filter(|content| !content.is_null()) else {
        return Err(Refusal::parameter(format!(
            "(#100) The parameter {kind} is required."
        )));
    };
    let mut message = Outgoing {
        kind: kind.to_owned(),
        about: text(body, "/context/message_id").map(str::to_owned),
        opaque: opaque(body)?,
        ..Outgoing::default()
    };
    match kind {
        "text" => text_message(&mut message, content)?,
        "interactive" => interactive::read(&mut message, content)?,
        "template" => template(&mut message, content)?,
        "reaction" => reaction(&mut message, content)?,
        "location" => location(&mut message, content)?,
        "contacts" => contacts(&mut message, content)?,
        _ => media(&mut message, content)?,
    }
    Ok(message)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn too_long(param: &str, most: usize) -> Refusal {
    Refusal::parameter(format!(
        "(#100) Param {param} must be at most {most} characters long."
    ))
}

fn opaque(body: &Value) -> Result<Option<String>, Refusal> {
    match body.get("biz_opaque_callback_data") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(data)) if data.chars().count() > 512 => {
            Err(too_long("biz_opaque_callback_data", 512))
        }
        Some(Value::String(data)) => Ok(Some(data.clone())),
        Some(_) => Err(Refusal::parameter(
            "(#100) Param biz_opaque_callback_data must be a string.",
        )),
    }
}

fn text_message(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let body = text(content, "/body").unwrap_or_default();
    if body.trim().is_empty() {
        return Err(Refusal::parameter(
            "(#100) The parameter text['body'] is required.",
        ));
    }
    if body.chars().count() > 4096 {
        return Err(too_long("text['body']", 4096));
    }
    body.clone_into(&mut message.text);
    Ok(())
}

/// Returns the text at `pointer` if its length is allowed.
fn bounded<'a>(content: &'a Value, pointer: &str, what: &str, most: usize) -> Result<&'a str, Refusal> {
    let found = text(content, pointer).unwrap_or_default();
    if found.trim().is_empty() || found.chars().count() > most {
        return Err(Refusal::value(format!(
            "{what} length invalid. Min length: 1, Max length: {most}"
        )));
    }
    Ok(found)
}

fn template(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let name = text(content, "/name").ok_or_else(|| Refusal::missing("template['name']"))?;
    let language =
        text(content, "/language/code").ok_or_else(|| Refusal::missing("template['language']['code']"))?;
    let components = content.get("components").and_then(Value::as_array);
    message.template = Some(TemplateCall {
        name: name.to_owned(),
        language: language.to_owned(),
        components: components.cloned().unwrap_or_default(),
        category: None,
    });
    Ok(())
}

fn reaction(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let about = text(content, "/message_id").ok_or_else(|| Refusal::missing("reaction['message_id']"))?;
    message.about = Some(about.to_owned());
    // An empty emoji takes the reaction back.
    let emoji = text(content, "/emoji").ok_or_else(|| Refusal::missing("reaction['emoji']"))?;
    if emoji.chars().count() > 12 || emoji.chars().any(|letter| letter.is_ascii_alphabetic()) {
        return Err(Refusal::value("Reaction emoji must be one emoji"));
    }
    emoji.clone_into(&mut message.text);
    Ok(())
}

fn location(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let part = |name: &str, most: f64| -> Result<String, Refusal> {
        let (written, number) = match content.get(name) {
            Some(Value::Number(number)) => (number.to_string(), number.as_f64()),
            Some(Value::String(text)) => (text.clone(), text.parse().ok()),
            _ => return Err(Refusal::missing(&format!("location['{name}']"))),
        };
        match number {
            Some(number) if number.abs() <= most => Ok(written),
            _ => Err(Refusal::value(format!("Location {name} is not valid"))),
        }
    };
    let place = format!("{}, {}", part("latitude", 90.0)?, part("longitude", 180.0)?);
    for (name, most) in [("name", 1000), ("address", 1000)] {
        if text(content, &format!("/{name}")).is_some_and(|text| text.chars().count() > most) {
            return Err(too_long(&format!("location['{name}']"), most));
        }
    }
    message.text = match text(content, "/name") {
        Some(name) => format!("{name} ({place})"),
        None => place,
    };
    Ok(())
}

fn contacts(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let cards = content.as_array().filter(|cards| !cards.is_empty());
    let cards =
        cards.ok_or_else(|| Refusal::parameter("(#100) Param contacts must be a non-empty array."))?;
    if cards.len() > 257 {
        return Err(Refusal::parameter(
            "(#100) Param contacts must have at most 257 elements.",
        ));
    }
    let phones = cards
        .iter()
        .filter_map(|card| card.get("phones")?.as_array())
        .flatten();
    for phone in phones {
        if text(phone, "/phone").is_none_or(str::is_empty) {
            return Err(Refusal::missing("contacts['phones']['phone']"));
        }
    }
    let names: Option<Vec<&str>> = cards
        .iter()
        .map(|card| text(card, "/name/formatted_name").filter(|name| !name.is_empty()))
        .collect();
    message.text = names
        .ok_or_else(|| Refusal::missing("contacts['name']['formatted_name']"))?
        .join(", ");
    Ok(())
}

fn media(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let kind = message.kind.clone();
    let given = |name: &str| {
        text(content, &format!("/{name}"))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (id, link) = (given("id"), given("link"));
    if id.is_none() && link.is_none() {
        return Err(Refusal::parameter(format!(
            "(#100) The parameter {kind}['id'] or {kind}['link'] is required."
        )));
    }
    if let Some(link) = &link
        && !url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        return Err(Refusal::parameter(format!(
            "(#100) Param {kind}['link'] is not a valid URI."
        )));
    }
    let (caption, filename) = (given("caption"), given("filename"));
    for (name, value, allowed) in [
        ("caption", &caption, !matches!(kind.as_str(), "audio" | "sticker")),
        ("filename", &filename, kind == "document"),
    ] {
        if value.is_some() && !allowed {
            return Err(Refusal::parameter(format!(
                "(#100) Unexpected key \"{name}\" on param \"{kind}\"."
            )));
        }
    }
    if caption
        .as_ref()
        .is_some_and(|caption| caption.chars().count() > 1024)
    {
        return Err(too_long(&format!("{kind}['caption']"), 1024));
    }
    message.text = caption.or_else(|| filename.clone()).unwrap_or_default();
    message.file = Some(File {
        id,
        link,
        filename,
        voice: content.get("voice").and_then(Value::as_bool).unwrap_or(false),
        ..File::default()
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pay_button(display: &str, body: &str, footer: &str) -> Value {
        json!({"type": "interactive", "interactive": {
            "type": "cta_url",
            "body": {"text": body},
            "footer": {"text": footer},
            "action": {"name": "cta_url", "parameters": {"display_text": display, "url": "https://pay.test/1"}},
        }})
    }

    #[test]
    fn a_pay_button_within_its_limits_is_taken() {
        let message = read(&pay_button(&"x".repeat(20), &"é".repeat(1024), &"f".repeat(60))).unwrap();
        assert_eq!(message.button.unwrap().url, "https://pay.test/1");
        assert_eq!(message.text.chars().count(), 1024);
    }

    #[test]
    fn a_pay_button_beyond_its_limits_is_refused() {
        for (display, body, footer) in [(21, 1, 1), (0, 1, 1), (1, 1025, 1), (1, 0, 1), (1, 1, 61)] {
            let body = pay_button(&"x".repeat(display), &"x".repeat(body), &"x".repeat(footer));
            assert_eq!(read(&body).unwrap_err().code(), 131_009);
        }
        let mut body = pay_button("Pagar", "Hola", "x");
        body["interactive"]["action"]["parameters"]["url"] = "pay.test/1".into();
        assert_eq!(read(&body).unwrap_err().code(), 131_009);
    }

    #[test]
    fn a_text_has_at_most_4096_characters() {
        let text = |count| json!({"type": "text", "text": {"body": "ñ".repeat(count)}});
        assert!(read(&text(4096)).is_ok());
        assert_eq!(read(&text(4097)).unwrap_err().code(), 100);
        assert_eq!(read(&text(0)).unwrap_err().code(), 100);
    }

    #[test]
    fn documented_types_are_taken() {
        for body in [
            json!({"type": "image", "image": {"link": "https://x.test/a.png", "caption": "Pastel"}}),
            json!({"type": "audio", "audio": {"id": "1"}}),
            json!({"type": "location", "location": {"latitude": 19.4, "longitude": "-99.1"}}),
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}}),
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}]}),
            json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}}),
            json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "¿Sí?"},
                "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Sí"}}]}}}),
        ] {
            assert!(read(&body).is_ok(), "{body}");
        }
    }

    #[test]
    fn what_is_not_a_message_is_refused() {
        for (body, code) in [
            (json!({"type": "song", "song": {}}), 100),
            (json!({"type": "image"}), 100),
            (json!({"type": "image", "image": {}}), 100),
            (json!({"type": "template", "template": {"name": "x"}}), 131_008),
            (
                json!({"type": "interactive", "interactive": {"type": "what", "body": {"text": "x"}}}),
                131_009,
            ),
            (
                json!({"type": "audio", "audio": {"id": "1", "caption": "x"}}),
                100,
            ),
            (json!({"type": "image", "image": {"link": "a.png"}}), 100),
            (
                json!({"type": "image", "image": {"id": "1", "caption": "x".repeat(1025)}}),
                100,
            ),
            (
                json!({"type": "reaction", "reaction": {"message_id": "w", "emoji": "nice"}}),
                131_009,
            ),
            (
                json!({"type": "location", "location": {"latitude": 91, "longitude": 0}}),
                131_009,
            ),
            (json!({"type": "location", "location": {"longitude": 0}}), 131_008),
            (json!({"type": "contacts", "contacts": []}), 100),
            (
                json!({"type": "contacts", "contacts": [{"phones": [{"phone": "1"}]}]}),
                131_008,
            ),
            (
                json!({"type": "text", "text": {"body": "x"}, "recipient_type": "group"}),
                100,
            ),
            (
                json!({"text": {"body": "x"}, "biz_opaque_callback_data": "x".repeat(513)}),
                100,
            ),
        ] {
            assert_eq!(read(&body).unwrap_err().code(), code, "{body}");
        }
    }
}
