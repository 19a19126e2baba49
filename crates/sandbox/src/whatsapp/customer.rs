//! A customer and what their phone shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::ids;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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
    /// By the shop's number.
    pub(crate) talks: BTreeMap<String, Talk>,
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
            talks: BTreeMap::new(),
            shop_types_until_ms: 0,
        }
    }

    /// Returns the phone as far as the shop may know it.
    pub(crate) fn known_phone(&self) -> Option<&str> {
        (!self.hides_phone).then_some(self.phone.as_str())
    }

    pub(crate) fn talk_mut(&mut self, line: &str) -> &mut Talk {
        self.talks.entry(line.to_owned()).or_default()
    }

    pub(crate) fn bubble(&self, wamid: &str) -> Option<&Bubble> {
        self.bubbles.iter().rfind(|bubble| bubble.wamid == wamid)
    }

    pub(crate) fn bubble_mut(&mut self, wamid: &str) -> Option<&mut Bubble> {
        self.bubbles.iter_mut().rfind(|bubble| bubble.wamid == wamid)
    }
}

fn last_four(phone: &str) -> &str {
    phone.get(phone.len().saturating_sub(4)..).unwrap_or(phone)
}

/// What decides how the shop may write to a customer, and at what price.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_field_names, reason = "all times here say their unit")]
pub(crate) struct Talk {
    /// When the customer last wrote or called: the service window is open for 24 hours from here.
    pub(crate) wrote_ms: Option<i64>,
    /// When the customer last came by an ad.
    pub(crate) clicked_ms: Option<i64>,
    /// The free entry window is open until here.
    pub(crate) free_until_ms: Option<i64>,
}

impl Talk {
    /// Returns until when the shop may write freely.
    pub(crate) fn open_until_ms(&self) -> Option<i64> {
        let service = self.wrote_ms.map(|wrote| wrote.saturating_add(DAY_MS));
        service.max(self.free_until_ms)
    }

    pub(crate) fn window_is_open(&self, now_ms: i64) -> bool {
        self.open_until_ms().is_some_and(|until| now_ms < until)
    }

    pub(crate) fn is_free_entry(&self, now_ms: i64) -> bool {
        self.free_until_ms.is_some_and(|until| now_ms < until)
    }

    /// The shop answers: within a day of an ad click that opens the free entry window for three.
    pub(crate) fn answered(&mut self, now_ms: i64) {
        if self
            .clicked_ms
            .take_if(|clicked| now_ms.saturating_sub(*clicked) < DAY_MS)
            .is_some()
        {
            self.free_until_ms = Some(now_ms.saturating_add(3 * DAY_MS));
        }
    }
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
    /// A voice message was listened to.
    Played,
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
            Self::Played => "played",
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

/// A button or a row that answers when it is tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An emoji that stands on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    pub from: Author,
    pub emoji: String,
}

/// A file that a message carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// In hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    pub size: u64,
    pub voice: bool,
}

/// One message in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bubble {
    pub wamid: String,
    pub from: Author,
    /// The id of the shop's number.
    pub line: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Button>,
    /// What can be tapped to answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The template's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// The wamid that this answers or reacts to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The sandbox's time.
    pub at: Timestamp,
    pub status: Status,
    /// The `biz_opaque_callback_data` it was sent with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opaque: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub edited: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// The shop wrote it on its own phone.
    #[serde(skip_serializing_if = "is_false")]
    pub from_phone: bool,
    /// What its statuses say about the price.
    #[serde(skip)]
    pub(crate) pricing: Value,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Bubble {
    pub(crate) fn new(wamid: &str, from: Author, line: &str, kind: &str, at: Timestamp) -> Self {
        let status = match from {
            Author::Shop => Status::Accepted,
            Author::Customer => Status::Delivered,
        };
        Self {
            wamid: wamid.to_owned(),
            from,
            line: line.to_owned(),
            kind: kind.to_owned(),
            header: None,
            text: String::new(),
            button: None,
            choices: Vec::new(),
            footer: None,
            template: None,
            file: None,
            reactions: Vec::new(),
            about: None,
            at,
            status,
            opaque: None,
            edited: false,
            deleted: false,
            from_phone: false,
            pricing: Value::Null,
        }
    }

    /// Returns whether the customer can see it as a message of its own.
    pub fn is_on_the_phone(&self) -> bool {
        if matches!(self.kind.as_str(), "reaction" | "edit" | "revoke" | "system") {
            return false;
        }
        self.from == Author::Customer
            || matches!(self.status, Status::Delivered | Status::Read | Status::Played)
    }

    /// Puts an emoji on it in place of the same author's; an empty one takes it away.
    pub(crate) fn react(&mut self, from: Author, emoji: &str) {
        self.reactions.retain(|reaction| reaction.from != from);
        if !emoji.is_empty() {
            let emoji = emoji.to_owned();
            self.reactions.push(Reaction { from, emoji });
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_an_ad_click_opens_three_free_days() {
        let mut talk = Talk {
            wrote_ms: Some(0),
            clicked_ms: Some(0),
            free_until_ms: None,
        };
        assert!(!talk.is_free_entry(1));
        talk.answered(1000);
        assert!(talk.is_free_entry(3 * DAY_MS) && talk.window_is_open(3 * DAY_MS));
        assert!(!talk.window_is_open(3 * DAY_MS + 1000));
        let mut late = Talk {
            wrote_ms: Some(0),
            clicked_ms: Some(0),
            free_until_ms: None,
        };
        late.answered(DAY_MS);
        assert!(!late.window_is_open(DAY_MS));
    }

    #[test]
    fn each_side_has_one_reaction() {
        let mut bubble = Bubble::new("w", Author::Shop, "1", "text", Timestamp::UNIX_EPOCH);
        bubble.react(Author::Customer, "👍");
        bubble.react(Author::Shop, "❤️");
        bubble.react(Author::Customer, "😂");
        assert_eq!(bubble.reactions.len(), 2);
        bubble.react(Author::Customer, "");
        assert_eq!(bubble.reactions.len(), 1);
    }
}
