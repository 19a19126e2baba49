//! `cargo xtask seed`: an invented shop of any size, written the way a phone's history arrives.

#[path = "bench/apply.rs"]
#[expect(dead_code, reason = "the bench's own parts are not run here")]
mod apply;
#[path = "bench/desk.rs"]
#[expect(dead_code, reason = "the bench's own parts are not run here")]
mod desk;
#[path = "bench/figures.rs"]
mod figures;
#[path = "bench/latency.rs"]
#[expect(dead_code, reason = "the bench's own parts are not run here")]
mod latency;
#[path = "bench/shop.rs"]
mod shop;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

/// Writes an invented shop into a profile folder. The same size and seed give the same shop.
#[derive(Parser)]
struct Args {
    /// The profile folder. It must not have a database yet.
    #[arg(long)]
    profile: PathBuf,
    #[arg(long, default_value_t = 1_000_000)]
    messages: u32,
    #[arg(long, default_value_t = 50_000)]
    conversations: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 64 hexadecimal digits; give the same in COBRO_DATABASE_KEY to open the profile.
    #[arg(long, env = "COBRO_DATABASE_KEY")]
    key: String,
}

fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args = Args::parse();
    let key = <[u8; 32]>::try_from(hex::decode(&args.key).context("The key is no hexadecimal number")?)
        .map_err(|_| anyhow::anyhow!("The key must have 64 hexadecimal digits"))?;
    anyhow::ensure!(
        !args.profile.join("cobro.db").exists(),
        "{} has a database already. Choose a new folder: nothing was changed",
        args.profile.display()
    );
    std::fs::create_dir_all(&args.profile)?;
    let size = shop::Size {
        messages: args.messages,
        conversations: args.conversations,
        seed: args.seed,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(shop::write(&args.profile, key, size, |done| {
        eprint!("\r{done} of {} messages", size.messages);
    }))?;
    eprintln!();
    Ok(())
}
