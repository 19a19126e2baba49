//! Shows what is proposed for rows of a file: `assistant_rows FILE [half|all] [ID…]`.
//!
//! `half` is `0` or `1`; only the rows of that half that came out wrong are
//! shown, or those whose ids are given.

use cobro_assistant::Rules;
use cobro_assistant::eval::{Figures, half_of, outcome_of, proposal_for, rows_from_jsonl};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give a file")?;
    let half = arguments.next().unwrap_or_else(|| "all".to_owned());
    let ids: Vec<String> = arguments.collect();
    let rules = Rules::default();
    let mut outcomes = Vec::new();
    for row in rows_from_jsonl(&std::fs::read_to_string(path)?)? {
        if half != "all" && half != half_of(&row.id).to_string() {
            continue;
        }
        let outcome = outcome_of(&row, &rules)?;
        if ids.contains(&row.id) || ids.is_empty() && !outcome.is_right() {
            let proposal = proposal_for(&row, &rules)?;
            println!("== {} {} {:?}", row.id, row.kind, row.expected);
            for turn in &row.dialog {
                println!("   {:?}: {}", turn.role, turn.text);
            }
            println!(
                "   -> {:?} {:?}\n      {}",
                proposal.decision,
                proposal.flags,
                proposal.sentence()
            );
        }
        outcomes.push(outcome);
    }
    println!("{:#?}", Figures::of(&outcomes));
    let flags = outcomes
        .iter()
        .filter(|outcome| !outcome.flags_exact)
        .map(|outcome| &outcome.id);
    println!("flags differ: {:?}", flags.collect::<Vec<_>>());
    Ok(())
}
