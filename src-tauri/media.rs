//! `media://`: where the window reads messages' files and products' pictures. They are decrypted in memory and never lie on the disk.

use cobro_core::catalog::image;
use cobro_core::domain::{MessageId, ProductId};
use cobro_core::media;
use tauri::http::{HeaderMap, Method, Request, Response, StatusCode, header, response};
use tauri::{AppHandle, Manager as _, UriSchemeContext, UriSchemeResponder, Wry};

use crate::shell::Shell;
use crate::window;

pub(crate) const SCHEME: &str = "media";
/// A part that a player asks for is at most so long; it asks for the next by itself.
const LONGEST_PART: u64 = 4 * 1024 * 1024;

/// Answers the window, and nobody else.
pub(crate) fn serve(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    if context.webview_label() != window::MAIN {
        responder.respond(refusal(StatusCode::FORBIDDEN));
        return;
    }
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let origin = origin_of(request.headers());
        let answered = match &origin {
            Origin::Foreign => refusal(StatusCode::FORBIDDEN),
            Origin::Ours(_) | Origin::None => answer(&app, &request).await,
        };
        responder.respond(with_headers(answered, &origin));
    });
}

async fn answer(app: &AppHandle, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    if request.method() != Method::GET {
        return refusal(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some((whose, part)) = asked_for(request.uri().path()) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let Ok(inbox) = app.state::<Shell>().inbox() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE);
    };
    let range = request
        .headers()
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let read = match part {
        Part::Thumbnail => thumbnail(&inbox, whose).await,
        Part::Full => full(&inbox, whose, range).await,
    };
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "A file could not be read for the window");
        refusal(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

async fn thumbnail(inbox: &cobro_core::Inbox, whose: Whose) -> cobro_core::Result<Response<Vec<u8>>> {
    let found = match whose {
        Whose::Message(message) => media::thumbnail(inbox, message).await?,
        Whose::Product(product) => image::thumbnail(inbox, product).await?,
    };
    Ok(match found {
        Some((bytes, mime)) => response_of(Response::builder().header(header::CONTENT_TYPE, mime), bytes),
        None => refusal(StatusCode::NOT_FOUND),
    })
}

async fn full(
    inbox: &cobro_core::Inbox,
    whose: Whose,
    range: Option<&str>,
) -> cobro_core::Result<Response<Vec<u8>>> {
    let found = match whose {
        Whose::Message(message) => media::serve(inbox, message).await?,
        Whose::Product(product) => image::serve(inbox, product).await?,
    };
    let Some(file) = found else {
        return Ok(refusal(StatusCode::NOT_FOUND));
    };
    let mut answer = Response::builder().header(header::ACCEPT_RANGES, "bytes");
    answer = match media::shown_inline(&file.mime) {
        Some(mime) => answer.header(header::CONTENT_TYPE, mime),
        None => answer
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_DISPOSITION, "attachment"),
    };
    let (from, length) = match range.map(|range| part_of(range, file.size)) {
        None | Some(Wanted::All) => (0, file.size),
        Some(Wanted::Nothing) => {
            let answer = answer
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{}", file.size));
            return Ok(response_of(answer, Vec::new()));
        }
        Some(Wanted::Part { from, length }) => {
            let last = from + length - 1;
            answer = answer.status(StatusCode::PARTIAL_CONTENT).header(
                header::CONTENT_RANGE,
                format!("bytes {from}-{last}/{}", file.size),
            );
            (from, length)
        }
    };
    let bytes = media::read(inbox, &file, from, length).await?;
    Ok(response_of(answer, bytes))
}

/// Adds what every answer says: no guessing of types, nothing that runs, nothing kept on the disk.
fn with_headers(mut answered: Response<Vec<u8>>, origin: &Origin) -> Response<Vec<u8>> {
    let headers = answered.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::VARY, "Origin"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    if let Origin::Ours(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    answered
}

fn refusal(status: StatusCode) -> Response<Vec<u8>> {
    response_of(Response::builder().status(status), Vec::new())
}

fn response_of(builder: response::Builder, body: Vec<u8>) -> Response<Vec<u8>> {
    builder.body(body).unwrap_or_else(|_| {
        let mut failed = Response::new(Vec::new());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}

/// Which page asks.
enum Origin {
    Ours(header::HeaderValue),
    /// A picture in the page says none.
    None,
    Foreign,
}

fn origin_of(headers: &HeaderMap) -> Origin {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Origin::None;
    };
    let ours: &[&str] = if tauri::is_dev() {
        &[
            "tauri://localhost",
            "http://tauri.localhost",
            "http://127.0.0.1:5173",
        ]
    } else {
        &["tauri://localhost", "http://tauri.localhost"]
    };
    if ours.iter().any(|ours| origin.as_bytes() == ours.as_bytes()) {
        Origin::Ours(origin.clone())
    } else {
        Origin::Foreign
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Full,
    Thumbnail,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Message(MessageId),
    Product(ProductId),
}

/// Reads `/ID/full` or `/ID/thumb`, of a product `/product/ID/…`; what follows a picture's part only names
/// which picture it is, so that another one is read again. The window's own helper writes slashes as `%2F`.
fn asked_for(path: &str) -> Option<(Whose, Part)> {
    let path = path.replace("%2F", "/").replace("%2f", "/");
    let path = path.strip_prefix('/')?;
    let (whose, part) = if let Some(path) = path.strip_prefix("product/") {
        let (product, part) = path.split_once('/')?;
        let part = part.split_once('/').map_or(part, |(part, _)| part);
        (Whose::Product(product.parse().ok()?), part)
    } else {
        let (message, part) = path.split_once('/')?;
        (Whose::Message(message.parse().ok()?), part)
    };
    let part = match part {
        "full" => Part::Full,
        "thumb" => Part::Thumbnail,
        _ => return None,
    };
    Some((whose, part))
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part { from: u64, length: u64 },
    Nothing,
}

/// Reads a `Range` header. What is not understood asks for everything, as the standard has it.
fn part_of(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::All;
    };
    let (first, last) = (first.trim(), last.trim());
    let bounds = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(last)) if first.is_empty() => (size.saturating_sub(last), size),
        _ => return Wanted::All,
    };
    match bounds {
        (from, end) if from < end => Wanted::Part {
            from,
            length: (end - from).min(LONGEST_PART),
        },
        _ => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_asked_for_by_its_message_and_by_nothing_else() {
        let id = MessageId::new();
        let of = Whose::Message(id);
        assert_eq!(asked_for(&format!("/{id}/full")), Some((of, Part::Full)));
        assert_eq!(asked_for(&format!("/{id}%2Fthumb")), Some((of, Part::Thumbnail)));
        let product = ProductId::new();
        assert_eq!(
            asked_for(&format!("/product%2F{product}%2Fthumb%2F1")),
            Some((Whose::Product(product), Part::Thumbnail))
        );
        for other in [
            "/",
            "/full",
            "//full",
            "/../../etc/passwd/full",
            &format!("/{id}/else"),
            "/product/full",
            "/product/../full",
        ] {
            assert_eq!(asked_for(other), None, "{other}");
        }
    }

    #[test]
    fn a_player_gets_the_part_that_it_asks_for() {
        let part = |from, length| Wanted::Part { from, length };
        assert_eq!(part_of("bytes=0-", 1000), part(0, 1000));
        assert_eq!(part_of("bytes=10-19", 1000), part(10, 10));
        assert_eq!(part_of("bytes=990-2000", 1000), part(990, 10));
        assert_eq!(part_of("bytes=-100", 1000), part(900, 100));
        assert_eq!(part_of("bytes=0-", 100 * 1024 * 1024), part(0, LONGEST_PART));
        assert_eq!(part_of("bytes=1000-", 1000), Wanted::Nothing);
        assert_eq!(part_of("bytes=0-", 0), Wanted::Nothing);
        for unknown in ["bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=1-2,5-6"] {
            assert_eq!(part_of(unknown, 1000), Wanted::All, "{unknown}");
        }
    }

    #[test]
    fn another_page_reads_nothing() {
        let asking = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, header::HeaderValue::from_static(origin));
            origin_of(&headers)
        };
        assert!(matches!(asking("tauri://localhost"), Origin::Ours(_)));
        assert!(matches!(asking("https://example.com"), Origin::Foreign));
        assert!(matches!(asking("null"), Origin::Foreign));
        assert!(matches!(origin_of(&HeaderMap::new()), Origin::None));
    }

    #[test]
    fn nothing_that_is_read_can_run_or_be_kept() {
        let answered = with_headers(refusal(StatusCode::OK), &Origin::None);
        let told = |name| answered.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(told(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(
            told(header::CONTENT_SECURITY_POLICY),
            "default-src 'none'; sandbox"
        );
        assert_eq!(told(header::CACHE_CONTROL), "private, no-store");
        assert!(
            answered
                .headers()
                .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
                .is_none()
        );
    }
}
