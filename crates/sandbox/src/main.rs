//! `cobro-sandbox`: plays WhatsApp, its customers and Stripe until it is told to end.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use cobro_sandbox::{Sandbox, SandboxOptions, Script};
use tracing_subscriber::EnvFilter;

/// Plays WhatsApp with simulated customers, and Stripe with a pay page. Keeps its state only while it runs.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Where the Graph API listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7101")]
    whatsapp: String,
    /// Where Stripe's API and the pay page listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7102")]
    stripe: String,
    /// The relay's base URL; it can be set later by PUT /sandbox/webhooks
    #[arg(long, value_name = "URL")]
    webhooks: Option<String>,
    /// Where customers reach the pay page, if not at the address it listens on
    #[arg(long, value_name = "URL")]
    public_stripe_url: Option<String>,
    /// Who writes: nobody, the customers of a pastry shop, or the cast in a file
    #[arg(long, value_name = "none|shop|FILE", default_value = "none")]
    script: String,
    /// Repeats the script's choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The bearer token that the Graph API takes
    #[arg(long, value_name = "TOKEN")]
    whatsapp_token: Option<String>,
    /// Signs WhatsApp's webhooks
    #[arg(long, value_name = "SECRET")]
    app_secret: Option<String>,
    /// Sent when the webhook address is verified
    #[arg(long, value_name = "TOKEN")]
    verify_token: Option<String>,
    #[arg(long, value_name = "ID")]
    phone_number_id: Option<String>,
    #[arg(long, value_name = "ID")]
    waba_id: Option<String>,
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// The two-step verification PIN of the shop's numbers
    #[arg(long, value_name = "DIGITS")]
    pin: Option<String>,
    /// How many numbers the shop has
    #[arg(long, value_name = "N", default_value_t = 1)]
    lines: usize,
    /// The numbers are not used in the WhatsApp Business app: no history, no echoes
    #[arg(long)]
    no_phone: bool,
    /// Refuses messages that come too fast: 80 a second, and to one customer 45, then one every 6 seconds
    #[arg(long)]
    rate_limits: bool,
    /// How long Meta reviews a new template
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    review_seconds: u64,
    /// Stripe's secret key
    #[arg(long, value_name = "sk_test_…")]
    stripe_key: Option<String>,
    /// Stripe's restricted key
    #[arg(long, value_name = "rk_test_…")]
    stripe_restricted_key: Option<String>,
    /// Signs Stripe's webhooks
    #[arg(long, value_name = "whsec_…")]
    stripe_webhook_secret: Option<String>,
}

impl Flags {
    fn options(self) -> anyhow::Result<SandboxOptions> {
        let mut options = SandboxOptions {
            whatsapp_listen: self.whatsapp,
            stripe_listen: self.stripe,
            webhooks: self.webhooks,
            public_stripe_url: self.public_stripe_url,
            script: Script::named(&self.script)?,
            seed: self.seed,
            ..SandboxOptions::default()
        };
        options.whatsapp.lines = self.lines;
        options.whatsapp.on_phone = !self.no_phone;
        options.whatsapp.rate_limits = self.rate_limits;
        options.whatsapp.review_takes = Duration::from_secs(self.review_seconds);
        for (given, place) in [
            (self.whatsapp_token, &mut options.whatsapp.token),
            (self.app_secret, &mut options.whatsapp.app_secret),
            (self.verify_token, &mut options.whatsapp.verify_token),
            (self.phone_number_id, &mut options.whatsapp.phone_number_id),
            (self.waba_id, &mut options.whatsapp.waba_id),
            (self.app_id, &mut options.whatsapp.app_id),
            (self.pin, &mut options.whatsapp.pin),
            (self.stripe_key, &mut options.stripe.secret_key),
            (self.stripe_restricted_key, &mut options.stripe.restricted_key),
            (self.stripe_webhook_secret, &mut options.stripe.webhook_secret),
        ] {
            if let Some(given) = given {
                *place = given;
            }
        }
        Ok(options)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let sandbox = Sandbox::start(Flags::parse().options()?).await?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", sandbox.ready()).context("Failed to say that the sandbox is ready")?;
    stdout
        .flush()
        .context("Failed to say that the sandbox is ready")?;
    drop(stdout);
    told_to_end().await?;
    sandbox.shutdown().await;
    Ok(())
}

#[cfg(unix)]
async fn told_to_end() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("Failed to listen for SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        ended = tokio::signal::ctrl_c() => ended.context("Failed to listen for Ctrl+C"),
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> anyhow::Result<()> {
    tokio::signal::ctrl_c()
        .await
        .context("Failed to listen for Ctrl+C")
}
