//! Finds the order that the shop's sum is the account of, also where the words named little of it.
//!
//! `explain` lets a total decide what was left open; here the sum itself says
//! what is on the order: "32 + 9.500 + 6 del domicilio = 47.500". An item needs
//! a sign of its own, a word of either side or an amount, and of all orders
//! that cost what the shop said only the one with the best signs counts.

use super::counted::{counts_said, is_price_of_one};
use super::explain::speaks_of_another_price;
use super::extras::{hangs_on_a_wish, is_of_a_delivery};
use super::question::question_of;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{Question, State, is_delivery};
use crate::grant::readings;
use crate::mention::{Fit, Mention};
use crate::order::{Level, Line, Quantity, places_meant, quantity_of};
use crate::read::{Decimal, Sense};
use crate::said::Said;

/// Orders that are tried for one message.
const TRIES: usize = 6_000;
/// So many of one thing explain a sum; more are no coincidence's business.
const MOST: u32 = 50;
/// What is further fetched than this is a coincidence.
const FARTHEST: u32 = 4;
/// Items that a sum is looked for among.
const CANDIDATES: usize = 14;

/// One item that may be part of it: how many, and how far-fetched each is.
struct Part {
    /// The lines that it may stand for.
    line: Option<usize>,
    choices: Vec<Choice>,
    /// What leaving it out costs; `None` where it must be there.
    absent: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Choice {
    place: Place,
    quantity: u32,
    cost: u32,
}

/// Reads the order off the shop's sum, if exactly one order explains it best.
///
/// Returns whether the order is now the one that the sum is the account of.
pub(super) fn account_for(
    state: &mut State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
    at: usize,
) -> bool {
    if state.in_parts
        || speaks_of_another_price(state, said)
        || said.amounts().any(|(at, ..)| hangs_on_a_wish(said, at))
    {
        return false;
    }
    let amounts = prices_said(said, catalog);
    if let [only] = amounts.as_slice()
        && is_of_a_delivery(said, only.at, catalog)
    {
        return false;
    }
    let Some(total) = total_of(said, &amounts, catalog) else {
        return false;
    };
    let readings = amounts
        .iter()
        .filter(|amount| amount.readings.contains(&total.minor))
        .flat_map(|amount| amount.readings.iter().copied());
    if is_price_of_one(state, said, &readings.collect::<Vec<_>>(), catalog) {
        return false;
    }
    let parts = parts(state, said, offered, &amounts, catalog);
    let mut search = Search {
        catalog,
        parts: &parts,
        total: total.minor,
        tries: 0,
        best: None,
        tied: false,
        chosen: Vec::new(),
    };
    search.from(0, 0, 0);
    let is_sure = !search.tied && search.tries <= TRIES;
    // Each amount that a part explains is a sign more.
    let most = FARTHEST + 2 * u32::try_from(total.others.len()).unwrap_or(0);
    let Some((_, chosen)) = search.best.filter(|(cost, _)| is_sure && *cost <= most) else {
        return false;
    };
    let pieces = pairs(&chosen)
        .iter()
        .fold(0_u32, |sum, (_, quantity)| sum.saturating_add(*quantity));
    if !is_accounted_for(&chosen, &total, catalog) || leaves_out(&parts, &chosen) && pieces < 2 {
        return false;
    }
    if !is_as_it_was(state, &chosen) {
        take_over(state, &parts, &chosen, catalog, at);
    }
    true
}

/// An amount that the shop wrote as a price, in each way that it can be meant.
struct Amount {
    at: usize,
    readings: Vec<i64>,
}

/// What the order costs, and the amounts that its parts must explain.
struct Total {
    minor: i64,
    others: Vec<Vec<i64>>,
}

/// Returns the amounts that are prices: those beside a currency, or else those that stand as a sum or alone.
fn prices_said(said: &Said, catalog: &Catalog) -> Vec<Amount> {
    let all: Vec<(usize, Decimal, bool)> = said
        .amounts()
        .filter(|(at, ..)| !is_a_measure(said, *at))
        .collect();
    let any_money = all.iter().any(|(.., money)| *money);
    let sums_up = said.tokens.iter().any(|token| token.is_mark('='));
    let beside_a_plus = |at: usize| {
        let plus = |at: usize| said.tokens.get(at).is_some_and(|token| token.is_mark('+'));
        at > 0 && plus(at - 1) || plus(at + 1)
    };
    all.into_iter()
        .filter(|(at, number, money)| {
            *money
                || !any_money && (sums_up || beside_a_plus(*at) || stands_as_a_price(said, *at, *number))
                || sums_up && said.tokens.get(at + 1).is_some_and(|token| token.is_mark('='))
        })
        .map(|(at, number, _)| Amount {
            at,
            readings: readings(catalog, number),
        })
        .collect()
}

/// "5600", "son 203 con todo", "9 mil justo": nothing else that the number could count.
fn stands_as_a_price(said: &Said, at: usize, number: Decimal) -> bool {
    let counted = said
        .found
        .mentions
        .iter()
        .any(|mention| mention.start <= at && at < mention.end);
    let grouped = said.text(at).contains(['.', ',']);
    let large = number.as_whole().is_none_or(|whole| whole > 12);
    let words = said.tokens.iter().filter(|token| token.is_word()).count();
    let introduced = (at.saturating_sub(2)..at).any(|before| {
        matches!(
            said.text(before),
            "son"
                | "serian"
                | "seria"
                | "total"
                | "fica"
                | "ficam"
                | "da"
                | "dao"
                | "sale"
                | "salen"
                | "queda"
                | "quedan"
                | "en"
                | "por"
                | "is"
                | "its"
                | "thats"
                | "comes"
                | "sai"
                | "tudo"
                | "todo"
        )
    });
    large && !counted && (grouped || introduced || words <= 4)
}

/// "7 pm", "3 dias", "10 %": no price.
fn is_a_measure(said: &Said, at: usize) -> bool {
    matches!(
        said.text(at + 1),
        "dias"
            | "dia"
            | "days"
            | "day"
            | "horas"
            | "hora"
            | "hours"
            | "hrs"
            | "h"
            | "hs"
            | "min"
            | "minutos"
            | "minutes"
            | "semanas"
            | "weeks"
            | "meses"
            | "months"
            | "anos"
            | "years"
            | "am"
            | "pm"
            | "km"
            | "%"
            | "cuotas"
            | "veces"
            | "x"
            | "mm"
            | "cm"
            | "ml"
            | "kg"
            | "g"
            | "gr"
    ) && said.tokens.get(at).is_some_and(|token| !token.money)
}

/// Returns the total among the amounts: what is called so, what the others add up to, or what a plus joins.
fn total_of(said: &Said, amounts: &[Amount], catalog: &Catalog) -> Option<Total> {
    let others = |but: Option<usize>| -> Vec<Vec<i64>> {
        amounts
            .iter()
            .filter(|amount| Some(amount.at) != but)
            .map(|amount| amount.readings.clone())
            .collect()
    };
    match amounts {
        [] => None,
        [only] => Some(Total {
            minor: only
                .readings
                .iter()
                .copied()
                .find(|minor| is_within(catalog, *minor))?,
            others: Vec::new(),
        }),
        _ => {
            let named = amounts.iter().find(|amount| is_called_total(said, amount.at));
            let summed = amounts.last().filter(|last| {
                let before = amounts.split_last().map(|(_, before)| before).unwrap_or_default();
                last.readings.iter().any(|total| adds_up(before, *total))
            });
            let largest = || {
                amounts
                    .iter()
                    .max_by_key(|amount| amount.readings.iter().max().copied())
                    .filter(|_| !is_joined(said, amounts))
            };
            if let Some(total) = named.or(summed).or_else(largest) {
                let minor = total
                    .readings
                    .iter()
                    .copied()
                    .filter(|minor| is_within(catalog, *minor))
                    .max()?;
                return Some(Total {
                    minor,
                    others: others(Some(total.at)),
                });
            }
            let sum: i64 = amounts
                .iter()
                .filter_map(|amount| {
                    amount
                        .readings
                        .iter()
                        .copied()
                        .find(|minor| is_within(catalog, *minor))
                })
                .try_fold(0_i64, i64::checked_add)?;
            Some(Total {
                minor: sum,
                others: others(None),
            })
        }
    }
}

/// Returns whether something of the catalog can cost as little.
fn is_within(catalog: &Catalog, minor: i64) -> bool {
    minor > 0 && minor >= catalog.prices().0
}

fn is_called_total(said: &Said, at: usize) -> bool {
    (at.saturating_sub(3)..at).any(|before| {
        matches!(
            said.text(before),
            "=" | "total" | "todo" | "tudo" | "altogether" | "so" | "entonces" | "entao"
        )
    }) || (at + 1..=at + 3).any(|after| {
        matches!(
            said.text(after),
            "total" | "altogether" | "shipped" | "entonces" | "entao" | "then"
        ) || matches!(said.text(after), "all" | "todo" | "tudo")
            && matches!(said.text(after + 1), "in" | "incluido" | "junto" | "incluso" | "")
    })
}

/// Returns whether every two amounts have a plus between them.
fn is_joined(said: &Said, amounts: &[Amount]) -> bool {
    amounts.windows(2).all(|pair| match pair {
        [left, right] => (left.at..right.at).any(|at| {
            matches!(said.text(at), "+" | "mas" | "mais" | "plus") && !ends_between(said, left.at, right.at)
        }),
        _ => false,
    })
}

fn ends_between(said: &Said, from: usize, to: usize) -> bool {
    said.tokens
        .get(from..to)
        .unwrap_or_default()
        .iter()
        .any(crate::read::Token::ends_sentence)
}

fn adds_up(parts: &[Amount], total: i64) -> bool {
    match parts.split_first() {
        None => total == 0,
        Some((first, rest)) => first
            .readings
            .iter()
            .any(|part| *part > 0 && adds_up(rest, total - part)),
    }
}

/// Returns what each line may be, and what else either side gave a sign of.
fn parts(
    state: &State,
    said: &Said,
    offered: &[Mention],
    amounts: &[Amount],
    catalog: &Catalog,
) -> Vec<Part> {
    let numbers = numbers(state, said);
    let says_it_all = says_it_all(said, amounts);
    let mut parts: Vec<Part> = Vec::new();
    let selected = state.selected(catalog);
    for (at, line) in state.lines.iter().enumerate() {
        let is_selected = selected.contains(&line);
        let choices = line
            .places
            .iter()
            .flat_map(|place| match line.quantity {
                Quantity::Said(_) => {
                    let counts = counts_said(state, said, offered, catalog, line);
                    choices_of(line, *place, &counts, 3)
                }
                _ => line_choices(line, *place, &numbers, amounts, catalog),
            })
            .collect();
        let absent = if !is_selected || is_offered_instead(line, offered, amounts, catalog) {
            Some(0)
        } else if state.takes_off {
            Some(2)
        } else if says_it_all {
            Some(4)
        } else {
            None
        };
        parts.push(Part {
            line: Some(at),
            choices,
            absent,
        });
    }
    let known = |place: &Place| state.lines.iter().any(|line| line.place() == Some(*place));
    let mut signs: Vec<(Place, u32, Vec<u32>)> = Vec::new();
    let mut sign = |place: Place, cost: u32, counts: Vec<u32>| match signs
        .iter_mut()
        .find(|(other, ..)| *other == place)
    {
        Some((_, known, more)) => {
            *known = cost.min(*known);
            more.extend(counts);
        }
        None => signs.push((place, cost, counts)),
    };
    for mention in offered {
        let places = places_meant(catalog, mention);
        let cost = if places.len() == 1 { 1 } else { 2 };
        for place in places {
            let count = quantity_of(catalog, mention, &[place]).value();
            sign(place, cost, count.into_iter().collect());
        }
    }
    for place in &state.touched {
        sign(*place, 1, Vec::new());
    }
    for place in crate::customer::hints(said, catalog)
        .into_iter()
        .chain(state.brushed.iter().copied())
    {
        sign(place, 2, Vec::new());
    }
    let is_a_lines_price = |minor: i64| {
        let mut places = state.lines.iter().flat_map(|line| &line.places);
        places.any(|place| catalog.price(*place) == minor)
    };
    if amounts.len() > 1 {
        for minor in amounts
            .iter()
            .flat_map(|amount| &amount.readings)
            .filter(|minor| !is_a_lines_price(**minor))
        {
            for place in catalog.priced_at(*minor) {
                sign(*place, 2, Vec::new());
            }
        }
    }
    // "£45 each": the one thing that costs so much.
    if let ([amount], true) = (amounts, said.has(Sense::Each)) {
        let priced: Vec<Place> = amount
            .readings
            .iter()
            .flat_map(|minor| catalog.priced_at(*minor))
            .copied()
            .collect();
        let alone = !state.heard.iter().any(|number| *number > 1);
        if let ([place], true) = (priced.as_slice(), alone) {
            sign(*place, 2, Vec::new());
        }
    }
    if said.has(Sense::Deliver) || state.delivers {
        for place in catalog.index.with_key("~delivery") {
            sign(*place, 1, Vec::new());
        }
    }
    signs.retain(|(place, ..)| !known(place) && catalog.price(*place) > 0);
    signs.sort_by_key(|(place, cost, _)| (*cost, *place));
    signs.truncate(CANDIDATES);
    parts.extend(signs.into_iter().map(|(place, cost, counts)| Part {
        line: None,
        choices: sign_choices(place, cost, &counts, &numbers, catalog),
        absent: Some(0),
    }));
    parts
}

/// Returns the numbers that either side wrote and that can count goods.
fn numbers(state: &State, said: &Said) -> Vec<u32> {
    let written = said.counts().map(|(_, number)| number);
    let heard = state
        .heard
        .iter()
        .filter_map(|number| u32::try_from(*number).ok());
    let mut all: Vec<u32> = written
        .chain(heard)
        .filter(|number| (1..=MOST).contains(number))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// "a dozen of the mild" — "a case of 12 mild is $90": the shop names the one that it means.
fn is_offered_instead(line: &Line, offered: &[Mention], amounts: &[Amount], catalog: &Catalog) -> bool {
    let shares_a_word = |place: &Place| {
        let keys = |place: &Place| {
            catalog
                .index
                .entry(*place)
                .map(|entry| entry.keys.as_slice())
                .unwrap_or_default()
        };
        line.places
            .iter()
            .any(|known| known != place && keys(known).iter().any(|key| keys(place).contains(key)))
    };
    let is_priced = |place: &Place| {
        let mut all = amounts.iter().flat_map(|amount| &amount.readings);
        all.any(|minor| *minor == catalog.price(*place))
    };
    // Three of them are no box of six, and two boxes not one.
    let is_as_many = |place: &Place| match line.quantity {
        Quantity::Said(number @ 2..) => catalog.index.entry(*place).is_some_and(|entry| {
            let is_pack = entry.pack.as_ref().is_some_and(|pack| pack.size == number);
            is_pack || entry.keys.contains(&number.to_string())
        }),
        _ => true,
    };
    offered.iter().any(|mention| {
        let places = places_meant(catalog, mention);
        matches!(places.as_slice(), [place] if is_priced(place) && shares_a_word(place) && is_as_many(place))
    })
}

/// Returns whether the message names what everything costs, so that what it leaves out is not on the order.
fn says_it_all(said: &Said, amounts: &[Amount]) -> bool {
    amounts.iter().any(|amount| is_called_total(said, amount.at)) || question_of(said) == Question::Confirm
}

/// Returns what a line may be whose quantity nobody said.
fn line_choices(
    line: &Line,
    place: Place,
    numbers: &[u32],
    amounts: &[Amount],
    catalog: &Catalog,
) -> Vec<Choice> {
    let names_one = amounts.len() > 1
        && amounts
            .iter()
            .any(|amount| amount.readings.contains(&catalog.price(place)));
    let mut counts = numbers.to_vec();
    counts.extend(names_one.then_some(1));
    if is_delivery(catalog, place) {
        counts.clear();
    }
    choices_of(line, place, &counts, 1)
}

/// Returns the line as it was read, and with each other count, which is as far-fetched as `cost`.
fn choices_of(line: &Line, place: Place, counts: &[u32], cost: u32) -> Vec<Choice> {
    let read = line.quantity.value();
    let choice = |quantity: u32, cost: u32| Choice {
        place,
        quantity,
        cost,
    };
    let as_read = read.into_iter().map(|quantity| choice(quantity, 0));
    let others = counts.iter().filter(|count| Some(**count) != read);
    as_read.chain(others.map(|count| choice(*count, cost))).collect()
}

fn sign_choices(place: Place, cost: u32, counts: &[u32], numbers: &[u32], catalog: &Catalog) -> Vec<Choice> {
    let mut choices = vec![Choice {
        place,
        quantity: 1,
        cost,
    }];
    if !is_delivery(catalog, place) {
        let counted = numbers.iter().filter(|number| **number > 1).map(|number| {
            let said_here = counts.contains(number);
            Choice {
                place,
                quantity: *number,
                cost: cost + u32::from(!said_here),
            }
        });
        choices.extend(counted);
    }
    choices
}

/// Tries every order there can be, and keeps the least far-fetched that costs what the shop said.
struct Search<'a> {
    catalog: &'a Catalog,
    parts: &'a [Part],
    total: i64,
    tries: usize,
    best: Option<(u32, Vec<Option<Choice>>)>,
    tied: bool,
    chosen: Vec<Option<Choice>>,
}

impl Search<'_> {
    fn from(&mut self, at: usize, minor: i64, cost: u32) {
        self.tries += 1;
        let beaten = self.best.as_ref().is_some_and(|(best, _)| cost > *best);
        if self.tries > TRIES || minor > self.total || beaten {
            return;
        }
        let Some(part) = self.parts.get(at) else {
            if minor == self.total {
                self.keep(cost);
            }
            return;
        };
        for choice in &part.choices {
            let price = self
                .catalog
                .price(choice.place)
                .checked_mul(i64::from(choice.quantity));
            if let Some(minor) = price.and_then(|price| minor.checked_add(price)) {
                self.chosen.push(Some(*choice));
                self.from(at + 1, minor, cost + choice.cost);
                self.chosen.pop();
            }
        }
        if let Some(absent) = part.absent {
            self.chosen.push(None);
            self.from(at + 1, minor, cost + absent);
            self.chosen.pop();
        }
    }

    fn keep(&mut self, cost: u32) {
        match &self.best {
            Some((best, chosen)) if *best == cost => self.tied |= pairs(chosen) != pairs(&self.chosen),
            _ => {
                self.best = Some((cost, self.chosen.clone()));
                self.tied = false;
            }
        }
    }
}

fn pairs(chosen: &[Option<Choice>]) -> Vec<(Place, u32)> {
    let mut pairs: Vec<(Place, u32)> = chosen
        .iter()
        .flatten()
        .map(|choice| (choice.place, choice.quantity))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Returns whether each other amount is what a part costs, or several of them together.
fn is_accounted_for(chosen: &[Option<Choice>], total: &Total, catalog: &Catalog) -> bool {
    let costs: Vec<i64> = chosen
        .iter()
        .flatten()
        .filter_map(|choice| {
            catalog
                .price(choice.place)
                .checked_mul(i64::from(choice.quantity))
        })
        .collect();
    let units = |minor: &i64| {
        chosen
            .iter()
            .flatten()
            .any(|choice| catalog.price(choice.place) == *minor)
    };
    let is_fee = |minor: &i64| {
        let mut fees = catalog.index.with_key("~delivery").iter();
        fees.any(|place| is_delivery(catalog, *place) && catalog.price(*place) == *minor)
    };
    let goods: i64 = chosen
        .iter()
        .flatten()
        .filter(|choice| !is_delivery(catalog, choice.place))
        .filter_map(|choice| {
            catalog
                .price(choice.place)
                .checked_mul(i64::from(choice.quantity))
        })
        .fold(0, i64::saturating_add);
    total.others.iter().all(|readings| {
        readings
            .iter()
            .any(|minor| costs.contains(minor) || units(minor) || is_fee(minor) || *minor == goods)
    })
}

/// Returns whether something that was ordered is not in it.
fn leaves_out(parts: &[Part], chosen: &[Option<Choice>]) -> bool {
    parts
        .iter()
        .zip(chosen)
        .any(|(part, choice)| part.absent.is_some_and(|cost| cost > 0) && choice.is_none())
}

fn is_as_it_was(state: &State, chosen: &[Option<Choice>]) -> bool {
    let mut known: Vec<(Place, u32)> = Vec::new();
    for line in &state.lines {
        match (line.place(), line.quantity.value()) {
            (Some(place), Some(quantity)) => known.push((place, quantity)),
            _ => return false,
        }
    }
    known.sort_unstable();
    known == pairs(chosen)
}

fn take_over(state: &mut State, parts: &[Part], chosen: &[Option<Choice>], catalog: &Catalog, at: usize) {
    // Nobody adds up a delivery that nobody ordered.
    let brought = chosen
        .iter()
        .flatten()
        .any(|choice| is_delivery(catalog, choice.place));
    let level = if brought || state.has_wanted() {
        Level::Wanted
    } else {
        Level::Asked
    };
    let lines = parts.iter().zip(chosen).filter_map(|(part, choice)| {
        let choice = (*choice)?;
        let known = part.line.and_then(|line| state.lines.get(line));
        // A sum that goes without a count says none.
        let quantity = known
            .map(|line| line.quantity)
            .filter(|known| known.value() == Some(choice.quantity));
        Some(Line {
            places: vec![choice.place],
            quantity: quantity.unwrap_or(Quantity::Said(choice.quantity)),
            fit: Fit::Loose,
            level: known.map_or(level, |line| line.level.max(level)),
            round: state.round,
        })
    });
    state.lines = lines.collect();
    state.offer = state.lines.iter().filter_map(Line::place).collect();
    state.topic.clone_from(&state.offer);
    state.changed(catalog, at);
    // The sum that it was read off is the next thing to be compared with it.
    state.unsettled = false;
}
