//! Templates: what WhatsApp lets the shop say outside the 24-hour window.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One template of the shop's, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    pub name: String,
    /// Meta's code, such as `es` or `pt_BR`.
    pub language: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`.
    pub category: String,
    pub status: TemplateStatus,
    pub quality: Option<String>,
    /// Why Meta rejected or paused it.
    pub reason: Option<String>,
    pub kit: Option<KitPart>,
    pub header: Option<String>,
    /// With its places as Meta writes them: `{{1}}` or `{{name}}`.
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateFace>,
    /// Everything that must be filled in, in order.
    pub parameters: Vec<TemplateParameter>,
    /// Why this version of Cobro can't send it, such as a header that is a file.
    pub unsendable: Option<String>,
}

/// A template's button as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemplateFace {
    pub text: String,
    /// With its place, as `https://pay.example/{{1}}`.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum TemplateStatus {
    /// Not made at Meta yet.
    Missing,
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
    /// Another of Meta's states.
    Other,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ParameterPlace {
    Header,
    Body,
    /// The suffix of a button's address.
    Button,
}

/// Something that must be filled in before the template goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemplateParameter {
    pub place: ParameterPlace,
    /// Of a button: which one, from 0.
    pub button: Option<u8>,
    /// `1`, or its name.
    pub name: String,
    pub example: Option<String>,
}

/// What a person filled in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemplateValue {
    pub place: ParameterPlace,
    pub button: Option<u8>,
    pub name: String,
    pub value: String,
}

/// Customers' names stay out of logs.
impl std::fmt::Debug for TemplateValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateValue")
            .field("place", &self.place)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How a template would read, and what speaks against sending it.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TemplatePreview {
    /// The body. Places that are not filled in yet keep their braces.
    pub text: String,
    /// Each in a sentence; with none it can be sent.
    pub problems: Vec<String>,
}

/// Customers' names stay out of logs.
impl std::fmt::Debug for TemplatePreview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplatePreview")
            .field("problems", &self.problems.len())
            .finish_non_exhaustive()
    }
}

/// How far the templates that Cobro brings have come at Meta.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Kit {
    /// Where its pay buttons lead, before the part that differs; `None` before it was made.
    pub base: Option<String>,
    /// Every part in every language.
    pub parts: Vec<KitEntry>,
}

/// One part of the kit in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KitEntry {
    pub part: KitPart,
    /// Meta's code, such as `pt_BR`.
    pub language: String,
    pub status: TemplateStatus,
    /// Why Meta rejected or paused it.
    pub reason: Option<String>,
}

/// The templates that Cobro brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KitPart {
    PaymentRequest,
    PaymentReceived,
    PaymentReminder,
    UpcomingCharge,
    SubscriptionReceipt,
    /// A payment of a subscription failed.
    ChargeFailed,
    ShippingQuestion,
    OrderUpdate,
}
