//! Everything that is kept: copied, and what is announced of it.

use cobro_core::domain::NotifyRules;
use cobro_core::{backup, export, notify};
use tauri::{AppHandle, WebviewWindow};

use super::money::ask_where;
use super::{Answer, Desk, chosen_folder};

/// Copies everything, encrypted, where a person says. Returns the folder, or nothing if they changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(window: WebviewWindow, app: AppHandle, desk: Desk<'_>) -> Answer<Option<String>> {
    let Some(into) = chosen_folder(&app, &window).await else {
        return Ok(None);
    };
    let folder = backup::write(&desk.inbox()?, into).await?;
    Ok(Some(folder.to_string_lossy().into_owned()))
}

/// Writes everything, readable, where a person says. Returns the file, or nothing if they changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_all(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let Some(path) = ask_where(&window, &app, "cobro-export.jsonl").await else {
        return Ok(None);
    };
    let shown = path.to_string_lossy().into_owned();
    export::save(&inbox, path).await?;
    Ok(Some(shown))
}

/// Returns what is announced.
#[tauri::command]
#[specta::specta]
pub(crate) async fn notify_rules(desk: Desk<'_>) -> Answer<NotifyRules> {
    Ok(notify::rules(&desk.inbox()?).await?)
}

/// Changes what is announced.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_notify_rules(desk: Desk<'_>, rules: NotifyRules) -> Answer<()> {
    Ok(notify::set_rules(&desk.inbox()?, rules).await?)
}
