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

/// Returns the share of charges that are still proposed once `words` were added behind.
fn kept(words: &[(&str, &str)]) -> f64 {
    kept_with(words, |conversation, words| {
        let mut in_a_message = conversation.clone();
        in_a_message.turns.push(Turn::customer(words));
        let behind = |with: &str| {
            changed(conversation, |said| {
                format!("{}{with}{words}", said.trim_end_matches(['.', '!']))
            })
        };
        vec![in_a_message, behind(", "), behind(" ")]
    })
}

/// Returns the conversation with its last message written otherwise.
fn changed(conversation: &Conversation, write: impl Fn(&str) -> String) -> Conversation {
    let mut conversation = conversation.clone();
    let last = conversation.turns.last_mut().unwrap();
    last.text = write(&last.text);
    conversation
}

/// Returns the share of charges that are still proposed once `add` put `words` to them.
fn kept_with(words: &[(&str, &str)], add: impl Fn(&Conversation, &str) -> Vec<Conversation>) -> f64 {
    let rows = rows_from_jsonl(OWN).unwrap();
    let (mut all, mut kept) = (0_u32, 0_u32);
    for row in rows.iter().step_by(EVERY) {
        let (catalog, conversation) = read(row);
        let customer_last = matches!(row.dialog.last().unwrap().role, RoleFile::Customer);
        if !customer_last || !row.expected.charge_ready || !charges(&catalog, &conversation) {
            continue;
        }
        for (_, words) in words.iter().filter(|(language, _)| *language == row.lang) {
            for changed in add(&conversation, words) {
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
    assert!(kept < 0.03, "{kept} of the charges are still proposed");
}

#[test]
fn thanks_names_places_and_times_leave_the_yes_alone() {
    let kept = kept(&under("[adds to it]"));
    assert!(kept > 0.78, "only {kept} of the charges are still proposed");
}

#[test]
fn a_condition_before_the_yes_holds_it_back() {
    let kept = kept_with(&under("[before it]"), |conversation, words| {
        let before = |with: &str| changed(conversation, |said| format!("{words}{with}{said}"));
        vec![before(", "), before(" ")]
    });
    assert!(kept < 0.1, "{kept} of the charges are still proposed");
}
