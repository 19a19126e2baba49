//! What we send, checked against WhatsApp's limits before it leaves.

use reqwest::Url;
use serde::Serialize;

use crate::{Recipient, WhatsAppError};

const TEXT_LIMIT: usize = 4096;
const BODY_LIMIT: usize = 1024;
const FOOTER_LIMIT: usize = 60;
const BUTTON_LIMIT: usize = 20;
const OPAQUE_LIMIT: usize = 512;

const PRODUCT: &str = "whatsapp";

/// A message as the Graph API takes it.
#[derive(Serialize)]
pub(crate) struct Outgoing<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(flatten)]
    address: Address<'a>,
    #[serde(flatten)]
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Reply<'a>>,
    biz_opaque_callback_data: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Address<'a> {
    To(&'a str),
    Recipient(&'a str),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Content<'a> {
    Text { text: Text<'a> },
    Interactive { interactive: Interactive<'a> },
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
    preview_url: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Interactive<'a> {
    CtaUrl {
        body: Words<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Words<'a>>,
        action: Action<'a>,
    },
}

#[derive(Serialize)]
struct Words<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "name", content = "parameters", rename_all = "snake_case")]
enum Action<'a> {
    CtaUrl { display_text: &'a str, url: &'a str },
}

#[derive(Serialize)]
struct Reply<'a> {
    message_id: &'a str,
}

/// That a message, and all before it, was read.
#[derive(Serialize)]
pub(crate) struct Receipt<'a> {
    messaging_product: &'static str,
    status: &'static str,
    message_id: &'a str,
}

/// A button that opens an address, and the words around it.
pub(crate) struct Button<'a> {
    pub(crate) body: &'a str,
    pub(crate) footer: Option<&'a str>,
    pub(crate) display_text: &'a str,
    pub(crate) url: &'a str,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn text(
        to: &'a Recipient,
        body: &'a str,
        preview_url: bool,
        opaque: &'a str,
        reply_to: Option<&'a str>,
    ) -> Result<Self, WhatsAppError> {
        at_most("text", body, TEXT_LIMIT)?;
        let text = Text { body, preview_url };
        let context = reply_to.map(|message_id| Reply { message_id });
        Self::new(to, Content::Text { text }, context, opaque)
    }

    pub(crate) fn button(
        to: &'a Recipient,
        button: &Button<'a>,
        opaque: &'a str,
    ) -> Result<Self, WhatsAppError> {
        at_most("message above the button", button.body, BODY_LIMIT)?;
        at_most("button", button.display_text, BUTTON_LIMIT)?;
        if let Some(footer) = button.footer {
            at_most("footer", footer, FOOTER_LIMIT)?;
        }
        checked_address(button.url)?;
        let interactive = Interactive::CtaUrl {
            body: Words { text: button.body },
            footer: button.footer.map(|text| Words { text }),
            action: Action::CtaUrl {
                display_text: button.display_text,
                url: button.url,
            },
        };
        Self::new(to, Content::Interactive { interactive }, None, opaque)
    }

    fn new(
        to: &'a Recipient,
        content: Content<'a>,
        context: Option<Reply<'a>>,
        opaque: &'a str,
    ) -> Result<Self, WhatsAppError> {
        at_most("reference", opaque, OPAQUE_LIMIT)?;
        Ok(Self {
            messaging_product: PRODUCT,
            recipient_type: "individual",
            address: match to {
                Recipient::Phone(phone) => Address::To(phone),
                Recipient::UserId(id) => Address::Recipient(id),
            },
            content,
            context,
            biz_opaque_callback_data: opaque,
        })
    }
}

impl<'a> Receipt<'a> {
    pub(crate) fn of(wamid: &'a str) -> Self {
        Self {
            messaging_product: PRODUCT,
            status: "read",
            message_id: wamid,
        }
    }
}

fn checked_address(url: &str) -> Result<(), WhatsAppError> {
    match Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(()),
        _ => Err(WhatsAppError::invalid(
            "The button's address must be one that starts with https://",
        )),
    }
}

/// WhatsApp counts characters, not bytes.
fn at_most(what: &str, text: &str, limit: usize) -> Result<(), WhatsAppError> {
    match text.chars().count() {
        0 => Err(WhatsAppError::invalid(format!(
            "The {what} is empty. Write something first"
        ))),
        length if length > limit => Err(WhatsAppError::invalid(format!(
            "The {what} has {length} characters; WhatsApp takes at most {limit}. Shorten it"
        ))),
        _ => Ok(()),
    }
}
