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
    /// Events were missed: read everything again.
    Resync,
}
