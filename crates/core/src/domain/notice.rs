//! Notices: what a person should hear about even when they look elsewhere.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConversationId, NoticeId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    Message,
    Paid,
    /// A payment of a subscription or of instalments could not be collected.
    ChargeFailed,
    /// A conversation came back that was put aside.
    Woke,
    /// What was said to be paid is not known to Stripe.
    Contested,
    /// The customer's bank takes the money back.
    Disputed,
    /// The bank sent a refund back.
    RefundFailed,
    /// A refund that a person asked for was not made, as came out after they had looked away.
    RefundStopped,
    /// Meta told something that stops sales.
    Alert,
}

impl NoticeKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Paid => "paid",
            Self::ChargeFailed => "charge_failed",
            Self::Woke => "woke",
            Self::Contested => "contested",
            Self::Disputed => "disputed",
            Self::RefundFailed => "refund_failed",
            Self::RefundStopped => "refund_stopped",
            Self::Alert => "alert",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Message,
            Self::Paid,
            Self::ChargeFailed,
            Self::Contested,
            Self::Disputed,
            Self::RefundFailed,
            Self::RefundStopped,
            Self::Woke,
            Self::Alert,
        ]
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
    /// Whether it may be heard.
    pub sound: bool,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcement")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What is announced, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that a person sees"
)]
pub struct NotifyRules {
    pub messages: bool,
    pub payments: bool,
    /// Payments of subscribers that could not be collected.
    #[serde(default = "is_on")]
    pub failures: bool,
    /// Conversations that come back from being put aside.
    pub woke: bool,
    /// Such as `22:00`: from then on only alerts are announced; the rest waits for the end.
    pub quiet_from: Option<String>,
    pub quiet_to: Option<String>,
    /// Names, words and amounts stay out of notifications: others may see the screen.
    pub hide_content: bool,
    pub sound: bool,
}

/// What was set before there was this switch.
fn is_on() -> bool {
    true
}

impl Default for NotifyRules {
    fn default() -> Self {
        Self {
            messages: true,
            payments: true,
            failures: true,
            woke: true,
            quiet_from: None,
            quiet_to: None,
            hide_content: false,
            sound: true,
        }
    }
}
