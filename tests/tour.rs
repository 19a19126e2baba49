//! `cobro-tour`: walks the main job in the real window and reports each step in JSON.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<std::process::ExitCode> {
    use anyhow::Context as _;
    use clap::Parser;
    use std::path::PathBuf;
    use std::process::ExitCode;

    /// Walks the main job in the real window, on a display that nobody sees.
    #[derive(Debug, Parser)]
    struct Arguments {
        /// Where to write the report, in JSON
        #[arg(long, value_name = "FILE")]
        report: PathBuf,
        /// Where to put the screenshots
        #[arg(long, value_name = "DIR")]
        screenshots: PathBuf,
    }

    let Arguments { report, screenshots } = Arguments::parse();
    std::fs::create_dir_all(&screenshots)
        .with_context(|| format!("{} can't be made", screenshots.display()))?;
    forget(&screenshots)?;
    if let Some(folder) = report.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("No runtime")?;
    let walked = runtime.block_on(kit::tour::walk(&screenshots));
    let text = serde_json::to_string_pretty(&walked).context("The report can't be written as JSON")?;
    std::fs::write(&report, text).with_context(|| format!("{} can't be written", report.display()))?;
    Ok(if walked.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Removes an earlier tour's screenshots: they would be taken for this one's.
#[cfg(target_os = "linux")]
fn forget(screenshots: &std::path::Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(screenshots)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let numbered = name
            .split_once('-')
            .is_some_and(|(number, _)| number.len() == 2 && number.parse::<u8>().is_ok());
        if numbered && path.extension().is_some_and(|extension| extension == "png") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("The tour needs Linux. Run `cargo xtask demo` to see the window here")
}
