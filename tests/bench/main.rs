//! `cargo xtask bench [PART …]`: what a desk does, beside the least that any program must do, in one run.
//!
//! Parts: `latency`, `click`, `apply`, `history`, `search`, `window`, `large`, `reconcile`, `assistant`; all of them where none is named.

mod apply;
mod assistant;
mod click;
mod desk;
mod figures;
mod history;
mod large;
mod latency;
mod measured;
mod reconcile;
mod search;
mod shop;
mod window;

use anyhow::Result;

const PARTS: [&str; 9] = [
    "latency",
    "click",
    "apply",
    "history",
    "search",
    "window",
    "large",
    "reconcile",
    "assistant",
];

fn main() -> Result<()> {
    // A second provider can't be there: this is the first thing that runs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let wanted: Vec<String> = std::env::args().skip(1).collect();
        let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
        if let Some(unknown) = wanted.iter().find(|name| !PARTS.contains(&name.as_str())) {
            anyhow::bail!("There is no bench {unknown:?}. There are: {}", PARTS.join(", "));
        }
        if is_wanted("latency") {
            latency::run().await?;
        }
        if is_wanted("click") {
            click::run().await?;
        }
        if is_wanted("apply") {
            apply::run().await?;
        }
        if is_wanted("history") {
            history::run().await?;
        }
        if is_wanted("search") {
            search::run().await?;
        }
        if is_wanted("window") {
            window::run().await?;
        }
        if is_wanted("large") {
            large::run().await?;
        }
        if is_wanted("reconcile") {
            reconcile::run().await?;
        }
        if is_wanted("assistant") {
            assistant::run().await?;
        }
        Ok(())
    })
}
