//! Errors in the Graph API's words.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::ids;
use super::notice::put_in;

const HREF: &str =
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes";

/// Codes with the HTTP status and the title that Meta documents for them.
const KNOWN: &[(i64, u16, &str)] = &[
    (0, 401, "AuthException"),
    (1, 400, "API Unknown"),
    (2, 503, "API Service"),
    (3, 500, "API Method"),
    (4, 429, "API Too Many Calls"),
    (10, 403, "Permission Denied"),
    (15, 400, "This method must be called with an app access_token."),
    (100, 400, "Invalid parameter"),
    (190, 401, "Access token has expired"),
    (200, 403, "API Permission"),
    (368, 403, "Temporarily blocked for policies violations"),
    (80007, 429, "Rate limit issues"),
    (130_429, 429, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (
        130_497,
        403,
        "Business account is restricted from messaging users in this country",
    ),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (131_008, 400, "Required parameter is missing"),
    (131_009, 400, "Parameter value is not valid"),
    (131_016, 500, "Service unavailable"),
    (131_021, 400, "Recipient cannot be sender"),
    (131_026, 400, "Message undeliverable"),
    (131_031, 403, "Account has been locked"),
    (131_042, 400, "Business eligibility payment issue"),
    (131_045, 500, "Incorrect certificate"),
    (131_047, 400, "Re-engagement message"),
    (131_048, 400, "Spam rate limit hit"),
    (
        131_049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
    ),
    (
        131_050,
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages",
    ),
    (131_051, 400, "Unsupported message type"),
    (131_052, 400, "Media download error"),
    (131_053, 400, "Media upload error"),
    (
        131_056,
        429,
        "(Business Account, Consumer Account) pair rate limit hit",
    ),
    (131_057, 500, "Account in maintenance mode"),
    (
        131_062,
        400,
        "Business-scoped User ID (BSUID) recipients are not supported for this message.",
    ),
    (132_000, 400, "Template Param Count Mismatch"),
    (132_001, 404, "Template does not Exist"),
    (132_005, 400, "Template Hydrated Text Too Long"),
    (132_007, 400, "Template Format Character Policy Violated"),
    (132_012, 400, "Template Parameter Format Mismatch"),
    (132_015, 400, "Template is Paused"),
    (132_016, 400, "Template is Disabled"),
    (132_018, 400, "Template Parameters Issue"),
    (133_004, 503, "Server Temporarily Unavailable"),
    (133_005, 400, "Two step verification PIN Mismatch"),
    (133_010, 400, "Phone number Not Registered"),
    (133_016, 400, "Account register/deregister rate limit exceeded"),
    (2_593_107, 400, "Synchronization request limit exceeded"),
    (
        2_593_108,
        400,
        "Synchronization request made outside the allowed time window",
    ),
    (
        2_593_109,
        400,
        "History sync is turned off by the business from the WhatsApp Business App",
    ),
];

const WINDOW_CLOSED: &str = "Message failed to send because more than 24 hours have passed since the customer last replied to this number.";

/// Why the Graph API refuses a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: i64,
    subcode: Option<i64>,
    kind: &'static str,
    message: String,
    details: Option<String>,
    /// A title and words for a person, as template creation gives them.
    for_person: Option<Box<(&'static str, String)>>,
}

impl Refusal {
    /// Returns the error that Meta documents under `code`.
    pub(crate) fn coded(code: i64) -> Self {
        let (status, title) = look_up(code);
        let message = format!("(#{code}) {title}");
        Self {
            status,
            code,
            subcode: None,
            kind: "OAuthException",
            message,
            details: Some(details(code)),
            for_person: None,
        }
    }

    /// Returns the error that Meta documents under `code`, with details of this case.
    pub(crate) fn detailed(code: i64, details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::coded(code)
        }
    }

    /// Returns a 100 that says under `subcode` what is wrong with a template.
    pub(crate) fn of_template(subcode: i64, title: &'static str, words: impl Into<String>) -> Self {
        Self {
            subcode: Some(subcode),
            for_person: Some(Box::new((title, words.into()))),
            ..Self::parameter("Invalid parameter")
        }
    }

    /// Returns a 190 for a token whose time is over.
    pub(crate) fn expired(at: jiff::Timestamp) -> Self {
        Self {
            subcode: Some(463),
            ..Self::token(&format!(
                "Error validating access token: Session has expired on {at}."
            ))
        }
    }

    /// Returns what a token without the permission `scope` gets.
    pub(crate) fn permission(code: i64, scope: &str) -> Self {
        Self {
            message: format!(
                "(#{code}) You do not have the necessary permissions to send messages on behalf of this WhatsApp \
                 Business Account or to manage it: {scope} is missing"
            ),
            details: None,
            ..Self::coded(code)
        }
    }

    pub(crate) fn with_code(self, code: i64) -> Self {
        Self { code, ..self }
    }

    /// Returns a 100, as for a field that is missing or malformed.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            details: None,
            ..Self::coded(100)
        }
    }

    /// Returns a 131009, which says in its details what is wrong with a value.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::coded(131_009)
        }
    }

    /// Returns a 131008 for a part of the message that is missing.
    pub(crate) fn missing(what: &str) -> Self {
        Self {
            details: Some(format!("Parameter '{what}' is mandatory.")),
            ..Self::coded(131_008)
        }
    }

    pub(crate) fn token(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            details: None,
            ..Self::coded(190)
        }
    }

    /// Returns what is answered for an id that is nobody's, or a path that is not played.
    pub(crate) fn no_object(verb: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api"
        );
        Self {
            kind: "GraphMethodException",
            subcode: Some(33),
            ..Self::parameter(message)
        }
    }

    #[cfg(test)]
    pub(crate) fn subcode(&self) -> Option<i64> {
        self.subcode
    }

    #[cfg(test)]
    pub(crate) fn code(&self) -> i64 {
        self.code
    }

    /// Returns the error as `debug_token` repeats it.
    pub(crate) fn short(&self) -> Value {
        let mut short = json!({"code": self.code, "message": self.message});
        if let Some(subcode) = self.subcode {
            put_in(&mut short, "subcode", subcode);
        }
        short
    }

    fn body(&self) -> Value {
        let mut error = Map::new();
        let mut put = |name: &str, value: Value| error.insert(name.to_owned(), value);
        put("message", self.message.clone().into());
        put("type", self.kind.into());
        put("code", self.code.into());
        if let Some(subcode) = self.subcode {
            put("error_subcode", subcode.into());
        }
        if let Some((title, words)) = self.for_person.as_deref() {
            put("is_transient", false.into());
            put("error_user_title", (*title).into());
            put("error_user_msg", words.clone().into());
        }
        if let Some(details) = &self.details {
            put(
                "error_data",
                json!({"messaging_product": "whatsapp", "details": details}),
            );
        }
        put("fbtrace_id", format!("A{}", ids::token(22)).into());
        json!({"error": error})
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(self.body())).into_response()
    }
}

/// Returns an error as it appears in a webhook's `errors`.
pub(crate) fn webhook_error(code: i64) -> Value {
    let (_, title) = look_up(code);
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details(code)},
        "href": HREF,
    })
}

fn look_up(code: i64) -> (u16, &'static str) {
    let found = KNOWN.iter().find(|(known, ..)| *known == code);
    found.map_or((400, "Something went wrong"), |(_, status, title)| {
        (*status, *title)
    })
}

fn details(code: i64) -> String {
    match code {
        131_047 => WINDOW_CLOSED.to_owned(),
        131_053 => "Media upload error: the file is not of the type that it was sent as".to_owned(),
        132_015 => {
            "Template is paused due to low quality so it cannot be sent in a template message.".to_owned()
        }
        2_593_107 => "A synchronization can be asked for once after each onboarding.".to_owned(),
        2_593_108 => "A synchronization can be asked for within 24 hours of onboarding.".to_owned(),
        2_593_109 => "History sharing is turned off by the business".to_owned(),
        130_429 => "Cloud API message throughput has been reached.".to_owned(),
        131_056 => {
            "Message failed to send because there were too many messages sent from this phone number to the \
                    same phone number in a short period of time."
                .to_owned()
        }
        _ => look_up(code).1.to_owned(),
    }
}
