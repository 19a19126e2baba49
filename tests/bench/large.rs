//! The real window on a shop of a million messages: how soon it is there, how soon what is typed
//! is found and painted, whether scrolling shows gaps, and how much memory it takes.

#[cfg(target_os = "linux")]
pub(crate) use linux::run;

#[cfg(not(target_os = "linux"))]
pub(crate) use crate::window::run;

#[cfg(target_os = "linux")]
mod linux {
    use std::time::{Duration, SystemTime};

    use anyhow::{Context, Result};
    use kit::processes::started_at;
    use kit::stage::Stage;
    use kit::window::Window;

    use crate::figures::{Times, line, mark};
    use crate::measured;
    use crate::window::memory_of_tree;

    const LIST_S: f64 = 1.6;
    const SKELETON_S: f64 = 0.6;
    const HITS_MS: f64 = 50.0;
    const MEMORY_MB: u64 = 330;
    const STARTS: usize = 5;
    /// Nobody types faster, and what the last letter changed is through by then.
    const BETWEEN_KEYS: Duration = Duration::from_millis(220);
    /// What a start does in the background is done by then.
    const AT_REST: Duration = Duration::from_secs(3);
    /// What a page gives back once nobody works in it is given back by then.
    const AFTER_WORK: Duration = Duration::from_secs(15);
    const WORDS: [&str; 5] = ["pastel", "mañana", "factura", "gracias ana", "12500"];

    pub(crate) async fn run() -> Result<()> {
        let stage = Stage::set_to_measure().await?;
        let mut profile = stage.profile()?;
        profile.set("COBRO_DATABASE_KEY", hex::encode(measured::KEY));
        let size = measured::write_into(profile.folder()).await?;
        println!(
            "The window on {} messages in {} conversations:",
            size.messages, size.conversations
        );
        let open = async || {
            let window = stage.start_window_on(&profile).await?;
            window.wait_for("[data-testid=conversation-row]").await?;
            anyhow::Ok(window)
        };
        // The first start after so much was written is not what a morning is like.
        open().await?.quit().await?;
        let (mut skeletons, mut lists) = (Times::new()?, Times::new()?);
        for _ in 0..STARTS {
            let window = open().await?;
            let begun = started_at(app(&window)?)?;
            let (skeleton, list) = painted(&window).await?;
            skeletons.add(skeleton.duration_since(begun)?);
            lists.add(list.duration_since(begun)?);
            window.quit().await?;
        }
        seconds("start → skeleton painted (median of 5)", &skeletons, SKELETON_S);
        seconds("start → list painted (median of 5)", &lists, LIST_S);

        let window = open().await?;
        let memory = |when: &str| -> Result<()> {
            let memory = memory_of_tree(app(&window)?);
            line(
                &format!("memory of the process tree (PSS), {when}"),
                &format!("{memory} MB"),
                &format!("under {MEMORY_MB} MB: {}", mark(memory < MEMORY_MB)),
            );
            Ok(())
        };
        tokio::time::sleep(AT_REST).await;
        memory("at rest")?;
        let keys = typing(&window).await?;
        line(
            "key press → hits painted, p95",
            &format!("p50 {:.0} ms, p95 {:.0} ms", keys.ms(50.0), keys.ms(95.0)),
            &format!("under {HITS_MS} ms: {}", mark(keys.ms(95.0) < HITS_MS)),
        );
        let (blank, frames) = scrolling(&window).await?;
        line(
            "frames with a gap while the list scrolls",
            &format!("{blank} of {frames}"),
            &format!("none: {}", mark(blank == 0)),
        );
        memory("right after typing and 1,500 rows scrolled")?;
        tokio::time::sleep(AFTER_WORK).await;
        memory("fifteen seconds after that")?;
        window.quit().await
    }

    fn app(window: &Window) -> Result<u32> {
        window.app_id().context("The app's process was not found")
    }

    fn seconds(what: &str, times: &Times, most: f64) {
        let median = times.ms(50.0) / 1000.0;
        line(
            what,
            &format!("{median:.2} s"),
            &format!("under {most} s: {}", mark(median < most)),
        );
    }

    /// Returns when the page had painted anything, and when the first rows of its list.
    async fn painted(window: &Window) -> Result<(SystemTime, SystemTime)> {
        const WHEN: &str = "
            const at = (entries) => performance.timeOrigin + entries[0].startTime;
            return [at(performance.getEntriesByName('first-contentful-paint')),
                    at(performance.getEntriesByName('list-painted'))];";
        let told = window.runs(WHEN).await?;
        let at = |index: usize| -> Result<SystemTime> {
            let millis = told.get(index).and_then(serde_json::Value::as_f64);
            let since =
                Duration::from_secs_f64(millis.context("The page did not say when it painted")? / 1000.0);
            Ok(SystemTime::UNIX_EPOCH + since)
        };
        Ok((at(0)?, at(1)?))
    }

    /// Types as a person does. Each time is from a key to the last change of the hits that it caused, painted.
    async fn typing(window: &Window) -> Result<Times> {
        const WATCH: &str = "
            const results = '[data-testid=search-results]';
            let begun = null;
            let took = null;
            window.cobroKeys = [];
            window.cobroKey = () => {
                if (took !== null) window.cobroKeys.push(took);
                begun = took = null;
            };
            addEventListener('keydown', () => { window.cobroKey(); begun = performance.now(); }, true);
            new MutationObserver((changes) => {
                const shows = (node) => node instanceof Element && (node.closest(results) || node.querySelector(results));
                if (begun === null || !changes.some(({ target }) => shows(target.parentElement ?? target))) return;
                const since = begun;
                requestAnimationFrame(() => setTimeout(() => {
                    if (since === begun) took = performance.now() - begun;
                }));
            }).observe(document.body, { subtree: true, childList: true, characterData: true });";
        window.runs(WATCH).await?;
        for word in WORDS {
            window.click("[data-testid=search-input]").await?;
            for letter in word.chars() {
                window.types(&letter.to_string()).await?;
                tokio::time::sleep(BETWEEN_KEYS).await;
            }
            window
                .runs(
                    "window.cobroKey(); const field = document.querySelector('[data-testid=search-input]');
                field.value = ''; field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
                )
                .await?;
            window.settle().await?;
        }
        let mut times = Times::new()?;
        let told = window.runs("return window.cobroKeys;").await?;
        for millis in told
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_f64)
        {
            times.add(Duration::from_secs_f64(millis / 1000.0));
        }
        Ok(times)
    }

    /// Scrolls the list five rows with each frame. Returns how many frames were painted with a gap in it, and how many there were.
    async fn scrolling(window: &Window) -> Result<(u64, u64)> {
        const SCROLL: &str = "
            const done = arguments[0];
            const row = '[data-testid=conversation-row]';
            let list = document.querySelector(row);
            while (list.scrollHeight <= list.clientHeight + 1 || getComputedStyle(list).overflowY === 'visible') {
                list = list.parentElement;
            }
            const box = list.getBoundingClientRect();
            let frames = 0;
            let blank = 0;
            // Nothing can be pointed at while it scrolls: what is where is asked of the rows.
            const isGap = (share) => {
                const at = box.top + box.height * share;
                const isThere = (each) => {
                    const { top, bottom } = each.getBoundingClientRect();
                    return top <= at && at <= bottom + 1;
                };
                return ![...list.querySelectorAll(row)].some(isThere);
            };
            const step = () => {
                list.scrollTop += 310;
                requestAnimationFrame(() => setTimeout(() => {
                    frames += 1;
                    if ([0.1, 0.3, 0.5, 0.7, 0.9].some(isGap)) blank += 1;
                    if (frames < 300) step(); else done([blank, frames]);
                }));
            };
            step();";
        let told = window.runs_until_done(SCROLL).await?;
        let count = |index: usize| {
            told.get(index)
                .and_then(serde_json::Value::as_u64)
                .unwrap_or_default()
        };
        Ok((count(0), count(1)))
    }
}
