//! The shop's own work on conversations.

use cobro_core::domain::{ConversationId, LabelId, MemberId, Message, MessageId, Page, Timestamp};
use cobro_core::{conversation, when, work};

use super::{Answer, Desk};

/// Returns a thread from before the key `before` back to that moment, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn messages_back_to(
    desk: Desk<'_>,
    id: ConversationId,
    before: Option<String>,
    to: Timestamp,
) -> Answer<Page<Message>> {
    Ok(conversation::thread_back_to(&desk.inbox()?, id, before, to).await?)
}

/// Marks conversations done.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(desk: Desk<'_>, conversations: Vec<ConversationId>) -> Answer<()> {
    Ok(work::resolve(&desk.inbox()?, conversations).await?)
}

/// Opens conversations again. `done_at` takes a resolving back as if it had not been.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reopen(
    desk: Desk<'_>,
    conversations: Vec<ConversationId>,
    done_at: Option<Timestamp>,
) -> Answer<()> {
    Ok(work::reopen(&desk.inbox()?, conversations, done_at).await?)
}

/// Returns the moment that a person's words mean; `null` if they mean none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_moment(text: String) -> Answer<Option<Timestamp>> {
    Ok(when::read(&text, Timestamp::now()))
}

/// Puts conversations aside until then; `null` brings them back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snooze(
    desk: Desk<'_>,
    conversations: Vec<ConversationId>,
    until: Option<Timestamp>,
) -> Answer<()> {
    Ok(work::snooze(&desk.inbox()?, conversations, until).await?)
}

/// Gives conversations to somebody, or to nobody.
#[tauri::command]
#[specta::specta]
pub(crate) async fn assign(
    desk: Desk<'_>,
    conversations: Vec<ConversationId>,
    to: Option<MemberId>,
) -> Answer<()> {
    Ok(work::assign(&desk.inbox()?, conversations, to).await?)
}

/// Puts a label on conversations, or takes it off.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_label(
    desk: Desk<'_>,
    conversations: Vec<ConversationId>,
    label: LabelId,
    on: bool,
) -> Answer<()> {
    Ok(work::label(&desk.inbox()?, conversations, label, on).await?)
}

/// Writes a note into a thread. It is never sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_note(
    desk: Desk<'_>,
    id: MessageId,
    conversation: ConversationId,
    text: String,
) -> Answer<Message> {
    Ok(work::note(&desk.inbox()?, id, conversation, text).await?)
}

/// Takes a note out of its thread.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_note(desk: Desk<'_>, message: MessageId) -> Answer<()> {
    Ok(work::remove_note(&desk.inbox()?, message).await?)
}
