//! The Chromium in which the UI's layout, colours and accessibility are looked at.

use crate::commands::find;

/// As in `ui/browser/served.ts`.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

pub(crate) fn is_there() -> bool {
    std::env::var_os("CHROMIUM").is_some() || NAMES.iter().any(|name| find(name).is_some())
}

/// Installs a Chromium where one can be had. Without it the other checks still run, and the tests in it say that they
/// were left out.
pub(crate) fn prepare() {
    #[cfg(target_os = "linux")]
    if !is_there()
        && let Err(error) = super::linux::prepare_browser()
    {
        eprintln!("{error:#}");
    }
}
