//! What WhatsApp's webhooks say, read leniently: nothing unknown breaks its neighbours.

mod kind;
mod parse;
mod text;

use cobro_protocol::Timestamp;

pub use kind::MessageKind;
pub use parse::{ParseError, parse};

/// One thing that a webhook says.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    Message(InboundMessage),
    /// The shop wrote it on its own phone; `from` is the customer it went to.
    Echo(InboundMessage),
    History(HistoryMessage),
    Status(StatusUpdate),
    UserIdChanged { line: LineRef, previous: Option<String>, current: String, phone: Option<String> },
    /// Something that a person should know: alerts, quality, templates.
    Notice { field: String },
    /// A field that this version does not know. The envelope keeps it.
    Other { field: String },
    /// One part that could not be read.
    Unreadable { error: String },
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
    pub user_id: Option<String>,
    pub username: Option<String>,
    pub profile_name: Option<String>,
}

/// Names and numbers stay out of logs.
impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// The message that this one answers or forwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub wamid: Option<String>,
    pub forwarded: bool,
}

/// A file that a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub id: Option<String>,
    pub mime_type: Option<String>,
    pub sha256: Option<String>,
    pub filename: Option<String>,
}

#[derive(Clone, PartialEq)]
pub struct InboundMessage {
    pub line: LineRef,
    pub wamid: String,
    pub from: Sender,
    pub at: Timestamp,
    pub kind: MessageKind,
    /// The words that it carries, whatever its type.
    pub text: String,
    pub context: Option<Context>,
    pub media: Option<Media>,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboundMessage").field("kind", &self.kind).field("at", &self.at).finish_non_exhaustive()
    }
}

/// A message of the phone's own history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryMessage {
    /// `from` is the customer, whoever wrote it.
    pub message: InboundMessage,
    pub from_shop: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    Failed,
    Played,
    Unknown(String),
}

/// How far one of our messages has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    pub line: LineRef,
    pub wamid: String,
    pub status: Status,
    pub at: Timestamp,
    /// What we gave when we sent it.
    pub opaque: Option<String>,
    pub errors: Vec<StatusError>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    pub code: i64,
    pub title: String,
}
