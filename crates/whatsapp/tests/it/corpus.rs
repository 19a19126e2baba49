//! Every documented payload, compared with what an independent walk of its JSON finds.

use std::path::Path;

use cobro_protocol::Timestamp;
use cobro_whatsapp::webhook::{InboundMessage, Update, parse};
use serde_json::Value;

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
    files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| is_payload(name))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
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
    words.retain(|text| !text.is_empty());
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
