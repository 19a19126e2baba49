//! Customers.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{at, quiet_debug};
use crate::read::{FromStripe, Metadata, Unusable, if_readable};

#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub deleted: bool,
    /// The newest invoice of a subscription failed or is late.
    pub delinquent: bool,
    pub metadata: Metadata,
    pub created: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(Customer);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    deleted: bool,
    delinquent: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    created: Option<i64>,
}

impl FromStripe for Customer {
    type Wire = Wire;
    const NAME: &'static str = "customer";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            name: wire.name,
            email: wire.email,
            phone: wire.phone,
            deleted: wire.deleted,
            delinquent: wire.delinquent.unwrap_or(false),
            metadata: wire.metadata.unwrap_or_default(),
            created: at(wire.created),
            raw,
        })
    }
}
