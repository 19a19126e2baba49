//! Asking for money.

use cobro_core::domain::{
    Charge, ChargeId, ChargePreview, ConversationId, Message, MessageId, Money, NewCharge,
};
use cobro_core::{Actor, charge, message, preview};
use serde::Deserialize;
use specta::Type;

use super::{Answer, Desk};

/// What a person asks for when they charge.
#[derive(Debug, Deserialize, Type)]
pub(crate) struct CreateCharge(NewCharge);

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
