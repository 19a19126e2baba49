//! `cargo xtask screenshots`: every view as a person sees it, to be looked at.
//!
//! The window's page runs over a desk that only plays (`ui/dev.html`), in a Chromium without a window;
//! which views there are, and how each is reached, says `ui/browser/views.ts`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::commands::{npm, run as run_command};
use crate::paths::Paths;
use crate::ui;

/// Takes them all into the folder that is named, or `target/screenshots`. A second argument is a
/// pattern of those that are wanted, such as `^inbox-(en|es)-dark-1280`.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<ExitCode> {
    ui::install(paths)?;
    let into = arguments
        .first()
        .map_or_else(|| paths.target.join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&into).with_context(|| format!("{} can't be made", into.display()))?;
    let into = into.canonicalize().context("The folder can't be found")?;
    let mut shots = npm(paths, &["run", "--silent", "test:browser", "--", "screenshots"]);
    shots.env("COBRO_SCREENSHOTS", &into);
    if let Some(only) = arguments.get(1) {
        shots.env("COBRO_ONLY", only);
    }
    run_command(&mut shots, "The screenshots")?;
    println!("They are in {}", into.display());
    Ok(ExitCode::SUCCESS)
}
