//! The business behind the account: its numbers, the token's permissions, and where webhooks go.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::ids;
use super::options::WhatsAppOptions;
use super::refusal::Refusal;

pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// One of the shop's numbers, as webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    /// Digits alone.
    pub(crate) display: String,
}

/// One of the shop's numbers.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) line: Line,
    pub(crate) verified_name: String,
    /// Set by the first registration if nobody did before.
    pub(crate) pin: Option<String>,
    pub(crate) registered: bool,
    /// The number lives in the WhatsApp Business app too.
    pub(crate) on_phone: bool,
    pub(crate) quality: String,
    pub(crate) onboarded_ms: i64,
    /// Which synchronizations were asked for since.
    pub(crate) synchronized: Vec<String>,
    wrong_pins: u32,
}

/// A number to be added.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewNumber {
    pub(crate) display_phone_number: Option<String>,
    pub(crate) verified_name: Option<String>,
    pub(crate) pin: Option<String>,
    /// Absent: it is.
    pub(crate) registered: Option<bool>,
    pub(crate) on_phone: bool,
}

/// What changes about a number; what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NumberChange {
    pub(crate) verified_name: Option<String>,
    pub(crate) pin: Option<String>,
    pub(crate) registered: Option<bool>,
    pub(crate) on_phone: Option<bool>,
    /// GREEN, YELLOW or RED.
    pub(crate) quality: Option<String>,
}

/// What the system user's token may do, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) scopes: Vec<String>,
    /// Absent: it never expires.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) data_access_expires_at: Option<Timestamp>,
    /// Whether `debug_token` names the account that the permissions are for.
    pub(crate) granular: bool,
    /// Somebody took the token back.
    pub(crate) revoked: bool,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            scopes: vec![MANAGEMENT.to_owned(), MESSAGING.to_owned()],
            expires_at: None,
            data_access_expires_at: None,
            granular: true,
            revoked: false,
        }
    }
}

/// Where an app's webhooks go, and which.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Subscription {
    pub(crate) callback: String,
    pub(crate) fields: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Business {
    numbers: Vec<Number>,
    pub(crate) token: Token,
    /// What the app itself set; until then `--webhooks` gets everything.
    pub(crate) app: Option<Subscription>,
    /// The account's own address, which goes before the app's.
    pub(crate) waba_callback: Option<String>,
    /// Whether the account sends the app webhooks at all.
    pub(crate) subscribed: bool,
}

impl Business {
    pub(crate) fn new(options: &WhatsAppOptions, now_ms: i64) -> Self {
        let mut business = Self {
            numbers: Vec::new(),
            token: Token::default(),
            app: None,
            waba_callback: None,
            subscribed: true,
        };
        for _ in 0..options.lines.max(1) {
            let new = NewNumber {
                pin: Some(options.pin.clone()),
                on_phone: options.on_phone,
                ..NewNumber::default()
            };
            business.add(options, new, now_ms);
        }
        business
    }

    /// Adds a number; what is not told is made up from the first one.
    pub(crate) fn add(&mut self, options: &WhatsAppOptions, new: NewNumber, now_ms: i64) -> &Number {
        let place = self.numbers.len();
        let name = match place {
            0 => options.verified_name.clone(),
            _ => format!("{} {}", options.verified_name, place + 1),
        };
        let display = new
            .display_phone_number
            .unwrap_or_else(|| after(&options.display_phone_number, place));
        self.numbers.push(Number {
            line: Line {
                id: after(&options.phone_number_id, place),
                display: ids::digits(&display),
            },
            verified_name: new.verified_name.unwrap_or(name),
            pin: new.pin,
            registered: new.registered.unwrap_or(true),
            on_phone: new.on_phone,
            quality: "GREEN".to_owned(),
            onboarded_ms: now_ms,
            synchronized: Vec::new(),
            wrong_pins: 0,
        });
        #[expect(clippy::indexing_slicing, reason = "it was just put there")]
        &self.numbers[place]
    }

    pub(crate) fn numbers(&self) -> &[Number] {
        &self.numbers
    }

    pub(crate) fn number(&self, id: &str) -> Option<&Number> {
        self.numbers.iter().find(|number| number.line.id == id)
    }

    pub(crate) fn number_mut(&mut self, id: &str) -> Option<&mut Number> {
        self.numbers.iter_mut().find(|number| number.line.id == id)
    }

    /// Returns the number of that id or display number, or the first.
    pub(crate) fn line(&self, named: Option<&str>) -> Option<Line> {
        let fits = |number: &&Number| {
            named.is_none_or(|named| number.line.id == named || number.line.display == ids::digits(named))
        };
        self.numbers.iter().find(fits).map(|number| number.line.clone())
    }

    /// Returns whether a webhook of this field is sent.
    pub(crate) fn tells(&self, field: &str) -> bool {
        let asked_for = |app: &Subscription| app.fields.iter().any(|known| known == field);
        self.subscribed && self.app.as_ref().is_none_or(asked_for)
    }

    /// Returns where webhooks go, if not to `--webhooks`.
    pub(crate) fn callback(&self) -> Option<String> {
        let app = self.app.as_ref().map(|app| app.callback.clone());
        self.waba_callback.clone().or(app)
    }

    /// Registers a number with its PIN, which the first registration sets.
    pub(crate) fn register(&mut self, id: &str, pin: &str) -> Result<(), Refusal> {
        if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::parameter("(#100) Param pin must be 6 digits."));
        }
        let number = self
            .number_mut(id)
            .ok_or_else(|| Refusal::no_object("post", id))?;
        match &number.pin {
            Some(known) if known != pin && number.wrong_pins >= 10 => Err(Refusal::coded(133_016)),
            Some(known) if known != pin => {
                number.wrong_pins += 1;
                Err(Refusal::coded(133_005))
            }
            _ => {
                number.pin = Some(pin.to_owned());
                number.registered = true;
                number.wrong_pins = 0;
                Ok(())
            }
        }
    }

    /// Takes note of a synchronization, which can be asked for once within a day of onboarding.
    pub(crate) fn synchronize(&mut self, id: &str, what: &str, now_ms: i64) -> Result<(), Refusal> {
        let number = self
            .number_mut(id)
            .ok_or_else(|| Refusal::no_object("post", id))?;
        if !number.on_phone {
            return Err(Refusal::parameter(
                "(#100) The phone number is not used with the WhatsApp Business app.",
            ));
        }
        if number.synchronized.iter().any(|done| done == what) {
            return Err(Refusal::coded(2_593_107));
        }
        if now_ms.saturating_sub(number.onboarded_ms) >= DAY_MS {
            return Err(Refusal::coded(2_593_108));
        }
        number.synchronized.push(what.to_owned());
        Ok(())
    }

    /// Checks that the token still holds, and has one of the permissions.
    pub(crate) fn permits(&self, scope: &str, now_ms: i64) -> Result<(), Refusal> {
        self.holds(now_ms)?;
        if self.token.scopes.iter().any(|known| known == scope) {
            return Ok(());
        }
        let code = if scope == MESSAGING { 10 } else { 200 };
        Err(Refusal::permission(code, scope))
    }

    pub(crate) fn holds(&self, now_ms: i64) -> Result<(), Refusal> {
        if self.token.revoked {
            return Err(Refusal::token(
                "Error validating access token: The session has been invalidated because the user changed their \
                 password or Facebook has changed the session for security reasons.",
            ));
        }
        match self.token.expires_at {
            Some(at) if at.as_millisecond() <= now_ms => Err(Refusal::expired(at)),
            _ => Ok(()),
        }
    }

    /// Returns what `debug_token` says about the token.
    pub(crate) fn token_report(&self, options: &WhatsAppOptions, is_ours: bool, now_ms: i64) -> Value {
        if !is_ours {
            return json!({"data": {
                "error": {"code": 190, "message": "Invalid OAuth access token."},
                "is_valid": false, "scopes": [],
            }});
        }
        let seconds = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_second);
        let mut data = Map::new();
        let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
        put("app_id", options.app_id.clone().into());
        put("type", "SYSTEM_USER".into());
        put("application", "Cobro Sandbox".into());
        put(
            "data_access_expires_at",
            seconds(self.token.data_access_expires_at).into(),
        );
        put("expires_at", seconds(self.token.expires_at).into());
        put("is_valid", self.holds(now_ms).is_ok().into());
        put("issued_at", 1_767_225_600.into());
        put("scopes", json!(self.token.scopes));
        if self.token.granular {
            let targets = |scope: &String| match scope.as_str() {
                MANAGEMENT | MESSAGING => json!({"scope": scope, "target_ids": [options.waba_id]}),
                "business_management" => json!({"scope": scope, "target_ids": [options.business_id]}),
                _ => json!({"scope": scope}),
            };
            put("granular_scopes", self.token.scopes.iter().map(targets).collect());
        }
        put("user_id", "400000000000004".into());
        if let Err(refusal) = self.holds(now_ms) {
            put("error", refusal.short());
        }
        json!({"data": data})
    }
}

impl Number {
    pub(crate) fn change(&mut self, change: NumberChange) {
        let NumberChange {
            verified_name,
            pin,
            registered,
            on_phone,
            quality,
        } = change;
        if let Some(name) = verified_name {
            self.verified_name = name;
        }
        self.pin = pin.or_else(|| self.pin.take());
        self.registered = registered.unwrap_or(self.registered);
        self.on_phone = on_phone.unwrap_or(self.on_phone);
        if let Some(quality) = quality {
            self.quality = quality;
        }
    }

    /// Returns the number as the Graph API shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = BTreeMap::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("id", self.line.id.clone().into());
        put("verified_name", self.verified_name.clone().into());
        put("display_phone_number", format!("+{}", self.line.display).into());
        put("code_verification_status", "VERIFIED".into());
        put("quality_rating", self.quality.clone().into());
        put("platform_type", "CLOUD_API".into());
        put("throughput", json!({"level": "STANDARD"}));
        put("name_status", "APPROVED".into());
        put("account_mode", "LIVE".into());
        put("is_pin_enabled", self.pin.is_some().into());
        put("is_on_biz_app", self.on_phone.into());
        put("is_official_business_account", false.into());
        put("messaging_limit_tier", "TIER_1K".into());
        put(
            "status",
            if self.registered { "CONNECTED" } else { "PENDING" }.into(),
        );
        json!(shown)
    }
}

/// Returns the number that many after the first.
fn after(first: &str, places: usize) -> String {
    if places == 0 {
        return first.to_owned();
    }
    let next = ids::digits(first)
        .parse::<u128>()
        .unwrap_or_default()
        .saturating_add(places as u128);
    next.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn business(lines: usize) -> (Business, WhatsAppOptions) {
        let options = WhatsAppOptions {
            lines,
            ..WhatsAppOptions::default()
        };
        (Business::new(&options, 0), options)
    }

    #[test]
    fn numbers_follow_the_first() {
        let (business, options) = business(3);
        let ids: Vec<&str> = business
            .numbers()
            .iter()
            .map(|number| number.line.id.as_str())
            .collect();
        assert_eq!(ids, ["100000000000001", "100000000000002", "100000000000003"]);
        assert_eq!(business.line(None).unwrap().display, options.display_phone_number);
        assert_eq!(
            business.line(Some("+52 15550000001")).unwrap().id,
            "100000000000002"
        );
        assert_eq!(business.line(Some("7")), None);
    }

    #[test]
    fn a_wrong_pin_is_refused_and_the_first_one_is_set() {
        let (mut business, options) = business(1);
        let new = NewNumber {
            registered: Some(false),
            ..NewNumber::default()
        };
        let id = business.add(&options, new, 0).line.id.clone();
        assert_eq!(business.register(&id, "12345").unwrap_err().code(), 100);
        assert_eq!(business.register(&id, "111111"), Ok(()));
        for _ in 0..10 {
            assert_eq!(business.register(&id, "222222").unwrap_err().code(), 133_005);
        }
        assert_eq!(business.register(&id, "222222").unwrap_err().code(), 133_016);
        assert_eq!(business.register(&id, "111111"), Ok(()));
    }

    #[test]
    fn a_synchronization_is_asked_for_once_within_a_day() {
        let (mut business, options) = business(1);
        let id = &options.phone_number_id;
        assert_eq!(business.synchronize(id, "history", 0), Ok(()));
        assert_eq!(
            business.synchronize(id, "history", 1).unwrap_err().code(),
            2_593_107
        );
        assert_eq!(
            business.synchronize(id, "contacts", DAY_MS).unwrap_err().code(),
            2_593_108
        );
    }

    #[test]
    fn a_token_is_refused_after_its_time_or_without_its_permission() {
        let (mut business, options) = business(1);
        assert_eq!(business.permits(MESSAGING, 0), Ok(()));
        business.token.scopes.retain(|scope| scope != MESSAGING);
        assert_eq!(business.permits(MESSAGING, 0).unwrap_err().code(), 10);
        business.token.expires_at = Some(Timestamp::from_second(100).unwrap());
        assert_eq!(business.permits(MANAGEMENT, 99_999), Ok(()));
        assert_eq!(business.permits(MANAGEMENT, 100_000).unwrap_err().code(), 190);
        let report = business.token_report(&options, true, 100_000);
        assert_eq!(report["data"]["is_valid"], false);
        assert_eq!(
            report["data"]["granular_scopes"][0]["target_ids"][0],
            options.waba_id
        );
    }

    #[test]
    fn webhooks_go_where_they_were_asked_for() {
        let (mut business, _) = business(1);
        assert!(business.tells("messages"));
        assert_eq!(business.callback(), None);
        business.app = Some(Subscription {
            callback: "http://app.test".to_owned(),
            fields: vec!["messages".to_owned()],
        });
        assert_eq!(business.callback().as_deref(), Some("http://app.test"));
        assert!(business.tells("messages") && !business.tells("history"));
        business.waba_callback = Some("http://waba.test".to_owned());
        assert_eq!(business.callback().as_deref(), Some("http://waba.test"));
        business.subscribed = false;
        assert!(!business.tells("messages"));
    }
}
