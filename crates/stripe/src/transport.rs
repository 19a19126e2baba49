//! One call to Stripe: sent over shared connections, repeated where that is safe, its answer kept raw.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cobro_protocol::{ServerClock, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, Url};
use secrecy::ExposeSecret;
use stripe_client_core::{
    CustomizedStripeRequest, RequestBuilder, RequestStrategy, StripeClient, StripeMethod, VERSION,
};

use crate::refusal::{self, Headers};
use crate::retry::{self, Failure};
use crate::{StripeApi, StripeError, StripeOptions};

/// A list of a hundred expanded sessions stays far below this.
const ANSWER_LIMIT: usize = 16 << 20;
const KEY_LIMIT: usize = 255;

pub(crate) struct Transport {
    http: Client,
    base: Url,
    authorization: HeaderValue,
    timeout: Duration,
    on_read: Option<Arc<dyn Fn() + Send + Sync>>,
    reads: AtomicU64,
    clock: ServerClock,
}

/// What Stripe answered, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub body: String,
    pub request_id: Option<Box<str>>,
}

/// One request, ready to be sent as often as it takes.
struct Call {
    method: Method,
    url: Url,
    form: Option<String>,
    idempotency_key: Option<HeaderValue>,
}

impl Call {
    /// Reading twice reads once; writing twice writes once only under a key.
    fn is_repeatable(&self) -> bool {
        self.method == Method::GET || self.idempotency_key.is_some()
    }
}

impl Transport {
    pub(crate) fn new(options: StripeOptions) -> Result<Self, StripeError> {
        let base = base_url(&options.base_url)?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", options.key.expose_secret()))
            .map_err(|_| StripeError::invalid("The Stripe key has characters that no key has"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http: client(&base, options.timeout)?,
            base,
            authorization,
            timeout: options.timeout,
            on_read: options.on_read,
            reads: AtomicU64::new(0),
            clock: ServerClock::default(),
        })
    }

    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    pub(crate) fn clock_skew(&self) -> Option<i64> {
        self.clock.skew()
    }

    /// Asks until there is an answer, no sense in asking again, or no time left.
    async fn ask(&self, call: &Call) -> Result<Answer, StripeError> {
        let started = Instant::now();
        let mut attempts = 0;
        loop {
            let remaining = self.timeout.saturating_sub(started.elapsed());
            let failure = match self.attempt(call, remaining).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            attempts += 1;
            let remaining = self.timeout.saturating_sub(started.elapsed());
            let fate = rand::random_range(0.0..=1.0);
            let Some(pause) = retry::pause_after(&failure, attempts, call.is_repeatable(), remaining, fate)
            else {
                return Err(failure.error);
            };
            tracing::debug!(path = call.url.path(), attempts, error = %failure.error, "Stripe is asked again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call, remaining: Duration) -> Result<Answer, Failure> {
        if call.method == Method::GET {
            self.count_read();
        }
        let patience = patience(call, self.timeout, remaining);
        let response = self.request(call).timeout(patience).send().await.map_err(lost)?;
        let status = response.status();
        let headers = headers_of(response.headers());
        self.note_clock(response.headers());
        let body = body_of(response, &headers).await?;
        tracing::debug!(
            method = %call.method,
            path = call.url.path(),
            status = status.as_u16(),
            request_id = headers.request_id.as_deref(),
            "Stripe answered"
        );
        if status.is_success() {
            return Ok(Answer {
                body,
                request_id: headers.request_id,
            });
        }
        let error = refusal::error_from_answer(status.as_u16(), &headers, &body);
        Err(Failure::refused(status.as_u16(), &headers, error))
    }

    fn request(&self, call: &Call) -> reqwest::RequestBuilder {
        let mut request = self
            .http
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header("stripe-version", VERSION.as_str());
        if let Some(key) = &call.idempotency_key {
            request = request.header("idempotency-key", key.clone());
        }
        if let Some(form) = &call.form {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.clone());
        }
        request
    }

    fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if let Some(on_read) = &self.on_read {
            on_read();
        }
    }

    fn note_clock(&self, headers: &HeaderMap) {
        if let Some(date) = headers.get(DATE).and_then(|date| date.to_str().ok()) {
            self.clock.note(date, Timestamp::now());
        }
    }

    fn call(&self, request: RequestBuilder, key: Option<&str>) -> Result<Call, StripeError> {
        let mut url = self
            .base
            .join(&format!("v1/{}", request.path.trim_start_matches('/')))
            .map_err(|_| StripeError::invalid("Stripe's address does not take this path"))?;
        url.set_query(
            request
                .query
                .map(in_order)
                .as_deref()
                .filter(|query| !query.is_empty()),
        );
        Ok(Call {
            method: match request.method {
                StripeMethod::Get => Method::GET,
                StripeMethod::Post => Method::POST,
                StripeMethod::Delete => Method::DELETE,
            },
            url,
            form: request.body.map(in_order),
            idempotency_key: key.map(idempotency_key).transpose()?,
        })
    }
}

impl StripeApi {
    pub(crate) async fn get(&self, request: RequestBuilder) -> Result<Answer, StripeError> {
        self.transport.ask(&self.transport.call(request, None)?).await
    }

    /// Posts under a key that the caller has saved, so that the same request sent again is the same deed.
    pub(crate) async fn post(&self, request: RequestBuilder, key: &str) -> Result<Answer, StripeError> {
        self.transport
            .ask(&self.transport.call(request, Some(key))?)
            .await
    }
}

impl StripeApi {
    /// Posts what makes nothing, without a key; once.
    pub(crate) async fn post_freely(&self, request: RequestBuilder) -> Result<Answer, StripeError> {
        self.transport.ask(&self.transport.call(request, None)?).await
    }

    /// Takes something away, once: the caller reads back where the answer is lost.
    pub(crate) async fn delete(&self, request: RequestBuilder) -> Result<Answer, StripeError> {
        self.transport.ask(&self.transport.call(request, None)?).await
    }
}

/// Lets any of async-stripe's request builders be sent through our transport.
///
/// A request that carries no key of the caller's own is sent once: a key made
/// up here would be lost with the answer.
impl StripeClient for StripeApi {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        let (request, config) = request.into_pieces();
        let key = match config.request_strategy {
            Some(RequestStrategy::Idempotent(key)) => Some(key.into_inner()),
            _ => None,
        };
        let call = self.transport.call(request, key.as_deref())?;
        Ok(Bytes::from(self.transport.ask(&call).await?.body))
    }
}

fn base_url(given: &str) -> Result<Url, StripeError> {
    let slashed = format!("{}/", given.trim().trim_end_matches('/'));
    match Url::parse(&slashed) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(StripeError::invalid(
            "Stripe's address must be a URL such as https://api.stripe.com/. Check stripe.api",
        )),
    }
}

fn client(base: &Url, timeout: Duration) -> Result<Client, StripeError> {
    let mut builder = Client::builder()
        .user_agent(concat!("Cobro/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        // A laptop that slept must not wait on connections that died meanwhile.
        .pool_idle_timeout(Duration::from_secs(60))
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|_| StripeError::invalid("TLS could not be set up on this system"))
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns how long one attempt may take: half the call's time where it can be
/// repeated, so that a connection that hangs leaves room for a fresh one.
fn patience(call: &Call, timeout: Duration, remaining: Duration) -> Duration {
    let longest = if call.is_repeatable() {
        timeout / 2
    } else {
        timeout
    };
    longest.min(remaining)
}

fn lost(error: reqwest::Error) -> Failure {
    let maybe_received = !(error.is_connect() || error.is_builder());
    Failure::lost(reason_of(&error.without_url()), maybe_received)
}

/// Returns the innermost cause, which is the one that tells something.
fn reason_of(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    refusal::without_keys(&cause.to_string()).into()
}

async fn body_of(mut response: Response, headers: &Headers) -> Result<String, Failure> {
    let unreadable = |what: &str| {
        Failure::last(StripeError::Decode {
            what: what.into(),
            request_id: headers.request_id.clone(),
        })
    };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(unreadable("it is longer than any of Stripe's answers"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| unreadable("it is not text"))
}

fn headers_of(headers: &HeaderMap) -> Headers {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Headers {
        request_id: text("request-id").map(Into::into),
        rate_limited_reason: text("stripe-rate-limited-reason").map(Into::into),
        should_retry: text("stripe-should-retry").and_then(|value| value.parse().ok()),
        retry_after: text(RETRY_AFTER.as_str()).and_then(|value| value.parse().ok()),
    }
}

fn idempotency_key(key: &str) -> Result<HeaderValue, StripeError> {
    if key.is_empty() || key.len() > KEY_LIMIT {
        return Err(StripeError::invalid(format!(
            "An idempotency key must have 1 to {KEY_LIMIT} characters; this one has {}",
            key.len()
        )));
    }
    HeaderValue::from_str(key).map_err(|_| StripeError::invalid("An idempotency key must be plain text"))
}

/// Puts a form's pairs in order of their names.
///
/// async-stripe keeps metadata in hash maps, whose order changes from run to
/// run; a repeated request must have the same bytes. Indices are in the names,
/// so lists keep their order.
fn in_order(form: String) -> String {
    let mut pairs: Vec<&str> = form.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_by_key(|pair| pair.split('=').next());
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_a_map_does_not_show() {
        let one = "b[y]=2&a=1&b[x]=3&list[0]=z&list[1]=a";
        let two = "list[0]=z&list[1]=a&b[x]=3&b[y]=2&a=1";
        assert_eq!(in_order(one.into()), in_order(two.into()));
        assert_eq!(in_order(one.into()), "a=1&b[x]=3&b[y]=2&list[0]=z&list[1]=a");
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        for given in ["http://localhost:1/stripe", "http://localhost:1/stripe/"] {
            assert_eq!(
                base_url(given).unwrap().join("v1/charges").unwrap().path(),
                "/stripe/v1/charges"
            );
        }
        for given in ["", "stripe.com", "ftp://stripe.com"] {
            assert!(base_url(given).is_err(), "{given}");
        }
    }

    #[test]
    fn only_this_machine_is_reached_without_the_systems_proxy() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        assert!(
            loopback("http://127.0.0.1:7102/") && loopback("http://localhost/") && loopback("http://[::1]/")
        );
        assert!(!loopback("https://api.stripe.com/"));
    }
}
