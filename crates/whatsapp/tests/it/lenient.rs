//! Whatever arrives: no panic, and neighbours unharmed.

use cobro_whatsapp::webhook::{Update, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "edit",
            "messages",
            "history",
            "system",
            "1749416383"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        let name = prop::sample::select(vec![
            "entry",
            "changes",
            "value",
            "field",
            "messages",
            "statuses",
            "history",
            "threads",
            "message_echoes",
            "type",
            "text",
            "edit",
            "message",
            "body",
            "contacts",
            "profile",
            "from",
            "id",
            "timestamp",
            "errors",
            "system",
            "interactive",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(name.prop_map(str::to_owned), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn webhook(value: &Value) -> String {
    json!({ "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": value }] }] }).to_string()
}

proptest! {
    #[test]
    fn no_json_breaks_the_reader(value in any_json()) {
        let _ = parse(&value.to_string());
        prop_assert!(!parse(&webhook(&value)).unwrap().is_empty());
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn a_strange_message_does_not_cost_its_neighbours(strange in any_json(), contacts in any_json()) {
        let good = |id: &str| json!({ "id": id, "from": "1", "timestamp": "1", "type": "text", "text": { "body": id } });
        let value = json!({ "contacts": contacts, "messages": [good("first"), strange, good("last")] });
        let updates = parse(&webhook(&value)).unwrap();
        let words: Vec<&str> = updates
            .iter()
            .filter_map(|update| match update {
                Update::Message(message) => Some(message.text.as_str()),
                _ => None,
            })
            .collect();
        prop_assert_eq!(words.first(), Some(&"first"));
        prop_assert_eq!(words.last(), Some(&"last"));
    }
}

#[test]
fn nesting_without_end_is_only_strange() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"{{"entry":[{{"changes":[{{"field":"x","value":{deep}}}]}}]}}"#);
    assert!(matches!(&parse(&body).unwrap()[..], [Update::Other { .. }]));
    let edits = format!(
        "{}null{}",
        r#"{"type":"edit","edit":{"message":"#.repeat(2_000),
        "}}".repeat(2_000)
    );
    assert!(
        parse(&format!(
            r#"{{"entry":[{{"changes":[{{"value":{{"messages":[{edits}]}}}}]}}]}}"#
        ))
        .is_ok()
    );
}
