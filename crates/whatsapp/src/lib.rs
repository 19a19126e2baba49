//! WhatsApp Cloud API: client, webhook shapes, signature.

mod answer;
mod client;
mod content;
mod error;
pub mod identity;
mod outgoing;
pub mod signature;
pub mod webhook;
mod words;

pub use client::{PhoneNumber, Recipient, Sent, WhatsAppApi, WhatsAppOptions};
pub use content::{
    CardPhone, Choice, ContactCard, Content, FlowAnswer, ListSection, OrderItem, Pricing, Referral,
    SystemChange, TemplateButton,
};
pub use error::{FailureKind, WhatsAppError};
pub use words::{ErrorWords, error_words};
