//! Charges: what was asked of a customer, and what Stripe says came of it.

use cobro_stripe::{Reason, StripeObject};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    ChargeId, ChargeLine, ChargeTerms, Collected, ConversationId, Delivery, MessageId, Money, NewChargeLine,
    ShippingRate, Subscribed, Timestamp, Totals, Way, Words,
};

/// What became of the money, as Stripe's own objects say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Payment {
    /// Saved here; Stripe has not confirmed a link yet.
    Draft,
    NeedsApproval,
    /// The customer has, or is about to get, the link.
    Open,
    /// A voucher or transfer is under way.
    Processing,
    PartlyPaid,
    Overpaid,
    Paid,
    PartlyRefunded,
    Refunded,
    Disputed,
    /// A card was declined; the link still works.
    FailedAttempt,
    Expired,
    /// The seller withdrew it. A payment that still arrives counts.
    Cancelled,
    Unknown,
}

impl Payment {
    pub(crate) const ALL: [Self; 14] = [
        Self::Draft,
        Self::NeedsApproval,
        Self::Open,
        Self::Processing,
        Self::PartlyPaid,
        Self::Overpaid,
        Self::Paid,
        Self::PartlyRefunded,
        Self::Refunded,
        Self::Disputed,
        Self::FailedAttempt,
        Self::Expired,
        Self::Cancelled,
        Self::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::NeedsApproval => "needs_approval",
            Self::Open => "open",
            Self::Processing => "processing",
            Self::PartlyPaid => "partly_paid",
            Self::Overpaid => "overpaid",
            Self::Paid => "paid",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::FailedAttempt => "failed_attempt",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|payment| payment.as_str() == name)
    }

    /// Returns whether the seller may still withdraw a charge that is to be paid once.
    pub fn can_cancel(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::NeedsApproval | Self::Open | Self::FailedAttempt
        )
    }

    /// Returns whether money came, whatever became of it later.
    pub fn is_settled(self) -> bool {
        matches!(
            self,
            Self::PartlyPaid
                | Self::Paid
                | Self::Overpaid
                | Self::PartlyRefunded
                | Self::Refunded
                | Self::Disputed
        )
    }

    /// Returns whether the customer's money is still awaited.
    pub fn is_awaited(self) -> bool {
        matches!(
            self,
            Self::Open | Self::Processing | Self::FailedAttempt | Self::PartlyPaid
        )
    }
}

/// How far Stripe has come with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    Succeeded,
    /// A voucher or transfer that may still be paid.
    Processing,
    /// A card was declined; the customer may try again.
    Failed,
    /// A voucher ran out or the payment was cancelled: this one will never be paid.
    Ended,
}

impl PaymentStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Processing => "processing",
            Self::Failed => "failed",
            Self::Ended => "ended",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Succeeded, Self::Processing, Self::Failed, Self::Ended]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// One payment as last read back from Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRecord {
    pub payment_intent: String,
    pub stripe_charge: Option<String>,
    pub checkout_session: Option<String>,
    pub charge: Option<ChargeId>,
    pub status: PaymentStatus,
    pub amount: Money,
    pub refunded_minor: i64,
    pub disputed: bool,
    /// In the account's settlement currency; absent for a moment after capture.
    pub fee: Option<Money>,
    pub net_minor: Option<i64>,
    pub method: Option<String>,
    pub failure: Option<String>,
    /// Until when a voucher can be paid, and where the customer sees it.
    pub voucher_until: Option<Timestamp>,
    pub voucher_url: Option<String>,
    /// What of a transfer has come so far.
    pub funded_minor: i64,
    pub livemode: bool,
    pub paid_at: Option<Timestamp>,
    pub verified_at: Timestamp,
    /// What Stripe asked for in its session, with the way of delivery and a code,
    /// where its lines are the ones that we asked for.
    pub asked_minor: Option<i64>,
    pub collected: Option<Collected>,
    /// The invoice that it paid, of a charge that comes again.
    pub invoice: Option<String>,
}

/// What decides a charge's payment state besides its payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFacts {
    pub amount: Money,
    pub single_use: bool,
    pub has_link: bool,
    /// The link was switched off at Stripe, and why.
    pub closed: Option<Closing>,
    /// What it asks for comes again, so that more than the amount is not too much.
    pub recurs: bool,
    pub subscribed: Subscribed,
}

/// How far an order is. A person moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Fulfilment {
    New,
    Preparing,
    Shipped,
    Delivered,
}

impl Fulfilment {
    pub const ALL: [Self; 4] = [Self::New, Self::Preparing, Self::Shipped, Self::Delivered];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Preparing => "preparing",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }
}

/// Why a link is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    Cancel,
    Expire,
}

impl Closing {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Expire => "expire",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Cancel, Self::Expire]
            .into_iter()
            .find(|closing| closing.as_str() == name)
    }
}

/// How far the making of the link has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Creation {
    /// A person asked for it; it is made, or will be.
    #[default]
    Wanted,
    Done,
    /// It waits for a person to try again.
    Stopped,
}

impl Creation {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Wanted, Self::Done, Self::Stopped]
            .into_iter()
            .find(|creation| creation.as_str() == name)
    }
}

/// Returns the payment state that Stripe's payments add up to.
///
/// It looks at all of them at once, so the order in which they were learned,
/// or how often, makes no difference.
pub fn payment_of(facts: PaymentFacts, payments: &[PaymentRecord]) -> Payment {
    let ours = || {
        payments
            .iter()
            .filter(|payment| payment.amount.currency() == facts.amount.currency())
    };
    let has = |status: PaymentStatus| payments.iter().any(|payment| payment.status == status);
    let paid: i64 = ours()
        .filter(|payment| payment.status == PaymentStatus::Succeeded)
        .map(|payment| payment.amount.minor())
        .sum();
    let refunded: i64 = ours().map(|payment| payment.refunded_minor).sum();
    let due = ours()
        .filter(|payment| payment.status == PaymentStatus::Succeeded)
        .filter_map(|payment| payment.asked_minor)
        .max()
        .unwrap_or(facts.amount.minor());

    // A code may have taken everything off: then nothing is due, and nothing comes.
    let is_free = paid == 0 && due == 0 && ours().any(|payment| payment.status == PaymentStatus::Succeeded);
    if paid > 0 || is_free {
        if payments.iter().any(|payment| payment.disputed) {
            return Payment::Disputed;
        }
        return match (refunded, paid.cmp(&due)) {
            (refunded, _) if refunded > 0 && refunded >= paid => Payment::Refunded,
            (refunded, _) if refunded > 0 => Payment::PartlyRefunded,
            _ if facts.recurs => Payment::Paid,
            (_, std::cmp::Ordering::Less) => Payment::PartlyPaid,
            (_, std::cmp::Ordering::Greater) if facts.single_use => Payment::Overpaid,
            _ => Payment::Paid,
        };
    }
    if has(PaymentStatus::Succeeded) {
        // Money came in another currency than was asked: a person must look.
        return Payment::Unknown;
    }
    if has(PaymentStatus::Processing) {
        if ours().any(|payment| payment.status == PaymentStatus::Processing && payment.funded_minor > 0) {
            return Payment::PartlyPaid;
        }
        return Payment::Processing;
    }
    match facts.subscribed {
        // Nothing was due yet: a trial. The link is used up, and the money comes by itself.
        Subscribed::Going => return Payment::Processing,
        Subscribed::Over => return Payment::Cancelled,
        Subscribed::Not => {}
    }
    match facts.closed {
        Some(Closing::Cancel) => return Payment::Cancelled,
        Some(Closing::Expire) => return Payment::Expired,
        None => {}
    }
    if has(PaymentStatus::Ended) && facts.single_use {
        // A voucher completes the session, so the unpaid one used the link up.
        return Payment::Expired;
    }
    if has(PaymentStatus::Failed) || has(PaymentStatus::Ended) {
        return Payment::FailedAttempt;
    }
    if facts.has_link {
        Payment::Open
    } else {
        Payment::Draft
    }
}

/// Returns whether enough came to hand over what was asked for, whatever of it went back later.
pub(crate) fn is_paid_in_full(facts: PaymentFacts, payments: &[PaymentRecord]) -> bool {
    let before: Vec<PaymentRecord> = payments
        .iter()
        .map(|payment| PaymentRecord {
            refunded_minor: 0,
            disputed: false,
            ..payment.clone()
        })
        .collect();
    matches!(payment_of(facts, &before), Payment::Paid | Payment::Overpaid)
}

/// The names of a charge at Stripe.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StripeIds {
    pub payment_link: Option<String>,
    pub checkout_session: Option<String>,
    pub payment_intent: Option<String>,
}

/// A charge with all that is known of it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is true of a charge is independent of each other"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    pub id: ChargeId,
    pub conversation: ConversationId,
    pub amount: Money,
    pub description: String,
    pub payment: Payment,
    /// How far the message with the link has come.
    pub delivery: Option<Delivery>,
    pub link: Option<String>,
    pub single_use: bool,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When Stripe confirmed the link.
    pub opened_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub fee: Option<Money>,
    pub net: Option<Money>,
    pub refunded: Option<Money>,
    /// What came so far, where that is not just what was asked.
    pub received: Option<Money>,
    /// Until when the customer can pay the voucher, and where it is.
    pub voucher_until: Option<Timestamp>,
    pub voucher_url: Option<String>,
    /// A check found nothing at Stripe behind what was said here.
    pub contested_at: Option<Timestamp>,
    /// How far the order is, once its money is there.
    pub fulfilment: Option<Fulfilment>,
    pub fulfilment_at: Option<Timestamp>,
    /// The charge in whose place it was made.
    pub replaces: Option<ChargeId>,
    /// The charge that was made in its place.
    pub replaced_by: Option<ChargeId>,
    /// This customer is not to be reminded.
    pub reminders_off: bool,
    /// How often the customer was reminded.
    pub reminded: u32,
    /// What the customer paid with, such as `card •• 4242`.
    pub method: Option<String>,
    pub problem: Option<Words>,
    pub livemode: bool,
    /// Its link was withdrawn or is over, as Stripe has confirmed: nobody can pay it any more.
    pub switched_off: bool,
    /// When Stripe's own object was last read back.
    pub verified_at: Option<Timestamp>,
    pub stripe_ids: StripeIds,
    /// What it is for: at least one line.
    pub lines: Vec<ChargeLine>,
    pub terms: ChargeTerms,
    /// What the lines add up to; `now` is `amount`.
    pub totals: Totals,
    /// The charge that asks for what this deposit left owed.
    pub rest_charge: Option<ChargeId>,
    /// What carries it at Stripe.
    pub carrier: StripeObject,
    /// Of a plan: how many of its payments have come.
    pub instalments: Option<Instalments>,
    /// What the pay page collected.
    pub collected: Option<Collected>,
    /// What it sold was taken from the stock and may be put back, once.
    pub can_restock: bool,
    /// The message that carries the link.
    #[serde(skip)]
    pub message: Option<MessageId>,
    /// A request to withdraw or expire it is under way.
    #[serde(skip)]
    pub closing: Option<Closing>,
    #[serde(skip)]
    pub creation: Creation,
}

impl Charge {
    /// Returns whether the seller may still withdraw it. A link that may be paid often
    /// can be paid after a payment too, until it is switched off.
    pub fn can_cancel(&self) -> bool {
        self.payment.can_cancel() || (!self.single_use && self.link.is_some() && !self.switched_off)
    }

    /// Returns whether its link is still to be made, by itself; else a person has to do something.
    pub fn tries_again(&self) -> bool {
        self.link.is_none() && self.creation == Creation::Wanted
    }

    /// Returns whether its link may still go out: money is awaited, and nobody is switching it off.
    pub(crate) fn awaits_money(&self) -> bool {
        self.payment.is_awaited() && self.closing.is_none()
    }
}

/// How many of a plan's payments have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Instalments {
    pub paid: u32,
    pub count: u32,
}

/// A charge as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChargeChip {
    pub amount: Money,
    pub payment: Payment,
    pub delivery: Option<Delivery>,
    /// Of a plan of instalments.
    pub instalments: Option<Instalments>,
}

/// What a person asks for when they charge.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewCharge {
    /// Made by the first click, so that a second one is the same charge.
    pub id: ChargeId,
    pub conversation: ConversationId,
    pub amount: Money,
    pub description: String,
    pub single_use: bool,
    pub expires_in_hours: Option<u32>,
    /// The words above the pay button; empty for the usual ones.
    pub message: String,
    /// What it is for; empty where the amount and the description say all.
    #[serde(default)]
    pub lines: Vec<NewChargeLine>,
    #[serde(default)]
    pub terms: ChargeTerms,
}

impl NewCharge {
    /// Returns a charge of one amount, paid once.
    pub fn new(conversation: ConversationId, amount: Money, description: impl Into<String>) -> Self {
        Self {
            id: ChargeId::new(),
            conversation,
            amount,
            description: description.into(),
            single_use: true,
            expires_in_hours: None,
            message: String::new(),
            lines: Vec::new(),
            terms: ChargeTerms::default(),
        }
    }
}

/// A charge as it is being written, of which one wants to know what would come of it.
#[derive(Clone, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChargeQuestion {
    pub conversation: ConversationId,
    /// Where there are no lines.
    pub amount: Option<Money>,
    pub description: String,
    pub single_use: bool,
    pub expires_in_hours: Option<u32>,
    /// The person's own words; `None` for the usual ones.
    pub message: Option<String>,
    #[serde(default)]
    pub lines: Vec<NewChargeLine>,
    #[serde(default)]
    pub terms: ChargeTerms,
}

impl ChargeQuestion {
    /// Returns the question about a charge of one amount, paid once.
    pub fn new(conversation: ConversationId, amount: Money, description: impl Into<String>) -> Self {
        Self {
            conversation,
            amount: Some(amount),
            description: description.into(),
            single_use: true,
            expires_in_hours: None,
            message: None,
            lines: Vec::new(),
            terms: ChargeTerms::default(),
        }
    }
}

/// The message is private.
impl std::fmt::Debug for ChargeQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChargeQuestion").finish_non_exhaustive()
    }
}

/// The message is private; the rest may be logged.
impl std::fmt::Debug for NewCharge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCharge")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// The object at Stripe that carries a charge, and why that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Carrier {
    pub object: StripeObject,
    pub reason: Reason,
    /// It was to last longer, but ends within a day.
    pub ends_within_a_day: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum WarningKind {
    SameAmountOpen,
    /// The same amount was paid here today.
    SameAmountPaid,
    BelowMinimum,
    /// Stripe takes no more at once.
    AboveMaximum,
    Implausible,
    /// A hundred times what is usually charged: two zeros too many.
    HundredTimesUsual,
    OutOfStock,
    /// The object at Stripe ends sooner than was asked for.
    EndsSooner,
    WindowClosed,
    NotChargeable,
}

/// What speaks against a charge before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChargeWarning {
    pub kind: WarningKind,
    pub blocking: bool,
    pub text: String,
}

/// What the customer would get and the shop would keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChargePreview {
    pub message: String,
    /// The template that carries it, where the 24-hour window is closed.
    pub template: Option<String>,
    pub button: String,
    /// An estimate, and on what it rests.
    pub fee: Option<Money>,
    pub net: Option<Money>,
    pub fee_basis: Option<String>,
    pub warnings: Vec<ChargeWarning>,
    /// The lines with the catalog's prices.
    pub lines: Vec<ChargeLine>,
    pub totals: Totals,
    /// What carries it at Stripe, and why that.
    pub carrier: Carrier,
    /// How it can be paid; nothing while Stripe has not said what the account can do.
    pub ways: Vec<Way>,
    /// Ways of delivery that were offered before, the newest first.
    pub rates: Vec<ShippingRate>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use proptest::prelude::*;

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
    }

    fn facts() -> PaymentFacts {
        PaymentFacts {
            amount: mxn(1000),
            single_use: true,
            has_link: true,
            closed: None,
            recurs: false,
            subscribed: Subscribed::Not,
        }
    }

    fn payment(status: PaymentStatus, minor: i64) -> PaymentRecord {
        PaymentRecord {
            payment_intent: format!("pi_{minor}"),
            stripe_charge: None,
            checkout_session: None,
            charge: None,
            status,
            amount: mxn(minor),
            refunded_minor: 0,
            disputed: false,
            fee: None,
            net_minor: None,
            method: None,
            failure: None,
            voucher_until: None,
            voucher_url: None,
            funded_minor: 0,
            livemode: false,
            paid_at: None,
            verified_at: Timestamp::from_secs(0),
            asked_minor: None,
            collected: None,
            invoice: None,
        }
    }

    #[test]
    fn each_month_of_a_subscription_is_asked_for() {
        let facts = PaymentFacts {
            recurs: true,
            subscribed: Subscribed::Going,
            ..facts()
        };
        assert_eq!(payment_of(facts, &[]), Payment::Processing, "a trial");
        let mut months = vec![payment(PaymentStatus::Succeeded, 1000); 12];
        assert_eq!(payment_of(facts, &months), Payment::Paid);
        months.push(payment(PaymentStatus::Failed, 1000));
        assert_eq!(payment_of(facts, &months), Payment::Paid, "what came stays paid");
        let never = PaymentFacts {
            subscribed: Subscribed::Over,
            ..facts
        };
        assert_eq!(payment_of(never, &[]), Payment::Cancelled);
    }

    #[test]
    fn money_that_arrives_after_a_withdrawal_counts() {
        let facts = PaymentFacts {
            closed: Some(Closing::Cancel),
            ..facts()
        };
        assert_eq!(payment_of(facts, &[]), Payment::Cancelled);
        assert_eq!(
            payment_of(facts, &[payment(PaymentStatus::Succeeded, 1000)]),
            Payment::Paid
        );
    }

    #[test]
    fn an_unpaid_voucher_uses_a_single_use_link_up() {
        let ended = [payment(PaymentStatus::Ended, 1000)];
        assert_eq!(payment_of(facts(), &ended), Payment::Expired);
        assert_eq!(
            payment_of(
                PaymentFacts {
                    single_use: false,
                    ..facts()
                },
                &ended
            ),
            Payment::FailedAttempt
        );
    }

    #[test]
    fn what_went_back_later_was_paid_all_the_same() {
        let back = PaymentRecord {
            refunded_minor: 400,
            disputed: true,
            ..payment(PaymentStatus::Succeeded, 1000)
        };
        assert!(is_paid_in_full(facts(), &[back]));
        assert!(!is_paid_in_full(
            facts(),
            &[payment(PaymentStatus::Succeeded, 999)]
        ));
        assert!(!is_paid_in_full(
            facts(),
            &[payment(PaymentStatus::Processing, 1000)]
        ));
    }

    #[test]
    fn paying_twice_for_one_charge_is_seen() {
        let twice = [
            payment(PaymentStatus::Succeeded, 1000),
            payment(PaymentStatus::Succeeded, 1000),
        ];
        assert_eq!(payment_of(facts(), &twice), Payment::Overpaid);
    }

    #[test]
    fn what_was_added_on_the_pay_page_is_not_too_much() {
        let with_delivery = PaymentRecord {
            asked_minor: Some(1080),
            ..payment(PaymentStatus::Succeeded, 1080)
        };
        assert_eq!(
            payment_of(facts(), std::slice::from_ref(&with_delivery)),
            Payment::Paid
        );
        let twice = [with_delivery, payment(PaymentStatus::Succeeded, 1080)];
        assert_eq!(payment_of(facts(), &twice), Payment::Overpaid);
    }

    #[test]
    fn a_code_that_takes_everything_off_pays_with_nothing() {
        let free = PaymentRecord {
            asked_minor: Some(0),
            ..payment(PaymentStatus::Succeeded, 0)
        };
        assert_eq!(payment_of(facts(), std::slice::from_ref(&free)), Payment::Paid);
        let unexplained = PaymentRecord {
            asked_minor: None,
            ..free
        };
        assert_eq!(payment_of(facts(), &[unexplained]), Payment::Unknown);
    }

    #[test]
    fn another_currency_is_never_called_paid() {
        let mut other = payment(PaymentStatus::Succeeded, 1000);
        other.amount = Money::from_minor(1000, Currency::from_code("USD").unwrap()).unwrap();
        assert_eq!(payment_of(facts(), &[other]), Payment::Unknown);
    }

    fn any_payment() -> impl Strategy<Value = PaymentRecord> {
        (0..4_usize, 1..3000_i64, 0..3000_i64, any::<bool>()).prop_map(
            |(status, minor, refunded, disputed)| {
                let all = [
                    PaymentStatus::Succeeded,
                    PaymentStatus::Processing,
                    PaymentStatus::Failed,
                    PaymentStatus::Ended,
                ];
                PaymentRecord {
                    refunded_minor: refunded.min(minor),
                    disputed,
                    ..payment(all[status], minor)
                }
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_of_learning_makes_no_difference(mut payments in prop::collection::vec(any_payment(), 0..5)) {
            let forwards = payment_of(facts(), &payments);
            payments.reverse();
            prop_assert_eq!(forwards, payment_of(facts(), &payments));
        }

        #[test]
        fn nothing_is_paid_without_a_payment_that_succeeded(payments in prop::collection::vec(any_payment(), 0..5)) {
            let succeeded = payments.iter().any(|payment| payment.status == PaymentStatus::Succeeded);
            let state = payment_of(facts(), &payments);
            if !succeeded {
                prop_assert!(!matches!(state, Payment::Paid | Payment::Overpaid | Payment::PartlyPaid | Payment::Refunded | Payment::PartlyRefunded));
            }
        }
    }
}
