//! What changed, by id. Whoever listens reads again.

use serde::Serialize;
use specta::Type;

use crate::domain::{ChargeId, ConversationId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum CoreEvent {
    ConversationChanged {
        conversation: ConversationId,
    },
    ChargeChanged {
        charge: ChargeId,
        conversation: ConversationId,
    },
    /// Health, queue depth, counts or connection.
    StatusChanged,
    /// A person asked to see this conversation, from a notification.
    OpenConversation {
        conversation: ConversationId,
    },
    /// The phone's history came further.
    ImportsChanged,
    /// Meta told something that a person should know, or it is over.
    AlertsChanged,
    /// What is set up with WhatsApp, or whether its webhooks arrive.
    ConnectionChanged,
    /// A template was made, approved, rejected or paused.
    TemplatesChanged,
    /// What the assistant proposes in this conversation, or that it proposes nothing more.
    ProposalChanged {
        conversation: ConversationId,
    },
    /// What the assistant may do.
    AssistantChanged,
    /// A product was written, archived, sold or met at Stripe.
    CatalogChanged,
    /// The catalog is being compared with Stripe's: so many of all products are done.
    CatalogSyncing {
        done: u32,
        all: u32,
    },
    /// A backup is so far, in percent.
    BackupMoved {
        percent: u32,
    },
    /// An export is so far, in percent.
    ExportMoved {
        percent: u32,
    },
    /// Labels, people of the shop or prepared answers changed.
    ToolsChanged,
    /// A reading of the account came further, or something was done about what it found.
    ReconcileChanged,
    /// Events were missed: read everything again.
    Resync,
}
