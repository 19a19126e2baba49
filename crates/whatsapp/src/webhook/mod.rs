//! What WhatsApp's webhooks say, read leniently: nothing unknown breaks its neighbours.

mod fields;
mod kind;
mod message;
mod node;
mod parse;
mod sender;
mod status;
mod text;

use std::fmt;

use cobro_protocol::Timestamp;

use crate::{Content, Referral};

pub use kind::MessageKind;
pub use parse::{ParseError, parse};
pub use status::{Status, StatusError, StatusUpdate};

/// One thing that a webhook says.
#[derive(Clone, PartialEq)]
pub enum Update {
    Message(InboundMessage),
    /// The shop wrote it on its own phone; `from` is the customer it went to.
    /// Automation must not answer it.
    Echo(InboundMessage),
    History(HistoryMessage),
    Status(StatusUpdate),
    /// The customer is known by another id from now on.
    UserIdChanged {
        line: LineRef,
        previous: Option<String>,
        current: String,
        phone: Option<String>,
    },
    /// The customer's phone number is another from now on.
    NumberChanged {
        line: LineRef,
        previous: String,
        current: String,
    },
    /// How far the phone's history has come.
    HistoryProgress(HistoryProgress),
    /// The shop declined to share its phone's history, or it failed.
    HistoryDeclined {
        line: LineRef,
        code: i64,
        title: String,
    },
    /// A contact of the shop's own phone book.
    PhoneBook(PhoneBookEntry),
    /// A template was approved, rejected, paused, or moved to another category.
    Template(TemplateNews),
    /// Something that a person should know: alerts, quality, disconnection, security.
    Alert(Alert),
    /// Something that changes nothing here.
    Other {
        field: String,
        raw: String,
    },
    /// One part that could not be read. Its neighbours were.
    Unreadable {
        error: String,
        raw: String,
    },
}

/// Customers' words stay out of logs.
impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => f.debug_tuple("Message").field(message).finish(),
            Self::Echo(message) => f.debug_tuple("Echo").field(message).finish(),
            Self::History(message) => f.debug_tuple("History").field(message).finish(),
            Self::Status(status) => f.debug_tuple("Status").field(status).finish(),
            Self::UserIdChanged { .. } => f.write_str("UserIdChanged"),
            Self::NumberChanged { .. } => f.write_str("NumberChanged"),
            Self::HistoryProgress(progress) => f.debug_tuple("HistoryProgress").field(progress).finish(),
            Self::HistoryDeclined { code, .. } => f.debug_tuple("HistoryDeclined").field(code).finish(),
            Self::PhoneBook(entry) => f.debug_tuple("PhoneBook").field(entry).finish(),
            Self::Template(news) => f.debug_tuple("Template").field(news).finish(),
            Self::Alert(alert) => f.debug_tuple("Alert").field(&alert.event).finish(),
            Self::Other { field, .. } => f.debug_tuple("Other").field(field).finish(),
            Self::Unreadable { error, .. } => f.debug_tuple("Unreadable").field(error).finish(),
        }
    }
}

/// How far the phone's history has come. Chunks arrive in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryProgress {
    pub line: LineRef,
    /// 0: the last day, 1: up to 90 days, 2: up to 180 days.
    pub phase: u8,
    pub chunk: u32,
    /// In per cent, of the whole.
    pub progress: u8,
    pub messages: u32,
}

/// One contact of the shop's phone, added, changed or removed.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneBookEntry {
    pub line: LineRef,
    pub phone: Option<String>,
    pub user_id: Option<String>,
    pub full_name: Option<String>,
    pub first_name: Option<String>,
    pub removed: bool,
    pub at: Timestamp,
}

/// What became of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateNews {
    pub waba_id: Option<String>,
    pub name: String,
    pub language: String,
    pub id: Option<String>,
    /// Such as `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`; `None` where only category or quality changed.
    pub status: Option<String>,
    pub category: Option<String>,
    pub quality: Option<String>,
    pub reason: Option<String>,
}

/// How much a piece of news matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    /// Sales stop, or soon will.
    Critical,
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub line: LineRef,
    /// The webhook's field, such as `account_update`.
    pub field: String,
    /// What happened, in Meta's name for it, such as `PARTNER_REMOVED`.
    pub event: String,
    pub severity: Severity,
    /// What Meta says beyond the name, in its own words.
    pub details: Option<String>,
    /// Whether it says that an earlier alert of the same field is over, such as a reconnection.
    pub ends: bool,
    pub raw: String,
}

/// Which of the shop's numbers an update is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineRef {
    pub phone_number_id: Option<String>,
    pub display_phone_number: Option<String>,
    pub waba_id: Option<String>,
}

/// How WhatsApp names a customer. Any part can be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sender {
    pub phone: Option<String>,
    /// Business-scoped: it changes when the phone number does.
    pub user_id: Option<String>,
    /// The same person for a group of businesses.
    pub parent_user_id: Option<String>,
    /// Without the @.
    pub username: Option<String>,
    pub profile_name: Option<String>,
}

/// Names and numbers stay out of logs.
impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// The message that this one answers or passes on.
#[derive(Clone, PartialEq, Eq)]
pub struct Context {
    pub wamid: Option<String>,
    pub from: Option<String>,
    pub forwarded: bool,
    /// Passed on many times.
    pub often_forwarded: bool,
    /// The shop's product that the customer asks about.
    pub product: Option<String>,
}

/// An emoji on an earlier message; `None` takes it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    pub target: String,
    pub emoji: Option<String>,
}

/// A file that a message carries. WhatsApp keeps it for seven days.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    pub id: Option<String>,
    pub mime_type: Option<String>,
    pub sha256: Option<String>,
    pub filename: Option<String>,
    pub caption: Option<String>,
    /// Recorded in the chat, rather than a sound file.
    pub voice: bool,
    pub animated: bool,
}

#[derive(Clone, PartialEq)]
pub struct InboundMessage {
    pub line: LineRef,
    /// Empty where WhatsApp gave none.
    pub wamid: String,
    pub from: Sender,
    /// When it was written; 1970 where WhatsApp does not say.
    pub at: Timestamp,
    pub kind: MessageKind,
    /// The words that it carries, whatever its type.
    pub text: String,
    pub context: Option<Context>,
    pub referral: Option<Referral>,
    pub media: Option<Media>,
    pub content: Option<Content>,
    pub reaction: Option<Reaction>,
    /// Of an edit or a deletion: the message that it changes.
    pub target: Option<String>,
    pub raw: String,
}

/// Customers' words stay out of logs.
impl fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundMessage")
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A message of the phone's own history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryMessage {
    /// `from` is the customer, whoever wrote it.
    pub message: InboundMessage,
    pub from_shop: bool,
    /// How far it had come on the phone.
    pub status: Option<Status>,
}

macro_rules! quiet_debug {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
quiet_debug!(Context, Media, Reaction, PhoneBookEntry);
