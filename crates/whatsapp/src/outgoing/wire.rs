//! A message as the Graph API takes it.

use serde_json::{Map, Value, json};

use super::{ButtonParameter, Draft, DraftBody, Parameter};
use crate::{Choice, ContactCard, ListSection, MediaKind, Recipient};

const PRODUCT: &str = "whatsapp";

/// Returns the JSON of a message that was checked.
pub(crate) fn body_of(draft: &Draft<'_>) -> Value {
    let (kind, content) = content_of(&draft.body);
    let (address, to) = match draft.to {
        Recipient::Phone(phone) => ("to", phone),
        Recipient::UserId(id) => ("recipient", id),
    };
    let mut message = json!({
        "messaging_product": PRODUCT,
        "recipient_type": "individual",
        address: to,
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": draft.opaque,
    });
    if let Some(wamid) = draft.reply_to {
        set(&mut message, "context", json!({ "message_id": wamid }));
    }
    message
}

/// Returns the JSON that marks a message, and all before it, as read.
pub(crate) fn receipt_of(wamid: &str, typing: bool) -> Value {
    let mut receipt = json!({ "messaging_product": PRODUCT, "status": "read", "message_id": wamid });
    if typing {
        set(&mut receipt, "typing_indicator", json!({ "type": "text" }));
    }
    receipt
}

fn content_of(body: &DraftBody<'_>) -> (&'static str, Value) {
    match *body {
        DraftBody::Text { body, preview_url } => {
            ("text", json!({ "body": body, "preview_url": preview_url }))
        }
        DraftBody::Reaction { target, emoji } => {
            ("reaction", json!({ "message_id": target, "emoji": emoji }))
        }
        DraftBody::Media {
            kind,
            media_id,
            caption,
            filename,
            voice,
        } => {
            let filename = filename.filter(|_| kind == MediaKind::Document);
            (kind.as_str(), media(kind, media_id, caption, filename, voice))
        }
        DraftBody::Location {
            latitude,
            longitude,
            name,
            address,
        } => {
            let mut place = json!({ "latitude": latitude, "longitude": longitude });
            set_text(&mut place, "name", name);
            set_text(&mut place, "address", address);
            ("location", place)
        }
        DraftBody::Contacts { cards } => ("contacts", cards.iter().map(card).collect()),
        DraftBody::Template {
            name,
            language,
            header,
            body,
            buttons,
        } => {
            let mut template = json!({ "name": name, "language": { "code": language } });
            let components = components(header, body, buttons);
            if !components.is_empty() {
                set(&mut template, "components", components.into());
            }
            ("template", template)
        }
        DraftBody::PayButton {
            body,
            footer,
            display_text,
            url,
        } => {
            let parameters = json!({ "display_text": display_text, "url": url });
            let action = json!({ "name": "cta_url", "parameters": parameters });
            interactive("cta_url", body, None, footer, action)
        }
        DraftBody::Buttons {
            body,
            buttons,
            header,
            footer,
        } => {
            let buttons: Vec<Value> = buttons.iter().map(reply_button).collect();
            interactive("button", body, header, footer, json!({ "buttons": buttons }))
        }
        DraftBody::List {
            body,
            button,
            sections,
            footer,
        } => {
            let sections: Vec<Value> = sections.iter().map(section).collect();
            let action = json!({ "button": button, "sections": sections });
            interactive("list", body, None, footer, action)
        }
    }
}

fn media(
    kind: MediaKind,
    media_id: &str,
    caption: Option<&str>,
    filename: Option<&str>,
    voice: bool,
) -> Value {
    let mut file = json!({ "id": media_id });
    set_text(&mut file, "caption", caption);
    set_text(&mut file, "filename", filename);
    if voice && kind == MediaKind::Audio {
        set(&mut file, "voice", true.into());
    }
    file
}

/// WhatsApp wants one part of the name beside the whole; only the whole is known.
fn card(card: &ContactCard) -> Value {
    let mut contact = json!({ "name": { "formatted_name": card.name, "first_name": card.name } });
    if let Some(organization) = card.organization.as_deref().and_then(not_blank) {
        set(&mut contact, "org", json!({ "company": organization }));
    }
    let phones: Vec<Value> = card
        .phones
        .iter()
        .map(|phone| {
            let mut value = json!({ "phone": phone.phone });
            set_text(&mut value, "wa_id", phone.wa_id.as_deref());
            value
        })
        .collect();
    if !phones.is_empty() {
        set(&mut contact, "phones", phones.into());
    }
    let emails: Vec<Value> = card
        .emails
        .iter()
        .filter_map(|email| not_blank(email))
        .map(|email| json!({ "email": email }))
        .collect();
    if !emails.is_empty() {
        set(&mut contact, "emails", emails.into());
    }
    contact
}

fn interactive(
    kind: &str,
    words: &str,
    header: Option<&str>,
    footer: Option<&str>,
    action: Value,
) -> (&'static str, Value) {
    let mut interactive = json!({ "type": kind, "body": { "text": words }, "action": action });
    if let Some(header) = header.and_then(not_blank) {
        set(
            &mut interactive,
            "header",
            json!({ "type": "text", "text": header }),
        );
    }
    if let Some(footer) = footer.and_then(not_blank) {
        set(&mut interactive, "footer", json!({ "text": footer }));
    }
    ("interactive", interactive)
}

fn reply_button(choice: &Choice) -> Value {
    json!({ "type": "reply", "reply": { "id": choice.id, "title": choice.title } })
}

fn section(section: &ListSection) -> Value {
    let rows: Vec<Value> = section
        .rows
        .iter()
        .map(|row| {
            let mut value = json!({ "id": row.id, "title": row.title });
            set_text(&mut value, "description", row.description.as_deref());
            value
        })
        .collect();
    let mut value = json!({ "rows": rows });
    set_text(&mut value, "title", section.title.as_deref());
    value
}

fn components(header: &[Parameter], body: &[Parameter], buttons: &[ButtonParameter]) -> Vec<Value> {
    let suffix = |button: &ButtonParameter| {
        json!({
            "type": "button",
            "sub_type": "url",
            "index": button.index.to_string(),
            "parameters": [{ "type": "text", "text": button.text }],
        })
    };
    let places = component("header", header)
        .into_iter()
        .chain(component("body", body));
    places.chain(buttons.iter().map(suffix)).collect()
}

fn component(place: &str, parameters: &[Parameter]) -> Option<Value> {
    let given: Vec<Value> = parameters
        .iter()
        .map(|parameter| {
            let mut value = json!({ "type": "text", "text": parameter.text });
            set_text(&mut value, "parameter_name", parameter.name.as_deref());
            value
        })
        .collect();
    (!given.is_empty()).then(|| json!({ "type": place, "parameters": given }))
}

fn set_text(object: &mut Value, name: &str, text: Option<&str>) {
    if let Some(text) = text.and_then(not_blank) {
        set(object, name, text.into());
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        let _: Option<Value> = Map::insert(fields, name.to_owned(), value);
    }
}

fn not_blank(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}
