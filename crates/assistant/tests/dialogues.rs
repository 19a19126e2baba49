//! The figures that the rules must keep, over dialogues that people wrote.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use std::path::Path;

use cobro_assistant::Rules;
use cobro_assistant::eval::{Figures, Outcome, half_of, outcome_of, rows_from_jsonl};

const OWN: &str = include_str!("../data/dialogues.jsonl");
/// The last batches: mended for by their causes, and not row by row.
const LATER: &str = include_str!("../data/dialogues-later.jsonl");

fn outcomes(text: &str, keep: impl Fn(&str) -> bool) -> Vec<Outcome> {
    let rows = rows_from_jsonl(text).unwrap();
    rows.iter()
        .filter(|row| keep(&row.id))
        .map(|row| outcome_of(row, &Rules::default()).unwrap())
        .collect()
}

#[track_caller]
fn assert_good_enough(outcomes: &[Outcome]) {
    let figures = Figures::of(outcomes);
    let wrong: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.is_right())
        .map(|outcome| outcome.id.as_str())
        .collect();
    assert_eq!(figures.false_charges, 0, "false charges among {wrong:?}");
    assert!(figures.recall >= 0.9, "recall {} with {wrong:?}", figures.recall);
    assert!(figures.items_exact >= 0.95, "items {}", figures.items_exact);
    assert!(figures.totals_exact >= 0.95, "totals {}", figures.totals_exact);
    assert!(
        figures.handoff_recall >= 0.9,
        "handoffs {}",
        figures.handoff_recall
    );
}

#[test]
fn the_tuned_half_keeps_its_figures() {
    let outcomes = outcomes(OWN, |id| half_of(id) == 0);
    assert!(outcomes.len() > 120);
    assert_good_enough(&outcomes);
}

#[test]
fn the_other_half_keeps_its_figures() {
    let outcomes = outcomes(OWN, |id| half_of(id) == 1);
    assert!(outcomes.len() > 120);
    assert_good_enough(&outcomes);
}

#[test]
fn the_development_set_keeps_its_figures() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/assistant/dialogues-dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no development set beside the project");
        return;
    };
    assert_good_enough(&outcomes(&text, |_| true));
}

#[test]
fn the_last_batches_hold_no_false_charge() {
    let figures = Figures::of(&outcomes(LATER, |_| true));
    assert_eq!(figures.false_charges, 0);
    assert!(figures.recall >= 0.75, "recall {}", figures.recall);
    assert!(figures.items_exact >= 0.95, "items {}", figures.items_exact);
}

#[test]
fn every_id_is_there_once_and_every_language_has_rows() {
    let mut rows = rows_from_jsonl(OWN).unwrap();
    rows.extend(rows_from_jsonl(LATER).unwrap());
    let ids: std::collections::HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len());
    assert!(rows.len() >= 300, "{}", rows.len());
    for lang in ["es", "pt", "en"] {
        assert!(rows.iter().filter(|row| row.lang == lang).count() >= 60, "{lang}");
    }
}
