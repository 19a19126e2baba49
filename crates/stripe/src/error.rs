//! Errors that a caller treats differently.

use std::fmt::Display;

use stripe_client_core::StripeClientErr;

/// What came of a call to Stripe that did not succeed. No message names a key.
#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    /// Refused before the network: which field, which rule, the way out.
    #[error("{0}")]
    Invalid(String),
    /// No answer came.
    #[error("Stripe gave no answer: {reason}")]
    Network {
        reason: String,
        /// Stripe may have acted on the request all the same.
        maybe_received: bool,
    },
    /// Stripe's own refusal, or a server's in front of it.
    #[error("Stripe answered with {status}: {message}")]
    Api {
        status: u16,
        code: Option<Box<str>>,
        decline_code: Option<Box<str>>,
        param: Option<Box<str>>,
        message: Box<str>,
        request_id: Option<Box<str>>,
    },
    /// The key is not, or no longer, valid.
    #[error("Stripe refused the API key")]
    Auth { request_id: Option<Box<str>> },
    /// The restricted key lacks a permission.
    #[error("The Stripe key lacks a permission: {}", .missing.as_deref().unwrap_or(.message))]
    Permission {
        /// Stripe's name for it, such as `rak_payment_link_write`.
        missing: Option<Box<str>>,
        message: Box<str>,
        request_id: Option<Box<str>>,
    },
    /// Too many requests, still after waiting.
    #[error("Stripe limits how often it is asked ({})", .reason.as_deref().unwrap_or("no reason given"))]
    RateLimited {
        reason: Option<Box<str>>,
        request_id: Option<Box<str>>,
    },
    /// An answer came that can't be read.
    #[error("Stripe's answer could not be read: {what}")]
    Decode {
        what: String,
        request_id: Option<Box<str>>,
    },
}

impl StripeError {
    /// Returns the error of a caller who stopped waiting.
    pub fn timed_out() -> Self {
        Self::Network {
            reason: "it took too long".into(),
            maybe_received: true,
        }
    }

    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    pub(crate) fn decode(what: impl Into<String>) -> Self {
        Self::Decode {
            what: what.into(),
            request_id: None,
        }
    }

    /// Returns whether asking for the same again can't help, unless a person changes something.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Auth { .. } | Self::Permission { .. } => true,
            Self::Api { status, .. } => {
                matches!(status, 400..=499) && !matches!(status, 408 | 409 | 424 | 425)
            }
            Self::Network { .. } | Self::RateLimited { .. } | Self::Decode { .. } => false,
        }
    }

    /// Returns whether Stripe may have done what was asked all the same.
    ///
    /// Ask again with the same idempotency key: Stripe then repeats its first answer.
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Self::Network { maybe_received, .. } => *maybe_received,
            Self::Api { status, .. } => *status >= 500 || *status == 409,
            Self::Decode { .. } => true,
            _ => false,
        }
    }

    /// Returns whether Stripe knows no such object.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Api { status, code, .. } => *status == 404 || code.as_deref() == Some("resource_missing"),
            _ => false,
        }
    }

    /// Returns Stripe's name for the request, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api { request_id, .. }
            | Self::Auth { request_id }
            | Self::Permission { request_id, .. }
            | Self::RateLimited { request_id, .. }
            | Self::Decode { request_id, .. } => request_id.as_deref(),
            Self::Invalid(_) | Self::Network { .. } => None,
        }
    }
}

impl StripeClientErr for StripeError {
    fn deserialize_err(message: impl Display) -> Self {
        Self::decode(message.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(status: u16) -> StripeError {
        StripeError::Api {
            status,
            code: None,
            decline_code: None,
            param: None,
            message: "no".into(),
            request_id: None,
        }
    }

    #[test]
    fn what_a_person_must_change_is_permanent() {
        for status in [400, 402, 404] {
            assert!(api(status).is_permanent(), "{status}");
            assert!(!api(status).is_ambiguous(), "{status}");
        }
        assert!(StripeError::Auth { request_id: None }.is_permanent());
    }

    #[test]
    fn what_may_have_happened_all_the_same_is_ambiguous() {
        for error in [
            api(409),
            api(500),
            api(502),
            StripeError::timed_out(),
            StripeError::decode("html"),
        ] {
            assert!(error.is_ambiguous(), "{error}");
            assert!(!error.is_permanent(), "{error}");
        }
    }
}
