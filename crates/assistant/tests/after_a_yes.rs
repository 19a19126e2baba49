//! What a customer adds to a yes: a doubt in any words takes it back, a thank-you or an address does not.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::eval::{Row, rows_from_jsonl};
use cobro_assistant::wire::{CatalogFile, RoleFile, conversation_from_files};
use cobro_assistant::{Catalog, Conversation, Rules, Turn, propose};

const OWN: &str = include_str!("../data/dialogues.jsonl");
const ADDED: &str = include_str!("../data/after-a-yes.txt");
/// Every so many rows, so that the test stays short.
const EVERY: usize = 7;

/// Returns the lines under a heading as (language, words).
fn under(heading: &str) -> Vec<(&'static str, &'static str)> {
    ADDED
        .lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('|'))
        .collect()
}

fn charges(catalog: &Catalog, conversation: &Conversation) -> bool {
    propose(catalog, conversation, &Rules::default())
        .charge()
        .is_some()
}

fn read(row: &Row) -> (Catalog, Conversation) {
    let file = CatalogFile {
        currency: row.currency.clone(),
        items: row.catalog.clone(),
    };
    let conversation = conversation_from_files(&row.dialog, &row.previous_orders);
    (file.into_catalog().unwrap(), conversation)
}

/// Returns the share of charges that are still proposed once `words` were added.
fn kept(words: &[(&str, &str)]) -> f64 {
    let rows = rows_from_jsonl(OWN).unwrap();
    let (mut all, mut kept) = (0_u32, 0_u32);
    for row in rows.iter().step_by(EVERY) {
        let (catalog, conversation) = read(row);
        let customer_last = matches!(row.dialog.last().unwrap().role, RoleFile::Customer);
        if !customer_last || !row.expected.charge_ready || !charges(&catalog, &conversation) {
            continue;
        }
        for (_, words) in words.iter().filter(|(language, _)| *language == row.lang) {
            let mut in_a_message = conversation.clone();
            in_a_message.turns.push(Turn::customer(*words));
            let mut behind_a_comma = conversation.clone();
            let last = behind_a_comma.turns.last_mut().unwrap();
            last.text = format!("{}, {words}", last.text.trim_end_matches(['.', '!']));
            let mut behind_nothing = conversation.clone();
            let last = behind_nothing.turns.last_mut().unwrap();
            last.text = format!("{} {words}", last.text.trim_end_matches(['.', '!']));
            for changed in [in_a_message, behind_a_comma, behind_nothing] {
                all += 1;
                kept += u32::from(charges(&catalog, &changed));
            }
        }
    }
    assert!(all > 200, "{all}");
    f64::from(kept) / f64::from(all)
}

#[test]
fn a_doubt_takes_the_yes_back_whatever_its_words() {
    let kept = kept(&under("[takes it back]"));
    assert!(kept < 0.05, "{kept} of the charges are still proposed");
}

#[test]
fn thanks_names_places_and_times_leave_the_yes_alone() {
    let kept = kept(&under("[adds to it]"));
    assert!(kept > 0.75, "only {kept} of the charges are still proposed");
}
