//! What the window may ask. A command translates, nothing else.

pub(crate) mod appearance;
pub(crate) mod assistant;
pub(crate) mod catalog;
pub(crate) mod charges;
pub(crate) mod codes;
pub(crate) mod connection;
pub(crate) mod contacts;
pub(crate) mod data;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod links;
pub(crate) mod media;
pub(crate) mod money;
pub(crate) mod search;
pub(crate) mod sending;
pub(crate) mod subscriptions;
pub(crate) mod templates;
pub(crate) mod tools;
pub(crate) mod work;

use std::path::PathBuf;

use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

use crate::error::CommandError;
use crate::shell::Shell;

type Answer<T> = Result<T, CommandError>;
type Desk<'a> = State<'a, Shell>;

/// Lets a person choose a folder. Returns nothing if they changed their mind.
async fn chosen_folder(app: &AppHandle, window: &WebviewWindow) -> Option<PathBuf> {
    let (say, chosen) = oneshot::channel();
    app.dialog().file().set_parent(window).pick_folder(move |path| {
        let _ = say.send(path);
    });
    chosen.await.ok().flatten()?.into_path().ok()
}
