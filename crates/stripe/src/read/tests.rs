//! What can be missing without losing an object, on objects made from Stripe's own schema.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::*;
use crate::{
    BalanceTransaction, CheckoutSession, Coupon, Customer, Dispute, Invoice, InvoicePayment, PaymentIntent,
    PaymentLink, Payout, Price, Product, PromotionCode, Refund, StripeCharge, Subscription,
    SubscriptionSchedule, TestClock,
};

struct Schema(Value);

impl Schema {
    fn read() -> Option<Self> {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stripe/jsonschema-subset.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: Stripe's schema is not here ({})", path.display());
            return None;
        };
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// Makes an object with what the schema requires, and every plain field.
    fn object(&self, name: &str) -> Value {
        self.value(&json!({ "$ref": format!("#/components/schemas/{name}") }), name)
    }

    fn value(&self, schema: &Value, name: &str) -> Value {
        if let Some(path) = schema["$ref"].as_str() {
            let target = path.rsplit('/').next().unwrap();
            return self.value(&self.0["components"]["schemas"][target], name);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let null = choices.iter().find(|choice| choice["type"] == "null");
            return null.map_or_else(|| self.value(&choices[0], name), |_| Value::Null);
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[0].clone();
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
        match kind {
            Some("object") => self.fields(schema),
            Some("array") => json!([]),
            Some("integer") => json!(1_000),
            Some("number") => json!(1.5),
            Some("boolean") => json!(false),
            Some("string") if name == "currency" => json!("mxn"),
            Some("string") => json!(format!("{name}_1")),
            _ => Value::Null,
        }
    }

    fn fields(&self, schema: &Value) -> Value {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        let is_plain = |schema: &Value| schema["type"].is_string() && schema["type"] != "object";
        let fields: Map<String, Value> = properties
            .iter()
            .filter(|(name, schema)| required.contains(&name.as_str()) || is_plain(schema))
            .map(|(name, schema)| (name.clone(), self.value(schema, name)))
            .collect();
        Value::Object(fields)
    }

    fn charge(&self) -> Value {
        let mut charge = self.object("charge");
        charge["payment_intent"] = json!("pi_1");
        charge["metadata"] = json!({ "cobro_charge": "c1" });
        charge["payment_method_details"] = self.object("payment_method_details");
        charge["payment_method_details"]["type"] = json!("card");
        charge["payment_method_details"]["card"] = self.object("payment_method_details_card");
        charge["payment_method_details"]["card"]["brand"] = json!("visa");
        charge["payment_method_details"]["card"]["last4"] = json!("4242");
        charge["balance_transaction"] = self.object("balance_transaction");
        charge
    }

    fn intent(&self) -> Value {
        let mut intent = self.object("payment_intent");
        intent["metadata"] = json!({ "cobro_charge": "c1" });
        intent["latest_charge"] = self.charge();
        intent["last_payment_error"] =
            json!({ "type": "card_error", "code": "card_declined", "decline_code": "fraudulent" });
        intent
    }

    fn session(&self) -> Value {
        let mut session = self.object("checkout.session");
        session["metadata"] = json!({ "cobro_charge": "c1" });
        session["amount_total"] = json!(1_000);
        session["currency"] = json!("mxn");
        session["status"] = json!("complete");
        session["payment_link"] = json!("plink_1");
        session["payment_intent"] = self.intent();
        session
    }

    fn link(&self) -> Value {
        let mut link = self.object("payment_link");
        link["metadata"] = json!({ "cobro_charge": "c1" });
        link
    }
}

/// Leaves each field out in turn, and makes it nonsense in turn: what remains must still be read.
fn survives<T: FromStripe>(object: &Value, needed: &[&str]) {
    let fields = object.as_object().unwrap();
    for name in fields.keys().filter(|name| !needed.contains(&name.as_str())) {
        let mut without = fields.clone();
        without.remove(name);
        let raw = Value::Object(without).to_string();
        assert!(
            super::object::<T>(&raw, false).is_ok(),
            "{} without {name}",
            T::NAME
        );
    }
}

#[test]
fn a_missing_field_loses_no_object() {
    let Some(schema) = Schema::read() else { return };
    survives::<PaymentLink>(&schema.link(), &["id", "url"]);
    survives::<StripeCharge>(&schema.charge(), &["id", "amount", "currency"]);
    survives::<PaymentIntent>(&schema.intent(), &["id", "amount", "currency", "status"]);
    survives::<CheckoutSession>(&schema.session(), &["id", "currency"]);
    survives::<Refund>(&schema.object("refund"), &["id", "amount", "currency"]);
    survives::<Product>(&schema.object("product"), &["id", "name"]);
    survives::<Price>(&schema.object("price"), &["id", "currency"]);
    survives::<Coupon>(&schema.object("coupon"), &["id"]);
    survives::<PromotionCode>(&schema.object("promotion_code"), &["id", "code"]);
    survives::<Customer>(&schema.object("customer"), &["id"]);
    survives::<BalanceTransaction>(
        &schema.object("balance_transaction"),
        &["id", "amount", "fee", "net", "currency"],
    );
    survives::<Dispute>(&schema.object("dispute"), &["id", "amount", "currency", "status"]);
    survives::<Payout>(&schema.object("payout"), &["id", "amount", "currency", "status"]);
    survives::<Invoice>(&schema.object("invoice"), &["id", "currency"]);
    survives::<InvoicePayment>(&schema.object("invoice_payment"), &["id"]);
    survives::<Subscription>(&schema.object("subscription"), &["id", "status"]);
    survives::<SubscriptionSchedule>(&schema.object("subscription_schedule"), &["id", "status"]);
    survives::<TestClock>(&schema.object("test_helpers.test_clock"), &["id", "frozen_time"]);
}

#[test]
fn words_that_are_not_known_are_kept() {
    let Some(schema) = Schema::read() else { return };
    let mut intent = schema.intent();
    intent["status"] = json!("requires_patience");
    intent["latest_charge"]["payment_method_details"]["type"] = json!("teleport");
    let read: PaymentIntent = object(&intent.to_string(), false).unwrap();
    assert_eq!(read.status, "requires_patience");
    let method = read.latest_charge.unwrap().method.unwrap();
    assert_eq!(method.kind, "teleport");
}

#[test]
fn the_keys_mode_stands_in_for_one_that_is_not_said() {
    let raw = r#"{"id":"plink_1","url":"https://pay.test/1"}"#;
    assert!(object::<PaymentLink>(raw, true).unwrap().livemode);
    assert!(!object::<PaymentLink>(raw, false).unwrap().livemode);
}

#[test]
fn an_error_tells_the_place_and_nothing_that_stands_there() {
    let error = object::<PaymentLink>(r#"{"id":{"secret":"ana@example.test"}}"#, false).unwrap_err();
    assert!(!error.to_string().contains("ana"), "{error}");
}
