//! `cargo xtask test`: everything that must hold, as CI runs it.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::commands::{WINDOW, cargo, npm};
use crate::paths::Paths;
use crate::setup::{self, Purpose};
use crate::steps::{Steps, of_nextest, of_vitest};
use crate::ui;

/// The tests that take minutes: the real window, and a hundred crashes.
const WITHOUT_SLOW: &str = "not (binary(window) or binary(morning) or binary(crash))";

pub(crate) fn is_quick(arguments: &[String]) -> Result<bool> {
    match arguments {
        [] => Ok(false),
        [quick] if quick == "--quick" => Ok(true),
        _ => bail!("`cargo xtask test` takes only --quick"),
    }
}

/// Runs every check; one that fails stops only those that need it.
pub(crate) fn run(paths: &Paths, quick: bool) -> Result<ExitCode> {
    setup::prepare(paths, Purpose::Test)?;
    if !quick {
        setup::browser::prepare();
    }
    let mut steps = Steps::default();
    steps.run("format", cargo(paths, &["fmt", "--all", "--check"]));
    let ui_is_built = steps.does("UI: build", || ui::build(paths));
    steps.run("UI: types", npm(paths, &["run", "--silent", "check"]));
    steps.run("UI: lint", npm(paths, &["run", "--silent", "lint"]));
    steps.tests("UI: tests", npm(paths, &["run", "--silent", "test"]), of_vitest);
    if !quick {
        in_a_browser(paths, &mut steps);
    }
    if ui_is_built && steps.run("build", build(paths)) {
        steps.run("lint", lint(paths));
        steps.tests("tests", tests(paths, quick), of_nextest);
    } else {
        steps.leave("lint");
        steps.leave("tests");
    }
    Ok(steps.finish())
}

/// What needs a layout and real colours, where there is a Chromium to look with. In CI there has to be one: a run that
/// left out so much is no proof of anything there.
fn in_a_browser(paths: &Paths, steps: &mut Steps) {
    const NAME: &str = "UI: in a browser";
    if setup::browser::is_there() {
        let tests = npm(paths, &["run", "--silent", "test:browser"]);
        steps.tests(NAME, tests, of_vitest);
    } else if setup::browser::is_set(std::env::var_os("CI").as_deref()) {
        steps.does(NAME, || bail!("{NO_BROWSER}. {BRING_ONE}"));
    } else {
        steps.skip(
            NAME,
            &format!("{NO_BROWSER}, so nothing of ui/browser was run. {BRING_ONE}"),
        );
    }
}

const NO_BROWSER: &str = "No Chromium was found";
const BRING_ONE: &str = "Install one (Debian: `apt install chromium`), or name it in CHROMIUM";

/// Programs and tests in one go: cargo gives them the same dependencies then, so none is built twice.
fn build(paths: &Paths) -> Command {
    cargo(
        paths,
        &[
            "build",
            "--locked",
            "--workspace",
            "--exclude",
            "xtask",
            "--bins",
            "--tests",
            WINDOW,
        ],
    )
}

fn lint(paths: &Paths) -> Command {
    cargo(
        paths,
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            WINDOW,
            "--",
            "-D",
            "warnings",
        ],
    )
}

fn tests(paths: &Paths, quick: bool) -> Command {
    let mut nextest = cargo(
        paths,
        &[
            "nextest",
            "run",
            "--locked",
            "--workspace",
            "--no-fail-fast",
            WINDOW,
        ],
    );
    if quick {
        nextest.args(["--filterset", WITHOUT_SLOW]);
    }
    nextest
}
