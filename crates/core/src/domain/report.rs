//! A period's sales, for whoever answers for them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Conversion, MemberId, ProductId, Reconciled, Signed, Waiting};

/// Which days a report is about, by the shop's own midnights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ReportPeriod {
    Today,
    /// Today and the six days before.
    SevenDays,
    /// Today and the 29 days before.
    ThirtyDays,
    /// From the first of this month until today.
    Month,
    /// From one day to another, both included, such as `2026-11-01`.
    Days {
        first: String,
        last: String,
    },
}

/// A period's sales in one currency. Amounts of different currencies are never added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub currency: String,
    /// Every currency with a charge or a payment, the usual one first.
    pub currencies: Vec<String>,
    pub first: String,
    pub last: String,
    /// The time zone whose midnights part the days.
    pub zone: String,
    pub links: LinkSums,
    /// Of the charges made in these days.
    pub conversion: Conversion,
    pub collected: Tally,
    /// Given back in these days, of whatever day the payment was.
    pub refunds: Tally,
    /// Given back of payments that no conversation asked for: of those only the payment's day is known.
    pub loose_refunds: Tally,
    /// What banks began to take back in these days, and have not given up.
    pub disputes: Tally,
    /// By the currency in which Stripe reckoned the fee: that of the account, where it is another one.
    pub settled: Vec<Settled>,
    /// Payments whose fee Stripe has not told yet: they are in no net.
    pub without_fee: Tally,
    /// All that is open now, of whatever day.
    pub waiting: Waiting,
    /// Oldest first.
    pub days: Vec<ReportDay>,
    /// By what they collected.
    pub sellers: Vec<SellerSum>,
    /// Money that no conversation asked for: it is nobody's sale.
    pub loose: Tally,
    /// The first of them, by what they came to.
    pub products: Vec<ProductSum>,
    /// What all after the first come to.
    pub other_products: Tally,
    pub methods: Vec<MethodSum>,
    /// Of the newest reading of the account.
    pub reconciled: Option<Reconciled>,
}

/// How many, and what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    pub count: u32,
    pub minor: Signed,
}

/// What became of the charges that were made in the period, each counted in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkSums {
    pub made: Tally,
    /// Also those that were given back or are disputed since.
    pub paid: Tally,
    pub open: Tally,
    pub expired: Tally,
    pub cancelled: Tally,
    /// Not with the customer: no link yet, to be approved, or in doubt.
    pub other: Tally,
}

/// What was left of payments after Stripe's fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    pub currency: String,
    pub payments: u32,
    pub fee: Signed,
    pub net: Signed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReportDay {
    /// Such as `2026-11-22`.
    pub day: String,
    pub made: Tally,
    pub collected: Tally,
    pub refunds: Tally,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SellerSum {
    /// Nobody where the conversation was nobody's.
    pub member: Option<MemberId>,
    pub name: String,
    pub is_me: bool,
    pub made: Tally,
    pub collected: Tally,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProductSum {
    /// Nothing for amounts without a product.
    pub product: Option<ProductId>,
    pub name: String,
    /// Of charges that were paid, or begun to be, in these days.
    pub units: u32,
    /// Its share of what was paid in these days, by the prices of the lines.
    pub minor: Signed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MethodSum {
    /// Stripe's name for the way of paying, where it is known.
    pub method: Option<String>,
    pub collected: Tally,
}
