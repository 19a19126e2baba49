//! A customer and what their phone shows.

use jiff::Timestamp;
use serde::Serialize;

use super::ids;

/// Whoever writes to the shop.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    /// Digits, in the spelling in which the customer was introduced.
    pub(crate) phone: String,
    /// The shop never sees the phone, only the user id.
    pub(crate) hides_phone: bool,
    pub(crate) user_id: String,
    pub(crate) username: Option<String>,
    pub(crate) name: String,
    pub(crate) bubbles: Vec<Bubble>,
    /// When the customer last wrote: the service window is open for 24 hours from here.
    pub(crate) wrote_ms: Option<i64>,
    pub(crate) shop_types_until_ms: i64,
}

impl Customer {
    pub(crate) fn new(phone: &str) -> Self {
        let phone = ids::digits(phone);
        Self {
            user_id: ids::user_id(&phone),
            name: format!("Cliente {}", last_four(&phone)),
            phone,
            hides_phone: false,
            username: None,
            bubbles: Vec::new(),
            wrote_ms: None,
            shop_types_until_ms: 0,
        }
    }

    /// Returns the phone as far as the shop may know it.
    pub(crate) fn known_phone(&self) -> Option<&str> {
        (!self.hides_phone).then_some(self.phone.as_str())
    }

    pub(crate) fn window_is_open(&self, now_ms: i64) -> bool {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        self.wrote_ms
            .is_some_and(|wrote| now_ms.saturating_sub(wrote) < DAY_MS)
    }

    pub(crate) fn bubble_mut(&mut self, wamid: &str) -> Option<&mut Bubble> {
        self.bubbles.iter_mut().rfind(|bubble| bubble.wamid == wamid)
    }
}

fn last_four(phone: &str) -> &str {
    phone.get(phone.len().saturating_sub(4)..).unwrap_or(phone)
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    Shop,
    Customer,
}

/// How far a message has come. It only moves down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The API took it.
    Accepted,
    Sent,
    Delivered,
    Read,
    /// It never arrives.
    Failed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// A button that opens an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    pub text: String,
    pub url: String,
}

/// One message in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bubble {
    pub wamid: String,
    pub from: Author,
    #[serde(rename = "type")]
    pub kind: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Button>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The wamid that this answers or reacts to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The sandbox's time.
    pub at: Timestamp,
    pub status: Status,
    /// The `biz_opaque_callback_data` it was sent with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opaque: Option<String>,
}

impl Bubble {
    /// Returns whether the customer can see it.
    pub fn is_on_the_phone(&self) -> bool {
        self.from == Author::Customer || matches!(self.status, Status::Delivered | Status::Read)
    }

    /// Returns the address to pay at: the button's, or the last one in the text.
    pub fn link(&self) -> Option<&str> {
        let in_text = || {
            self.text
                .split_whitespace()
                .rfind(|word| word.starts_with("http"))
        };
        self.button
            .as_ref()
            .map(|button| button.url.as_str())
            .or_else(in_text)
    }
}
