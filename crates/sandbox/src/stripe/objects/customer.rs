//! Someone who pays, kept under an id.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::charge::Failure;
use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::ids;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) invoice_prefix: String,
    /// The card for what comes again.
    pub(crate) default_method: Option<String>,
    /// What was sent too much, by currency.
    pub(crate) cash: BTreeMap<&'static str, i64>,
    /// The test clock that is its time.
    pub(crate) clock: Option<String>,
    /// An invoice of a subscription failed.
    pub(crate) delinquent: bool,
    /// What the bank says to every charge that the customer does not see, when a test asked for it.
    pub(crate) card_fails: Option<Failure>,
    pub(crate) metadata: Metadata,
}

impl Customer {
    /// Returns a customer of whom nothing is known yet.
    pub(crate) fn new(id: String, created: i64) -> Self {
        Self {
            id,
            created,
            deleted: false,
            name: None,
            email: None,
            phone: None,
            description: None,
            invoice_prefix: ids::token(8).to_uppercase(),
            default_method: None,
            cash: BTreeMap::new(),
            clock: None,
            delinquent: false,
            card_fails: None,
            metadata: Metadata::new(),
        }
    }

    pub(crate) fn cash(&self, currency: Currency) -> i64 {
        self.cash.get(currency.code()).copied().unwrap_or(0)
    }

    /// Returns `/v1/customers/…/cash_balance`.
    pub(crate) fn cash_balance(&self) -> Value {
        let available = (!self.cash.is_empty()).then_some(&self.cash);
        json!({
            "object": "cash_balance",
            "available": available,
            "customer": self.id,
            "customer_account": null,
            "livemode": false,
            "settings": {"reconciliation_mode": "automatic", "using_merchant_default": true},
        })
    }
}

impl Object for Customer {
    const NOUN: &'static str = "customer";
    const LIST: &'static str = "/v1/customers";
    kept_on!(customers);

    fn render(&self) -> Value {
        if self.deleted {
            return json!({"id": self.id, "object": "customer", "deleted": true});
        }
        json!({
            "id": self.id,
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": self.created,
            "currency": null,
            "default_source": null,
            "delinquent": self.delinquent,
            "description": self.description,
            "discount": null,
            "email": self.email,
            "invoice_prefix": self.invoice_prefix,
            "invoice_settings": {
                "custom_fields": null, "default_payment_method": self.default_method, "footer": null, "rendering_options": null,
            },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "next_invoice_sequence": 1,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": self.clock,
        })
    }
}
