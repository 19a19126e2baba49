//! Payouts: money on its way from Stripe to the shop's bank.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::Currency;
use crate::read::{Expanded, FromStripe, Unusable, currency};

#[derive(Clone, PartialEq, Eq)]
pub struct Payout {
    pub id: String,
    /// Negative where Stripe takes back what the balance lacks.
    pub amount: i64,
    pub currency: Currency,
    /// Stripe's word: `paid`, `pending`, `in_transit`, `canceled` or `failed`.
    pub status: String,
    pub arrival_date: Option<Timestamp>,
    /// Made by Stripe's schedule: only then can what is in it be listed.
    pub automatic: bool,
    pub balance_transaction: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(Payout);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    arrival_date: Option<i64>,
    automatic: Option<bool>,
    #[serde(default)]
    balance_transaction: Expanded<Nothing>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    livemode: Option<bool>,
    created: Option<i64>,
}

impl FromStripe for Payout {
    type Wire = Wire;
    const NAME: &'static str = "payout";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            currency: currency(&wire.currency)?,
            id: wire.id,
            amount: wire.amount,
            status: wire.status,
            arrival_date: at(wire.arrival_date),
            automatic: wire.automatic.unwrap_or(false),
            balance_transaction: wire.balance_transaction.into_id(),
            failure_code: wire.failure_code,
            failure_message: wire.failure_message,
            livemode: wire.livemode.unwrap_or(live),
            created: at(wire.created),
            raw,
        })
    }
}
