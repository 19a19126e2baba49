//! Files that go out with messages.

use cobro_whatsapp::{WhatsAppApi, WhatsAppError};
use rusqlite::Transaction;

use crate::domain::{FileKind, MessageId};
use crate::{Error, Inbox, Result};

/// What a file is called, and of which type it is.
pub(crate) struct MediaSummary {
    pub name: String,
}

pub(crate) async fn id_for_sending(
    _inbox: &Inbox,
    _api: &WhatsAppApi,
    _line: &str,
    _message: MessageId,
) -> Result<String, WhatsAppError> {
    std::future::ready(Err(WhatsAppError::invalid("This version sends no files"))).await
}

pub(crate) fn attach(
    _tx: &Transaction<'_>,
    _staged: &str,
    _message: MessageId,
    _kind: FileKind,
) -> Result<MediaSummary> {
    Err(Error::Conflict("This version sends no files".into()))
}

pub(crate) fn copy(_tx: &Transaction<'_>, _from: MessageId, _to: MessageId) -> Result<MediaSummary> {
    Err(Error::Conflict("This version sends no files".into()))
}
