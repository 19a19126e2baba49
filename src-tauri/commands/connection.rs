//! Setting up WhatsApp.

use cobro_core::connection as verbs;
use cobro_core::domain::{Connection, Credentials, LineId, WayIn};

use super::{Answer, Desk};

/// Returns how the connection stands, as far as it was heard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connection(desk: Desk<'_>) -> Answer<Connection> {
    Ok(desk.connecting()?.view().await?)
}

/// Keeps credentials in the keychain, uses them from now on, and asks Meta about them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_credentials(desk: Desk<'_>, credentials: Credentials) -> Answer<Connection> {
    Ok(desk.connecting()?.save(credentials).await?)
}

/// Asks Meta what the token may do and reaches.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_connection(desk: Desk<'_>) -> Answer<Connection> {
    Ok(desk.connecting()?.check().await?)
}

/// Answers from these numbers, and from no others.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_numbers(desk: Desk<'_>, phone_number_ids: Vec<String>) -> Answer<Connection> {
    Ok(desk.connecting()?.choose(phone_number_ids).await?)
}

/// Registers a number for the Cloud API.
#[tauri::command]
#[specta::specta]
pub(crate) async fn register_number(
    desk: Desk<'_>,
    phone_number_id: String,
    pin: String,
) -> Answer<Connection> {
    Ok(desk.connecting()?.register(&phone_number_id, pin.into()).await?)
}

/// Tells WhatsApp where to post.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_webhook(desk: Desk<'_>, way: WayIn) -> Answer<Connection> {
    Ok(desk.connecting()?.set_webhook(way).await?)
}

/// Sends a test, whose webhooks prove the way; without a phone it waits for any message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn prove_webhook(desk: Desk<'_>, phone_number_id: String, to: String) -> Answer<Connection> {
    Ok(desk.connecting()?.prove(&phone_number_id, &to).await?)
}

/// Asks the shop's phone for its contacts and chats.
#[tauri::command]
#[specta::specta]
pub(crate) async fn request_history(desk: Desk<'_>, line: LineId) -> Answer<()> {
    Ok(verbs::request_history(&desk.inbox()?, line).await?)
}
