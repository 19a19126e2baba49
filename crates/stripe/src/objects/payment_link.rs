//! Payment links.

use serde::Deserialize;

use super::quiet_debug;
use crate::read::{self, FromStripe, Metadata, Unusable, if_readable};

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

impl From<stripe_shared::PaymentLink> for Wire {
    fn from(link: stripe_shared::PaymentLink) -> Self {
        Self {
            id: link.id.to_string(),
            url: link.url,
            active: Some(link.active),
            livemode: Some(link.livemode),
            metadata: Some(link.metadata.into_iter().collect()),
        }
    }
}

impl FromStripe for PaymentLink {
    type Wire = Wire;
    const NAME: &'static str = "payment_link";

    fn wire_from_full(raw: &str) -> Option<Wire> {
        read::full::<stripe_shared::PaymentLink, _>(raw)
    }

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
