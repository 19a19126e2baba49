//! WhatsApp's limits, each told with its field and the way out.

use std::collections::HashSet;

use reqwest::Url;

use super::{ButtonParameter, Draft, DraftBody, Parameter};
use crate::{Choice, ContactCard, ListSection, MediaKind, Recipient, WhatsAppError};

const OPAQUE: usize = 512;
const TEXT: usize = 4096;
const CAPTION: usize = 1024;
const INTERACTIVE_BODY: usize = 1024;
const LIST_BODY: usize = 4096;
const HEADER: usize = 60;
const FOOTER: usize = 60;
const BUTTON: usize = 20;
const BUTTONS: usize = 3;
const BUTTON_ID: usize = 256;
const SECTIONS: usize = 10;
const ROWS: usize = 10;
const ROW_ID: usize = 200;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
const SECTION_TITLE: usize = 24;
const CARDS: usize = 257;
const PARAMETER: usize = 1024;
const TEMPLATE_NAME: usize = 512;
const SUFFIX: usize = 2000;

pub(super) fn check(draft: &Draft<'_>) -> Result<(), WhatsAppError> {
    recipient(draft.to)?;
    text("reference", draft.opaque, OPAQUE)?;
    if let Some(wamid) = draft.reply_to {
        present(
            "message that this one answers",
            wamid,
            "Leave it out, or name the message",
        )?;
    }
    body(draft)
}

fn body(draft: &Draft<'_>) -> Result<(), WhatsAppError> {
    match draft.body {
        DraftBody::Text { body, .. } => text("text", body, TEXT),
        DraftBody::Reaction { target, emoji } => {
            rule(draft.reply_to.is_none(), || {
                "A reaction already names its message; WhatsApp takes no reply beside it. Leave the reply out"
                    .into()
            })?;
            reaction(target, emoji)
        }
        DraftBody::Media {
            kind,
            media_id,
            caption,
            ..
        } => media(kind, media_id, caption),
        DraftBody::Location {
            latitude, longitude, ..
        } => {
            degrees("latitude", latitude, 90.0)?;
            degrees("longitude", longitude, 180.0)
        }
        DraftBody::Contacts { cards } => contacts(cards),
        DraftBody::PayButton {
            body,
            footer,
            display_text,
            url,
        } => {
            text("message above the button", body, INTERACTIVE_BODY)?;
            text("button", display_text, BUTTON)?;
            up_to("footer", footer, FOOTER)?;
            address(url)
        }
        DraftBody::Buttons {
            body,
            buttons: choices,
            header,
            footer,
        } => {
            text("message above the buttons", body, INTERACTIVE_BODY)?;
            up_to("header", header, HEADER)?;
            up_to("footer", footer, FOOTER)?;
            buttons(choices)
        }
        DraftBody::List {
            body,
            button,
            sections,
            footer,
        } => {
            text("message above the list", body, LIST_BODY)?;
            text("button that opens the list", button, BUTTON)?;
            up_to("footer", footer, FOOTER)?;
            list(sections)
        }
        DraftBody::Template {
            name,
            language,
            header,
            body,
            buttons,
        } => {
            template(name, language)?;
            parameters("header", header)?;
            parameters("body", body)?;
            rule(header.len() <= 1, || {
                format!(
                    "The template's header has {} parameters; WhatsApp takes one. Fill in the header's one place",
                    header.len()
                )
            })?;
            suffixes(buttons)
        }
    }
}

fn recipient(to: &Recipient) -> Result<(), WhatsAppError> {
    let (is_one, way_out) = match to {
        Recipient::Phone(phone) => (
            phone.bytes().any(|byte| byte.is_ascii_digit()),
            "The customer's phone number has no digits. Write it with its country code",
        ),
        Recipient::UserId(id) => (
            !id.trim().is_empty(),
            "The customer's user id is empty. Wait until they write, or use their phone number",
        ),
    };
    rule(is_one, || way_out.into())
}

fn reaction(target: &str, emoji: &str) -> Result<(), WhatsAppError> {
    present(
        "message that the reaction is for",
        target,
        "React to a message that WhatsApp has named",
    )?;
    let is_emoji = !emoji
        .chars()
        .any(|char| char.is_ascii_alphabetic() || char.is_whitespace());
    rule(is_emoji, || {
        "The reaction must be one emoji. Choose one, or take the reaction away".into()
    })
}

fn media(kind: MediaKind, media_id: &str, caption: Option<&str>) -> Result<(), WhatsAppError> {
    present("file's id", media_id, "Upload the file first")?;
    up_to("caption", caption, CAPTION)?;
    let has_caption = caption.is_some_and(|caption| !caption.trim().is_empty());
    rule(kind.takes_caption() || !has_caption, || {
        format!(
            "The caption can't go with {}: WhatsApp shows none there. Send the words as a message of their own",
            kind.words()
        )
    })
}

fn degrees(what: &str, given: f64, limit: f64) -> Result<(), WhatsAppError> {
    // What is no number fails too.
    rule(given.abs() <= limit, || {
        format!("The {what} is {given}; it must be between -{limit} and {limit}. Choose the place again")
    })
}

fn contacts(cards: &[ContactCard]) -> Result<(), WhatsAppError> {
    rule((1..=CARDS).contains(&cards.len()), || {
        format!(
            "The message has {} contacts; WhatsApp takes 1 to {CARDS}. Choose at least one, or send them in parts",
            cards.len()
        )
    })?;
    cards.iter().try_for_each(|card| {
        present("contact's name", &card.name, "Give each contact a name")?;
        card.phones
            .iter()
            .try_for_each(|phone| present("contact's phone number", &phone.phone, "Fill it in, or remove it"))
    })
}

fn buttons(buttons: &[Choice]) -> Result<(), WhatsAppError> {
    rule((1..=BUTTONS).contains(&buttons.len()), || {
        format!(
            "The message has {} buttons; WhatsApp takes 1 to {BUTTONS}. Use a list for more choices",
            buttons.len()
        )
    })?;
    for button in buttons {
        text("button", &button.title, BUTTON)?;
        id_of("button", &button.id, BUTTON_ID)?;
    }
    all_differ(
        "Two buttons read the same. Give each its own words",
        buttons,
        |choice| &choice.title,
    )?;
    all_differ(
        "Two buttons have the same id. Give each its own",
        buttons,
        |choice| &choice.id,
    )
}

fn list(sections: &[ListSection]) -> Result<(), WhatsAppError> {
    rule((1..=SECTIONS).contains(&sections.len()), || {
        format!(
            "The list has {} sections; WhatsApp takes 1 to {SECTIONS}. Join some of them",
            sections.len()
        )
    })?;
    let rows: Vec<&Choice> = sections.iter().flat_map(|section| &section.rows).collect();
    rule(rows.len() <= ROWS, || {
        format!(
            "The list has {} rows; WhatsApp takes at most {ROWS} in all its sections. Remove some",
            rows.len()
        )
    })?;
    for section in sections {
        one_section(section, sections.len())?;
    }
    all_differ("Two rows have the same id. Give each its own", rows, |row| {
        &row.id
    })
}

fn one_section(section: &ListSection, sections: usize) -> Result<(), WhatsAppError> {
    let title = section.title.as_deref().unwrap_or_default();
    if sections > 1 {
        text("section's title", title, SECTION_TITLE)?;
    } else {
        up_to("section's title", Some(title), SECTION_TITLE)?;
    }
    rule(!section.rows.is_empty(), || {
        "A section of the list has no rows. Add one, or remove the section".into()
    })?;
    for row in &section.rows {
        text("row's title", &row.title, ROW_TITLE)?;
        id_of("row", &row.id, ROW_ID)?;
        up_to("row's description", row.description.as_deref(), ROW_DESCRIPTION)?;
    }
    Ok(())
}

fn template(name: &str, language: &str) -> Result<(), WhatsAppError> {
    text("template's name", name, TEMPLATE_NAME)?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    rule(is_name, || {
        "The template's name has only small letters, digits and underscores. Choose one of the shop's templates".into()
    })?;
    present(
        "template's language",
        language,
        "Choose one of the languages that the template was approved in",
    )
}

fn parameters(place: &str, parameters: &[Parameter]) -> Result<(), WhatsAppError> {
    for (number, parameter) in (1..).zip(parameters) {
        let what = match &parameter.name {
            Some(name) => format!("{place}'s parameter {name}"),
            None => format!("{place}'s parameter {number}"),
        };
        text(&what, &parameter.text, PARAMETER)?;
        one_line(&what, &parameter.text)?;
    }
    let named = parameters
        .iter()
        .filter(|parameter| parameter.name.is_some())
        .count();
    rule(named == 0 || named == parameters.len(), || {
        format!(
            "Only some of the {place}'s parameters have names; WhatsApp takes all or none. Fill in the template again"
        )
    })?;
    all_differ(
        "Two parameters of the template have the same name. Fill in the template again",
        parameters.iter().filter_map(|parameter| parameter.name.as_ref()),
        |name| name,
    )
}

/// WhatsApp refuses a template whose parameters have line breaks or wide gaps.
fn one_line(what: &str, text: &str) -> Result<(), WhatsAppError> {
    let has_gap = text.contains(['\n', '\r', '\t']) || text.contains("    ");
    rule(!has_gap, || {
        format!(
            "The {what} has a line break, a tab or more than three spaces in a row; WhatsApp refuses them in templates. Write it on one line"
        )
    })
}

fn suffixes(buttons: &[ButtonParameter]) -> Result<(), WhatsAppError> {
    for button in buttons {
        let what = format!("address of button {}", u16::from(button.index) + 1);
        text(&what, &button.text, SUFFIX)?;
        rule(!button.text.contains(char::is_whitespace), || {
            format!("The {what} has a space; an address has none. Remove it")
        })?;
        rule(button.index < 10, || {
            format!(
                "The template has no button {}; it has at most 10. Choose the template again",
                u16::from(button.index) + 1
            )
        })?;
    }
    all_differ(
        "Two parameters are for the same button. Fill in the template again",
        buttons,
        |button| &button.index,
    )
}

fn address(url: &str) -> Result<(), WhatsAppError> {
    let is_address =
        Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    rule(is_address, || {
        "The button's address must be one that starts with https://".into()
    })
}

fn id_of(what: &str, id: &str, limit: usize) -> Result<(), WhatsAppError> {
    text(&format!("{what}'s id"), id, limit)?;
    rule(id.trim() == id, || {
        format!("The {what}'s id starts or ends with a space; WhatsApp refuses that. Remove it")
    })
}

fn all_differ<'a, T: 'a, K: std::hash::Hash + Eq + 'a>(
    otherwise: &str,
    items: impl IntoIterator<Item = T>,
    key: impl Fn(T) -> &'a K,
) -> Result<(), WhatsAppError> {
    let mut seen = HashSet::new();
    rule(items.into_iter().all(|item| seen.insert(key(item))), || {
        otherwise.to_owned()
    })
}

fn present(what: &str, given: &str, way_out: &str) -> Result<(), WhatsAppError> {
    rule(!given.trim().is_empty(), || {
        format!("The {what} is empty. {way_out}")
    })
}

/// Text that must be there.
fn text(what: &str, given: &str, limit: usize) -> Result<(), WhatsAppError> {
    present(what, given, "Write something first")?;
    up_to(what, Some(given), limit)
}

/// Text that may be missing. WhatsApp counts characters, not bytes.
fn up_to(what: &str, given: Option<&str>, limit: usize) -> Result<(), WhatsAppError> {
    let length = given.map_or(0, |given| given.chars().count());
    rule(length <= limit, || {
        format!("The {what} has {length} characters; WhatsApp takes at most {limit}. Shorten it")
    })
}

fn rule(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), WhatsAppError> {
    if holds {
        Ok(())
    } else {
        Err(WhatsAppError::invalid(otherwise()))
    }
}
