//! Subscriptions: a payment that comes again until someone ends it.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::price::{self, Price};
use super::{Nothing, at, quiet_debug};
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable};

#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: String,
    /// Stripe's word: `trialing`, `active`, `past_due`, `unpaid`, `canceled`, `incomplete`,
    /// `incomplete_expired` or `paused`.
    pub status: String,
    pub customer: Option<String>,
    pub items: Vec<SubscriptionItem>,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<Timestamp>,
    pub canceled_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    /// Invoices are made, but not collected.
    pub pause: Option<Pause>,
    pub schedule: Option<String>,
    pub latest_invoice: Option<String>,
    pub default_payment_method: Option<String>,
    pub metadata: Metadata,
    pub livemode: bool,
    pub started: Option<Timestamp>,
    pub created: Option<Timestamp>,
    pub raw: String,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SubscriptionItem {
    pub id: String,
    pub price: Option<Price>,
    pub quantity: u64,
    pub period_start: Option<Timestamp>,
    pub period_end: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Stripe's word for what becomes of the invoices: `keep_as_draft`, `mark_uncollectible` or `void`.
    pub behavior: Option<String>,
    pub resumes_at: Option<Timestamp>,
}

quiet_debug!(Subscription);
quiet_debug!(SubscriptionItem);

impl Subscription {
    /// Returns when the time that was paid for ends: the next charge, unless it is cancelled before.
    pub fn period_end(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(|item| item.period_end).min()
    }

    /// Returns whether nothing will ever be charged again.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "canceled" | "incomplete_expired")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    status: String,
    #[serde(default)]
    customer: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    items: Option<ItemsWire>,
    #[serde(default)]
    cancel_at_period_end: bool,
    cancel_at: Option<i64>,
    canceled_at: Option<i64>,
    ended_at: Option<i64>,
    trial_end: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    pause_collection: Option<PauseWire>,
    #[serde(default)]
    schedule: Expanded<Nothing>,
    #[serde(default)]
    latest_invoice: Expanded<Nothing>,
    #[serde(default)]
    default_payment_method: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    /// Where older versions have it.
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    livemode: Option<bool>,
    start_date: Option<i64>,
    created: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct ItemsWire {
    #[serde(default)]
    data: Vec<ItemWire>,
}

#[derive(Debug, Deserialize)]
struct ItemWire {
    id: String,
    #[serde(default, deserialize_with = "if_readable")]
    price: Option<price::Wire>,
    quantity: Option<u64>,
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct PauseWire {
    behavior: Option<String>,
    resumes_at: Option<i64>,
}

impl FromStripe for Subscription {
    type Wire = Wire;
    const NAME: &'static str = "subscription";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let (start, end) = (wire.current_period_start, wire.current_period_end);
        let items = wire.items.map(|items| items.data).unwrap_or_default();
        Ok(Self {
            items: items
                .into_iter()
                .map(|item| SubscriptionItem {
                    price: item
                        .price
                        .and_then(|price| Price::from_wire(price, String::new(), live).ok()),
                    id: item.id,
                    quantity: item.quantity.unwrap_or(1),
                    period_start: at(item.current_period_start.or(start)),
                    period_end: at(item.current_period_end.or(end)),
                })
                .collect(),
            id: wire.id,
            status: wire.status,
            customer: wire.customer.into_id(),
            cancel_at_period_end: wire.cancel_at_period_end,
            cancel_at: at(wire.cancel_at),
            canceled_at: at(wire.canceled_at),
            ended_at: at(wire.ended_at),
            trial_end: at(wire.trial_end),
            pause: wire.pause_collection.map(|pause| Pause {
                behavior: pause.behavior,
                resumes_at: at(pause.resumes_at),
            }),
            schedule: wire.schedule.into_id(),
            latest_invoice: wire.latest_invoice.into_id(),
            default_payment_method: wire.default_payment_method.into_id(),
            metadata: wire.metadata.unwrap_or_default(),
            livemode: wire.livemode.unwrap_or(live),
            started: at(wire.start_date),
            created: at(wire.created),
            raw,
        })
    }
}
