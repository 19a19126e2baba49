//! How the desk is, and what went wrong.

use cobro_core::domain::{AlertView, EnvelopeProblem, HistoryImport};
use cobro_core::reparse::Reparsed;
use cobro_core::{alert, health, history};
use tauri::AppHandle;

use super::{Answer, Desk};
use crate::notifications;
use crate::shell::Phase;
use crate::status::{self, Status};

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

/// Returns how many messages came that are of no kind we know.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unknown_messages(desk: Desk<'_>) -> Answer<u32> {
    Ok(health::unknown_messages(&desk.inbox()?).await?)
}

/// Returns how far the phone's history has come, one import a line.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history_imports(desk: Desk<'_>) -> Answer<Vec<HistoryImport>> {
    Ok(history::imports(&desk.inbox()?).await?)
}

/// Returns what Meta told that is not over, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn alerts(desk: Desk<'_>) -> Answer<Vec<AlertView>> {
    Ok(alert::open(&desk.inbox()?).await?)
}

/// Takes an alert off the list.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_alert(desk: Desk<'_>, id: f64) -> Answer<()> {
    // Numbers cross as JavaScript has them; an alert's is far below where they blur.
    #[expect(clippy::cast_possible_truncation, reason = "a number that we gave")]
    let id = id as i64;
    Ok(alert::dismiss(&desk.inbox()?, id).await?)
}

/// Reads what was kept again, with what this version has learned.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reparse(desk: Desk<'_>) -> Answer<Reparsed> {
    Ok(cobro_core::reparse::all(&desk.inbox()?).await?)
}
