//! The project's own commands: `cargo xtask demo`, `test`, `bench`, `bindings`.

mod bench;
mod bindings;
mod commands;
mod demo;
mod paths;
mod screenshots;
mod seed;
mod setup;
mod steps;
mod test;
mod ui;

use std::process::ExitCode;

use crate::paths::Paths;

const USAGE: &str = "\
Cobro's own commands

  cargo xtask demo                Open the window, with a sandbox whose customers write
      --fresh                     Forget what earlier demos left
      --headless                  Run the tour on a display that nobody sees, and report
      --report FILE               Where the tour writes its report (JSON)
      --screenshots DIR           Where the tour puts its screenshots
  cargo xtask test                Everything that must hold: format, lints, types, tests, the real window
      --quick                     Leave out the window and the crash test
  cargo xtask bench [ARGUMENTS]   Measure a release build
  cargo xtask seed --profile DIR  Write an invented shop into a new profile
      --messages N --conversations N --seed N   Its size; by default 1,000,000 in 50,000
  cargo xtask screenshots [DIR [PATTERN]]
                                  Every view, light and dark, in three languages and widths; needs Chromium.
                                  Such as: cargo xtask screenshots shots '^inbox-(en|es)-dark-1280'
  cargo xtask bindings            Write ui/src/lib/bindings.ts anew

Each first installs what this machine lacks. With no terminal, or with CI=true, nothing waits for an answer.
CARGO_TARGET_DIR says where to build; without it everything shares one folder in your cache.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    run(&arguments).unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments),
    };
    match command {
        "demo" => demo::run(&Paths::find()?, &demo::Options::parse(rest)?),
        "test" => test::run(&Paths::find()?, test::is_quick(rest)?),
        "bench" => bench::run(&Paths::find()?, rest),
        "screenshots" => screenshots::run(&Paths::find()?, rest),
        "seed" => seed::run(&Paths::find()?, rest),
        "bindings" => bindings::run(&Paths::find()?),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            eprintln!("xtask: there is no command `{other}`\n\n{USAGE}");
            Ok(ExitCode::FAILURE)
        }
    }
}
