//! The Chromium in which the UI's layout, colours and accessibility are looked at.

use std::ffi::OsStr;

use crate::commands::find;

/// As in `ui/browser/served.ts`.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

pub(crate) fn is_there() -> bool {
    is_set(std::env::var_os("CHROMIUM").as_deref()) || NAMES.iter().any(|name| find(name).is_some())
}

/// A variable that is there and empty names nothing.
pub(crate) fn is_set(variable: Option<&OsStr>) -> bool {
    variable.is_some_and(|value| !value.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_names_no_browser() {
        assert!(!is_set(None));
        assert!(!is_set(Some(OsStr::new(""))));
        assert!(is_set(Some(OsStr::new("/usr/bin/chromium"))));
    }
}
