//! What a search finds.

use serde::Serialize;
use specta::Type;

use super::{ConversationId, ConversationRow, Direction, MessageId, MessageKind, Timestamp};

/// One page of what a search finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// Customers whose name, number or notes fit; on the first page only.
    pub people: Vec<ConversationRow>,
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// Asks for the page after this one; `None` on the last.
    pub next: Option<String>,
    /// Older messages are still being brought into the index.
    pub is_building: bool,
    /// A filter that could not be understood, as it was written.
    pub unclear: Option<String>,
}

/// A message that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    pub message: MessageId,
    pub conversation: ConversationId,
    /// Whom the conversation is with.
    pub name: String,
    pub at: Timestamp,
    pub direction: Direction,
    pub kind: MessageKind,
    pub snippet: Vec<SnippetPart>,
}

/// A piece of a hit's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SnippetPart {
    pub text: String,
    pub is_hit: bool,
}
