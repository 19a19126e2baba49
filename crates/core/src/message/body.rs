//! From what a person composed to a message as it is shown and sent: trimmed, and without card numbers.

use cobro_protocol::cards;
use rusqlite::Connection;

use super::named;
use crate::action::{FileOf, Sending};
use crate::domain::{
    Choice, ContactCard, Content, FileKind, ListSection, MessageId, MessageKind, NewBody, NewMessage,
    TemplateValue,
};
use crate::store::conversations::Address;
use crate::store::messages;
use crate::store::outbox::Outgoing;
use crate::{Error, Result, templates};

/// Returns the sending of what a person composed.
pub(super) fn sending(conn: &Connection, new: NewMessage, address: &Address) -> Result<Sending> {
    let reply_to = new
        .reply_to
        .map(|target| quoted(conn, target, &new))
        .transpose()?;
    let composed = match new.body {
        NewBody::Text { text } => of_text(new.id, &text),
        NewBody::File { file, kind, caption } => of_file(new.id, file, kind, &caption)?,
        NewBody::Location {
            latitude,
            longitude,
            name,
            address,
        } => of_location(new.id, latitude, longitude, name, address),
        NewBody::Contacts { cards } => of_contacts(new.id, cards),
        NewBody::Buttons { text, buttons } => of_buttons(new.id, &text, buttons),
        NewBody::List {
            text,
            button,
            sections,
        } => of_list(new.id, &text, &button, sections),
        NewBody::Template {
            name,
            language,
            values,
        } => of_template(conn, new.id, address, &name, &language, values)?,
    };
    Ok(Sending {
        message: new.id,
        conversation: new.conversation,
        kind: composed.kind,
        charge: None,
        retry_of: None,
        text: composed.text,
        content: composed.content,
        reply_to,
        file: composed.file,
        outgoing: composed.outgoing,
    })
}

struct Composed {
    kind: MessageKind,
    text: String,
    content: Option<Content>,
    file: Option<FileOf>,
    outgoing: Outgoing,
}

/// Returns the wamid of the message that is answered.
fn quoted(conn: &Connection, target: MessageId, new: &NewMessage) -> Result<String> {
    let target = messages::get(conn, target)?;
    if target.conversation != new.conversation {
        return Err(Error::Invalid(
            "A reply must answer a message of the same conversation. Take the quote out".into(),
        ));
    }
    named(&target, "answer it")
}

fn of_text(id: MessageId, text: &str) -> Composed {
    let text = clean(text);
    Composed {
        kind: MessageKind::Text,
        content: None,
        file: None,
        outgoing: Outgoing::Text {
            message: id.0,
            body: text.clone(),
        },
        text,
    }
}

fn of_file(id: MessageId, file: String, kind: FileKind, caption: &str) -> Result<Composed> {
    let caption = clean(caption);
    if !caption.is_empty() && matches!(kind, FileKind::Audio | FileKind::Voice | FileKind::Sticker) {
        return Err(Error::Invalid(
            "WhatsApp shows no caption under audio and stickers. Send the words as a message of their own"
                .into(),
        ));
    }
    Ok(Composed {
        kind: match kind {
            FileKind::Image => MessageKind::Image,
            FileKind::Video => MessageKind::Video,
            FileKind::Audio => MessageKind::Audio,
            FileKind::Voice => MessageKind::Voice,
            FileKind::Document => MessageKind::Document,
            FileKind::Sticker => MessageKind::Sticker,
        },
        content: None,
        file: Some(FileOf::Staged(file)),
        outgoing: Outgoing::File {
            message: id.0,
            kind,
            caption: Some(caption.clone()).filter(|caption| !caption.is_empty()),
            name: None,
        },
        text: caption,
    })
}

fn of_location(
    id: MessageId,
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
) -> Composed {
    let (name, address) = (maybe(name), maybe(address));
    Composed {
        kind: MessageKind::Location,
        text: lines([name.as_deref(), address.as_deref()]),
        content: Some(Content::Location {
            latitude,
            longitude,
            name: name.clone(),
            address: address.clone(),
            url: None,
        }),
        file: None,
        outgoing: Outgoing::Location {
            message: id.0,
            latitude,
            longitude,
            name,
            address,
        },
    }
}

/// Phone numbers stay whole: they are what the card is for.
fn of_contacts(id: MessageId, cards: Vec<ContactCard>) -> Composed {
    let cards: Vec<ContactCard> = cards
        .into_iter()
        .map(|card| ContactCard {
            name: clean(&card.name),
            organization: maybe(card.organization),
            ..card
        })
        .collect();
    Composed {
        kind: MessageKind::Contacts,
        text: lines(cards.iter().map(|card| Some(card.name.as_str()))),
        content: Some(Content::Contacts { cards: cards.clone() }),
        file: None,
        outgoing: Outgoing::Contacts { message: id.0, cards },
    }
}

fn of_buttons(id: MessageId, text: &str, buttons: Vec<Choice>) -> Composed {
    let (text, buttons) = (clean(text), choices(buttons));
    Composed {
        kind: MessageKind::Choices,
        content: Some(Content::Buttons {
            buttons: buttons.clone(),
        }),
        file: None,
        outgoing: Outgoing::Buttons {
            message: id.0,
            body: text.clone(),
            buttons,
        },
        text,
    }
}

fn of_list(id: MessageId, text: &str, button: &str, sections: Vec<ListSection>) -> Composed {
    let (text, button) = (clean(text), clean(button));
    let sections: Vec<ListSection> = sections
        .into_iter()
        .map(|section| ListSection {
            title: maybe(section.title),
            rows: choices(section.rows),
        })
        .collect();
    Composed {
        kind: MessageKind::Choices,
        content: Some(Content::List {
            button: button.clone(),
            sections: sections.clone(),
        }),
        file: None,
        outgoing: Outgoing::List {
            message: id.0,
            body: text.clone(),
            button,
            sections,
        },
        text,
    }
}

fn of_template(
    conn: &Connection,
    id: MessageId,
    address: &Address,
    name: &str,
    language: &str,
    values: Vec<TemplateValue>,
) -> Result<Composed> {
    let values: Vec<TemplateValue> = values
        .into_iter()
        .map(|value| TemplateValue {
            value: clean(&value.value),
            ..value
        })
        .collect();
    let filled = templates::filled(conn, &address.phone_number_id, name, language, &values)?;
    Ok(Composed {
        kind: MessageKind::Template,
        content: Some(filled.content()),
        file: None,
        outgoing: filled.outgoing(id),
        text: filled.text,
    })
}

fn choices(choices: Vec<Choice>) -> Vec<Choice> {
    choices
        .into_iter()
        .map(|choice| Choice {
            id: choice.id,
            title: clean(&choice.title),
            description: maybe(choice.description),
        })
        .collect()
}

/// Returns the text as it may be kept and sent: trimmed, and no card numbers.
fn clean(text: &str) -> String {
    cards::mask_text(text.trim()).into_owned()
}

fn maybe(text: Option<String>) -> Option<String> {
    text.map(|text| clean(&text)).filter(|text| !text.is_empty())
}

fn lines<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join("\n")
}
