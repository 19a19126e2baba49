//! The window.

use cobro_desk::{Appearance, Profile, Theme};
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager as _, Url, WebviewWindow, WebviewWindowBuilder};

use crate::shell::Shell;

/// The grounds of the two themes, as in the UI's tokens.
const LIGHT: Color = Color(0xf6, 0xf5, 0xf2, 0xff);
const DARK: Color = Color(0x14, 0x14, 0x12, 0xff);

pub(crate) const MAIN: &str = "main";

/// Opens the window, in the profile's colours and language from its first moment.
pub(crate) fn open(app: &App) -> anyhow::Result<()> {
    let appearance = Profile::existing(app.state::<Shell>().profile())
        .map(|profile| profile.appearance())
        .unwrap_or_default();
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN);
    let Some(config) = config else {
        anyhow::bail!("tauri.conf.json names no window {MAIN:?}");
    };
    let window = WebviewWindowBuilder::from_config(app, config)?
        .background_color(LIGHT)
        .initialization_script(said_to_the_page(appearance)?)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    paint_ground(&window, appearance.theme);
    Ok(())
}

/// Tells the page before its first paint what was chosen; the database, which opens later, can't.
fn said_to_the_page(appearance: Appearance) -> serde_json::Result<String> {
    let appearance = serde_json::to_string(&appearance)?;
    Ok(format!("window.cobroAppearance = {appearance};"))
}

/// Gives the window the ground of the theme, which is seen where the page is not painted yet.
pub(crate) fn paint_ground(window: &WebviewWindow, theme: Theme) {
    let is_dark = match theme {
        Theme::Dark => true,
        Theme::Light => false,
        Theme::System => is_dark(window),
    };
    let ground = if is_dark { DARK } else { LIGHT };
    if let Err(error) = window.set_background_color(Some(ground)) {
        tracing::debug!(%error, "The window's ground could not be painted");
    }
}

/// Returns whether the page will choose its dark colours, by the same signs as WebKit.
#[cfg(target_os = "linux")]
fn is_dark(_: &WebviewWindow) -> bool {
    use gtk::prelude::GtkSettingsExt as _;
    let names_dark = |theme: &str| {
        let theme = theme.to_ascii_lowercase();
        theme.ends_with("-dark") || theme.ends_with(":dark")
    };
    if let Ok(theme) = std::env::var("GTK_THEME") {
        return names_dark(&theme);
    }
    gtk::Settings::default().is_some_and(|settings| {
        settings.is_gtk_application_prefer_dark_theme()
            || settings.gtk_theme_name().is_some_and(|theme| names_dark(&theme))
    })
}

#[cfg(not(target_os = "linux"))]
fn is_dark(window: &WebviewWindow) -> bool {
    window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark)
}

/// Brings the window before the person.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return; // It is closing.
    };
    if let Err(error) = raise(&window) {
        tracing::warn!(%error, "The window could not be brought to the front");
    }
}

fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Returns whether the window may go there: only to the app itself, never to what a message links to.
fn is_ours(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "tauri" => host == "localhost",
        "http" | "https" => host == "tauri.localhost" || (tauri::is_dev() && host == "127.0.0.1"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_of_a_choice_and_of_none() {
        assert_eq!(
            said_to_the_page(Appearance::default()).unwrap(),
            r#"window.cobroAppearance = {"theme":"system","language":null,"tab":null};"#
        );
        let chosen = Appearance {
            theme: Theme::Dark,
            language: Some(cobro_core::Language::Pt),
            tab: Some(cobro_core::domain::Tab::Paid),
        };
        assert_eq!(
            said_to_the_page(chosen).unwrap(),
            r#"window.cobroAppearance = {"theme":"dark","language":"pt","tab":"paid"};"#
        );
    }

    #[test]
    fn a_link_in_a_message_never_takes_the_window_away() {
        assert!(is_ours(&Url::parse("tauri://localhost/index.html").unwrap()));
        assert!(is_ours(&Url::parse("http://tauri.localhost/").unwrap()));
        for other in [
            "https://example.com/",
            "http://tauri.localhost.example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!is_ours(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
