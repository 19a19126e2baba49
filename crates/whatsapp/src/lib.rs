//! WhatsApp Cloud API: client, webhook shapes, signature.

mod account;
mod alert_words;
mod answer;
mod client;
mod content;
mod error;
mod file;
pub mod identity;
mod outgoing;
pub mod signature;
mod template;
pub mod webhook;
mod words;

pub use account::{AccountInfo, AppData, PhoneNumber, SubscribedApp, TokenInfo};
pub use alert_words::{AlertWords, alert_keys, alert_words};
pub use client::{Recipient, Sent, WhatsAppApi, WhatsAppOptions};
pub use content::{
    CardPhone, Choice, ContactCard, Content, FlowAnswer, ListSection, OrderItem, Pricing, Referral,
    SystemChange, TemplateButton,
};
pub use error::{FailureKind, WhatsAppError, failure_kind};
pub use file::{Download, MediaInfo, MediaKind};
pub use outgoing::{ButtonParameter, Draft, DraftBody, Parameter};
pub use template::{Listed, NewTemplate, TemplateCreated, TemplateInfo};
pub use words::{ErrorWords, error_words};
