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

pub use kind::MessageKind;
pub use parse::{ParseError, parse};
pub use status::{Status, StatusError, StatusUpdate};

/// One thing that a webhook says.
#[derive(Clone, PartialEq, Eq)]
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
    /// Something that a person should know: alerts, quality, templates. `raw` is its JSON.
    Notice {
        field: String,
        raw: String,
    },
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
            Self::Notice { field, .. } => f.debug_tuple("Notice").field(field).finish(),
            Self::Other { field, .. } => f.debug_tuple("Other").field(field).finish(),
            Self::Unreadable { error, .. } => f.debug_tuple("Unreadable").field(error).finish(),
        }
    }
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
}

/// The ad or post that led the customer here.
#[derive(Clone, PartialEq, Eq)]
pub struct Referral {
    pub source_type: Option<String>,
    pub source_id: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
    /// Names the click, for telling the ad what came of it.
    pub ctwa_clid: Option<String>,
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

#[derive(Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryMessage {
    /// `from` is the customer, whoever wrote it.
    pub message: InboundMessage,
    pub from_shop: bool,
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
quiet_debug!(Context, Referral, Media);
