//! macOS: Xcode's command line tools, and Homebrew for Node and CMake.

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
    let missing: Vec<&str> = [
        (node::is_there(), "node"),
        // The voice encoder's own build is written in it.
        (find("cmake").is_some(), "cmake"),
    ]
    .into_iter()
    .filter_map(|(there, program)| (!there).then_some(program))
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if find("brew").is_none() {
        bail!(
            "This machine lacks {names}. Install Homebrew from https://brew.sh and run the same again, or install them yourself; Node must be {} or newer",
            node::OLDEST
        );
    }
    if terminal::can_ask()
        && !terminal::agrees(&format!("Install what is missing with `brew install {names}`?"))
    {
        bail!("These are needed: brew install {names}");
    }
    run(
        command("brew")
            .arg("install")
            .args(&missing)
            .env("HOMEBREW_NO_AUTO_UPDATE", "1"),
        "Installing what is missing",
    )
}
