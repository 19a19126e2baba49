//! A customer who told the bank that a payment was not right.

use serde_json::{Map, Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) reason: String,
    pub(crate) state: DisputeState,
    pub(crate) due_by: i64,
    pub(crate) past_due: bool,
    /// What the shop said, field by field.
    pub(crate) evidence: Map<String, Value>,
    pub(crate) submissions: i64,
    /// What it moved, as the API shows it.
    pub(crate) transactions: Vec<Value>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisputeState {
    /// An inquiry: no money was taken yet.
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WarningNeedsResponse => "warning_needs_response",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::WarningClosed | Self::Won | Self::Lost)
    }

    pub(crate) fn needs_response(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::NeedsResponse)
    }

    pub(crate) fn is_warning(self) -> bool {
        matches!(
            self,
            Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed
        )
    }
}

/// Fields that evidence can have; all are shown, most as null.
pub(crate) const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

impl Dispute {
    fn evidence(&self) -> Value {
        let mut shown: Map<String, Value> = EVIDENCE
            .iter()
            .map(|name| {
                let given = self.evidence.get(*name).cloned();
                ((*name).to_owned(), given.unwrap_or(Value::Null))
            })
            .collect();
        shown.insert("enhanced_evidence".to_owned(), json!({}));
        Value::Object(shown)
    }
}

impl Object for Dispute {
    const NOUN: &'static str = "dispute";
    const LIST: &'static str = "/v1/disputes";
    kept_on!(disputes);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": self.transactions,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency.code(),
            "enhanced_eligibility_types": [],
            "evidence": self.evidence(),
            "evidence_details": {
                "due_by": if self.state.is_over() { Value::Null } else { self.due_by.into() },
                "enhanced_eligibility": {},
                "has_evidence": !self.evidence.is_empty(),
                "past_due": self.past_due,
                "submission_count": self.submissions,
            },
            "is_charge_refundable": self.state.is_warning(),
            "livemode": false,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": self.state.name(),
        })
    }
}
