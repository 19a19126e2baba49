//! Node, which builds the UI.

use anyhow::{Result, bail};

use crate::commands::{command, output_of, succeeds};

/// What the UI's tools ask for.
pub(super) const OLDEST: u32 = 20;

/// How Linux distributions call it.
#[cfg(target_os = "linux")]
pub(super) const PACKAGES: [&str; 2] = ["nodejs", "npm"];

/// Returns whether some Node and npm are there; [`check`] says whether they will do.
pub(super) fn is_there() -> bool {
    version().is_some() && succeeds(command(npm()).arg("--version"))
}

/// Stops with what to do when Node is missing or too old.
pub(super) fn check() -> Result<()> {
    match version() {
        Some(version) if version >= OLDEST => {}
        Some(version) => bail!("{}", too_old(version)),
        None => bail!(
            "Node is still missing. Install Node {OLDEST} or newer from https://nodejs.org and run the same again"
        ),
    }
    if !succeeds(command(npm()).arg("--version")) {
        bail!("Node is there, npm is not. Install npm and run the same again");
    }
    Ok(())
}

pub(super) fn too_old(version: u32) -> String {
    format!(
        "Node {OLDEST} or newer is needed; this system has, or offers, {version}. \
         Install a newer one from https://nodejs.org/en/download or https://github.com/nodesource/distributions, and run the same again"
    )
}

fn version() -> Option<u32> {
    major(
        output_of(command("node").arg("--version"))?
            .trim()
            .strip_prefix('v')?,
    )
}

/// Returns the first number of a version.
pub(super) fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}
