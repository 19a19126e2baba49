//! The large shop that is measured.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;

use crate::figures::line;
use crate::shop::{Size, write};

pub(crate) const KEY: [u8; 32] = [9; 32];

/// Writes a shop of the size that the variables say into a folder, by default a million messages, and
/// returns its size. `COBRO_BENCH_SHOP` names a folder that keeps it for the next time.
pub(crate) async fn write_into(folder: &Path) -> Result<Size> {
    let number = |name: &str, usual: u32| -> u32 {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let size = Size {
        messages: number("COBRO_BENCH_MESSAGES", 1_000_000),
        conversations: number("COBRO_BENCH_CONVERSATIONS", 50_000),
        seed: 1,
    };
    let kept = std::env::var_os("COBRO_BENCH_SHOP").map(PathBuf::from);
    let at = kept.as_deref().unwrap_or(folder);
    if !at.join("cobro.db").exists() {
        std::fs::create_dir_all(at)?;
        let begun = Instant::now();
        write(at, KEY, size, |_| {}).await?;
        line(
            &format!("{} messages written with their index", size.messages),
            &format!(
                "{:.0}/s",
                f64::from(size.messages) / begun.elapsed().as_secs_f64()
            ),
            &format!("{} MiB", std::fs::metadata(at.join("cobro.db"))?.len() >> 20),
        );
    }
    if kept.is_some() {
        for entry in std::fs::read_dir(at)? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    Ok(size)
}
