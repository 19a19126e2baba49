//! The real window: exec → usable list, memory of the whole process tree, and the program's size.

#[cfg(target_os = "linux")]
pub(crate) use linux::{memory_of_tree, run};

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
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    use anyhow::{Context, Result};
    use kit::binary;
    use kit::processes::descendants;
    use kit::stage::Stage;

    use crate::figures::{Times, line, mark};

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
        suggestion_appears(&stage).await?;
        while_history_arrives(&stage).await
    }

    /// How long it takes from a customer's message to the card that one key charges.
    ///
    /// From before the message leaves the customer's phone: the sandbox, the webhook and the store are in it.
    async fn suggestion_appears(stage: &Stage) -> Result<()> {
        const LIMIT_MS: f64 = 50.0;
        const ROUNDS: i64 = 100;
        const PHONE: &str = "5215512345678";
        let window = stage.open_window().await?;
        let writes = async |text: &str| stage.sandbox.customer_writes(PHONE, "Ana López", text).await;
        writes("hola").await?;
        window.wait_for("[data-testid=conversation-row]").await?;
        let product = serde_json::json!({"draft": {
            "id": "01980000-0000-7000-8000-000000000001",
            "name": "Gelatina mosaico",
            "price": {"minor": 180_00, "currency": "MXN"},
        }});
        window.asks("save_product", product).await?;
        window.types("j").await?;
        window.watch_text("[data-testid=suggestion-total]").await?;
        let mut times = Times::new()?;
        for round in 0..ROUNDS {
            // Nobody writes twice in one moment: what the last message changed is drawn by then.
            tokio::time::sleep(Duration::from_millis(400)).await;
            // Another quantity each time, so that the total is another text.
            let many = 2 + round % 5;
            let posted = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1000.0;
            writes(&format!("mejor {many} gelatinas mosaico, mándame el link")).await?;
            // Asking the page takes its main thread: let it work first.
            tokio::time::sleep(Duration::from_millis(150)).await;
            let digits = (many * 180).to_string();
            let seen = kit::until(Duration::from_secs(20), || async {
                let seen = window.texts_seen().await.ok()?;
                let plain = |text: &str| text.replace([',', '.', '\u{a0}', ' '], "");
                let newest = seen.into_iter().rev().find(|(_, at)| *at > posted)?;
                plain(&newest.0).contains(&digits).then_some(newest.1)
            });
            let seen = seen
                .await
                .context("The suggestion did not appear in the window")?;
            times.add(Duration::from_secs_f64((seen - posted).max(0.0) / 1000.0));
        }
        line(
            "message written → suggestion in the window",
            &times.words(),
            &format!("p99 under 50 ms: {}", mark(times.ms(99.0) < LIMIT_MS)),
        );
        window.quit().await
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
                mark(longest < LONGEST),
                begun.elapsed().as_secs_f64()
            ),
        );
        window.quit().await
    }

    /// Returns the proportional memory of a process and everything it started, in MB.
    pub(crate) fn memory_of_tree(root: u32) -> u64 {
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
