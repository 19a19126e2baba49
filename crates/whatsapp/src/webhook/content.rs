//! What a message holds besides its words and its file.

use serde_json::value::RawValue;

use super::fields::Fields;
use super::node::Node;
use super::{MessageKind, Reaction};
use crate::{CardPhone, ContactCard, Content, FlowAnswer, OrderItem, SystemChange};

/// Returns the content of a message whose type is `kind`; `None` for types that
/// are their words and their file, and for shapes that were never documented.
pub(super) fn of(kind: &str, raw: &RawValue, message: &Node<'_>) -> Option<Content> {
    let part = message.get(kind);
    match kind {
        "location" => location(part),
        "contacts" => contacts(part),
        "button" => Some(Content::ButtonReply {
            title: part.get("text").text().or_else(|| part.get("payload").text())?,
            id: part.get("payload").text(),
        }),
        "interactive" => reply(part),
        "order" => Some(order(raw)),
        "system" => Some(system(part, message)),
        "unsupported" => Some(unsupported(part, message)),
        kind if MessageKind::from_type(kind) == MessageKind::Unknown && !kind.is_empty() => {
            Some(unknown(kind))
        }
        _ => None,
    }
}

/// Keeps the name of a type that is not known, for whoever asks what it was.
fn unknown(kind: &str) -> Content {
    Content::Unsupported {
        original: Some(kind.to_owned()),
        code: None,
        title: None,
        details: None,
    }
}

/// Returns the emoji that the message puts on another one, or takes away.
pub(super) fn reaction(kind: &str, part: &Node<'_>) -> Option<Reaction> {
    let target = part.get("message_id").text().filter(|_| kind == "reaction")?;
    Some(Reaction {
        target,
        emoji: part.get("emoji").text(),
    })
}

/// Returns the message that an edit or a deletion changes.
pub(super) fn target(kind: &str, part: &Node<'_>) -> Option<String> {
    matches!(kind, "edit" | "revoke").then(|| part.get("original_message_id").text())?
}

fn location(part: &Node<'_>) -> Option<Content> {
    Some(Content::Location {
        latitude: part.get("latitude").float()?,
        longitude: part.get("longitude").float()?,
        name: part.get("name").text(),
        address: part.get("address").text(),
        url: part.get("url").text(),
    })
}

fn contacts(part: &Node<'_>) -> Option<Content> {
    let cards: Vec<ContactCard> = part
        .items()
        .iter()
        .filter(|card| card.has_fields())
        .map(card)
        .collect();
    (!cards.is_empty()).then_some(Content::Contacts { cards })
}

fn card(card: &Node<'_>) -> ContactCard {
    let phones: Vec<CardPhone> = card.get("phones").items().iter().filter_map(phone).collect();
    let organization = card.get("org").get("company").text();
    ContactCard {
        name: name_of(card.get("name"))
            .or_else(|| organization.clone())
            .or_else(|| phones.first().map(|phone| phone.phone.clone()))
            .unwrap_or_default(),
        organization,
        emails: card
            .get("emails")
            .items()
            .iter()
            .filter_map(|email| email.get("email").text())
            .collect(),
        phones,
    }
}

fn name_of(name: &Node<'_>) -> Option<String> {
    let parts = || {
        let parts = ["first_name", "middle_name", "last_name"].map(|part| name.get(part).text());
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    name.get("formatted_name").text().or_else(parts)
}

fn phone(phone: &Node<'_>) -> Option<CardPhone> {
    let wa_id = phone.get("wa_id").text();
    Some(CardPhone {
        phone: phone.get("phone").text().or_else(|| wa_id.clone())?,
        wa_id,
    })
}

fn reply(part: &Node<'_>) -> Option<Content> {
    let kind = part.get("type").str()?;
    let reply = part.get(kind);
    match kind {
        "button_reply" => Some(Content::ButtonReply {
            title: reply.get("title").text()?,
            id: reply.get("id").text(),
        }),
        "list_reply" => Some(Content::ListReply {
            title: reply.get("title").text()?,
            description: reply.get("description").text(),
            id: reply.get("id").text(),
        }),
        "nfm_reply" => Some(Content::FlowReply {
            name: reply.get("name").text(),
            answers: answers(reply.get("response_json")),
        }),
        // The customer allowed calls, or did not.
        "call_permission_reply" => Some(Content::ButtonReply {
            title: reply.get("response").text()?,
            id: Some(kind.to_owned()),
        }),
        _ => None,
    }
}

/// Reads a form's answers, which come as JSON in a string.
fn answers(response: &Node<'_>) -> Vec<FlowAnswer> {
    let parsed = response
        .str()
        .and_then(|json| serde_json::from_str::<Node<'_>>(json).ok());
    let mut answers = Vec::new();
    match (&parsed, response.str()) {
        (Some(fields @ Node::Object(_)), _) => flatten("", fields, &mut answers),
        (_, Some(text)) => answers.push(FlowAnswer {
            name: "response_json".to_owned(),
            value: text.to_owned(),
        }),
        (_, None) => flatten("", response, &mut answers),
    }
    // It names the form for WhatsApp; the customer did not fill it in.
    answers.retain(|answer| answer.name != "flow_token");
    answers
}

/// Names what is nested by its path, such as `address.city`.
fn flatten(path: &str, node: &Node<'_>, answers: &mut Vec<FlowAnswer>) {
    match node {
        Node::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() {
                    name.to_string()
                } else {
                    format!("{path}.{name}")
                };
                flatten(&path, value, answers);
            }
        }
        Node::List(items) if items.iter().all(|item| item.scalar().is_some()) => {
            let items: Vec<String> = items.iter().filter_map(Node::scalar).collect();
            push(path, items.join(", "), answers);
        }
        Node::List(items) => {
            for (number, item) in (1..).zip(items) {
                flatten(&format!("{path}.{number}"), item, answers);
            }
        }
        scalar => {
            if let Some(value) = scalar.scalar() {
                push(path, value, answers);
            }
        }
    }
}

fn push(name: &str, value: String, answers: &mut Vec<FlowAnswer>) {
    if !name.is_empty() {
        answers.push(FlowAnswer {
            name: name.to_owned(),
            value,
        });
    }
}

/// Reads the cart from the text itself, so that its prices keep their digits.
fn order(message: &RawValue) -> Content {
    let order = Fields::of(message)
        .get("order")
        .map(Fields::of)
        .unwrap_or_default();
    let items = order.list("product_items");
    Content::Order {
        catalog_id: order.node("catalog_id").text(),
        items: items
            .into_iter()
            .map(Fields::of)
            .map(|item| item_of(&item))
            .collect(),
    }
}

/// What can't be read of an item leaves it in the cart: it is for a person to look at.
fn item_of(item: &Fields<'_>) -> OrderItem {
    OrderItem {
        product: item.node("product_retailer_id").text().unwrap_or_default(),
        quantity: item.get("quantity").and_then(quantity_of).unwrap_or(0),
        price: item.get("item_price").and_then(digits_of),
        currency: item.node("currency").text(),
    }
}

/// Reads `5`, `"5"` and `5.0` as five, and nothing else as a number.
fn quantity_of(quantity: &RawValue) -> Option<u32> {
    let digits = digits_of(quantity)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    fraction
        .bytes()
        .all(|digit| digit == b'0')
        .then(|| whole.parse().ok())?
}

fn digits_of(price: &RawValue) -> Option<String> {
    let is_number = price
        .get()
        .starts_with(|first: char| first.is_ascii_digit() || first == '-');
    if is_number {
        return Some(price.get().to_owned());
    }
    Node::of(price).str().map(str::to_owned)
}

fn system(part: &Node<'_>, message: &Node<'_>) -> Content {
    let change = match part.get("type").str().unwrap_or_default() {
        "user_changed_number" | "customer_changed_number" => SystemChange::Number,
        "user_changed_user_id" => SystemChange::UserId,
        "customer_identity_changed" | "user_identity_changed" => SystemChange::Identity,
        _ => SystemChange::Other,
    };
    let (previous, current) = match change {
        SystemChange::Number => (previous_number(part, message), current_number(part)),
        SystemChange::UserId => (message.get("from_user_id").text(), part.get("user_id").text()),
        SystemChange::Identity | SystemChange::Other => (None, None),
    };
    Content::System {
        change,
        previous,
        current,
    }
}

pub(super) fn previous_number(system: &Node<'_>, message: &Node<'_>) -> Option<String> {
    message
        .get("from")
        .text()
        .or_else(|| system.get("customer").text())
}

pub(super) fn current_number(system: &Node<'_>) -> Option<String> {
    system
        .get("wa_id")
        .text()
        .or_else(|| system.get("new_wa_id").text())
}

fn unsupported(part: &Node<'_>, message: &Node<'_>) -> Content {
    let errors = message.get("errors").items();
    let error = errors.first();
    let told = |name: &str| error.and_then(|error| error.get(name).text());
    Content::Unsupported {
        original: part.get("type").text(),
        code: error
            .and_then(|error| error.get("code").integer())
            .and_then(|code| i32::try_from(code).ok()),
        title: told("title").or_else(|| told("message")),
        details: error.and_then(|error| error.get("error_data").get("details").text()),
    }
}
