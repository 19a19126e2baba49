//! Files of messages, and how far each has come to us or from us.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Words;

/// Where a message's file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MediaState {
    /// It is fetched as soon as its turn comes.
    Waiting,
    /// It is fetched when a person opens it: settings say so, or it is large.
    OnDemand,
    Fetching,
    Ready,
    /// It can be tried again.
    Failed,
    /// WhatsApp keeps files for seven days; this one is older.
    Gone,
}

impl MediaState {
    const ALL: [Self; 6] = [
        Self::Waiting,
        Self::OnDemand,
        Self::Fetching,
        Self::Ready,
        Self::Failed,
        Self::Gone,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::OnDemand => "on_demand",
            Self::Fetching => "fetching",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Gone => "gone",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A message's file as the thread shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MediaView {
    pub state: MediaState,
    pub mime: String,
    pub name: Option<String>,
    /// In bytes.
    pub size: Option<u32>,
    pub voice: bool,
    pub animated: bool,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u32>,
    pub has_thumbnail: bool,
    pub problem: Option<Words>,
}

/// What kind of file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    Image,
    Video,
    Audio,
    /// Recorded here; played like a voice message.
    Voice,
    Document,
    Sticker,
}

impl FileKind {
    const ALL: [Self; 6] = [
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Voice,
        Self::Document,
        Self::Sticker,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Which files come by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MediaPolicy {
    /// Otherwise a file is fetched when a person opens it.
    pub auto_download: bool,
    /// Larger files wait until a person opens them.
    pub limit_megabytes: u32,
}

impl Default for MediaPolicy {
    fn default() -> Self {
        Self {
            auto_download: true,
            limit_megabytes: 25,
        }
    }
}

impl MediaPolicy {
    /// Returns whether a file of `size` bytes comes by itself; its size may not be known yet.
    pub fn fetches(self, size: Option<u64>) -> bool {
        let limit = u64::from(self.limit_megabytes) * 1_000_000;
        self.auto_download && size.is_none_or(|size| size <= limit)
    }
}

/// A file that waits to be sent, checked against WhatsApp's limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StagedFile {
    pub id: String,
    pub name: String,
    pub mime: String,
    pub size: u32,
    /// How it goes out best; a picture may also go as a document.
    pub kind: FileKind,
    pub duration_ms: Option<u32>,
    /// Why it can't be sent as it is, and what to do instead.
    pub problem: Option<Words>,
}
