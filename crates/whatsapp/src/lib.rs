//! WhatsApp Cloud API: client, webhook shapes, signature.

mod client;
mod error;
pub mod identity;
pub mod signature;
pub mod webhook;

pub use client::{PhoneNumber, Recipient, Sent, WhatsAppApi, WhatsAppOptions};
pub use error::{ErrorWords, FailureKind, WhatsAppError, error_words};
