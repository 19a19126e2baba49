//! `cargo xtask demo`: the window, with a sandbox whose customers write and pay.

mod play;
mod sandbox;
mod tour;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;

/// What `cargo xtask demo` was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    fresh: bool,
    headless: bool,
    report: Option<PathBuf>,
    screenshots: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut path = || {
                let path = arguments
                    .next()
                    .with_context(|| format!("{argument} needs a path after it"))?;
                std::path::absolute(path).with_context(|| format!("{argument} {path} is not a path"))
            };
            match argument.as_str() {
                "--fresh" => options.fresh = true,
                "--headless" => options.headless = true,
                "--report" => options.report = Some(path()?),
                "--screenshots" => options.screenshots = Some(path()?),
                other => bail!("`cargo xtask demo` knows no {other}; `cargo xtask help` lists what it takes"),
            }
        }
        if !options.headless && (options.report.is_some() || options.screenshots.is_some()) {
            bail!("--report and --screenshots belong to --headless");
        }
        Ok(options)
    }
}

/// Plays the demo in a window; where no window can be shown, as a tour with screenshots.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<ExitCode> {
    if options.headless {
        return tour::run(paths, options);
    }
    if has_display() {
        return play::run(paths, options.fresh);
    }
    println!(
        "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so the demo runs on one that nobody sees."
    );
    tour::run(paths, options)
}

fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_report_is_of_a_headless_demo() {
        assert_eq!(
            parse("--fresh").unwrap(),
            Options {
                fresh: true,
                ..Options::default()
            }
        );
        let options = parse("--headless --report /reports/demo.json").unwrap();
        assert_eq!(options.report, Some(PathBuf::from("/reports/demo.json")));
        assert!(parse("--report /reports/demo.json").is_err());
        assert!(parse("--headless --report").is_err());
        assert!(parse("--hedless").unwrap_err().to_string().contains("--hedless"));
    }
}
