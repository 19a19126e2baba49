//! `cobro`: a desk without a window, and what a person asks of one from a terminal.

mod agent;
mod catalog;
mod charge;
mod connect;
mod conversations;
mod doctor;
mod eval;
mod export;
mod reach;
mod reconcile;
mod reparse;
mod secret;
mod subscriptions;
mod suggest;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cobro_desk::core::domain::SubscriptionStatus;
use cobro_desk::{DeskError, Settings};

/// Sell over WhatsApp, get paid with Stripe: Cobro without its window.
#[derive(Parser)]
#[command(name = "cobro", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a desk without a window, with the relay inside, until SIGTERM
    Agent(Profile),
    /// List conversations, newest first
    Conversations {
        #[command(flatten)]
        profile: Profile,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// Only names or phone numbers with these words
        #[arg(long, default_value = "")]
        search: String,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Create a payment link and send it in a conversation
    Charge(charge::Arguments),
    /// Who pays again and again, newest first: status, payments, what comes next (docs/subscriptions.md)
    Subscriptions {
        #[command(flatten)]
        profile: Profile,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// Only those that are trialing, active, past_due, paused, cancelled or finished
        #[arg(long, value_parser = subscriptions::status)]
        status: Option<SubscriptionStatus>,
    },
    /// What the shop sells: list it, import a table, export one (docs/catalog.md)
    Catalog(catalog::Arguments),
    /// Set up WhatsApp: credentials, numbers, webhook
    Connect(connect::Arguments),
    /// Write everything that is kept, one JSON object a line (docs/export.md)
    Export {
        #[command(flatten)]
        profile: Profile,
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
        /// Where to; standard output if left out
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Read everything that was kept again, with what this version has learned
    Reparse(Profile),
    /// Look at everything a desk needs and say what to do
    Doctor {
        #[command(flatten)]
        profile: Profile,
        #[arg(long)]
        json: bool,
    },
    /// Read Stripe's account for a range and give everything in it its place
    Reconcile(reconcile::Arguments),
    /// Propose a charge, a recap or a reply for a conversation (docs/suggest.md)
    Suggest(suggest::Arguments),
    /// Measure the proposals on dialogues with known answers
    Eval(eval::Arguments),
    /// Keep a secret in the system's keychain, read from standard input
    Secret {
        #[command(flatten)]
        profile: Profile,
        /// Such as whatsapp.token or stripe.key
        #[arg(value_parser = secret::NAMES)]
        name: String,
    },
}

#[derive(clap::Args, Clone)]
struct Profile {
    /// The profile folder
    #[arg(long, value_name = "DIR", env = "COBRO_PROFILE")]
    profile: PathBuf,
}

impl Profile {
    async fn settings(&self) -> Result<Settings, DeskError> {
        let folder = self.profile.clone();
        tokio::task::spawn_blocking(move || Settings::load(&folder))
            .await
            .map_err(anyhow::Error::new)?
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Jsonl,
}

#[tokio::main]
async fn main() -> ExitCode {
    // A second provider can't be there: this is the first thing that runs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COBRO_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .init();
    let command = Cli::parse().command;
    // A list that is cut off by `head` ends quietly. What runs on, or charges, is not ended by its reader.
    if !matches!(command, Command::Agent(_) | Command::Charge(_)) {
        sigpipe::reset();
    }
    match run(command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cobro: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, DeskError> {
    match command {
        Command::Agent(profile) => agent::run(profile.settings().await?).await,
        Command::Conversations {
            profile,
            json,
            search,
            limit,
        } => conversations::run(profile.settings().await?, json, search, limit).await,
        Command::Charge(arguments) => charge::run(arguments).await,
        Command::Subscriptions {
            profile,
            json,
            status,
        } => subscriptions::run(profile.settings().await?, json, status).await,
        Command::Catalog(arguments) => catalog::run(arguments).await,
        Command::Connect(arguments) => connect::run(arguments).await,
        Command::Export {
            profile,
            format: Format::Jsonl,
            out,
        } => export::run(profile.settings().await?, out).await,
        Command::Reparse(profile) => reparse::run(profile.settings().await?).await,
        Command::Doctor { profile, json } => doctor::run(profile.settings().await?, json).await,
        Command::Reconcile(arguments) => reconcile::run(arguments).await,
        Command::Suggest(arguments) => suggest::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Eval(arguments) => eval::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Secret { profile, name } => secret::run(&profile.profile, &name),
    }
}
