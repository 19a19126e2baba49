//! What a customer has at the shop, from transfers, and what moved it.

use serde_json::{Value, json};

use super::{kept_on, merge};
use crate::stripe::currency::Currency;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct CashTransaction {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) customer: String,
    pub(crate) currency: Currency,
    pub(crate) amount: i64,
    pub(crate) ending: i64,
    pub(crate) movement: CashMovement,
}

#[derive(Debug, Clone)]
pub(crate) enum CashMovement {
    Funded,
    /// Used for this payment intent.
    Applied(String),
    /// Given back by this payment intent.
    Unapplied(String),
}

impl Object for CashTransaction {
    const NOUN: &'static str = "customer_cash_balance_transaction";
    const LIST: &'static str = "/v1/customers/cash_balance_transactions";
    kept_on!(cash);

    fn render(&self) -> Value {
        let object = json!({
            "id": self.id,
            "object": "customer_cash_balance_transaction",
            "created": self.created,
            "currency": self.currency.code(),
            "customer": self.customer,
            "customer_account": null,
            "ending_balance": self.ending,
            "livemode": false,
            "net_amount": self.amount,
        });
        let more = match &self.movement {
            CashMovement::Funded => json!({
                "type": "funded",
                "funded": {"bank_transfer": {"reference": null, "type": "mx_bank_transfer"}},
            }),
            CashMovement::Applied(intent) => json!({
                "type": "applied_to_payment", "applied_to_payment": {"payment_intent": intent},
            }),
            CashMovement::Unapplied(intent) => json!({
                "type": "unapplied_from_payment", "unapplied_from_payment": {"payment_intent": intent},
            }),
        };
        merge(object, more)
    }
}
