//! Refunds.

use serde::Deserialize;

use super::charge::Nothing;
use super::quiet_debug;
use crate::Money;
use crate::read::{self, Expanded, FromStripe, Unusable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: String,
    pub amount: Money,
    /// Stripe's word: `pending`, `succeeded`, `failed`, `requires_action` or `canceled`.
    pub status: Option<String>,
    pub failure_reason: Option<String>,
    pub payment_intent: Option<String>,
    pub charge: Option<String>,
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
}

impl From<stripe_shared::Refund> for Wire {
    fn from(refund: stripe_shared::Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            amount: refund.amount,
            currency: refund.currency.to_string(),
            status: refund.status,
            failure_reason: refund.failure_reason,
            payment_intent: Expanded::from_full(refund.payment_intent),
            charge: Expanded::from_full(refund.charge),
        }
    }
}

impl FromStripe for Refund {
    type Wire = Wire;
    const NAME: &'static str = "refund";

    fn wire_from_full(raw: &str) -> Option<Wire> {
        read::full::<stripe_shared::Refund, _>(raw)
    }

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            payment_intent: wire.payment_intent.id().map(str::to_owned),
            charge: wire.charge.id().map(str::to_owned),
            id: wire.id,
            status: wire.status,
            failure_reason: wire.failure_reason,
            raw,
        })
    }
}
