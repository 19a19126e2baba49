//! Set-up: finds what this machine lacks for a purpose, and installs just that.

pub(crate) mod browser;
#[cfg(target_os = "linux")]
mod debian;
#[cfg(target_os = "linux")]
mod fedora;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod node;
#[cfg(unix)]
mod rights;
mod rust;
mod terminal;
#[cfg(windows)]
mod windows;

use anyhow::Result;

use crate::paths::Paths;
use crate::ui;

/// What a machine is set up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To build and open the window.
    Demo,
    /// To drive the window on a display that nobody sees.
    Tour,
    /// To check everything.
    Test,
}

impl Purpose {
    /// Returns whether the window is driven by a program.
    fn drives_the_window(self) -> bool {
        self != Self::Demo
    }
}

/// Installs what is missing. Where all is there, it changes nothing and says nothing.
pub(crate) fn prepare(paths: &Paths, purpose: Purpose) -> Result<()> {
    prepare_system(purpose)?;
    node::check()?;
    if purpose == Purpose::Test {
        rust::components()?;
        rust::nextest(paths)?;
    }
    if purpose.drives_the_window() && cfg!(target_os = "linux") {
        rust::tauri_driver(paths)?;
    }
    ui::install(paths)
}

#[cfg(target_os = "linux")]
fn prepare_system(purpose: Purpose) -> Result<()> {
    linux::prepare(purpose)
}

#[cfg(target_os = "macos")]
fn prepare_system(_purpose: Purpose) -> Result<()> {
    macos::prepare()
}

#[cfg(windows)]
fn prepare_system(_purpose: Purpose) -> Result<()> {
    windows::prepare()
}
