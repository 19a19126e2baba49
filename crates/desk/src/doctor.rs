//! The doctor: looks at everything a desk needs and says what to do.

use cobro_core::clock::words_of_skew;
use cobro_core::domain::StripeKey;
use cobro_core::{KnownLine, check, stripe_key};
use cobro_stripe::{StripeApi, StripeError, StripeOptions};
use cobro_whatsapp::{WhatsAppApi, WhatsAppError, WhatsAppOptions};
use serde::Serialize;
use std::time::Duration;

use crate::{DeskError, Profile, Settings, keychain};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ok,
    /// It works, but should be changed.
    Warning,
    Problem,
}

/// What was looked at, and what to do about it.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub what: &'static str,
    pub level: Level,
    pub says: String,
}

const PATIENCE: Duration = Duration::from_secs(8);

/// Looks at the profile, the database, WhatsApp and Stripe. It changes nothing.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut found = vec![secrets(settings), keychain().await];
    found.extend(database(settings).await);
    found.push(whatsapp(settings).await);
    found.extend(stripe(settings).await);
    found
}

fn ok(what: &'static str, says: impl Into<String>) -> Finding {
    Finding {
        what,
        level: Level::Ok,
        says: says.into(),
    }
}

fn warning(what: &'static str, says: impl Into<String>) -> Finding {
    Finding {
        what,
        level: Level::Warning,
        says: says.into(),
    }
}

fn problem(what: &'static str, says: impl Into<String>) -> Finding {
    Finding {
        what,
        level: Level::Problem,
        says: says.into(),
    }
}

fn secrets(settings: &Settings) -> Finding {
    if settings.plain_secrets.is_empty() {
        return ok("settings", "No secret lies in plain text in cobro.toml");
    }
    warning(
        "settings",
        format!(
            "cobro.toml holds {} in plain text. Move each with `cobro secret NAME` into the keychain, or into the environment",
            settings.plain_secrets.join(", ")
        ),
    )
}

/// Without a keychain everything must be given in the environment or in files.
async fn keychain() -> Finding {
    const WHAT: &str = "keychain";
    match tokio::task::spawn_blocking(keychain::fault).await {
        Ok(None) => ok(WHAT, "The system's keychain can be used"),
        Ok(Some(why)) => warning(
            WHAT,
            format!(
                "The system's keychain can't be used: {why}. Unlock it, or give the key in COBRO_DATABASE_KEY or database.key_file, and the other secrets in the environment"
            ),
        ),
        Err(_) => warning(WHAT, "The keychain was not reached. Run the doctor again"),
    }
}

async fn database(settings: &Settings) -> Vec<Finding> {
    let profile = match Profile::existing(&settings.profile) {
        Ok(profile) => profile,
        Err(error) => return vec![problem("profile", error.to_string())],
    };
    let mut found = vec![match profile.lock() {
        Ok(_) => ok("profile", "No desk is running on this profile"),
        Err(DeskError::ProfileInUse { pid }) => ok(
            "profile",
            format!("A desk is running on this profile (process {pid})"),
        ),
        Err(error) => problem("profile", error.to_string()),
    }];
    if matches!(
        profile.key_to_read(&settings.database),
        Err(DeskError::NoDatabase)
    ) {
        found.push(warning(
            "database",
            "There is no database yet. Start a desk once to make it",
        ));
        return found;
    }
    let database = settings.database.clone();
    let checked = tokio::task::spawn_blocking(move || {
        let key = profile.key_to_read(&database)?;
        match check(&profile.database(), &key) {
            Err(cobro_core::Error::WrongKey) if profile.key_is_checked() => {
                Err(DeskError::Damaged("database"))
            }
            other => Ok(other?),
        }
    })
    .await;
    found.push(match checked {
        Ok(Ok(faults)) if faults.is_empty() => ok("database", "The database is whole (integrity_check: ok)"),
        Ok(Ok(faults)) => problem(
            "database",
            format!(
                "{} ({} faults, the first: {})",
                DeskError::Damaged("database"),
                faults.len(),
                faults.first().map_or("", String::as_str)
            ),
        ),
        Ok(Err(error)) => problem("database", error.to_string()),
        Err(_) => problem("database", "The check stopped before its end. Run it again"),
    });
    found
}

async fn whatsapp(settings: &Settings) -> Finding {
    const WHAT: &str = "whatsapp";
    let Some(token) = &settings.whatsapp.token else {
        return warning(
            WHAT,
            "WhatsApp is not set up: connect it in the window or with `cobro connect`, or give whatsapp.token (COBRO_WHATSAPP_TOKEN)",
        );
    };
    if settings.whatsapp.lines.is_empty() {
        return ok(
            WHAT,
            "The numbers are chosen in the window; its Connection page checks them",
        );
    }
    let api = WhatsAppApi::new(WhatsAppOptions {
        base_url: settings.whatsapp.api.clone(),
        token: token.clone(),
        version: settings.whatsapp.version.clone(),
        timeout: PATIENCE,
    });
    let asked = match api {
        Ok(api) => reach(&api, &settings.whatsapp.lines).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(()) => ok(WHAT, "WhatsApp answers, and the token reaches the number"),
        Err(error) => problem(
            WHAT,
            format!(
                "{}. {}{}",
                error.title(),
                error.advice(),
                sandbox_hint(
                    matches!(error, WhatsAppError::Network { .. }),
                    &settings.whatsapp.api
                )
            ),
        ),
    }
}

async fn reach(api: &WhatsAppApi, lines: &[KnownLine]) -> Result<(), WhatsAppError> {
    for line in lines {
        api.phone_number(&line.phone_number_id).await?;
    }
    Ok(())
}

async fn stripe(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "stripe";
    let Some(key) = &settings.stripe.key else {
        return vec![warning(
            WHAT,
            "Stripe is not set up: give stripe.key (COBRO_STRIPE_KEY)",
        )];
    };
    let api = StripeApi::new(StripeOptions {
        base_url: settings.stripe.api.clone(),
        key: key.clone(),
        timeout: PATIENCE,
        on_read: None,
    });
    let api = match api {
        Ok(api) => api,
        Err(error) => return vec![problem(WHAT, error.to_string())],
    };
    let mut found = match stripe_key::try_key(&api).await {
        Ok(key) => vec![ok(WHAT, "Stripe answers"), permissions(&key)],
        Err(error) => vec![problem(WHAT, stripe_says(&error, &settings.stripe.api))],
    };
    match api.clock_skew().map(words_of_skew) {
        Some(Some(words)) => found.push(problem("clock", format!("{}. {}", words.title, words.advice))),
        Some(None) => found.push(ok("clock", "The clock agrees with Stripe's")),
        None => {}
    }
    found
}

fn permissions(key: &StripeKey) -> Finding {
    const WHAT: &str = "stripe key";
    match stripe_key::words_of(key) {
        Some(words) => problem(WHAT, format!("{}. {}", words.title, words.advice)),
        None if key.may_do_everything => warning(
            WHAT,
            format!(
                "{} is a secret key, which may do everything with the account. Make a restricted key with what Cobro needs instead (docs/settings.md)",
                key.hint
            ),
        ),
        None => ok(WHAT, "The key has every permission that Cobro needs"),
    }
}

fn stripe_says(error: &StripeError, api: &str) -> String {
    let is_silent = matches!(error, StripeError::Network { .. });
    format!(
        "{}. {}{}",
        error.title(),
        error.advice(),
        sandbox_hint(is_silent, api)
    )
}

/// A sandbox on this machine that does not answer is usually one that is not running.
fn sandbox_hint(is_silent: bool, api: &str) -> &'static str {
    let is_here = api.starts_with("http://127.0.0.1") || api.starts_with("http://localhost");
    if is_silent && is_here {
        ". The address is on this machine: is cobro-sandbox running?"
    } else {
        ""
    }
}
