//! The shop's connection to WhatsApp: what is set up, what is missing, and how to mend it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{LineId, Timestamp, Words};

/// How the connection stands. Secrets never cross: only whether they are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub app_id: Option<String>,
    pub has_app_secret: bool,
    pub has_token: bool,
    /// `None` for one that never ends, or where it is not known yet.
    pub token_expires_at: Option<Timestamp>,
    /// When Meta was last asked; `None` before the first check.
    pub checked_at: Option<Timestamp>,
    pub permissions: Vec<Permission>,
    pub accounts: Vec<Account>,
    pub webhook: WebhookState,
    pub problem: Option<Words>,
    /// Whether this build can open an ngrok tunnel by itself.
    pub can_tunnel: bool,
}

/// One permission of the token, asked for live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Such as `whatsapp_business_messaging`.
    pub name: String,
    pub granted: bool,
    /// What does not work without it.
    pub needed_for: String,
}

/// What is known of the Stripe key. The key itself never crosses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StripeKey {
    /// Its kind and its last letters, as Stripe's dashboard shows it.
    pub hint: String,
    /// A secret key: one that is lost can take everything.
    pub may_do_everything: bool,
    /// When its permissions were last tried.
    pub checked_at: Option<Timestamp>,
    pub permissions: Vec<KeyPermission>,
}

impl StripeKey {
    /// Returns whether nothing that Cobro needs was found missing.
    pub fn is_enough(&self) -> bool {
        self.permissions.iter().all(|permission| permission.granted)
    }
}

/// One permission of the Stripe key, tried live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyPermission {
    /// Such as `rak_payment_link_write`.
    pub name: String,
    /// As Stripe's dashboard names it, such as `Payment Links: Write`.
    pub words: String,
    pub granted: bool,
}

/// A WhatsApp Business Account that the token reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub waba_id: String,
    pub name: Option<String>,
    /// Whether our app hears of its messages.
    pub subscribed: bool,
    pub numbers: Vec<Number>,
}

/// One of the account's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    pub phone_number_id: String,
    pub display_phone: Option<String>,
    pub verified_name: Option<String>,
    pub quality: Option<String>,
    pub registered: bool,
    /// The Business app is on the same number.
    pub coexists: bool,
    /// Whether this desk answers from it.
    pub chosen: bool,
    pub line: Option<LineId>,
}

/// Whether WhatsApp's webhooks reach us.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WebhookState {
    /// Where WhatsApp was told to post.
    pub url: Option<String>,
    pub set_at: Option<Timestamp>,
    /// When a message that was sent as a test came back through it.
    pub proved_at: Option<Timestamp>,
    pub problem: Option<Words>,
}

/// What a person types to connect. Empty fields keep what is there.
#[derive(Clone, Default, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    pub app_id: Option<String>,
    pub app_secret: Option<String>,
    pub token: Option<String>,
}

/// Secrets stay out of logs.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// How WhatsApp reaches the relay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
#[serde(tag = "way", rename_all = "camelCase")]
pub enum WayIn {
    /// A public address of the relay's own, or of any tunnel: such as `https://relay.example`.
    Address { url: String },
    /// The tunnel that is built in.
    Ngrok,
}

/// How far the phone's history has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryImport {
    pub line: LineId,
    pub line_name: String,
    pub phase: u8,
    /// In per cent.
    pub progress: u8,
    pub messages: u32,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub problem: Option<Words>,
}

/// Something that Meta told of the account, its numbers or its templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AlertView {
    #[specta(type = f64)]
    pub id: i64,
    pub line: Option<LineId>,
    pub field: String,
    pub event: String,
    pub severity: AlertSeverity,
    pub title: String,
    pub advice: String,
    pub details: Option<String>,
    pub at: Timestamp,
    /// When it was over by itself.
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AlertSeverity {
    Info,
    Warning,
    /// Sales stop, or soon will.
    Critical,
}
