//! Writing to customers.

use cobro_core::domain::{ConversationId, Message, MessageId, NewMessage};
use cobro_core::message;

use super::{Answer, Desk};

/// Sends a message of any kind. The same id twice is one message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_message(desk: Desk<'_>, message: NewMessage) -> Answer<Message> {
    Ok(message::send(&desk.inbox()?, message).await?)
}

/// Reacts to a customer's message; without an emoji the reaction is taken away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn react(desk: Desk<'_>, message: MessageId, emoji: Option<String>) -> Answer<()> {
    Ok(message::react(&desk.inbox()?, message, emoji).await?)
}

/// Shows the customer that somebody writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_typing(desk: Desk<'_>, conversation: ConversationId) -> Answer<()> {
    Ok(message::set_typing(&desk.inbox()?, conversation).await?)
}

/// Sends a failed message again, as a new attempt.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_again(desk: Desk<'_>, id: MessageId, message: MessageId) -> Answer<Message> {
    Ok(message::send_again(&desk.inbox()?, id, message).await?)
}

/// Sends after all a message that asked first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_send(desk: Desk<'_>, message: MessageId) -> Answer<()> {
    message::confirm(&desk.inbox()?, message).await?;
    Ok(())
}

/// Takes out a message that has not left.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_message(desk: Desk<'_>, message: MessageId) -> Answer<()> {
    Ok(message::discard(&desk.inbox()?, message).await?)
}
