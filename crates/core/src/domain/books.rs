//! The books: what Stripe has, what is here, and where the two differ.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChargeId, ConversationId, Money, ReconcileId, RefundId, Timestamp, Words};

/// Where reconciling puts one of Stripe's objects. Each is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum BookClass {
    /// A charge of ours, and the same money on both sides.
    Matched,
    /// Money at Stripe that no conversation asked for.
    Unmatched,
    /// Paid here, and Stripe has nothing of it.
    Missing,
    /// The amount or the currency is not the one that was asked for.
    Differs,
    /// A charge that may be paid once was paid again.
    Duplicate,
    RefundOrDispute,
    /// No customer's money: visits and declined cards of others, payouts, Stripe's own fees.
    Other,
}

impl BookClass {
    pub const ALL: [Self; 7] = [
        Self::Matched,
        Self::Unmatched,
        Self::Missing,
        Self::Differs,
        Self::Duplicate,
        Self::RefundOrDispute,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Unmatched => "unmatched",
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Duplicate => "duplicate",
            Self::RefundOrDispute => "refund_or_dispute",
            Self::Other => "other",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Returns whether a person has to look at what is in it.
    pub fn is_exception(self) -> bool {
        matches!(
            self,
            Self::Unmatched | Self::Missing | Self::Differs | Self::Duplicate
        )
    }
}

/// How a reading of the account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReconcileState {
    Running,
    /// It stopped half-way and can go on from there; its problem says why.
    Paused,
    Done,
    Cancelled,
}

impl ReconcileState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Running, Self::Paused, Self::Done, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// What is being done, in the order of doing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReconcileStage {
    Sessions,
    PaymentIntents,
    Charges,
    Invoices,
    Refunds,
    Disputes,
    BalanceTransactions,
    /// What was missed is settled by Stripe's own object.
    Repairing,
    /// What Stripe did not list is asked for by its name.
    LookingUp,
    Judging,
    Done,
}

/// One reading of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Reconciliation {
    pub id: ReconcileId,
    pub since: Timestamp,
    pub until: Timestamp,
    pub livemode: bool,
    pub state: ReconcileState,
    pub stage: ReconcileStage,
    pub reads: u32,
    pub objects: u32,
    /// Objects that could not be told apart. Then the books can't close.
    pub unreadable: u32,
    /// Payments that were missed and are settled now.
    pub repaired: u32,
    /// Lists that could not be read, and why.
    pub skipped: Vec<SkippedShelf>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub problem: Option<Words>,
}

/// One of Stripe's lists that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SkippedShelf {
    /// Stripe's name for what is on it.
    pub shelf: String,
    pub why: String,
}

/// What a reading would cost before it is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileEstimate {
    /// About so many reads; more where the account also sells elsewhere.
    pub reads: u32,
    /// What this month's allowance still has.
    pub left: u32,
    pub allowance: u32,
    /// It is so much that a person should be asked.
    pub warns: bool,
}

/// An amount that may be below zero, such as a balance that lost more than it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Signed(#[specta(type = f64)] pub i64);

/// What one currency's balance did, by Stripe's balance transactions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BalanceSum {
    pub currency: String,
    /// By where the money is put; in the order of the classes.
    pub classes: Vec<ClassSum>,
    /// All of Stripe's balance transactions together.
    pub stripe: MoneySum,
    /// All classes together: equal to Stripe's, to the minor unit.
    pub booked: MoneySum,
    /// What the payments kept here come to, of those that Stripe has in the range.
    pub kept_here: MoneySum,
    /// What Stripe has of the same payments.
    pub matched_at_stripe: MoneySum,
}

impl BalanceSum {
    /// Returns whether every minor unit is accounted for, on both sides.
    pub fn closes(&self) -> bool {
        self.stripe == self.booked && self.kept_here == self.matched_at_stripe
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MoneySum {
    pub amount: Signed,
    pub fee: Signed,
    pub net: Signed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClassSum {
    pub class: BookClass,
    pub sum: MoneySum,
}

/// How many objects a class holds, and how many of them still need a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClassCount {
    pub class: BookClass,
    /// Every object in it, of whatever kind.
    pub objects: u32,
    /// Payments, refunds and disputes in it.
    pub payments: u32,
    /// As many as are listed, declined attempts too.
    pub lines: u32,
    pub open: u32,
}

/// A reading with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileReport {
    pub run: Reconciliation,
    pub counts: Vec<ClassCount>,
    pub sums: Vec<BalanceSum>,
    /// All sums agree, nothing was unreadable and nothing was skipped that holds money.
    pub closes: bool,
    /// Exceptions that nobody has explained.
    pub open: u32,
}

/// One payment, refund or dispute of a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BookLine {
    /// Asks for the lines behind this one.
    pub key: String,
    pub class: BookClass,
    /// Stripe's name for the kind of object, such as `charge` or `refund`.
    pub kind: String,
    pub id: String,
    pub at: Timestamp,
    pub amount: Option<Money>,
    pub fee: Option<Signed>,
    pub net: Option<Signed>,
    /// The currency of fee and net.
    pub settled_in: Option<String>,
    pub status: String,
    pub payment_intent: Option<String>,
    pub buyer: Option<String>,
    pub description: Option<String>,
    pub charge: Option<ChargeId>,
    pub conversation: Option<ConversationId>,
    pub customer: Option<String>,
    /// What was asked for, where that differs.
    pub asked: Option<Money>,
    /// What a person noted when they looked at it.
    pub note: Option<String>,
    /// A person tied it to its conversation.
    pub tied: bool,
}

/// A conversation that an unmatched payment may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TieSuggestion {
    pub conversation: ConversationId,
    pub name: String,
    /// The charge that it would pay; without one it is noted in the conversation.
    pub charge: Option<ChargeId>,
    pub reasons: Vec<TieReason>,
}

/// Why a payment may belong to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum TieReason {
    Phone,
    Email,
    Amount,
    Name,
    /// They wrote within an hour of the payment.
    Time,
}

/// Why money is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RefundReason {
    RequestedByCustomer,
    Duplicate,
    /// Stripe then also learns from it.
    Fraudulent,
    Other,
}

impl RefundReason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequestedByCustomer => "requested_by_customer",
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::Other => "other",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::RequestedByCustomer,
            Self::Duplicate,
            Self::Fraudulent,
            Self::Other,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == name)
    }

    /// Returns what Stripe is told; it has no word for some.
    pub(crate) fn for_stripe(self) -> Option<cobro_stripe::RefundReason> {
        match self {
            Self::RequestedByCustomer => Some(cobro_stripe::RefundReason::RequestedByCustomer),
            Self::Duplicate => Some(cobro_stripe::RefundReason::Duplicate),
            Self::Fraudulent => Some(cobro_stripe::RefundReason::Fraudulent),
            Self::Other => None,
        }
    }
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RefundState {
    /// Asked for here; Stripe has not confirmed it yet.
    Wanted,
    /// Stripe has it; the bank has not.
    Pending,
    Succeeded,
    /// The bank sent it back: the money is on the shop's balance again.
    Failed,
    Cancelled,
    /// It was not made, and will not be unless a person asks again.
    Stopped,
}

impl RefundState {
    const ALL: [Self; 6] = [
        Self::Wanted,
        Self::Pending,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Stopped,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Returns the state that Stripe's word means.
    pub(crate) fn from_stripe(status: &str) -> Self {
        match status {
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "canceled" => Self::Cancelled,
            _ => Self::Pending,
        }
    }

    /// Returns whether its money is gone, or about to go.
    pub fn counts(self) -> bool {
        matches!(self, Self::Wanted | Self::Pending | Self::Succeeded)
    }
}

/// Money given back, or about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    pub id: RefundId,
    pub charge: ChargeId,
    pub payment_intent: String,
    pub amount: Money,
    pub reason: Option<RefundReason>,
    pub note: String,
    pub state: RefundState,
    pub stripe_id: Option<String>,
    /// It was made in Stripe's dashboard, not here.
    pub elsewhere: bool,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    pub problem: Option<Words>,
}

/// What a person asks for when they give money back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewRefund {
    /// Made by the click, so that a second one is the same refund.
    pub id: RefundId,
    pub charge: ChargeId,
    pub amount: Money,
    pub reason: RefundReason,
    /// Why, in the shop's own words; it stays here.
    pub note: String,
    /// The amount once more, as a person typed it to confirm: digits alone count.
    pub typed: String,
}

/// The note is private.
impl std::fmt::Debug for NewRefund {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewRefund")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// How much of a charge can be given back, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refundable {
    /// Nothing where it can't be.
    pub most: Option<Money>,
    pub why_not: Option<Words>,
    /// What should be known before, such as that Stripe keeps its fee.
    pub notes: Vec<RefundNote>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RefundNote {
    /// The fee of the payment stays with Stripe.
    FeeStays,
    /// It has taken or will take days.
    TakesDays,
    /// The bank is taking the money back by a dispute: a refund would give it twice.
    Disputed,
    /// Part of it was given back before.
    Partly,
}

/// A payment that the customer's bank takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    pub id: String,
    pub payment_intent: String,
    pub charge: Option<ChargeId>,
    pub conversation: Option<ConversationId>,
    pub customer: Option<String>,
    pub amount: Money,
    /// Stripe's word, such as `product_not_received`.
    pub reason: String,
    /// Stripe's word, such as `needs_response` or `lost`.
    pub status: String,
    /// Until when evidence is taken.
    pub due_by: Option<Timestamp>,
    /// A person has to answer it.
    pub is_open: bool,
    pub created_at: Timestamp,
    /// Where it is answered.
    pub dashboard: String,
}

/// Money on its way to the shop's bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Payout {
    pub id: String,
    pub amount: Signed,
    pub currency: String,
    /// Stripe's word, such as `in_transit`.
    pub status: String,
    pub arrives: Timestamp,
    pub created_at: Timestamp,
    pub failure: Option<String>,
    pub dashboard: String,
}

/// What is in a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PayoutContents {
    pub lines: Vec<PayoutLine>,
    pub amount: Signed,
    pub fee: Signed,
    pub net: Signed,
    /// There are more than are listed here.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PayoutLine {
    /// The movement of the balance: one object can move it more than once.
    pub id: String,
    /// What moved it, such as a charge or a refund.
    pub source: Option<String>,
    /// Stripe's word, such as `charge` or `refund`.
    pub kind: String,
    pub amount: Signed,
    pub fee: Signed,
    pub net: Signed,
    pub at: Timestamp,
    pub charge: Option<ChargeId>,
    pub conversation: Option<ConversationId>,
    pub customer: Option<String>,
}
