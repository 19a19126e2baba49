//! Stripe's charges: the money that a payment moved, and what of it remains.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::balance_transaction::{self as balance, BalanceTransaction};
use super::{Nothing, at, quiet_debug};
use crate::Money;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

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
    pub customer: Option<String>,
    /// Who paid, as typed on the pay page.
    pub payer: Payer,
    pub failure_code: Option<String>,
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

/// Who paid, for finding the conversation that a payment belongs to.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Payer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// Names nobody: it stays out of logs.
impl std::fmt::Debug for Payer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payer").finish_non_exhaustive()
    }
}

/// How the customer paid, such as a card and its last digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethodSummary {
    /// Stripe's name for it: `card`, `oxxo`.
    pub kind: String,
    pub brand: Option<String>,
    pub last4: Option<String>,
    /// Months of a card payment without interest.
    pub installments: Option<u32>,
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
    #[serde(default)]
    customer: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    billing_details: Option<Payer>,
    failure_code: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    payment_method_details: Option<MethodWire>,
    #[serde(default)]
    balance_transaction: Expanded<balance::Wire>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    livemode: Option<bool>,
    created: Option<i64>,
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
    #[serde(default, deserialize_with = "if_readable")]
    installments: Option<InstallmentsWire>,
}

#[derive(Debug, Clone, Deserialize)]
struct InstallmentsWire {
    plan: Option<PlanWire>,
}

#[derive(Debug, Clone, Deserialize)]
struct PlanWire {
    count: Option<u32>,
}

impl From<MethodWire> for PaymentMethodSummary {
    fn from(MethodWire { kind, card }: MethodWire) -> Self {
        let Some(card) = card else {
            return Self {
                kind,
                brand: None,
                last4: None,
                installments: None,
            };
        };
        Self {
            kind,
            brand: card.brand,
            last4: card.last4,
            installments: card.installments.and_then(|plan| plan.plan?.count),
        }
    }
}

impl FromStripe for StripeCharge {
    type Wire = Wire;
    const NAME: &'static str = "charge";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            amount_captured: money(wire.amount_captured, &wire.currency)?,
            amount_refunded: money(wire.amount_refunded, &wire.currency)?,
            refunded: wire.refunded,
            disputed: wire.disputed,
            paid: wire.paid,
            payment_intent: wire.payment_intent.into_id(),
            customer: wire.customer.into_id(),
            payer: wire.billing_details.unwrap_or_default(),
            failure_code: wire.failure_code,
            method: wire.payment_method_details.map(Into::into),
            balance_transaction: wire
                .balance_transaction
                .into_object()
                .and_then(|balance| BalanceTransaction::from_wire(balance, String::new(), live).ok()),
            metadata: wire.metadata.unwrap_or_default(),
            livemode: wire.livemode.unwrap_or(live),
            created: at(wire.created),
            id: wire.id,
            raw,
        })
    }
}
