//! Where things lie: the repository, the shared target folder, what set-up keeps.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that commands use.
#[derive(Debug)]
pub(crate) struct Paths {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Where cargo builds; clones share it, so that the second builds in seconds.
    pub(crate) target: PathBuf,
    /// What is worth keeping between runs.
    pub(crate) cache: PathBuf,
}

impl Paths {
    pub(crate) fn find() -> Result<Self> {
        let root = root()?;
        let cache = caches()?.join("cobro");
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
            Some(folder) => std::path::absolute(folder).context("CARGO_TARGET_DIR is not a path")?,
            None => cache.join("target"),
        };
        Ok(Self { root, target, cache })
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Programs that only tests need, each in a version of our own.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// What the demo keeps between runs.
    pub(crate) fn demo(&self) -> PathBuf {
        self.cache.join("demo")
    }

    /// Returns a program that was built without optimisation.
    pub(crate) fn built(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

fn root() -> Result<PathBuf> {
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&here).parent().map(Path::to_owned);
    root.context("The repository was not found. Run `cargo xtask` from inside it")
}

fn caches() -> Result<PathBuf> {
    let home = |name: &str| {
        env::var_os(name)
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
    };
    let found = if cfg!(windows) {
        home("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home("HOME").map(|home| home.join("Library/Caches"))
    } else {
        home("HOME").map(|home| home.join(".cache"))
    };
    found.context("Your home folder is not known. Set HOME (on Windows LOCALAPPDATA) and run it again")
}
