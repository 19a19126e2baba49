//! What the window may ask. A command translates, nothing else.

use cobro_core::domain::{
    Charge, ChargeId, ChargePreview, ConversationId, ConversationRow, ConversationView, Counts,
    EnvelopeProblem, Message, MessageId, Money, NewCharge, Page, Tab,
};
use cobro_core::{Actor, charge, conversation, health, message, preview};
use serde::Deserialize;
use specta::Type;
use tauri::{AppHandle, State};

use crate::error::CommandError;
use crate::notifications;
use crate::shell::{Phase, Shell};
use crate::status::{self, Status};

type Answer<T> = Result<T, CommandError>;
type Desk<'a> = State<'a, Shell>;

/// What a person asks for when they charge.
#[derive(Debug, Deserialize, Type)]
pub(crate) struct CreateCharge(NewCharge);

/// Returns how the desk is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(desk: Desk<'_>) -> Answer<Status> {
    let status = status::of(&desk).await?;
    if let Phase::Ready(open) = desk.phase() {
        desk.window_listens(&open.inbox);
    }
    Ok(status)
}

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

/// Sends a failed message again, as a new attempt.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_again(desk: Desk<'_>, id: MessageId, message: MessageId) -> Answer<Message> {
    Ok(message::send_again(&desk.inbox()?, id, message).await?)
}

/// Marks a conversation read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_read(desk: Desk<'_>, conversation: ConversationId) -> Answer<()> {
    Ok(conversation::mark_read(&desk.inbox()?, conversation).await?)
}

/// Returns what a charge would look like and cost.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_charge(
    desk: Desk<'_>,
    conversation: ConversationId,
    amount: Money,
    description: String,
    message: Option<String>,
) -> Answer<ChargePreview> {
    Ok(preview::charge(&desk.inbox()?, conversation, amount, description, message).await?)
}

/// Asks a customer for money. The same id twice is one charge.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_charge(desk: Desk<'_>, charge: CreateCharge) -> Answer<Charge> {
    Ok(charge::create(&desk.inbox()?, Actor::Person, charge.0).await?)
}

/// Sends a charge's link once more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resend_charge(desk: Desk<'_>, id: MessageId, charge: ChargeId) -> Answer<Message> {
    Ok(message::resend_link(&desk.inbox()?, id, charge).await?)
}

/// Tries again to make a link that could not be made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_charge(desk: Desk<'_>, charge: ChargeId) -> Answer<Charge> {
    Ok(charge::retry(&desk.inbox()?, charge).await?)
}

/// Withdraws a charge.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_charge(desk: Desk<'_>, charge: ChargeId) -> Answer<Charge> {
    Ok(charge::cancel(&desk.inbox()?, Actor::Person, charge).await?)
}

/// Says what the person can see now; `null` when the window is hidden or unfocused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_on_screen(desk: Desk<'_>, conversation: Option<ConversationId>) -> Answer<()> {
    desk.inbox()?.set_on_screen(conversation);
    Ok(())
}

/// Shows a notification, so that a person can see whether this system does.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_notification(app: AppHandle, desk: Desk<'_>) -> Answer<()> {
    notifications::test(&app, &desk.inbox()?).await
}

/// Returns the newest envelopes that could not be understood.
#[tauri::command]
#[specta::specta]
pub(crate) async fn envelope_problems(desk: Desk<'_>) -> Answer<Vec<EnvelopeProblem>> {
    Ok(health::envelope_problems(&desk.inbox()?).await?)
}
