//! The Graph API: who asks, for what, and what is answered, faults included.

mod account;
mod connect;
mod files;
mod messages;
mod templates;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use jiff::fmt::rfc2822;
use serde_json::Value;

use super::WhatsApp;
use super::refusal::Refusal;
use crate::faults::{Endpoint, Hit, Kind};

type Answer = Result<Value, Refusal>;

/// A document of 100 MB, and what is around it.
const LARGEST_BODY: usize = 110 * 1024 * 1024;
/// Of everything that is not a file.
const LARGEST_JSON: usize = 1024 * 1024;

/// Serves everything below `/v25.0/`, whatever the version says, and the files themselves.
pub(crate) fn router(whatsapp: Arc<WhatsApp>) -> Router {
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response_with_state(Arc::clone(&whatsapp), dated))
        .with_state(whatsapp)
}

/// Dates an answer by the sandbox's clock, which is ahead once time was skipped.
async fn dated(State(whatsapp): State<Arc<WhatsApp>>, mut response: Response) -> Response {
    let now = jiff::Timestamp::from_millisecond(whatsapp.clock.now_ms());
    let date = now.ok().and_then(|now| {
        let text = rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&now)
            .ok()?;
        HeaderValue::from_str(&text).ok()
    });
    if let Some(date) = date {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// The system user.
    System,
    /// The app itself, by `id|secret`.
    App,
}

/// One request.
struct Request {
    whatsapp: Arc<WhatsApp>,
    asker: Asker,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// The body, if it is JSON or a form.
    json: Value,
}

impl Request {
    fn query(&self, name: &str) -> Option<String> {
        query(&self.uri, name)
    }

    /// Returns a parameter from the body or the query, wherever the client put it.
    fn param(&self, name: &str) -> Option<String> {
        let in_body = match self.json.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Array(list)) => {
                let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                Some(texts.join(","))
            }
            Some(Value::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        in_body
            .or_else(|| self.query(name))
            .filter(|value| !value.is_empty())
    }

    /// Returns the address under which this machine was asked.
    fn base(&self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(
            || self.whatsapp.options.public_url.clone(),
            |host| format!("http://{host}"),
        )
    }

    /// Checks that the system user's token has a permission.
    fn needs(&self, scope: &str) -> Result<(), Refusal> {
        if self.asker == Asker::App {
            return Err(Refusal::token(
                "Invalid OAuth access token: a user's is needed here",
            ));
        }
        self.whatsapp
            .business()
            .permits(scope, self.whatsapp.clock.now_ms())
    }

    /// Checks that the app itself asks.
    fn needs_app(&self) -> Result<(), Refusal> {
        match self.asker {
            Asker::App => Ok(()),
            Asker::System => Err(Refusal::parameter(
                "(#15) This method must be called with an app access_token.",
            )
            .with_code(15)),
        }
    }
}

async fn handle(
    State(whatsapp): State<Arc<WhatsApp>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let whole = uri.path().to_owned();
    let path: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
    let path = without_version(&path);
    if let ("GET", ["oauth", "access_token"]) = (method.as_str(), path) {
        return answer(connect::app_token(&whatsapp, &uri));
    }
    let asker = match authorize(&whatsapp, &headers, &uri) {
        Ok(asker) => asker,
        Err(refusal) => return refusal.into_response(),
    };
    let is_upload = matches!(path, [_, "media"]);
    if !is_upload && body.len() > LARGEST_JSON {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let json = if is_upload {
        Value::Null
    } else {
        parsed(&headers, &body)
    };
    let request = Request {
        whatsapp,
        asker,
        uri,
        headers,
        body,
        json,
    };
    route(request, method.as_str(), path).await
}

async fn route(request: Request, method: &str, path: &[&str]) -> Response {
    let whatsapp = Arc::clone(&request.whatsapp);
    let strike = |endpoint| whatsapp.faults.strike(endpoint);
    let is_number = |id: &str| whatsapp.business().number(id).is_some();
    match (method, path) {
        ("GET", ["whatsapp_business", "attachments"]) => {
            files::download(&request, strike(Endpoint::WhatsAppDownload)).await
        }
        ("POST", [number, "messages"]) if is_number(number) => messages::post(&request, number).await,
        ("POST", [number, "media"]) if is_number(number) => {
            let hit = strike(Endpoint::WhatsAppUpload);
            under(hit, async || answer(files::upload(&request, number).await)).await
        }
        ("GET" | "DELETE", [id]) if files::is_one(&request, id) => {
            let hit = strike(Endpoint::WhatsAppMedia);
            under(hit, async || answer(files::about(&request, method, id, hit))).await
        }
        _ => {
            let hit = strike(Endpoint::WhatsAppOther);
            under(hit, async || {
                let answered = account::answer(&request, method, path).await;
                answer(answered)
            })
            .await
        }
    }
}

fn parsed(headers: &HeaderMap, body: &[u8]) -> Value {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let pairs = url::form_urlencoded::parse(body);
        return pairs
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect();
    }
    serde_json::from_slice(body).unwrap_or_default()
}

/// Checks the token: in the query it goes before the header, as with Meta.
fn authorize(whatsapp: &WhatsApp, headers: &HeaderMap, uri: &Uri) -> Result<Asker, Refusal> {
    let in_header = || {
        let value = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())?;
        Some(value.strip_prefix("Bearer ").unwrap_or(value).to_owned())
    };
    let given = query(uri, "access_token").or_else(in_header);
    let options = &whatsapp.options;
    match given.as_deref().map(str::trim) {
        None | Some("") => Err(Refusal::token(
            "An access token is required to request this resource.",
        )),
        Some(given) if given == options.token => {
            whatsapp.business().holds(whatsapp.clock.now_ms())?;
            Ok(Asker::System)
        }
        Some(given) if given == connect::app_access_token(options) => Ok(Asker::App),
        Some(_) => Err(Refusal::token(
            "Invalid OAuth access token - Cannot parse access token",
        )),
    }
}

fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn without_version<'a, 'b>(path: &'b [&'a str]) -> &'b [&'a str] {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    match path {
        [first, rest @ ..] if is_version(first) => rest,
        whole => whole,
    }
}

fn is_for_whatsapp(body: &Value) -> Result<(), Refusal> {
    match body.get("messaging_product").and_then(Value::as_str) {
        Some(product) if product.eq_ignore_ascii_case("whatsapp") => Ok(()),
        Some(product) => Err(Refusal::parameter(format!(
            "(#100) Param messaging_product must be one of {{WHATSAPP}} - got \"{product}\"."
        ))),
        None => Err(Refusal::parameter(
            "(#100) The parameter messaging_product is required.",
        )),
    }
}

/// Does the work and answers, or what the fault makes of both.
async fn under(hit: Option<Hit>, work: impl AsyncFnOnce() -> Response) -> Response {
    let Some(hit) = hit else { return work().await };
    let response = match hit.kind {
        Kind::LostRequest => crate::hang_up(),
        Kind::LostAnswer => {
            work().await;
            crate::hang_up()
        }
        Kind::Error500 | Kind::Conflict409 => answer(Err(Refusal::coded(131_000))),
        Kind::Error500After => {
            work().await;
            answer(Err(Refusal::coded(131_000)))
        }
        Kind::Html502 => {
            let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
            (
                StatusCode::BAD_GATEWAY,
                [(header::CONTENT_TYPE, "text/html")],
                page,
            )
                .into_response()
        }
        Kind::RateLimit429 => answer(Err(Refusal::coded(130_429))),
        Kind::PairRateLimit => answer(Err(Refusal::coded(131_056))),
        Kind::GraphError => answer(Err(Refusal::coded(hit.code.unwrap_or(131_000)))),
        Kind::Timeout
        | Kind::NewerVersion
        | Kind::FailedStatus
        | Kind::CutShort
        | Kind::Slow
        | Kind::Corrupt
        | Kind::WrongSha256 => work().await,
    };
    tokio::time::sleep(hit.delay).await;
    response
}

fn answer(answer: Answer) -> Response {
    match answer {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
