//! A link that sells, and may be opened many times.

use serde_json::{Value, json};

use super::kept_on;
use super::line::Line;
use super::terms::Terms;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct PaymentLink {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) active: bool,
    /// What follows `/pay/` in the link's address.
    pub(crate) token: String,
    pub(crate) url: String,
    pub(crate) currency: Currency,
    pub(crate) lines: Vec<Line>,
    pub(crate) metadata: Metadata,
    /// `None` offers whatever the currency and the amount allow.
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) limit: Option<i64>,
    pub(crate) completed: i64,
    pub(crate) inactive_message: Option<String>,
    pub(crate) submit_type: String,
    pub(crate) collects_phone: bool,
    pub(crate) always_customer: bool,
    pub(crate) ending: Ending,
    pub(crate) payment: PaymentData,
    pub(crate) terms: Terms,
}

/// What the customer sees after paying.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    Confirmation(Option<String>),
    Redirect(String),
}

/// What a checkout hands on to its payment intent.
#[derive(Debug, Clone, Default)]
pub(crate) struct PaymentData {
    pub(crate) given: bool,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
}

impl PaymentLink {
    pub(crate) fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    fn subscription_data(&self) -> Option<Value> {
        self.terms.data_given.then(|| {
            json!({
                "description": self.terms.description,
                "invoice_settings": {"issuer": {"type": "self"}},
                "metadata": self.terms.data,
                "trial_period_days": self.terms.trial_days,
                "trial_settings": null,
            })
        })
    }

    /// Returns whether a customer may still buy through it.
    pub(crate) fn sells(&self) -> bool {
        self.active && self.limit.is_none_or(|limit| self.completed < limit)
    }
}

impl Ending {
    fn render(&self) -> Value {
        match self {
            Self::Confirmation(message) => {
                json!({"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": message}})
            }
            Self::Redirect(url) => json!({"type": "redirect", "redirect": {"url": url}}),
        }
    }
}

impl PaymentData {
    fn render(&self) -> Option<Value> {
        self.given.then(|| {
            json!({
                "capture_method": null,
                "description": self.description,
                "metadata": self.metadata,
                "setup_future_usage": null,
                "statement_descriptor": self.statement_descriptor,
                "statement_descriptor_suffix": self.statement_descriptor_suffix,
                "transfer_group": null,
            })
        })
    }
}

impl Object for PaymentLink {
    const NOUN: &'static str = "payment_link";
    const LIST: &'static str = "/v1/payment_links";
    kept_on!(links);

    fn render(&self) -> Value {
        let restrictions = self
            .limit
            .map(|limit| json!({"completed_sessions": {"count": self.completed, "limit": limit}}));
        json!({
            "id": self.id,
            "object": "payment_link",
            "active": self.active,
            "after_completion": self.ending.render(),
            "allow_promotion_codes": self.terms.promotion_codes,
            "application": null,
            "application_fee_amount": null,
            "application_fee_percent": null,
            "automatic_tax": {"enabled": false, "liability": null},
            "billing_address_collection": "auto",
            "consent_collection": null,
            "currency": self.currency.code(),
            "custom_fields": [],
            "custom_text": {
                "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
            },
            "customer_creation": if self.always_customer { "always" } else { "if_required" },
            "inactive_message": self.inactive_message,
            "invoice_creation": null,
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "payment_intent_data": self.payment.render(),
            "payment_method_collection": "always",
            "payment_method_types": self.methods,
            "phone_number_collection": {"enabled": self.collects_phone},
            "restrictions": restrictions,
            "shipping_address_collection": self.terms.collection(),
            "shipping_options": [],
            "submit_type": self.submit_type,
            "subscription_data": self.subscription_data(),
            "tax_id_collection": {"enabled": false, "required": "never"},
            "transfer_data": null,
            "url": self.url,
        })
    }
}
