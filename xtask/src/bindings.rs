//! `cargo xtask bindings`: the commands' TypeScript, written anew.

use std::process::ExitCode;

use anyhow::Result;

use crate::commands::{WINDOW, cargo, run as run_command};
use crate::paths::Paths;
use crate::setup::{self, Purpose};
use crate::ui;

pub(crate) fn run(paths: &Paths) -> Result<ExitCode> {
    setup::prepare(paths, Purpose::Demo)?;
    ui::build(paths)?;
    let mut test = cargo(
        paths,
        &[
            "test",
            "--locked",
            "--package",
            "cobro-desktop",
            "--lib",
            WINDOW,
            "bindings",
        ],
    );
    run_command(test.env("UPDATE_BINDINGS", "1"), "Writing ui/src/lib/bindings.ts")?;
    println!("ui/src/lib/bindings.ts is current.");
    Ok(ExitCode::SUCCESS)
}
