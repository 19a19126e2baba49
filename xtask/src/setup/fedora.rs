//! Fedora and its relatives: dnf.

use anyhow::Result;

use super::rights::{Step, install};
use super::{Purpose, node};
use crate::commands::{command, succeeds};

const TO_BUILD: [&str; 11] = [
    "alsa-lib-devel",
    "cmake",
    "dbus-devel",
    "gcc",
    "gcc-c++",
    "libayatana-appindicator-gtk3-devel",
    "librsvg2-devel",
    "openssl-devel",
    "pkgconf-pkg-config",
    "webkit2gtk4.1-devel",
    "xdg-utils",
];
/// Programs by path where releases disagree about the package.
const TO_DRIVE: [&str; 6] = [
    "/usr/bin/WebKitWebDriver",
    "/usr/bin/Xvfb",
    "/usr/bin/dbus-daemon",
    "/usr/bin/gnome-keyring-daemon",
    "google-noto-color-emoji-fonts",
    "openbox",
];

pub(super) fn prepare(purpose: Purpose) -> Result<()> {
    let drive: &[&str] = if purpose.drives_the_window() {
        &TO_DRIVE
    } else {
        &[]
    };
    let node: &[&str] = if node::is_there() { &[] } else { &node::PACKAGES };
    let is_missing = |package: &&str| !succeeds(command("rpm").args(["--query", "--whatprovides", package]));
    let missing: Vec<String> = TO_BUILD
        .iter()
        .chain(drive)
        .copied()
        .filter(is_missing)
        .chain(node.iter().copied())
        .map(str::to_owned)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing, &steps(&missing))
}

/// Returns what installs these packages.
pub(super) fn steps(packages: &[String]) -> [Step; 1] {
    let installs = ["dnf", "install", "-y", "--setopt=install_weak_deps=False"];
    [Step::new(&installs, packages)]
}
