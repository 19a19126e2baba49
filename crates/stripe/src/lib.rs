//! Stripe over async-stripe's types and builders, on our own reqwest transport.

mod money;
pub mod signature;

pub use money::{Currency, Money, MoneyError};
