//! Conversations: one customer on one line.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Charge, ChargeChip, ContactId, ConversationId, CustomField, CustomerStats, Dispute, Identity,
    JoinedContact, LabelId, LineId, MemberId, MessageKind, Quotation, Refund, Timestamp,
};

/// How long after the customer's last message free text may be sent.
pub const WINDOW: Duration = Duration::from_hours(24);

/// How soon an ad's customer must be answered for the free hours to begin.
pub(crate) const ANSWER_TO_AD: Duration = Duration::from_hours(24);
/// How long everything is free of charge after that answer.
pub(crate) const FREE_ENTRY: Duration = Duration::from_hours(72);

/// The hours in which WhatsApp charges nothing, because the customer came by an ad.
///
/// They change what messages cost, not what may be written: free text still needs the 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FreeEntry {
    /// Nobody answered yet. An answer until then begins them.
    Waiting { until: Timestamp },
    /// They run.
    Running { until: Timestamp },
}

impl FreeEntry {
    /// Returns what a customer's coming by an ad means `now`; `answered` is when the shop first answered.
    pub(crate) fn of(came: Timestamp, answered: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let (until, entry): (_, fn(Timestamp) -> Self) = match answered {
            Some(answered) if answered.since(came) <= ANSWER_TO_AD => {
                (answered.plus(FREE_ENTRY), |until| Self::Running { until })
            }
            Some(_) => return None,
            None => (came.plus(ANSWER_TO_AD), |until| Self::Waiting { until }),
        };
        (now < until).then(|| entry(until))
    }
}

/// One WhatsApp number of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub id: LineId,
    pub name: String,
    pub phone_number_id: String,
    pub display_phone: Option<String>,
    /// Whether settings name this number. An unknown one still keeps its messages.
    pub known: bool,
    pub waba_id: Option<String>,
    pub verified_name: Option<String>,
    pub quality: Option<String>,
    /// The Business app is on the same number.
    pub coexists: bool,
    /// When it was taken away from us; nothing can be sent until it is connected again.
    pub offboarded_at: Option<Timestamp>,
}

/// Which conversations a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Tab {
    All,
    /// At work, and this desk's own person's. Where nobody else works, also what is nobody's.
    Mine,
    /// At work, and nobody's.
    Unassigned,
    Unread,
    /// A charge waits for the customer's money.
    Awaiting,
    /// A charge is paid, its order is not delivered yet, and the conversation is not resolved since.
    Paid,
    /// Put aside until a moment.
    Snoozed,
}

/// How many conversations each tab holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub all: u32,
    pub mine: u32,
    pub unassigned: u32,
    pub unread: u32,
    pub awaiting: u32,
    pub paid: u32,
    pub snoozed: u32,
}

/// A conversation as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one conversation"
)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub line: LineId,
    pub line_name: String,
    pub line_known: bool,
    pub name: String,
    pub phone: Option<String>,
    pub username: Option<String>,
    pub snippet: String,
    pub snippet_kind: MessageKind,
    pub snippet_from_me: bool,
    /// A message of ours failed and was neither sent again nor put aside, or one asks before it goes.
    pub not_sent: bool,
    /// Whether a message of ours left is not known, and it was neither sent again nor put aside.
    pub maybe_sent: bool,
    pub last_at: Timestamp,
    pub unread: u32,
    /// A person put it among the unread, and nothing came since: there is one unread, and none to count.
    pub marked: bool,
    /// When free text stops being allowed, or WhatsApp refused it; `None` if the customer never wrote.
    pub window_closes_at: Option<Timestamp>,
    pub chip: Option<ChargeChip>,
    /// Done, until the customer writes again.
    pub resolved: bool,
    /// When it was last resolved.
    pub done_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    /// When it came back from being put aside, if nothing newer came since.
    pub woke_at: Option<Timestamp>,
    pub assignee: Option<MemberId>,
    pub labels: Vec<LabelId>,
    /// The first words of what is being written.
    pub draft: Option<String>,
    /// Where the list puts it.
    #[serde(skip)]
    pub listed_at: Timestamp,
    /// The assistant proposes a charge that only needs a person's yes.
    pub ready_to_charge: bool,
}

impl ConversationRow {
    /// Returns whether WhatsApp would take free text now.
    pub fn window_is_open(&self, now: Timestamp) -> bool {
        self.window_closes_at.is_some_and(|closes| now < closes)
    }
}

/// A conversation with its customer and charges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    pub row: ConversationRow,
    pub contact: ContactId,
    pub identities: Vec<Identity>,
    /// What the shop notes of the customer; the free notes under an empty name.
    pub fields: Vec<CustomField>,
    /// Contacts that a person joined to this one, newest first.
    pub joined: Vec<JoinedContact>,
    pub stats: CustomerStats,
    /// What WhatsApp says that its messages cost, by category.
    pub cost: Vec<CostLine>,
    /// Hours in which nothing costs.
    pub free_entry: Option<FreeEntry>,
    /// Newest first.
    pub charges: Vec<Charge>,
    /// Newest first.
    pub quotations: Vec<Quotation>,
    /// Of all its charges, oldest first.
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
}

/// How many messages of one category WhatsApp bills, and how many were free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CostLine {
    /// In WhatsApp's own word, such as `utility`.
    pub category: String,
    pub billed: u32,
    pub free: u32,
}

/// One page of a list that is paged by key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Asks for the page after this one; `None` on the last.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_within_a_day_of_the_ad_opens_three_free_days() {
        let came = Timestamp::from_secs(1_000_000);
        let after = |hours| came.plus(Duration::from_hours(hours));
        assert_eq!(
            FreeEntry::of(came, None, after(23)),
            Some(FreeEntry::Waiting { until: after(24) })
        );
        assert_eq!(FreeEntry::of(came, None, after(24)), None);
        assert_eq!(
            FreeEntry::of(came, Some(after(2)), after(70)),
            Some(FreeEntry::Running { until: after(74) })
        );
        assert_eq!(FreeEntry::of(came, Some(after(2)), after(74)), None);
        assert_eq!(FreeEntry::of(came, Some(after(25)), after(26)), None);
    }
}
