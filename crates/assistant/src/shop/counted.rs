//! How many somebody said, and what may change that.
//!
//! Only a count beside the item, or the customer's own correction, makes it
//! another number. A sum that goes without either is said back, never charged.

use crate::catalog::{Catalog, Place};
use crate::dialogue::{State, is_delivery};
use crate::grant::readings;
use crate::mention::Mention;
use crate::order::{Line, Quantity, quantity_of};
use crate::read::Sense;
use crate::said::Said;

/// So many of one thing are counted; more are a number of something else.
const MOST: i64 = 100;

/// Returns how many the line may be whose quantity was said: that many, what the shop counts, what the customer now says.
pub(super) fn counts_said(
    state: &State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
    line: &Line,
) -> Vec<u32> {
    let mut counts: Vec<u32> = line.quantity.value().into_iter().collect();
    let is_many = matches!(line.quantity, Quantity::Said(2..));
    let is_the_price = |said: &Said| {
        let mut amounts = said
            .amounts()
            .flat_map(|(_, number, _)| readings(catalog, number));
        amounts.any(|minor| line.places.iter().any(|place| catalog.price(*place) == minor))
    };
    let counted = offered.iter().filter(|mention| {
        mention.count.is_some_and(|count| !count.article)
            && line.meets(mention)
            && !counts_together(state, mention)
            && !is_of_the_stock(said, mention)
            && !(is_many && says_one(mention) && is_the_price(said))
    });
    counts.extend(counted.filter_map(|mention| quantity_of(catalog, mention, &line.places).value()));
    if line
        .places
        .iter()
        .any(|place| is_in_the_name(line.quantity, *place, catalog))
    {
        // "10 moving boxes bundle": ten of the bundle, or the bundle of ten?
        let heard = state.heard.iter().filter(|number| (1..=MOST).contains(*number));
        counts.extend(heard.filter_map(|number| u32::try_from(*number).ok()).chain([1]));
    }
    if !line.places.iter().all(|place| is_delivery(catalog, *place)) {
        counts.extend(corrected(state, offered));
    }
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Returns whether the mention means several of the lines at once, so that its number is none of theirs.
pub(super) fn counts_together(state: &State, mention: &Mention) -> bool {
    state.lines.iter().filter(|line| line.meets(mention)).count() > 1
}

/// Returns whether the number is what the lines that it means add up to.
pub(super) fn is_their_sum(state: &State, mention: &Mention) -> bool {
    let lines = state.lines.iter().filter(|line| line.meets(mention));
    let all: Option<u32> = lines.map(|line| line.quantity.value()).sum();
    all.is_some() && all == mention.count.map(|count| count.number)
}

/// Returns whether the number is one that the item is called by: "Chorizo x 6".
fn is_in_the_name(quantity: Quantity, place: Place, catalog: &Catalog) -> bool {
    let (Quantity::Said(number), Some(entry)) = (quantity, catalog.index.entry(place)) else {
        return false;
    };
    let number = number.to_string();
    entry.keys.contains(&number) || entry.names.iter().flatten().any(|key| *key == number)
}

/// "1 pastel cuesta $450": the price of one, whether spelled or in digits.
pub(super) fn says_one(mention: &Mention) -> bool {
    mention.count.is_some_and(|count| count.number == 1)
}

/// "just mine for now": returns what the customer's last messages count, if that can only be of the one line.
pub(super) fn corrected(state: &State, offered: &[Mention]) -> Vec<u32> {
    let [line] = state.lines.as_slice() else {
        return Vec::new();
    };
    let known = line.quantity.value().map(i64::from);
    let says_it_again = known.is_some_and(|known| state.corrections.contains(&known));
    let names_another = offered.iter().any(|mention| !line.meets(mention));
    if says_it_again || names_another {
        return Vec::new();
    }
    let numbers = state
        .corrections
        .iter()
        .filter(|number| (1..=MOST).contains(*number));
    numbers.filter_map(|number| u32::try_from(*number).ok()).collect()
}

/// Returns whether the amount is what one costs of something that several were ordered of, and so no total.
pub(super) fn is_price_of_one(state: &State, said: &Said, total: &[i64], catalog: &Catalog) -> bool {
    let mut several = state
        .selected(catalog)
        .into_iter()
        .filter(|line| matches!(line.quantity, Quantity::Said(2..)))
        .peekable();
    let is_rate = several.peek().is_some() && said.has(Sense::Each) && said.amounts().count() == 1;
    let corrected = state.corrections.contains(&1);
    let costs = |line: &Line, times: u32| {
        line.places.iter().any(|place| {
            let price = catalog.price(*place).checked_mul(i64::from(times));
            price.is_some_and(|price| total.contains(&price))
        })
    };
    let mut is_one = false;
    let mut is_all = false;
    for line in several {
        is_one |= costs(line, 1);
        is_all |= line.quantity.value().is_some_and(|number| costs(line, number));
    }
    !corrected && (is_one || is_rate && !is_all)
}

/// A line whose quantity was said, and what this message may make of it.
pub(super) struct SaidLine {
    line: Line,
    counts: Vec<u32>,
}

/// Returns the lines whose quantity was said before this message is taken in.
pub(super) fn said_before(
    state: &State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
) -> Vec<SaidLine> {
    let lines = state.lines.iter();
    let counted = lines.filter(|line| matches!(line.quantity, Quantity::Said(_)));
    counted
        .map(|line| SaidLine {
            line: line.clone(),
            counts: counts_said(state, said, offered, catalog, line),
        })
        .collect()
}

/// Puts a quantity back that this message changed though nobody counted.
pub(super) fn keep_said(state: &mut State, before: &[SaidLine], catalog: &Catalog, at: usize) {
    let mut kept = false;
    for SaidLine { line, counts } in before {
        let changed = state.lines.iter_mut().find(|now| {
            now.places.iter().any(|place| line.places.contains(place))
                && now.quantity.value().is_none_or(|now| !counts.contains(&now))
        });
        if let Some(changed) = changed {
            changed.quantity = line.quantity;
            kept = true;
        }
    }
    if kept {
        state.changed(catalog, at);
        state.unsettled = true;
    }
}

/// "me quedan 5 gelatinas", "3 mínimo": what there is, not what was ordered.
pub(super) fn is_of_the_stock(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.sentence(mention.start);
    (start..end).any(|at| is_stock(said.text(at)) || is_limit(said.text(at)))
}

fn is_stock(word: &str) -> bool {
    matches!(
        word,
        "tengo"
            | "tenemos"
            | "queda"
            | "quedan"
            | "hay"
            | "have"
            | "left"
            | "tenho"
            | "temos"
            | "resta"
            | "restam"
            | "sobra"
            | "sobram"
            | "sobrou"
            | "sobraram"
            | "stock"
            | "disponible"
            | "disponibles"
            | "available"
    )
}

fn is_limit(word: &str) -> bool {
    matches!(
        word,
        "minimo" | "minima" | "minimum" | "maximo" | "maxima" | "maximum"
    )
}

/// Returns whether the shop names a price that several were ordered at, and means it for something else.
pub(super) fn is_said_of_another_number(
    state: &State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
) -> bool {
    let selected = state.selected(catalog);
    let mut several = selected
        .iter()
        .filter(|line| matches!(line.quantity, Quantity::Said(2..)));
    several.any(|line| {
        is_all_for_one(said, line, catalog)
            || cannot_have(said, offered, line)
            || offers_another_pack(said, offered, line, catalog)
            || said.amounts().next().is_some() && has_only_one(said)
    })
}

/// "los dos en $450", "$180 + $60": all of them for the price of one is a gift or a mistake.
fn is_all_for_one(said: &Said, line: &Line, catalog: &Catalog) -> bool {
    let amounts: Vec<usize> = said.amounts().map(|(at, ..)| at).collect();
    let is_sum = amounts.windows(2).any(|pair| match pair {
        [left, right] => (*left..*right).any(|at| matches!(said.text(at), "+" | "mas" | "mais" | "plus")),
        _ => false,
    });
    let says_all = is_sum
        || said.found.group.is_some()
        || said.has(Sense::Both)
        || says_a_word(said, &["par", "pair", "ambos", "ambas", "both"]);
    let says_each = says_a_word(
        said,
        &[
            "cada", "c", "each", "apiece", "unidad", "unidade", "pieza", "persona", "pessoa", "ea",
        ],
    );
    let minors: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let is_one = line.places.iter().any(|place| {
        let price = catalog.price(*place);
        let number = line.quantity.value().map(i64::from);
        let all = number.and_then(|number| price.checked_mul(number));
        minors.contains(&price) && all.is_none_or(|all| !minors.contains(&all))
    });
    says_all && !says_each && is_one
}

/// "solo tengo 1 gelatina", "son 3 gelatinas mínimo": as many as were ordered can't be had.
fn cannot_have(said: &Said, offered: &[Mention], line: &Line) -> bool {
    offered
        .iter()
        .filter(|mention| line.meets(mention))
        .any(|mention| {
            let (start, end) = said.sentence(mention.start);
            let is_limited = (start..end).any(|at| is_limit(said.text(at)));
            let ordered = line.quantity.value().unwrap_or(0);
            mention.count.is_some_and(|count| {
                !count.article
                    && is_of_the_stock(said, mention)
                    && (count.number < ordered || is_limited && count.number != ordered)
            })
        })
}

/// "3 scones" — "£25 for a box of 6": the price is of something else than what was ordered.
fn offers_another_pack(said: &Said, offered: &[Mention], line: &Line, catalog: &Catalog) -> bool {
    let minors: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let keys = |place: &Place| {
        let entry = catalog.index.entry(*place);
        entry.map(|entry| entry.keys.as_slice()).unwrap_or_default()
    };
    let is_other = |place: &Place| {
        let shares_a_word = |known: &Place| keys(known).iter().any(|key| keys(place).contains(key));
        !line.places.contains(place)
            && line.places.iter().any(shares_a_word)
            && minors.contains(&catalog.price(*place))
    };
    let is_of_the_line = line.places.iter().any(|place| {
        let price = catalog.price(*place);
        let number = line.quantity.value().map(i64::from);
        let all = number.and_then(|number| price.checked_mul(number));
        minors.contains(&price) || all.is_some_and(|all| minors.contains(&all))
    });
    let mut others = offered.iter().flat_map(|mention| &mention.places);
    !is_of_the_line && others.any(is_other)
}

/// "solo me queda una": fewer than were ordered.
fn has_only_one(said: &Said) -> bool {
    let is_one = |at: usize| {
        let number = said.tokens.get(at).and_then(crate::read::Token::number);
        number.and_then(crate::read::Decimal::as_whole) == Some(1)
    };
    (0..said.tokens.len()).any(|at| is_stock(said.text(at)) && (is_one(at + 1) || is_one(at + 2)))
}

fn says_a_word(said: &Said, words: &[&str]) -> bool {
    said.tokens
        .iter()
        .any(|token| words.contains(&token.text.as_str()))
}
