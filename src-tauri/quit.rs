//! Quitting: the window goes at once, the process once nothing is under way.

use tauri::{AppHandle, Manager as _, RunEvent};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};

use crate::opened::Opened;
use crate::shell::Shell;

/// What is remembered of the window. Not whether it was visible: it always is.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::all() - StateFlags::VISIBLE - StateFlags::DECORATIONS
}

pub(crate) fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window was closed.
        RunEvent::ExitRequested { code: None, api, .. } => {
            api.prevent_exit();
            quit(app);
        }
        // Where the system ends the loop itself, as a Mac does on Cmd Q.
        RunEvent::Exit => {
            tauri::async_runtime::block_on(app.state::<Shell>().close());
            app.state::<Opened>().forget();
        }
        _ => {}
    }
}

/// Closes the window, lets what is under way end, and exits.
pub(crate) fn quit(app: &AppHandle) {
    if !app.state::<Shell>().begins_to_quit() {
        return;
    }
    if let Err(error) = app.save_window_state(remembered()) {
        tracing::warn!(%error, "The window's place could not be saved");
    }
    for window in app.webview_windows().values() {
        let _ = window.destroy();
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Shell>().close().await;
        app.state::<Opened>().forget();
        app.exit(0);
    });
}

/// Quits when the system asks for it.
pub(crate) async fn on_signal(app: AppHandle) {
    match asked().await {
        Ok(()) => quit(&app),
        Err(error) => tracing::warn!(%error, "Signals can't be listened to"),
    }
}

#[cfg(unix)]
async fn asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
