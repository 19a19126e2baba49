//! Stripe's objects, as much of them as Cobro uses, each with the raw JSON it came as.

mod charge;
mod checkout_session;
mod coupon;
mod customer;
mod payment_intent;
mod payment_link;
mod price;
mod product;
mod refund;

pub(crate) use charge::Nothing;
pub use charge::{BalanceTransaction, PaymentMethodSummary, StripeCharge};
pub use checkout_session::{CheckoutSession, PaymentStatus};
pub use coupon::{Coupon, PromotionCode};
pub use customer::Customer;
pub use payment_intent::{PaymentError, PaymentIntent};
pub use payment_link::PaymentLink;
pub use price::Price;
pub use product::Product;
pub use refund::Refund;

use cobro_protocol::Timestamp;

fn at(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.map(Timestamp::from_secs)
}

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
