//! The list and its threads.

use cobro_core::domain::{
    ConversationId, ConversationRow, ConversationView, Counts, Message, MessageId, Page, Tab,
};
use cobro_core::{conversation, message};

use super::{Answer, Desk};

/// Returns one page of the list, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversations(
    desk: Desk<'_>,
    tab: Tab,
    query: String,
    after: Option<String>,
) -> Answer<Page<ConversationRow>> {
    Ok(conversation::list(&desk.inbox()?, tab, query, after).await?)
}

/// Returns how many conversations each tab holds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn counts(desk: Desk<'_>) -> Answer<Counts> {
    Ok(conversation::counts(&desk.inbox()?).await?)
}

/// Returns a conversation with its customer and charges.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation(desk: Desk<'_>, id: ConversationId) -> Answer<ConversationView> {
    Ok(conversation::view(&desk.inbox()?, id).await?)
}

/// Returns one page of a thread, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn messages(
    desk: Desk<'_>,
    id: ConversationId,
    before: Option<String>,
) -> Answer<Page<Message>> {
    Ok(conversation::thread(&desk.inbox()?, id, before).await?)
}

/// Sends a text. The same id twice is one message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_text(
    desk: Desk<'_>,
    id: MessageId,
    conversation: ConversationId,
    text: String,
) -> Answer<Message> {
    Ok(message::send_text(&desk.inbox()?, id, conversation, text).await?)
}

/// Marks a conversation read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_read(desk: Desk<'_>, conversation: ConversationId) -> Answer<()> {
    Ok(conversation::mark_read(&desk.inbox()?, conversation).await?)
}

/// Says what the person can see now; `null` when the window is hidden or unfocused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_on_screen(desk: Desk<'_>, conversation: Option<ConversationId>) -> Answer<()> {
    desk.inbox()?.set_on_screen(conversation);
    Ok(())
}
