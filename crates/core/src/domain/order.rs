//! A customer's cart, as a charge that only needs a look.

use serde::Serialize;
use specta::Type;

use super::{MessageId, Money, ProductId};

/// What a cart adds up to, by exact arithmetic on what WhatsApp wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrderDraft {
    pub message: MessageId,
    pub lines: Vec<OrderLine>,
    /// `None` where a price is missing or the currencies differ: `problem` says which.
    pub total: Option<Money>,
    /// What the charge would say.
    pub description: String,
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    /// The shop's own id of the product.
    pub product: String,
    /// The catalog's product with that id, or of that name.
    pub known: Option<ProductId>,
    /// As the catalog names it, else the shop's own id.
    pub name: String,
    /// 0 where it could not be read.
    pub quantity: u32,
    /// For one.
    pub price: Option<Money>,
    pub sum: Option<Money>,
}
