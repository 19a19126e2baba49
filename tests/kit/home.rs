//! A home of a test's own: no file, bus or display of whoever runs it is touched.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::process::Command;

/// Names what a program must not take over from whoever runs the test.
const NOT_INHERITED: [&str; 8] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNOME_KEYRING_CONTROL",
    "SSH_AUTH_SOCK",
    "LC_ALL",
    "LANGUAGE",
];

/// Folders for one test, removed with it.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Home {
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("cobro-test-")
            .tempdir()
            .context("No folder for the test")?;
        let mut home = Self {
            folder,
            environment: Vec::new(),
        };
        for (variable, name) in [
            ("HOME", ""),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            let path = home.room(name)?;
            home.give(variable, path.to_string_lossy());
        }
        home.give("LANG", "C.UTF-8");
        Ok(home)
    }

    /// Gives every program in this home a variable.
    pub fn give(&mut self, variable: &'static str, value: impl Into<String>) {
        self.environment.push((variable, value.into()));
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns a folder in the home that only its owner can enter, made if need be.
    pub fn room(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("{} can't be made", path.display()))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))
                .with_context(|| format!("{} can't be made private", path.display()))?;
        }
        Ok(path)
    }

    /// Returns where a program's words are kept.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    /// Returns a program that lives in this home, with none of our own settings.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("COBRO_")) {
            command.env_remove(name);
        }
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
