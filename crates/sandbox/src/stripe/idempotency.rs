//! Idempotency keys: the first answer is given again for a day, whatever it was.

use std::collections::{HashMap, VecDeque};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::form::Form;
use super::refusal::Refusal;

const LONGEST: usize = 255;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) request: String,
}

/// What a key was first used for.
#[derive(Debug)]
struct Use {
    path: String,
    form: Form,
    began_ms: i64,
    /// The answer, and from when on it may be known; nothing while the first request runs.
    answer: Option<(i64, Kept)>,
}

#[derive(Debug, Default)]
pub(crate) struct Keys {
    uses: HashMap<String, Use>,
    /// When which key was first used, oldest first; a released key may still be named.
    begun: VecDeque<(i64, String)>,
}

/// What to do with a request that brings a key.
#[derive(Debug, PartialEq)]
pub(crate) enum Turn {
    /// The key is new: do the work, then [`Keys::keep`] or [`Keys::release`].
    First,
    Again(Kept),
}

impl Keys {
    /// Decides whether a request is the first with its key.
    pub(crate) fn begin(&mut self, key: &str, path: &str, form: &Form, now_ms: i64) -> Result<Turn, Refusal> {
        check(key)?;
        self.forget_old(now_ms);
        let Some(used) = self.uses.get(key) else {
            let used = Use {
                path: path.to_owned(),
                form: form.clone(),
                began_ms: now_ms,
                answer: None,
            };
            self.uses.insert(key.to_owned(), used);
            self.begun.push_back((now_ms, key.to_owned()));
            return Ok(Turn::First);
        };
        if used.path != path {
            return Err(Refusal::idempotency(
                StatusCode::BAD_REQUEST,
                other_endpoint(key, &used.path, path),
            ));
        }
        if used.form != *form {
            return Err(Refusal::idempotency(
                StatusCode::BAD_REQUEST,
                other_parameters(key),
            ));
        }
        match &used.answer {
            Some((known_from, kept)) if now_ms >= *known_from => Ok(Turn::Again(kept.clone())),
            _ => Err(in_use(key)),
        }
    }

    fn forget_old(&mut self, now_ms: i64) {
        while let Some((began_ms, key)) = self
            .begun
            .pop_front_if(|(began_ms, _)| now_ms - *began_ms >= DAY_MS)
        {
            // A key that was released and used again later is not that old.
            if self.uses.get(&key).is_some_and(|used| used.began_ms == began_ms) {
                self.uses.remove(&key);
            }
        }
    }

    /// Keeps the first answer; until `known_from` the first request counts as still running.
    pub(crate) fn keep(&mut self, key: &str, kept: Kept, known_from: i64) {
        if let Some(used) = self.uses.get_mut(key) {
            used.answer = Some((known_from, kept));
        }
    }

    /// Forgets a key whose request was refused before any work began.
    pub(crate) fn release(&mut self, key: &str) {
        self.uses.remove(key);
    }
}

fn check(key: &str) -> Result<(), Refusal> {
    if key.chars().count() <= LONGEST {
        return Ok(());
    }
    let message = format!("Idempotency keys can have at most {LONGEST} characters.");
    Err(Refusal::idempotency(StatusCode::BAD_REQUEST, message))
}

/// Stripe's 409 while the first request with a key still runs.
pub(crate) fn in_use(key: &str) -> Refusal {
    let message = format!(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted \
         twice, and the other request is still going through): {key}. You should try again later."
    );
    Refusal::idempotency(StatusCode::CONFLICT, message)
        .code("idempotency_key_in_use")
        .header("stripe-should-retry", "true")
}

fn other_parameters(key: &str) -> String {
    format!(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using \
         a key other than '{key}' if you meant to execute a different request."
    )
}

fn other_endpoint(key: &str, first: &str, now: &str) -> String {
    format!(
        "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{now}' vs \
         '{first}'). Try using a key other than '{key}' if you meant to execute a different request."
    )
}

/// Marks an answer as one that was given before.
pub(crate) fn mark_replayed(response: &mut Response, kept: &Kept) {
    let headers = response.headers_mut();
    headers.insert(
        "idempotent-replayed",
        axum::http::HeaderValue::from_static("true"),
    );
    if let Ok(request) = kept.request.parse() {
        headers.insert("original-request", request);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DAY_MS, Form, Kept, Keys, StatusCode, Turn};

    fn form(body: &str) -> Form {
        Form::read(body.as_bytes()).unwrap()
    }

    fn kept() -> Kept {
        Kept {
            status: StatusCode::OK,
            body: json!({"id": 1}),
            request: "req_1".to_owned(),
        }
    }

    #[test]
    fn the_first_answer_is_given_again_for_a_day() {
        let mut keys = Keys::default();
        assert_eq!(keys.begin("k", "/v1/a", &form("a=1"), 0).unwrap(), Turn::First);
        keys.keep("k", kept(), 0);
        assert_eq!(
            keys.begin("k", "/v1/a", &form("a=1"), DAY_MS - 1).unwrap(),
            Turn::Again(kept())
        );
        assert_eq!(
            keys.begin("k", "/v1/a", &form("a=2"), DAY_MS).unwrap(),
            Turn::First
        );
    }

    #[test]
    fn a_key_is_for_one_request_only() {
        let mut keys = Keys::default();
        keys.begin("k", "/v1/a", &form("a=1"), 0).unwrap();
        let status = |result: Result<Turn, super::Refusal>| result.unwrap_err().status.as_u16();
        assert_eq!(status(keys.begin("k", "/v1/a", &form("a=1"), 0)), 409);
        keys.keep("k", kept(), 0);
        assert_eq!(status(keys.begin("k", "/v1/a", &form("a=2"), 0)), 400);
        assert_eq!(status(keys.begin("k", "/v1/b", &form("a=1"), 0)), 400);
        assert_eq!(status(keys.begin(&"k".repeat(256), "/v1/a", &form(""), 0)), 400);
    }

    #[test]
    fn a_refused_request_leaves_its_key_free() {
        let mut keys = Keys::default();
        keys.begin("k", "/v1/a", &form("a=1"), 0).unwrap();
        keys.release("k");
        assert_eq!(keys.begin("k", "/v1/a", &form("a=2"), 0).unwrap(), Turn::First);
    }
}
