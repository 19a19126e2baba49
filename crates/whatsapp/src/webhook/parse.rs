//! From a webhook's body to updates.

use cobro_protocol::Timestamp;
use serde_json::Value;

use super::{
    Context, HistoryMessage, InboundMessage, LineRef, Media, MessageKind, Sender, Status, StatusError, StatusUpdate,
    Update, text,
};

/// The body is no webhook of WhatsApp's at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("The webhook is not JSON")]
    NotJson,
    #[error("The webhook has no entry with changes")]
    NoChanges,
}

/// Fields whose news a person should see.
const NOTICES: [&str; 12] = [
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "template_category_update",
    "user_preferences",
];

/// Returns every update of a webhook. One bad part does not fail the others.
pub fn parse(body: &str) -> Result<Vec<Update>, ParseError> {
    let body: Value = serde_json::from_str(body).map_err(|_| ParseError::NotJson)?;
    let mut updates = Vec::new();
    let mut any = false;
    for entry in list(&body["entry"]) {
        for change in list(&entry["changes"]) {
            any = true;
            let field = change["field"].as_str().unwrap_or("messages");
            of_change(field, &change["value"], entry["id"].as_str(), &mut updates);
        }
    }
    if any { Ok(updates) } else { Err(ParseError::NoChanges) }
}

fn of_change(field: &str, value: &Value, waba: Option<&str>, updates: &mut Vec<Update>) {
    let line = line_of(value, waba);
    let before = updates.len();
    let contacts = &value["contacts"];
    for message in list(&value["messages"]) {
        updates.push(message_update(message, &line, contacts));
    }
    for status in list(&value["statuses"]) {
        updates.push(status_update(status, &line));
    }
    for echo in list(&value["message_echoes"]) {
        updates.push(echo_update(echo, &line));
    }
    for chunk in list(&value["history"]) {
        history_updates(chunk, &line, updates);
    }
    for change in list(&value["user_id_update"]) {
        updates.push(user_id_update(change, &line));
    }
    if updates.len() == before {
        let field = field.to_owned();
        updates.push(if NOTICES.contains(&field.as_str()) { Update::Notice { field } } else { Update::Other { field } });
    }
}

fn line_of(value: &Value, waba: Option<&str>) -> LineRef {
    let metadata = &value["metadata"];
    LineRef {
        phone_number_id: text_of(&metadata["phone_number_id"]),
        display_phone_number: text_of(&metadata["display_phone_number"]),
        waba_id: waba.map(str::to_owned),
    }
}

fn message_update(message: &Value, line: &LineRef, contacts: &Value) -> Update {
    let phone = text_of(&message["from"]);
    let user_id = text_of(&message["from_user_id"]);
    let sender = sender_of(phone, user_id, contacts);
    read_message(message, line, sender).map_or_else(|error| Update::Unreadable { error }, Update::Message)
}

fn echo_update(echo: &Value, line: &LineRef) -> Update {
    let sender = Sender {
        phone: text_of(&echo["to"]),
        user_id: text_of(&echo["to_user_id"]).or_else(|| text_of(&echo["recipient_user_id"])),
        ..Sender::default()
    };
    read_message(echo, line, sender).map_or_else(|error| Update::Unreadable { error }, Update::Echo)
}

fn history_updates(chunk: &Value, line: &LineRef, updates: &mut Vec<Update>) {
    for thread in list(&chunk["threads"]) {
        let context = &thread["context"];
        let customer = Sender {
            phone: text_of(&context["wa_id"]).or_else(|| text_of(&thread["id"]).filter(|id| is_phone(id))),
            user_id: text_of(&context["user_id"]).or_else(|| text_of(&thread["id"]).filter(|id| !is_phone(id))),
            username: text_of(&context["username"]),
            profile_name: text_of(&context["profile"]["name"]),
        };
        for message in list(&thread["messages"]) {
            updates.push(history_update(message, line, &customer));
        }
    }
}

fn history_update(message: &Value, line: &LineRef, customer: &Sender) -> Update {
    let from = text_of(&message["from"]);
    let from_user = text_of(&message["from_user_id"]);
    let by_customer = (from.is_some() && from == customer.phone) || (from_user.is_some() && from_user == customer.user_id);
    let from_shop = !by_customer;
    match read_message(message, line, customer.clone()) {
        Ok(message) => Update::History(HistoryMessage { message, from_shop }),
        Err(error) => Update::Unreadable { error },
    }
}

fn user_id_update(change: &Value, line: &LineRef) -> Update {
    match text_of(&change["user_id"]["current"]).or_else(|| text_of(&change["current"])) {
        Some(current) => Update::UserIdChanged {
            line: line.clone(),
            previous: text_of(&change["user_id"]["previous"]).or_else(|| text_of(&change["previous"])),
            current,
            phone: text_of(&change["wa_id"]),
        },
        None => Update::Unreadable { error: "user_id_update: the current user id is missing".into() },
    }
}

fn read_message(message: &Value, line: &LineRef, from: Sender) -> Result<InboundMessage, String> {
    if !message.is_object() {
        return Err("messages: a message is not an object".into());
    }
    let name = message["type"].as_str().unwrap_or("unknown");
    let mut kind = MessageKind::from_type(name);
    if kind == MessageKind::Audio && message["audio"]["voice"].as_bool() == Some(true) {
        kind = MessageKind::Voice;
    }
    Ok(InboundMessage {
        line: line.clone(),
        wamid: text_of(&message["id"]).unwrap_or_default(),
        from,
        at: at_of(&message["timestamp"]).ok_or("messages: the timestamp is missing or no number")?,
        kind,
        text: text::of(name, message),
        context: context_of(&message["context"]),
        media: media_of(&message[name]),
    })
}

fn status_update(status: &Value, line: &LineRef) -> Update {
    let (Some(wamid), Some(name)) = (text_of(&status["id"]), status["status"].as_str()) else {
        return Update::Unreadable { error: "statuses: the id or the status is missing".into() };
    };
    Update::Status(StatusUpdate {
        line: line.clone(),
        wamid,
        status: match name {
            "sent" => Status::Sent,
            "delivered" => Status::Delivered,
            "read" => Status::Read,
            "failed" => Status::Failed,
            "played" => Status::Played,
            other => Status::Unknown(other.to_owned()),
        },
        at: at_of(&status["timestamp"]).unwrap_or_else(|| Timestamp::from_millis(0)),
        opaque: text_of(&status["biz_opaque_callback_data"]),
        errors: list(&status["errors"])
            .map(|error| StatusError {
                code: error["code"].as_i64().unwrap_or(-1),
                title: text_of(&error["title"]).unwrap_or_default(),
            })
            .collect(),
    })
}

/// Joins what the message and the webhook's contacts say of who wrote.
fn sender_of(phone: Option<String>, user_id: Option<String>, contacts: &Value) -> Sender {
    let named = |contact: &&Value| {
        let same = |key: &str, known: &Option<String>| known.is_some() && contact[key].as_str() == known.as_deref();
        same("wa_id", &phone) || same("user_id", &user_id)
    };
    let only = |contacts: &Value| match contacts.as_array().map(Vec::as_slice) {
        Some([contact]) => Some(contact.clone()),
        _ => None,
    };
    let contact = list(contacts).find(named).cloned().or_else(|| only(contacts)).unwrap_or_default();
    Sender {
        phone: phone.or_else(|| text_of(&contact["wa_id"])),
        user_id: user_id.or_else(|| text_of(&contact["user_id"])),
        username: text_of(&contact["profile"]["username"]),
        profile_name: text_of(&contact["profile"]["name"]),
    }
}

fn context_of(context: &Value) -> Option<Context> {
    context.is_object().then(|| Context {
        wamid: text_of(&context["id"]),
        forwarded: context["forwarded"].as_bool() == Some(true) || context["frequently_forwarded"].as_bool() == Some(true),
    })
}

fn media_of(part: &Value) -> Option<Media> {
    part["mime_type"].is_string().then(|| Media {
        id: text_of(&part["id"]),
        mime_type: text_of(&part["mime_type"]),
        sha256: text_of(&part["sha256"]),
        filename: text_of(&part["filename"]),
    })
}

/// Timestamps come as text or as a number, in seconds.
fn at_of(value: &Value) -> Option<Timestamp> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).map(Timestamp::from_secs)
}

/// Ids come as text, now and then as a number.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_phone(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+')
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
