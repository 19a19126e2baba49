//! Money that went back.

use serde_json::{Value, json};

use super::{kept_on, merge};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) balance_transaction: String,
    pub(crate) failure_transaction: Option<String>,
    /// Stripe's name of the method that it goes back by.
    pub(crate) method: &'static str,
    pub(crate) state: RefundState,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundState {
    Pending,
    Succeeded,
    Failed,
}

impl RefundState {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl Refund {
    fn destination(&self) -> Value {
        if self.method == "card" {
            return json!({
                "card": {
                    "reference_status": "pending",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                },
                "type": "card",
            });
        }
        json!({"type": self.method})
    }
}

impl Object for Refund {
    const NOUN: &'static str = "refund";
    const LIST: &'static str = "/v1/refunds";
    kept_on!(refunds);

    fn render(&self) -> Value {
        let refund = json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": self.balance_transaction,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency.code(),
            "destination_details": self.destination(),
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": self.state.name(),
            "transfer_reversal": null,
        });
        let more = match self.state {
            RefundState::Failed => json!({
                "failure_reason": "expired_or_canceled_card",
                "failure_balance_transaction": self.failure_transaction,
            }),
            RefundState::Pending => json!({"pending_reason": "processing"}),
            RefundState::Succeeded => json!({}),
        };
        merge(refund, more)
    }
}
