//! Files: what the shop uploads and what customers send, for as long as WhatsApp keeps them.

use std::collections::HashMap;

use axum::body::Bytes;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::ids;
use super::refusal::Refusal;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long the address of a file can be used.
const LINK_MS: i64 = 5 * 60 * 1000;
const KILOBYTE: usize = 1024;
const MEGABYTE: usize = 1024 * KILOBYTE;

/// Types that an upload may have, and whose limit they share.
const TYPES: &[(&str, Class)] = &[
    ("audio/aac", Class::Audio),
    ("audio/mp4", Class::Audio),
    ("audio/mpeg", Class::Audio),
    ("audio/amr", Class::Audio),
    ("audio/ogg", Class::Audio),
    ("audio/opus", Class::Audio),
    ("application/vnd.ms-powerpoint", Class::Document),
    ("application/msword", Class::Document),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Class::Document,
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Class::Document,
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Class::Document,
    ),
    ("application/pdf", Class::Document),
    ("text/plain", Class::Document),
    ("application/vnd.ms-excel", Class::Document),
    ("image/jpeg", Class::Image),
    ("image/png", Class::Image),
    ("image/webp", Class::Sticker),
    ("video/mp4", Class::Video),
    ("video/3gpp", Class::Video),
];

/// What a file can be sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Image,
    Audio,
    Video,
    Document,
    Sticker,
}

impl Class {
    /// Returns the class of a message type.
    pub(crate) fn of_kind(kind: &str) -> Option<Self> {
        Some(match kind {
            "image" => Self::Image,
            "audio" => Self::Audio,
            "video" => Self::Video,
            "document" => Self::Document,
            "sticker" => Self::Sticker,
            _ => return None,
        })
    }

    fn of_mime(mime: &str) -> Option<Self> {
        TYPES
            .iter()
            .find(|(known, _)| *known == plain(mime))
            .map(|(_, class)| *class)
    }

    fn most(self, bytes: &[u8]) -> usize {
        match self {
            Self::Image => 5 * MEGABYTE,
            Self::Audio | Self::Video => 16 * MEGABYTE,
            Self::Document => 100 * MEGABYTE,
            Self::Sticker if is_animated(bytes) => 500 * KILOBYTE,
            Self::Sticker => 100 * KILOBYTE,
        }
    }
}

/// Returns the type without its parameters, such as `codecs=opus`.
fn plain(mime: &str) -> &str {
    mime.split(';').next().unwrap_or_default().trim()
}

/// Returns whether a WebP file moves.
pub(crate) fn is_animated(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

/// A file that WhatsApp keeps.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) mime: String,
    pub(crate) filename: Option<String>,
    pub(crate) bytes: Bytes,
    /// On which of the shop's numbers.
    pub(crate) line: String,
    digest: [u8; 32],
    gone_ms: i64,
}

impl Stored {
    /// Returns the sum as `GET /{media_id}` gives it.
    pub(crate) fn sha256_hex(&self) -> String {
        hex::encode(self.digest)
    }

    /// Returns the sum as webhooks give it.
    pub(crate) fn sha256_base64(&self) -> String {
        BASE64_STANDARD.encode(self.digest)
    }

    /// Returns whether the file can be sent as `kind`, and really is what its type says.
    pub(crate) fn fits(&self, kind: &str, voice: bool) -> bool {
        let mime = plain(&self.mime);
        let begins = |magic: &[u8]| self.bytes.starts_with(magic);
        let genuine = match mime {
            "image/jpeg" => begins(b"\xff\xd8\xff"),
            "image/png" => begins(b"\x89PNG"),
            "image/webp" => begins(b"RIFF") && self.bytes.get(8..12) == Some(b"WEBP"),
            _ => true,
        };
        let class = match Class::of_kind(kind) {
            // Anything may go as a document.
            Some(Class::Document) => true,
            wanted => wanted.is_some() && wanted == Class::of_mime(mime),
        };
        genuine && class && (!voice || mime == "audio/ogg")
    }
}

/// All files, and the addresses that were given out.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    files: HashMap<String, Stored>,
    /// Until when each address can be used, and for which file.
    links: HashMap<String, (String, i64)>,
    count: u64,
}

impl Shelf {
    /// Keeps a file that the shop uploaded, for 30 days; returns its id.
    pub(crate) fn upload(
        &mut self,
        line: &str,
        mime: &str,
        filename: Option<String>,
        bytes: Bytes,
        now_ms: i64,
    ) -> Result<String, Refusal> {
        let Some(class) = Class::of_mime(mime) else {
            let known: Vec<&str> = TYPES.iter().map(|(mime, _)| *mime).collect();
            let known = known.join(", ");
            return Err(Refusal::parameter(format!(
                "(#100) Param file must be a file with one of the following types: {known}. Received file of type '{mime}'."
            )));
        };
        let (size, most) = (bytes.len(), class.most(&bytes));
        if size == 0 {
            return Err(Refusal::parameter("(#100) The parameter file is required."));
        }
        if size > most {
            return Err(Refusal::parameter(format!(
                "(#100) Param file is too large: {size} bytes of type '{mime}', of which at most {most} are allowed."
            )));
        }
        Ok(self.keep(line, mime, filename, bytes, now_ms + 30 * DAY_MS).id)
    }

    /// Keeps a file that a customer sent, for 7 days.
    pub(crate) fn receive(
        &mut self,
        line: &str,
        mime: &str,
        filename: Option<String>,
        bytes: Bytes,
        now_ms: i64,
    ) -> Stored {
        self.keep(line, mime, filename, bytes, now_ms + 7 * DAY_MS)
    }

    fn keep(
        &mut self,
        line: &str,
        mime: &str,
        filename: Option<String>,
        bytes: Bytes,
        gone_ms: i64,
    ) -> Stored {
        self.count += 1;
        let stored = Stored {
            // Unlike any id of an earlier run, or of a template.
            id: format!("8{}{:06}", ids::digits_of_now(), self.count),
            mime: mime.to_owned(),
            filename,
            digest: Sha256::digest(&bytes).into(),
            bytes,
            line: line.to_owned(),
            gone_ms,
        };
        self.files.insert(stored.id.clone(), stored.clone());
        stored
    }

    /// Returns a file that is still kept.
    pub(crate) fn find(&self, id: &str, now_ms: i64) -> Option<&Stored> {
        self.files.get(id).filter(|stored| now_ms < stored.gone_ms)
    }

    /// Forgets a file; returns whether there was one.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        self.files.remove(id).is_some()
    }

    /// Returns what an address for the file must carry; it can be used for five minutes.
    pub(crate) fn link(&mut self, id: &str, now_ms: i64) -> String {
        let hash = ids::token(32);
        self.links.insert(hash.clone(), (id.to_owned(), now_ms + LINK_MS));
        hash
    }

    /// Returns the file behind an address, unless one of the two is gone.
    pub(crate) fn linked(&self, hash: &str, now_ms: i64) -> Option<Stored> {
        let (id, until_ms) = self.links.get(hash)?;
        (now_ms < *until_ms).then(|| self.find(id, now_ms).cloned())?
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn upload(shelf: &mut Shelf, mime: &str, size: usize) -> Result<String, Refusal> {
        shelf.upload("1", mime, None, vec![0; size].into(), NOW)
    }

    #[test]
    fn each_type_has_its_own_limit() {
        let mut shelf = Shelf::default();
        for (mime, most) in [
            ("image/jpeg", 5 * MEGABYTE),
            ("image/webp", 100 * KILOBYTE),
            ("audio/ogg; codecs=opus", 16 * MEGABYTE),
            ("video/mp4", 16 * MEGABYTE),
        ] {
            assert!(upload(&mut shelf, mime, most).is_ok(), "{mime}");
            assert_eq!(
                upload(&mut shelf, mime, most + 1).unwrap_err().code(),
                100,
                "{mime}"
            );
        }
        assert!(upload(&mut shelf, "image/gif", 10).is_err());
        assert!(upload(&mut shelf, "application/pdf", 0).is_err());
    }

    #[test]
    fn a_moving_sticker_may_be_larger() {
        let moving = samples::named("animated_sticker").unwrap();
        assert!(is_animated(&moving.bytes));
        assert_eq!(Class::Sticker.most(&moving.bytes), 500 * KILOBYTE);
        let still = samples::named("sticker").unwrap();
        assert_eq!(Class::Sticker.most(&still.bytes), 100 * KILOBYTE);
    }

    #[test]
    fn what_customers_send_is_kept_for_seven_days_and_an_address_for_five_minutes() {
        let mut shelf = Shelf::default();
        let stored = shelf.receive("1", "image/jpeg", None, Bytes::from_static(b"x"), NOW);
        let hash = shelf.link(&stored.id, NOW);
        assert!(shelf.linked(&hash, NOW + LINK_MS - 1).is_some());
        assert!(shelf.linked(&hash, NOW + LINK_MS).is_none());
        assert!(shelf.find(&stored.id, NOW + 7 * DAY_MS - 1).is_some());
        assert!(shelf.find(&stored.id, NOW + 7 * DAY_MS).is_none());
        assert!(shelf.delete(&stored.id));
        assert!(!shelf.delete(&stored.id));
    }

    #[test]
    fn a_file_goes_as_what_it_is() {
        let mut shelf = Shelf::default();
        let mut put = |name: &str| {
            let sample = samples::named(name).unwrap();
            let bytes = Bytes::from(sample.bytes.into_owned());
            shelf.receive("1", sample.mime, None, bytes, NOW)
        };
        let (photo, voice, tune) = (put("photo"), put("voice"), put("tune"));
        assert!(photo.fits("image", false) && photo.fits("document", false));
        assert!(!photo.fits("video", false) && !photo.fits("sticker", false));
        assert!(voice.fits("audio", true) && !tune.fits("audio", true));
        let fake = shelf.receive("1", "image/jpeg", None, Bytes::from_static(b"hello"), NOW);
        assert!(!fake.fits("image", false));
    }
}
