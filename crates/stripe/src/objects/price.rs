//! Prices.

use serde::Deserialize;

use super::{Nothing, quiet_debug};
use crate::read::{Expanded, FromStripe, Metadata, Unusable, currency, if_readable, money};
use crate::{Currency, Interval, Money, Recurring, TaxBehavior};

#[derive(Clone, PartialEq, Eq)]
pub struct Price {
    pub id: String,
    pub product: Option<String>,
    pub currency: Currency,
    /// `None` where the customer chooses it, or it depends on how many there are.
    pub unit_amount: Option<Money>,
    pub recurring: Option<Recurring>,
    /// It comes again, even where `recurring` could not be read.
    pub is_recurring: bool,
    pub active: bool,
    pub nickname: Option<String>,
    /// `None` where Stripe's settings decide.
    pub tax: Option<TaxBehavior>,
    pub metadata: Metadata,
    pub raw: String,
}

quiet_debug!(Price);

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wire {
    id: String,
    #[serde(default)]
    product: Expanded<Nothing>,
    currency: String,
    unit_amount: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    recurring: Option<RecurringWire>,
    #[serde(rename = "type")]
    kind: Option<String>,
    active: Option<bool>,
    nickname: Option<String>,
    tax_behavior: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

#[derive(Debug, Clone, Deserialize)]
struct RecurringWire {
    interval: String,
    interval_count: Option<u32>,
}

impl FromStripe for Price {
    type Wire = Wire;
    const NAME: &'static str = "price";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        let recurring = wire.recurring.as_ref().and_then(|recurring| {
            Some(Recurring {
                interval: Interval::from_name(&recurring.interval)?,
                count: recurring.interval_count.unwrap_or(1),
            })
        });
        Ok(Self {
            product: wire.product.into_id(),
            currency: currency(&wire.currency)?,
            unit_amount: wire
                .unit_amount
                .map(|minor| money(minor, &wire.currency))
                .transpose()?,
            is_recurring: wire.recurring.is_some() || wire.kind.as_deref() == Some("recurring"),
            recurring,
            id: wire.id,
            active: wire.active.unwrap_or(true),
            nickname: wire.nickname,
            tax: wire.tax_behavior.as_deref().and_then(TaxBehavior::from_name),
            metadata: wire.metadata.unwrap_or_default(),
            raw,
        })
    }
}
