//! Reading Stripe's refusals: status, headers and body become one error.

use serde::Deserialize;

use crate::StripeError;

/// What an answer's headers say that matters here.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub request_id: Option<Box<str>>,
    pub rate_limited_reason: Option<Box<str>>,
    pub should_retry: Option<bool>,
    pub retry_after: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: Detail,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail {
    code: Option<Box<str>>,
    decline_code: Option<Box<str>>,
    param: Option<Box<str>>,
    message: Option<String>,
}

/// Returns the error that an answer other than 2xx means. The body may be
/// anything: a server in front of Stripe answers in HTML.
pub(crate) fn error_from_answer(status: u16, headers: &Headers, body: &str) -> StripeError {
    let Refusal { error } = serde_json::from_str(body).unwrap_or_default();
    let request_id = headers.request_id.clone();
    let message = error
        .message
        .map_or_else(|| "no reason given".into(), |message| without_keys(&message));
    match status {
        401 => StripeError::Auth { request_id },
        403 => StripeError::Permission {
            missing: missing_permission(&message),
            message,
            request_id,
        },
        429 => StripeError::RateLimited {
            reason: headers.rate_limited_reason.clone().or(error.code),
            request_id,
        },
        status => StripeError::Api {
            status,
            code: error.code,
            decline_code: error.decline_code,
            param: error.param,
            message,
            request_id,
        },
    }
}

/// Returns the permission that Stripe's sentence says would let the request pass.
fn missing_permission(message: &str) -> Option<Box<str>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    message
        .split(|letter| !is_part(letter))
        .find(|word| word.starts_with("rak_"))
        .map(Into::into)
}

/// Returns the text with every API key struck out, also one that Stripe has half hidden.
pub(crate) fn without_keys(text: &str) -> Box<str> {
    const STARTS: [&str; 7] = [
        "sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "whsec_",
    ];
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = STARTS.iter().filter_map(|start| rest.find(start)).min() {
        let (before, from_key) = rest.split_at(at);
        clean.push_str(before);
        clean.push('…');
        let is_key = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '*';
        rest = from_key.trim_start_matches(is_key);
    }
    clean.push_str(rest);
    clean.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LACKS: &str = r#"{"error":{"type":"invalid_request_error","message":"The provided key 'rk_test_*****qs8Kgd' does not have the required permissions for this endpoint on account 'acct_1'. Having the 'rak_payment_link_write' permission would allow this request to continue."}}"#;

    #[test]
    fn a_403_names_what_is_missing_and_no_key() {
        let error = error_from_answer(403, &Headers::default(), LACKS);
        let StripeError::Permission { missing, message, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(missing.as_deref(), Some("rak_payment_link_write"));
        assert!(!message.contains("qs8Kgd"), "{message}");
        assert!(
            error.advice().contains("Payment Links: Write"),
            "{}",
            error.advice()
        );
    }

    #[test]
    fn html_keeps_its_status() {
        let error = error_from_answer(502, &Headers::default(), "<html>Bad Gateway</html>");
        assert!(matches!(error, StripeError::Api { status: 502, .. }), "{error:?}");
    }

    #[test]
    fn a_429_tells_its_reason() {
        let headers = Headers {
            rate_limited_reason: Some("global-rate".into()),
            ..Headers::default()
        };
        let error = error_from_answer(429, &headers, "{}");
        assert!(
            matches!(error, StripeError::RateLimited { reason: Some(reason), .. } if &*reason == "global-rate")
        );
    }

    #[test]
    fn keys_are_struck_out_wherever_they_stand() {
        assert_eq!(
            &*without_keys("key sk_test_abc123 and rk_live_***z9, done"),
            "key … and …, done"
        );
        assert_eq!(&*without_keys("nothing here"), "nothing here");
    }
}
