//! Invoices: what a subscription asks for each time, and the payments made for it.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::read::{Expanded, FromStripe, Metadata, Unusable, currency, if_readable, money};
use crate::{Currency, Money};

#[derive(Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Empty for the preview of one to come.
    pub id: String,
    pub number: Option<String>,
    /// Stripe's word: `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    pub customer: Option<String>,
    pub subscription: Option<String>,
    /// The subscription's metadata when the invoice was made.
    pub subscription_metadata: Metadata,
    pub currency: Currency,
    /// Negative where the shop owes.
    pub total: i64,
    pub amount_due: Money,
    pub amount_paid: Money,
    pub amount_remaining: Money,
    /// Stripe's word, such as `subscription_create` or `subscription_cycle`.
    pub billing_reason: Option<String>,
    pub attempt_count: u64,
    /// When Stripe tries again by itself.
    pub next_payment_attempt: Option<Timestamp>,
    pub period_start: Option<Timestamp>,
    pub period_end: Option<Timestamp>,
    /// Where the customer can pay it by hand.
    pub url: Option<String>,
    /// The payments of it, where they were expanded.
    pub payments: Vec<InvoicePayment>,
    pub metadata: Metadata,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub raw: String,
}

/// That a payment belongs to an invoice.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoicePayment {
    pub id: String,
    pub invoice: Option<String>,
    pub payment_intent: Option<String>,
    pub amount_paid: Option<i64>,
    /// Stripe's word: `open`, `paid` or `canceled`.
    pub status: Option<String>,
    /// Empty where it came inside an invoice, whose raw JSON has it.
    pub raw: String,
}

quiet_debug!(Invoice);
quiet_debug!(InvoicePayment);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    #[serde(default)]
    id: String,
    number: Option<String>,
    status: Option<String>,
    #[serde(default)]
    customer: Expanded<Nothing>,
    /// Where older versions have it.
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    parent: Option<ParentWire>,
    currency: String,
    #[serde(default)]
    total: i64,
    #[serde(default)]
    amount_due: i64,
    #[serde(default)]
    amount_paid: i64,
    #[serde(default)]
    amount_remaining: i64,
    billing_reason: Option<String>,
    #[serde(default)]
    attempt_count: u64,
    next_payment_attempt: Option<i64>,
    period_start: Option<i64>,
    period_end: Option<i64>,
    hosted_invoice_url: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    payments: Option<PaymentsWire>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    #[serde(default, deserialize_with = "if_readable")]
    status_transitions: Option<TransitionsWire>,
    livemode: Option<bool>,
    created: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct ParentWire {
    #[serde(default, deserialize_with = "if_readable")]
    subscription_details: Option<SubscriptionWire>,
}

#[derive(Debug, Default, Deserialize)]
struct SubscriptionWire {
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct TransitionsWire {
    paid_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct PaymentsWire {
    #[serde(default)]
    data: Vec<PaymentWire>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaymentWire {
    id: String,
    #[serde(default)]
    invoice: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    payment: Option<MeansWire>,
    amount_paid: Option<i64>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct MeansWire {
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
}

impl FromStripe for Invoice {
    type Wire = Wire;
    const NAME: &'static str = "invoice";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let of = wire
            .parent
            .and_then(|parent| parent.subscription_details)
            .unwrap_or_default();
        let payments = wire.payments.map(|list| list.data).unwrap_or_default();
        Ok(Self {
            subscription: of.subscription.into_id().or(wire.subscription.into_id()),
            subscription_metadata: of.metadata.unwrap_or_default(),
            amount_due: money(wire.amount_due, &wire.currency)?,
            amount_paid: money(wire.amount_paid, &wire.currency)?,
            amount_remaining: money(wire.amount_remaining, &wire.currency)?,
            currency: currency(&wire.currency)?,
            id: wire.id,
            number: wire.number,
            status: wire.status,
            customer: wire.customer.into_id(),
            total: wire.total,
            billing_reason: wire.billing_reason,
            attempt_count: wire.attempt_count,
            next_payment_attempt: at(wire.next_payment_attempt),
            period_start: at(wire.period_start),
            period_end: at(wire.period_end),
            url: wire.hosted_invoice_url,
            payments: payments
                .into_iter()
                .map(|payment| InvoicePayment::from_wire(payment, String::new(), live))
                .collect::<Result<_, _>>()?,
            metadata: wire.metadata.unwrap_or_default(),
            livemode: wire.livemode.unwrap_or(live),
            created: at(wire.created),
            paid_at: at(wire.status_transitions.and_then(|times| times.paid_at)),
            raw,
        })
    }
}

impl FromStripe for InvoicePayment {
    type Wire = PaymentWire;
    const NAME: &'static str = "invoice_payment";

    fn from_wire(wire: PaymentWire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            invoice: wire.invoice.into_id(),
            payment_intent: wire.payment.and_then(|means| means.payment_intent.into_id()),
            amount_paid: wire.amount_paid,
            status: wire.status,
            raw,
        })
    }
}
