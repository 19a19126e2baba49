//! Ids: UUIDv7, so that rows made later sort later.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
        #[serde(transparent)]
        #[specta(transparent)]
        pub struct $name(#[specta(type = String)] pub Uuid);

        impl $name {
            /// Returns an id that no row has yet.
            #[expect(clippy::new_without_default, reason = "an id is made, never defaulted")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// Names a charge. The person's first click makes it, so a second click is the same charge.
    ChargeId
    ContactId
    ConversationId
    /// Names what a person asked to be done with a subscription: a second click is the same deed.
    DeedId
    /// Names the bytes of a file: those of a message by the message's own id, or staged ones.
    FileId
    LabelId
    /// Names a line: one WhatsApp number of the shop.
    LineId
    MemberId
    /// Names a message here; WhatsApp's own name for it is its wamid.
    MessageId
    NoticeId
    /// Names a product. The editor makes it, so that saving twice is saving once.
    ProductId
    /// Names a product's link that many pay.
    ProductLinkId
    /// Names an offer that a customer may accept.
    QuotationId
    QuickReplyId
    /// Names one reading of the account.
    ReconcileId
    /// Names money given back. The person's click makes it, so a second one is the same refund.
    RefundId
}
