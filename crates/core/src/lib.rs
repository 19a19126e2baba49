//! The inbox without a window: nouns in `domain`, rows in `store`, verbs at the root.

mod action;
pub mod charge;
pub mod clock;
pub mod connection;
pub mod conversation;
pub mod domain;
mod error;
mod event;
pub mod export;
pub mod health;
mod inbox;
mod key;
mod media;
pub mod message;
pub mod notify;
mod poll;
pub mod preview;
mod receive;
mod reconcile;
mod send;
mod settle;
mod store;
mod sync;
pub mod templates;
mod words;

pub use action::Actor;
pub use error::{Error, ErrorCode, Result};
pub use event::CoreEvent;
pub use inbox::{Inbox, KnownLine, Options, StreamOptions, StreamState, WhatsAppLines};
pub use key::{DatabaseKey, KeyError, SALT};
pub use store::{Store, check};
pub use words::Language;
