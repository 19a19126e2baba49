//! Commands as every part runs them: no questions on standard input, one target folder.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths::Paths;

/// Embeds the UI in the window's program. Tests and demo use it alike, so nothing is built twice.
pub(crate) const WINDOW: &str = "--features=cobro-desktop/custom-protocol";

/// Returns a command that can't wait for someone to type.
pub(crate) fn command(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    command.stdin(Stdio::null());
    command
}

/// Returns a cargo command in the repository.
pub(crate) fn cargo(paths: &Paths, arguments: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(arguments)
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target);
    cargo.env("PATH", path_with(&paths.tools().join("bin")));
    for name in of_this_run() {
        cargo.env_remove(name);
    }
    cargo
}

/// Names what `cargo run` told this program about itself: build scripts would take it for a change.
fn of_this_run() -> impl Iterator<Item = String> {
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
                .iter()
                .any(|start| name.starts_with(start))
                || ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&name.as_str())
        })
}

/// Builds every program of the workspace: the demo's own few would get other dependencies than the tests'.
pub(crate) fn build_programs(paths: &Paths) -> Result<()> {
    let build = [
        "build",
        "--locked",
        "--workspace",
        "--exclude",
        "xtask",
        "--bins",
        WINDOW,
    ];
    run(&mut cargo(paths, &build), "Building")
}

/// Returns an npm command in the UI's folder.
pub(crate) fn npm(paths: &Paths, arguments: &[&str]) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(arguments).current_dir(paths.ui());
    npm
}

/// Runs a command; `what` says in an error what it was for.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: {} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{what} failed ({status}): {}", shown(command));
    }
    Ok(())
}

/// Returns what a command prints, if it exists and succeeds.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns whether a command exists and succeeds. Its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Returns where a program lies on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

fn path_with(first: &Path) -> OsString {
    let usual = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_owned()).chain(env::split_paths(&usual));
    env::join_paths(folders).unwrap_or(usual)
}

/// Returns the command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:+@,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed() {
        let mut command = command("apt-get");
        command.args(["install", "-E", "not binary(window)"]);
        assert_eq!(shown(&command), "apt-get install -E 'not binary(window)'");
    }

    #[test]
    fn a_missing_program_is_no_success() {
        assert!(!succeeds(&mut command("cobro-no-such-program")));
        assert_eq!(output_of(&mut command("cobro-no-such-program")), None);
        assert_eq!(find("cobro-no-such-program"), None);
    }
}
