//! Notices: what a person should hear about even when they look elsewhere.

use super::{ConversationId, NoticeId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    Message,
    Paid,
    /// A conversation came back that was put aside.
    Woke,
    /// Meta told something that stops sales.
    Alert,
}

impl NoticeKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Paid => "paid",
            Self::Woke => "woke",
            Self::Alert => "alert",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Message, Self::Paid, Self::Woke, Self::Alert]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// One native notification, ready to be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The notices that it speaks for; report them back with the outcome.
    pub notices: Vec<NoticeId>,
    pub kind: NoticeKind,
    pub title: String,
    pub body: String,
    /// The words on its button.
    pub open: String,
    /// Where "Open" lands; `None` when it speaks for several conversations.
    pub conversation: Option<ConversationId>,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcement")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
