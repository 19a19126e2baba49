//! Every documented payload, compared with what an independent walk of its JSON finds.

use std::path::Path;
use std::sync::LazyLock;

use cobro_protocol::Timestamp;
use cobro_whatsapp::Content;
use cobro_whatsapp::webhook::{InboundMessage, Sender, Update, parse};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Returns every payload with its name; none, said aloud, where they are absent.
fn payloads() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/whatsapp-payloads");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!(
            "skipped: the documented payloads are not here ({})",
            folder.display()
        );
        return Vec::new();
    };
    let is_payload = |name: &str| name.ends_with(".json") && name != "INDEX.json";
    let mut payloads: Vec<(String, String)> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| is_payload(name))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    payloads.sort();
    payloads
}

/// Returns every object that is an item of a list under `name`, however deep.
fn items_under<'a>(name: &str, value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::Array(items) if key == name => found.extend(items),
                    value => items_under(name, value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| items_under(name, item, found)),
        _ => {}
    }
}

fn all<'a>(name: &str, payload: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    items_under(name, payload, &mut found);
    found
}

/// Returns the words that a person wrote or reads in a message, by the names of their fields.
fn words_of(message: &Value) -> Vec<&str> {
    fn collect<'a>(value: &'a Value, name: &str, parent: &str, words: &mut Vec<&'a str>) {
        const WORDS: [&str; 8] = [
            "body",
            "caption",
            "text",
            "title",
            "description",
            "emoji",
            "formatted_name",
            "address",
        ];
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| collect(value, key, name, words)),
            Value::Array(items) => items.iter().for_each(|item| collect(item, name, parent, words)),
            Value::String(text) if WORDS.contains(&name) || (parent == "location" && name == "name") => {
                words.push(text);
            }
            _ => {}
        }
    }
    let kind = message["type"].as_str().unwrap();
    let mut words = Vec::new();
    collect(&message[kind], kind, "", &mut words);
    // Of a form, "Sent" is WhatsApp's word.
    let is_form = message["interactive"]["type"] == "nfm_reply";
    words.retain(|text| !(text.is_empty() || is_form && *text == "Sent"));
    words
}

fn messages_in(updates: &[Update]) -> Vec<&InboundMessage> {
    updates
        .iter()
        .filter_map(|update| match update {
            Update::Message(message) | Update::Echo(message) => Some(message),
            Update::History(history) => Some(&history.message),
            _ => None,
        })
        .collect()
}

#[test]
fn every_message_is_told_with_its_id_time_and_exact_words() {
    let mut seen = 0;
    for (name, text) in payloads() {
        let payload: Value = serde_json::from_str(&text).unwrap();
        let updates = parse(&text).unwrap();
        let mut expected = all("messages", &payload);
        expected.extend(all("message_echoes", &payload));
        let told = messages_in(&updates);
        assert_eq!(told.len(), expected.len(), "{name}");
        for (message, original) in told.into_iter().zip(expected) {
            seen += 1;
            assert_eq!(message.wamid, original["id"].as_str().unwrap(), "{name}");
            let seconds: i64 = original["timestamp"].as_str().unwrap().parse().unwrap();
            assert_eq!(message.at, Timestamp::from_secs(seconds), "{name}");
            for words in words_of(original) {
                assert!(
                    message.text.contains(words),
                    "{name}: {words:?} is missing in {:?}",
                    message.text
                );
            }
            for line in message.text.lines() {
                assert!(
                    original.to_string().contains(&Value::from(line).to_string()),
                    "{name}: {line:?} is invented"
                );
            }
        }
    }
    assert!(seen == 0 || seen > 40, "{seen}");
}

#[test]
fn every_customer_is_named_by_an_id_of_their_own() {
    for (name, text) in payloads() {
        for message in messages_in(&parse(&text).unwrap()) {
            let ids = [&message.from.phone, &message.from.user_id];
            let ids: Vec<&String> = ids.into_iter().flatten().collect();
            assert!(!ids.is_empty(), "{name} names nobody");
            let line = message.line.display_phone_number.as_ref();
            // One documented example has the customer and the shop under one number.
            let is_muddled = name.contains("copy-code");
            assert!(
                is_muddled || ids.iter().all(|id| Some(*id) != line),
                "{name}: the shop stands for its customer"
            );
        }
    }
}

#[test]
fn every_status_and_every_change_of_id_is_told() {
    for (name, text) in payloads() {
        let payload: Value = serde_json::from_str(&text).unwrap();
        let updates = parse(&text).unwrap();
        let count = |is: fn(&Update) -> bool| updates.iter().filter(|update| is(update)).count();
        let statuses = all("statuses", &payload);
        assert_eq!(
            count(|update| matches!(update, Update::Status(_))),
            statuses.len(),
            "{name}"
        );
        let changed =
            all("user_id_update", &payload).len() + usize::from(text.contains("\"user_changed_user_id\""));
        assert_eq!(
            count(|update| matches!(update, Update::UserIdChanged { .. })),
            changed,
            "{name}"
        );
        for (update, original) in updates.iter().zip(&statuses) {
            let Update::Status(status) = update else { continue };
            assert_eq!(status.wamid, original["id"].as_str().unwrap(), "{name}");
            assert_eq!(
                status.opaque.as_deref(),
                original["biz_opaque_callback_data"].as_str(),
                "{name}"
            );
            assert_eq!(
                status.recipient_phone.as_deref(),
                original["recipient_id"].as_str(),
                "{name}"
            );
        }
    }
}

#[test]
fn nothing_documented_is_unreadable_and_every_change_says_something() {
    for (name, text) in payloads() {
        let payload: Value = serde_json::from_str(&text).unwrap();
        let updates = parse(&text).unwrap();
        assert!(updates.len() >= all("changes", &payload).len(), "{name}");
        for update in &updates {
            assert!(!matches!(update, Update::Unreadable { .. }), "{name}: {update:?}");
        }
    }
}

#[test]
fn alerts_quality_templates_and_disconnections_reach_a_person() {
    let must = [
        "account-alerts",
        "partner-removed",
        "phone-number-quality-update",
        "account-violation",
        "errors-130429",
    ];
    for (name, text) in payloads() {
        if must.iter().any(|part| name.contains(part)) {
            let updates = parse(&text).unwrap();
            assert!(matches!(&updates[..], [Update::Alert(_)]), "{name}: {updates:?}");
        }
    }
}

/// Returns what tells two texts apart without repeating either.
fn mark(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..4])
}

fn author(sender: &Sender) -> String {
    let marked = |name: &str, id: Option<&String>| id.map(|id| format!("{name}:{}", mark(id)));
    let ids = [
        marked("phone", sender.phone.as_ref()),
        marked("user", sender.user_id.as_ref()),
    ];
    ids.into_iter().flatten().collect::<Vec<_>>().join("+")
}

fn type_of(content: Option<&Content>) -> String {
    let json = serde_json::to_value(content).unwrap();
    json["type"].as_str().unwrap_or("-").to_owned()
}

fn message_line(direction: &str, message: &InboundMessage) -> String {
    let extras = [
        ("context", message.context.is_some()),
        (
            "forwarded",
            message.context.as_ref().is_some_and(|context| context.forwarded),
        ),
        ("referral", message.referral.is_some()),
        ("media", message.media.is_some()),
        ("reaction", message.reaction.is_some()),
        ("target", message.target.is_some()),
    ];
    let extras: Vec<&str> = extras
        .iter()
        .filter(|(_, is)| *is)
        .map(|(name, _)| *name)
        .collect();
    format!(
        "{direction} {} content={} by={} at={} text={}:{} {}",
        message.kind.as_str(),
        type_of(message.content.as_ref()),
        author(&message.from),
        message.at.millis() / 1000,
        message.text.chars().count(),
        mark(&message.text),
        extras.join(",")
    )
}

fn line_of(update: &Update) -> String {
    match update {
        Update::Message(message) => message_line("in", message),
        Update::Echo(message) => message_line("echo", message),
        Update::History(history) => format!(
            "{} status={:?}",
            message_line(
                if history.from_shop {
                    "history-shop"
                } else {
                    "history"
                },
                &history.message
            ),
            history.status
        ),
        Update::Status(status) => format!(
            "status {:?} at={} opaque={} pricing={:?} errors={:?}",
            status.status,
            status.at.millis() / 1000,
            status.opaque.is_some(),
            status
                .pricing
                .as_ref()
                .and_then(|pricing| pricing.category.as_deref()),
            status.errors.iter().map(|error| error.code).collect::<Vec<_>>()
        ),
        Update::UserIdChanged {
            previous, current, ..
        } => {
            format!(
                "user-id {} to {}",
                previous.as_deref().map_or("-".into(), mark),
                mark(current)
            )
        }
        Update::NumberChanged {
            previous, current, ..
        } => {
            format!("number {} to {}", mark(previous), mark(current))
        }
        Update::HistoryProgress(progress) => format!(
            "progress phase={} chunk={} {}% messages={}",
            progress.phase, progress.chunk, progress.progress, progress.messages
        ),
        Update::HistoryDeclined { code, .. } => format!("declined {code}"),
        Update::PhoneBook(entry) => format!(
            "phone-book removed={} named={} at={}",
            entry.removed,
            entry.full_name.is_some(),
            entry.at.millis() / 1000
        ),
        Update::Template(news) => format!(
            "template {} status={:?} category={:?} quality={:?} reason={}",
            news.language,
            news.status,
            news.category,
            news.quality,
            news.reason.is_some()
        ),
        Update::Alert(alert) => format!(
            "alert {} {} {:?} ends={} details={}",
            alert.field,
            alert.event,
            alert.severity,
            alert.ends,
            alert.details.is_some()
        ),
        Update::Other { field, .. } => format!("other {field}"),
        Update::Unreadable { error, .. } => format!("UNREADABLE {error}"),
    }
}

#[test]
fn every_payload_is_told_as_it_was() {
    let payloads = payloads();
    if payloads.is_empty() {
        return;
    }
    let lines: Vec<String> = payloads
        .iter()
        .flat_map(|(name, text)| {
            let told = parse(text).unwrap();
            let lines = told
                .iter()
                .map(line_of)
                .map(|line| format!("  {}", line.trim_end()));
            std::iter::once(name.clone()).chain(lines).collect::<Vec<_>>()
        })
        .collect();
    insta::assert_snapshot!("corpus", lines.join("\n"));
}

/// Returns how many values there are in a tree.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(size).sum(),
        Value::Array(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}

/// Puts something else in the place of the `left`th value of a tree.
fn replace(value: &mut Value, left: &mut usize, other: &Value) {
    if *left == 0 {
        *value = other.clone();
        *left = usize::MAX;
        return;
    }
    *left -= 1;
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, left, other)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, left, other)),
        _ => {}
    }
}

fn anything() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        Value::Null,
        Value::Bool(true),
        Value::from(-1),
        Value::from(u64::MAX),
        Value::from(1.5e300),
        Value::from(""),
        Value::from("\u{0}ñ\u{202e}"),
        Value::from("9".repeat(400)),
        json!([]),
        json!([[{}], "x", null]),
        json!({}),
        json!({ "type": "edit", "edit": { "message": { "type": "edit" } } }),
    ])
}

/// Every documented payload, and some of our own for where they are absent.
static SAMPLES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let change = |field: &str, value: Value| json!({ "entry": [{ "id": "10", "changes": [{ "field": field, "value": value }] }] });
    let ours = [
        change(
            "messages",
            json!({ "contacts": [{ "wa_id": "1", "profile": { "name": "Ana" } }], "messages": [
            { "id": "a", "from": "1", "timestamp": "1", "type": "order", "order": { "catalog_id": "1", "product_items": [
                { "product_retailer_id": "x", "quantity": 2, "item_price": 30.5, "currency": "MXN" }] } },
            { "id": "b", "from": "1", "timestamp": "1", "type": "interactive", "interactive": { "type": "nfm_reply",
                "nfm_reply": { "response_json": "{\"a\":[1,{\"b\":2}]}" } } },
            { "id": "c", "from": "1", "timestamp": "1", "type": "system", "system": { "type": "user_changed_number", "wa_id": "2" } },
            { "id": "d", "from": "1", "timestamp": "1", "type": "edit", "edit": { "original_message_id": "a",
                "message": { "type": "contacts", "contacts": [{ "name": { "formatted_name": "L" }, "phones": [{ "phone": "1" }] }] } } },
        ] }),
        ),
        change(
            "calls",
            json!({ "calls": [{ "id": "e", "from": "1", "direction": "USER_INITIATED", "event": "connect" }] }),
        ),
        change(
            "history",
            json!({ "history": [{ "metadata": { "phase": 0, "progress": 5 }, "threads": [{ "id": "1", "messages": [
            { "id": "f", "from": "1", "type": "text", "history_context": { "status": "READ" } }] }] }, { "errors": [{ "code": 1 }] }] }),
        ),
        change(
            "smb_app_state_sync",
            json!({ "state_sync": [{ "contact": { "phone_number": "1" }, "action": "add" }] }),
        ),
        change(
            "message_template_status_update",
            json!({ "message_template_name": "a", "message_template_language": "es", "event": "PAUSED" }),
        ),
        change(
            "account_alerts",
            json!({ "alert_info": { "alert_type": "A", "alert_severity": "CRITICAL" } }),
        ),
    ];
    let documented = payloads()
        .into_iter()
        .map(|(_, text)| serde_json::from_str(&text).unwrap());
    ours.into_iter().chain(documented).collect()
});

proptest! {
    #[test]
    fn a_damaged_payload_never_stops_the_reader(
        which in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), anything()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut payload = which.get(&SAMPLES).clone();
        for (place, other) in &places {
            let mut place = place.index(size(&payload));
            replace(&mut payload, &mut place, other);
        }
        let damaged = payload.to_string();
        if let Ok(updates) = parse(&damaged) {
            prop_assert!(!updates.is_empty());
            for update in &updates {
                let _ = format!("{update:?}");
            }
        }
        let end = damaged.floor_char_boundary(cut.index(damaged.len()));
        let _ = parse(&damaged[..end]);
    }
}
