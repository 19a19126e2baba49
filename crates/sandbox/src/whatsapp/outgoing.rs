//! What the shop asks to have sent, checked as Meta checks it.

use serde_json::Value;

use super::customer::Button;
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

/// Interactive types that are documented; those that are not played in full only need a body.
const INTERACTIVE: &[&str] = &[
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

/// A message that may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) button: Option<Button>,
    pub(crate) footer: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) opaque: Option<String>,
}

impl Outgoing {
    /// Templates alone may be sent when the service window is closed.
    pub(crate) fn is_template(&self) -> bool {
        self.kind == "template"
    }
}

/// Returns the message in a request's body, or what Meta says is wrong with it.
pub(crate) fn read(body: &Value) -> Result<Outgoing, Refusal> {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text");
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
        text: String::new(),
        button: None,
        footer: None,
        about: text(body, "/context/message_id").map(str::to_owned),
        opaque: opaque(body)?,
    };
    match kind {
        "text" => text_message(&mut message, content)?,
        "interactive" => interactive(&mut message, content)?,
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

fn interactive(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let kind = text(content, "/type").ok_or_else(|| Refusal::missing("interactive['type']"))?;
    if !INTERACTIVE.contains(&kind) {
        return Err(Refusal::value(format!("Interactive type '{kind}' is not valid")));
    }
    bounded(content, "/body/text", "Body text", 1024)?.clone_into(&mut message.text);
    if content.get("footer").is_some_and(|footer| !footer.is_null()) {
        message.footer = Some(bounded(content, "/footer/text", "Footer text", 60)?.to_owned());
    }
    match kind {
        "cta_url" => message.button = Some(call_to_action(content)?),
        "button" => reply_buttons(content)?,
        "list" => {
            bounded(content, "/action/button", "List button", 20)?;
        }
        _ => {}
    }
    Ok(())
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

fn reply_buttons(content: &Value) -> Result<(), Refusal> {
    let buttons = content
        .pointer("/action/buttons")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(Refusal::value(
            "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
        ));
    }
    for button in buttons {
        bounded(button, "/reply/title", "Button title", 20)?;
        bounded(button, "/reply/id", "Button id", 256)?;
    }
    Ok(())
}

fn template(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let name = text(content, "/name").ok_or_else(|| Refusal::missing("template['name']"))?;
    if text(content, "/language/code").is_none() {
        return Err(Refusal::missing("template['language']['code']"));
    }
    let components = content
        .get("components")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let parameters = components
        .filter_map(|component| component.get("parameters")?.as_array())
        .flatten()
        .filter_map(|parameter| text(parameter, "/text"));
    let said: Vec<&str> = std::iter::once(name).chain(parameters).collect();
    message.text = said.join(" · ");
    Ok(())
}

fn reaction(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let about = text(content, "/message_id").ok_or_else(|| Refusal::missing("reaction['message_id']"))?;
    message.about = Some(about.to_owned());
    // An empty emoji takes the reaction back.
    let emoji = text(content, "/emoji").ok_or_else(|| Refusal::missing("reaction['emoji']"))?;
    emoji.clone_into(&mut message.text);
    Ok(())
}

fn location(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let part = |name: &str| match content.get(name) {
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::String(text)) if text.parse::<f64>().is_ok() => Some(text.clone()),
        _ => None,
    };
    let latitude = part("latitude").ok_or_else(|| Refusal::missing("location['latitude']"))?;
    let longitude = part("longitude").ok_or_else(|| Refusal::missing("location['longitude']"))?;
    message.text = format!("{latitude}, {longitude}");
    Ok(())
}

fn contacts(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let cards = content.as_array().filter(|cards| !cards.is_empty());
    let cards =
        cards.ok_or_else(|| Refusal::parameter("(#100) Param contacts must be a non-empty array."))?;
    let names: Option<Vec<&str>> = cards
        .iter()
        .map(|card| text(card, "/name/formatted_name"))
        .collect();
    message.text = names
        .ok_or_else(|| Refusal::missing("contacts['name']['formatted_name']"))?
        .join(", ");
    Ok(())
}

fn media(message: &mut Outgoing, content: &Value) -> Result<(), Refusal> {
    let source = text(content, "/link").or_else(|| text(content, "/id"));
    if source.is_none_or(str::is_empty) {
        let kind = &message.kind;
        return Err(Refusal::parameter(format!(
            "(#100) The parameter {kind}['id'] or {kind}['link'] is required."
        )));
    }
    let caption = text(content, "/caption")
        .or_else(|| text(content, "/filename"))
        .unwrap_or_default();
    if caption.chars().count() > 1024 {
        return Err(too_long(&format!("{}['caption']", message.kind), 1024));
    }
    caption.clone_into(&mut message.text);
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
                json!({"text": {"body": "x"}, "biz_opaque_callback_data": "x".repeat(513)}),
                100,
            ),
        ] {
            assert_eq!(read(&body).unwrap_err().code(), code, "{body}");
        }
    }
}
