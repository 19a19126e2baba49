//! `cobro eval`: how the assistant does on dialogues with known answers.

use std::path::PathBuf;

use cobro_assistant::Rules;
use cobro_assistant::eval::{Figures, Outcome, Report, outcome_of, rows_from_jsonl};
use cobro_desk::DeskError;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One row a line (docs/suggest.md)
    file: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), DeskError> {
    let report = report(arguments).map_err(|error| {
        let file = arguments.file.display();
        DeskError::Setting(format!("{file} can't be evaluated: {error:#}"))
    })?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report).map_err(anyhow::Error::new)?);
    } else {
        print_for_people(&report);
    }
    Ok(())
}

fn report(arguments: &Arguments) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(&arguments.file)?;
    let rows = rows_from_jsonl(&text)?;
    let outcomes: Result<Vec<Outcome>, _> = rows
        .iter()
        .map(|row| outcome_of(row, &Rules::default()))
        .collect();
    Ok(Report::of(&outcomes?))
}

fn print_for_people(report: &Report) {
    println!(
        "{:<24} {:>5} {:>9} {:>7} {:>12} {:>6} {:>7} {:>8}",
        "", "rows", "precision", "recall", "false charge", "items", "totals", "handoffs"
    );
    print_figures("all", &report.all);
    for (name, figures) in report.by_language.iter().chain(&report.by_kind) {
        print_figures(name, figures);
    }
    println!(
        "{} charges not due, or with wrong items or total",
        report.all.false_charges
    );
    for row in &report.failed {
        let expected = said(row.expected_charge, row.expected_handoff);
        println!(
            "{} ({}): expected {expected}, got {}: {}",
            row.id,
            row.kind,
            said(row.charged, row.handoff),
            row.why
        );
    }
}

fn print_figures(name: &str, figures: &Figures) {
    println!(
        "{name:<24} {:>5} {:>9.3} {:>7.3} {:>12.3} {:>6.3} {:>7.3} {:>8.3}",
        figures.rows,
        figures.precision,
        figures.recall,
        figures.false_charge_rate,
        figures.items_exact,
        figures.totals_exact,
        figures.handoff_recall
    );
}

fn said(charge: bool, handoff: bool) -> &'static str {
    match (charge, handoff) {
        (true, _) => "a charge",
        (false, true) => "a handoff",
        (false, false) => "no charge",
    }
}
