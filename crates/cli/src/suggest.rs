//! `cobro suggest`: what the assistant proposes for one conversation.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cobro_assistant::wire::{Answer, CatalogFile, DialogFile};
use cobro_assistant::{Catalog, Rules, propose};
use cobro_desk::DeskError;
use serde::de::DeserializeOwned;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// `{"currency", "items": [{"id", "name", "price"}]}`, prices in major units
    #[arg(long, value_name = "FILE")]
    catalog: PathBuf,
    /// `[{"role": "customer" or "shop", "text"}]`, oldest first; or an object with `dialog` and `previous_orders`
    #[arg(long, value_name = "FILE")]
    dialog: PathBuf,
    /// One JSON object (docs/suggest.md)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), DeskError> {
    let (answer, catalog) = suggest(arguments).map_err(|error| DeskError::Setting(format!("{error:#}")))?;
    if arguments.json {
        let json = serde_json::to_string(&answer).map_err(anyhow::Error::new)?;
        println!("{json}");
    } else {
        print_for_people(&answer, &catalog);
    }
    Ok(())
}

fn suggest(arguments: &Arguments) -> anyhow::Result<(Answer, Catalog)> {
    let file: CatalogFile = read_json(&arguments.catalog)?;
    let catalog = file
        .into_catalog()
        .with_context(|| format!("Failed to read the catalog {}", arguments.catalog.display()))?;
    let dialog: DialogFile = read_json(&arguments.dialog)?;
    let proposal = propose(&catalog, &dialog.into_conversation(), &Rules::default());
    Ok((Answer::from(&proposal), catalog))
}

fn print_for_people(answer: &Answer, catalog: &Catalog) {
    if let Some(charge) = &answer.charge {
        for line in &charge.items {
            let name = catalog
                .items()
                .iter()
                .find(|item| item.id == line.id)
                .map_or("", |item| &item.name);
            println!("charge {} × {} {name}", line.quantity, line.id);
        }
        println!(
            "total {} {} (minor units), discount {}",
            charge.total, charge.currency, charge.discount
        );
    }
    for (what, text) in [("recap", &answer.recap), ("reply", &answer.reply)] {
        if let Some(text) = text {
            println!("{what}:\n{text}");
        }
    }
    if answer.handoff {
        println!("hand over to a person");
    }
    println!("why: {}", answer.why);
}

/// Reads a JSON file; an error names the file and the place in it.
fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("Failed to read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("Failed to read {} as JSON", path.display()))
}
