//! The shop's own work on conversations: who does it, what is noted, what is put aside.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{LabelId, LineId, MemberId, Payment, QuickReplyId};

/// Somebody who works in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub id: MemberId,
    /// Empty until this desk's own person gave one.
    pub name: String,
    /// Whether it is the person at this desk.
    pub is_me: bool,
}

/// The colours of labels: few, and told apart in light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LabelColor {
    Green,
    Amber,
    Blue,
    Red,
    Violet,
    Gray,
}

impl LabelColor {
    const ALL: [Self; 6] = [
        Self::Green,
        Self::Amber,
        Self::Blue,
        Self::Red,
        Self::Violet,
        Self::Gray,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Blue => "blue",
            Self::Red => "red",
            Self::Violet => "violet",
            Self::Gray => "gray",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|color| color.as_str() == name)
    }
}

/// A word that the shop sorts its conversations by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    pub id: LabelId,
    pub name: String,
    pub color: LabelColor,
}

/// A prepared answer. `{name}`, `{amount}` and `{link}` in it are filled in when it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QuickReply {
    pub id: QuickReplyId,
    /// What is typed after the slash.
    pub shortcut: String,
    pub text: String,
    pub files: Vec<QuickReplyFile>,
}

/// A file that goes with a prepared answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QuickReplyFile {
    pub id: String,
    pub name: String,
    pub mime: String,
    pub size: u32,
}

/// A prepared answer as a person wrote it.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewQuickReply {
    pub id: QuickReplyId,
    pub shortcut: String,
    pub text: String,
    /// Files in their order: staged ones, or those that it had.
    pub files: Vec<String>,
}

/// What a list shows of a tab.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListFilter {
    /// Letters of the name or number; empty for everybody.
    pub query: String,
    pub label: Option<LabelId>,
    pub line: Option<LineId>,
    pub payment: Option<Payment>,
    pub unread: bool,
}
