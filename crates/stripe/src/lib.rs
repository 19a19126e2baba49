//! Stripe over async-stripe's types and builders, on our own reqwest transport.

mod account;
mod api;
pub mod budget;
mod error;
mod events;
pub mod fees;
mod links;
mod list;
mod metadata;
mod money;
mod objects;
mod payments;
mod read;
mod refusal;
mod retry;
mod sessions;
pub mod signature;
mod transport;
mod words;

pub use account::Account;
pub use api::{KeyMode, StripeApi, StripeOptions};
pub use error::StripeError;
pub use events::{EVENT_TYPES, EventHint, EventPage, EventPlace, NewEvents};
pub use links::NewLink;
pub use list::List;
pub use money::{Currency, Money, MoneyError};
pub use objects::{
    BalanceTransaction, CheckoutSession, PaymentError, PaymentIntent, PaymentLink, PaymentMethodSummary,
    PaymentStatus, Refund, StripeCharge,
};
pub use payments::RefundReason;
pub use sessions::NewSession;
