//! Payment intents: one payment, from the first attempt to its end.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::charge::{self, StripeCharge};
use super::{at, quiet_debug};
use crate::Money;
use crate::read::{self, Expanded, FromStripe, Metadata, Unusable, if_readable, money};

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
    livemode: Option<bool>,
    created: Option<i64>,
}

impl From<stripe_shared::PaymentIntent> for Wire {
    fn from(intent: stripe_shared::PaymentIntent) -> Self {
        Self {
            id: intent.id.to_string(),
            status: intent.status.to_string(),
            amount: intent.amount,
            amount_received: intent.amount_received,
            currency: intent.currency.to_string(),
            metadata: Some(intent.metadata.into_iter().collect()),
            latest_charge: Expanded::from_full(intent.latest_charge),
            last_payment_error: intent.last_payment_error.map(|error| PaymentError {
                code: error.code.map(|code| code.to_string()),
                decline_code: error.decline_code,
                message: error.message,
            }),
            livemode: Some(intent.livemode),
            created: Some(intent.created),
        }
    }
}

impl FromStripe for PaymentIntent {
    type Wire = Wire;
    const NAME: &'static str = "payment_intent";

    fn wire_from_full(raw: &str) -> Option<Wire> {
        read::full::<stripe_shared::PaymentIntent, _>(raw)
    }

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
            livemode: live,
            created: at(wire.created),
            raw,
        })
    }
}
