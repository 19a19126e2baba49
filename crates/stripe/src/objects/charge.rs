//! Stripe's charges: the money that a payment moved, and what of it remains.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{at, quiet_debug};
use crate::read::{self, Expanded, FromStripe, Metadata, Unusable, if_readable, money};
use crate::{Currency, Money};

/// One attempt to take money. Not to be confused with the shop's own charge.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Stripe's own, each by itself"
)]
#[derive(Clone, PartialEq, Eq)]
pub struct StripeCharge {
    pub id: String,
    pub amount: Money,
    pub amount_captured: Money,
    pub amount_refunded: Money,
    /// All of it was given back.
    pub refunded: bool,
    pub disputed: bool,
    pub paid: bool,
    pub payment_intent: Option<String>,
    pub method: Option<PaymentMethodSummary>,
    /// `None` for a moment after capture, and where it was not expanded.
    pub balance_transaction: Option<BalanceTransaction>,
    pub metadata: Metadata,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    /// Empty where the charge came inside another object, whose raw JSON has it.
    pub raw: String,
}

quiet_debug!(StripeCharge);

/// How the customer paid, such as a card and its last digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethodSummary {
    /// Stripe's name for it: `card`, `oxxo`.
    pub kind: String,
    pub brand: Option<String>,
    pub last4: Option<String>,
}

/// What the payment did to the shop's balance. It may be another currency than the charge's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceTransaction {
    pub id: String,
    pub amount: i64,
    pub fee: i64,
    /// Can be negative: a refund, or a fee above the amount.
    pub net: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wire {
    id: String,
    amount: i64,
    #[serde(default)]
    amount_captured: i64,
    #[serde(default)]
    amount_refunded: i64,
    currency: String,
    #[serde(default)]
    refunded: bool,
    #[serde(default)]
    disputed: bool,
    #[serde(default)]
    paid: bool,
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    payment_method_details: Option<MethodWire>,
    #[serde(default)]
    balance_transaction: Expanded<BalanceWire>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    livemode: Option<bool>,
    created: Option<i64>,
}

/// Stands for an object of which only the id is wanted.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Nothing {}

impl<T: stripe_types::Object> From<T> for Nothing {
    fn from(_: T) -> Self {
        Self {}
    }
}

#[derive(Debug, Clone, Deserialize)]
struct MethodWire {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "if_readable")]
    card: Option<CardWire>,
}

#[derive(Debug, Clone, Deserialize)]
struct CardWire {
    brand: Option<String>,
    last4: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct BalanceWire {
    id: String,
    amount: i64,
    fee: i64,
    net: i64,
    currency: String,
}

impl From<stripe_shared::Charge> for Wire {
    fn from(charge: stripe_shared::Charge) -> Self {
        Self {
            id: charge.id.to_string(),
            amount: charge.amount,
            amount_captured: charge.amount_captured,
            amount_refunded: charge.amount_refunded,
            currency: charge.currency.to_string(),
            refunded: charge.refunded,
            disputed: charge.disputed,
            paid: charge.paid,
            payment_intent: Expanded::from_full(charge.payment_intent),
            payment_method_details: charge.payment_method_details.map(MethodWire::from),
            balance_transaction: Expanded::from_full(charge.balance_transaction),
            metadata: Some(charge.metadata.into_iter().collect()),
            livemode: Some(charge.livemode),
            created: Some(charge.created),
        }
    }
}

impl From<stripe_shared::PaymentMethodDetails> for MethodWire {
    fn from(details: stripe_shared::PaymentMethodDetails) -> Self {
        Self {
            kind: details.type_,
            card: details.card.map(|card| CardWire {
                brand: card.brand,
                last4: card.last4,
            }),
        }
    }
}

impl From<stripe_shared::BalanceTransaction> for BalanceWire {
    fn from(balance: stripe_shared::BalanceTransaction) -> Self {
        Self {
            id: balance.id.to_string(),
            amount: balance.amount,
            fee: balance.fee,
            net: balance.net,
            currency: balance.currency.to_string(),
        }
    }
}

impl From<MethodWire> for PaymentMethodSummary {
    fn from(MethodWire { kind, card }: MethodWire) -> Self {
        let (brand, last4) = card.map_or((None, None), |card| (card.brand, card.last4));
        Self { kind, brand, last4 }
    }
}

impl BalanceWire {
    fn into_balance(self) -> Option<BalanceTransaction> {
        Some(BalanceTransaction {
            currency: Currency::from_code(&self.currency).ok()?,
            id: self.id,
            amount: self.amount,
            fee: self.fee,
            net: self.net,
        })
    }
}

impl FromStripe for StripeCharge {
    type Wire = Wire;
    const NAME: &'static str = "charge";

    fn wire_from_full(raw: &str) -> Option<Wire> {
        read::full::<stripe_shared::Charge, _>(raw)
    }

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            amount_captured: money(wire.amount_captured, &wire.currency)?,
            amount_refunded: money(wire.amount_refunded, &wire.currency)?,
            refunded: wire.refunded,
            disputed: wire.disputed,
            paid: wire.paid,
            payment_intent: wire.payment_intent.id().map(str::to_owned),
            method: wire.payment_method_details.map(Into::into),
            balance_transaction: wire
                .balance_transaction
                .into_object()
                .and_then(BalanceWire::into_balance),
            metadata: wire.metadata.unwrap_or_default(),
            livemode: wire.livemode.unwrap_or(live),
            created: at(wire.created),
            id: wire.id,
            raw,
        })
    }
}
