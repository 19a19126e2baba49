//! One attempt to take the money.

use serde_json::{Value, json};

use super::kept_on;
use super::payment_method::Instrument;
use super::session::Buyer;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) refunded: i64,
    pub(crate) disputed: bool,
    pub(crate) failure: Option<Failure>,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    pub(crate) instrument: Instrument,
    pub(crate) buyer: Buyer,
    /// Comes a moment after the payment.
    pub(crate) balance_transaction: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) metadata: Metadata,
}

/// Why the bank said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    /// `None` for errors in what was typed, which no bank was asked about.
    pub(crate) decline_code: Option<&'static str>,
    pub(crate) message: &'static str,
}

impl Charge {
    pub(crate) fn succeeded(&self) -> bool {
        self.failure.is_none()
    }

    pub(crate) fn refundable(&self) -> i64 {
        if self.succeeded() {
            self.amount - self.refunded
        } else {
            0
        }
    }

    fn outcome(&self) -> Value {
        match &self.failure {
            None => json!({
                "advice_code": null,
                "network_advice_code": null,
                "network_decline_code": null,
                "network_status": "approved_by_network",
                "reason": null,
                "risk_level": "normal",
                "risk_score": 12,
                "seller_message": "Payment complete.",
                "type": "authorized",
            }),
            Some(failure) => json!({
                "advice_code": "try_again_later",
                "network_advice_code": null,
                "network_decline_code": "05",
                "network_status": "declined_by_network",
                "reason": failure.decline_code.unwrap_or(failure.code),
                "risk_level": "normal",
                "risk_score": 12,
                "seller_message": "The bank did not return any further details with this decline.",
                "type": "issuer_declined",
            }),
        }
    }
}

impl Object for Charge {
    const NOUN: &'static str = "charge";
    const LIST: &'static str = "/v1/charges";
    kept_on!(charges);

    fn render(&self) -> Value {
        let taken = if self.succeeded() { self.amount } else { 0 };
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": taken,
            "amount_refunded": self.refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": self.balance_transaction,
            "billing_details": self.buyer.billing_details(),
            "calculated_statement_descriptor": "COBRO SANDBOX",
            "captured": self.succeeded(),
            "created": self.created,
            "currency": self.currency.code(),
            "customer": self.customer,
            "description": self.description,
            "disputed": self.disputed,
            "failure_balance_transaction": null,
            "failure_code": self.failure.map(|failure| failure.code),
            "failure_message": self.failure.map(|failure| failure.message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "outcome": self.outcome(),
            "paid": self.succeeded(),
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": self.instrument.details(taken),
            "radar_options": {},
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": taken > 0 && self.refunded == taken,
            "review": null,
            "shipping": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": if self.succeeded() { "succeeded" } else { "failed" },
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}
