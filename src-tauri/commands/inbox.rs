//! The list and its threads.

use cobro_core::domain::{
    ConversationId, ConversationRow, ConversationView, Counts, Line, ListFilter, Message, MessageId,
    MessageVersion, OrderDraft, Page, Tab,
};
use cobro_core::{conversation, message, order};

use super::{Answer, Desk};

/// Returns one page of a tab with only what the filter leaves, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversations(
    desk: Desk<'_>,
    tab: Tab,
    filter: ListFilter,
    after: Option<String>,
) -> Answer<Page<ConversationRow>> {
    Ok(conversation::filtered(&desk.inbox()?, tab, filter, after).await?)
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

/// Marks a conversation unread, here alone.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_unread(desk: Desk<'_>, conversation: ConversationId) -> Answer<()> {
    Ok(conversation::mark_unread(&desk.inbox()?, conversation).await?)
}

/// Says what the person can see now; `null` when the window is hidden or unfocused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_on_screen(desk: Desk<'_>, conversation: Option<ConversationId>) -> Answer<()> {
    desk.inbox()?.set_on_screen(conversation);
    Ok(())
}

/// Returns what an edited message said before, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn message_versions(desk: Desk<'_>, message: MessageId) -> Answer<Vec<MessageVersion>> {
    Ok(conversation::versions(&desk.inbox()?, message).await?)
}

/// Returns what the cart of an order adds up to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn order_draft(desk: Desk<'_>, message: MessageId) -> Answer<OrderDraft> {
    Ok(order::draft(&desk.inbox()?, message).await?)
}

/// Returns the shop's numbers, the known ones first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lines(desk: Desk<'_>) -> Answer<Vec<Line>> {
    Ok(conversation::all_lines(&desk.inbox()?).await?)
}
