//! What Stripe answers when it won't do something: its error object, status and headers.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// An error in Stripe's shape, before it becomes an HTTP answer.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// Whether the endpoint had begun: only then is the answer kept for its idempotency key.
    pub(crate) begun: bool,
    pub(crate) headers: Vec<(&'static str, String)>,
    body: Map<String, Value>,
}

impl Refusal {
    fn new(status: StatusCode, kind: &str, message: String) -> Self {
        let mut body = Map::new();
        body.insert("message".to_owned(), message.into());
        body.insert("type".to_owned(), kind.into());
        Self {
            status,
            begun: false,
            headers: Vec::new(),
            body,
        }
    }

    /// The request can't be done as it was put: 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message.into())
    }

    /// Stripe knows this, the sandbox doesn't play it. It says so rather than pretend.
    pub(crate) fn not_played(what: &str) -> Self {
        Self::invalid(format!("The sandbox does not play {what}; Stripe does.")).code("sandbox_not_played")
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message.into())
            .header("www-authenticate", "Bearer realm=\"Stripe\"")
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_request_error", message.into())
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message.into())
    }

    /// Returns the refusal for an id that names nothing, in Stripe's words.
    pub(crate) fn no_such(noun: &str, id: &str, param: &str) -> Self {
        Self::not_found(format!("No such {noun}: '{id}'"))
            .code("resource_missing")
            .param(param)
    }

    pub(crate) fn idempotency(status: StatusCode, message: String) -> Self {
        Self::new(status, "idempotency_error", message)
    }

    /// Stripe's own failure: 500 `api_error`.
    pub(crate) fn server_error() -> Self {
        let message = "An unknown error occurred (this one was asked of the sandbox)".to_owned();
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", message).begun()
    }

    pub(crate) fn rate_limited() -> Self {
        let message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "invalid_request_error",
            message.to_owned(),
        )
        .code("rate_limit")
        .header("stripe-rate-limited-reason", "global-rate")
    }

    /// A declined card: 402 `card_error`.
    pub(crate) fn card(message: &str, code: &str) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message.to_owned())
            .code(code)
            .begun()
    }

    pub(crate) fn code(self, code: &str) -> Self {
        let url = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
        self.with("code", code).with("doc_url", url)
    }

    pub(crate) fn param(self, param: impl Into<String>) -> Self {
        self.with("param", param.into())
    }

    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body.insert(field.to_owned(), value.into());
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Marks the answer as one that Stripe keeps and replays.
    pub(crate) fn begun(mut self) -> Self {
        self.begun = true;
        self
    }

    /// Returns the answer's body, naming where Stripe's dashboard would show the request.
    pub(crate) fn body(&self, account: &str, request: &str) -> Value {
        let mut error = self.body.clone();
        let log = format!("https://dashboard.stripe.com/{account}/test/logs/{request}");
        error.insert("request_log_url".to_owned(), log.into());
        json!({ "error": error })
    }
}
