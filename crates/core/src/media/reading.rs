//! Reading files: for the window, and out of Cobro where a person asks for that.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::kinds;
use crate::domain::{Direction, FileId, MediaState, MessageId};
use crate::store::media::{self, File};
use crate::store::{Store, files};
use crate::{Error, Inbox, Result};

/// A file that is here, whole and checked.
#[derive(Debug, Clone)]
pub struct Served {
    pub mime: String,
    pub size: u64,
    pub name: String,
    file: FileId,
}

/// Returns the message's file, if it is here.
pub async fn serve(inbox: &Inbox, message: MessageId) -> Result<Option<Served>> {
    let file = inbox.store.read(move |conn| media::find(conn, message)).await?;
    Ok(file
        .filter(|file| file.state == MediaState::Ready)
        .map(|file| Served {
            name: file_name(&file.mime, file.name.as_deref(), file.direction),
            size: file.size.unwrap_or(0),
            file: file.bytes,
            mime: file.mime,
        }))
}

/// Returns up to `length` of the file's bytes from `from` on.
pub async fn read(inbox: &Inbox, served: &Served, from: u64, length: u64) -> Result<Vec<u8>> {
    let file = served.file;
    inbox
        .files
        .read(move |conn| files::read(conn, file, from, length))
        .await
}

/// Returns the small picture of the message's file with its type, if it has one.
pub async fn thumbnail(inbox: &Inbox, message: MessageId) -> Result<Option<(Vec<u8>, &'static str)>> {
    let bytes = inbox
        .store
        .read(move |conn| media::thumbnail(conn, message))
        .await?;
    Ok(bytes.map(with_type))
}

/// Returns a small picture with its type.
pub(crate) fn with_type(bytes: Vec<u8>) -> (Vec<u8>, &'static str) {
    let mime = if bytes.starts_with(b"RIFF") {
        "image/webp"
    } else {
        "image/jpeg"
    };
    (bytes, mime)
}

impl Served {
    /// Returns a picture that stands in no message.
    pub(crate) fn picture(file: FileId, mime: String, size: u64) -> Self {
        Self {
            name: file_name(&mime, None, Direction::Out),
            size,
            mime,
            file,
        }
    }
}

/// Writes the message's file to `path`, unencrypted, for the person who asked for it. All of it or nothing.
pub async fn save(inbox: &Inbox, message: MessageId, path: PathBuf) -> Result<()> {
    let served = serve(inbox, message).await?.ok_or(Error::NotFound("This file"))?;
    let store = inbox.files.clone();
    write_whole(store, served.file, path).await
}

async fn write_whole(store: Store, file: FileId, path: PathBuf) -> Result<()> {
    store
        .read(move |conn| {
            let draft = draft_beside(&path);
            let written = private(&draft)
                .map_err(|error| refused(&error))
                .and_then(|mut out| {
                    files::for_each(conn, file, |piece| {
                        out.write_all(piece).map_err(|error| refused(&error))
                    })?;
                    out.sync_all().map_err(|error| refused(&error))
                })
                .and_then(|()| std::fs::rename(&draft, &path).map_err(|error| refused(&error)));
            if written.is_err() {
                let _ = std::fs::remove_file(&draft);
            }
            written
        })
        .await
}

fn draft_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", FileId::new()));
    path.with_file_name(name)
}

/// Makes a new file that only this person can read.
fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn refused(error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::DiskFull,
        kind => Error::Invalid(format!(
            "The file can't be written there ({kind}). Choose another folder"
        )),
    }
}

/// Returns the type to show a file as within the window; `None` for what must never be shown there.
///
/// What could run, such as HTML or SVG, is not on this list, whatever a customer calls it.
pub fn shown_inline(mime: &str) -> Option<&'static str> {
    const SHOWN: [&str; 12] = [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/3gpp",
        "audio/aac",
        "audio/amr",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/opus",
    ];
    let bare = mime.split(';').next().unwrap_or_default().trim();
    SHOWN.into_iter().find(|shown| shown.eq_ignore_ascii_case(bare))
}

/// Returns a name for the file on this computer, with the ending that its type has.
pub fn file_name(mime: &str, name: Option<&str>, direction: Direction) -> String {
    let ending = kinds::ending(mime);
    let Some(name) = name.map(kinds::clean_name) else {
        let stem = match direction {
            Direction::In => "whatsapp",
            Direction::Out => "sent",
        };
        return ending.map_or_else(|| stem.to_owned(), |ending| format!("{stem}.{ending}"));
    };
    let has_ending = name
        .rsplit_once('.')
        .is_some_and(|(stem, own)| !stem.is_empty() && own.len() <= 5);
    match ending {
        Some(ending) if !has_ending => format!("{name}.{ending}"),
        _ => name,
    }
}

/// Returns whether a file of that name may be handed to the system to be opened at once.
///
/// Only what is read, looked at or played: a customer's program, script or web page is saved, never opened.
pub fn may_be_opened(name: &str) -> bool {
    const OPENED: [&str; 36] = [
        "3gp", "aac", "amr", "avi", "bmp", "csv", "doc", "docx", "flac", "gif", "heic", "jpeg", "jpg", "m4a",
        "m4v", "mkv", "mov", "mp3", "mp4", "odp", "ods", "odt", "ogg", "opus", "pdf", "png", "ppt", "pptx",
        "rtf", "tif", "tiff", "txt", "wav", "webm", "webp", "xlsx",
    ];
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        OPENED.iter().any(|opened| ending.eq_ignore_ascii_case(opened)) || ending.eq_ignore_ascii_case("xls")
    })
}

impl File {
    /// Returns whether the file can still come.
    pub(super) fn can_come(&self) -> bool {
        self.state != MediaState::Gone && self.media_id.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_never_shown_nor_opened() {
        for mime in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "application/pdf",
            "text/xml",
            "",
        ] {
            assert_eq!(shown_inline(mime), None, "{mime}");
        }
        assert_eq!(shown_inline("audio/ogg; codecs=opus"), Some("audio/ogg"));
        for name in [
            "a.exe",
            "a.HTML",
            "a.svg",
            "a.js",
            "a.pdf.lnk",
            "a.desktop",
            "a.docm",
            "pdf",
            "a.jar",
        ] {
            assert!(!may_be_opened(name), "{name}");
        }
        for name in ["a.pdf", "Foto.JPG", "a.b.docx", "precios.xls"] {
            assert!(may_be_opened(name), "{name}");
        }
    }

    #[test]
    fn a_file_without_a_name_gets_one_with_its_types_ending() {
        assert_eq!(file_name("image/jpeg", None, Direction::In), "whatsapp.jpg");
        assert_eq!(
            file_name("audio/ogg; codecs=opus", None, Direction::Out),
            "sent.ogg"
        );
        assert_eq!(
            file_name("application/pdf", Some("Factura 7"), Direction::In),
            "Factura 7.pdf"
        );
        assert_eq!(
            file_name("application/pdf", Some("../a.pdf"), Direction::In),
            "a.pdf"
        );
        assert_eq!(file_name("application/zip", Some("a"), Direction::In), "a");
    }
}
