//! The system's keychain: the database key, and secrets that settings leave out.

use std::path::Path;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

const SERVICE: &str = "Cobro";

/// What stands in the keychain for WhatsApp, by the names of the settings.
pub(crate) const TOKEN: &str = "whatsapp.token";
pub(crate) const APP_SECRET: &str = "whatsapp.app_secret";
pub(crate) const APP_ID: &str = "whatsapp.app_id";
/// The shop's key at Stripe.
pub(crate) const STRIPE_KEY: &str = "stripe.key";
#[cfg(feature = "ngrok")]
pub(crate) const NGROK: &str = "ngrok.authtoken";

/// A locked keychain may ask the person first; nobody answering is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a secret that was put there by `cobro secret`. Absent, or without a keychain, there is none.
pub(crate) fn secret(profile: &Path, name: &str) -> Option<SecretString> {
    let entry = entry(profile, name);
    apart(move || {
        open()?;
        entry()?.get_password().map_err(words)
    })
    .ok()
    .map(SecretString::from)
}

/// Returns why the keychain can't be used, if it can't.
pub(crate) fn fault() -> Option<String> {
    apart(open).err()
}

/// Keeps a secret for a profile.
pub fn keep(profile: &Path, name: &str, secret: &SecretString) -> Result<(), String> {
    let (entry, secret) = (entry(profile, name), secret.clone());
    apart(move || {
        open()?;
        entry()?.set_password(secret.expose_secret()).map_err(words)
    })
}

/// Returns the database key; `None` if the keychain works and has none.
pub(crate) fn database_key(profile: &Path) -> Result<Option<SecretString>, String> {
    let entry = entry(profile, "database.key");
    apart(move || {
        open()?;
        match entry()?.get_password() {
            Ok(key) => Ok(Some(key.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(words(error)),
        }
    })
}

/// Keeps a new database key, and reads it back: a keychain that forgets is none.
pub(crate) fn keep_database_key(profile: &Path, key: &SecretString) -> Result<(), String> {
    keep(profile, "database.key", key)?;
    match database_key(profile)? {
        Some(kept) if kept.expose_secret() == key.expose_secret() => Ok(()),
        _ => Err("it did not keep the key".into()),
    }
}

/// Returns what finds a profile's entry once the keychain is open.
fn entry(profile: &Path, name: &str) -> impl FnOnce() -> Result<Entry, String> + Send + 'static {
    let profile = std::path::absolute(profile).unwrap_or_else(|_| profile.to_owned());
    let user = format!("{} {name}", profile.display());
    move || Entry::new(SERVICE, &user).map_err(words)
}

/// Runs a keychain call on a thread of its own: it blocks, and it may never answer.
fn apart<T: Send + 'static>(call: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    let (answer, answered) = mpsc::channel();
    std::thread::spawn(move || answer.send(call()));
    answered
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err("it did not answer in time; it may be locked".into()))
}

fn open() -> Result<(), String> {
    static OPENED: OnceLock<Result<(), String>> = OnceLock::new();
    OPENED.get_or_init(|| open_store().map_err(words)).clone()
}

#[cfg(target_os = "linux")]
fn open_store() -> Result<(), Error> {
    // Without a session bus there is no keychain to ask.
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(target_os = "macos")]
fn open_store() -> Result<(), Error> {
    keyring_core::set_default_store(apple_native_keyring_store::keychain::Store::new()?);
    Ok(())
}

#[cfg(windows)]
fn open_store() -> Result<(), Error> {
    keyring_core::set_default_store(windows_native_keyring_store::Store::new()?);
    Ok(())
}

fn words(error: Error) -> String {
    match error {
        Error::NoStorageAccess(_) => "it is locked or refused access".into(),
        Error::NoDefaultStore => "there is none on this machine".into(),
        Error::PlatformFailure(why) => format!("it answered: {why}"),
        other => other.to_string(),
    }
}
