//! `cargo xtask screenshots`: every view as a person sees it, to be looked at.
//!
//! The window's page runs over a desk that only plays (`ui/dev.html`), in a Chromium without a window.

use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::commands::{command, find, npm, run as run_command};
use crate::paths::Paths;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const ADDRESS: &str = "http://127.0.0.1:5299/dev.html";
const LANGUAGES: [&str; 3] = ["en", "es", "pt-BR"];
const THEMES: [&str; 2] = ["light", "dark"];
const WIDTHS: [(u32, u32); 3] = [(860, 640), (1280, 800), (1920, 1080)];
/// Each view, and what leads to it.
const VIEWS: [(&str, &str); 23] = [
    ("inbox", "open=0"),
    ("list", ""),
    ("empty", "empty"),
    ("search", "open=0&search=pas"),
    ("note", "open=0&press=n"),
    ("snooze", "open=0&press=h"),
    ("label", "open=0&press=l"),
    ("charge", "open=0&press=c"),
    ("keys", "open=0&press=?"),
    ("customers", "view=customers"),
    ("health", "view=health"),
    ("team", "view=team"),
    ("quick-replies", "view=quick"),
    ("notifications", "view=notify"),
    ("whatsapp", "view=whatsapp"),
    ("templates", "view=templates"),
    ("data", "view=data"),
    ("appearance", "view=appearance"),
    ("trouble", "open=2&trouble"),
    ("suggestion", "open=0&suggest=charge"),
    ("suggestion-refused", "open=0&suggest=refused"),
    ("suggestion-writing", "open=0&suggest=writing"),
    ("assistant", "view=assistant&model"),
];

/// Takes them all into the folder that is named, or `target/screenshots`.
pub(crate) fn run(paths: &Paths, arguments: &[String]) -> Result<ExitCode> {
    let browser = BROWSERS
        .iter()
        .find_map(|name| find(name))
        .context("No Chromium was found. Install one, so that `chromium` can be started")?;
    let into = arguments
        .first()
        .map_or_else(|| paths.target.join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&into).with_context(|| format!("{} can't be made", into.display()))?;
    let page = paths.target.join("dev-page");
    let page_text = page.to_string_lossy().into_owned();
    let build = [
        "exec",
        "--",
        "vite",
        "build",
        "--config",
        "vite.dev.config.ts",
        "--outDir",
        &page_text,
    ];
    run_command(&mut npm(paths, &build), "Building the page")?;
    let serve = [
        "exec",
        "--",
        "vite",
        "preview",
        "--config",
        "vite.dev.config.ts",
        "--outDir",
        &page_text,
    ];
    let server = Server(npm(paths, &serve).spawn().context("The page can't be served")?);
    sleep(Duration::from_secs(4));
    let taken = take_all(&browser, &into);
    drop(server);
    println!("{} screenshots in {}", taken?, into.display());
    Ok(ExitCode::SUCCESS)
}

fn take_all(browser: &Path, into: &Path) -> Result<usize> {
    let mut taken = 0;
    for (view, query) in VIEWS {
        for theme in THEMES {
            for language in LANGUAGES {
                for (width, height) in WIDTHS {
                    let name = format!("{view}-{language}-{theme}-{width}.png");
                    let query = format!("{query}&lang={language}&theme={theme}");
                    take(browser, &into.join(name), &query, width, height)?;
                    taken += 1;
                }
            }
        }
    }
    Ok(taken)
}

fn take(browser: &Path, path: &Path, query: &str, width: u32, height: u32) -> Result<()> {
    let mut chromium = command(browser);
    chromium
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .arg("--virtual-time-budget=4000")
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--screenshot={}", path.display()))
        .arg(format!("{ADDRESS}?{query}"))
        .stderr(std::process::Stdio::null());
    run_command(&mut chromium, "The screenshot")?;
    if !path.is_file() {
        bail!("{} was not written", path.display());
    }
    Ok(())
}

/// Ends with this program.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
