//! Subscriptions and plans of instalments, as Stripe has them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChargeId, ConversationId, DeedId, Money, Recurring, Timestamp, Words};

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SubscriptionStatus {
    /// The customer has agreed; nothing is due yet.
    Trialing,
    Active,
    /// A payment failed. Stripe tries again by itself.
    PastDue,
    /// The shop has stopped collecting for a while.
    Paused,
    /// It ended before its time, or by somebody's wish.
    Cancelled,
    /// All instalments are paid.
    Finished,
}

impl SubscriptionStatus {
    pub const ALL: [Self; 6] = [
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Paused,
        Self::Cancelled,
        Self::Finished,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }

    /// Returns the status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Returns whether nothing will ever be charged again.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Finished)
    }
}

/// Whether a customer has subscribed through a charge's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subscribed {
    #[default]
    Not,
    Going,
    Over,
}

/// A subscription as last read back from Stripe.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is true of a subscription is independent of each other"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRecord {
    pub id: String,
    pub charge: ChargeId,
    pub customer: Option<String>,
    /// Stripe's own word.
    pub stripe_status: String,
    pub paused: bool,
    pub resumes_at: Option<Timestamp>,
    /// What each period asks for.
    pub amount: Money,
    pub every: Recurring,
    /// After so many payments it ends.
    pub instalments: Option<u32>,
    pub period_end: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    pub cancel_at: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub ended_at: Option<Timestamp>,
    pub started_at: Timestamp,
    /// The one item's price at Stripe, which a plan's schedule goes on with.
    pub price: Option<String>,
    pub schedule: Option<String>,
    /// Stripe was told to end it after its last payment, and has confirmed that.
    pub is_planned: bool,
    pub livemode: bool,
    /// When it was asked for: an older answer never replaces a newer one.
    pub read_at: Timestamp,
}

impl SubscriptionRecord {
    /// Returns how it stands once `paid` of its payments have come.
    ///
    /// A plan is finished with its last payment: Stripe lets the month that it paid for pass before it ends it.
    pub fn status(&self, paid: u32) -> SubscriptionStatus {
        let all_paid = self.is_all_paid(paid);
        match self.stripe_status.as_str() {
            "canceled" | "incomplete_expired" if all_paid => SubscriptionStatus::Finished,
            "canceled" | "incomplete_expired" => SubscriptionStatus::Cancelled,
            _ if all_paid && self.ends_by_itself() => SubscriptionStatus::Finished,
            _ if self.paused => SubscriptionStatus::Paused,
            "paused" => SubscriptionStatus::Paused,
            "trialing" => SubscriptionStatus::Trialing,
            "active" => SubscriptionStatus::Active,
            _ => SubscriptionStatus::PastDue,
        }
    }

    /// Returns when it is charged next, if it will be.
    pub fn next_charge(&self, paid: u32) -> Option<Timestamp> {
        let next = self.period_end?;
        let status = self.status(paid);
        let ends_before = self.cancel_at_period_end || self.cancel_at.is_some_and(|at| at <= next);
        (!status.is_over() && status != SubscriptionStatus::Paused && !ends_before && !self.is_all_paid(paid))
            .then_some(next)
    }

    fn is_all_paid(&self, paid: u32) -> bool {
        self.instalments.is_some_and(|count| paid >= count)
    }

    /// Returns whether Stripe will charge no more though nobody does anything.
    fn ends_by_itself(&self) -> bool {
        self.is_planned || self.cancel_at_period_end || self.cancel_at.is_some()
    }
}

/// An invoice of a subscription as last read back from Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRecord {
    pub id: String,
    pub subscription: String,
    /// Stripe's own word: `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: String,
    pub due: Money,
    pub paid: Money,
    pub attempts: u32,
    /// When Stripe tries again by itself.
    pub retry_at: Option<Timestamp>,
    /// Where the customer can pay it by hand.
    pub url: Option<String>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub read_at: Timestamp,
}

/// A subscription as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Stripe's name for it.
    pub id: String,
    pub charge: ChargeId,
    pub conversation: ConversationId,
    pub customer: String,
    pub description: String,
    pub status: SubscriptionStatus,
    /// What each period asks for.
    pub amount: Money,
    pub every: Recurring,
    /// Of a plan: after so many payments it ends by itself.
    pub instalments: Option<u32>,
    /// How many payments have come, and what they add up to.
    pub payments: u32,
    pub paid: Money,
    pub next_at: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    pub resumes_at: Option<Timestamp>,
    /// It ends when the time that was paid for is over.
    pub ends_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub started_at: Timestamp,
    /// When Stripe tries a failed payment again.
    pub retry_at: Option<Timestamp>,
    /// What keeps a deed or the plan's end from being done.
    pub problem: Option<Words>,
    /// A deed is on its way to Stripe.
    pub busy: bool,
    pub livemode: bool,
}

/// What can be done with a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Deed {
    /// Nothing is charged until then, or until it is resumed.
    Pause {
        until: Option<Timestamp>,
    },
    Resume,
    CancelNow,
    /// It ends when the time that was paid for is over.
    CancelAtPeriodEnd,
    /// It does not end after all.
    KeepGoing,
}

/// A deed as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewDeed {
    /// Made by the click, so that a second one is the same deed.
    pub id: DeedId,
    pub subscription: String,
    pub deed: Deed,
    /// The amount, typed to confirm an end; empty for the rest.
    #[serde(default)]
    pub typed: String,
}

/// What subscribers are told by themselves.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct SubscriptionMessages {
    /// Before each payment, so many days.
    pub before: bool,
    pub before_days: u32,
    /// After each payment.
    pub after: bool,
    /// When a payment fails, with what to do.
    pub failed: bool,
    /// Outside the 24-hour window the kit's templates go instead of nothing.
    pub by_template: bool,
}

impl Default for SubscriptionMessages {
    fn default() -> Self {
        Self {
            before: true,
            before_days: 3,
            after: true,
            failed: true,
            by_template: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn record(stripe_status: &str) -> SubscriptionRecord {
        SubscriptionRecord {
            id: "sub_1".into(),
            charge: ChargeId::new(),
            customer: None,
            stripe_status: stripe_status.into(),
            paused: false,
            resumes_at: None,
            amount: Money::from_minor(100_00, Currency::from_code("MXN").unwrap()).unwrap(),
            every: Recurring::MONTHLY,
            instalments: None,
            period_end: Some(Timestamp::from_secs(100)),
            trial_end: None,
            cancel_at: None,
            cancel_at_period_end: false,
            ended_at: None,
            started_at: Timestamp::from_secs(0),
            price: None,
            schedule: None,
            is_planned: false,
            livemode: false,
            read_at: Timestamp::from_secs(1),
        }
    }

    #[test]
    fn a_plan_that_was_paid_is_finished_and_one_that_was_not_is_cancelled() {
        let plan = SubscriptionRecord {
            instalments: Some(3),
            ..record("canceled")
        };
        assert_eq!(plan.status(3), SubscriptionStatus::Finished);
        assert_eq!(plan.status(2), SubscriptionStatus::Cancelled);
        let goes_on = SubscriptionRecord {
            stripe_status: "active".into(),
            ..plan
        };
        assert_eq!(goes_on.next_charge(2), Some(Timestamp::from_secs(100)));
        assert_eq!(goes_on.next_charge(3), None, "the last one was paid");
    }

    #[test]
    fn a_plan_is_finished_with_its_last_payment_if_stripe_will_end_it() {
        let mut plan = SubscriptionRecord {
            instalments: Some(3),
            ..record("active")
        };
        assert_eq!(
            plan.status(3),
            SubscriptionStatus::Active,
            "Stripe would go on to charge it"
        );
        plan.is_planned = true;
        assert_eq!(plan.status(2), SubscriptionStatus::Active);
        assert_eq!(plan.status(3), SubscriptionStatus::Finished);
        plan.is_planned = false;
        plan.cancel_at_period_end = true;
        assert_eq!(plan.status(3), SubscriptionStatus::Finished);
    }

    #[test]
    fn what_ends_or_rests_is_charged_no_more() {
        let mut active = record("active");
        assert_eq!(active.next_charge(1), Some(Timestamp::from_secs(100)));
        active.cancel_at_period_end = true;
        assert_eq!(active.next_charge(1), None);
        active.cancel_at_period_end = false;
        active.paused = true;
        assert_eq!(active.status(1), SubscriptionStatus::Paused);
        assert_eq!(active.next_charge(1), None);
        assert_eq!(record("unpaid").status(1), SubscriptionStatus::PastDue);
    }
}
