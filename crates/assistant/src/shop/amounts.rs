//! Compares what the shop wrote with what the order costs.

use super::counted::is_said_of_another_number;
use super::extras::is_of_a_delivery;
use super::question::question_of;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{Price, Question, State, delivery_item, is_delivery, sum};
use crate::grant::{Grant, readings};
use crate::mention::Mention;
use crate::order::quantity_of;
use crate::rules::Cut;
use crate::said::Said;

/// Compares what the shop wrote with what the order costs.
pub(super) fn judge_amounts(
    state: &mut State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
    at: usize,
) {
    let explained = explained(state, offered, catalog);
    let totals = totals(state, catalog);
    let mut verdict = None;
    for (number_at, number, money) in said.amounts() {
        let readings = readings(catalog, number);
        state.shop_amounts.extend(readings.iter().filter(|_| money));
        let is_total = readings.iter().any(|minor| totals.contains(minor));
        // "$60 de envío" is no total of goods that cost as much.
        if is_total && !is_of_a_delivery(said, number_at, catalog) {
            verdict = Some(Price::Verified);
        } else if readings.iter().any(|minor| explained.contains(minor)) {
            verdict = verdict.or(Some(Price::Quoted));
        } else if (money || may_be_price(said, number_at, &readings, &totals, state.haggles))
            && !is_past_or_percent(said, number.key().as_str())
            && !is_saving(said, number_at)
        {
            verdict = Some(Price::Mismatch);
            break;
        }
        for place in state
            .lines
            .iter()
            .flat_map(|line| line.places.iter())
            .chain(&state.offer)
        {
            if readings.contains(&catalog.price(*place)) {
                state.quoted.insert(*place);
            }
        }
    }
    if verdict == Some(Price::Quoted) && is_said_of_another_number(state, said, offered, catalog) {
        verdict = Some(Price::Mismatch);
    }
    if matches!(verdict, Some(Price::Verified | Price::Quoted)) {
        // The shop knows what it named a price for.
        state.unknown = None;
    }
    if verdict == Some(Price::Verified) {
        state.unsettled = false;
        let selected: Vec<Place> = state
            .selected(catalog)
            .iter()
            .filter_map(|line| line.place())
            .collect();
        state.quoted.extend(selected);
    }
    if let Some(verdict) = verdict {
        state.price = verdict;
        state.price_turn = Some(at);
    }
    state.price_without_fee = None;
    let fee_apart = names_fee_apart(state, said, catalog);
    state.fee_asked = fee_apart && state.grant.is_none() && asks_to_bring(said);
    if state.grant == Some(Grant::Unclear) || fee_apart || includes_fee(state, said, catalog) {
        state.price_without_fee = verdict.filter(|_| fee_apart && state.grant.is_none());
        state.price = Price::Mismatch;
    }
}

/// "ahorras 40 soles" is no price.
pub(super) fn is_saving(said: &Said, at: usize) -> bool {
    (at.saturating_sub(3)..at).any(|before| {
        matches!(
            said.text(before),
            "ahorras"
                | "ahorra"
                | "ahorran"
                | "ahorro"
                | "economiza"
                | "economia"
                | "save"
                | "saves"
                | "saving"
        )
    })
}

/// The shop's total holds a delivery that the order does not.
pub(super) fn includes_fee(state: &State, said: &Said, catalog: &Catalog) -> bool {
    let (Some(place), Some(pairs)) = (delivery_item(catalog), state.priced_pairs(catalog)) else {
        return false;
    };
    let without = catalog.price(place) > 0 && !pairs.iter().any(|(other, _)| is_delivery(catalog, *other));
    let with = sum(catalog, &pairs).and_then(|total| total.checked_add(catalog.price(place)));
    without
        && with.is_some_and(|with| {
            said.amounts()
                .any(|(_, number, money)| money && readings(catalog, number).contains(&with))
        })
}

/// Returns whether a bare number of the shop is about as large as the price: "le dejo todo en 195".
///
/// Whoever was asked for another price means it, also without such words.
pub(super) fn may_be_price(said: &Said, at: usize, readings: &[i64], totals: &[i64], haggles: bool) -> bool {
    let counted = said
        .found
        .mentions
        .iter()
        .any(|mention| mention.start <= at && at < mention.end);
    let introduced = at.checked_sub(1).is_some_and(|before| {
        matches!(
            said.text(before),
            "en" | "por"
                | "for"
                | "total"
                | "son"
                | "em"
                | "serian"
                | "seria"
                | "fica"
                | "queda"
                | "is"
                | "="
        )
    });
    let timed = matches!(
        said.text(at + 1),
        "dias"
            | "dia"
            | "days"
            | "day"
            | "horas"
            | "hora"
            | "hours"
            | "h"
            | "hs"
            | "hrs"
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
            | "personas"
            | "people"
            | "pessoas"
            | "km"
            | "de"
            | "cuotas"
            | "x"
            | "veces"
    );
    let near = totals.iter().any(|total| {
        readings
            .iter()
            .any(|minor| *minor > total / 4 && *minor < total.saturating_mul(4))
    });
    // "ah ok 22.500", "340": what else could it be?
    let grouped = said.text(at).contains(['.', ',']);
    let short = said.tokens.iter().filter(|token| token.is_word()).count() <= 4;
    (introduced || haggles || grouped || short) && !counted && !timed && near
}

/// "R$ 60 + R$ 12 de entrega, tudo bem?": the yes is to more than the order holds.
pub(super) fn names_fee_apart(state: &State, said: &Said, catalog: &Catalog) -> bool {
    let Some(place) = delivery_item(catalog) else {
        return false;
    };
    let ordered = state
        .selected(catalog)
        .iter()
        .any(|line| line.places.contains(&place));
    let named = said
        .found
        .mentions
        .iter()
        .any(|mention| mention.places.contains(&place));
    let priced = said
        .amounts()
        .any(|(_, number, _)| readings(catalog, number).contains(&catalog.price(place)));
    !ordered && !state.free_delivery && named && priced && question_of(said) == Question::Confirm
}

/// "¿te lo mando? son 25 de envío": whoever says yes has it brought.
fn asks_to_bring(said: &Said) -> bool {
    said.tokens.iter().enumerate().any(|(at, token)| {
        let word = token.text.as_str();
        let brings = matches!(
            word,
            "mando"
                | "mandamos"
                | "llevo"
                | "llevamos"
                | "enviamos"
                | "entregamos"
                | "entrego"
                | "levo"
                | "levamos"
                | "deliver"
                | "post"
                | "ship"
                | "drop"
        ) || word == "envio"
            && matches!(said.text(at.saturating_sub(1)), "lo" | "la" | "los" | "las");
        let (start, end) = said.sentence(at);
        let of_link = (start..end).any(|at| {
            matches!(
                said.text(at),
                "link" | "liga" | "enlace" | "foto" | "fotos" | "datos"
            )
        });
        brings && said.asks_at(at) && !of_link
    })
}

pub(super) fn is_past_or_percent(said: &Said, number: &str) -> bool {
    said.tokens.windows(2).any(|pair| match pair {
        [left, right] => left.number().is_some_and(|found| found.key() == number) && right.is_mark('%'),
        _ => false,
    })
}

/// Returns the totals that the order can have.
pub(super) fn totals(state: &State, catalog: &Catalog) -> Vec<i64> {
    let Some(pairs) = state.priced_pairs(catalog) else {
        return Vec::new();
    };
    let Some(total) = sum(catalog, &pairs) else {
        return Vec::new();
    };
    let mut totals = vec![total];
    match state.grant {
        Some(Grant::Off { cut, from })
            if pairs
                .iter()
                .map(|(_, quantity)| u64::from(*quantity))
                .sum::<u64>()
                >= u64::from(from) =>
        {
            totals = vec![total - cut.of(total)];
        }
        Some(Grant::UnitPrice(minor)) => {
            totals = pairs
                .iter()
                .take(1)
                .filter_map(|(_, quantity)| minor.checked_mul(i64::from(*quantity)))
                .collect();
        }
        Some(Grant::Total(minor)) => totals = vec![minor],
        _ => {}
    }
    totals
}

/// Returns the amounts that the order or this message explains.
pub(super) fn explained(state: &State, offered: &[Mention], catalog: &Catalog) -> Vec<i64> {
    let mut all = Vec::new();
    for line in &state.lines {
        for place in &line.places {
            let unit = catalog.price(*place);
            all.push(unit);
            all.extend(
                line.quantity
                    .value()
                    .and_then(|number| unit.checked_mul(i64::from(number))),
            );
        }
    }
    for mention in offered {
        for place in &mention.places {
            let unit = catalog.price(*place);
            all.push(unit);
            let counted = quantity_of(catalog, mention, &[*place]).value();
            all.extend(counted.and_then(|number| unit.checked_mul(i64::from(number))));
        }
    }
    all.extend(state.offer.iter().map(|place| catalog.price(*place)));
    if let Some(pairs) = state.priced_pairs(catalog) {
        let goods: Vec<(Place, u32)> = pairs
            .iter()
            .copied()
            .filter(|(place, _)| !is_delivery(catalog, *place))
            .collect();
        let full = sum(catalog, &pairs);
        all.extend(full);
        all.extend(sum(catalog, &goods));
        if let Some(delivery) = delivery_item(catalog) {
            all.push(catalog.price(delivery));
            all.extend(sum(catalog, &goods).and_then(|total| total.checked_add(catalog.price(delivery))));
        }
        if let (Some(full), Some(Grant::Off { cut, .. })) = (full, state.grant) {
            all.push(cut.of(full));
        }
    }
    if let Some(
        Grant::Off {
            cut: Cut::Minor(minor),
            ..
        }
        | Grant::UnitPrice(minor)
        | Grant::Total(minor),
    ) = state.grant
    {
        all.push(minor);
    }
    all
}
