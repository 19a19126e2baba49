//! Templates, and the kit that Cobro brings.

use cobro_core::domain::{ConversationId, Kit, LineId, Template, TemplatePreview, TemplateValue};
use cobro_core::templates as verbs;

use super::{Answer, Desk};

/// Returns the templates that a conversation's line may send, approved ones first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn templates(desk: Desk<'_>, conversation: ConversationId) -> Answer<Vec<Template>> {
    Ok(verbs::list(&desk.inbox()?, conversation).await?)
}

/// Reads a line's templates from Meta.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_templates(desk: Desk<'_>, line: LineId) -> Answer<Vec<Template>> {
    Ok(verbs::sync(&desk.inbox()?, line).await?)
}

/// Returns how far each part of the kit has come at Meta.
#[tauri::command]
#[specta::specta]
pub(crate) async fn kit(desk: Desk<'_>, line: LineId) -> Answer<Kit> {
    Ok(verbs::kit(&desk.inbox()?, line).await?)
}

/// Makes the kit at Meta. What is there already stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_kit(desk: Desk<'_>, line: LineId, base: String) -> Answer<Kit> {
    Ok(verbs::create_kit(&desk.inbox()?, line, base).await?)
}

/// Returns how a template would read, and what speaks against sending it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_template(
    desk: Desk<'_>,
    conversation: ConversationId,
    name: String,
    language: String,
    values: Vec<TemplateValue>,
) -> Answer<TemplatePreview> {
    Ok(verbs::preview(&desk.inbox()?, conversation, name, language, values).await?)
}
