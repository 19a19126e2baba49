//! Payment intents: one payment, from the first attempt to its end.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::charge::{self, StripeCharge};
use super::next_step::{self, NextStep};
use super::{Nothing, at, quiet_debug};
use crate::Money;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct PaymentIntent {
    pub id: String,
    /// Stripe's word, such as `succeeded` or `requires_action`. New ones may come.
    pub status: String,
    pub amount: Money,
    pub amount_received: Money,
    pub metadata: Metadata,
    /// `None` before the first attempt, and where it was not expanded.
    pub latest_charge: Option<StripeCharge>,
    pub last_error: Option<PaymentError>,
    /// What the customer has still to do.
    pub next: Option<NextStep>,
    pub customer: Option<String>,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    /// Empty where the intent came inside another object, whose raw JSON has it.
    pub raw: String,
}

quiet_debug!(PaymentIntent);

/// Why the last attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentError {
    pub code: Option<String>,
    /// The bank's reason, such as `insufficient_funds`.
    pub decline_code: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wire {
    id: String,
    status: String,
    amount: i64,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    #[serde(default)]
    latest_charge: Expanded<charge::Wire>,
    #[serde(default, deserialize_with = "if_readable")]
    last_payment_error: Option<PaymentError>,
    #[serde(default, deserialize_with = "if_readable")]
    next_action: Option<next_step::Wire>,
    #[serde(default)]
    customer: Expanded<Nothing>,
    livemode: Option<bool>,
    created: Option<i64>,
}

impl FromStripe for PaymentIntent {
    type Wire = Wire;
    const NAME: &'static str = "payment_intent";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let live = wire.livemode.unwrap_or(live);
        let charge = wire.latest_charge.into_object();
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            amount_received: money(wire.amount_received, &wire.currency)?,
            id: wire.id,
            status: wire.status,
            metadata: wire.metadata.unwrap_or_default(),
            latest_charge: charge
                .map(|charge| StripeCharge::from_wire(charge, String::new(), live))
                .transpose()?,
            last_error: wire.last_payment_error,
            next: wire.next_action.map(NextStep::from),
            customer: wire.customer.into_id(),
            livemode: live,
            created: at(wire.created),
            raw,
        })
    }
}
