//! What we send: one message of any kind, checked against WhatsApp's limits before it leaves.

mod check;
mod wire;

use std::fmt;

use crate::{Choice, ContactCard, ListSection, MediaKind, Recipient, WhatsAppError};

pub(crate) use wire::{body_of, receipt_of};

/// One message, ready to go.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// Whom it goes to.
    pub to: &'a Recipient,
    /// Comes back in every status of the message. Every app on the account sees it: an id, no secret.
    pub opaque: &'a str,
    /// The wamid of the message that it answers.
    pub reply_to: Option<&'a str>,
    /// What it says.
    pub body: DraftBody<'a>,
}

/// What a message says, by kind. Optional words that are blank are left out.
#[derive(Clone, Copy)]
pub enum DraftBody<'a> {
    /// Free text.
    Text {
        /// The words, with WhatsApp's marks such as `*bold*`.
        body: &'a str,
        /// Whether the first link is shown with its picture and title.
        preview_url: bool,
    },
    /// An emoji on an earlier message.
    Reaction {
        /// The wamid of that message.
        target: &'a str,
        /// Empty takes the reaction away.
        emoji: &'a str,
    },
    /// A file that was uploaded before.
    Media {
        /// How the customer sees it.
        kind: MediaKind,
        /// What the upload answered.
        media_id: &'a str,
        /// Not for audio and stickers: they have none.
        caption: Option<&'a str>,
        /// Shown under documents; WhatsApp takes none for the other kinds.
        filename: Option<&'a str>,
        /// Whether audio is played as if it was recorded in the chat.
        voice: bool,
    },
    /// A place on the map.
    Location {
        /// In degrees, north positive.
        latitude: f64,
        /// In degrees, east positive.
        longitude: f64,
        /// Such as the shop's name.
        name: Option<&'a str>,
        /// Shown where there is a name too.
        address: Option<&'a str>,
    },
    /// People or shops to add to the phone book.
    Contacts {
        /// One or more.
        cards: &'a [ContactCard],
    },
    /// Words with a button that opens an address.
    PayButton {
        /// Above the button.
        body: &'a str,
        /// Below the words, in grey.
        footer: Option<&'a str>,
        /// On the button.
        display_text: &'a str,
        /// What it opens.
        url: &'a str,
    },
    /// Words with up to three buttons that answer.
    Buttons {
        /// Above the buttons.
        body: &'a str,
        /// What can be answered.
        buttons: &'a [Choice],
        /// Above the words, in bold.
        header: Option<&'a str>,
        /// Below the words, in grey.
        footer: Option<&'a str>,
    },
    /// Words with a button that opens a list to choose from.
    List {
        /// Above the button.
        body: &'a str,
        /// On the button.
        button: &'a str,
        /// Up to ten rows in all.
        sections: &'a [ListSection],
        /// Below the words, in grey.
        footer: Option<&'a str>,
    },
    /// An approved template: all that goes through outside the 24-hour window.
    Template {
        /// As it was created.
        name: &'a str,
        /// Meta's code, such as `es` or `pt_BR`.
        language: &'a str,
        /// At most one: a header has one place.
        header: &'a [Parameter],
        /// In the order of the body's places.
        body: &'a [Parameter],
        /// The suffixes of the buttons' addresses.
        buttons: &'a [ButtonParameter],
    },
}

/// What fills one place of a template's header or body.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The place's name, of a template in the named format; `None` for `{{1}}` and so on.
    pub name: Option<String>,
    /// What stands there.
    pub text: String,
}

/// What completes the address of a template's button.
#[derive(Clone, PartialEq, Eq)]
pub struct ButtonParameter {
    /// Which button, from 0.
    pub index: u8,
    /// The end of the address.
    pub text: String,
}

impl Draft<'_> {
    /// Checks every limit of WhatsApp's that can be known before sending.
    /// The error names the field, the rule and the way out.
    pub fn check(&self) -> Result<(), WhatsAppError> {
        check::check(self)
    }
}

macro_rules! quiet_debug {
    ($($type:ty),*) => {$(
        /// Customers' words stay out of logs.
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )*};
}
quiet_debug!(Draft<'_>, DraftBody<'_>, Parameter, ButtonParameter);
