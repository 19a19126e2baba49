//! Files that go out: a staged one becomes a message's, and is uploaded when the message's turn comes.

use std::time::Duration;

use cobro_whatsapp::{WhatsAppApi, WhatsAppError};
use futures_util::stream;
use rusqlite::Transaction;

use super::{kinds, staging};
use crate::domain::{FileId, FileKind, MessageId, Timestamp};
use crate::store::media::{self, Attachment, File};
use crate::store::{Store, files, staged};
use crate::{Error, Inbox, Result};

/// WhatsApp keeps an upload for thirty days; one that would end while its message waits is made again.
const UPLOAD_LASTS: Duration = Duration::from_hours(29 * 24);

/// What a message needs to know of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    pub name: String,
    pub mime: String,
    pub kind: FileKind,
    pub size: u64,
}

/// Makes a staged file the file of `message`. The same again changes nothing.
///
/// It is called within the transaction that writes the message, so that neither is there without the other.
pub(crate) fn attach(
    tx: &Transaction<'_>,
    staged_id: &str,
    message: MessageId,
    kind: FileKind,
    now: Timestamp,
) -> Result<Attached> {
    if let Some(known) = media::find(tx, message)? {
        return Ok(Attached {
            name: known.name.unwrap_or_default(),
            mime: known.mime,
            kind,
            size: known.size.unwrap_or(0),
        });
    }
    let id = staging::id_from_text(staged_id)?;
    let file = staged::find(tx, id)?.ok_or(Error::NotFound("This file"))?;
    let Some(best) = file.kind else {
        return Err(Error::Conflict(
            "The file is still being added. Wait until it is whole".into(),
        ));
    };
    if let Some(problem) = file.problem {
        return Err(Error::Invalid(format!("{}. {}", problem.title, problem.advice)));
    }
    require_kind(kind, best, &file.mime, file.facts.size, file.animated)?;
    media::attach(
        tx,
        &Attachment {
            message,
            file: id,
            name: &file.name,
            mime: &file.mime,
            voice: kind == FileKind::Voice,
            animated: file.animated,
            facts: &file.facts,
        },
        now,
    )?;
    staged::remove(tx, id)?;
    Ok(Attached {
        name: file.name,
        mime: file.mime,
        kind,
        size: file.facts.size,
    })
}

/// Makes the file of an earlier message the file of `message` too, for another attempt.
pub(crate) fn attach_again(tx: &Transaction<'_>, earlier: MessageId, message: MessageId) -> Result<()> {
    if media::find(tx, message)?.is_some() || media::attach_again(tx, earlier, message)? {
        Ok(())
    } else {
        Err(Error::NotFound("The file of this message"))
    }
}

/// Refuses a kind that WhatsApp would not take this file as.
fn require_kind(kind: FileKind, best: FileKind, mime: &str, size: u64, animated: bool) -> Result<()> {
    let is_taken = match kind {
        FileKind::Document => true,
        FileKind::Voice | FileKind::Audio if mime == kinds::OPUS => true,
        _ => kind == best,
    };
    if !is_taken {
        return Err(Error::Invalid(format!(
            "A file of the type {mime} can't be sent as {}. Send it as {}, or as a document",
            kind.as_str(),
            best.as_str()
        )));
    }
    let limit = kinds::limit(kind, animated);
    if size > limit {
        return Err(Error::Invalid(format!(
            "The file has {:.1} MB; WhatsApp takes at most {:.1} MB as {}. Send it as a document, or a smaller version",
            megabytes(size),
            megabytes(limit),
            kind.as_str()
        )));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Returns WhatsApp's name for the file of `message`, uploading it if it has none that lasts.
///
/// Safe to repeat: an upload whose answer was lost sent no message, so it is simply made again.
pub(crate) async fn id_for_sending(
    inbox: &Inbox,
    api: &WhatsAppApi,
    line: &str,
    message: MessageId,
) -> Result<String, WhatsAppError> {
    let file = inbox
        .store
        .read(move |conn| media::find(conn, message))
        .await
        .map_err(not_now)?
        .ok_or_else(|| {
            WhatsAppError::invalid("The message has no file any more. Add the file and send it anew")
        })?;
    if let Some(id) = lasting_id(&file, Timestamp::now()) {
        return Ok(id.to_owned());
    }
    let id = upload(inbox, api, line, &file).await?;
    let (kept, at) = (id.clone(), Timestamp::now());
    inbox
        .store
        .write(move |tx| media::set_media_id(tx, message, &kept, at))
        .await
        .map_err(not_now)?;
    Ok(id)
}

fn lasting_id(file: &File, now: Timestamp) -> Option<&str> {
    file.media_id
        .as_deref()
        .filter(|_| now.since(file.media_id_at) < UPLOAD_LASTS)
}

async fn upload(inbox: &Inbox, api: &WhatsAppApi, line: &str, file: &File) -> Result<String, WhatsAppError> {
    let id = file.bytes;
    let size = inbox
        .files
        .read(move |conn| files::size(conn, id))
        .await
        .map_err(not_now)?;
    if Some(size) != file.size {
        return Err(WhatsAppError::invalid(
            "The file is no longer whole here. Add the file and send it anew",
        ));
    }
    let name = file.name.as_deref().unwrap_or("file");
    let body = body_of(inbox.files.clone(), id);
    api.upload(line, name, &file.mime, body, size).await
}

/// Returns the file's bytes as they are read, piece by piece.
fn body_of(store: Store, file: FileId) -> reqwest::Body {
    let pieces = stream::try_unfold(0_u64, move |from| {
        let store = store.clone();
        async move {
            let piece = store
                .read(move |conn| files::read(conn, file, from, files::PIECE as u64))
                .await?;
            let next = from + piece.len() as u64;
            Ok::<_, Error>((!piece.is_empty()).then_some((piece, next)))
        }
    });
    reqwest::Body::wrap_stream(pieces)
}

/// What fails here, on a full disk say, is over soon: the same is tried again, and
/// nobody else's messages wait for it as they would without a connection.
fn not_now(error: Error) -> WhatsAppError {
    tracing::warn!(%error, "A file could not be read for sending");
    WhatsAppError::Network { sent: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_only_as_what_whatsapp_takes_it_for() {
        let taken = |kind, best, mime, size| require_kind(kind, best, mime, size, false);
        assert!(taken(FileKind::Image, FileKind::Image, "image/jpeg", 1000).is_ok());
        assert!(taken(FileKind::Document, FileKind::Image, "image/jpeg", 1000).is_ok());
        assert!(taken(FileKind::Voice, FileKind::Audio, kinds::OPUS, 1000).is_ok());
        assert!(taken(FileKind::Voice, FileKind::Audio, "audio/mpeg", 1000).is_err());
        assert!(taken(FileKind::Video, FileKind::Document, "application/pdf", 1000).is_err());
        let told = taken(FileKind::Video, FileKind::Video, "video/mp4", 17 * 1024 * 1024)
            .unwrap_err()
            .to_string();
        assert_eq!(
            told,
            "The file has 17.0 MB; WhatsApp takes at most 16.0 MB as video. Send it as a document, or a smaller version"
        );
    }
}
