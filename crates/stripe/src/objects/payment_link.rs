//! Payment links.

use serde::Deserialize;

use super::quiet_debug;
use crate::read::{FromStripe, Metadata, Unusable, if_readable};

#[derive(Clone, PartialEq, Eq)]
pub struct PaymentLink {
    pub id: String,
    /// What the customer opens.
    pub url: String,
    pub active: bool,
    pub livemode: bool,
    pub metadata: Metadata,
    pub raw: String,
}

quiet_debug!(PaymentLink);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    url: String,
    active: Option<bool>,
    livemode: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

impl FromStripe for PaymentLink {
    type Wire = Wire;
    const NAME: &'static str = "payment_link";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            url: wire.url,
            active: wire.active.unwrap_or(true),
            livemode: wire.livemode.unwrap_or(live),
            metadata: wire.metadata.unwrap_or_default(),
            raw,
        })
    }
}
