//! The inbox without a window: nouns in `domain`, rows in `store`, verbs at the root.

mod action;
pub mod alert;
pub mod charge;
pub mod clock;
pub mod contact;
pub mod conversation;
pub mod domain;
mod error;
mod event;
pub mod export;
pub mod health;
pub mod history;
mod inbox;
mod key;
pub mod media;
pub mod message;
pub mod notify;
pub mod order;
mod poll;
pub mod preview;
mod receive;
mod reconcile;
pub mod reparse;
mod send;
mod settle;
mod store;
mod sync;
mod words;

pub use action::Actor;
pub use error::{Error, ErrorCode, Result};
pub use event::CoreEvent;
pub use inbox::{Inbox, KnownLine, Options, StreamOptions, StreamState, WhatsAppLines};
pub use key::{DatabaseKey, KeyError, SALT};
pub use store::{Store, check};
pub use words::Language;
