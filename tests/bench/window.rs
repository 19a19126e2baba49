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
        let stage = Stage::set_to_measure().await?;
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
            "it includes tauri-driver's own start; the sandbox gives way",
        );
        line("memory of the process tree (PSS)", &format!("{memory} MB"), "");
        let size = std::fs::metadata(binary("cobro-desktop")?)?.len() / 1_000_000;
        line("size of the program", &format!("{size} MB"), "");
        while_history_arrives(&stage).await
    }

    /// How long the window's main thread is busy at a stretch while the phone's history arrives.
    async fn while_history_arrives(stage: &Stage) -> Result<()> {
        const LONGEST: f64 = 50.0;
        let window = stage.open_window().await?;
        window.watch_main_thread().await?;
        let begun = Instant::now();
        let plan = serde_json::json!({
            "messages": 50_000, "threads": 800, "chunk_size": 2000, "shuffle": true, "duplicates": 0.05, "seed": 7,
        });
        stage.sandbox.phone_shares_history(&plan).await?;
        stage.sandbox.delivered(Duration::from_secs(120)).await?;
        window.wait_for("[data-testid=conversation-row]").await?;
        // What is received is applied and shown after it was answered.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (longest, over) = window.busiest_stretch().await?;
        line(
            "longest main-thread task, 50,000 messages arriving",
            &format!("{longest:.0} ms"),
            &format!(
                "under 50 ms: {}; {over} longer in {:.0} s",
                crate::figures::mark(longest < LONGEST),
                begun.elapsed().as_secs_f64()
            ),
        );
        window.quit().await
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
