//! Products.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable};

#[derive(Clone, PartialEq, Eq)]
pub struct Product {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub active: bool,
    pub images: Vec<String>,
    pub default_price: Option<String>,
    pub tax_code: Option<String>,
    pub metadata: Metadata,
    pub updated: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(Product);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    name: String,
    description: Option<String>,
    active: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    images: Option<Vec<String>>,
    #[serde(default)]
    default_price: Expanded<Nothing>,
    #[serde(default)]
    tax_code: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    updated: Option<i64>,
}

impl FromStripe for Product {
    type Wire = Wire;
    const NAME: &'static str = "product";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            name: wire.name,
            description: wire.description,
            active: wire.active.unwrap_or(true),
            images: wire.images.unwrap_or_default(),
            default_price: wire.default_price.into_id(),
            tax_code: wire.tax_code.into_id(),
            metadata: wire.metadata.unwrap_or_default(),
            updated: at(wire.updated),
            raw,
        })
    }
}
