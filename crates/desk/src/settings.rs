//! Settings: `cobro.toml` in the profile folder, and `COBRO_*` variables over it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cobro_core::domain::Currency;
use cobro_core::{KnownLine, Language};
use secrecy::SecretString;
use serde::Deserialize;

use crate::DeskError;
use crate::keychain;

/// Where the keychain has the model's key.
pub const MODEL_KEY: &str = "assistant.model_key";
pub(crate) const FILE: &str = "cobro.toml";
const WHATSAPP_API: &str = "https://graph.facebook.com";
const STRIPE_API: &str = "https://api.stripe.com/";

/// Everything a desk is told, checked. docs/settings.md describes each.
#[derive(Debug)]
pub struct Settings {
    pub profile: PathBuf,
    pub relay: RelaySettings,
    pub whatsapp: WhatsAppSettings,
    pub stripe: StripeSettings,
    pub database: DatabaseSettings,
    pub shop: ShopSettings,
    /// The key of the model that gives second opinions.
    pub model_key: Option<SecretString>,
    /// Settings that hold a secret in plain text in `cobro.toml`.
    pub plain_secrets: Vec<&'static str>,
}

#[derive(Debug)]
pub struct RelaySettings {
    pub listen: SocketAddr,
    /// A relay elsewhere, instead of the one inside this desk.
    pub url: Option<String>,
    pub token: Option<SecretString>,
}

#[derive(Debug, Clone)]
pub struct WhatsAppSettings {
    pub api: String,
    pub version: String,
    pub token: Option<SecretString>,
    /// The numbers that settings name; with none a person chooses them.
    pub lines: Vec<KnownLine>,
    pub app_id: Option<String>,
    pub app_secrets: Vec<SecretString>,
    pub verify_token: Option<SecretString>,
    /// What the file or the environment gives: it wins over what a person saves.
    pub fixed: Vec<&'static str>,
}

#[derive(Debug)]
pub struct StripeSettings {
    pub api: String,
    pub key: Option<SecretString>,
    /// Whether the key stands in cobro.toml or in the environment, which win over the keychain.
    pub key_is_fixed: bool,
    pub webhook_secrets: Vec<SecretString>,
    pub poll: Option<Duration>,
}

#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    pub key: Option<SecretString>,
    pub key_file: Option<PathBuf>,
}

#[derive(Debug)]
pub struct ShopSettings {
    pub language: Language,
    pub country: String,
    pub currency: Currency,
    pub expiry_hours: u32,
    pub hold_seconds: u32,
    /// A message that waited longer asks before it goes.
    pub stale_after: Duration,
    /// A table that an empty catalog starts with.
    pub catalog: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    relay: FileRelay,
    whatsapp: FileWhatsApp,
    stripe: FileStripe,
    database: FileDatabase,
    shop: FileShop,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileRelay {
    listen: Option<String>,
    url: Option<String>,
    token: Option<SecretString>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileWhatsApp {
    api: Option<String>,
    version: Option<String>,
    token: Option<SecretString>,
    phone_number_id: Option<String>,
    waba_id: Option<String>,
    line_name: Option<String>,
    lines: Vec<FileLine>,
    app_id: Option<String>,
    app_secret: Option<SecretString>,
    verify_token: Option<SecretString>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLine {
    phone_number_id: String,
    name: Option<String>,
    waba_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileStripe {
    api: Option<String>,
    key: Option<SecretString>,
    webhook_secret: Option<SecretString>,
    poll_seconds: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileDatabase {
    key: Option<SecretString>,
    key_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileShop {
    language: Option<String>,
    country: Option<String>,
    currency: Option<String>,
    expiry_hours: Option<u32>,
    hold_seconds: Option<u32>,
    stale_seconds: Option<u64>,
    catalog: Option<PathBuf>,
}

impl Settings {
    /// Reads the profile's settings and the environment over them.
    pub fn load(profile: &Path) -> Result<Self, DeskError> {
        Self::from_sources(profile, &|name| {
            std::env::var(name).ok().filter(|value| !value.trim().is_empty())
        })
    }

    /// Reads the profile's settings, with `variable` in place of the environment.
    pub fn from_sources(
        profile: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, DeskError> {
        let file = read_file(profile)?;
        let secret = |name: &str, in_file: Option<SecretString>, in_keychain: &str| {
            variable(name)
                .map(SecretString::from)
                .or_else(|| in_file.filter(|secret| !is_empty(secret)))
                .or_else(|| keychain::secret(profile, in_keychain))
        };
        let plain_secrets = plain_secrets(&file);
        let fixed = fixed(variable, &file.whatsapp);
        let key_is_fixed = variable("COBRO_STRIPE_KEY").is_some()
            || file.stripe.key.as_ref().is_some_and(|key| !is_empty(key));
        Ok(Self {
            profile: profile.to_owned(),
            relay: RelaySettings {
                listen: address(variable("COBRO_RELAY_LISTEN").or(file.relay.listen))?,
                url: variable("COBRO_RELAY_URL").or(file.relay.url),
                token: secret("COBRO_RELAY_STREAM_TOKEN", file.relay.token, "relay.token"),
            },
            whatsapp: WhatsAppSettings {
                api: web_address(
                    "whatsapp.api (COBRO_WHATSAPP_API)",
                    variable("COBRO_WHATSAPP_API").or(file.whatsapp.api),
                    WHATSAPP_API,
                )?,
                version: variable("COBRO_WHATSAPP_VERSION")
                    .or(file.whatsapp.version)
                    .unwrap_or_else(|| "v25.0".into()),
                token: secret("COBRO_WHATSAPP_TOKEN", file.whatsapp.token, keychain::TOKEN),
                lines: lines(
                    variable,
                    file.whatsapp.phone_number_id,
                    file.whatsapp.line_name,
                    file.whatsapp.waba_id,
                    file.whatsapp.lines,
                )?,
                app_id: variable("COBRO_WHATSAPP_APP_ID")
                    .or(file.whatsapp.app_id)
                    .or_else(|| {
                        use secrecy::ExposeSecret;
                        keychain::secret(profile, keychain::APP_ID).map(|id| id.expose_secret().to_owned())
                    }),
                app_secrets: several(
                    secret(
                        "COBRO_WHATSAPP_APP_SECRET",
                        file.whatsapp.app_secret,
                        keychain::APP_SECRET,
                    )
                    .as_ref(),
                ),
                verify_token: secret(
                    "COBRO_WHATSAPP_VERIFY_TOKEN",
                    file.whatsapp.verify_token,
                    "whatsapp.verify_token",
                ),
                fixed,
            },
            stripe: StripeSettings {
                api: web_address(
                    "stripe.api (COBRO_STRIPE_API)",
                    variable("COBRO_STRIPE_API").or(file.stripe.api),
                    STRIPE_API,
                )?,
                key: secret("COBRO_STRIPE_KEY", file.stripe.key, keychain::STRIPE_KEY),
                key_is_fixed,
                webhook_secrets: several(
                    secret(
                        "COBRO_STRIPE_WEBHOOK_SECRET",
                        file.stripe.webhook_secret,
                        "stripe.webhook_secret",
                    )
                    .as_ref(),
                ),
                poll: poll(variable("COBRO_STRIPE_POLL_SECONDS"), file.stripe.poll_seconds)?,
            },
            database: DatabaseSettings {
                key: variable("COBRO_DATABASE_KEY")
                    .map(SecretString::from)
                    .or(file.database.key.filter(|key| !is_empty(key))),
                key_file: variable("COBRO_DATABASE_KEY_FILE")
                    .map(PathBuf::from)
                    .or(file.database.key_file),
            },
            shop: shop(variable, file.shop)?,
            model_key: secret("COBRO_MODEL_KEY", None, MODEL_KEY),
            plain_secrets,
        })
    }
}

fn read_file(profile: &Path) -> Result<File, DeskError> {
    let path = profile.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(why) => return Err(DeskError::Folder { folder: path, why }),
    };
    // The parser's message names the key and the line; it never quotes another line's value.
    toml::from_str(&text).map_err(|error| DeskError::Settings {
        file: path,
        what: format!("{}. docs/settings.md lists every setting", error.message()),
    })
}

fn plain_secrets(file: &File) -> Vec<&'static str> {
    [
        ("relay.token", file.relay.token.is_some()),
        ("whatsapp.token", file.whatsapp.token.is_some()),
        ("whatsapp.app_secret", file.whatsapp.app_secret.is_some()),
        ("stripe.key", file.stripe.key.is_some()),
        ("stripe.webhook_secret", file.stripe.webhook_secret.is_some()),
        ("database.key", file.database.key.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

fn shop(variable: &dyn Fn(&str) -> Option<String>, file: FileShop) -> Result<ShopSettings, DeskError> {
    let language = variable("COBRO_LANGUAGE").or(file.language);
    let country = variable("COBRO_COUNTRY")
        .or(file.country)
        .unwrap_or_else(|| "MX".into())
        .to_ascii_uppercase();
    let currency = variable("COBRO_CURRENCY")
        .or(file.currency)
        .unwrap_or_else(|| "MXN".into());
    Ok(ShopSettings {
        language: match language {
            Some(tag) => Language::from_tag(&tag).ok_or_else(|| {
                DeskError::Setting(format!("shop.language is {tag:?}; it must be es, pt or en"))
            })?,
            None => Language::default(),
        },
        country,
        currency: Currency::from_code(&currency)
            .map_err(|error| DeskError::Setting(format!("shop.currency: {error}")))?,
        expiry_hours: file.expiry_hours.unwrap_or(48),
        hold_seconds: hold(variable("COBRO_HOLD_SECONDS"), file.hold_seconds)?,
        stale_after: stale(variable("COBRO_STALE_SECONDS"), file.stale_seconds)?,
        catalog: variable("COBRO_CATALOG").map(PathBuf::from).or(file.catalog),
    })
}

fn hold(variable: Option<String>, file: Option<u32>) -> Result<u32, DeskError> {
    match variable {
        Some(text) => text.parse().map_err(|_| {
            DeskError::Setting(format!(
                "COBRO_HOLD_SECONDS is {text:?}; it must be a whole number"
            ))
        }),
        None => Ok(file.unwrap_or(3)),
    }
}

fn stale(variable: Option<String>, file: Option<u64>) -> Result<Duration, DeskError> {
    let seconds = match variable {
        Some(text) => text.parse().map_err(|_| {
            DeskError::Setting(format!(
                "COBRO_STALE_SECONDS is {text:?}; it must be a whole number of seconds"
            ))
        })?,
        None => file.unwrap_or(30 * 60),
    };
    Ok(Duration::from_secs(seconds))
}

/// Returns the numbers by the list and by the single keys, the latter first.
fn lines(
    variable: &dyn Fn(&str) -> Option<String>,
    phone_number_id: Option<String>,
    name: Option<String>,
    waba_id: Option<String>,
    listed: Vec<FileLine>,
) -> Result<Vec<KnownLine>, DeskError> {
    let account = variable("COBRO_WHATSAPP_WABA_ID").or(waba_id);
    let single = variable("COBRO_WHATSAPP_PHONE_NUMBER_ID").or(phone_number_id);
    let single = single.map(|phone_number_id| FileLine {
        phone_number_id,
        name,
        waba_id: None,
    });
    let mut lines: Vec<KnownLine> = Vec::new();
    for line in single.into_iter().chain(listed) {
        let id = line.phone_number_id.trim();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(DeskError::Setting(format!(
                "whatsapp.lines: phone_number_id is {id:?}; it must be the number's id from the app's API setup, which is not the number itself"
            )));
        }
        if lines.iter().any(|known| known.phone_number_id == id) {
            return Err(DeskError::Setting(format!(
                "whatsapp.lines names the number {id} twice. Take one out"
            )));
        }
        lines.push(KnownLine {
            phone_number_id: id.to_owned(),
            name: line.name.unwrap_or_else(|| "WhatsApp".into()),
            waba_id: line.waba_id.or_else(|| account.clone()),
        });
    }
    Ok(lines)
}

/// Returns which of WhatsApp's credentials the file or the environment gives.
fn fixed(variable: &dyn Fn(&str) -> Option<String>, file: &FileWhatsApp) -> Vec<&'static str> {
    let given = |secret: &Option<SecretString>| secret.as_ref().is_some_and(|secret| !is_empty(secret));
    [
        (
            keychain::TOKEN,
            variable("COBRO_WHATSAPP_TOKEN").is_some() || given(&file.token),
        ),
        (
            keychain::APP_SECRET,
            variable("COBRO_WHATSAPP_APP_SECRET").is_some() || given(&file.app_secret),
        ),
        (
            keychain::APP_ID,
            variable("COBRO_WHATSAPP_APP_ID").is_some() || file.app_id.is_some(),
        ),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

fn poll(variable: Option<String>, file: Option<u64>) -> Result<Option<Duration>, DeskError> {
    let seconds = match variable {
        Some(text) => Some(text.parse().map_err(|_| {
            DeskError::Setting(format!(
                "COBRO_STRIPE_POLL_SECONDS is {text:?}; it must be a whole number of seconds"
            ))
        })?),
        None => file,
    };
    Ok(seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs))
}

fn address(text: Option<String>) -> Result<SocketAddr, DeskError> {
    let text = text.unwrap_or_else(|| "127.0.0.1:7100".into());
    text.parse().map_err(|_| {
        DeskError::Setting(format!("relay.listen (COBRO_RELAY_LISTEN) is {text:?}; it must be an address and a port, such as 127.0.0.1:7100"))
    })
}

fn web_address(name: &str, text: Option<String>, usual: &str) -> Result<String, DeskError> {
    let text = text.unwrap_or_else(|| usual.to_owned());
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(text);
    }
    Err(DeskError::Setting(format!(
        "{name} is {text:?}; it must start with https:// (or http:// for a sandbox)"
    )))
}

/// Several secrets may stand in one setting, separated by commas, while one is replaced by another.
fn several(secret: Option<&SecretString>) -> Vec<SecretString> {
    use secrecy::ExposeSecret;
    secret
        .into_iter()
        .flat_map(|secret| secret.expose_secret().split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(SecretString::from)
        .collect()
}

fn is_empty(secret: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    secret.expose_secret().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Settings, DeskError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), toml).unwrap();
        Settings::from_sources(folder.path(), &|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let settings = load(
            "[relay]\nlisten = '127.0.0.1:1'",
            &[("COBRO_RELAY_LISTEN", "127.0.0.1:2")],
        )
        .unwrap();
        assert_eq!(settings.relay.listen.port(), 2);
    }

    #[test]
    fn a_mistyped_setting_is_named() {
        let error = load("[relay]\nlisen = 'x'", &[]).unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
        let error = load("[relay]\nlisten = 'x'", &[]).unwrap_err().to_string();
        assert!(
            error.contains("relay.listen") && error.contains("127.0.0.1:7100"),
            "{error}"
        );
    }

    #[test]
    fn several_numbers_stand_beside_the_single_one() {
        let settings = load(
            "[whatsapp]\nphone_number_id = '1'\nline_name = 'Tienda'\nwaba_id = '9'\n\
             [[whatsapp.lines]]\nphone_number_id = '2'\nname = 'Taller'\nwaba_id = '8'\n\
             [[whatsapp.lines]]\nphone_number_id = '3'",
            &[],
        )
        .unwrap();
        let lines: Vec<_> = settings
            .whatsapp
            .lines
            .iter()
            .map(|line| {
                (
                    line.phone_number_id.as_str(),
                    line.name.as_str(),
                    line.waba_id.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("1", "Tienda", Some("9")),
                ("2", "Taller", Some("8")),
                ("3", "WhatsApp", Some("9"))
            ]
        );
    }

    #[test]
    fn a_number_named_twice_or_by_its_digits_is_refused_with_words() {
        let twice = load(
            "[whatsapp]\nphone_number_id = '1'\n[[whatsapp.lines]]\nphone_number_id = '1'",
            &[],
        );
        assert!(twice.unwrap_err().to_string().contains("twice"));
        let digits = load("[[whatsapp.lines]]\nphone_number_id = '+52 55'", &[]);
        assert!(digits.unwrap_err().to_string().contains("not the number itself"));
    }

    #[test]
    fn it_is_known_which_credentials_are_fixed() {
        let settings = load(
            "[whatsapp]\napp_secret = 'x'",
            &[("COBRO_WHATSAPP_TOKEN", "y"), ("COBRO_STALE_SECONDS", "5")],
        )
        .unwrap();
        assert_eq!(settings.whatsapp.fixed, ["whatsapp.token", "whatsapp.app_secret"]);
        assert_eq!(settings.shop.stale_after, Duration::from_secs(5));
    }

    #[test]
    fn secrets_rotate_and_plain_ones_are_known() {
        let settings = load("[whatsapp]\napp_secret = 'new, old'", &[]).unwrap();
        assert_eq!(settings.whatsapp.app_secrets.len(), 2);
        assert_eq!(settings.plain_secrets, ["whatsapp.app_secret"]);
    }
}
