//! Customers: our own id, with identities beside it.

use serde::Serialize;
use specta::Type;

use super::{
    Charge, ChargeId, ContactId, ConversationId, ConversationRow, Dispute, Money, Refund, Timestamp,
};

/// How WhatsApp names a customer. Any of them can be absent or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum IdentityKind {
    Phone,
    /// Business-scoped user id, such as `MX.1349…`.
    UserId,
    Username,
}

impl IdentityKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::UserId => "user_id",
            Self::Username => "username",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Phone, Self::UserId, Self::Username]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// One identity, as WhatsApp wrote it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub kind: IdentityKind,
    pub value: String,
}

/// Phone numbers stay out of logs.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What a customer has paid so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CustomerStats {
    pub paid_count: u32,
    /// What was received less what was refunded, one amount per currency.
    pub lifetime: Vec<Money>,
    /// What they sent too much by transfer, one amount per currency: Stripe keeps it for their next one.
    pub held: Vec<Money>,
    /// When the first payment came.
    pub since: Option<Timestamp>,
}

/// Another contact that a person joined to this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JoinedContact {
    pub contact: ContactId,
    pub name: String,
    pub at: Timestamp,
}

/// Somebody who may be the same person, and why it seems so.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ContactSuggestion {
    pub contact: ContactId,
    /// Their newest conversation.
    pub conversation: Option<ConversationId>,
    pub name: String,
    pub identities: Vec<Identity>,
    pub why: String,
}

/// Names stay out of logs.
impl std::fmt::Debug for ContactSuggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactSuggestion")
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// Something that the shop notes of a customer.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CustomField {
    /// Empty: the free notes.
    pub name: String,
    pub value: String,
}

/// What the shop notes stays out of logs.
impl std::fmt::Debug for CustomField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomField").finish_non_exhaustive()
    }
}

/// A customer as the list of customers shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRow {
    pub contact: ContactId,
    /// Their latest conversation.
    pub row: ConversationRow,
    pub stats: CustomerStats,
}

/// What is known of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    pub contact: ContactId,
    pub name: String,
    pub identities: Vec<Identity>,
    pub fields: Vec<CustomField>,
    pub joined: Vec<JoinedContact>,
    pub stats: CustomerStats,
    /// The latest first.
    pub conversations: Vec<ConversationRow>,
    /// The newest first.
    pub charges: Vec<Charge>,
    /// What came for their charges, what was given back of it, and what their bank took back: the oldest first.
    pub payments: Vec<CustomerPayment>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub messages: u32,
    pub since: Timestamp,
}

/// Money that came from a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CustomerPayment {
    pub payment_intent: String,
    pub charge: ChargeId,
    pub amount: Money,
    /// What it was paid with, such as `card •• 4242`.
    pub method: Option<String>,
    pub paid_at: Timestamp,
}
