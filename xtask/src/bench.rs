//! `cargo xtask bench`: what a release build can do, measured.

use std::process::ExitCode;

use anyhow::Result;

use crate::commands::{WINDOW, cargo, run as run_command};
use crate::paths::Paths;
use crate::setup::{self, Purpose};
use crate::ui;

/// Builds everything as it is shipped and runs the bench, which prints its figures.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<ExitCode> {
    setup::prepare(paths, Purpose::Test)?;
    ui::build(paths)?;
    let build = [
        "build",
        "--locked",
        "--release",
        "--workspace",
        "--exclude",
        "xtask",
        "--bins",
        WINDOW,
    ];
    run_command(&mut cargo(paths, &build), "The release build")?;
    let run = [
        "run",
        "--locked",
        "--release",
        "--package",
        "cobro-journeys",
        "--bin",
        "bench",
        "--",
    ];
    run_command(cargo(paths, &run).args(arguments), "The bench")?;
    let ingress = [
        "run",
        "--locked",
        "--release",
        "--package",
        "cobro-relay",
        "--example",
        "ingress_bench",
    ];
    run_command(&mut cargo(paths, &ingress), "The ingress bench")?;
    Ok(ExitCode::SUCCESS)
}
