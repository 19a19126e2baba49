//! A line of a payment link or a checkout.

use serde_json::{Value, json};

use crate::stripe::currency::Currency;
use crate::stripe::ledger::Ledger;
use crate::stripe::objects::price::Cycle;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) price: String,
    pub(crate) description: String,
    pub(crate) quantity: i64,
    pub(crate) unit_amount: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) cycle: Option<Cycle>,
    /// Between which quantities the customer may choose.
    pub(crate) adjustable: Option<(i64, i64)>,
}

impl Line {
    pub(crate) fn render(&self, ledger: &Ledger) -> Value {
        json!({
            "id": self.id,
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": self.amount,
            "amount_tax": 0,
            "amount_total": self.amount,
            "currency": self.currency.code(),
            "description": self.description,
            "price": ledger.prices.get(&self.price).map(Object::render),
            "quantity": self.quantity,
        })
    }
}
