//! Answers as a later version of the API may give them.

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A field that no version has had so far.
const UNHEARD_OF: &str = "of_a_later_version";

/// Fields that today's description calls required, and a later one may not have.
const GONE: &[&str] = &[
    "automatic_tax",
    "billing_details",
    "capture_method",
    "confirmation_method",
    "custom_fields",
    "custom_text",
    "exchange_rate",
    "fee_details",
    "livemode",
    "paid",
    "payment_method_types",
    "permissions",
    "shipping_options",
];

/// Words that a later version may have others for.
const RENAMED: &[&str] = &[
    "brand",
    "funding",
    "submit_type",
    "ui_mode",
    "billing_address_collection",
];

/// Returns the same answer as a later version would give it. What is no JSON stays as it is.
pub(super) async fn version_of(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return head.status.into_response();
    };
    let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    change(&mut answer);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(answer.to_string()))
}

fn change(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(change),
        Value::Object(fields) => {
            for name in GONE {
                fields.remove(*name);
            }
            for (name, field) in fields.iter_mut() {
                if RENAMED.contains(&name.as_str()) && field.is_string() {
                    *field = json!(UNHEARD_OF);
                } else if name != "metadata" {
                    change(field);
                }
            }
            if fields.contains_key("object") {
                fields.insert(
                    UNHEARD_OF.to_owned(),
                    json!({ "since": "2031-01-01.oak", "parts": [1, null] }),
                );
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_an_object_and_its_money_stays() {
        let mut charge = json!({
            "id": "ch_1", "object": "charge", "amount": 500, "paid": true, "metadata": { "brand": "mine" },
            "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242" } },
        });
        change(&mut charge);
        let known = json!({ "type": "card", "card": { "brand": UNHEARD_OF, "last4": "4242" } });
        assert_eq!(charge["payment_method_details"], known);
        assert_eq!((&charge["id"], &charge["amount"]), (&json!("ch_1"), &json!(500)));
        assert_eq!(charge["metadata"]["brand"], "mine");
        assert!(charge.get("paid").is_none() && charge.get(UNHEARD_OF).is_some());
    }
}
