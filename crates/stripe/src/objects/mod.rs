//! Stripe's objects, as much of them as Cobro uses, each with the raw JSON it came as.

mod balance_transaction;
mod charge;
mod checkout_session;
mod coupon;
mod customer;
mod dispute;
mod invoice;
pub(crate) mod next_step;
mod payment_intent;
mod payment_link;
mod payout;
mod price;
mod product;
mod refund;
mod subscription;
mod subscription_schedule;
mod test_clock;

pub use balance_transaction::BalanceTransaction;
pub use charge::{Payer, PaymentMethodSummary, StripeCharge};
pub use checkout_session::{CheckoutSession, PaymentStatus, ShippingAddress};
pub use coupon::{Coupon, PromotionCode};
pub use customer::Customer;
pub use dispute::Dispute;
pub use invoice::{Invoice, InvoicePayment};
pub use next_step::NextStep;
pub use payment_intent::{PaymentError, PaymentIntent};
pub use payment_link::PaymentLink;
pub use payout::Payout;
pub use price::Price;
pub use product::Product;
pub use refund::Refund;
pub use subscription::{Pause, Subscription, SubscriptionItem};
pub use subscription_schedule::{SchedulePhase, SubscriptionSchedule};
pub use test_clock::TestClock;

use cobro_protocol::Timestamp;
use serde::Deserialize;

fn at(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.map(Timestamp::from_secs)
}

/// Stands for an object of which only the id is wanted.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Nothing {}

/// Raw JSON names customers: it stays out of logs.
macro_rules! quiet_debug {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))
                    .field("id", &self.id)
                    .finish_non_exhaustive()
            }
        }
    };
}
use quiet_debug;
