//! `cobro secret`: a secret into the keychain, never as an argument that others can see.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use cobro_desk::{DeskError, keep_secret};

pub(crate) const NAMES: [&str; 8] = [
    "whatsapp.token",
    "whatsapp.app_secret",
    "whatsapp.app_id",
    "whatsapp.verify_token",
    "stripe.key",
    "stripe.webhook_secret",
    "relay.token",
    "ngrok.authtoken",
];

pub(crate) fn run(profile: &Path, name: &str) -> Result<ExitCode, DeskError> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(anyhow::Error::new)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(DeskError::Setting(format!(
            "The secret is empty. Pipe it in: `cobro secret {name} --profile DIR < file`"
        )));
    }
    keep_secret(profile, name, &text.into()).map_err(DeskError::Keychain)?;
    println!("{name} is kept in the keychain");
    Ok(ExitCode::SUCCESS)
}
