//! Staging: a file that a person wants to send is kept here first, and looked at, so that WhatsApp refuses nothing.

use std::path::Path;

use tokio::io::AsyncReadExt as _;

use super::{kinds, looks, pictures, words};
use crate::domain::{FileId, FileKind, StagedFile, Timestamp, Words};
use crate::store::files;
use crate::store::media::Facts;
use crate::store::staged::{self, Staged};
use crate::{Error, Inbox, Result};

/// The largest file that WhatsApp carries, in bytes.
pub const LARGEST: u64 = 100 * 1024 * 1024;

/// Begins a file of `size` bytes. Returns its id; the bytes follow.
pub async fn stage_start(inbox: &Inbox, name: String, mime: String, size: u64) -> Result<String> {
    begin(inbox, &name, &mime, size).await.map(|id| id.to_string())
}

/// Adds bytes to a file that was begun.
pub async fn stage_append(inbox: &Inbox, id: &str, bytes: Vec<u8>) -> Result<()> {
    append(inbox, id_from_text(id)?, bytes).await
}

/// Ends a file: it is looked at, and made one that WhatsApp takes where that is possible.
pub async fn stage_finish(inbox: &Inbox, id: &str) -> Result<StagedFile> {
    finish(inbox, id_from_text(id)?, None).await
}

/// Forgets a file that is not sent after all. One that went into a message stays with it.
pub async fn stage_discard(inbox: &Inbox, id: &str) -> Result<()> {
    let id = id_from_text(id)?;
    let was_there = inbox.store.write(move |tx| staged::remove(tx, id)).await?;
    if was_there {
        inbox.files.write(move |tx| files::erase(tx, id)).await?;
    }
    Ok(())
}

/// Stages bytes that are here at once.
pub async fn stage_bytes(inbox: &Inbox, name: &str, bytes: Vec<u8>) -> Result<StagedFile> {
    let id = begin(inbox, name, "", bytes.len() as u64).await?;
    append(inbox, id, bytes).await?;
    finish(inbox, id, None).await
}

/// Stages a recording made here: Opus in Ogg, to be played like a voice message.
pub async fn stage_voice(inbox: &Inbox, bytes: Vec<u8>) -> Result<StagedFile> {
    let id = begin(inbox, "voice.ogg", kinds::OPUS, bytes.len() as u64).await?;
    append(inbox, id, bytes).await?;
    finish(inbox, id, Some(FileKind::Voice)).await
}

/// Stages a file of this computer.
pub async fn stage_file(inbox: &Inbox, path: &Path) -> Result<StagedFile> {
    let unreadable = |error: std::io::Error| {
        Error::Invalid(format!(
            "The file can't be read ({}). Check that it is still there and may be read, and choose it again",
            error.kind()
        ))
    };
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let size = file.metadata().await.map_err(unreadable)?.len();
    let id = begin(inbox, &name, "", size).await?;
    loop {
        let mut piece = Vec::with_capacity(files::PIECE);
        let read = (&mut file)
            .take(files::PIECE as u64)
            .read_to_end(&mut piece)
            .await
            .map_err(unreadable)?;
        if read == 0 {
            break;
        }
        append(inbox, id, piece).await?;
    }
    finish(inbox, id, None).await
}

async fn begin(inbox: &Inbox, name: &str, mime: &str, size: u64) -> Result<FileId> {
    if size == 0 {
        return Err(Error::Invalid(
            "The file is empty. Choose one with something in it".into(),
        ));
    }
    if size > LARGEST {
        return Err(Error::Invalid(format!(
            "The file has {} MB; WhatsApp carries at most 100 MB. Send a link to it, or a smaller version",
            size.div_ceil(1024 * 1024)
        )));
    }
    let id = FileId::new();
    let (name, mime) = (kinds::clean_name(name), mime.to_owned());
    inbox
        .store
        .write(move |tx| staged::begin(tx, id, &name, &mime, size, Timestamp::now()))
        .await?;
    Ok(id)
}

async fn append(inbox: &Inbox, id: FileId, bytes: Vec<u8>) -> Result<()> {
    let begun = unfinished(inbox, id).await?;
    inbox
        .files
        .write(move |tx| {
            let here = files::size(tx, id)?;
            if here + bytes.len() as u64 > begun.facts.size {
                return Err(Error::Invalid(
                    "The file is larger than was said when it was begun. Add it again".into(),
                ));
            }
            files::append(tx, id, here, &bytes).map(drop)
        })
        .await
}

async fn finish(inbox: &Inbox, id: FileId, kind: Option<FileKind>) -> Result<StagedFile> {
    let begun = find(inbox, id).await?;
    if begun.kind.is_some() {
        return Ok(view(begun));
    }
    let bytes = inbox
        .files
        .read(move |conn| files::read(conn, id, 0, LARGEST))
        .await?;
    if bytes.len() as u64 != begun.facts.size {
        return Err(Error::Invalid(format!(
            "{} of the file's {} bytes arrived. Add it again",
            bytes.len(),
            begun.facts.size
        )));
    }
    let name = begun.name.clone();
    let examined = looks::apart(move || Some(examine(&name, bytes)))
        .await
        .ok_or_else(|| {
            Error::Invalid("The file can't be read here. Save it in another format and add it again".into())
        })?;
    if let Some(bytes) = examined.replacement {
        inbox
            .files
            .write(move |tx| {
                files::erase(tx, id)?;
                files::append(tx, id, 0, &bytes).map(drop)
            })
            .await?;
    }
    let file = Staged {
        id,
        kind: Some(kind.unwrap_or(examined.kind)),
        name: examined.name,
        mime: examined.mime,
        animated: examined.animated,
        facts: examined.facts,
        problem: examined.problem,
    };
    let kept = file.clone();
    inbox.store.write(move |tx| staged::finish(tx, &kept)).await?;
    Ok(view(file))
}

/// What was found in a file, and what to send in its place.
struct Examined {
    name: String,
    mime: String,
    kind: FileKind,
    animated: bool,
    facts: Facts,
    /// The picture in a form that WhatsApp takes.
    replacement: Option<Vec<u8>>,
    problem: Option<Words>,
}

fn examine(name: &str, bytes: Vec<u8>) -> Examined {
    let mime = kinds::type_of(&bytes);
    if mime.starts_with("image/") {
        return examine_picture(name, mime, bytes);
    }
    let size = bytes.len() as u64;
    let best = kinds::kind_of(&mime);
    let problem = match (best, mime.as_str()) {
        (Some(_), _) => None,
        (None, "audio/ogg") => Some(words::sound_codec()),
        (None, _) => Some(words::type_not_taken()),
    };
    Examined {
        name: name.to_owned(),
        kind: best
            .filter(|kind| size <= kinds::limit(*kind, false))
            .unwrap_or(FileKind::Document),
        animated: false,
        facts: if size <= looks::MOST {
            looks::facts(&bytes, &mime)
        } else {
            Facts {
                size,
                ..Facts::default()
            }
        },
        mime,
        replacement: None,
        problem,
    }
}

fn examine_picture(name: &str, mime: String, bytes: Vec<u8>) -> Examined {
    let size = bytes.len() as u64;
    let mut examined = Examined {
        name: name.to_owned(),
        mime,
        kind: FileKind::Image,
        animated: false,
        facts: Facts {
            size,
            ..Facts::default()
        },
        replacement: None,
        problem: None,
    };
    let Some(picture) = pictures::unpack(&bytes) else {
        // WhatsApp may know better what it is, but shows it only as a document.
        match kinds::kind_of(&examined.mime) {
            Some(FileKind::Image) => examined.kind = FileKind::Document,
            _ => examined.problem = Some(words::picture_unreadable()),
        }
        return examined;
    };
    examined.animated = picture.animated;
    examined.facts.width = Some(picture.width());
    examined.facts.height = Some(picture.height());
    examined.facts.thumbnail = picture.thumbnail();
    let fits = |kind| size <= kinds::limit(kind, picture.animated);
    let is_square = [picture.width(), picture.height()] == [kinds::STICKER_SIDE; 2];
    match kinds::kind_of(&examined.mime) {
        Some(FileKind::Image) if fits(FileKind::Image) && !picture.deep => {}
        Some(FileKind::Sticker) if is_square && fits(FileKind::Sticker) => examined.kind = FileKind::Sticker,
        _ if picture.animated => examined.problem = Some(words::picture_moves()),
        _ => match picture.sendable(kinds::limit(FileKind::Image, false)) {
            Some((bytes, mime)) => {
                examined.name = kinds::renamed(name, mime);
                examined.facts.size = bytes.len() as u64;
                mime.clone_into(&mut examined.mime);
                examined.replacement = Some(bytes);
            }
            None => examined.problem = Some(words::picture_unreadable()),
        },
    }
    examined
}

async fn find(inbox: &Inbox, id: FileId) -> Result<Staged> {
    inbox
        .store
        .read(move |conn| staged::find(conn, id))
        .await?
        .ok_or(Error::NotFound("This file"))
}

async fn unfinished(inbox: &Inbox, id: FileId) -> Result<Staged> {
    let begun = find(inbox, id).await?;
    if begun.kind.is_some() {
        return Err(Error::Conflict(
            "The file is whole already. Add it again if it changed".into(),
        ));
    }
    Ok(begun)
}

pub(super) fn id_from_text(id: &str) -> Result<FileId> {
    id.parse().map_err(|_| Error::NotFound("This file"))
}

fn view(file: Staged) -> StagedFile {
    StagedFile {
        id: file.id.to_string(),
        name: file.name,
        mime: file.mime,
        size: u32::try_from(file.facts.size).unwrap_or(u32::MAX),
        kind: file.kind.unwrap_or(FileKind::Document),
        duration_ms: file.facts.duration_ms,
        problem: file.problem,
    }
}
