//! `cargo xtask seed`: an invented shop of any size, to look at and to measure.

use std::process::ExitCode;

use anyhow::Result;

use crate::commands::{cargo, run as run_command};
use crate::paths::Paths;

/// Builds the generator and runs it.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<ExitCode> {
    let seed = [
        "run",
        "--locked",
        "--release",
        "--package",
        "cobro-journeys",
        "--bin",
        "cobro-seed",
        "--",
    ];
    run_command(cargo(paths, &seed).args(arguments), "The seed")?;
    Ok(ExitCode::SUCCESS)
}
