//! The demo where nobody looks: the tour drives the window and reports.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::Options;
use crate::commands::{build_programs, command};
use crate::paths::Paths;
use crate::setup::{self, Purpose};
use crate::ui;

/// Builds all it needs and runs the tour on a display, a bus and a profile of its own.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<ExitCode> {
    if !cfg!(target_os = "linux") {
        bail!("The headless tour needs Linux. Run `cargo xtask demo` to see the window here");
    }
    setup::prepare(paths, Purpose::Tour)?;
    ui::build(paths)?;
    build_programs(paths)?;

    let report = options
        .report
        .clone()
        .unwrap_or_else(|| paths.demo().join("tour.json"));
    let beside = || report.with_extension("").with_file_name("screenshots");
    let screenshots = options.screenshots.clone().unwrap_or_else(beside);
    let mut tour = command(paths.built("cobro-tour"));
    tour.arg("--report")
        .arg(&report)
        .arg("--screenshots")
        .arg(&screenshots);
    tour.env(
        "COBRO_TAURI_DRIVER",
        paths.tools().join("bin").join("tauri-driver"),
    );
    let passed = tour.status()?.success();
    println!(
        "\nReport:      {}\nScreenshots: {}",
        report.display(),
        screenshots.display()
    );
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
