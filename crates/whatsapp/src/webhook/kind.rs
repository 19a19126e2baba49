//! Kinds of message, open to kinds that are not known yet.

use serde::Serialize;
use specta::Type;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// What a message is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
        #[serde(rename_all = "camelCase")]
        pub enum MessageKind { $($(#[$doc])* $variant),* }

        impl MessageKind {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name that rows and JSON keep.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

kinds! {
    Text = "text",
    Image = "image",
    Audio = "audio",
    Voice = "voice",
    Video = "video",
    Document = "document",
    Sticker = "sticker",
    Location = "location",
    Contacts = "contacts",
    Reaction = "reaction",
    Button = "button",
    Interactive = "interactive",
    Order = "order",
    System = "system",
    Edit = "edit",
    Revoke = "revoke",
    Call = "call",
    Template = "template",
    /// Reply buttons or a list that we sent.
    Choices = "choices",
    PayButton = "payButton",
    MediaPlaceholder = "mediaPlaceholder",
    /// The shop's own note in a thread. It is never sent, and never arrives.
    Note = "note",
    /// WhatsApp itself can't show it to programs.
    Unsupported = "unsupported",
    /// A type that this version does not know. The envelope keeps it whole.
    Unknown = "unknown",
}

impl MessageKind {
    /// Returns the kind with that name; `Unknown` for one not known.
    pub fn from_name(name: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
            .unwrap_or(Self::Unknown)
    }

    /// Returns the kind that WhatsApp's `type` means.
    pub(super) fn from_type(name: &str) -> Self {
        match name {
            "media_placeholder" => Self::MediaPlaceholder,
            "voice" | "call" | "choices" | "payButton" | "mediaPlaceholder" | "note" => Self::Unknown,
            name => Self::from_name(name),
        }
    }
}
