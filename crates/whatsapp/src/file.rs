//! Files: where WhatsApp keeps them, fetching them from any place on, and sending ours.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Body, Response, StatusCode, Url};

use crate::answer::{accepted, answer_to, asked, field, harmless, json_of, number};
use crate::client::{NUMBER, is_loopback};
use crate::{WhatsAppApi, WhatsAppError};

/// The slowest line that still gets a file through, in bytes a second.
const SLOWEST_LINE: u64 = 16 * 1024;
/// Pieces have limits of their own; the whole takes as long as it is large.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(24 * 60 * 60);
/// A file that did not come can be asked for again.
const LOST: WhatsAppError = WhatsAppError::Network { sent: false };
const MEGABYTE: u64 = 1 << 20;
/// What WhatsApp takes at most, of any kind.
const LARGEST: u64 = 100 * MEGABYTE;

/// Where Meta keeps files. The token goes nowhere else.
const FILE_HOSTS: [&str; 5] = [
    "fbsbx.com",
    "facebook.com",
    "fbcdn.net",
    "whatsapp.com",
    "whatsapp.net",
];

/// How a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Shown as a picture.
    Image,
    /// Played in the chat.
    Video,
    /// Played in the chat, also as a voice message.
    Audio,
    /// Shown by its name.
    Document,
    /// A small picture without a frame.
    Sticker,
}

impl MediaKind {
    /// Returns WhatsApp's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// Returns whether words can stand under it.
    pub fn takes_caption(self) -> bool {
        !matches!(self, Self::Audio | Self::Sticker)
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Image => "a picture",
            Self::Video => "a video",
            Self::Audio => "audio",
            Self::Document => "a document",
            Self::Sticker => "a sticker",
        }
    }
}

/// A file that WhatsApp keeps for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInfo {
    /// Valid for five minutes.
    pub url: String,
    /// Such as `image/jpeg`.
    pub mime_type: Option<String>,
    /// As WhatsApp writes it: base64 or hex.
    pub sha256: Option<String>,
    /// In bytes.
    pub file_size: Option<u64>,
}

/// A file on its way here.
#[derive(Debug)]
pub struct Download {
    /// None where everything was here before.
    response: Option<Response>,
    /// How long nothing may come.
    patience: Duration,
    offset: u64,
    total: Option<u64>,
}

impl Download {
    /// Returns where it really starts: 0 where the server sends all of it again.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the size of the whole file, where the server says it.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns the next piece; `None` at the end. After an error the rest can
    /// be asked for from where it stopped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, WhatsAppError> {
        let Some(response) = &mut self.response else {
            return Ok(None);
        };
        match tokio::time::timeout(self.patience, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(_)) | Err(_) => Err(LOST),
        }
    }
}

impl WhatsAppApi {
    /// Returns where a file is. WhatsApp forgets received ones after seven days.
    pub async fn media(&self, id: &str) -> Result<MediaInfo, WhatsAppError> {
        let answer = asked(&self.clock, self.get("media id", id, "")?).await?;
        Ok(MediaInfo {
            url: field(&answer, "url").ok_or(WhatsAppError::Unreadable)?,
            mime_type: field(&answer, "mime_type"),
            sha256: field(&answer, "sha256"),
            file_size: number(&answer, "file_size").and_then(|size| u64::try_from(size).ok()),
        })
    }

    /// Fetches a file from the byte `from` on. The token goes to Meta's hosts
    /// and to the configured one only; other addresses are refused.
    pub async fn download(&self, url: &str, from: u64) -> Result<Download, WhatsAppError> {
        let url = self.file_address(url)?;
        let mut request = self.ours(self.http.get(url)).timeout(LONGEST_DOWNLOAD);
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let answer = tokio::time::timeout(self.timeout, request.send());
        let Ok(Ok(response)) = answer.await else {
            return Err(LOST);
        };
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE && range_of(&response).1 == Some(from) {
            return Ok(Download {
                response: None,
                patience: self.timeout,
                offset: from,
                total: Some(from),
            });
        }
        download_of(accepted(response).await.map_err(harmless)?, self.timeout)
    }

    /// Uploads a file and returns its id, which lasts 30 days. A lost answer
    /// reached no customer: the file can be uploaded again.
    pub async fn upload(
        &self,
        line: &str,
        name: &str,
        mime: &str,
        body: Body,
        size: u64,
    ) -> Result<String, WhatsAppError> {
        check_size(size)?;
        let file = reqwest::multipart::Part::stream_with_length(body, size)
            .file_name(name.to_owned())
            .mime_str(mime)
            .map_err(|_| {
                WhatsAppError::invalid(format!(
                    "The file's type {mime:?} is none. Use one such as image/jpeg"
                ))
            })?;
        let form = reqwest::multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", mime.to_owned())
            .part("file", file);
        let time = self.timeout + Duration::from_secs(size / SLOWEST_LINE);
        let request = self.post(NUMBER, line, "/media")?.timeout(time).multipart(form);
        let answer = answer_to(&self.clock, request).await?;
        field(&json_of(&answer)?, "id").ok_or(WhatsAppError::Unreadable)
    }

    fn file_address(&self, url: &str) -> Result<Url, WhatsAppError> {
        let url = Url::parse(url).map_err(|_| WhatsAppError::Unreadable)?;
        if self.may_have_token(&url) {
            return Ok(url);
        }
        Err(WhatsAppError::invalid(format!(
            "The file's address is at {}, which is not one of Meta's hosts: the access token does not go there. Check whatsapp.api",
            url.host_str().unwrap_or("no host")
        )))
    }

    fn may_have_token(&self, url: &Url) -> bool {
        let is_metas = |host: &str| {
            FILE_HOSTS.iter().any(|known| {
                host.strip_suffix(known)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        };
        (url.scheme() == "https" && url.host_str().is_some_and(is_metas))
            || url.origin() == self.base.origin()
            || (is_loopback(url) && is_loopback(&self.base))
    }
}

fn check_size(size: u64) -> Result<(), WhatsAppError> {
    match size {
        0 => Err(WhatsAppError::invalid("The file is empty. Choose another one")),
        size if size > LARGEST => Err(WhatsAppError::invalid(format!(
            "The file has {} MB; WhatsApp takes at most {} MB. Make it smaller, or send a link to it",
            size.div_ceil(MEGABYTE),
            LARGEST / MEGABYTE
        ))),
        _ => Ok(()),
    }
}

fn download_of(response: Response, patience: Duration) -> Result<Download, WhatsAppError> {
    let (offset, total) = if response.status() == StatusCode::PARTIAL_CONTENT {
        let (start, total) = range_of(&response);
        (start.ok_or(WhatsAppError::Unreadable)?, total)
    } else {
        (0, response.content_length())
    };
    Ok(Download {
        response: Some(response),
        patience,
        offset,
        total,
    })
}

/// Returns the start and the total of `bytes 5-9/10`, or of `bytes */10`.
fn range_of(response: &Response) -> (Option<u64>, Option<u64>) {
    let header = response.headers().get(CONTENT_RANGE);
    let Some((range, total)) = header
        .and_then(|header| header.to_str().ok())
        .and_then(|header| header.trim().strip_prefix("bytes"))
        .and_then(|range| range.trim().split_once('/'))
    else {
        return (None, None);
    };
    let start = range
        .split_once('-')
        .and_then(|(start, _)| start.trim().parse().ok());
    (start, total.trim().parse().ok())
}
