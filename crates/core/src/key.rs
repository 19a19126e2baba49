//! The database key: 32 raw bytes, from hex or from a passphrase.

use std::io::Read as _;
use std::num::NonZeroU32;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use ring::pbkdf2;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;

/// SQLCipher's own derivation, so that its command line opens the file too.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(256_000).unwrap();
/// How long SQLCipher's salt is.
pub const SALT: usize = 16;

/// The key of a profile's databases.
#[derive(Debug)]
pub struct DatabaseKey {
    raw: SecretBox<[u8; 32]>,
    salt: Option<[u8; SALT]>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("The database key is empty. Give 64 hexadecimal digits or a passphrase")]
    Empty,
    #[error("The database's header could not be read: {0}")]
    Io(#[from] std::io::Error),
}

impl DatabaseKey {
    pub fn from_raw(raw: [u8; 32]) -> Self {
        Self {
            raw: SecretBox::new(Box::new(raw)),
            salt: None,
        }
    }

    /// Returns a new key from the system's randomness.
    pub fn random() -> Self {
        Self::from_raw(rand::random())
    }

    /// Returns the key that `secret` means for the database at `path`.
    ///
    /// 64 hexadecimal digits are the key itself. Anything else is a passphrase:
    /// it is derived once here, not at every connection, with the salt that the
    /// file's first bytes hold, or `new_salt` for a new file.
    pub fn from_secret(secret: &SecretString, path: &Path, new_salt: [u8; SALT]) -> Result<Self, KeyError> {
        let text = secret.expose_secret().trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let mut raw = [0; 32];
        if hex::decode_to_slice(text, &mut raw).is_ok() {
            return Ok(Self::from_raw(raw));
        }
        let salt = salt_of(path)?.unwrap_or(new_salt);
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA512,
            ITERATIONS,
            &salt,
            text.as_bytes(),
            &mut raw,
        );
        Ok(Self {
            raw: SecretBox::new(Box::new(raw)),
            salt: Some(salt),
        })
    }

    /// Returns a key for another purpose that does not reveal this one.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.raw.expose_secret()).expect("HMAC takes any key");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Returns the key as hexadecimal digits, to be kept in a keychain.
    pub fn to_hex(&self) -> SecretString {
        hex::encode(self.raw.expose_secret()).into()
    }

    /// Returns the statement that unlocks a connection.
    pub(crate) fn pragma(&self) -> SecretString {
        let salt = self.salt.map(hex::encode).unwrap_or_default();
        format!(
            "PRAGMA key = \"x'{}{salt}'\"",
            hex::encode(self.raw.expose_secret())
        )
        .into()
    }
}

/// SQLCipher keeps the salt in a file's first 16 bytes.
fn salt_of(path: &Path) -> Result<Option<[u8; SALT]>, std::io::Error> {
    let mut salt = [0; SALT];
    match std::fs::File::open(path) {
        Ok(mut file) => match file.read_exact(&mut salt) {
            Ok(()) => Ok(Some(salt)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
