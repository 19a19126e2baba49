//! `cobro reconcile`: the account is read for a range, and every object of it gets its place.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use cobro_desk::core::domain::{ReconcileId, Timestamp};
use cobro_desk::core::reconcile;
use cobro_desk::{ControlRequest, DeskError, Settings};
use serde_json::Value;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    profile: crate::Profile,
    /// The first day, such as 2026-11-01, by this machine's clock; a moment such as 2026-11-01T00:00:00Z does too
    #[arg(long, value_parser = first_moment)]
    from: Timestamp,
    /// The last day, or the moment at which to end; until now if left out
    #[arg(long, value_parser = last_moment)]
    to: Option<Timestamp>,
    /// Write every line as a table for spreadsheets
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a page to print
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Go on beyond what this month's read allowance keeps for learning of payments
    #[arg(long)]
    over_budget: bool,
}

/// Reads the account. The exit code is 1 if an exception is open or the books do not close.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, DeskError> {
    let settings = arguments.profile.settings().await?;
    let request = ControlRequest::Reconcile {
        since: arguments.from,
        until: arguments.to.unwrap_or_else(Timestamp::now),
        over_budget: arguments.over_budget,
    };
    let report = crate::reach::perform(settings, request).await?;
    let settings = arguments.profile.settings().await?;
    write_files(
        &settings,
        &report,
        arguments.csv.as_ref(),
        arguments.html.as_ref(),
    )
    .await?;
    if arguments.json {
        println!("{report}");
    } else {
        print!("{}", summary(&report));
    }
    let closes = report.get("closes").and_then(Value::as_bool).unwrap_or(false);
    let open = report.get("open").and_then(Value::as_u64).unwrap_or(1);
    Ok(if closes && open == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn write_files(
    settings: &Settings,
    report: &Value,
    csv: Option<&PathBuf>,
    html: Option<&PathBuf>,
) -> Result<(), DeskError> {
    if csv.is_none() && html.is_none() {
        return Ok(());
    }
    let id: ReconcileId = report
        .pointer("/run/id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| anyhow::anyhow!("The desk's answer names no reading"))?;
    let store = crate::reach::store_to_read(settings).await?;
    if let Some(path) = csv {
        reconcile::to_csv(&store, id, BufWriter::new(create("--csv", path)?)).await?;
    }
    if let Some(path) = html {
        let page = BufWriter::new(create("--html", path)?);
        reconcile::to_html(&store, id, settings.shop.language, page).await?;
    }
    store.close().await;
    Ok(())
}

fn create(option: &str, path: &PathBuf) -> Result<File, DeskError> {
    File::create(path)
        .map_err(|error| DeskError::Setting(format!("{option} {} can't be written: {error}", path.display())))
}

/// Says in a few lines what was found.
fn summary(report: &Value) -> String {
    let text = |pointer: &str| {
        report
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let mut lines = format!(
        "{} objects, {} reads, {} repaired\n",
        number("/run/objects"),
        number("/run/reads"),
        number("/run/repaired")
    );
    for count in report
        .get("counts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let of = |field: &str| count.get(field).and_then(Value::as_u64).unwrap_or(0);
        if of("objects") > 0 {
            let class = count.get("class").and_then(Value::as_str).unwrap_or_default();
            let _ = writeln!(lines, "{class}: {} ({} open)", of("payments"), of("open"));
        }
    }
    for skipped in report
        .pointer("/run/skipped")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let of = |field: &str| skipped.get(field).and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(lines, "not read: {} ({})", of("shelf"), of("why"));
    }
    let title = text("/run/problem/title");
    if !title.is_empty() {
        let _ = writeln!(lines, "{title}. {}", text("/run/problem/advice"));
    }
    let closes = report.get("closes").and_then(Value::as_bool).unwrap_or(false);
    lines.push_str(if closes {
        "The books close.\n"
    } else {
        "The books do not close.\n"
    });
    lines
}

fn first_moment(text: &str) -> Result<Timestamp, String> {
    moment(text, 0)
}

/// A last day belongs to the range.
fn last_moment(text: &str) -> Result<Timestamp, String> {
    moment(text, 1)
}

fn moment(text: &str, days_later: i64) -> Result<Timestamp, String> {
    if let Some(at) = Timestamp::from_rfc3339(text) {
        return Ok(at);
    }
    let unreadable =
        || format!("{text} is neither a day such as 2026-11-01 nor a moment such as 2026-11-01T00:00:00Z");
    let day: jiff::civil::Date = text.parse().map_err(|_| unreadable())?;
    let day = day
        .checked_add(jiff::Span::new().days(days_later))
        .map_err(|_| unreadable())?;
    jiff::tz::TimeZone::system()
        .to_timestamp(day.at(0, 0, 0, 0))
        .map(|at| Timestamp::from_millis(at.as_millisecond()))
        .map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_last_day_is_read_to_its_end() {
        let (first, last) = (
            first_moment("2026-11-01").unwrap(),
            last_moment("2026-11-01").unwrap(),
        );
        assert_eq!(last.since(first), Duration::from_hours(24));
        let exact = "2026-11-01T12:00:00Z";
        assert_eq!(first_moment(exact).unwrap(), last_moment(exact).unwrap());
        assert!(first_moment("yesterday").unwrap_err().contains("2026-11-01"));
    }
}
