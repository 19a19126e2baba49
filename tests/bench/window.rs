//! The real window: exec → usable list, memory of the whole process tree, and the program's size.

#[cfg(target_os = "linux")]
pub(crate) use linux::run;

#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::unused_async,
    reason = "the same shape as where there is a display of its own"
)]
pub(crate) async fn run() -> anyhow::Result<()> {
    println!("The window is measured on Linux only, under Xvfb.");
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::{Duration, Instant};

    use anyhow::{Context, Result};
    use kit::binary;
    use kit::processes::descendants;
    use kit::stage::Stage;

    use crate::figures::line;

    const STARTS: usize = 5;

    pub(crate) async fn run() -> Result<()> {
        let stage = Stage::set().await?;
        let mut starts = Vec::new();
        let mut memory = 0;
        for _ in 0..STARTS {
            let begun = Instant::now();
            let window = stage.open_window().await?;
            starts.push(begun.elapsed());
            tokio::time::sleep(Duration::from_secs(1)).await;
            let app = window.app_id().context("The app's process was not found")?;
            memory = memory_of_tree(app).max(memory);
            window.quit().await?;
        }
        starts.sort_unstable();
        let median = starts.get(STARTS / 2).copied().unwrap_or_default();
        line(
            "WebDriver session → usable list (median of 5)",
            &format!("{:.2} s", median.as_secs_f64()),
            "it includes tauri-driver's own start",
        );
        line("memory of the process tree (PSS)", &format!("{memory} MB"), "");
        let size = std::fs::metadata(binary("cobro-desktop")?)?.len() / 1_000_000;
        line("size of the program", &format!("{size} MB"), "");
        Ok(())
    }

    /// Returns the proportional memory of a process and everything it started, in MB.
    fn memory_of_tree(root: u32) -> u64 {
        let all = std::iter::once(root).chain(descendants(root));
        all.filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok())
            .filter_map(|rollup| {
                let line = rollup.lines().find(|line| line.starts_with("Pss:"))?.to_owned();
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            })
            .sum::<u64>()
            / 1024
    }
}
