//! What a message holds besides its words: one shape for what comes in, what goes out, and what the window draws.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;

/// What a message holds besides its words. Files are apart: see [`crate::webhook::Media`].
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Content {
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
        url: Option<String>,
    },
    Contacts {
        cards: Vec<ContactCard>,
    },
    /// A tap on one of our reply buttons, or on a template's.
    ButtonReply {
        title: String,
        id: Option<String>,
    },
    ListReply {
        title: String,
        description: Option<String>,
        id: Option<String>,
    },
    /// What the customer filled in, field by field.
    FlowReply {
        name: Option<String>,
        answers: Vec<FlowAnswer>,
    },
    /// The customer's cart.
    Order {
        catalog_id: Option<String>,
        items: Vec<OrderItem>,
    },
    System {
        change: SystemChange,
        previous: Option<String>,
        current: Option<String>,
    },
    /// The customer called; a call opens the service window as a message does.
    Call {
        event: String,
    },
    /// WhatsApp itself can't show it to programs, or this version does not know its type.
    Unsupported {
        /// What it was, in WhatsApp's own word, where it says so.
        original: Option<String>,
        code: Option<i32>,
        title: Option<String>,
        details: Option<String>,
    },
    /// Reply buttons that we sent.
    Buttons {
        buttons: Vec<Choice>,
    },
    /// A list that we sent.
    List {
        button: String,
        sections: Vec<ListSection>,
    },
    /// A template that we sent; the message's text is how it read.
    Template {
        name: String,
        language: String,
        header: Option<String>,
        footer: Option<String>,
        buttons: Vec<TemplateButton>,
    },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ContactCard {
    pub name: String,
    pub organization: Option<String>,
    pub phones: Vec<CardPhone>,
    pub emails: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CardPhone {
    pub phone: String,
    /// WhatsApp's own form of the number, where it has one.
    pub wa_id: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FlowAnswer {
    pub name: String,
    pub value: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// The shop's own id of the product.
    /// Empty where WhatsApp gave none.
    pub product: String,
    /// 0 where it could not be read.
    pub quantity: u32,
    /// In major units, digit for digit as WhatsApp wrote it.
    pub price: Option<String>,
    pub currency: Option<String>,
}

/// What a system message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SystemChange {
    Number,
    UserId,
    /// The customer's security code changed: a new phone, or a new owner.
    Identity,
    Other,
}

/// One reply button, or one row of a list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListSection {
    pub title: Option<String>,
    pub rows: Vec<Choice>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemplateButton {
    pub title: String,
    pub url: Option<String>,
}

/// What WhatsApp says a message costs: kept as it is told, hard-coded nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    pub billable: Option<bool>,
    /// Such as `PMP`.
    pub model: Option<String>,
    /// Such as `service`, `utility`, `marketing`.
    pub category: Option<String>,
    /// Such as `regular`, `free_customer_service`, `free_entry_point`.
    pub kind: Option<String>,
}

/// What led the customer here: an ad or post, or the page of a product that they ask about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Referral {
    pub source_type: Option<String>,
    pub source_id: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
    /// Names the click, for telling the ad what came of it.
    pub ctwa_clid: Option<String>,
    /// The product, by the shop's own id of it.
    #[serde(default)]
    pub product: Option<String>,
}

macro_rules! quiet_debug {
    ($($type:ident),*) => {$(
        /// Customers' words stay out of logs.
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
quiet_debug!(
    Content,
    ContactCard,
    CardPhone,
    FlowAnswer,
    OrderItem,
    Choice,
    ListSection,
    TemplateButton,
    Referral
);
