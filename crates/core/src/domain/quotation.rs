//! Quotations: what would be charged, offered to the customer first.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChargeId, ConversationId, MessageId, Money, QuotationId, Timestamp};

/// How far an offer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum QuotationState {
    /// The customer has not answered by a button; words are for a person to read.
    Open,
    Accepted,
    Declined,
    /// It became a charge.
    Charged,
}

impl QuotationState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Charged => "charged",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Accepted, Self::Declined, Self::Charged]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// An offer in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Quotation {
    pub id: QuotationId,
    pub conversation: ConversationId,
    pub amount: Money,
    pub description: String,
    pub state: QuotationState,
    /// The message that offers it.
    pub message: MessageId,
    /// The charge that it becomes, however often that is asked for.
    pub charge: ChargeId,
    pub created_at: Timestamp,
    pub answered_at: Option<Timestamp>,
}
