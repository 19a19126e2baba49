//! From what the outbox keeps to what WhatsApp takes.

use cobro_whatsapp::{
    ButtonParameter, Draft, DraftBody, MediaKind, Parameter, Recipient, WhatsAppApi, WhatsAppError,
};

use crate::domain::{FileKind, MessageId};
use crate::store::conversations::Address;
use crate::store::outbox::{Entry, Filled, Outgoing};
use crate::{Inbox, media};

/// Stands for a file's id while a message is only checked.
const NOT_UPLOADED: &str = "0";

/// What came of a call that did not succeed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub error: WhatsAppError,
    /// Nothing can have reached the customer, or twice would be as once.
    pub safe: bool,
}

/// Sends one entry. Returns WhatsApp's name for it, where it has one.
pub(crate) async fn post(
    inbox: &Inbox,
    api: &WhatsAppApi,
    address: &Address,
    entry: &Entry,
    reply_to: Option<&str>,
) -> Result<Option<String>, Refused> {
    let line = &address.phone_number_id;
    let safe = entry.outgoing.is_repeatable();
    let refused = |error| Refused { error, safe };
    if let Outgoing::ReadReceipt { wamid } = &entry.outgoing {
        return api
            .mark_read(line, wamid, false)
            .await
            .map(|()| None)
            .map_err(refused);
    }
    let file = match &entry.outgoing {
        // An upload has no side effect on the customer.
        Outgoing::File { message, .. } => Some(
            media::id_for_sending(inbox, api, line, MessageId(*message))
                .await
                .map_err(|error| Refused { error, safe: true })?,
        ),
        _ => None,
    };
    let to = recipient(address).map_err(refused)?;
    let opaque = entry.id.to_string();
    let parts = Parts::of(&entry.outgoing);
    let Some(draft) = parts.draft(&entry.outgoing, &to, &opaque, reply_to, file.as_deref()) else {
        return Ok(None);
    };
    let sent = api.send(line, &draft).await.map_err(refused)?;
    Ok(Some(sent.wamid))
}

/// Checks everything that WhatsApp would refuse, before it is queued.
pub(crate) fn check(
    outgoing: &Outgoing,
    address: &Address,
    reply_to: Option<&str>,
) -> Result<(), WhatsAppError> {
    let to = recipient(address)?;
    let parts = Parts::of(outgoing);
    match parts.draft(outgoing, &to, NOT_UPLOADED, reply_to, Some(NOT_UPLOADED)) {
        Some(draft) => draft.check(),
        None => Ok(()),
    }
}

/// The phone number where there is one: it reaches the customer on every line.
fn recipient(address: &Address) -> Result<Recipient, WhatsAppError> {
    match (&address.phone, &address.user_id) {
        (Some(phone), _) => Ok(Recipient::Phone(phone.clone())),
        (None, Some(user_id)) => Ok(Recipient::UserId(user_id.clone())),
        (None, None) => Err(WhatsAppError::invalid(
            "The customer has no phone number and no user id to send to",
        )),
    }
}

/// What a draft of a template borrows from.
#[derive(Default)]
struct Parts {
    header: Vec<Parameter>,
    body: Vec<Parameter>,
    buttons: Vec<ButtonParameter>,
}

impl Parts {
    fn of(outgoing: &Outgoing) -> Self {
        let Outgoing::Template {
            header,
            body,
            buttons,
            ..
        } = outgoing
        else {
            return Self::default();
        };
        let parameters = |places: &[Filled]| {
            places
                .iter()
                .map(|place| Parameter {
                    name: place.name.clone(),
                    text: place.text.clone(),
                })
                .collect()
        };
        Self {
            header: parameters(header),
            body: parameters(body),
            buttons: buttons
                .iter()
                .map(|button| ButtonParameter {
                    index: button.index,
                    text: button.text.clone(),
                })
                .collect(),
        }
    }

    /// Returns the draft; `None` for what is no message.
    fn draft<'a>(
        &'a self,
        outgoing: &'a Outgoing,
        to: &'a Recipient,
        opaque: &'a str,
        reply_to: Option<&'a str>,
        file: Option<&'a str>,
    ) -> Option<Draft<'a>> {
        let body = match outgoing {
            Outgoing::Text { body, .. } => DraftBody::Text {
                body,
                preview_url: true,
            },
            Outgoing::PayButton {
                body, button, url, ..
            } => DraftBody::PayButton {
                body,
                footer: None,
                display_text: button,
                url,
            },
            Outgoing::File {
                kind, caption, name, ..
            } => DraftBody::Media {
                kind: media_kind(*kind),
                media_id: file?,
                caption: caption.as_deref(),
                filename: name.as_deref(),
                voice: *kind == FileKind::Voice,
            },
            Outgoing::Location {
                latitude,
                longitude,
                name,
                address,
                ..
            } => DraftBody::Location {
                latitude: *latitude,
                longitude: *longitude,
                name: name.as_deref(),
                address: address.as_deref(),
            },
            Outgoing::Contacts { cards, .. } => DraftBody::Contacts { cards },
            Outgoing::Buttons { body, buttons, .. } => DraftBody::Buttons {
                body,
                buttons,
                header: None,
                footer: None,
            },
            Outgoing::List {
                body,
                button,
                sections,
                ..
            } => DraftBody::List {
                body,
                button,
                sections,
                footer: None,
            },
            Outgoing::Template { name, language, .. } => DraftBody::Template {
                name,
                language,
                header: &self.header,
                body: &self.body,
                buttons: &self.buttons,
            },
            Outgoing::Reaction { target, emoji, .. } => DraftBody::Reaction { target, emoji },
            Outgoing::ReadReceipt { .. } => return None,
        };
        Some(Draft {
            to,
            opaque,
            reply_to,
            body,
        })
    }
}

fn media_kind(kind: FileKind) -> MediaKind {
    match kind {
        FileKind::Image => MediaKind::Image,
        FileKind::Video => MediaKind::Video,
        FileKind::Audio | FileKind::Voice => MediaKind::Audio,
        FileKind::Document => MediaKind::Document,
        FileKind::Sticker => MediaKind::Sticker,
    }
}
