//! Links that a person opens, in the system's own browser.

use cobro_core::Error;
use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt as _;

use super::Answer;

/// Opens a link outside the window. Only the web, mail and telephones: never a file, never a program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(app: AppHandle, url: String) -> Answer<()> {
    let url = checked(&url)?;
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|error| {
            Error::Other(
                anyhow::Error::new(error).context("No browser could be opened. Copy the link instead"),
            )
        })?;
    Ok(())
}

fn checked(url: &str) -> Result<Url, Error> {
    let known = ["https", "http", "mailto", "tel"];
    Url::parse(url.trim())
        .ok()
        .filter(|url| known.contains(&url.scheme()))
        .ok_or_else(|| {
            Error::Invalid("Only links that start with https://, http://, mailto: or tel: are opened".into())
        })
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_link_never_opens_a_file_or_a_program() {
        for good in [
            "https://buy.stripe.com/x",
            " http://127.0.0.1/pay ",
            "mailto:ana@example.com",
            "tel:+525512345678",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "smb://host/x",
            "/etc/passwd",
            "",
            "data:text/html,x",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
