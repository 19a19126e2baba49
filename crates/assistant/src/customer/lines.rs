//! Corrections: lines that are shared out, replaced, dropped or counted anew.

use super::wording::is_dropped;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{State, is_delivery};
use crate::mention::{Mention, common};
use crate::order::{Line, Quantity};
use crate::read::{Language, Sense, Token};
use crate::said::Said;

/// "2 camisetas negras, una M y otra L": options share out what was counted before.
pub(super) fn distribute(state: &mut State, mention: &Mention, places: &[Place], quantity: Quantity) -> bool {
    let round = state.round;
    if !mention.option_only || mention.count.is_none() && !mention.another {
        return false;
    }
    let taken = quantity.value().unwrap_or(1);
    let shares = |line: &Line| matches!(line.quantity, Quantity::Said(number) if number >= taken);
    let Some(parent) = state
        .lines
        .iter_mut()
        .find(|line| line.round == round && line.places.len() > 1 && line.meets(mention) && shares(line))
    else {
        return false;
    };
    let left = parent.quantity.value().unwrap_or(0).saturating_sub(taken);
    let share = Line {
        places: common(&parent.places, places),
        quantity: Quantity::Said(taken),
        ..parent.clone()
    };
    parent.quantity = Quantity::Said(left);
    let done = left == 0;
    if done {
        let parent_places = parent.places.clone();
        state
            .lines
            .retain(|line| line.places != parent_places || line.quantity != Quantity::Said(0));
    }
    state.lines.push(share);
    true
}

pub(super) fn update_quantity(line: &mut Line, mention: &Mention, quantity: Quantity, said: &Said) {
    // "põe mais um gelo", "2 more bags": so many on top of what was said before.
    let near = mention.start.saturating_sub(2)..mention.end;
    let on_top = mention.count.is_some() && near.into_iter().any(|at| is_beside_a_count(said, mention, at));
    let more = mention.another
        || on_top
        || said.in_clause(mention.start, Sense::Add)
            && (mention.end..mention.end + 2).any(|at| is_more(said, at));
    if more {
        let extra = if mention.count.is_some() {
            quantity.value()
        } else {
            Some(1)
        };
        line.quantity = match (line.quantity.value(), extra) {
            (Some(number), Some(extra)) => Quantity::Said(number.saturating_add(extra)),
            _ => Quantity::Unclear,
        };
    } else if quantity == Quantity::Assumed
        && mention.count.is_some()
        && (said.has(Sense::Replace) || said.has(Sense::Only))
    {
        line.quantity = Quantity::Said(1);
    } else if quantity == Quantity::Unclear || matches!(quantity, Quantity::Said(_)) {
        line.quantity = quantity;
    }
}

/// "mais um", "2 more"; in Spanish only "2 más", for "más 2" is a plus.
fn is_beside_a_count(said: &Said, mention: &Mention, at: usize) -> bool {
    let is_count = |at: usize| {
        let number = said.tokens.get(at).and_then(Token::number);
        number.is_some() || matches!(said.text(at), "um" | "uma" | "un" | "una" | "one" | "another")
    };
    let behind = at.checked_sub(1).is_some_and(is_count);
    let before = is_count(at + 1) && said.text(at) != "mas";
    let is_spanish_or_never_but = said.text(at) != "mas" || said.language == Language::Spanish;
    (behind || before)
        && is_spanish_or_never_but
        && is_more(said, at)
        && said.clause(at) == said.clause(mention.start)
}

/// "more", but not "no more", "no más de" or "more than": those set a limit.
fn is_more(said: &Said, at: usize) -> bool {
    let denied = at.checked_sub(1).is_some_and(|before| {
        matches!(
            said.text(before),
            "no" | "nao" | "not" | "never" | "nunca" | "sin" | "sem" | "without"
        )
    });
    matches!(said.text(at), "mas" | "mais" | "more")
        && !denied
        && !matches!(said.text(at + 1), "than" | "de" | "do" | "que")
}

/// Returns the line that a better idea takes the place of.
///
/// Never one that the same message names: that one is meant too.
pub(super) fn line_to_replace<'a>(
    state: &'a mut State,
    line: &Line,
    said: &Said,
    catalog: &Catalog,
) -> Option<&'a mut Line> {
    let named = |old: &Line| {
        said.found.mentions.iter().any(|mention| {
            old.meets(mention)
                && !common(&old.places, &mention.places).is_empty()
                && mention.places != line.places
        })
    };
    let head = |line: &Line| {
        line.places
            .first()
            .and_then(|place| catalog.index.entry(*place)?.head.clone())
    };
    let new_head = head(line);
    let related = state
        .lines
        .iter()
        .position(|old| head(old) == new_head && old.round <= line.round && !named(old));
    let goods: Vec<usize> = state
        .lines
        .iter()
        .enumerate()
        .filter(|(_, old)| !old.places.iter().all(|place| is_delivery(catalog, *place)) && !named(old))
        .map(|(at, _)| at)
        .collect();
    let only = match goods.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    related.or(only).and_then(|at| state.lines.get_mut(at))
}

/// Returns those of `places` that have the most words in common with what they replace.
///
/// "mejor el de 20" after a chocolate cake is the larger chocolate cake.
pub(super) fn closest(catalog: &Catalog, old: &[Place], places: Vec<Place>) -> Vec<Place> {
    let Some(old) = old.first().and_then(|place| catalog.index.entry(*place)) else {
        return places;
    };
    let shared = |place: &Place| {
        catalog.index.entry(*place).map_or(0, |entry| {
            entry.keys.iter().filter(|key| old.keys.contains(key)).count()
        })
    };
    let most = places.iter().map(shared).max().unwrap_or(0);
    places.into_iter().filter(|place| shared(place) == most).collect()
}

/// "mándame el link para la señal": what is paid now is only that.
pub(super) fn pay_for_this(state: &mut State, said: &Said) -> bool {
    let named: Vec<&Mention> = said
        .found
        .mentions
        .iter()
        .filter(|mention| {
            let (start, end) = said.clause(mention.start);
            !is_dropped(said, mention)
                && said.all(Sense::Pay).any(|pay| {
                    pay.start >= start
                        && pay.end <= mention.start
                        && mention.start < end
                        && (pay.end..mention.start).all(|at| {
                            matches!(
                                said.text(at),
                                "para"
                                    | "pra"
                                    | "de"
                                    | "del"
                                    | "da"
                                    | "do"
                                    | "for"
                                    | "the"
                                    | "la"
                                    | "el"
                                    | "o"
                                    | "a"
                                    | "pago"
                                    | "los"
                                    | "las"
                            )
                        })
                })
        })
        .collect();
    if named.is_empty() {
        return false;
    }
    let before = state.lines.len();
    // What the same message names beside it is paid as well.
    let here = |line: &Line| {
        said.found
            .mentions
            .iter()
            .any(|mention| line.meets(mention) && !is_dropped(said, mention))
    };
    state.lines.retain(here);
    state.lines.len() < before
}

/// "tira uma" of two leaves one; "quita el cable" takes it off.
pub(super) fn drop_lines(state: &mut State, mention: &Mention) -> bool {
    let fewer = mention.count.map(|count| count.number);
    let mut dropped = false;
    for line in state.lines.iter_mut().filter(|line| line.meets(mention)) {
        let left: Vec<Place> = line
            .places
            .iter()
            .copied()
            .filter(|place| !mention.places.contains(place))
            .collect();
        if !left.is_empty() {
            // "una drenagem, sin paquete": only says which one it is not.
            line.places = left;
            continue;
        }
        dropped = true;
        match (line.quantity.value(), fewer) {
            (Some(known), Some(fewer)) if known > fewer => line.quantity = Quantity::Said(known - fewer),
            _ => line.places.clear(),
        }
    }
    state.lines.retain(|line| !line.places.is_empty());
    dropped
}

pub(super) fn drop_line_for(state: &mut State, mention: &Mention) -> Option<Quantity> {
    let at = state.lines.iter().position(|line| line.meets(mention))?;
    Some(state.lines.remove(at).quantity)
}
