//! Links of products: the same for everybody, and paid as often as somebody likes.

use serde::Serialize;
use specta::Type;

use super::{Money, ProductId, Timestamp};

/// A product's link, for one price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProductLink {
    pub product: ProductId,
    pub price: Money,
    pub url: String,
    pub created_at: Timestamp,
}
