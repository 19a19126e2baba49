//! What came in: totals with what is behind them, and the list of all charges.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Charge, ConversationId, Money, Signed, Timestamp};

/// The shop's money in one currency at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub currency: String,
    /// Every currency that was ever asked in, the usual one first.
    pub currencies: Vec<String>,
    /// Since midnight by this machine's clock.
    pub today: Takings,
    pub waiting: Waiting,
    /// Of the charges made in the last 30 days, today included.
    pub conversion: Conversion,
    pub approvals: Approvals,
    /// Of the newest reading of the account.
    pub reconciled: Option<Reconciled>,
    /// Oldest first, today last.
    pub days: Vec<DayTakings>,
    pub disputes_open: u32,
    pub contested: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Takings {
    pub amount: Money,
    /// What of it was given back since.
    pub refunded: Money,
    pub payments: u32,
    /// After Stripe's fees, of those payments whose fee is known and in this currency.
    pub net: Signed,
    /// Payments whose fee is not known yet.
    pub without_fee: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    pub amount: Money,
    pub links: u32,
    pub oldest: Option<Timestamp>,
}

/// How many of a period's links were paid, and how fast: of those that went out and were not withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Conversion {
    pub links: u32,
    pub paid: u32,
    /// From the link to the money; half of those paid were faster.
    pub median_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    pub amount: Money,
    pub charges: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Reconciled {
    pub payments: u32,
    pub open: u32,
    pub until: Timestamp,
    /// When the account was read: what came since is not in it.
    pub read_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayTakings {
    /// Such as `2026-11-22`, by this machine's clock.
    pub day: String,
    pub amount: Money,
    pub payments: u32,
}

/// Which charges the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PaymentFilter {
    All,
    Paid,
    /// The customer has, or is about to get, a link whose money is still waited for: also where a voucher is under way,
    /// or a first try was declined.
    Sent,
    /// A voucher or transfer is under way.
    Voucher,
    Failed,
    Refunded,
    ToFulfil,
    /// Money at Stripe that no conversation asked for.
    Unmatched,
    /// Said to be paid, and not known to Stripe; or disputed.
    Red,
    Approval,
}

/// A filter and the words beside it, saved to be asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedFilter {
    pub filter: PaymentFilter,
    pub query: String,
}

impl PaymentFilter {
    pub const ALL: [Self; 10] = [
        Self::All,
        Self::Paid,
        Self::Sent,
        Self::Voucher,
        Self::Failed,
        Self::Refunded,
        Self::ToFulfil,
        Self::Unmatched,
        Self::Red,
        Self::Approval,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterCount {
    pub filter: PaymentFilter,
    pub count: u32,
}

/// A charge, or money that came without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRow {
    pub key: String,
    pub at: Timestamp,
    pub amount: Money,
    pub description: String,
    pub method: Option<String>,
    /// Whose chat it is of; of money from elsewhere whoever paid it, as Stripe knows them.
    pub customer: Option<String>,
    pub conversation: Option<ConversationId>,
    /// `None` where no conversation asked for it.
    pub charge: Option<Charge>,
    pub payment_intent: Option<String>,
}
