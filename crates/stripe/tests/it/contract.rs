//! Stripe's own description of its requests, made strict all the way down.

use std::path::Path;

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::server::Received;

pub(crate) struct Contract(Value);

impl Contract {
    /// Reads the description; `None`, said aloud, where it is absent.
    pub(crate) fn read() -> Option<Self> {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stripe/openapi-subset.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: Stripe's description is not here ({})", path.display());
            return None;
        };
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// Returns everything that is wrong with a request.
    pub(crate) fn faults(&self, request: &Received) -> Vec<String> {
        let Some(operation) = self.operation(request) else {
            return vec![format!("no such endpoint: {} {}", request.method, request.path)];
        };
        let (schema, given) = match request.method.as_str() {
            "POST" => {
                let form =
                    &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
                (form.clone(), &request.body)
            }
            _ => (query_schema(operation), &request.query),
        };
        self.faults_of(schema, given)
    }

    fn faults_of(&self, mut schema: Value, form: &str) -> Vec<String> {
        make_strict(&mut schema);
        schema["components"] = self.0["components"].clone();
        let value = coerced(tree_of(form), &schema);
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator
            .iter_errors(&value)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect()
    }

    fn operation(&self, request: &Received) -> Option<&Value> {
        let matches = |template: &str| {
            let (given, known): (Vec<_>, Vec<_>) =
                (request.path.split('/').collect(), template.split('/').collect());
            given.len() == known.len()
                && given
                    .iter()
                    .zip(&known)
                    .all(|(given, known)| given == known || known.starts_with('{'))
        };
        let paths = self.0["paths"].as_object()?;
        let (_, path) = paths.iter().find(|(template, _)| matches(template))?;
        path.get(request.method.to_lowercase())
    }
}

fn query_schema(operation: &Value) -> Value {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let properties: Map<String, Value> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| {
            (
                parameter["name"].as_str().unwrap().to_owned(),
                parameter["schema"].clone(),
            )
        })
        .collect();
    json!({ "type": "object", "properties": properties })
}

/// Stripe refuses unknown parameters at the top only; a misspelt one further
/// down would be ignored in silence.
fn make_strict(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(make_strict);
            if fields.get("properties").is_some_and(Value::is_object)
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_strict),
        _ => {}
    }
}

/// Returns a form's brackets as a tree whose leaves are text.
pub(crate) fn tree_of(form: &str) -> Value {
    let mut tree = json!({});
    for (name, value) in form_urlencoded::parse(form.as_bytes()) {
        let mut place = &mut tree;
        for part in name.split('[').map(|part| part.trim_end_matches(']')) {
            if place.is_null() {
                *place = json!({});
            }
            place = place
                .as_object_mut()
                .unwrap()
                .entry(part.to_owned())
                .or_insert(Value::Null);
        }
        assert!(place.is_null(), "{name} is given twice");
        *place = Value::String(value.into_owned());
    }
    lists_of(tree)
}

/// Maps whose names are 0, 1, 2, … are lists.
fn lists_of(tree: Value) -> Value {
    let Value::Object(fields) = tree else {
        return tree;
    };
    let fields: Map<String, Value> = fields
        .into_iter()
        .map(|(name, value)| (name, lists_of(value)))
        .collect();
    let is_list =
        !fields.is_empty() && (0..fields.len()).all(|index| fields.contains_key(&index.to_string()));
    if !is_list {
        return Value::Object(fields);
    }
    (0..fields.len())
        .map(|index| fields[&index.to_string()].clone())
        .collect()
}

/// Turns text into what the schema says it is.
fn coerced(value: Value, schema: &Value) -> Value {
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices
            .iter()
            .map(|choice| (coerced(value.clone(), choice), choice))
            .find(|(value, choice)| jsonschema::is_valid(choice, value))
            .map_or(value, |(value, _)| value);
    }
    match value {
        Value::String(text) => match schema["type"].as_str() {
            Some("integer") => text
                .parse()
                .map_or(Value::String(text), |number: i64| json!(number)),
            Some("number") => text
                .parse()
                .map_or(Value::String(text), |number: f64| json!(number)),
            Some("boolean") => text.parse().map_or(Value::String(text), |yes: bool| json!(yes)),
            _ => Value::String(text),
        },
        Value::Array(items) => items
            .into_iter()
            .map(|item| coerced(item, &schema["items"]))
            .collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let of = schema["properties"]
                    .get(&name)
                    .unwrap_or(&schema["additionalProperties"]);
                (name, coerced(value, of))
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

#[test]
fn the_contract_refuses_what_stripe_would_ignore_in_silence() {
    let Some(contract) = Contract::read() else { return };
    let post = |body: &str| Received {
        method: "POST".into(),
        path: "/v1/payment_links".into(),
        query: String::new(),
        headers: Vec::new(),
        body: body.into(),
    };
    let good = "line_items[0][quantity]=1&line_items[0][price]=price_1";
    assert_eq!(contract.faults(&post(good)), [""; 0]);
    for bad in [
        "line_items[0][quantity]=one",
        "line_items[0][price]=price_1",
        "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn&line_items[0][price_data][product_data][nam]=x",
        "line_items[0][quantity]=1&restrictions[completed_session][limit]=1",
        "line_items[0][quantity]=1&surprise=1",
    ] {
        assert!(!contract.faults(&post(bad)).is_empty(), "{bad}");
    }
}
