//! How far our messages have come, as WhatsApp reports it: out of order, and more than once.

use std::fmt;

use cobro_protocol::Timestamp;
use serde_json::value::RawValue;

use super::node::Node;
use super::parse::{Change, unreadable};
use super::{LineRef, Update, sender};
use crate::Pricing;

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// WhatsApp has it.
    Sent,
    /// It is on the recipient's phone.
    Delivered,
    /// May come without `Delivered`.
    Read,
    /// It will never arrive; the errors say why.
    Failed,
    /// A voice message was listened to.
    Played,
    /// One that this version does not know.
    Unknown(String),
}

impl Status {
    fn from_name(name: &str) -> Self {
        match name {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "failed" => Self::Failed,
            "played" => Self::Played,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The phone's history writes them in capitals, and has a name of its own for failure.
    pub(super) fn of_history(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "error" => Self::Failed,
            name => Self::from_name(name),
        }
    }
}

/// How far one of our messages has come.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The shop's number that it was sent from.
    pub line: LineRef,
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// How far it has come.
    pub status: Status,
    /// When; 1970 where WhatsApp does not say.
    pub at: Timestamp,
    /// Missing where the customer is known by user id alone.
    pub recipient_phone: Option<String>,
    /// Business-scoped.
    pub recipient_user_id: Option<String>,
    /// What we gave when we sent it.
    pub opaque: Option<String>,
    /// Why it failed.
    pub errors: Vec<StatusError>,
    /// What WhatsApp says of its price.
    pub pricing: Option<Pricing>,
}

/// Phone numbers stay out of logs.
impl fmt::Debug for StatusUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusUpdate")
            .field("status", &self.status)
            .field("at", &self.at)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

/// Why a message failed. [`crate::error_words`] says it in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// -1 where WhatsApp gave none.
    pub code: i64,
    /// Meta's short name for it.
    pub title: String,
    /// Mostly the same as the title.
    pub message: Option<String>,
    /// What Meta says beyond the title.
    pub details: Option<String>,
}

pub(super) fn update(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Node::of(raw);
    let (Some(wamid), Some(name)) = (fields.get("id").text(), fields.get("status").str()) else {
        return unreadable("statuses: the id or the status is missing", raw);
    };
    let recipient = sender::addressee(&fields);
    Update::Status(StatusUpdate {
        line: change.line.clone(),
        wamid,
        status: Status::from_name(name),
        at: fields.get("timestamp").at().unwrap_or(Timestamp::from_millis(0)),
        recipient_phone: recipient.phone,
        recipient_user_id: recipient.user_id,
        opaque: fields.get("biz_opaque_callback_data").text(),
        errors: fields.get("errors").items().iter().map(error).collect(),
        pricing: pricing_of(fields.get("pricing")),
    })
}

fn pricing_of(pricing: &Node<'_>) -> Option<Pricing> {
    let billable = pricing.get("billable");
    pricing.has_fields().then(|| Pricing {
        billable: match billable {
            Node::True => Some(true),
            Node::False => Some(false),
            _ => None,
        },
        model: pricing.get("pricing_model").text(),
        category: pricing.get("category").text(),
        kind: pricing.get("type").text(),
    })
}

fn error(error: &Node<'_>) -> StatusError {
    StatusError {
        code: error.get("code").integer().unwrap_or(-1),
        title: error.get("title").text().unwrap_or_default(),
        message: error.get("message").text(),
        details: error.get("error_data").get("details").text(),
    }
}
