//! How a message came to us, and what that makes of it.

use cobro_whatsapp::webhook::{InboundMessage, Status};

use crate::action::snippet_of;
use crate::domain::{Content, Delivery, Direction, Origin};
use crate::order::words_of;

/// How a message came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The customer wrote it now.
    In,
    /// The shop wrote it on its phone now.
    Echo,
    /// From the phone's history.
    OldIn,
    OldOut,
}

impl Flow {
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::In | Self::OldIn => Direction::In,
            Self::Echo | Self::OldOut => Direction::Out,
        }
    }

    pub(super) fn origin(self) -> Origin {
        match self {
            Self::In | Self::OldIn => Origin::Customer,
            Self::Echo | Self::OldOut => Origin::Phone,
        }
    }

    pub(super) fn is_old(self) -> bool {
        matches!(self, Self::OldIn | Self::OldOut)
    }

    /// The phone's history says how far each message had come.
    pub(super) fn delivery(self, told: Option<&Status>) -> Option<Delivery> {
        let told = told.and_then(delivery_of).unwrap_or(Delivery::Sent);
        (self.direction() == Direction::Out).then_some(told)
    }
}

pub(super) fn delivery_of(status: &Status) -> Option<Delivery> {
    match status {
        Status::Sent => Some(Delivery::Sent),
        Status::Delivered => Some(Delivery::Delivered),
        Status::Read | Status::Played => Some(Delivery::Read),
        Status::Failed => Some(Delivery::Failed),
        Status::Unknown(_) => None,
    }
}

/// Returns what a list shows of the message; empty where its kind says it all.
pub(super) fn snippet(message: &InboundMessage) -> String {
    let words = snippet_of(&message.text);
    if !words.is_empty() {
        return words;
    }
    match &message.content {
        Some(Content::Contacts { cards }) => {
            let names: Vec<_> = cards.iter().map(|card| card.name.as_str()).collect();
            snippet_of(&names.join(", "))
        }
        Some(Content::Location { name, address, .. }) => {
            snippet_of(name.as_deref().or(address.as_deref()).unwrap_or_default())
        }
        Some(Content::ButtonReply { title, .. } | Content::ListReply { title, .. }) => snippet_of(title),
        Some(Content::FlowReply { answers, .. }) => {
            let values: Vec<_> = answers.iter().map(|answer| answer.value.as_str()).collect();
            snippet_of(&values.join(", "))
        }
        Some(Content::Order { items, .. }) => {
            let lines: Vec<_> = items.iter().map(words_of).collect();
            snippet_of(&lines.join(", "))
        }
        _ => {
            let file = message.media.as_ref().and_then(|media| media.filename.as_deref());
            snippet_of(file.unwrap_or_default())
        }
    }
}
