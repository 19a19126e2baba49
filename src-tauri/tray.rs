//! The tray icon, with the unread count.

use std::time::Duration;

use cobro_core::{Inbox, Language, conversation};
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry, include_image};
use tokio::sync::broadcast::error::RecvError;

use crate::{quit, window, words};

const READ: Image<'_> = include_image!("./icons/tray.png");
const UNREAD: Image<'_> = include_image!("./icons/tray-unread.png");

/// Between two looks at the unread count.
const PAUSE: Duration = Duration::from_millis(250);

/// Puts the icon in the tray and keeps its count true, until core ends.
pub(crate) async fn follow(app: AppHandle, inbox: Inbox) {
    let mut heard = inbox.events();
    let mut said = inbox.window_language();
    let tray = match build(&app, said) {
        Ok(tray) => tray,
        Err(error) => return tracing::warn!(%error, "The tray can't be used; the window works without"),
    };
    let mut shown = None;
    loop {
        let language = inbox.window_language();
        if said != language {
            translate(&app, &tray, language);
            said = language;
        }
        match conversation::unread(&inbox).await {
            Ok(unread) if shown != Some((language, unread)) => {
                show(&tray, language, unread);
                shown = Some((language, unread));
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "The unread count could not be read"),
        }
        if let Err(RecvError::Closed) = heard.recv().await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
        heard = heard.resubscribe();
    }
}

fn menu(app: &AppHandle, language: Language) -> tauri::Result<Menu<Wry>> {
    let open = MenuItem::with_id(app, "open", words::open(language), true, None::<&str>)?;
    let leave = MenuItem::with_id(app, "quit", words::quit(language), true, None::<&str>)?;
    Menu::with_items(app, &[&open, &leave])
}

/// Says the tray's entries in another language.
fn translate(app: &AppHandle, tray: &TrayIcon, language: Language) {
    let changed = menu(app, language).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(error) = changed {
        tracing::debug!(%error, "The tray did not take another language");
    }
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::with_id("cobro")
        .icon(READ)
        .menu(&menu(app, language)?)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::show(app),
            "quit" => quit::quit(app),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(tray.app_handle());
            }
        })
        .build(app)
}

/// Shows the count where the system has a place for it.
fn show(tray: &TrayIcon, language: Language, unread: u32) {
    let icon = if unread > 0 { UNREAD } else { READ };
    let title = (unread > 0).then(|| unread.to_string());
    let shown = tray
        .set_icon(Some(icon))
        .and_then(|()| tray.set_tooltip(Some(words::unread(language, unread))))
        .and_then(|()| tray.set_title(Some(title.unwrap_or_default())));
    if let Err(error) = shown {
        tracing::debug!(%error, "The tray did not take the unread count");
    }
}
