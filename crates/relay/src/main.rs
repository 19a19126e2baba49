//! `cobro-relay`: the relay on its own, for a server.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use cobro_relay::{JournalKey, Relay, RelayOptions};
use secrecy::SecretString;

/// Takes the webhooks of WhatsApp and Stripe, keeps them, and streams them to desks.
///
/// It speaks plain HTTP: a proxy or tunnel before it does TLS. Secrets are best
/// given by environment, where other users of the machine can't see them.
#[derive(Parser)]
#[command(name = "cobro-relay", version)]
struct Flags {
    /// The address to listen on; port 0 takes any free one.
    #[arg(long, env = "COBRO_RELAY_LISTEN", default_value = "127.0.0.1:7100")]
    listen: SocketAddr,
    /// The journal's file; it is made if it is not there.
    #[arg(long, env = "COBRO_RELAY_JOURNAL", default_value = "journal.db")]
    journal: PathBuf,
    /// The key that encrypts the journal: 64 hexadecimal digits.
    #[arg(long, env = "COBRO_RELAY_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The Meta app's secret; several, separated by commas, while it is changed.
    #[arg(
        long,
        env = "COBRO_WHATSAPP_APP_SECRET",
        hide_env_values = true,
        value_delimiter = ','
    )]
    whatsapp_app_secret: Vec<String>,
    /// The token that Meta shows when it verifies the address.
    #[arg(
        long,
        env = "COBRO_WHATSAPP_VERIFY_TOKEN",
        hide_env_values = true,
        default_value = ""
    )]
    whatsapp_verify_token: String,
    /// The secret of Stripe's webhook endpoint; several, separated by commas, while it is changed.
    #[arg(
        long,
        env = "COBRO_STRIPE_WEBHOOK_SECRET",
        hide_env_values = true,
        value_delimiter = ','
    )]
    stripe_webhook_secret: Vec<String>,
    /// The token that desks show to read the stream.
    #[arg(long, env = "COBRO_RELAY_STREAM_TOKEN", hide_env_values = true)]
    stream_token: String,
    /// How many days entries are kept once every desk has them; 0 keeps them for ever.
    #[arg(long, env = "COBRO_RELAY_KEEP_DAYS", default_value_t = 30)]
    keep_days: u32,
}

impl Flags {
    fn into_options(self) -> anyhow::Result<RelayOptions> {
        Ok(RelayOptions {
            listen: self.listen,
            journal_path: self.journal,
            journal_key: self
                .key
                .filter(|key| !key.is_empty())
                .map(|key| JournalKey::from_hex(&key))
                .transpose()?,
            whatsapp_secrets: secrets(self.whatsapp_app_secret),
            verify_token: SecretString::from(self.whatsapp_verify_token),
            stripe_secrets: secrets(self.stripe_webhook_secret),
            stream_token: SecretString::from(self.stream_token),
            keep: Duration::from_hours(u64::from(self.keep_days) * 24),
        })
    }
}

/// A variable that is set to nothing means that there is no secret.
fn secrets(given: Vec<String>) -> Vec<SecretString> {
    if given.iter().all(|secret| secret.trim().is_empty()) {
        return Vec::new();
    }
    given
        .iter()
        .map(|secret| SecretString::from(secret.trim()))
        .collect()
}

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let options = Flags::parse().into_options()?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("The relay could not start its threads")?
        .block_on(run(options))
}

async fn run(options: RelayOptions) -> anyhow::Result<()> {
    let stop = stop_signal().context("Signals cannot be listened to")?;
    let relay = Relay::start(options).await?;
    say_ready(&relay).context("The ready line could not be written")?;
    stop.await;
    tracing::info!("Closing");
    relay.shutdown().await;
    Ok(())
}

fn say_ready(relay: &Relay) -> std::io::Result<()> {
    let ready = serde_json::json!({ "ready": true, "relay": relay.url(), "stream": relay.stream_url() });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{ready}")?;
    out.flush()
}

/// Returns what is done when the system or a person asks the relay to end.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape as on Unix, where it can fail"
)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
