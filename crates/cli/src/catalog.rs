//! `cobro catalog`: what the shop sells, listed, imported, exported, and brought together with Stripe's.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use cobro_desk::{ControlRequest, DeskError, Settings};
use serde_json::Value;

use crate::Profile;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the products, archived ones too
    List {
        #[command(flatten)]
        profile: Profile,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Take a CSV table over: all of it, or nothing
    Import {
        #[command(flatten)]
        profile: Profile,
        file: PathBuf,
        /// Only say what would change
        #[arg(long)]
        look: bool,
    },
    /// Bring the catalog and Stripe's products together
    Sync {
        #[command(flatten)]
        profile: Profile,
        /// Only say what would happen
        #[arg(long)]
        look: bool,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the catalog as CSV
    Export {
        #[command(flatten)]
        profile: Profile,
        /// Where to; standard output if left out
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, DeskError> {
    match arguments.command {
        Command::List { profile, json } => list(profile.settings().await?, json).await,
        Command::Import { profile, file, look } => import(profile, file, look).await,
        Command::Sync { profile, look, json } => sync(profile.settings().await?, look, json).await,
        Command::Export { profile, out } => export(profile.settings().await?, out).await,
    }
}

async fn list(settings: Settings, json: bool) -> Result<ExitCode, DeskError> {
    let answer = crate::reach::perform(settings, ControlRequest::Catalog).await?;
    for product in rows(&answer, "products") {
        if json {
            println!("{product}");
            continue;
        }
        let stock = product.get("stock").and_then(Value::as_i64);
        println!(
            "{}  {}  {} {}{}{}",
            word(product, "id"),
            word(product, "name"),
            product.pointer("/price/minor").unwrap_or(&Value::Null),
            product
                .pointer("/price/currency")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            stock.map(|stock| format!("  stock {stock}")).unwrap_or_default(),
            if product.get("active") == Some(&Value::Bool(false)) {
                "  archived"
            } else {
                ""
            },
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn import(profile: Profile, file: PathBuf, look: bool) -> Result<ExitCode, DeskError> {
    let table = tokio::fs::read_to_string(&file).await.map_err(|error| {
        DeskError::Setting(format!(
            "{} can't be read as UTF-8 text ({error}). Save it as “CSV UTF-8” from your spreadsheet",
            file.display()
        ))
    })?;
    let first = ask_import(profile.settings().await?, &table, true).await?;
    let problems = rows(&first, "problems");
    for problem in problems {
        eprintln!(
            "cobro: line {}, {} {:?}: {}",
            problem.get("line").unwrap_or(&Value::Null),
            word(problem, "field"),
            word(problem, "value"),
            word(problem, "text"),
        );
    }
    if !problems.is_empty() {
        eprintln!("cobro: nothing was imported. Mend these lines and import the file again");
        return Ok(ExitCode::FAILURE);
    }
    let done = if look {
        first
    } else {
        ask_import(profile.settings().await?, &table, false).await?
    };
    let count = |action: &str| {
        rows(&done, "rows")
            .iter()
            .filter(|row| word(row, "action") == action)
            .count()
    };
    println!(
        "{} new, {} changed, {} as they were",
        count("new"),
        count("change"),
        count("same")
    );
    Ok(ExitCode::SUCCESS)
}

async fn ask_import(settings: Settings, table: &str, look: bool) -> Result<Value, DeskError> {
    let request = ControlRequest::ImportCatalog {
        table: table.to_owned(),
        look,
    };
    crate::reach::perform(settings, request).await
}

/// The exit code is 1 if both sides changed a product: a person has to decide.
async fn sync(settings: Settings, look: bool, json: bool) -> Result<ExitCode, DeskError> {
    let report = crate::reach::perform(settings, ControlRequest::SyncCatalog { look }).await?;
    let count = |field: &str| report.get(field).and_then(Value::as_u64).unwrap_or(0);
    if json {
        println!("{report}");
    } else {
        println!(
            "{} new here, {} changed here, {} new at Stripe, {} changed at Stripe, {} as they were",
            count("imported"),
            count("taken"),
            count("created"),
            count("sent"),
            count("same")
        );
        for product in rows(&report, "skipped") {
            println!("left out: {}: {}", word(product, "name"), word(product, "why"));
        }
    }
    if count("conflicts") == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "cobro: {} products were changed on both sides. Decide each in the catalog",
        count("conflicts")
    );
    Ok(ExitCode::FAILURE)
}

async fn export(settings: Settings, out: Option<PathBuf>) -> Result<ExitCode, DeskError> {
    let answer = crate::reach::perform(settings, ControlRequest::ExportCatalog).await?;
    let table = word(&answer, "table");
    match out {
        None => std::io::stdout().write_all(table.as_bytes()),
        Some(path) => std::fs::write(path, table),
    }
    .context("The catalog could not be written")?;
    Ok(ExitCode::SUCCESS)
}

fn rows<'a>(answer: &'a Value, field: &str) -> &'a [Value] {
    answer
        .get(field)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn word<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}
