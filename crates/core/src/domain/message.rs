//! Messages, and how far each has come.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    ChargeId, Choice, ContactCard, Content, ConversationId, FileKind, ListSection, MediaView, MessageId,
    MessageKind, Pricing, Referral, TemplateValue, Timestamp, Words,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    In,
    Out,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    Customer,
    /// A person at a desk.
    Desk,
    /// A rule, such as the thank-you.
    Automatic,
    /// The shop's own phone, beside us on the same number.
    Phone,
}

/// How far an outgoing message has come. WhatsApp's reports only move it forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    Queued,
    Sending,
    /// WhatsApp's answer was lost. Its status webhook will tell; it is never blindly repeated.
    Unknown,
    Sent,
    Failed,
    Delivered,
    Read,
}

impl Delivery {
    pub(crate) const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.as_str() == name)
    }

    /// Returns whether a report of `next` moves this delivery on: reports come in any order.
    pub fn moves_to(self, next: Self) -> bool {
        self.rank() < next.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Sent => 3,
            Self::Failed => 4,
            Self::Delivered => 5,
            Self::Read => 6,
        }
    }
}

/// One message of a thread.
#[derive(Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub conversation: ConversationId,
    #[serde(skip)]
    pub wamid: Option<String>,
    pub direction: Direction,
    pub origin: Origin,
    pub kind: MessageKind,
    pub text: String,
    pub at: Timestamp,
    /// `None` on what the customer wrote.
    pub delivery: Option<Delivery>,
    pub problem: Option<Words>,
    /// The charge whose link this message carries.
    pub charge: Option<ChargeId>,
    /// The earlier attempt that this one repeats.
    pub retry_of: Option<MessageId>,
    /// It failed, and a person needs nothing more of it: the list speaks of it no longer.
    pub put_aside: bool,
    pub media_name: Option<String>,
    /// What it holds besides its words.
    pub content: Option<Content>,
    pub media: Option<MediaView>,
    /// The message that this one answers.
    pub quote: Option<Quote>,
    pub forwarded: Forwarded,
    pub referral: Option<Referral>,
    /// What the catalog calls the product that its referral names.
    pub product_name: Option<String>,
    pub reactions: Vec<ReactionView>,
    /// What it said before is in its versions.
    pub edited_at: Option<Timestamp>,
    /// The writer took it back; what it said is kept and not shown.
    pub revoked_at: Option<Timestamp>,
    pub pricing: Option<Pricing>,
    /// It waited so long, or its window closed meanwhile, that a person is asked before it goes.
    pub asks: bool,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// The message that another one answers, as far as it is here.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// `None` for a message that is not here.
    pub message: Option<MessageId>,
    pub direction: Option<Direction>,
    pub kind: Option<MessageKind>,
    pub text: String,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Quote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quote")
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// Whether a message was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Forwarded {
    #[default]
    No,
    Once,
    Often,
}

/// One side's reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReactionView {
    pub direction: Direction,
    pub emoji: String,
}

/// What an edited message said before.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MessageVersion {
    pub text: String,
    /// Until when it read so.
    pub until: Timestamp,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for MessageVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageVersion")
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// What a person sends.
#[derive(Clone, PartialEq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// Made by the first click, so that a second one is the same message.
    pub id: MessageId,
    pub conversation: ConversationId,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    pub body: NewBody,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMessage")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a person sends, by kind.
#[derive(Clone, PartialEq, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NewBody {
    Text {
        text: String,
    },
    /// A staged file.
    File {
        file: String,
        kind: FileKind,
        caption: String,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    Contacts {
        cards: Vec<ContactCard>,
    },
    Buttons {
        text: String,
        buttons: Vec<Choice>,
    },
    List {
        text: String,
        button: String,
        sections: Vec<ListSection>,
    },
    Template {
        name: String,
        language: String,
        values: Vec<TemplateValue>,
    },
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for NewBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewBody(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Delivery::{Delivered, Failed, Queued, Read, Sending, Sent, Unknown};

    #[test]
    fn delivery_never_moves_back() {
        assert!(Sent.moves_to(Read));
        assert!(!Read.moves_to(Delivered));
        assert!(!Delivered.moves_to(Failed));
        assert!(!Failed.moves_to(Sent));
    }

    #[test]
    fn a_report_settles_what_was_unknown() {
        for report in [Sent, Failed, Delivered, Read] {
            assert!(Unknown.moves_to(report));
            assert!(Sending.moves_to(report));
            assert!(Queued.moves_to(report));
        }
    }
}
