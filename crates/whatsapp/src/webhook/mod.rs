//! What WhatsApp's webhooks say, read leniently: nothing unknown breaks its neighbours.

mod alert;
mod call;
mod content;
mod fields;
mod history;
mod kind;
mod message;
mod node;
mod parse;
mod phone_book;
mod sender;
mod status;
mod template;
mod text;

use std::fmt;

use cobro_protocol::Timestamp;

use crate::{Content, Referral};

pub use alert::severity_of;
pub use kind::MessageKind;
pub use parse::{ParseError, parse};
pub use status::{Status, StatusError, StatusUpdate};

/// One thing that a webhook says.
#[derive(Clone, PartialEq)]
pub enum Update {
    /// A customer wrote, called, or changed something of their own.
    Message(InboundMessage),
    /// The shop wrote it on its own phone; `from` is the customer it went to.
    /// Automation must not answer it.
    Echo(InboundMessage),
    /// A message of the phone's history.
    History(HistoryMessage),
    /// How far one of our messages has come.
    Status(StatusUpdate),
    /// The customer is known by another id from now on.
    UserIdChanged {
        /// The shop's number that heard of it.
        line: LineRef,
        /// The id that was, where WhatsApp says it.
        previous: Option<String>,
        /// The id that is.
        current: String,
        /// The number that they were known by.
        phone: Option<String>,
    },
    /// The customer's phone number is another from now on.
    NumberChanged {
        /// The shop's number that heard of it.
        line: LineRef,
        /// The number that was.
        previous: String,
        /// The number that is.
        current: String,
    },
    /// How far the phone's history has come.
    HistoryProgress(HistoryProgress),
    /// The shop declined to share its phone's history, or it failed.
    HistoryDeclined {
        /// The number whose phone it is.
        line: LineRef,
        /// 2593109 for a refusal of the shop's; -1 where WhatsApp gave none.
        code: i64,
        /// Why, in Meta's words.
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
        /// The webhook's field.
        field: String,
        /// All that it said.
        raw: String,
    },
    /// One part that could not be read. Its neighbours were.
    Unreadable {
        /// What was wrong with it.
        error: String,
        /// The part, whole.
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
    /// The number whose phone it is.
    pub line: LineRef,
    /// 0: the last day, 1: up to 90 days, 2: up to 180 days.
    pub phase: u8,
    /// Its place within the phase.
    pub chunk: u32,
    /// In per cent, of the whole.
    pub progress: u8,
    /// In this chunk.
    pub messages: u32,
}

/// One contact of the shop's phone, added, changed or removed.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneBookEntry {
    /// The number whose phone it is.
    pub line: LineRef,
    /// One of the two ids is always there.
    pub phone: Option<String>,
    /// Business-scoped.
    pub user_id: Option<String>,
    /// As the shop wrote it.
    pub full_name: Option<String>,
    /// As the shop wrote it.
    pub first_name: Option<String>,
    /// Whether it was taken out of the phone book.
    pub removed: bool,
    /// When; 1970 where WhatsApp does not say.
    pub at: Timestamp,
}

/// What became of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateNews {
    /// The account that it belongs to.
    pub waba_id: Option<String>,
    /// Shared by its languages.
    pub name: String,
    /// As the API writes it, such as `en_US`.
    pub language: String,
    /// Meta's own.
    pub id: Option<String>,
    /// Such as `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`; `None` where only category or quality changed.
    pub status: Option<String>,
    /// The category that it has now.
    pub category: Option<String>,
    /// Such as `GREEN`.
    pub quality: Option<String>,
    /// Why, in Meta's words.
    pub reason: Option<String>,
}

/// How much a piece of news matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// It gets worse if nobody looks.
    Warning,
    /// Sales stop, or soon will.
    Critical,
}

/// Something that a person should know.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    /// The shop's number or account that it is about.
    pub line: LineRef,
    /// The webhook's field, such as `account_update`.
    pub field: String,
    /// What happened, in Meta's name for it, such as `PARTNER_REMOVED`.
    pub event: String,
    /// How much it matters.
    pub severity: Severity,
    /// What Meta says beyond the name, in its own words.
    pub details: Option<String>,
    /// Whether it says that an earlier alert of the same field is over, such as a reconnection.
    pub ends: bool,
    /// When Meta says that it happened. Words come late, and twice.
    pub at: Option<Timestamp>,
    /// All that Meta said.
    pub raw: String,
}

/// Customers' numbers stay out of logs.
impl fmt::Debug for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alert")
            .field("field", &self.field)
            .field("event", &self.event)
            .field("severity", &self.severity)
            .finish_non_exhaustive()
    }
}

/// Which of the shop's numbers an update is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineRef {
    /// Missing where it is about the whole account.
    pub phone_number_id: Option<String>,
    /// For people to read.
    pub display_phone_number: Option<String>,
    /// The account.
    pub waba_id: Option<String>,
}

/// How WhatsApp names a customer. Any part can be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sender {
    /// As WhatsApp wrote it, without the +.
    pub phone: Option<String>,
    /// Business-scoped: it changes when the phone number does.
    pub user_id: Option<String>,
    /// The same person for a group of businesses.
    pub parent_user_id: Option<String>,
    /// Without the @.
    pub username: Option<String>,
    /// As the customer calls themself.
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
    /// That message; a forwarded one has none.
    pub wamid: Option<String>,
    /// Who wrote it.
    pub from: Option<String>,
    /// Passed on from another chat.
    pub forwarded: bool,
    /// Passed on many times.
    pub often_forwarded: bool,
    /// The shop's product that the customer asks about.
    pub product: Option<String>,
}

/// An emoji on an earlier message; `None` takes it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The wamid of that message.
    pub target: String,
    /// One emoji.
    pub emoji: Option<String>,
}

/// A file that a message carries. WhatsApp keeps it for seven days.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// What to ask WhatsApp for it by.
    pub id: Option<String>,
    /// Such as `image/jpeg`, or `audio/ogg; codecs=opus`.
    pub mime_type: Option<String>,
    /// As WhatsApp writes it: base64 or hex.
    pub sha256: Option<String>,
    /// Of documents.
    pub filename: Option<String>,
    /// The words below it.
    pub caption: Option<String>,
    /// Recorded in the chat, rather than a sound file.
    pub voice: bool,
    /// Of stickers.
    pub animated: bool,
}

/// A message, whoever wrote it.
#[derive(Clone, PartialEq)]
pub struct InboundMessage {
    /// The shop's number that it came to, or went from.
    pub line: LineRef,
    /// Empty where WhatsApp gave none.
    pub wamid: String,
    /// The customer.
    pub from: Sender,
    /// When it was written; 1970 where WhatsApp does not say.
    pub at: Timestamp,
    /// What it is.
    pub kind: MessageKind,
    /// The words that it carries, whatever its type.
    pub text: String,
    /// What it answers, or where it was passed on from.
    pub context: Option<Context>,
    /// The ad that led here.
    pub referral: Option<Referral>,
    /// The file that it carries; of an edit, the new one.
    pub media: Option<Media>,
    /// What it holds besides; of an edit, the new one.
    pub content: Option<Content>,
    /// Of a reaction: which emoji, on what.
    pub reaction: Option<Reaction>,
    /// Of an edit or a deletion: the message that it changes.
    pub target: Option<String>,
    /// The message as WhatsApp wrote it.
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
    /// Whether the shop wrote it.
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
