//! Stories of a customer and a shop, and what is charged at their end.

#![allow(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{Catalog, Conversation, Decision, Item, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};

pub(crate) fn catalog(currency: &str, items: &[(&str, i64)]) -> Catalog {
    let currency = Currency::from_code(currency).unwrap();
    let item =
        |(name, minor): &(&str, i64)| Item::new(*name, *name, Money::from_minor(*minor, currency).unwrap());
    Catalog::new(currency, items.iter().map(item).collect()).unwrap()
}

/// Returns each item with how many of it would be charged; lines of the shop begin with `> `.
pub(crate) fn charged(catalog: &Catalog, story: &[&str]) -> Option<Vec<(String, u32)>> {
    let turn = |line: &&str| match line.strip_prefix("> ") {
        Some(text) => Turn::shop(text),
        None => Turn::customer(*line),
    };
    let conversation = Conversation::of(story.iter().map(turn).collect());
    match propose(catalog, &conversation, &Rules::default()).decision {
        Decision::Charge(charge) => {
            let lines = charge.lines.into_iter();
            Some(lines.map(|line| (line.item, line.quantity)).collect())
        }
        _ => None,
    }
}

#[track_caller]
pub(crate) fn assert_charged(catalog: &Catalog, story: &[&str], expected: &[(&str, u32)]) {
    let expected = expected
        .iter()
        .map(|(name, many)| ((*name).to_owned(), *many))
        .collect();
    assert_eq!(charged(catalog, story), Some(expected), "{story:?}");
}

#[track_caller]
pub(crate) fn assert_never(catalog: &Catalog, opening: &[&str], last: &[&str]) {
    for said in last {
        let story: Vec<&str> = opening.iter().chain([said]).copied().collect();
        assert_eq!(charged(catalog, &story), None, "{said}");
    }
}
