//! Groups and numbers that stand without an item.

use super::wording::sets_a_limit;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{Price, Question, State, is_delivery};
use crate::order::{Level, Line, Quantity};
use crate::read::{Sense, Token};
use crate::said::Said;

/// "los dos", "both", "all 3": everything that was offered, or that many of the one thing.
pub(super) fn take_groups(state: &mut State, said: &Said, catalog: &Catalog) {
    let number = said.found.group;
    let both = said.has(Sense::Both) || takes_all(said);
    if let (true, [line]) = (wants_one_of_each(said), state.lines.as_slice())
        && (2..=3).contains(&line.places.len())
    {
        let each = |place: Place| Line {
            places: vec![place],
            quantity: Quantity::Said(1),
            level: Level::Wanted,
            ..line.clone()
        };
        // Of three, the total must say that all are meant.
        state.unsettled |= line.places.len() > 2;
        state.lines = line.places.iter().copied().map(each).collect();
        return;
    }
    if let (true, [line]) = (both || number == Some(2), state.lines.as_slice())
        && let [first, second] = line.places.as_slice()
        && said.found.mentions.is_empty()
    {
        // "front or rear?" — "both".
        let each = |place: Place| Line {
            places: vec![place],
            ..line.clone()
        };
        state.lines = vec![each(*first), each(*second)];
        return;
    }
    if number.is_none() && !both {
        return;
    }
    let mut places: Vec<Place> = state
        .lines
        .iter()
        .filter_map(Line::place)
        .chain(state.offer.iter().copied())
        .filter(|place| !is_delivery(catalog, *place))
        .collect();
    places.sort_unstable();
    places.dedup();
    let count = u32::try_from(places.len()).unwrap_or(0);
    let named = said.found.mentions.is_empty();
    if named && number == Some(count) && count > 1 && state.selected(catalog).len() < places.len() {
        want_all(state, &places);
        return;
    }
    // "need a banner" — "cards $45, banner $95" — "let's do both": those that the shop named.
    let offered = places.len() == 2 && places.iter().all(|place| state.offer.contains(place));
    let assumed = state.lines.iter().all(|line| line.quantity == Quantity::Assumed);
    if named && both && number.is_none() && offered && assumed {
        want_all(state, &places);
        return;
    }
    if state.has_wanted() {
        if let (Some(number), [line]) = (number, state.lines.as_mut_slice())
            && named
            && line.quantity.value() != Some(number)
        {
            line.quantity = Quantity::Said(number);
            state.heard.insert(i64::from(number));
        }
        return;
    }
    match number {
        Some(number) if count == 1 => set_single(state, number),
        Some(number) if number == count => want_all(state, &places),
        None if count > 1 => want_all(state, &places),
        Some(_) => state.unsettled = true,
        None => {}
    }
}

/// "todos", "sí, todas": the whole clause, and so all that was named.
fn takes_all(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let (start, end) = said.clause(at);
        let is_all = matches!(said.text(at), "todos" | "todas") && !said.asks_at(at);
        is_all && (start..end).all(|other| other == at || crate::consent::is_yes(said, other))
    })
}

/// "una de cada color", "one of each", "dame una y una".
fn wants_one_of_each(said: &Said) -> bool {
    let is_one = |at: usize| matches!(said.text(at), "una" | "uno" | "un" | "um" | "uma" | "one" | "1");
    (0..said.tokens.len()).any(|at| {
        let of_each =
            matches!(said.text(at + 1), "de" | "of") && matches!(said.text(at + 2), "cada" | "each");
        let and_one = matches!(said.text(at + 1), "y" | "e" | "and")
            && is_one(at + 2)
            && said
                .tokens
                .get(at + 3)
                .is_none_or(|next| next.divides() || next.text.starts_with("por"));
        is_one(at) && (of_each || and_one)
    })
}

pub(super) fn want_all(state: &mut State, places: &[Place]) {
    for place in places {
        match state.lines.iter_mut().find(|line| line.place() == Some(*place)) {
            Some(line) => {
                line.level = Level::Wanted;
                line.round = state.round;
            }
            None => state.lines.push(Line::of_place(*place, 1, state.round)),
        }
    }
}

pub(super) fn set_single(state: &mut State, number: u32) {
    let round = state.round;
    if let [line] = state.lines.as_mut_slice() {
        state.heard.insert(i64::from(number));
        line.quantity = Quantity::Said(number);
        line.level = Level::Wanted;
        line.round = round;
    }
}

/// "póngame 4 y dos costales": the 4 are of what was spoken of before.
pub(super) fn count_what_was_asked(state: &mut State, said: &Said, catalog: &Catalog) {
    state.counted = false;
    let [(token, number)] = said.found.bare.as_slice() else {
        return;
    };
    let joined = matches!(said.text(token + 1), "y" | "e" | "and" | "+");
    let next_is_goods = said
        .found
        .mentions
        .iter()
        .any(|mention| (token + 2..=token + 4).contains(&mention.start));
    let sets = (token.saturating_sub(3)..=*token).any(|at| {
        said.hits.iter().any(|hit| {
            hit.start == at
                && matches!(
                    hit.sense,
                    Sense::Want | Sense::SetQty | Sense::Replace | Sense::Accept
                )
        })
    });
    let selected = selected_positions(state, catalog);
    let named = |line: &Line| said.found.mentions.iter().any(|mention| line.meets(mention));
    if let ([only], true) = (
        selected.as_slice(),
        joined && next_is_goods && sets && *number <= 50,
    ) && let Some(line) = state.lines.get_mut(*only).filter(|line| !named(line))
    {
        line.quantity = Quantity::Said(*number);
        line.level = Level::Wanted;
        line.round = state.round;
        state.counted = true;
    }
}

/// "mejor 3", "make that 5", "me llevo 2": numbers for the item that was spoken of.
pub(super) fn take_numbers(state: &mut State, said: &Said, catalog: &Catalog) {
    // "faz 40?" offers a price.
    if !said.found.mentions.is_empty() || said.has(Sense::Offer) && said.asks() {
        return;
    }
    for (token, number) in &said.found.bare {
        if state.question == Question::Detail && !said.has(Sense::SetQty) {
            continue;
        }
        let is_counted = state
            .lines
            .iter()
            .any(|line| matches!(line.quantity, Quantity::Said(2..)));
        if is_counted && state.asks_another_number() && !said.has(Sense::SetQty) {
            continue;
        }
        // "faz um descontinho?": an article, and something that is not counted.
        let is_article = matches!(said.text(*token), "un" | "una" | "um" | "uma" | "a" | "an");
        if is_article
            && said.tokens.get(token + 1).is_some_and(Token::is_word)
            && !pieces_follow(said, *token)
        {
            continue;
        }
        if *number > 12 && names_a_size(state, catalog, *number) {
            // A size, and not so many of them.
            state.unsettled = true;
            state.price = Price::Unsaid;
            continue;
        }
        // "cóbrame los 15.600": what the shop said it costs.
        let amount = i64::from(*number);
        let is_said = |minor: &i64| *minor == amount || *minor == amount.saturating_mul(100);
        if *number > 99 && state.shop_amounts.iter().any(is_said) {
            continue;
        }
        let before = token.checked_sub(1).map_or("", |before| said.text(before));
        if *number > 12 && asks_to_be_given(before) {
            // "si me haces 43": a price, and not so many.
            continue;
        }
        let (start, end) = said.clause(*token);
        if is_of_a_place_or_age(said, (start, *token)) {
            continue;
        }
        let near = (start.max(token.saturating_sub(5)), *token + 1);
        let is_limit = token.checked_sub(3).is_some_and(|no| sets_a_limit(said, no));
        let sets = said.within(near, Sense::SetQty)
            || said.within(near, Sense::Accept)
            || said.within(near, Sense::Want)
            || said.within(near, Sense::Replace)
            || said.within((start, end), Sense::Only)
            || state.question == Question::Quantity
            || start > 0 && end - start == 1
            || pieces_follow(said, *token)
            || is_limit
            // "bota mais 2"
            || matches!(said.text(token.saturating_sub(1)), "mais" | "mas" | "more" | "otros" | "otras" | "outros" | "outras");
        let known = state
            .lines
            .iter()
            .any(|line| line.quantity.value() == Some(*number))
            || state
                .shop_amounts
                .iter()
                .any(|minor| minor % i64::from((*number).max(1)) == 0 && *number > 99);
        if !sets {
            if !known && *number > 1 {
                // A number that nobody can place, beside an agreement: how many is not certain.
                state.unsettled = true;
                state.price = Price::Unsaid;
            }
            continue;
        }
        let more = (*token + 1..*token + 2).any(|at| matches!(said.text(at), "mas" | "mais" | "more"))
            || said.in_clause(*token, Sense::Add) && !is_limit;
        let selected: Vec<usize> = selected_positions(state, catalog);
        match selected.as_slice() {
            [only] => {
                if let Some(line) = state.lines.get_mut(*only) {
                    let base = if more {
                        line.quantity.value().unwrap_or(0)
                    } else {
                        0
                    };
                    line.quantity = Quantity::Said(base.saturating_add(*number));
                    state.heard.insert(i64::from(base.saturating_add(*number)));
                    line.level = Level::Wanted;
                    line.round = state.round;
                }
            }
            [] => {}
            _ => state.unsettled = true,
        }
    }
}

/// "me haces 43", "me dejas 20": what is asked for there is a price.
fn asks_to_be_given(word: &str) -> bool {
    matches!(
        word,
        "haces" | "hace" | "hacen" | "haga" | "dejas" | "deja" | "dejan" | "deje" | "deixa" | "deixas"
    )
}

/// "la calle Hidalgo 23", "cumple 3": the number counts no goods.
fn is_of_a_place_or_age(said: &Said, (start, at): (usize, usize)) -> bool {
    (start.max(at.saturating_sub(4))..at).any(|before| {
        matches!(
            said.text(before),
            "calle"
                | "rua"
                | "street"
                | "avenida"
                | "avenue"
                | "road"
                | "colonia"
                | "vivo"
                | "moro"
                | "pesa"
                | "pesan"
                | "mide"
                | "mede"
                | "weighs"
                | "live"
                | "cumple"
                | "cumpleanos"
                | "anos"
                | "turns"
                | "turning"
                | "depto"
                | "apto"
                | "casa"
                | "piso"
        )
    })
}

/// Returns whether another item of the same noun has the number in its name.
fn names_a_size(state: &State, catalog: &Catalog, number: u32) -> bool {
    let numbered = catalog.index.with_key(&number.to_string());
    let head = |place: &Place| {
        catalog
            .index
            .entry(*place)
            .and_then(|entry| entry.head.as_deref())
    };
    let mut places = state.lines.iter().flat_map(|line| &line.places);
    places.any(|place| {
        numbered
            .iter()
            .any(|other| head(other).is_some() && head(other) == head(place))
    })
}

pub(super) fn pieces_follow(said: &Said, token: usize) -> bool {
    let of_them = matches!(said.text(token + 1), "of" | "de")
        && matches!(
            said.text(token + 2),
            "those" | "them" | "these" | "esos" | "esas" | "ellos" | "ellas" | "estos" | "estas"
        );
    // "2 no más": no more than that.
    let only = said.text(token + 1) == "no" && said.text(token + 2) == "mas";
    if of_them || only || matches!(said.text(token + 1), "desses" | "dessas" | "deles") {
        return true;
    }
    matches!(
        said.text(token + 1),
        "piezas"
            | "pieza"
            | "unidades"
            | "unidad"
            | "unidade"
            | "pzas"
            | "pcs"
            | "units"
            | "cajas"
            | "boxes"
            | "paquetes"
            | "bolsas"
            | "bags"
    )
}

pub(super) fn selected_positions(state: &State, catalog: &Catalog) -> Vec<usize> {
    let wanted = state.has_wanted();
    let last = state.lines.iter().map(|line| line.round).max();
    state
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.places.iter().all(|place| is_delivery(catalog, *place)))
        .filter(|(_, line)| {
            if wanted {
                line.level == Level::Wanted
            } else {
                Some(line.round) == last
            }
        })
        .map(|(at, _)| at)
        .collect()
}
