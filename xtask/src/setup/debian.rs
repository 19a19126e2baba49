//! Debian, Ubuntu and their relatives: apt.

use anyhow::{Result, bail};

use super::rights::{Step, install};
use super::{Purpose, node};
use crate::commands::{command, output_of};

const TO_BUILD: [&str; 13] = [
    "build-essential",
    "cmake",
    // What customers send: voice messages are Opus, videos are H.264.
    "gstreamer1.0-libav",
    "gstreamer1.0-plugins-good",
    "libasound2-dev",
    "libayatana-appindicator3-dev",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "shared-mime-info",
    "xdg-utils",
];
const TO_DRIVE: [&str; 7] = [
    "dbus",
    "fonts-noto-color-emoji",
    "gnome-keyring",
    "openbox",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];

pub(super) fn prepare(purpose: Purpose) -> Result<()> {
    let drive: &[&str] = if purpose.drives_the_window() {
        &TO_DRIVE
    } else {
        &[]
    };
    let mut missing = missing(TO_BUILD.iter().chain(drive).copied());
    let wants_node = !node::is_there();
    if missing.is_empty() && !wants_node {
        return Ok(());
    }
    if wants_node {
        missing.extend(node_packages()?.iter().map(ToString::to_string));
    }
    install(&missing, &steps(&missing))
}

/// Returns what installs these packages.
pub(super) fn steps(packages: &[String]) -> [Step; 2] {
    const WAIT: &str = "DPkg::Lock::Timeout=300";
    // Lists that were never fetched name no packages; an unreachable source of another program is no reason to stop.
    let update = Step::new(&["apt-get", "update"], &[]).may_fail();
    let installs = Step::new(
        &["apt-get", "-o", WAIT, "install", "-y", "--no-install-recommends"],
        packages,
    );
    [update, installs]
}

/// Returns the packages that are not installed.
fn missing<'a>(wanted: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<&str> = wanted.collect();
    // It fails as soon as one is unknown, and still prints the others.
    let known = command("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(&wanted)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    absent(&wanted, &known)
}

fn absent(wanted: &[&str], known: &str) -> Vec<String> {
    let installed = |package: &str| {
        known
            .lines()
            .any(|line| line.split_once(' ') == Some((package, "installed")))
    };
    wanted
        .iter()
        .filter(|package| !installed(package))
        .map(ToString::to_string)
        .collect()
}

/// Returns what brings Node and npm. It stops before a Node is installed that is too old for the UI.
fn node_packages() -> Result<&'static [&'static str]> {
    let policy = output_of(command("apt-cache").args(["policy", "nodejs"])).unwrap_or_default();
    match candidate(&policy) {
        Some(major) if major < node::OLDEST => bail!("{}", node::too_old(major)),
        // NodeSource's package brings npm, and refuses Debian's beside it.
        _ if policy.contains("nodesource") => Ok(&["nodejs"]),
        // Lists that were never fetched name no candidate: what comes is checked after installing.
        _ => Ok(&node::PACKAGES),
    }
}

/// Returns the major version that apt would install.
fn candidate(policy: &str) -> Option<u32> {
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    // An epoch stands before a colon.
    node::major(version.split_once(':').map_or(version, |(_, version)| version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_only_configured_is_missing() {
        let known = "xvfb installed\nopenbox config-files\n";
        assert_eq!(absent(&["xvfb", "openbox", "dbus"], known), ["openbox", "dbus"]);
    }

    #[test]
    fn the_node_that_apt_would_install_is_known_before() {
        let policy = "nodejs:\n  Installed: (none)\n  Candidate: 1:18.19.0+dfsg-6\n  Version table:\n";
        assert_eq!(candidate(policy), Some(18));
        assert_eq!(
            candidate("nodejs:\n  Candidate: 20.20.2-1nodesource1\n"),
            Some(20)
        );
        assert_eq!(candidate("nodejs:\n  Candidate: (none)\n"), None);
    }
}
