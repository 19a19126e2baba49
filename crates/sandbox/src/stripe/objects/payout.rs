//! Money on its way to the shop's bank.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Payout {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) arrival_date: i64,
    pub(crate) state: PayoutState,
    pub(crate) transaction: String,
    pub(crate) failure_transaction: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayoutState {
    InTransit,
    Paid,
    Failed,
}

impl PayoutState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
            Self::Failed => "failed",
        }
    }
}

impl Object for Payout {
    const NOUN: &'static str = "payout";
    const LIST: &'static str = "/v1/payouts";
    kept_on!(payouts);

    fn render(&self) -> Value {
        let failed = self.state == PayoutState::Failed;
        json!({
            "id": self.id,
            "object": "payout",
            "amount": self.amount,
            "application_fee": null,
            "application_fee_amount": null,
            "arrival_date": self.arrival_date,
            "automatic": true,
            "balance_transaction": self.transaction,
            "created": self.created,
            "currency": self.currency.code(),
            "description": "STRIPE PAYOUT",
            "destination": "ba_1Sandbox0000000000000000",
            "failure_balance_transaction": self.failure_transaction,
            "failure_code": failed.then_some("account_closed"),
            "failure_message": failed.then_some("The bank account has been closed."),
            "livemode": false,
            "metadata": {},
            "method": "standard",
            "original_payout": null,
            "payout_method": null,
            "reconciliation_status": "completed",
            "reversed_by": null,
            "source_type": "card",
            "statement_descriptor": null,
            "status": self.state.name(),
            "trace_id": null,
            "type": "bank_account",
        })
    }
}
