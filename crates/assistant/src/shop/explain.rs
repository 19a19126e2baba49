//! Finds the one order that the shop's total is the sum of, where the words left something open.

use super::counted::{counts_said, is_price_of_one};
use super::question::question_of;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{Question, State, is_delivery, sum};
use crate::grant::readings;
use crate::mention::{Fit, Mention};
use crate::order::{Level, Line, Quantity, places_meant};
use crate::read::Sense;
use crate::said::Said;

/// So many of one thing explain a total; more are no coincidence's business.
const MOST: i64 = 100;
/// Words that fit more items than this explain nothing.
const MOST_MEANT: usize = 4;
/// Orders that are tried for one message.
const TRIES: usize = 4_000;

/// What a line may be, each with how many.
struct Slot {
    /// The line, or `None` for what the shop itself names.
    line: Option<usize>,
    choices: Vec<(Place, u32)>,
    /// Whether the order can be without it.
    optional: bool,
}

/// Lets the shop's total decide what the customer left open: which size, how many, with the fee or without.
///
/// Only where exactly one reading adds up to it, and nobody speaks of another price.
pub(super) fn explain_total(
    state: &mut State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
    at: usize,
) {
    if speaks_of_another_price(state, said) || state.lines.is_empty() {
        return;
    }
    let units: Vec<i64> = state
        .lines
        .iter()
        .flat_map(|line| &line.places)
        .map(|place| catalog.price(*place))
        .collect();
    let totals = total_said(said, catalog, &units);
    let known = state.resolved(catalog).and_then(|pairs| sum(catalog, &pairs));
    let is_explained = known.is_some_and(|known| {
        let sums_up =
            said.amounts().count() > 1 && !amounts(said, catalog).iter().any(|minor| totals.contains(minor));
        totals.contains(&known) || !sums_up && amounts(said, catalog).contains(&known)
    });
    if totals.is_empty() || is_explained || is_price_of_one(state, said, &totals, catalog) {
        return;
    }
    let slots = slots(state, said, offered, catalog);
    if slots.iter().all(|slot| slot.line.is_none()) {
        return;
    }
    let mut search = Search {
        catalog,
        slots: &slots,
        totals: &totals,
        tries: 0,
        found: Vec::new(),
        chosen: Vec::new(),
    };
    search.from(0, 0);
    let [chosen] = search.found.as_slice() else {
        return;
    };
    let chosen = chosen.clone();
    let wanted = state.has_wanted();
    let mut gone = Vec::new();
    for (slot, choice) in slots.iter().zip(chosen) {
        let Some((place, quantity)) = choice else {
            gone.extend(slot.line.filter(|_| state.takes_off));
            continue;
        };
        let level = if wanted { Level::Wanted } else { Level::Asked };
        match slot.line.and_then(|line| state.lines.get_mut(line)) {
            Some(line) => {
                line.places = vec![place];
                line.quantity = Quantity::Said(quantity);
                line.level = line.level.max(level);
                line.fit = line.fit.min(Fit::Loose);
                line.round = state.round;
            }
            None => state.lines.push(Line {
                level,
                ..Line::of_place(place, quantity, state.round)
            }),
        }
    }
    let mut nth = 0;
    state.lines.retain(|_| {
        nth += 1;
        !gone.contains(&(nth - 1))
    });
    state.changed(catalog, at);
}

/// "son 350 más": an item is offered by its price alone.
pub(super) fn offered_by_price(state: &State, said: &Said, catalog: &Catalog) -> Option<Mention> {
    let (at, number) = said.amounts().find_map(|(at, number, _)| {
        let more = (at + 1..=at + 2).any(|next| {
            matches!(
                said.text(next),
                "mas" | "mais" | "more" | "extra" | "adicional" | "adicionales" | "additional" | "aparte"
            )
        });
        more.then_some((at, number))
    })?;
    let priced: Vec<Place> = readings(catalog, number)
        .iter()
        .flat_map(|minor| catalog.priced_at(*minor))
        .copied()
        .collect();
    let [place] = priced.as_slice() else {
        return None;
    };
    let place = *place;
    let known = state.lines.iter().any(|line| line.places.contains(&place));
    (!known && said.asks() && said.found.mentions.is_empty()).then(|| Mention {
        places: vec![place],
        keys: Vec::new(),
        count: None,
        measure: None,
        fit: Fit::Exact,
        start: at,
        end: at + 1,
        option_only: false,
        another: false,
    })
}

pub(super) fn speaks_of_another_price(state: &State, said: &Said) -> bool {
    state.haggles
        || state.grant.is_some()
        || said.has_any(&[Sense::FreeDelivery, Sense::SoldOut])
        // "We do! £45 each" takes nothing off.
        || said.all(Sense::Off).any(|hit| {
            let (start, end) = said.sentence(hit.start);
            said.amounts().any(|(at, ..)| start <= at && at < end)
        })
        // "queda en $77.000" is a total as often as a gift.
        || said.all(Sense::NewPrice).any(|hit| {
            !(hit.start..hit.end).any(|at| {
                ["qued", "fica", "sai"]
                    .iter()
                    .any(|root| said.text(at).starts_with(root))
            })
        })
        || said.asks() && said.has(Sense::QOption)
}

fn amounts(said: &Said, catalog: &Catalog) -> Vec<i64> {
    said.amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect()
}

/// Returns what the total can be: what stands behind "=" or "total", or the one amount, or the sum of the others.
fn total_said(said: &Said, catalog: &Catalog, units: &[i64]) -> Vec<i64> {
    let all: Vec<(usize, Vec<i64>)> = said
        .amounts()
        .filter(|(at, _, money)| {
            *money
                || !said
                    .found
                    .mentions
                    .iter()
                    .any(|mention| mention.start <= *at && *at < mention.end)
        })
        .map(|(at, number, _)| (at, readings(catalog, number)))
        .collect();
    let named = all.iter().find(|(at, _)| {
        (at.saturating_sub(3)..*at).any(|before| matches!(said.text(before), "=" | "total" | "todo" | "tudo"))
            || said.text(at + 1) == "total"
            || said.text(at + 2) == "total"
    });
    match (named, all.as_slice()) {
        (Some((_, readings)), _) => readings.clone(),
        (None, [(_, only)]) => only.clone(),
        (None, [parts @ .., (_, last)]) => {
            let is_unit = |readings: &[i64]| readings.iter().any(|minor| units.contains(minor));
            let sums = last.iter().copied().filter(|total| adds_up(parts, *total));
            let sums: Vec<i64> = sums.collect();
            match sums.is_empty() {
                // "$380 per room, so $760"
                true if parts.iter().all(|(_, readings)| is_unit(readings)) && !is_unit(last) => last.clone(),
                // "S/ 89 + S/ 7 delivery, ¿te paso el link?"
                true if is_one_sum(said, &all) => {
                    vec![
                        all.iter()
                            .filter_map(|(_, readings)| readings.first())
                            .fold(0, |sum: i64, minor| sum.saturating_add(*minor)),
                    ]
                }
                _ => sums,
            }
        }
        (None, []) => Vec::new(),
    }
}

/// Returns whether a plus joins all amounts, and the question behind them is about both.
fn is_one_sum(said: &Said, all: &[(usize, Vec<i64>)]) -> bool {
    let joined = all.windows(2).all(|pair| match pair {
        [(left, _), (right, _)] => (*left..*right).any(|at| said.text(at) == "+"),
        _ => false,
    });
    joined && question_of(said) == Question::Confirm
}

fn adds_up(parts: &[(usize, Vec<i64>)], total: i64) -> bool {
    let Some(((_, first), rest)) = parts.split_first() else {
        return total == 0;
    };
    first.iter().any(|part| adds_up(rest, total - part))
}

/// Returns what each line may be, and what the shop names beside them.
fn slots(state: &State, said: &Said, offered: &[Mention], catalog: &Catalog) -> Vec<Slot> {
    let wanted = state.has_wanted();
    let newest = state.lines.iter().map(|line| line.round).max();
    let parts = amounts(said, catalog);
    let mut slots: Vec<Slot> = state
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| wanted || Some(line.round) == newest)
        .map(|(at, line)| Slot {
            line: Some(at),
            choices: line
                .places
                .iter()
                .flat_map(|place| {
                    let counts = match line.quantity {
                        Quantity::Said(_) => counts_said(state, said, offered, catalog, line),
                        _ => counts(state, said, &parts, catalog, *place),
                    };
                    counts.into_iter().map(|count| (*place, count))
                })
                .collect(),
            optional: wanted && line.level == Level::Asked || state.takes_off,
        })
        .collect();
    for mention in offered {
        let known = state.lines.iter().any(|line| line.meets(mention));
        let places = places_meant(catalog, mention);
        if known || places.len() > MOST_MEANT {
            continue;
        }
        let choices = places.into_iter().flat_map(|place| {
            let counts = counts(state, said, &parts, catalog, place);
            counts.into_iter().map(move |count| (place, count))
        });
        slots.push(Slot {
            line: None,
            choices: choices.collect(),
            optional: true,
        });
    }
    slots
}

/// Returns how many of it may be meant, where nobody said so: what either side wrote, what a part of the sum pays for.
fn counts(state: &State, said: &Said, parts: &[i64], catalog: &Catalog, place: Place) -> Vec<u32> {
    if is_delivery(catalog, place) {
        return vec![1];
    }
    let unit = catalog.price(place);
    let written = said.counts().map(|(_, number)| i64::from(number));
    // So many may be paid for, if anybody spoke of so many.
    let is_heard =
        |count: &i64| state.heard.contains(count) || said.has(Sense::Each) || said.has(Sense::Both);
    // The one amount is a total, which no count but a said one explains.
    let is_sum = said.amounts().count() > 1;
    let paid_for = parts
        .iter()
        .filter(|_| is_sum)
        .filter(|part| unit > 0 && **part > unit && **part % unit == 0)
        .map(|part| part / unit)
        .filter(is_heard);
    let mut counts: Vec<u32> = state
        .numbers
        .iter()
        .copied()
        .chain(written)
        .chain(paid_for)
        .filter(|count| (1..=MOST).contains(count))
        .filter_map(|count| u32::try_from(count).ok())
        .chain([1])
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Tries every order there can be, and keeps those that cost what the shop said.
struct Search<'a> {
    catalog: &'a Catalog,
    slots: &'a [Slot],
    totals: &'a [i64],
    tries: usize,
    found: Vec<Vec<Option<(Place, u32)>>>,
    chosen: Vec<Option<(Place, u32)>>,
}

impl Search<'_> {
    fn from(&mut self, at: usize, cost: i64) {
        self.tries += 1;
        let most = self.totals.iter().max().copied().unwrap_or(0);
        if self.tries > TRIES || self.found.len() > 1 || cost > most {
            if self.tries > TRIES {
                // What was not tried could explain it as well.
                self.found.clear();
            }
            return;
        }
        let Some(slot) = self.slots.get(at) else {
            if self.totals.contains(&cost) && !self.found.contains(&self.chosen) {
                self.found.push(self.chosen.clone());
            }
            return;
        };
        if slot.optional {
            self.choose(at, cost, None);
        }
        for choice in &slot.choices {
            let price = self.catalog.price(choice.0).checked_mul(i64::from(choice.1));
            if let Some(cost) = price.and_then(|price| cost.checked_add(price)) {
                self.choose(at, cost, Some(*choice));
            }
        }
    }

    fn choose(&mut self, at: usize, cost: i64, choice: Option<(Place, u32)>) {
        self.chosen.push(choice);
        self.from(at + 1, cost);
        self.chosen.pop();
    }
}
