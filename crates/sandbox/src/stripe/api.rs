//! The HTTP side of the API: from a request to an answer, with faults and idempotency on the way.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;

use super::expand;
use super::fields::Fields;
use super::form::Form;
use super::idempotency::{self, Kept, Turn};
use super::keys;
use super::newer;
use super::objects::event::Cause;
use super::options::API_VERSION;
use super::params::{self, Param, TEXT, list};
use super::refusal::Refusal;
use super::routes::{self, Call, Route, Verb};
use super::{Stripe, ids, pay_page};
use crate::faults::{Endpoint, Hit, Kind};
use crate::serve::hang_up;

const LARGEST_BODY: usize = 1024 * 1024;
const EXPAND: &[Param] = &[list("expand", &TEXT)];

/// Serves `/v1/…` and the pages that customers open.
pub fn api_router(stripe: Arc<Stripe>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(handle))
        .merge(pay_page::router())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(stripe)
}

/// One request, as far as every answer to it needs to know it.
struct Asked {
    /// `req_…`
    id: String,
    path: String,
    version: String,
    key: Option<String>,
}

async fn handle(
    State(stripe): State<Arc<Stripe>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked {
        id: format!("req_{}", ids::token(14)),
        path: uri.path().to_owned(),
        version: text(&headers, "stripe-version").unwrap_or(API_VERSION).to_owned(),
        key: text(&headers, "idempotency-key")
            .filter(|_| method == Method::POST)
            .map(str::to_owned),
    };
    let response = match prepare(&stripe, &asked, &method, &uri, &headers, &body) {
        Err(refusal) => refuse(&stripe, &asked, &refusal),
        Ok(job) => perform(&stripe, &asked, &job).await,
    };
    signed(response, &asked)
}

/// What a request wants done.
struct Job<'a> {
    route: &'static Route,
    /// The id in the path.
    id: &'a str,
    form: Form,
}

/// Checks everything that does not depend on what the account holds.
fn prepare<'a>(
    stripe: &Stripe,
    asked: &'a Asked,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Job<'a>, Refusal> {
    let caller = keys::caller(&stripe.options, headers)?;
    let path = asked.path.as_str();
    let verb = match *method {
        Method::GET => Some(Verb::Get),
        Method::POST => Some(Verb::Post),
        Method::DELETE => Some(Verb::Delete),
        _ => None,
    };
    let (route, id) = verb
        .and_then(|verb| routes::find(verb, path))
        .ok_or_else(|| unrecognized(method, path))?;
    keys::permit(&stripe.options, caller, route)?;
    check_version(&asked.version)?;
    if headers.contains_key("stripe-account") {
        return Err(Refusal::not_played("connected accounts"));
    }
    let encoded = if route.verb == Verb::Post {
        form_body(headers, body)?
    } else {
        uri.query().unwrap_or("").as_bytes()
    };
    Ok(Job {
        route,
        id,
        form: Form::read(encoded)?,
    })
}

fn unrecognized(method: &Method, path: &str) -> Refusal {
    Refusal::not_found(format!(
        "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at \
         https://support.stripe.com/. (The sandbox plays only some of Stripe's endpoints: docs/sandbox-stripe.md.)"
    ))
}

fn form_body<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<&'a [u8], Refusal> {
    let kind = text(headers, "content-type").unwrap_or_default();
    if body.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
        return Ok(body);
    }
    Err(Refusal::invalid(
        "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have \
         questions, we can help at https://support.stripe.com/.",
    ))
}

/// Accepts any version of the right form: the answers are always today's.
fn check_version(version: &str) -> Result<(), Refusal> {
    let date = version.split('.').next().unwrap_or_default();
    let shape = date
        .bytes()
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    if shape.eq(b"0000-00-00".iter().copied()) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Invalid Stripe API version: {version}")))
}

async fn perform(stripe: &Stripe, asked: &Asked, job: &Job<'_>) -> Response {
    let endpoint = if job.route.verb == Verb::Get {
        Endpoint::StripeGet
    } else {
        Endpoint::StripePost
    };
    let hit = stripe.faults.strike(endpoint);
    if let Some(hit) = hit
        && let Some(response) = before_work(stripe, asked, hit)
    {
        tokio::time::sleep(hit.delay).await;
        return response;
    }
    let response = work(stripe, asked, job, hit);
    let Some(hit) = hit else { return response };
    tokio::time::sleep(hit.delay).await;
    match hit.kind {
        Kind::LostAnswer => hang_up(),
        Kind::NewerVersion => newer::version_of(response).await,
        _ => response,
    }
}

/// Returns the answer of a fault that keeps the work from being done.
fn before_work(stripe: &Stripe, asked: &Asked, hit: Hit) -> Option<Response> {
    let refusal = match hit.kind {
        Kind::LostRequest => return Some(hang_up()),
        Kind::Html502 => return Some(bad_gateway()),
        Kind::Error500 | Kind::GraphError => Refusal::server_error(),
        Kind::RateLimit429 | Kind::PairRateLimit => Refusal::rate_limited(),
        Kind::Conflict409 => idempotency::in_use(asked.key.as_deref().unwrap_or("(none)")),
        Kind::LostAnswer
        | Kind::Error500After
        | Kind::Timeout
        | Kind::NewerVersion
        | Kind::FailedStatus
        | Kind::CutShort
        | Kind::Slow
        | Kind::Corrupt
        | Kind::WrongSha256 => return None,
    };
    Some(refuse(stripe, asked, &refusal))
}

fn bad_gateway() -> Response {
    let page =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    (
        StatusCode::BAD_GATEWAY,
        [(header::CONTENT_TYPE, "text/html")],
        page,
    )
        .into_response()
}

/// Does the work once for an idempotency key, and answers the same ever after.
fn work(stripe: &Stripe, asked: &Asked, job: &Job, hit: Option<Hit>) -> Response {
    let Some(key) = &asked.key else {
        return finish(stripe, asked, &do_once(stripe, asked, job, hit));
    };
    let now_ms = stripe.clock.now_ms();
    let turn = stripe.keys().begin(key, &asked.path, &job.form, now_ms);
    match turn {
        Err(refusal) => refuse(stripe, asked, &refusal),
        Ok(Turn::Again(kept)) => {
            let mut response = answer(kept.status, &kept.body);
            idempotency::mark_replayed(&mut response, &kept);
            response
        }
        Ok(Turn::First) => {
            let result = do_once(stripe, asked, job, hit);
            let delay_ms = hit.map_or(0, |hit| i64::try_from(hit.delay.as_millis()).unwrap_or(0));
            remember(stripe, asked, key, &result, now_ms + delay_ms);
            finish(stripe, asked, &result)
        }
    }
}

/// Keeps an answer for its key, unless the request was refused before the work began.
fn remember(stripe: &Stripe, asked: &Asked, key: &str, result: &routes::Answer, known_from: i64) {
    let (status, body) = match result {
        Ok(value) => (StatusCode::OK, value.clone()),
        Err(refusal) if refusal.begun => (refusal.status, refusal.body(&stripe.options.account, &asked.id)),
        Err(_) => return stripe.keys().release(key),
    };
    stripe.keys().keep(
        key,
        Kept {
            status,
            body,
            request: asked.id.clone(),
        },
        known_from,
    );
}

fn do_once(stripe: &Stripe, asked: &Asked, job: &Job, hit: Option<Hit>) -> routes::Answer {
    let result = run(stripe, asked, job);
    if hit.is_some_and(|hit| hit.kind == Kind::Error500After) {
        Err(Refusal::server_error())
    } else {
        result
    }
}

/// Checks the parameters and runs the endpoint.
fn run(stripe: &Stripe, asked: &Asked, job: &Job) -> routes::Answer {
    let (own, expansions) = without_expand(&job.form);
    let fields = params::check(&own, job.route.params)?;
    let expansions = params::check(&expansions, EXPAND)?;
    let paths = Fields::new(&expansions).texts("expand");
    let cause = Cause {
        request: Some(asked.id.clone()),
        idempotency_key: asked.key.clone(),
    };
    stripe.act(cause, |act| {
        let call = Call {
            id: job.id,
            fields: Fields::new(&fields),
        };
        let mut answer = (job.route.run)(act, &call)?;
        expand::expand(act.ledger, &mut answer, &paths).map_err(Refusal::begun)?;
        Ok(answer)
    })
}

/// Splits off `expand`, which every endpoint takes.
fn without_expand(form: &Form) -> (Form, Form) {
    let (expansions, own) = form
        .branches()
        .iter()
        .cloned()
        .partition(|(name, _)| name == "expand");
    (Form::Branch(own), Form::Branch(expansions))
}

fn finish(stripe: &Stripe, asked: &Asked, result: &routes::Answer) -> Response {
    match result {
        Ok(value) => answer(StatusCode::OK, value),
        Err(refusal) => refuse(stripe, asked, refusal),
    }
}

fn refuse(stripe: &Stripe, asked: &Asked, refusal: &Refusal) -> Response {
    let mut response = answer(refusal.status, &refusal.body(&stripe.options.account, &asked.id));
    for (name, value) in &refusal.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let text = serde_json::to_vec_pretty(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Adds what every answer of Stripe's has.
fn signed(mut response: Response, asked: &Asked) -> Response {
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put("request-id", &asked.id);
    put("stripe-version", &asked.version);
    put("x-cobro-sandbox", "true");
    put("cache-control", "no-cache, no-store");
    if let Some(key) = &asked.key {
        put("idempotency-key", key);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
