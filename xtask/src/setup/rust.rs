//! What comes with Rust, or is built with it.

use std::fs;

use anyhow::{Result, bail};

use crate::commands::{cargo, command, find, output_of, run, succeeds};
use crate::paths::Paths;

/// The version that the window tests were written against.
const TAURI_DRIVER: &str = "2.1.0";

/// Adds clippy and rustfmt where rustup keeps the toolchain.
pub(super) fn components() -> Result<()> {
    let has = |tool: &str| succeeds(command("cargo").args([tool, "--version"]));
    let missing: Vec<&str> = [("clippy", "clippy"), ("fmt", "rustfmt")]
        .into_iter()
        .filter(|(tool, _)| !has(tool))
        .map(|(_, name)| name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if find("rustup").is_none() {
        bail!(
            "{} missing. Install from the packages that brought your Rust, or use https://rustup.rs",
            missing.join(" and ")
        );
    }
    run(
        command("rustup").args(["component", "add"]).args(missing),
        "Adding Rust's components",
    )
}

/// Installs the test runner among our tools, unless there is one.
pub(super) fn nextest(paths: &Paths) -> Result<()> {
    if succeeds(&mut cargo(paths, &["nextest", "--version"])) {
        return Ok(());
    }
    install(paths, &["cargo-nextest"])
}

/// Installs the WebDriver for the window among our tools, in exactly its version.
pub(super) fn tauri_driver(paths: &Paths) -> Result<()> {
    let path = paths.tools().join("bin").join("tauri-driver");
    // It can't say its version; cargo knows what it installed.
    let installed = output_of(&mut cargo(
        paths,
        &["install", "--list", "--root", &paths.tools().to_string_lossy()],
    ));
    let current = format!("tauri-driver v{TAURI_DRIVER}:");
    if path.is_file() && installed.is_some_and(|list| list.lines().any(|line| line == current)) {
        return Ok(());
    }
    install(paths, &["tauri-driver", "--version", TAURI_DRIVER])
}

/// Builds a program in a folder of its own: the shared one would keep its parts for ever.
fn install(paths: &Paths, what: &[&str]) -> Result<()> {
    println!("Building {}; this is done once", what.join(" "));
    let scratch = paths.cache.join("tools-target");
    let root = paths.tools();
    let mut install = cargo(paths, &["install", "--locked", "--quiet", "--root"]);
    install.arg(&root).args(what).env("CARGO_TARGET_DIR", &scratch);
    run(&mut install, "Building a tool")?;
    let _ = fs::remove_dir_all(scratch);
    Ok(())
}
