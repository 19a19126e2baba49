//! What the customer's messages change: the order first, then whether they agree to it.

use crate::catalog::{Catalog, Place};
use crate::consent::{self, Verdict};
use crate::conversation::{Conversation, Order};
use crate::dialogue::{Consent, Doubt, Price, Question, State, delivery_item, is_delivery};
use crate::mention::{Fit, Mention, common};
use crate::order::{Level, Line, Quantity, places_meant, quantity_of};
use crate::read::{Sense, Token};
use crate::said::Said;

/// Takes in one message of the customer.
pub(crate) fn take_customer_turn(
    state: &mut State,
    said: &Said,
    at: usize,
    catalog: &Catalog,
    conversation: &Conversation,
) {
    let before = state.lines.clone();
    bring_back(state, said, catalog, conversation, at);
    let mut removed = take_mentions(state, said, catalog, at);
    removed |= pay_for_this(state, said);
    take_upsell(state, said, catalog);
    take_groups(state, said, catalog);
    take_numbers(state, said, catalog);
    take_delivery(state, said, catalog);
    if said.found.unknown.iter().any(|token| is_wanted(said, *token)) {
        state.unknown = true;
    }
    let changed = order_of(&before) != order_of(&state.lines);
    if changed {
        state.changed(catalog, at);
    }
    let verdict = consent::read(said, state, removed);
    agree(state, said, verdict, changed && !before.is_empty(), at, catalog);
}

/// Takes a WhatsApp cart: the customer's own list, chosen from the catalog.
pub(crate) fn take_order(state: &mut State, order: &Order, at: usize, catalog: &Catalog) {
    state.forget_order();
    state.linked = false;
    state.paid = false;
    for line in &order.lines {
        match catalog.place_of_id(&line.id) {
            Some(place) => state
                .lines
                .push(Line::of_place(place, line.quantity, state.round)),
            None => state.unknown = true,
        }
    }
    state.order_turn = Some(at);
    state.consent = Some((Consent::Pay, at));
    state.doubt = None;
}

/// What makes an order another order.
fn order_of(lines: &[Line]) -> Vec<(Vec<Place>, Option<u32>, Level)> {
    lines
        .iter()
        .map(|line| (line.places.clone(), line.quantity.value(), line.level))
        .collect()
}

/// "Lo mismo de siempre": fills the order from the customer's history.
fn bring_back(state: &mut State, said: &Said, catalog: &Catalog, conversation: &Conversation, at: usize) {
    let always = said.has(Sense::Same);
    if !always && !said.has(Sense::SameLast) || state.has_wanted() {
        return;
    }
    if !state.last.is_empty() && !always {
        state.lines = state
            .last
            .iter()
            .map(|(place, quantity)| Line::of_place(*place, *quantity, state.round))
            .collect();
        state.order_turn = Some(at);
        return;
    }
    let orders = conversation.usable_orders(catalog);
    let Some(newest) = orders.first() else {
        state.unsettled = true;
        return;
    };
    state.lines = newest
        .lines
        .iter()
        .filter_map(|line| {
            Some(Line::of_place(
                catalog.place_of_id(&line.id)?,
                line.quantity,
                state.round,
            ))
        })
        .collect();
    state.order_turn = Some(at);
    // "Always" must be what it always was; the shop says it back otherwise.
    state.unsettled |= always && orders.iter().any(|order| order.lines != newest.lines)
        || orders.len() < conversation.past_orders.len();
}

/// Takes the items in; returns whether some were taken off the order.
fn take_mentions(state: &mut State, said: &Said, catalog: &Catalog, at: usize) -> bool {
    let mut removed = false;
    let only: Vec<&Mention> = said
        .found
        .mentions
        .iter()
        .filter(|mention| only_this(said, mention) && !is_dropped(said, mention))
        .collect();
    if !only.is_empty() && state.lines.len() > 1 {
        let before = state.lines.len();
        state
            .lines
            .retain(|line| only.iter().any(|mention| line.meets(mention)));
        removed = state.lines.len() < before;
    }
    let mut replaced = None;
    for mention in &said.found.mentions {
        if is_dropped(said, mention) {
            removed |= drop_lines(state, mention);
            continue;
        }
        if instead_of(said, mention) {
            replaced = drop_line_for(state, mention);
            continue;
        }
        take_mention(state, said, mention, catalog, replaced);
    }
    if let Some(quantity) = replaced
        && let Some(line) = state.lines.last_mut()
        && line.quantity == Quantity::Assumed
        && line.round == state.round
    {
        line.quantity = quantity;
    }
    if said.found.mentions.len() > 1
        && (said.has(Sense::Hypothetical) || said.has(Sense::AskDiscount) || complement(said, catalog))
    {
        state.together = Some(state.round);
    }
    let topic: Vec<Place> = said
        .found
        .mentions
        .iter()
        .filter(|mention| !is_dropped(said, mention))
        .flat_map(|mention| mention.places.clone())
        .collect();
    if !topic.is_empty() {
        state.topic = topic;
        state.order_turn.get_or_insert(at);
    }
    removed
}

/// Returns whether the message names different things as one order, and does not compare.
fn complement(said: &Said, catalog: &Catalog) -> bool {
    let mut heads: Vec<Option<&str>> = said
        .found
        .mentions
        .iter()
        .map(|mention| catalog.index.entry(*mention.places.first()?)?.head.as_deref())
        .collect();
    let all = heads.len();
    heads.sort_unstable();
    heads.dedup();
    // In Portuguese "o" is an article.
    let compares = said.tokens.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "or" | "ou" | "cual" | "qual" | "which" | "diferencia" | "diferenca"
        )
    });
    heads.len() == all && !compares
}

fn take_mention(
    state: &mut State,
    said: &Said,
    mention: &Mention,
    catalog: &Catalog,
    replaced: Option<Quantity>,
) {
    let places = places_meant(catalog, mention);
    let quantity = quantity_of(catalog, mention, &places);
    let level = level_of(said, mention, state);
    let round = state.round;
    if distribute(state, mention, &places, quantity) {
        return;
    }
    if let Some(line) = state.lines.iter_mut().find(|line| line.meets(mention)) {
        line.narrow(mention);
        if line.places.len() > places.len() && !common(&line.places, &places).is_empty() {
            line.places = places;
        }
        update_quantity(line, mention, quantity, said);
        line.level = line.level.max(level);
        line.round = round;
        return;
    }
    let line = Line {
        places,
        quantity,
        fit: mention.fit,
        level,
        round,
    };
    let replaces =
        said.has(Sense::Replace) && !said.in_clause(mention.start, Sense::Add) && replaced.is_none();
    if replaces && let Some(old) = line_to_replace(state, &line, said, catalog) {
        let line = Line {
            places: closest(catalog, &old.places, line.places),
            ..line
        };
        let kept = if line.quantity == Quantity::Assumed {
            old.quantity
        } else {
            line.quantity
        };
        *old = Line {
            quantity: kept,
            level: old.level.max(level),
            ..line
        };
        return;
    }
    let fee = line.places.iter().all(|place| is_delivery(catalog, *place));
    if fee && level == Level::Wanted && !state.has_wanted() {
        // "con domicilio" is said of what was asked about before.
        for at in selected_positions(state, catalog) {
            if let Some(known) = state.lines.get_mut(at) {
                known.level = Level::Wanted;
                known.round = round;
            }
        }
    }
    if level == Level::Asked && state.has_wanted() {
        return;
    }
    if level == Level::Wanted && !state.has_wanted() {
        // Something else was just priced: is this instead of it?
        let priced = |line: &Line| {
            line.round < round && line.place().is_some_and(|place| state.quoted.contains(&place))
        };
        let known = line
            .places
            .iter()
            .any(|place| state.quoted.contains(place) || state.offer.contains(place));
        let displaces = state.lines.iter().any(priced) && !known;
        state.unsettled |= displaces;
        state
            .lines
            .retain(|known| known.round == round && known.level == Level::Wanted);
    }
    let earlier = state
        .lines
        .iter()
        .any(|known| known.level == Level::Wanted && known.round < round);
    let offered = line
        .places
        .iter()
        .all(|place| is_delivery(catalog, *place) || state.offer.contains(place));
    if earlier && level == Level::Wanted && !adds(said, mention) && !offered {
        // Two orders in a row: is the first one meant too?
        state.unsettled = true;
    }
    state.lines.push(line);
}

/// "2 camisetas negras, una M y otra L": options share out what was counted before.
fn distribute(state: &mut State, mention: &Mention, places: &[Place], quantity: Quantity) -> bool {
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

fn update_quantity(line: &mut Line, mention: &Mention, quantity: Quantity, said: &Said) {
    let more = mention.another
        || said.in_clause(mention.start, Sense::Add)
            && (mention.end..mention.end + 2).any(|at| matches!(said.text(at), "mas" | "mais" | "more"));
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
    } else if quantity == Quantity::Assumed && mention.count.is_some() && said.has(Sense::Replace) {
        line.quantity = Quantity::Said(1);
    } else if quantity == Quantity::Unclear || matches!(quantity, Quantity::Said(_)) {
        line.quantity = quantity;
    }
}

/// Returns the line that a better idea takes the place of.
///
/// Never one that the same message names: that one is meant too.
fn line_to_replace<'a>(
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
fn closest(catalog: &Catalog, old: &[Place], places: Vec<Place>) -> Vec<Place> {
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
fn pay_for_this(state: &mut State, said: &Said) -> bool {
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

fn drop_lines(state: &mut State, mention: &Mention) -> bool {
    let before = state.lines.len();
    state.lines.retain(|line| !line.meets(mention));
    state.lines.len() < before
}

fn drop_line_for(state: &mut State, mention: &Mention) -> Option<Quantity> {
    let at = state.lines.iter().position(|line| line.meets(mention))?;
    Some(state.lines.remove(at).quantity)
}

// What the words around a mention do to it.

/// "sin el cable", "el cable no", "no quiero el cable", "skip the vase".
fn is_dropped(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let before = mention.start.saturating_sub(3).max(start);
    let removes = said
        .all(Sense::Remove)
        .any(|hit| hit.start >= before && hit.end <= mention.start + 1);
    let negated = (before..mention.start).any(|at| is_no(said, at))
        && !(before..mention.start).any(|at| matches!(said.text(at), "mejor" | "melhor" | "si" | "sim"));
    let after = (mention.end..end.min(mention.end + 3))
        .any(|at| is_no(said, at) || matches!(said.text(at), "cancelalo" | "cancelala" | "cancela"))
        && !(mention.end..end).any(|at| matches!(said.text(at), "mas" | "lleva" | "tiene" | "trae" | "es"));
    let no_longer =
        (mention.end..end).any(|at| is_no(said, at)) && said.within((mention.end, end), Sense::Cancel);
    removes || negated || after || no_longer
}

fn is_no(said: &Said, at: usize) -> bool {
    matches!(
        said.text(at),
        "no" | "nao" | "not" | "ni" | "nem" | "tampoco" | "dont" | "nop"
    ) && (said.text(at) != "no" || said.all(Sense::No).any(|hit| hit.start == at))
}

/// "en vez de la blanca", "instead of the vase".
fn instead_of(said: &Said, mention: &Mention) -> bool {
    said.all(Sense::Instead)
        .any(|hit| hit.end <= mention.start && hit.end + 3 > mention.start && said.text(hit.start) != "por")
}

fn only_this(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let before = said
        .all(Sense::Only)
        .any(|hit| hit.start >= start && hit.end <= mention.start + 1 && hit.end + 4 > mention.start);
    let after = (mention.end..end.min(mention.end + 2))
        .any(|at| matches!(said.text(at), "nomas" | "solamente" | "only"));
    before || after
}

fn adds(said: &Said, mention: &Mention) -> bool {
    let (start, _) = said.clause(mention.start);
    mention.another
        || said.in_sentence(mention.start, Sense::Add)
        || (start.saturating_sub(1)..mention.start)
            .any(|at| matches!(said.text(at), "y" | "e" | "and" | "+" | "mas"))
}

/// Returns whether the customer wants the mentioned item or only asks about it.
fn level_of(said: &Said, mention: &Mention, state: &State) -> Level {
    let span = said.clause(mention.start);
    let sentence = said.sentence(mention.start);
    let conditional = said.within(sentence, Sense::Hypothetical) || consent::is_conditional(said, sentence);
    let wants = said
        .all(Sense::Want)
        .chain(said.all(Sense::Accept))
        .chain(said.all(Sense::Pay))
        .any(|hit| hit.start >= sentence.0 && hit.start < sentence.1 && !said.is_negated(hit.start));
    let asks_price = said.within(span, Sense::AsksPrice)
        || said.within(span, Sense::AskDiscount)
        || said.within(span, Sense::Offer);
    let asks = asks_price
        || said.within(span, Sense::AsksStock)
        || said.within(span, Sense::AsksDelivery)
        || said.within(span, Sense::AsksOptions)
        || said.asks_at(mention.start) && said.within(span, Sense::Asks);
    let pays_here = said
        .all(Sense::Pay)
        .any(|hit| hit.start >= span.0 && hit.start < span.1);
    let counted = mention.count.is_some_and(|count| !count.article);
    match () {
        () if conditional => Level::Asked,
        () if asks_price && !pays_here => Level::Asked,
        () if asks && !wants => Level::Asked,
        () if wants => Level::Wanted,
        () if said.asks_at(mention.start) && !counted && !mention.another => Level::Asked,
        () if mention.count.is_some() || mention.another => Level::Wanted,
        () if adds(said, mention) && state.has_wanted() => Level::Wanted,
        () if said.is_only(mention) && state.question != Question::None => Level::Wanted,
        () if state.has_wanted() && state.lines.iter().any(|line| line.meets(mention)) => Level::Wanted,
        () if said.has(Sense::Only) || said.has(Sense::Replace) || said.has(Sense::Same) => Level::Wanted,
        () if said.asks_at(mention.start) || said.has(Sense::Laugh) || asks => Level::Asked,
        // "el de tulipanes con 2 globos": to name it is to order it; the rest still needs a yes.
        () => Level::Wanted,
    }
}

fn is_wanted(said: &Said, token: usize) -> bool {
    let span = said.sentence(token);
    let asks = said.within(span, Sense::AsksPrice) || said.within(span, Sense::AsksStock);
    let wants = said.within(span, Sense::Want) || said.has(Sense::Pay) || !said.found.mentions.is_empty();
    let orders = said.within(span, Sense::Want) || said.has(Sense::Pay);
    wants && !(asks && said.asks()) && (orders || !said.asks_at(token))
}

// Groups and numbers without an item.

/// "los dos", "both", "all 3": everything that was offered, or that many of the one thing.
fn take_groups(state: &mut State, said: &Said, catalog: &Catalog) {
    let number = said.found.group;
    let both = said.has(Sense::Both);
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
    if state.has_wanted() {
        if let (Some(number), [line]) = (number, state.lines.as_mut_slice())
            && named
            && line.quantity.value() != Some(number)
        {
            line.quantity = Quantity::Said(number);
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

fn want_all(state: &mut State, places: &[Place]) {
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

fn set_single(state: &mut State, number: u32) {
    let round = state.round;
    if let [line] = state.lines.as_mut_slice() {
        line.quantity = Quantity::Said(number);
        line.level = Level::Wanted;
        line.round = round;
    }
}

/// "mejor 3", "make that 5", "me llevo 2": numbers for the item that was spoken of.
fn take_numbers(state: &mut State, said: &Said, catalog: &Catalog) {
    if !said.found.mentions.is_empty() {
        return;
    }
    for (token, number) in &said.found.bare {
        if state.question == Question::Detail && !said.has(Sense::SetQty) {
            continue;
        }
        let (start, end) = said.clause(*token);
        let near = (start.max(token.saturating_sub(5)), *token + 1);
        let sets = said.within(near, Sense::SetQty)
            || said.within(near, Sense::Accept)
            || said.within(near, Sense::Want)
            || said.within(near, Sense::Replace)
            || said.within((start, end), Sense::Only)
            || state.question == Question::Quantity
            || start > 0 && end - start == 1
            || pieces_follow(said, *token);
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
            || said.in_clause(*token, Sense::Add);
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
                    line.level = Level::Wanted;
                    line.round = state.round;
                }
            }
            [] => {}
            _ => state.unsettled = true,
        }
    }
}

fn pieces_follow(said: &Said, token: usize) -> bool {
    let of_them = matches!(said.text(token + 1), "of" | "de")
        && matches!(
            said.text(token + 2),
            "those" | "them" | "these" | "esos" | "esas" | "ellos" | "ellas" | "estos" | "estas"
        );
    if of_them || matches!(said.text(token + 1), "desses" | "dessas" | "deles") {
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

fn selected_positions(state: &State, catalog: &Catalog) -> Vec<usize> {
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

/// Adds or takes off the delivery, where the catalog has just one.
fn take_delivery(state: &mut State, said: &Said, catalog: &Catalog) {
    if said.has(Sense::Pickup) && !said.has(Sense::Deliver) {
        state
            .lines
            .retain(|line| !line.places.iter().all(|place| is_delivery(catalog, *place)));
        return;
    }
    let asks = said.has(Sense::AsksDelivery) && said.asks();
    let brings = said.all(Sense::Deliver).any(|hit| !said.is_negated(hit.start)) && !asks;
    let Some(place) = delivery_item(catalog) else {
        return;
    };
    let there = state.lines.iter().any(|line| line.place() == Some(place));
    let offered = state.offer.contains(&place) || state.question == Question::Delivery;
    if brings
        && !there
        && !state.free_delivery
        && state.has_wanted()
        && (offered || said.found.mentions.is_empty())
    {
        state.lines.push(Line::of_place(place, 1, state.round));
    }
}

/// Takes the customer's agreement, or its withdrawal, in.
fn agree(state: &mut State, said: &Said, verdict: Verdict, corrected: bool, at: usize, catalog: &Catalog) {
    match verdict {
        Verdict::Agrees(consent) => {
            let counts = match consent {
                Consent::Yes => state.question == Question::Confirm && !corrected,
                Consent::Accept => !(corrected && state.price == Price::Unsaid),
                Consent::Pay => true,
            };
            if counts {
                state.consent = state.consent.max(Some((consent, at)));
                state.doubt = None;
                select_asked(state, said, catalog);
            }
        }
        Verdict::Doubts(doubt) => {
            state.consent = None;
            state.doubt = Some(doubt);
            if doubt == Doubt::Cancelled {
                state.forget_order();
            }
        }
        Verdict::Neither => {
            // A yes to the shop's question stands only if the order does.
            if corrected && state.consent.is_some_and(|(consent, _)| consent != Consent::Pay) {
                state.consent = None;
            }
        }
    }
    if said.tokens.iter().any(Token::is_word) && state.fit_is_lost(catalog) {
        state.unsettled |= state.price != Price::Verified && state.price != Price::Quoted;
    }
}

/// "sí, agrégalas": takes what the shop offered on top.
fn take_upsell(state: &mut State, said: &Said, catalog: &Catalog) {
    if state.question != Question::Upsell || !said.found.mentions.is_empty() {
        return;
    }
    let declines = said.has(Sense::No) || said.has(Sense::Cancel) || said.has(Sense::Done);
    let agrees = consent::says_yes(said) || said.has(Sense::Add);
    if declines || !agrees {
        return;
    }
    let offered: Vec<Place> = state.offer.clone();
    for place in offered {
        let there = state.lines.iter().any(|line| line.places.contains(&place));
        if !there && !is_delivery(catalog, place) {
            state.lines.push(Line::of_place(place, 1, state.round));
        }
    }
}

/// Agreement makes an order of what was only asked about.
fn select_asked(state: &mut State, said: &Said, catalog: &Catalog) {
    if state.has_wanted() {
        return;
    }
    let chosen = selected_positions(state, catalog);
    // Several were on the table and nobody said which.
    if chosen.len() > 1
        && said.found.mentions.is_empty()
        && !said.has(Sense::Both)
        && said.found.group.is_none()
    {
        let one_order = state.together.is_some_and(|round| {
            chosen
                .iter()
                .all(|at| state.lines.get(*at).is_some_and(|line| line.round >= round))
        });
        let asked_together = chosen.len() == state.lines.len() && state.question == Question::Confirm;
        if !asked_together && !one_order {
            state.unsettled = true;
        }
    }
    for at in chosen {
        if let Some(line) = state.lines.get_mut(at) {
            line.level = Level::Wanted;
        }
    }
}

impl State {
    fn fit_is_lost(&self, catalog: &Catalog) -> bool {
        self.selected(catalog).iter().any(|line| line.fit == Fit::Loose)
    }
}
