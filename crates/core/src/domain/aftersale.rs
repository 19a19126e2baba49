//! What the shop says by itself: after a payment, and while one is awaited.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Charge;

/// What a customer is told once they have paid.
///
/// `{name}`, `{amount}` and `{item}` in a text stand for the customer's.
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
        }
    }
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
