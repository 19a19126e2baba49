//! macOS: Xcode's command line tools, and Homebrew for Node.

use anyhow::{Result, bail};

use super::{node, terminal};
use crate::commands::{command, find, run, succeeds};

pub(super) fn prepare() -> Result<()> {
    if !succeeds(command("xcode-select").arg("-p")) {
        run(
            command("xcode-select").arg("--install"),
            "Asking for Xcode's command line tools",
        )?;
        bail!(
            "Xcode's command line tools are being installed in a window. When it says so, run the same again"
        );
    }
    if node::is_there() {
        return Ok(());
    }
    if find("brew").is_none() {
        bail!(
            "Node {} or newer is missing. Install it from https://nodejs.org, or install Homebrew from https://brew.sh, and run the same again",
            node::OLDEST
        );
    }
    if terminal::can_ask() && !terminal::agrees("Node is missing. Install it with `brew install node`?") {
        bail!("Node {} or newer is needed: brew install node", node::OLDEST);
    }
    run(
        command("brew")
            .args(["install", "node"])
            .env("HOMEBREW_NO_AUTO_UPDATE", "1"),
        "Installing Node",
    )
}
