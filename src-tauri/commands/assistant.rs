//! What the assistant proposes, and what it may do.

use cobro_core::assistant::{self, ModelKey};
use cobro_core::domain::{
    AssistantSettings, Charge, ChargeId, ConversationId, ModelSettings, ModelState, PlayedStep, Proposal,
};
use cobro_desk::{DeskError, MODEL_KEY, keep_secret};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Answer, Desk};

/// Returns what the assistant proposes in the conversation, if it proposes something.
#[tauri::command]
#[specta::specta]
pub(crate) async fn proposal(desk: Desk<'_>, conversation: ConversationId) -> Answer<Option<Proposal>> {
    Ok(assistant::proposal(&desk.inbox()?, conversation).await?)
}

/// Makes the proposed charge. The same proposal twice is one charge.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_proposal(desk: Desk<'_>, charge: ChargeId, message: String) -> Answer<Charge> {
    Ok(assistant::accept(&desk.inbox()?, charge, message).await?)
}

/// Takes a proposal away; nothing is proposed from the same evidence again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_proposal(desk: Desk<'_>, charge: ChargeId) -> Answer<()> {
    Ok(assistant::dismiss(&desk.inbox()?, charge).await?)
}

/// Returns what the assistant may do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn assistant_settings(desk: Desk<'_>) -> Answer<AssistantSettings> {
    Ok(assistant::settings(&desk.inbox()?).await?)
}

/// Changes what the assistant may do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_assistant_settings(
    desk: Desk<'_>,
    settings: AssistantSettings,
) -> Answer<AssistantSettings> {
    Ok(assistant::set_settings(&desk.inbox()?, settings).await?)
}

/// Reads a pasted conversation, step by step. Nothing is kept or sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn play_conversation(desk: Desk<'_>, pasted: String) -> Answer<Vec<PlayedStep>> {
    Ok(assistant::play(&desk.inbox()?, pasted).await?)
}

/// Returns whether there is a key for this model, and what was asked today.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_state(desk: Desk<'_>, model: ModelSettings) -> Answer<ModelState> {
    Ok(assistant::model_state(&desk.inbox()?, &model).await?)
}

/// Keeps the key for this model in the keychain, and uses it from now on. An empty one forgets what was kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_model_key(desk: Desk<'_>, model: ModelSettings, key: String) -> Answer<()> {
    let inbox = desk.inbox()?;
    let key = SecretString::from(key.trim().to_owned());
    let keeping = if key.expose_secret().is_empty() {
        key
    } else {
        ModelKey::new(&model, key).to_keep()
    };
    let (profile, kept) = (desk.profile().to_owned(), ModelKey::from_kept(&keeping));
    tokio::task::spawn_blocking(move || keep_secret(&profile, MODEL_KEY, &keeping))
        .await
        .map_err(|error| DeskError::from(anyhow::Error::new(error)))?
        .map_err(DeskError::CredentialsNotKept)?;
    assistant::use_model_key(&inbox, kept);
    Ok(())
}

/// Asks the model something small. Returns how many milliseconds it took.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_model(desk: Desk<'_>, settings: AssistantSettings) -> Answer<u32> {
    Ok(assistant::test_model(&desk.inbox()?, settings).await?)
}
