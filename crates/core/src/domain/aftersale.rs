//! What the shop says by itself: after a payment, and while one is awaited.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Charge;

/// What a customer is told once they have paid.
///
/// `{name}`, `{amount}` and `{item}` in a text stand for the customer's.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct AfterSale {
    /// Empty for the usual thanks.
    pub thanks: String,
    /// What happens next, such as when it can be fetched; empty for nothing.
    pub next_step: String,
    /// Asks where to send it.
    pub asks_shipping: bool,
    /// Empty for the usual question.
    pub shipping: String,
    /// Outside the 24-hour window the kit's template goes instead.
    pub by_template: bool,
    /// Offers to tell the customer when the order moves.
    pub tells_order: bool,
    /// Each payment of a subscription is a new order, as of a box that is sent every month; else only the first is.
    pub renews_order: bool,
}

impl Default for AfterSale {
    fn default() -> Self {
        Self {
            thanks: String::new(),
            next_step: String::new(),
            asks_shipping: false,
            shipping: String::new(),
            by_template: false,
            tells_order: true,
            renews_order: true,
        }
    }
}

/// What is told after one product was paid for, in place of the shop's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductAfterSale {
    /// Empty for the shop's.
    pub thanks: String,
    /// What happens next with this product; empty for the shop's.
    pub next_step: String,
    /// Asks where to send it, or does not; `None` as the shop does.
    pub asks_shipping: Option<bool>,
    /// Of a product that is sold by subscription: each payment is a new order, or not; `None` as the shop does.
    pub renews_order: Option<bool>,
}

impl ProductAfterSale {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AfterSale {
    /// Returns what is told after an order of these products: the first product's thanks, every product's
    /// next step once, and the question for an address if any product asks it. What none says is the shop's.
    pub(crate) fn of_order(mut self, products: &[ProductAfterSale]) -> Self {
        if let Some(first) = products.iter().find(|product| !product.thanks.is_empty()) {
            self.thanks.clone_from(&first.thanks);
        }
        let mut steps: Vec<&str> = Vec::new();
        for product in products {
            if !product.next_step.is_empty() && !steps.contains(&product.next_step.as_str()) {
                steps.push(&product.next_step);
            }
        }
        if !steps.is_empty() {
            self.next_step = steps.join("\n");
        }
        self.asks_shipping = any_of(products, |product| product.asks_shipping, self.asks_shipping);
        self.renews_order = any_of(products, |product| product.renews_order, self.renews_order);
        self
    }
}

/// Returns whether any product says so; one that says nothing says what the shop says.
fn any_of(
    products: &[ProductAfterSale],
    says: impl Fn(&ProductAfterSale) -> Option<bool>,
    shops: bool,
) -> bool {
    if products.iter().all(|product| says(product).is_none()) {
        return shops;
    }
    products.iter().any(|product| says(product).unwrap_or(shops))
}

/// When a customer is reminded of a link that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ReminderPolicy {
    pub on: bool,
    /// After the link, and after each reminder.
    pub after_hours: u32,
    /// At most so many for one charge.
    pub most: u32,
    /// Outside the 24-hour window the kit's template goes instead of nothing.
    pub by_template: bool,
    /// Reminds once more before a voucher ends.
    pub vouchers: bool,
    /// How long before its end.
    pub voucher_hours: u32,
}

impl Default for ReminderPolicy {
    fn default() -> Self {
        Self {
            on: false,
            after_hours: 4,
            most: 2,
            by_template: false,
            vouchers: true,
            voucher_hours: 12,
        }
    }
}

/// An order that was moved, and whether the customer was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovedOrder {
    pub charge: Charge,
    pub told: bool,
    /// Why the customer was not told, though it was asked for.
    pub why_not: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(next_step: &str, asks_shipping: Option<bool>) -> ProductAfterSale {
        ProductAfterSale {
            next_step: next_step.into(),
            asks_shipping,
            ..ProductAfterSale::default()
        }
    }

    #[test]
    fn each_product_says_its_next_step_once_and_any_may_ask_for_an_address() {
        let shop = AfterSale {
            thanks: "Thanks!".into(),
            next_step: "See you".into(),
            ..AfterSale::default()
        };
        let after = shop.clone().of_order(&[
            product("Fetch it", Some(false)),
            product("Fetch it", Some(true)),
            product("", None),
        ]);
        assert_eq!(
            (
                after.thanks.as_str(),
                after.next_step.as_str(),
                after.asks_shipping
            ),
            ("Thanks!", "Fetch it", true)
        );
        assert_eq!(shop.clone().of_order(&[product("", None)]), shop);
        let asking = AfterSale {
            asks_shipping: true,
            ..shop
        };
        assert!(!asking.clone().of_order(&[product("", Some(false))]).asks_shipping);
        let beside = [product("", Some(false)), ProductAfterSale::default()];
        assert!(
            asking.of_order(&beside).asks_shipping,
            "a typed line asks as the shop does"
        );
    }
}
