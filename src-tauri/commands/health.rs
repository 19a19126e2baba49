//! How the desk is, and what went wrong.

use cobro_core::domain::EnvelopeProblem;
use cobro_core::health;
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
