//! How the window looks and speaks.

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
    window::paint_ground(&window, appearance.theme);
    Ok(())
}
