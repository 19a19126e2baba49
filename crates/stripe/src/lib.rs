//! Stripe over async-stripe's types and builders, on our own reqwest transport.

mod account;
mod api;
pub mod budget;
mod choice;
mod coupons;
mod customers;
mod error;
mod events;
pub mod fees;
mod form;
mod lines;
mod links;
mod list;
mod metadata;
mod methods;
mod money;
mod objects;
mod options;
mod payments;
mod prices;
mod products;
mod read;
mod refusal;
mod retry;
mod sessions;
pub mod signature;
mod terms;
mod transport;
mod words;

pub use account::Account;
pub use api::{KeyMode, StripeApi, StripeOptions};
pub use choice::{Choice, Need, NotPossible, Reason, StripeObject, choose};
pub use coupons::{CouponDuration, NewCoupon, NewPromotionCode, Off};
pub use customers::CustomerFields;
pub use error::StripeError;
pub use events::{EVENT_TYPES, EventHint, EventPage, EventPlace, NewEvents};
pub use lines::{Interval, NewLine, Recurring, TaxBehavior};
pub use links::NewLink;
pub use list::{Created, List};
pub use methods::{AccountMethod, MethodLimits, MethodState};
pub use money::{Currency, Money, MoneyError};
pub use objects::{
    BalanceTransaction, CheckoutSession, Coupon, Customer, PaymentError, PaymentIntent, PaymentLink,
    PaymentMethodSummary, PaymentStatus, Price, Product, PromotionCode, Refund, StripeCharge,
};
pub use options::{MethodOptions, ShippingOption};
pub use payments::RefundReason;
pub use prices::NewPrice;
pub use products::ProductFields;
pub use sessions::{Discount, NewSession};
pub use terms::Terms;
