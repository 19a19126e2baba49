//! Files that a person opens in another program: unencrypted, private, and gone when Cobro quits.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cobro_core::domain::MessageId;
use tempfile::TempDir;

/// The folder that opened files lie in, once there is one.
#[derive(Debug)]
pub(crate) struct Opened {
    prefix: String,
    folder: Mutex<Option<TempDir>>,
}

impl Opened {
    /// Removes what a crash left, for the profile that `name` tells from others.
    pub(crate) fn new(name: &str) -> Self {
        Self::in_folder(&home(), name)
    }

    fn in_folder(home: &Path, name: &str) -> Self {
        let prefix = format!("{name}.opened.");
        remove_left(home, &prefix);
        Self {
            prefix,
            folder: Mutex::default(),
        }
    }

    /// Returns where the message's file is to be written, in a folder that only this person can enter.
    pub(crate) fn place(&self, message: MessageId, name: &str) -> io::Result<PathBuf> {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = match folder.as_ref() {
            Some(folder) => folder,
            None => folder.insert(private_folder(&self.prefix)?),
        };
        // Files of the same name must not replace each other in another program's hands.
        let own = folder.path().join(message.to_string());
        std::fs::create_dir_all(&own)?;
        Ok(own.join(name))
    }

    /// Removes everything that was opened.
    pub(crate) fn forget(&self) {
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = folder.map(TempDir::close) {
            tracing::warn!(%error, "Files that were opened could not be removed; the next start does it");
        }
    }
}

fn private_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(home())
}

/// Where only this person can look, and nothing reaches the disk, if the system has such a place.
fn home() -> PathBuf {
    std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(std::env::temp_dir)
}

fn remove_left(home: &Path, prefix: &str) {
    let Ok(entries) = std::fs::read_dir(home) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_opened_is_private_and_gone_at_the_end() {
        let opened = Opened::new("app.cobro.desktop.test-end");
        let (one, other) = (MessageId::new(), MessageId::new());
        let path = opened.place(one, "a.pdf").unwrap();
        assert_ne!(path, opened.place(other, "a.pdf").unwrap());
        std::fs::write(&path, "secret").unwrap();
        let folder = path.parent().unwrap().parent().unwrap().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        opened.forget();
        assert!(!folder.exists());
        // And there is a place again for what is opened later.
        assert!(opened.place(one, "a.pdf").is_ok());
        opened.forget();
    }

    #[test]
    fn what_a_crash_left_is_gone_at_the_next_start_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let left = home.path().join("app.cobro.desktop.opened.x1");
        let of_another = home.path().join("app.cobro.desktop.profile00.opened.x2");
        for folder in [&left, &of_another] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("a.pdf"), "secret").unwrap();
        }
        let _opened = Opened::in_folder(home.path(), "app.cobro.desktop");
        assert!(!left.exists());
        assert!(of_another.exists());
    }
}
