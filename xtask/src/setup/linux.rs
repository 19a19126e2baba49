//! Which Linux this is, and what to do on one we do not know.

use std::fs;

use anyhow::{Result, bail};

use super::rights::install;
use super::{Purpose, debian, fedora};
use crate::commands::{command, find, succeeds};

/// How a distribution installs packages.
#[derive(Debug, PartialEq, Eq)]
enum Family {
    Debian,
    Fedora,
    Other,
}

pub(super) fn prepare(purpose: Purpose) -> Result<()> {
    let release = release();
    match family(&release) {
        Family::Debian => debian::prepare(purpose),
        Family::Fedora => fedora::prepare(purpose),
        Family::Other => check(purpose),
    }
}

/// Installs Chromium, where its package is known.
pub(super) fn prepare_browser() -> Result<()> {
    let chromium = ["chromium".to_owned()];
    let release = release();
    match family(&release) {
        // Ubuntu has it only as a snap, which apt does not install everywhere.
        Family::Debian if value(&release, "ID") == Some("ubuntu") => Ok(()),
        Family::Debian => install(&chromium, &debian::steps(&chromium)),
        Family::Fedora => install(&chromium, &fedora::steps(&chromium)),
        Family::Other => Ok(()),
    }
}

/// Returns what this Linux says of itself; nothing where it says nothing.
fn release() -> String {
    fs::read_to_string("/etc/os-release").unwrap_or_default()
}

fn family(release: &str) -> Family {
    let named: Vec<&str> = ["ID", "ID_LIKE"]
        .iter()
        .filter_map(|key| value(release, key))
        .flat_map(str::split_ascii_whitespace)
        .collect();
    if ["debian", "ubuntu"].iter().any(|id| named.contains(id)) {
        Family::Debian
    } else if ["fedora", "rhel"].iter().any(|id| named.contains(id)) {
        Family::Fedora
    } else {
        Family::Other
    }
}

fn value<'a>(release: &'a str, key: &str) -> Option<&'a str> {
    let line = release
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(line.trim_matches(['"', '\'']))
}

/// Names what is missing on a distribution whose packages we do not know.
fn check(purpose: Purpose) -> Result<()> {
    let libraries = [
        "webkit2gtk-4.1",
        "libcrypto",
        "dbus-1",
        "ayatana-appindicator3-0.1",
        "librsvg-2.0",
    ];
    let known = |library: &&str| succeeds(command("pkg-config").args(["--exists", library]));
    let programs: &[&str] = if purpose.drives_the_window() {
        &["Xvfb", "WebKitWebDriver", "dbus-daemon", "openbox"]
    } else {
        &[]
    };
    let missing: Vec<&str> = libraries
        .into_iter()
        .filter(|library| !known(library))
        .chain(programs.iter().copied().filter(|program| find(program).is_none()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "Install these with your distribution's packages, with their headers, and run it again: {}. \
         Set-up does it alone on Debian, Ubuntu and Fedora",
        missing.join(", ")
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relatives_of_a_distribution_are_known() {
        for (release, expected) in [
            ("ID=debian\nVERSION_ID=\"12\"", Family::Debian),
            (
                "NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu debian\"",
                Family::Debian,
            ),
            ("ID=fedora", Family::Fedora),
            ("ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"", Family::Fedora),
            ("ID=arch", Family::Other),
            ("", Family::Other),
        ] {
            assert_eq!(family(release), expected, "{release}");
        }
    }
}
