//! Asking for money.

use cobro_core::domain::{
    Charge, ChargeId, ChargePreview, ChargeQuestion, Message, MessageId, NewCharge, Quotation, QuotationId,
};
use cobro_core::{Actor, charge, message, preview, quotation};
use serde::Deserialize;
use specta::Type;

use super::{Answer, Desk};

/// What a person asks for when they charge.
#[derive(Debug, Deserialize, Type)]
pub(crate) struct CreateCharge(NewCharge);

/// Returns what a charge would look like and cost.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_charge(desk: Desk<'_>, charge: ChargeQuestion) -> Answer<ChargePreview> {
    Ok(preview::charge(&desk.inbox()?, charge).await?)
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

/// Charges what a deposit left owed. The same id twice is one charge.
#[tauri::command]
#[specta::specta]
pub(crate) async fn charge_rest(desk: Desk<'_>, id: ChargeId, deposit: ChargeId) -> Answer<Charge> {
    Ok(charge::charge_rest(&desk.inbox()?, Actor::Person, id, deposit).await?)
}

/// Puts back into the stock what a charge took from it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restock(desk: Desk<'_>, charge: ChargeId) -> Answer<Charge> {
    Ok(charge::restock(&desk.inbox()?, Actor::Person, charge).await?)
}

/// Offers a charge to the customer. The same id twice is one offer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn offer_quotation(
    desk: Desk<'_>,
    id: QuotationId,
    charge: CreateCharge,
) -> Answer<Quotation> {
    Ok(quotation::offer(&desk.inbox()?, Actor::Person, id, charge.0).await?)
}

/// Makes the charge of an offer, once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_quotation(desk: Desk<'_>, id: QuotationId) -> Answer<Charge> {
    Ok(quotation::accept(&desk.inbox()?, Actor::Person, id).await?)
}
