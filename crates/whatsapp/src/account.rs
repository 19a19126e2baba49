//! Connecting: the token, the accounts and numbers it reaches, and where their webhooks go.

use cobro_protocol::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::answer::{answer_to, asked, data, done, field, next_page, number};
use crate::client::{ACCOUNT, NUMBER};
use crate::{WhatsAppApi, WhatsAppError};

const APP: &str = "app id";
const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,platform_type,is_on_biz_app,throughput,code_verification_status";
/// An account with more than a thousand numbers is none of a shop.
const PAGES: usize = 10;

/// What an access token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// The app that it was made for.
    pub app_id: Option<String>,
    /// False once it expired or was withdrawn.
    pub is_valid: bool,
    /// `None` for one that never ends.
    pub expires_at: Option<Timestamp>,
    /// When the app must be confirmed anew; `None` for never.
    pub data_access_expires_at: Option<Timestamp>,
    /// Permissions for everything that the token reaches.
    pub scopes: Vec<String>,
    /// Permissions, each with the accounts that it holds for; none where it holds for all.
    pub granular: Vec<(String, Vec<String>)>,
    /// Such as `SYSTEM_USER` or `USER`.
    pub kind: Option<String>,
}

/// A WhatsApp Business Account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountInfo {
    /// Its id.
    pub id: String,
    /// As the owner called it.
    pub name: Option<String>,
}

/// One of the shop's numbers, as WhatsApp knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    /// Its id, which is not the number.
    pub id: String,
    /// For people to read.
    pub display_phone_number: Option<String>,
    /// What customers see.
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`.
    pub quality_rating: Option<String>,
    /// Such as `CONNECTED`, `PENDING`, `BANNED`.
    pub status: Option<String>,
    /// `CLOUD_API` once it is registered; `NOT_APPLICABLE` before.
    pub platform_type: Option<String>,
    /// Whether the Business app is on the same number.
    pub is_on_biz_app: Option<bool>,
    /// Such as `STANDARD` or `HIGH`.
    pub throughput: Option<String>,
    /// Such as `VERIFIED` or `EXPIRED`.
    pub code_verification_status: Option<String>,
}

/// An app that hears of an account's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribedApp {
    /// Its id.
    pub id: String,
    /// What its maker calls it.
    pub name: Option<String>,
    /// Where this account's webhooks go instead of the app's own address.
    pub override_callback_uri: Option<String>,
}

/// What the shop's phone can hand over, once, within a day of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppData {
    /// The phone book.
    Contacts,
    /// Up to 180 days of chats.
    History,
}

impl AppData {
    fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "smb_app_state_sync",
            Self::History => "history",
        }
    }
}

impl WhatsAppApi {
    /// Returns what a token may do, and until when.
    pub async fn debug_token(&self, token: &SecretString) -> Result<TokenInfo, WhatsAppError> {
        let request = self
            .get("address", "debug_token", "")?
            .query(&[("input_token", token.expose_secret())]);
        let answer = asked(&self.clock, request).await?;
        answer
            .get("data")
            .filter(|data| data.is_object())
            .map(token_of)
            .ok_or(WhatsAppError::Unreadable)
    }

    /// Returns what a token may do, asked as the app itself: Meta refuses that where
    /// the secret is not the app's.
    pub async fn debug_token_as_app(
        &self,
        token: &SecretString,
        app_id: &str,
        app_secret: &SecretString,
    ) -> Result<TokenInfo, WhatsAppError> {
        let app_token = format!("{app_id}|{}", app_secret.expose_secret());
        let request = self
            .http
            .get(self.address("address", "debug_token", "")?)
            .bearer_auth(app_token)
            .query(&[("input_token", token.expose_secret())]);
        let answer = asked(&self.clock, request).await?;
        answer
            .get("data")
            .filter(|data| data.is_object())
            .map(token_of)
            .ok_or(WhatsAppError::Unreadable)
    }

    /// Returns what an account is called.
    pub async fn account(&self, waba: &str) -> Result<AccountInfo, WhatsAppError> {
        let answer = asked(&self.clock, self.get(ACCOUNT, waba, "?fields=id,name")?).await?;
        Ok(AccountInfo {
            id: field(&answer, "id").ok_or(WhatsAppError::Unreadable)?,
            name: field(&answer, "name"),
        })
    }

    /// Returns all numbers of an account.
    pub async fn phone_numbers(&self, waba: &str) -> Result<Vec<PhoneNumber>, WhatsAppError> {
        let mut numbers = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let mut request = self
                .get(ACCOUNT, waba, "/phone_numbers")?
                .query(&[("fields", NUMBER_FIELDS), ("limit", "100")]);
            if let Some(after) = &after {
                request = request.query(&[("after", after)]);
            }
            let answer = asked(&self.clock, request).await?;
            numbers.extend(data(&answer).iter().filter_map(number_of));
            after = next_page(&answer);
            if after.is_none() {
                break;
            }
        }
        Ok(numbers)
    }

    /// Returns what WhatsApp knows of one of the shop's numbers.
    pub async fn phone_number(&self, line: &str) -> Result<PhoneNumber, WhatsAppError> {
        let answer = asked(
            &self.clock,
            self.get(NUMBER, line, &format!("?fields={NUMBER_FIELDS}"))?,
        )
        .await?;
        number_of(&answer).ok_or(WhatsAppError::Unreadable)
    }

    /// Registers a number for the Cloud API. The PIN is the number's own, or becomes it.
    pub async fn register(&self, line: &str, pin: &str) -> Result<(), WhatsAppError> {
        if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WhatsAppError::invalid(
                "The PIN must have six digits. Use the number's two-step verification PIN, or choose one where it has none",
            ));
        }
        let body = json!({ "messaging_product": "whatsapp", "pin": pin });
        done(&answer_to(&self.clock, self.post(NUMBER, line, "/register")?.json(&body)).await?)
    }

    /// Returns which apps hear of an account's messages.
    pub async fn subscribed_apps(&self, waba: &str) -> Result<Vec<SubscribedApp>, WhatsAppError> {
        let answer = asked(&self.clock, self.get(ACCOUNT, waba, "/subscribed_apps")?).await?;
        Ok(data(&answer).iter().filter_map(app_of).collect())
    }

    /// Makes our app hear of an account's messages; at an address of this account's
    /// own where `callback` gives one. Meta asks that address at once, with the verify token.
    pub async fn subscribe(
        &self,
        waba: &str,
        callback: Option<(&str, &SecretString)>,
    ) -> Result<(), WhatsAppError> {
        let request = self.post(ACCOUNT, waba, "/subscribed_apps")?;
        let request = match callback {
            Some((uri, verify_token)) => request.json(&json!({
                "override_callback_uri": uri,
                "verify_token": verify_token.expose_secret(),
            })),
            None => request,
        };
        done(&answer_to(&self.clock, request).await?)
    }

    /// Sets where the app's webhooks go, and which. Meta asks that address at once, with the verify token.
    pub async fn set_app_webhook(
        &self,
        app_id: &str,
        app_secret: &SecretString,
        callback: &str,
        verify_token: &SecretString,
        fields: &[&str],
    ) -> Result<(), WhatsAppError> {
        let app_token = format!("{app_id}|{}", app_secret.expose_secret());
        let fields = fields.join(",");
        let form = [
            ("object", "whatsapp_business_account"),
            ("callback_url", callback),
            ("verify_token", verify_token.expose_secret()),
            ("fields", &fields),
        ];
        let address = self.address(APP, app_id, "/subscriptions")?;
        let request = self.http.post(address).bearer_auth(app_token).form(&form);
        done(&answer_to(&self.clock, request).await?)
    }

    /// Asks the shop's phone for its contacts or chats; they come as webhooks.
    /// Returns Meta's name for the request, which its support asks for.
    pub async fn sync_app_data(&self, line: &str, what: AppData) -> Result<Option<String>, WhatsAppError> {
        let body = json!({ "messaging_product": "whatsapp", "sync_type": what.as_str() });
        let answer = answer_to(&self.clock, self.post(NUMBER, line, "/smb_app_data")?.json(&body)).await?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        Ok(field(&answer, "request_id"))
    }
}

fn token_of(data: &Value) -> TokenInfo {
    // Zero stands for never.
    let moment = |name| number(data, name).filter(|at| *at > 0).map(Timestamp::from_secs);
    TokenInfo {
        app_id: field(data, "app_id"),
        is_valid: data.get("is_valid").and_then(Value::as_bool).unwrap_or(false),
        expires_at: moment("expires_at"),
        data_access_expires_at: moment("data_access_expires_at"),
        scopes: texts(data, "scopes"),
        granular: items(data, "granular_scopes")
            .iter()
            .filter_map(|scope| Some((field(scope, "scope")?, texts(scope, "target_ids"))))
            .collect(),
        kind: field(data, "type"),
    }
}

fn items<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn texts(object: &Value, name: &str) -> Vec<String> {
    items(object, name)
        .iter()
        .filter_map(crate::answer::text_of)
        .collect()
}

fn number_of(value: &Value) -> Option<PhoneNumber> {
    Some(PhoneNumber {
        id: field(value, "id")?,
        display_phone_number: field(value, "display_phone_number"),
        verified_name: field(value, "verified_name"),
        quality_rating: field(value, "quality_rating"),
        status: field(value, "status"),
        platform_type: field(value, "platform_type"),
        is_on_biz_app: value.get("is_on_biz_app").and_then(Value::as_bool),
        throughput: value
            .get("throughput")
            .and_then(|throughput| field(throughput, "level")),
        code_verification_status: field(value, "code_verification_status"),
    })
}

fn app_of(value: &Value) -> Option<SubscribedApp> {
    let app = value.get("whatsapp_business_api_data").unwrap_or(value);
    Some(SubscribedApp {
        id: field(app, "id")?,
        name: field(app, "name"),
        override_callback_uri: field(value, "override_callback_uri"),
    })
}
