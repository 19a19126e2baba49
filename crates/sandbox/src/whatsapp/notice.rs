//! Webhook bodies as Meta documents them.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::business::Line;
use super::customer::{Bubble, Customer, Status, Talk};
use super::refusal;

/// Whose webhooks these are.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) waba_id: String,
    pub(crate) line: Line,
}

/// Returns the body that tells of a customer's message; `content` is merged over what every message has.
pub(crate) fn message(
    sender: &Sender,
    customer: &Customer,
    wamid: &str,
    at_s: i64,
    content: Map<String, Value>,
) -> Value {
    let phone = customer.known_phone();
    let told = told(customer, wamid, at_s, content);
    let contact = contact(customer, phone, true);
    on_line(
        sender,
        "messages",
        json!({"contacts": [contact], "messages": [told]}),
    )
}

/// Returns one message with what every message has.
pub(crate) fn told(
    customer: &Customer,
    wamid: &str,
    at_s: i64,
    content: Map<String, Value>,
) -> Map<String, Value> {
    let mut told = Map::new();
    put(&mut told, "from", customer.known_phone());
    put(&mut told, "from_user_id", Some(customer.user_id.as_str()));
    put(&mut told, "id", Some(wamid));
    put(&mut told, "timestamp", Some(at_s.to_string()));
    told.extend(content);
    told
}

fn put(object: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

/// Adds a part to what is an object.
pub(crate) fn put_in(value: &mut Value, name: &str, part: impl Into<Value>) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), part.into());
    }
}

/// How a message was addressed, which decides what its statuses name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Phone,
    UserId,
}

/// Returns the body that tells how far a message has come. With `error` it failed.
pub(crate) fn status(
    sender: &Sender,
    customer: &Customer,
    bubble: &Bubble,
    address: Address,
    at_s: i64,
    error: Option<i64>,
) -> Value {
    let phone = match address {
        Address::Phone => Some(customer.phone.as_str()),
        Address::UserId => customer.known_phone(),
    };
    // A failure names the customer as the shop did; everything else by user id too.
    let user_id = (error.is_none() || address == Address::UserId).then_some(customer.user_id.as_str());
    let priced = matches!(bubble.status, Status::Sent | Status::Delivered);
    let mut told = Map::new();
    put(&mut told, "id", Some(bubble.wamid.as_str()));
    put(&mut told, "status", Some(bubble.status.name()));
    put(&mut told, "timestamp", Some(at_s.to_string()));
    put(&mut told, "recipient_id", phone);
    put(&mut told, "recipient_user_id", user_id);
    put(&mut told, "biz_opaque_callback_data", bubble.opaque.as_deref());
    let pricing = (priced && !bubble.pricing.is_null()).then(|| bubble.pricing.clone());
    put(&mut told, "pricing", pricing);
    put(
        &mut told,
        "errors",
        error.map(|code| vec![refusal::webhook_error(code)]),
    );
    let mut value = Map::new();
    let contact = contact(customer, phone, bubble.status != Status::Sent);
    put(&mut value, "contacts", error.is_none().then(|| vec![contact]));
    put(&mut value, "statuses", Some(vec![Value::Object(told)]));
    on_line(sender, "messages", Value::Object(value))
}

/// Returns what WhatsApp says about the price of a message that is sent now.
pub(crate) fn pricing(category: Option<&str>, talk: &Talk, now_ms: i64) -> Value {
    let price = |billable: bool, kind: &str, category: &str| json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": category});
    if talk.is_free_entry(now_ms) {
        return price(false, "free_entry_point", "referral_conversion");
    }
    match category {
        // A utility template costs nothing while the customer may be written to freely.
        Some("utility") if talk.window_is_open(now_ms) => price(false, "free_customer_service", "utility"),
        Some(category) => price(true, "regular", category),
        None => price(false, "free_customer_service", "service"),
    }
}

/// Returns a customer as webhooks name them.
pub(crate) fn contact(customer: &Customer, phone: Option<&str>, with_username: bool) -> Value {
    let mut profile = Map::new();
    put(&mut profile, "name", Some(customer.name.as_str()));
    put(
        &mut profile,
        "username",
        customer.username.as_deref().filter(|_| with_username),
    );
    let mut contact = Map::new();
    put(&mut contact, "profile", Some(profile));
    put(&mut contact, "wa_id", phone);
    put(&mut contact, "user_id", Some(customer.user_id.as_str()));
    Value::Object(contact)
}

/// Returns a body about one of the shop's numbers.
pub(crate) fn on_line(sender: &Sender, field: &str, value: Value) -> Value {
    let mut whole = Map::new();
    put(&mut whole, "messaging_product", Some("whatsapp"));
    let metadata = json!({
        "display_phone_number": sender.line.display,
        "phone_number_id": sender.line.id,
    });
    put(&mut whole, "metadata", Some(metadata));
    if let Value::Object(value) = value {
        whole.extend(value);
    }
    let change = json!({"value": whole, "field": field});
    in_envelope(json!({"id": sender.waba_id, "changes": [change]}))
}

/// Returns a body about the account, which alone says when it was sent.
pub(crate) fn on_account(waba_id: &str, at_s: i64, field: &str, value: Value) -> Value {
    let change = json!({"value": value, "field": field});
    in_envelope(json!({"id": waba_id, "time": at_s, "changes": [change]}))
}

fn in_envelope(entry: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [entry]})
}

/// Writes JSON as Meta does on the wire: everything outside ASCII escaped, slashes too.
///
/// Whoever verifies a signature over re-written JSON instead of the raw bytes is found out.
pub(crate) fn on_the_wire(body: &Value) -> String {
    let plain = body.to_string();
    let mut written = String::with_capacity(plain.len() + plain.len() / 8);
    for letter in plain.chars() {
        match letter {
            '/' => written.push_str("\\/"),
            _ if letter.is_ascii() => written.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_wire_is_ascii_and_means_the_same() {
        let body = json!({"text": "¿Pastel? 🎂 a/b \"c\" \\d\n"});
        let written = on_the_wire(&body);
        assert!(written.is_ascii());
        assert!(written.contains("\\ud83c\\udf82"));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), body);
    }
}
