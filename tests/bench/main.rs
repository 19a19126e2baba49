//! `cargo xtask bench`: what a desk does, beside the least that any program must do, in one run.

mod apply;
mod click;
mod desk;
mod figures;
mod history;
mod latency;
mod window;

use anyhow::Result;

fn main() -> Result<()> {
    // A second provider can't be there: this is the first thing that runs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        latency::run().await?;
        click::run().await?;
        apply::run().await?;
        history::run().await?;
        window::run().await
    })
}
