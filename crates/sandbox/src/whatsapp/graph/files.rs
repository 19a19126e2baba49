//! Files: uploaded, asked about, deleted, and fetched, whole or in parts.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{Answer, Request, under};
use crate::faults::{Hit, Kind};
use crate::whatsapp::business::MESSAGING;
use crate::whatsapp::inbound::file_url;
use crate::whatsapp::media::Stored;
use crate::whatsapp::refusal::Refusal;

/// `POST /{phone_number_id}/media`, as a multipart form.
pub(super) async fn upload(request: &Request, number: &str) -> Answer {
    request.needs(MESSAGING)?;
    let form = Form::read(request).await?;
    if !form
        .product
        .as_deref()
        .is_some_and(|product| product.eq_ignore_ascii_case("whatsapp"))
    {
        return Err(Refusal::parameter(
            "(#100) The parameter messaging_product is required.",
        ));
    }
    let bytes = form
        .file
        .ok_or_else(|| Refusal::parameter("(#100) The parameter file is required."))?;
    let mime = form
        .mime_of_file
        .or(form.kind)
        .ok_or_else(|| Refusal::parameter("(#100) The parameter type is required."))?;
    let now_ms = request.whatsapp.clock.now_ms();
    let id = request
        .whatsapp
        .shelf()
        .upload(number, &mime, form.filename, bytes, now_ms)?;
    Ok(json!({"id": id}))
}

#[derive(Default)]
struct Form {
    product: Option<String>,
    kind: Option<String>,
    filename: Option<String>,
    /// The part's own type, which goes before `type`.
    mime_of_file: Option<String>,
    file: Option<Bytes>,
}

impl Form {
    async fn read(request: &Request) -> Result<Self, Refusal> {
        let not_a_form =
            |_| Refusal::parameter("(#100) The request must be a well-formed multipart/form-data.");
        let kind = request
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let boundary = multer::parse_boundary(kind.unwrap_or_default()).map_err(not_a_form)?;
        let body = request.body.clone();
        let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
        let mut parts = multer::Multipart::new(whole, boundary);
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(not_a_form)? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                form.filename = part.file_name().map(str::to_owned);
                form.mime_of_file = part
                    .content_type()
                    .map(ToString::to_string)
                    .filter(|mime| mime != "application/octet-stream");
                form.file = Some(part.bytes().await.map_err(not_a_form)?);
                continue;
            }
            let text = part.text().await.map_err(not_a_form)?;
            match name.as_str() {
                "messaging_product" => form.product = Some(text),
                "type" => form.kind = Some(text),
                _ => {}
            }
        }
        Ok(form)
    }
}

/// Returns whether a path names a file that is, or was, here rather than a number or an account.
pub(super) fn is_one(request: &Request, id: &str) -> bool {
    let now_ms = request.whatsapp.clock.now_ms();
    request.whatsapp.shelf().find(id, now_ms).is_some()
}

/// `GET` and `DELETE /{media_id}`.
pub(super) fn about(request: &Request, method: &str, id: &str, hit: Option<Hit>) -> Answer {
    request.needs(MESSAGING)?;
    let gone = || Refusal::no_object(&method.to_lowercase(), id);
    let now_ms = request.whatsapp.clock.now_ms();
    let mut shelf = request.whatsapp.shelf();
    let stored = shelf.find(id, now_ms).cloned().ok_or_else(gone)?;
    if request
        .query("phone_number_id")
        .is_some_and(|number| number != stored.line)
    {
        return Err(gone());
    }
    if method == "DELETE" {
        shelf.delete(id);
        return Ok(json!({"success": true}));
    }
    let hash = shelf.link(id, now_ms);
    let sha256 = match hit.map(|hit| hit.kind) {
        Some(Kind::WrongSha256) => "0".repeat(64),
        _ => stored.sha256_hex(),
    };
    Ok(json!({
        "messaging_product": "whatsapp",
        "url": file_url(&request.base(), id, &hash),
        "mime_type": stored.mime,
        "sha256": sha256,
        "file_size": stored.bytes.len(),
        "id": id,
    }))
}

/// `GET` of a file's address.
pub(super) async fn download(request: &Request, hit: Option<Hit>) -> Response {
    let pieces_wait = hit
        .filter(|hit| hit.kind == Kind::Slow)
        .map_or(Duration::ZERO, |hit| hit.delay);
    // A slow file waits between its pieces instead.
    let outer = hit.map(|hit| Hit {
        delay: hit.delay.saturating_sub(pieces_wait),
        ..hit
    });
    under(outer, async || {
        let hash = request.query("hash").unwrap_or_default();
        let now_ms = request.whatsapp.clock.now_ms();
        let found = request.whatsapp.shelf().linked(&hash, now_ms);
        match found {
            Some(stored) => file(stored, &request.headers, hit, pieces_wait),
            None => (StatusCode::NOT_FOUND, Json(json!({"error": "Not Found"}))).into_response(),
        }
    })
    .await
}

fn file(stored: Stored, headers: &HeaderMap, hit: Option<Hit>, pieces_wait: Duration) -> Response {
    let size = stored.bytes.len();
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (from, until) = match asked.map(|asked| range(asked, size)) {
        None | Some(Ok(None)) => (0, size),
        Some(Ok(Some(range))) => range,
        Some(Err(())) => {
            let whole = format!("bytes */{size}");
            return (
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(header::CONTENT_RANGE, whole)],
            )
                .into_response();
        }
    };
    let part = stored.bytes.slice(from..until);
    let mut response = body(part, hit, pieces_wait).into_response();
    let mut put = |name: header::HeaderName, value: String| {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, stored.mime.clone());
    put(header::CONTENT_LENGTH, (until - from).to_string());
    put(header::ACCEPT_RANGES, "bytes".to_owned());
    put(header::ETAG, format!("\"{}\"", stored.sha256_hex()));
    if (from, until) != (0, size) {
        put(
            header::CONTENT_RANGE,
            format!("bytes {from}-{}/{size}", until.saturating_sub(1)),
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// Returns the part of `size` bytes that is asked for; `None` for what is no single range.
fn range(asked: &str, size: usize) -> Result<Option<(usize, usize)>, ()> {
    let Some((first, last)) = asked
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let (from, until) = match (number(first), number(last)) {
        (Some(from), Some(last)) => (from, last.saturating_add(1).min(size)),
        (Some(from), None) if last.trim().is_empty() => (from, size),
        (None, Some(count)) if first.trim().is_empty() => (size.saturating_sub(count), size),
        _ => return Ok(None),
    };
    if from >= until {
        Err(())
    } else {
        Ok(Some((from, until)))
    }
}

/// Returns the bytes as the fault lets them through.
fn body(bytes: Bytes, hit: Option<Hit>, wait: Duration) -> Body {
    let Some(hit) = hit else {
        return Body::from(bytes);
    };
    let count = |or: usize| {
        let asked = hit.bytes.and_then(|bytes| usize::try_from(bytes).ok());
        asked.unwrap_or(or).min(bytes.len())
    };
    match hit.kind {
        Kind::CutShort => {
            let first = bytes.slice(..count(bytes.len() / 2));
            let begins = stream::once(async move { Ok(first) });
            let ends = stream::once(async {
                // What was written gets through before the connection closes.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(std::io::Error::other("cut on purpose"))
            });
            Body::from_stream(begins.chain(ends))
        }
        Kind::Slow => {
            let piece = count(1024).max(1);
            Body::from_stream(stream::unfold(bytes, move |mut rest| async move {
                if rest.is_empty() {
                    return None;
                }
                tokio::time::sleep(wait).await;
                let next = rest.split_to(piece.min(rest.len()));
                Some((Ok::<_, std::io::Error>(next), rest))
            }))
        }
        Kind::Corrupt => {
            let mut other = bytes.to_vec();
            let middle = other.len() / 2;
            if let Some(byte) = other.get_mut(middle) {
                *byte ^= 0xff;
            }
            Body::from(other)
        }
        _ => Body::from(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_read_as_http_means_them() {
        assert_eq!(range("bytes=0-3", 10), Ok(Some((0, 4))));
        assert_eq!(range("bytes=4-", 10), Ok(Some((4, 10))));
        assert_eq!(range("bytes=-3", 10), Ok(Some((7, 10))));
        assert_eq!(range("bytes=4-99", 10), Ok(Some((4, 10))));
        assert_eq!(range("bytes=10-", 10), Err(()));
        assert_eq!(range("lines=1-2", 10), Ok(None));
        assert_eq!(range("bytes=1-2,4-5", 10), Ok(None));
    }
}
