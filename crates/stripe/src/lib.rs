//! Stripe over async-stripe's types and builders, on our own reqwest transport.

mod account;
mod api;
mod books;
pub mod budget;
mod choice;
mod coupons;
mod customers;
mod disputes;
mod error;
mod events;
pub mod fees;
mod form;
mod invoices;
pub mod ledger;
mod lines;
mod links;
mod list;
mod metadata;
mod methods;
mod money;
mod objects;
mod options;
mod payments;
mod payouts;
mod permissions;
mod portal;
mod prices;
mod products;
mod read;
mod refunds;
mod refusal;
mod retry;
mod schedules;
mod sessions;
pub mod signature;
mod subscriptions;
mod terms;
mod test_clocks;
mod transport;
mod words;
mod written;

pub use account::Account;
pub use api::{KeyMode, StripeApi, StripeOptions};
pub use books::Balance;
pub use choice::{Choice, Need, NotPossible, Reason, SPEI, StripeObject, choose};
pub use coupons::{CouponDuration, NewCoupon, NewPromotionCode, Off};
pub use customers::CustomerFields;
pub use error::StripeError;
pub use events::{DISPUTED_PAYMENT, EVENT_TYPES, EventHint, EventPage, EventPlace, NewEvents};
pub use invoices::InvoicesOf;
pub use lines::{Interval, NewLine, Recurring, TaxBehavior};
pub use links::NewLink;
pub use list::{Created, List};
pub use methods::{AccountMethod, MethodLimits, MethodState};
pub use money::{Currency, Money, MoneyError};
pub use objects::{
    BalanceTransaction, CheckoutSession, Coupon, Customer, Dispute, Invoice, InvoicePayment, NextStep, Pause,
    Payer, PaymentError, PaymentIntent, PaymentLink, PaymentMethodSummary, PaymentStatus, Payout, Price,
    Product, PromotionCode, Refund, SchedulePhase, ShippingAddress, StripeCharge, Subscription,
    SubscriptionItem, SubscriptionSchedule, TestClock,
};
pub use options::{MethodOptions, ShippingOption};
pub use permissions::TriedPermission;
pub use portal::{PortalFlow, PortalSession};
pub use prices::NewPrice;
pub use products::ProductFields;
pub use refunds::{NewRefund, RefundReason};
pub use schedules::NewPhase;
pub use sessions::{Discount, NewSession};
pub use subscriptions::{PauseBehavior, SubscriptionChange};
pub use terms::Terms;
pub use written::{Marks, MoneyTable, money_table};
