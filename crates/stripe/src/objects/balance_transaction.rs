//! Balance transactions: what each payment, refund, dispute and payout did to the shop's balance.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::Currency;
use crate::read::{Expanded, FromStripe, Unusable, currency};

/// One movement on the balance. It may be in another currency than the charge's.
#[derive(Clone, PartialEq, Eq)]
pub struct BalanceTransaction {
    pub id: String,
    /// Negative for what left: a refund, a dispute, a payout.
    pub amount: i64,
    pub fee: i64,
    /// `amount` less `fee`.
    pub net: i64,
    pub currency: Currency,
    /// Stripe's word, such as `charge`, `payment`, `refund`, `adjustment` (disputes) or `payout`.
    pub kind: Option<String>,
    /// Stripe's word for books, such as `charge`, `refund`, `dispute`, `dispute_reversal`, `payout` or `fee`.
    pub category: Option<String>,
    /// The id of the charge, refund, dispute or payout.
    pub source: Option<String>,
    pub created: Option<Timestamp>,
    /// When it can be paid out.
    pub available_on: Option<Timestamp>,
    /// Stripe's word: `pending` or `available`.
    pub status: Option<String>,
    /// As Stripe writes it, where money was converted.
    pub exchange_rate: Option<String>,
    pub description: Option<String>,
    /// Empty where it came inside another object, whose raw JSON has it.
    pub raw: String,
}

quiet_debug!(BalanceTransaction);

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wire {
    id: String,
    amount: i64,
    fee: i64,
    net: i64,
    currency: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    reporting_category: Option<String>,
    #[serde(default)]
    source: Expanded<Nothing>,
    created: Option<i64>,
    available_on: Option<i64>,
    status: Option<String>,
    exchange_rate: Option<serde_json::Number>,
    description: Option<String>,
}

impl FromStripe for BalanceTransaction {
    type Wire = Wire;
    const NAME: &'static str = "balance_transaction";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            currency: currency(&wire.currency)?,
            id: wire.id,
            amount: wire.amount,
            fee: wire.fee,
            net: wire.net,
            kind: wire.kind,
            category: wire.reporting_category,
            source: wire.source.into_id(),
            created: at(wire.created),
            available_on: at(wire.available_on),
            status: wire.status,
            exchange_rate: wire.exchange_rate.map(|rate| rate.to_string()),
            description: wire.description,
            raw,
        })
    }
}
