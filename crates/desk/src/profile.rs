//! The profile folder: one desk at a time, and its key.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use cobro_core::{DatabaseKey, KeyError, SALT};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::settings::{DatabaseSettings, Settings};
use crate::{DeskError, keychain};

/// What a running desk tells other programs of the same person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunningDesk {
    pub pid: u32,
    /// Where it takes commands, on loopback.
    pub control: String,
}

/// A profile folder.
#[derive(Debug, Clone)]
pub struct Profile(PathBuf);

/// Holds the profile for one desk, until it is dropped or the process ends.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

impl Profile {
    /// Returns the profile at `folder`, making the folder if there is none.
    pub fn at(folder: &Path) -> Result<Self, DeskError> {
        let refused = |why| DeskError::Folder {
            folder: folder.to_owned(),
            why,
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        private(folder).map_err(refused)?;
        Ok(Self(folder.to_owned()))
    }

    /// Returns the profile at `folder` if there is one.
    pub fn existing(folder: &Path) -> Result<Self, DeskError> {
        std::fs::metadata(folder).map_err(|why| DeskError::Folder {
            folder: folder.to_owned(),
            why,
        })?;
        Ok(Self(folder.to_owned()))
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("cobro.db")
    }

    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.db")
    }

    /// Takes the profile for this desk alone.
    pub fn lock(&self) -> Result<ProfileLock, DeskError> {
        let path = self.0.join("desk.lock");
        let refused = |why| DeskError::Folder {
            folder: self.0.clone(),
            why,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                return Err(DeskError::ProfileInUse {
                    pid: pid.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(why)) => return Err(refused(why)),
        }
        // Only for the message above; the lock itself is the system's.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()));
        Ok(ProfileLock { _file: file })
    }

    /// Says where this desk takes commands.
    pub fn announce(&self, desk: &RunningDesk) -> Result<(), DeskError> {
        let text = serde_json::to_string(desk).map_err(anyhow::Error::new)?;
        std::fs::write(self.0.join("desk.json"), text).map_err(|why| DeskError::Folder {
            folder: self.0.clone(),
            why,
        })
    }

    /// Takes that back when the desk ends.
    pub fn unannounce(&self) {
        let _ = std::fs::remove_file(self.0.join("desk.json"));
    }

    /// Returns the desk that runs on this profile, if one says so.
    pub fn running(&self) -> Option<RunningDesk> {
        let text = std::fs::read_to_string(self.0.join("desk.json")).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Returns the profile's key: given, from a file, or from the keychain.
    ///
    /// A new profile gets a new key in the keychain. Where there is none, a
    /// person must give one: nothing is ever kept unencrypted.
    pub fn key(&self, settings: &DatabaseSettings) -> Result<DatabaseKey, DeskError> {
        let key = match given(settings)? {
            Some(secret) => self.key_of(&secret)?,
            None => self.key_from_keychain()?,
        };
        self.check_key(&key)?;
        Ok(key)
    }

    /// Returns the key of a profile that a desk has already made a database in.
    pub fn key_to_read(&self, settings: &DatabaseSettings) -> Result<DatabaseKey, DeskError> {
        // The header comes with the first page; before it there is nothing to read, nor a salt.
        let made = std::fs::metadata(self.database()).is_ok_and(|file| file.len() > 0);
        if made {
            self.key(settings)
        } else {
            Err(DeskError::NoDatabase)
        }
    }

    fn key_of(&self, secret: &SecretString) -> Result<DatabaseKey, DeskError> {
        DatabaseKey::from_secret(secret, &self.database(), self.salt()?).map_err(refused_key)
    }

    /// Returns the salt for a passphrase. It is on the disk before anything is
    /// encrypted with it, so a crash can't leave a journal that nothing opens.
    fn salt(&self) -> Result<[u8; SALT], DeskError> {
        let path = self.0.join("key.salt");
        if let Ok(text) = std::fs::read_to_string(&path) {
            let mut salt = [0; SALT];
            return hex::decode_to_slice(text.trim(), &mut salt).map(|()| salt).map_err(|_| {
                DeskError::Setting(
                    "key.salt in the profile folder is damaged. Delete it if there is a database: that has its own copy".into(),
                )
            });
        }
        let salt: [u8; SALT] = rand::random();
        self.write_whole(&path, &hex::encode(salt))?;
        Ok(salt)
    }

    /// Writes a small file so that a crash leaves all of it or none.
    pub(crate) fn write_whole(&self, path: &Path, text: &str) -> Result<(), DeskError> {
        let refused = |why| DeskError::Folder {
            folder: self.0.clone(),
            why,
        };
        let draft = path.with_extension("new");
        let mut file = File::create(&draft).map_err(refused)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(refused)?;
        std::fs::rename(&draft, path).map_err(refused)
    }

    fn key_from_keychain(&self) -> Result<DatabaseKey, DeskError> {
        if let Some(secret) = keychain::database_key(&self.0).map_err(DeskError::Keychain)? {
            return self.key_of(&secret);
        }
        if self.database().exists() {
            return Err(DeskError::KeyMissing);
        }
        let key = DatabaseKey::random();
        keychain::keep_database_key(&self.0, &key.to_hex()).map_err(DeskError::Keychain)?;
        Ok(key)
    }

    /// Tells a wrong key from a damaged file, which SQLCipher can't: a mark that
    /// only the right key gives stands beside the database.
    fn check_key(&self, key: &DatabaseKey) -> Result<(), DeskError> {
        let path = self.0.join("key.check");
        let mark = hex::encode(
            key.derive("key check")
                .first_chunk::<8>()
                .copied()
                .unwrap_or_default(),
        );
        match std::fs::read_to_string(&path) {
            Ok(known) if known.trim() == mark => Ok(()),
            Ok(known) if !known.trim().is_empty() => Err(DeskError::WrongKey),
            // Nothing to compare with beside a database: opening it will tell.
            _ if self.database().exists() => Ok(()),
            _ => self.write_whole(&path, &mark),
        }
    }

    /// Returns whether the disk has no room left for even a small file.
    pub(crate) fn is_full(&self) -> bool {
        let path = self.0.join("room.new");
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(&vec![0; 64 * 1024])?;
            file.sync_all()
        });
        let _ = std::fs::remove_file(&path);
        written.is_err_and(|error| error.kind() == std::io::ErrorKind::StorageFull)
    }

    /// Returns whether the right key is known to be right.
    pub(crate) fn key_is_checked(&self) -> bool {
        self.0.join("key.check").exists()
    }
}

impl Settings {
    /// Returns the profile that these settings are of, for reading beside a desk.
    pub fn existing_profile(&self) -> Result<Profile, DeskError> {
        Profile::existing(&self.profile)
    }
}

fn given(settings: &DatabaseSettings) -> Result<Option<SecretString>, DeskError> {
    if settings.key.is_some() {
        return Ok(settings.key.clone());
    }
    let Some(path) = &settings.key_file else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        DeskError::Setting(format!(
            "database.key_file {} can't be read: {error}",
            path.display()
        ))
    })?;
    Ok(Some(text.trim().into()))
}

fn refused_key(error: KeyError) -> DeskError {
    DeskError::Setting(error.to_string())
}

#[cfg(unix)]
fn private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(folder)?.permissions();
    if permissions.mode().trailing_zeros() >= 6 {
        return Ok(());
    }
    permissions.set_mode(0o700);
    std::fs::set_permissions(folder, permissions)
}

#[cfg(not(unix))]
fn private(_folder: &Path) -> std::io::Result<()> {
    // The user's own data folder is private on the other systems.
    Ok(())
}
