//! What the shop's own messages change.

use crate::catalog::{Catalog, Place};
use crate::conversation::Turn;
use crate::dialogue::{Price, Question, State, delivery_item, is_delivery, sum};
use crate::grant::{Grant, grant_from, readings};
use crate::mention::{Fit, Mention, common};
use crate::order::{Level, Line, Quantity, places_meant, quantity_of};
use crate::read::{Decimal, Sense};
use crate::rules::Cut;
use crate::said::Said;

/// Takes in one message of the shop.
pub(crate) fn take_shop_turn(state: &mut State, turn: &Turn, at: usize, catalog: &Catalog) {
    let said = Said::of(turn, state.language, catalog, &state.context());
    if said.has(Sense::Received) && !said.asks() {
        state.paid = true;
        settle(state, catalog);
        return;
    }
    if is_link(&said) {
        state.linked = true;
        state.question = Question::None;
        settle(state, catalog);
        return;
    }
    drop_what_is_sold_out(state, &said, catalog, at);
    let offered = offered_mentions(&said, state, catalog);
    narrow(state, &said, &offered, catalog);
    recap(state, &said, &offered, catalog, at);
    remember_offer(state, &said, &offered, catalog);
    if let Some(grant) = grant_from(&said, catalog, state) {
        state.grant = Some(grant);
        state.grant_turn = Some(at);
    }
    if said.has(Sense::FreeDelivery) {
        state.free_delivery = true;
        state
            .lines
            .retain(|line| !line.places.iter().all(|place| is_delivery(catalog, *place)));
    }
    judge_amounts(state, &said, &offered, catalog, at);
    state.question = question_of(&said);
    if state.question == Question::Other
        && state.price == Price::Verified
        && state.price_turn == Some(at)
        && !is_open_question(&said)
    {
        // "$50 in total, cool?"
        state.question = Question::Confirm;
    }
    state.question_words = question_words(&said);
    if matches!(state.question, Question::Other | Question::Confirm) && offers_more(state, &said, &offered) {
        state.question = Question::Upsell;
    }
    if state.question == Question::Confirm {
        // It asks again, so that the answer to this counts.
        state.consent = None;
    }
    state.doubt = None;
    state.round += 1;
}

/// Remembers what was ordered and starts anew: it is charged, or paid.
pub(crate) fn settle(state: &mut State, catalog: &Catalog) {
    if let Some(pairs) = state.resolved(catalog) {
        state.last = pairs;
    }
    state.forget_order();
    state.question = Question::None;
    state.doubt = None;
    state.round += 1;
}

fn is_link(said: &Said) -> bool {
    let address = said
        .tokens
        .iter()
        .any(|token| matches!(token.text.as_str(), "http" | "https" | "www"));
    address || said.has(Sense::Sent) && !said.asks() && !promises(said)
}

/// "ahora te mando el link" is a promise, not the link.
fn promises(said: &Said) -> bool {
    said.all(Sense::Sent).all(|hit| {
        (hit.start.saturating_sub(3)..hit.end).any(|at| {
            matches!(
                said.text(at),
                "ahora" | "ahorita" | "momento" | "ya" | "will" | "ill" | "vou" | "voy" | "te"
            )
        }) && !(hit.start..hit.end).any(|at| {
            matches!(
                said.text(at),
                "ahi"
                    | "aqui"
                    | "aca"
                    | "here"
                    | "segue"
                    | "sigue"
                    | "enviado"
                    | "mande"
                    | "envie"
                    | "pase"
                    | "mandei"
                    | "enviei"
                    | "sent"
            )
        })
    })
}

fn drop_what_is_sold_out(state: &mut State, said: &Said, catalog: &Catalog, at: usize) {
    let spans: Vec<(usize, usize)> = said
        .all(Sense::SoldOut)
        .map(|hit| said.clause(hit.start))
        .filter(|span| !is_about_something_else(said, *span))
        .collect();
    if spans.is_empty() {
        return;
    }
    let gone: Vec<Place> = said
        .found
        .mentions
        .iter()
        .filter(|mention| {
            spans
                .iter()
                .any(|(start, end)| mention.start >= *start && mention.start < *end)
        })
        .flat_map(|mention| mention.places.clone())
        .collect();
    let everything = gone.is_empty() && said.found.mentions.is_empty();
    for line in &mut state.lines {
        if everything {
            line.places.clear();
        } else {
            line.places.retain(|place| !gone.contains(place));
        }
    }
    let before = state.lines.len();
    state.lines.retain(|line| !line.places.is_empty());
    if state.lines.len() < before || everything {
        state.consent = None;
        state.changed(catalog, at);
    }
}

fn is_about_something_else(said: &Said, (start, end): (usize, usize)) -> bool {
    said.within((start, end), Sense::Off)
        || (start..end).any(|at| {
            matches!(
                said.text(at),
                "problema"
                    | "envio"
                    | "envios"
                    | "entrega"
                    | "delivery"
                    | "domicilio"
                    | "promociones"
                    | "promo"
                    | "problem"
                    | "cambios"
                    | "devoluciones"
                    | "efectivo"
                    | "credito"
                    | "meses"
                    | "cuotas"
                    | "parcelamos"
                    | "horario"
                    | "cita"
                    | "pressa"
            )
        })
}

/// Returns the mentions that the shop offers: not what it says it lacks.
///
/// Words that fit several items mean those that were spoken of, and a number
/// that is the price counts nothing.
fn offered_mentions(said: &Said, state: &State, catalog: &Catalog) -> Vec<Mention> {
    let exponent = u32::from(catalog.currency().exponent());
    said.found
        .mentions
        .iter()
        .filter(|mention| {
            let clause = said.clause(mention.start);
            !said.within(clause, Sense::SoldOut) || is_about_something_else(said, clause)
        })
        .cloned()
        .map(|mut mention| {
            let known: Vec<Place> = state
                .lines
                .iter()
                .flat_map(|line| common(&line.places, &mention.places))
                .collect();
            if !known.is_empty() {
                mention.places = known;
                mention.places.sort_unstable();
                mention.places.dedup();
            }
            let is_price = mention.count.is_some_and(|count| {
                let minor = i64::from(count.number) * 10_i64.pow(exponent);
                mention.places.iter().any(|place| catalog.price(*place) == minor)
            });
            if is_price {
                mention.count = None;
            }
            mention
        })
        .collect()
}

/// Lets the shop's words or price decide an option that the customer left open.
fn narrow(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog) {
    let one_of = |places: &[Place]| {
        let named: Vec<Place> = offered
            .iter()
            .flat_map(|mention| mention.places.iter())
            .filter(|place| places.contains(place))
            .copied()
            .collect();
        match named.as_slice() {
            [place] => Some(*place),
            _ => None,
        }
    };
    let alternatives = offered.len() > 1 || said.asks() && said.has(Sense::QOption);
    for line in state.lines.iter_mut().filter(|line| line.places.len() > 1) {
        if let Some(place) = one_of(&line.places).filter(|_| !alternatives) {
            line.places = vec![place];
            continue;
        }
        if alternatives {
            continue;
        }
        let quantity = line.quantity.value().unwrap_or(1);
        let priced: Vec<Place> = line
            .places
            .iter()
            .copied()
            .filter(|place| {
                let unit = catalog.price(*place);
                said.amounts().any(|(_, number, _)| {
                    readings(catalog, number)
                        .iter()
                        .any(|minor| *minor == unit || Some(*minor) == unit.checked_mul(i64::from(quantity)))
                })
            })
            .collect();
        if let [place] = priced.as_slice() {
            line.places = vec![*place];
        }
    }
}

/// Takes the shop's own list or quantity over, where it says the order back.
fn recap(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog, at: usize) {
    let listed: Option<Vec<(Place, u32)>> = offered
        .iter()
        .map(|mention| {
            let places = places_meant(catalog, mention);
            match places.as_slice() {
                [place] => Some((*place, quantity_of(catalog, mention, &places).value()?)),
                _ => None,
            }
        })
        .collect();
    let listed = listed.unwrap_or_default();
    let amounts: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let ours = state.resolved(catalog);
    if listed.len() > 1
        && ours.as_ref() != Some(&listed)
        && sum(catalog, &listed).is_some_and(|total| amounts.contains(&total))
        && ours
            .as_ref()
            .and_then(|pairs| sum(catalog, pairs))
            .is_none_or(|total| !amounts.contains(&total))
    {
        state.lines = listed
            .iter()
            .map(|(place, quantity)| Line::of_place(*place, *quantity, state.round))
            .collect();
        state.unsettled = false;
        state.changed(catalog, at);
        return;
    }
    recap_quantities(state, offered, catalog, at, said);
    recap_total(state, &amounts, said, catalog, at);
}

/// "Ok 3 cajas": the shop says how many.
fn recap_quantities(state: &mut State, offered: &[Mention], catalog: &Catalog, at: usize, said: &Said) {
    if said.asks() && said.has(Sense::QOption) {
        return;
    }
    let mut changed = false;
    for mention in offered
        .iter()
        .filter(|mention| mention.count.is_some_and(|count| !count.article))
    {
        for line in state.lines.iter_mut().filter(|line| line.meets(mention)) {
            let Some(number) = quantity_of(catalog, mention, &line.places).value() else {
                continue;
            };
            if line.quantity.value() != Some(number) && !said.in_clause(mention.start, Sense::Off) {
                line.quantity = Quantity::Said(number);
                changed = true;
            }
        }
    }
    if changed {
        state.changed(catalog, at);
    }
}

/// Reads a total that explains a quantity or a delivery which nobody put in words.
fn place_is_priced(catalog: &Catalog, place: Place, amounts: &[i64]) -> bool {
    amounts.contains(&catalog.price(place))
}

fn recap_total(state: &mut State, amounts: &[i64], said: &Said, catalog: &Catalog, at: usize) {
    let delivery = delivery_item(catalog);
    if let (Some(place), Some(pairs)) = (delivery, state.resolved(catalog))
        && !pairs.iter().any(|(other, _)| is_delivery(catalog, *other))
        && let Some(with) = sum(catalog, &pairs).and_then(|total| total.checked_add(catalog.price(place)))
        && amounts.contains(&with)
        && (said
            .found
            .mentions
            .iter()
            .any(|mention| mention.places.contains(&place))
            || place_is_priced(catalog, place, amounts))
        && (state.has_wanted() || said.asks() || said.has(Sense::Total))
    {
        want_selected(state, catalog);
        state.lines.push(Line::of_place(place, 1, state.round));
        state.changed(catalog, at);
        return;
    }
    let resolved: Vec<usize> = (0..state.lines.len()).collect();
    let [only] = resolved.as_slice() else { return };
    let Some(line) = state.lines.get_mut(*only) else {
        return;
    };
    let Some(place) = line.place() else { return };
    let unit = catalog.price(place);
    if unit <= 0
        || matches!(line.quantity, Quantity::Said(_)) && amounts.contains(&unit) && amounts.len() == 1
    {
        return;
    }
    let multiple = amounts.iter().find_map(|minor| {
        let times = minor / unit;
        (minor % unit == 0 && (2..=20).contains(&times)).then_some(times)
    });
    let open = matches!(line.quantity, Quantity::Assumed | Quantity::Unclear);
    let says_unit = amounts.contains(&unit);
    let counted = |times: i64| {
        said.has(Sense::Both)
            || said.tokens.iter().any(|token| {
                !token.money && token.number().and_then(Decimal::as_whole).map(i64::from) == Some(times)
            })
    };
    let explained = |times: i64| says_unit || line.quantity == Quantity::Unclear || counted(times);
    if let Some(times) = multiple.filter(|times| open && explained(*times)) {
        line.quantity = Quantity::Said(u32::try_from(times).unwrap_or(1));
        state.changed(catalog, at);
    }
}

/// The shop says it back as an order, so it is one.
fn want_selected(state: &mut State, catalog: &Catalog) {
    let selected: Vec<Vec<Place>> = state
        .selected(catalog)
        .iter()
        .map(|line| line.places.clone())
        .collect();
    for line in state
        .lines
        .iter_mut()
        .filter(|line| selected.contains(&line.places))
    {
        line.level = Level::Wanted;
    }
}

fn remember_offer(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog) {
    if offered.is_empty() {
        return;
    }
    state.offer = offered
        .iter()
        .flat_map(|mention| places_meant(catalog, mention))
        .collect();
    state.offer.dedup();
    if state.lines.is_empty() {
        for mention in offered {
            state.lines.push(Line {
                places: places_meant(catalog, mention),
                quantity: Quantity::Assumed,
                fit: Fit::Exact,
                level: Level::Asked,
                round: state.round,
            });
        }
        state.topic.clone_from(&state.offer);
    } else if !state.has_wanted() {
        // The shop's answer is what "ese" and "los dos" then mean.
        let said_price = |place: &Place| {
            said.amounts()
                .any(|(_, number, _)| readings(catalog, number).contains(&catalog.price(*place)))
        };
        let answers = state
            .offer
            .iter()
            .any(|place| !is_delivery(catalog, *place) && said_price(place));
        if answers {
            let offer = state.offer.clone();
            state.lines.retain(|line| {
                line.places.len() == 1 && line.places.iter().any(&said_price)
                    || line.places.iter().any(|place| offer.contains(place))
            });
        }
        for place in state.offer.clone() {
            let priced = said
                .amounts()
                .any(|(_, number, _)| readings(catalog, number).contains(&catalog.price(place)));
            let known = state.lines.iter().any(|line| line.places.contains(&place));
            if is_delivery(catalog, place) || !priced && !known {
                continue;
            }
            if let Some(line) = state.lines.iter_mut().find(|line| line.places.contains(&place)) {
                line.round = state.round;
            } else {
                let mut line = Line::of_place(place, 1, state.round);
                line.level = Level::Asked;
                line.quantity = Quantity::Assumed;
                state.lines.push(line);
            }
        }
        state.topic.clone_from(&state.offer);
    }
}

/// Compares what the shop wrote with what the order costs.
fn judge_amounts(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog, at: usize) {
    let explained = explained(state, offered, catalog);
    let totals = totals(state, catalog);
    let mut verdict = None;
    for (number_at, number, money) in said.amounts() {
        let readings = readings(catalog, number);
        state.shop_amounts.extend(readings.iter().filter(|_| money));
        if readings.iter().any(|minor| totals.contains(minor)) {
            verdict = Some(Price::Verified);
        } else if readings.iter().any(|minor| explained.contains(minor)) {
            verdict = verdict.or(Some(Price::Quoted));
        } else if (money || may_be_price(said, number_at, &readings, &totals))
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
    if matches!(verdict, Some(Price::Verified | Price::Quoted)) {
        // The shop knows what it named a price for.
        state.unknown = false;
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
    if state.grant == Some(Grant::Unclear)
        || names_fee_apart(state, said, catalog)
        || includes_fee(state, said, catalog)
    {
        state.price = Price::Mismatch;
    }
}

/// "ahorras 40 soles" is no price.
fn is_saving(said: &Said, at: usize) -> bool {
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
fn includes_fee(state: &State, said: &Said, catalog: &Catalog) -> bool {
    let (Some(place), Some(pairs)) = (delivery_item(catalog), state.priced_pairs(catalog)) else {
        return false;
    };
    let without = !pairs.iter().any(|(other, _)| is_delivery(catalog, *other));
    let with = sum(catalog, &pairs).and_then(|total| total.checked_add(catalog.price(place)));
    without
        && with.is_some_and(|with| {
            said.amounts()
                .any(|(_, number, money)| money && readings(catalog, number).contains(&with))
        })
}

/// Returns whether a bare number of the shop is about as large as the price: "le dejo todo en 195".
fn may_be_price(said: &Said, at: usize, readings: &[i64], totals: &[i64]) -> bool {
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
    introduced && !counted && !timed && near
}

/// "R$ 60 + R$ 12 de entrega, tudo bem?": the yes is to more than the order holds.
fn names_fee_apart(state: &State, said: &Said, catalog: &Catalog) -> bool {
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

fn is_past_or_percent(said: &Said, number: &str) -> bool {
    said.tokens.windows(2).any(|pair| match pair {
        [left, right] => left.number().is_some_and(|found| found.key() == number) && right.is_mark('%'),
        _ => false,
    })
}

/// Returns the totals that the order can have.
fn totals(state: &State, catalog: &Catalog) -> Vec<i64> {
    let Some(pairs) = state.priced_pairs(catalog) else {
        return Vec::new();
    };
    let Some(total) = sum(catalog, &pairs) else {
        return Vec::new();
    };
    let mut totals = vec![total];
    match state.grant {
        Some(Grant::Off { cut, from }) if pairs.iter().map(|(_, quantity)| quantity).sum::<u32>() >= from => {
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
fn explained(state: &State, offered: &[Mention], catalog: &Catalog) -> Vec<i64> {
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

/// Returns whether the sentence offers pictures, an invoice or an explanation: a yes to that orders nothing.
fn is_about_pictures(said: &Said, (start, end): (usize, usize)) -> bool {
    (start..end).any(|at| {
        matches!(
            said.text(at),
            "foto"
                | "fotos"
                | "photo"
                | "photos"
                | "picture"
                | "pictures"
                | "catalogo"
                | "menu"
                | "cardapio"
                | "info"
                | "informacion"
                | "detalles"
                | "details"
                | "video"
                | "ubicacion"
                | "explique"
                | "explico"
                | "explain"
                | "muestre"
                | "show"
                | "opciones"
                | "options"
                | "colores"
                | "factura"
                | "invoice"
                | "nota"
                | "bolsa"
                | "know"
                | "saber"
        )
    })
}

/// Returns whether the last question needs more than a yes, or is about something else.
fn is_open_question(said: &Said) -> bool {
    let Some(last) = said.tokens.iter().rposition(|token| token.is_mark('?')) else {
        return true;
    };
    let (start, end) = said.sentence(last.saturating_sub(1));
    let asks_what = (start..end).any(|at| {
        matches!(
            said.text(at),
            "que"
                | "cual"
                | "cuales"
                | "qual"
                | "quais"
                | "what"
                | "which"
                | "when"
                | "where"
                | "who"
                | "how"
                | "cuando"
                | "quando"
                | "donde"
                | "onde"
                | "quien"
                | "quem"
                | "como"
                | "cuantos"
                | "cuantas"
                | "quantos"
                | "quantas"
                | "o"
                | "ou"
                | "or"
                | "algo"
                | "anything"
                | "mais"
                | "mas"
                | "else"
                | "tienes"
                | "tiene"
                | "tem"
                | "have"
        )
    });
    asks_what || is_about_pictures(said, (start, end))
}

fn question_words(said: &Said) -> Vec<String> {
    let Some(last) = said.tokens.iter().rposition(|token| token.is_mark('?')) else {
        return Vec::new();
    };
    let (_, end) = said.sentence(last.saturating_sub(1));
    let (start, _) = said.clause(last.saturating_sub(1));
    (start..end).map(|at| said.text(at).to_owned()).collect()
}

/// Returns whether the question is about something that was not ordered: "¿quieres velas por $30?"
fn offers_more(state: &State, said: &Said, offered: &[Mention]) -> bool {
    state.has_wanted()
        && offered.iter().any(|mention| {
            let (start, end) = said.sentence(mention.start);
            let asks_to_have = (start..end).any(|at| {
                matches!(
                    said.text(at),
                    "quieres"
                        | "quiere"
                        | "quieren"
                        | "queres"
                        | "quer"
                        | "want"
                        | "like"
                        | "gustas"
                        | "gusta"
                        | "deseas"
                        | "desea"
                        | "agrego"
                        | "sumo"
                        | "incluyo"
                )
            });
            said.asks_at(mention.start) && asks_to_have && !state.lines.iter().any(|line| line.meets(mention))
        })
}

fn question_of(said: &Said) -> Question {
    let asks: Vec<usize> = said
        .tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_mark('?'))
        .map(|(at, _)| at)
        .collect();
    let Some(last) = asks.last() else {
        let confirms = said
            .all(Sense::QConfirm)
            .any(|hit| said.text(hit.start).starts_with("confirm"));
        return if confirms {
            Question::Confirm
        } else {
            Question::None
        };
    };
    let span = said.sentence(last.saturating_sub(1));
    let other_thing = is_about_pictures(said, span);
    let ordered = [
        (Sense::QDelivery, Question::Delivery),
        (Sense::QOption, Question::Option),
        (Sense::QQuantity, Question::Quantity),
        (Sense::QDetail, Question::Detail),
        (Sense::QUpsell, Question::Upsell),
        (Sense::QConfirm, Question::Confirm),
    ];
    let found = ordered
        .iter()
        .find(|(sense, _)| {
            said.all(*sense)
                .any(|hit| hit.start >= span.0 && hit.start < span.1)
        })
        .map_or(Question::Other, |(_, question)| *question);
    if other_thing && matches!(found, Question::Confirm | Question::Upsell) {
        Question::Other
    } else {
        found
    }
}
