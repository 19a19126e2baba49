//! Parameters: each one the sandbox takes is Stripe's, and each of Stripe's is taken or named as not played.

use serde_json::{Map, Value, json};

use crate::stripe::params::{Kind, Param};
use crate::stripe::routes::{ROUTES, Verb};

fn openapi() -> Option<Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/stripe/openapi-subset.json");
    let Ok(text) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

/// Returns what Stripe's description says an endpoint takes, as one object schema.
fn described(openapi: &Value, verb: Verb, path: &str) -> Value {
    let method = match verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Delete => "delete",
    };
    let operation = &openapi["paths"][path][method];
    assert!(operation.is_object(), "Stripe has no {method} {path}");
    let has_body = verb != Verb::Get && operation["requestBody"].is_object();
    if has_body {
        let schema = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        return schema.clone();
    }
    let query = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["in"] == "query");
    let properties: Map<String, Value> = query
        .map(|one| (one["name"].as_str().unwrap().to_owned(), one["schema"].clone()))
        .collect();
    json!({"type": "object", "properties": properties})
}

/// Returns the alternatives of a schema.
fn options(schema: &Value) -> Vec<&Value> {
    schema["anyOf"]
        .as_array()
        .map_or(vec![schema], |options| options.iter().collect())
}

fn of_type<'a>(schema: &'a Value, kind: &str) -> Option<&'a Value> {
    options(schema).into_iter().find(|option| option["type"] == kind)
}

fn allows_empty(schema: &Value) -> bool {
    options(schema).iter().any(|option| {
        option["enum"]
            .as_array()
            .is_some_and(|of| of.contains(&json!("")))
    })
}

fn compare_object(params: &[Param], schema: &Value, path: &str, wrong: &mut Vec<String>) {
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let rest = params.iter().any(|param| param.name == "*");
    for param in params.iter().filter(|param| param.name != "*") {
        let here = format!("{path} {}", param.name);
        match properties.get(param.name) {
            None => wrong.push(format!("{here}: Stripe has no such parameter")),
            Some(schema) => compare(param, schema, &here, wrong),
        }
    }
    for name in properties.keys().filter(|name| *name != "expand") {
        match params.iter().find(|param| param.name == name) {
            None if rest => {}
            None => wrong.push(format!("{path} {name}: neither taken nor named as not played")),
            Some(param) if required.contains(&json!(name)) && !param.required => {
                wrong.push(format!("{path} {name}: Stripe requires it"));
            }
            Some(_) => {}
        }
    }
}

fn compare(param: &Param, schema: &Value, path: &str, wrong: &mut Vec<String>) {
    if param.unsettable && !allows_empty(schema) && of_type(schema, "string").is_none() {
        wrong.push(format!("{path}: Stripe can't unset it"));
    }
    compare_kind(&param.kind, schema, path, wrong);
}

fn compare_kind(kind: &Kind, schema: &Value, path: &str, wrong: &mut Vec<String>) {
    let expected = match kind {
        Kind::NotPlayed => return,
        Kind::Text { .. } | Kind::Choice(_) => "string",
        Kind::Int | Kind::Range => "integer",
        Kind::Decimal => "number",
        Kind::Flag | Kind::Off => "boolean",
        Kind::Object(_) | Kind::Metadata => "object",
        Kind::List(_) => "array",
    };
    let Some(found) = of_type(schema, expected) else {
        return wrong.push(format!("{path}: Stripe has no {expected} here: {schema}"));
    };
    match kind {
        Kind::Object(params) => compare_object(params, found, path, wrong),
        Kind::List(of) => compare_kind(of, &found["items"], &format!("{path}[]"), wrong),
        Kind::Choice(of) => {
            let known = found["enum"].as_array().cloned().unwrap_or_default();
            let strangers: Vec<_> = of.iter().filter(|one| !known.contains(&json!(one))).collect();
            if !known.is_empty() && !strangers.is_empty() {
                wrong.push(format!("{path}: Stripe does not know {strangers:?}"));
            }
        }
        Kind::Text { max } => {
            if let Some(most) = found["maxLength"].as_u64()
                && (*max as u64) > most
            {
                wrong.push(format!("{path}: Stripe takes at most {most} characters"));
            }
        }
        _ => {}
    }
}

#[test]
fn the_sandbox_takes_what_stripe_takes_and_names_what_it_does_not_play() {
    let Some(openapi) = openapi() else { return };
    let mut wrong = Vec::new();
    for route in ROUTES {
        let schema = described(&openapi, route.verb, route.path);
        compare_object(
            route.params,
            &schema,
            &format!("{:?} {}", route.verb, route.path),
            &mut wrong,
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
