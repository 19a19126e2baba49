//! How the window looks and speaks, and which tab its list shows.

use cobro_core::Language;
use cobro_desk::{Appearance, Profile};
use tauri::WebviewWindow;

use super::{Answer, Desk};
use crate::window;

/// Keeps what a person chose, on this profile alone. It needs no open desk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_appearance(
    window: WebviewWindow,
    desk: Desk<'_>,
    appearance: Appearance,
) -> Answer<()> {
    Profile::at(desk.profile())?.keep_appearance(appearance)?;
    // Commands run on other threads; the toolkit is asked on its own.
    let painted = window.clone();
    let asked = window.run_on_main_thread(move || window::paint_ground(&painted, appearance.theme));
    if let Err(error) = asked {
        tracing::debug!(%error, "The window's ground could not be painted");
    }
    Ok(())
}

/// Hears in which language the window speaks: notifications and the tray say theirs in it too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn speak(desk: Desk<'_>, language: Language) -> Answer<()> {
    desk.inbox()?.set_window_language(language);
    Ok(())
}
