//! Refunds.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::Money;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: String,
    pub amount: Money,
    /// Stripe's word: `pending`, `succeeded`, `failed`, `requires_action` or `canceled`.
    pub status: Option<String>,
    pub failure_reason: Option<String>,
    pub payment_intent: Option<String>,
    pub charge: Option<String>,
    /// Stripe's word, as given when it was made.
    pub reason: Option<String>,
    pub balance_transaction: Option<String>,
    /// What came back onto the balance when it failed.
    pub failure_balance_transaction: Option<String>,
    pub metadata: Metadata,
    pub created: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(Refund);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    amount: i64,
    currency: String,
    status: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
    #[serde(default)]
    charge: Expanded<Nothing>,
    reason: Option<String>,
    #[serde(default)]
    balance_transaction: Expanded<Nothing>,
    #[serde(default)]
    failure_balance_transaction: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    created: Option<i64>,
}

impl FromStripe for Refund {
    type Wire = Wire;
    const NAME: &'static str = "refund";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            payment_intent: wire.payment_intent.id().map(str::to_owned),
            charge: wire.charge.id().map(str::to_owned),
            id: wire.id,
            status: wire.status,
            failure_reason: wire.failure_reason,
            reason: wire.reason,
            balance_transaction: wire.balance_transaction.into_id(),
            failure_balance_transaction: wire.failure_balance_transaction.into_id(),
            metadata: wire.metadata.unwrap_or_default(),
            created: at(wire.created),
            raw,
        })
    }
}
