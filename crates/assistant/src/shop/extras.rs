//! What the shop offers on top, at a price of its own: nobody has to take it.
//!
//! "$38 + $42, y son $25 más si quiere que se lo llevemos": whoever answers
//! "ok, the link" has said neither yes nor no to the 25.

use crate::catalog::{Catalog, Place};
use crate::dialogue::{State, is_delivery, sum};
use crate::grant::readings;
use crate::mention::Mention;
use crate::order::{Level, places_meant};
use crate::read::{Sense, Token};
use crate::said::Said;

/// How far behind an amount "más" and "extra" stand.
const REACH: usize = 4;

/// Returns what the message leaves to the customer to take: the items, which may be none of the catalog's.
///
/// `None` where everything that it prices is the order.
pub(super) fn left_to_choose(
    state: &State,
    said: &Said,
    offered: &[Mention],
    catalog: &Catalog,
) -> Option<Vec<Place>> {
    let is_another_price =
        state.haggles || state.grant.is_some() || said.has(Sense::FreeDelivery) || said.has(Sense::SoldOut);
    if is_another_price {
        return None;
    }
    let ordered = state.resolved(catalog).unwrap_or_default();
    let total = sum(catalog, &ordered).unwrap_or(0);
    let is_ordered = |place: &Place| ordered.iter().any(|(other, _)| other == place);
    let all: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let mut choices: Option<Vec<Place>> = None;
    let is_open = |at: usize| {
        is_optional(said, at)
            || is_only_named(state, said, at, catalog)
            || is_unasked(state, said, at, offered, catalog)
    };
    for (at, number, _) in said.amounts().filter(|(at, ..)| is_open(*at)) {
        let amount = readings(catalog, number);
        let mut places = named_beside(said, offered, at, catalog);
        places.retain(|place| !is_ordered(place));
        if places.is_empty() {
            let priced = amount.iter().flat_map(|minor| catalog.priced_at(*minor));
            places.extend(priced.filter(|place| !is_ordered(place)));
        }
        let is_the_orders = amount
            .iter()
            .any(|minor| *minor == total || ordered.iter().any(|(place, _)| catalog.price(*place) == *minor));
        let is_named = !places.is_empty() && !named_beside(said, offered, at, catalog).is_empty();
        let is_counted_in = amount.iter().any(|minor| {
            let with = total.saturating_add(*minor);
            total > 0 && all.contains(&with)
        });
        let wanted = |place: &Place| {
            let mut lines = state.lines.iter();
            lines.any(|line| line.level == Level::Wanted && line.place() == Some(*place))
        };
        if is_the_orders && !is_named || is_counted_in || places.is_empty() || places.iter().any(wanted) {
            continue;
        }
        choices.get_or_insert_default().extend(places);
    }
    choices.map(|mut places| {
        places.sort_unstable();
        places.dedup();
        places
    })
}

/// "son $450, el envío cuesta $80": the fee is told, and neither added nor asked for.
fn is_only_named(state: &State, said: &Said, at: usize, catalog: &Catalog) -> bool {
    let is_plus = |at: usize| {
        said.tokens.get(at).is_some_and(|token| token.is_mark('+'))
            || matches!(said.text(at), "mas" | "mais" | "plus")
    };
    let (start, _) = said.sentence(at);
    let is_added = (at.saturating_sub(3).max(start)..at).any(is_plus) || (at + 1..at + 5).any(is_plus);
    let others = said.amounts().count() > 1;
    others && !state.delivers && !is_added && is_of_a_delivery(said, at, catalog)
}

/// "£196. How about tracking too, £35?": what nobody asked for stands with its price beside the order's.
fn is_unasked(state: &State, said: &Said, at: usize, offered: &[Mention], catalog: &Catalog) -> bool {
    let ordered = state.resolved(catalog).unwrap_or_default();
    let mut places = named_beside(said, offered, at, catalog);
    if places.is_empty() {
        // "worth doing the tracking while it's in, £35": named some words before, behind no other amount.
        let (start, _) = said.sentence(at);
        let before = said
            .amounts()
            .map(|(other, ..)| other + 1)
            .filter(|other| *other <= at);
        let from = before.max().unwrap_or(0).max(start);
        let named = offered
            .iter()
            .filter(|mention| from <= mention.start && mention.start < at);
        places.extend(named.flat_map(|mention| places_meant(catalog, mention)));
    }
    let is_new = |place: &Place| ordered.iter().all(|(other, _)| other != place);
    let price_at = |at: usize| {
        said.tokens
            .get(at)
            .and_then(Token::number)
            .map(|number| readings(catalog, number))
    };
    let is_its_own =
        price_at(at).is_some_and(|amount| places.iter().any(|place| amount.contains(&catalog.price(*place))));
    let total = sum(catalog, &ordered).unwrap_or(0);
    let others = said.amounts().filter(|(other, ..)| *other != at);
    let tells_the_orders = others
        .flat_map(|(_, number, _)| readings(catalog, number))
        .any(|minor| minor == total || ordered.iter().any(|(place, _)| catalog.price(*place) == minor));
    state.has_wanted() && !places.is_empty() && places.iter().all(is_new) && is_its_own && tells_the_orders
}

/// Returns the items named in the amount's own part of the sentence.
fn named_beside(said: &Said, offered: &[Mention], at: usize, catalog: &Catalog) -> Vec<Place> {
    let (start, end) = said.clause(at);
    let mut places: Vec<Place> = offered
        .iter()
        .filter(|mention| start <= mention.start && mention.start < end)
        .flat_map(|mention| places_meant(catalog, mention))
        .collect();
    let speaks_of_delivery = (start..end).any(|word| brings(said.text(word)))
        || said.within((start, end), Sense::Deliver)
        || said.within((start, end), Sense::AsksDelivery);
    if places.is_empty() && speaks_of_delivery {
        let fees = catalog.index.with_key("~delivery").iter();
        places.extend(fees.filter(|place| is_delivery(catalog, **place)));
    }
    places
}

/// "que se lo llevemos", "we deliver for", "busco e entrego".
fn brings(word: &str) -> bool {
    [
        "llevem",
        "llevam",
        "llevar",
        "llevo",
        "mandam",
        "mandar",
        "enviam",
        "enviar",
        "entreg",
        "deliver",
        "ship",
        "levamos",
        "levar",
        "levo",
        "traem",
        "traig",
        "motoboy",
        "flet",
        "frete",
        "domicilio",
        "reparto",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

/// Returns whether the amount is for something that can be left: "aparte", "si gusta", "need towels? $3 each".
fn is_optional(said: &Said, at: usize) -> bool {
    let (start, end) = said.sentence(at);
    let takes_off = (start..end).any(|word| {
        let is_off = ["descuent", "descont", "discount", "rebaj", "promo"]
            .iter()
            .any(|root| said.text(word).starts_with(root));
        is_off || matches!(said.text(word), "off" | "%")
    });
    !takes_off
        && (hangs_on_a_wish(said, at)
            || is_on_top(said, at)
            || is_asked_whether(said, at)
            || can_be_fetched(said, at))
}

/// "$180 + $80 de envío si lo quieres a domicilio": nobody said yet that it is wanted.
pub(super) fn hangs_on_a_wish(said: &Said, at: usize) -> bool {
    let (start, end) = said.sentence(at);
    (start..end).any(|word| {
        // "si, 12 mil + 3 mil" says yes.
        let opens = said.tokens.get(word + 1).is_some_and(|next| !next.divides());
        let is_if = matches!(said.text(word), "si" | "if" | "se")
            && opens
            && (word > start || wishes(said.text(word + 1)))
            && said.tokens.get(word).is_some_and(|token| !token.accent)
            && !is_reflexive(said, word);
        is_if || matches!(said.text(word), "opcional" | "optional" | "caso")
    })
}

/// "si quieres", "if you'd like", "se precisar": what a wish goes on with.
fn wishes(word: &str) -> bool {
    [
        "you", "quier", "quis", "quer", "gust", "prefer", "prefier", "necesit", "ocup", "precis", "dese",
        "need", "want", "its", "they", "lo", "la", "te", "le", "usted", "fuera", "for",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

/// "se lo llevemos", "te se", "que se": Spanish has another "se", and Portuguese one behind verbs.
fn is_reflexive(said: &Said, at: usize) -> bool {
    said.text(at) == "se" && said.language != crate::read::Language::Portuguese
}

/// "son $25 más", "delivery S/10 aparte", "another £90".
fn is_on_top(said: &Said, at: usize) -> bool {
    let (start, end) = said.clause(at);
    let is_sign = |word: &str| {
        matches!(
            word,
            "aparte"
                | "apart"
                | "extra"
                | "extras"
                | "adicional"
                | "adicionales"
                | "adicionais"
                | "additional"
                | "separado"
                | "separately"
                | "acresce"
        )
    };
    let is_more = |next: usize| {
        matches!(said.text(next), "mas" | "mais" | "more")
            && said
                .tokens
                .get(next + 1)
                .is_none_or(|token| token.number().is_none())
    };
    // "à parte", "por fora"
    let is_apart = |word: usize| {
        matches!(
            (said.text(word.saturating_sub(1)), said.text(word)),
            ("a", "parte") | ("por", "fora" | "fuera")
        )
    };
    let is_sign_at = |word: usize| is_sign(said.text(word)) || is_apart(word);
    let before = (start..at).any(|word| is_sign_at(word) || said.text(word) == "another");
    let after = (at + 1..(at + 1 + REACH).min(end)).any(is_sign_at);
    let more = (at + 1..(at + 3).min(end)).any(is_more);
    let also = (at + 1..end.min(at + 1 + REACH)).any(|word| {
        matches!(said.text(word), "tambien" | "tambem" | "also")
            || said.text(word) == "as" && said.text(word + 1) == "well"
    });
    before || after || more || also
}

/// "por Sedex + R$ 32, ou retira aqui": one way or the other.
fn can_be_fetched(said: &Said, at: usize) -> bool {
    let (start, end) = said.sentence(at);
    let fetches = |word: usize| {
        [
            "retir", "recog", "recoj", "pasas", "pasa", "busc", "pick", "collect", "come", "swing", "pega",
        ]
        .iter()
        .any(|root| said.text(word).starts_with(root))
    };
    (start..end).any(|word| {
        let or = matches!(said.text(word), "ou" | "or")
            || said.text(word) == "o" && said.language == crate::read::Language::Spanish;
        let beside = (word + 1..(word + 5).min(end)).any(fetches)
            || (word.saturating_sub(4).max(start)..word).any(fetches);
        or && beside
    })
}

/// "need towels? They're $3 each": a question whether something is wanted, and its price.
fn is_asked_whether(said: &Said, at: usize) -> bool {
    let wishes = |(start, end): (usize, usize)| {
        (start..end).any(|word| {
            matches!(
                said.text(word),
                "quieres"
                    | "quiere"
                    | "quieren"
                    | "queres"
                    | "quer"
                    | "querem"
                    | "want"
                    | "need"
                    | "fancy"
                    | "like"
                    | "gustas"
                    | "gusta"
                    | "deseas"
                    | "desea"
                    | "precisa"
                    | "necesitas"
                    | "necesita"
                    | "ocupas"
                    | "ocupa"
                    | "agrego"
                    | "sumo"
                    | "incluyo"
            )
        })
    };
    let of_link = |(start, end): (usize, usize)| {
        (start..end).any(|word| {
            matches!(
                said.text(word),
                "link" | "liga" | "enlace" | "pay" | "pagar" | "confirm" | "confirmar" | "order" | "book"
            )
        })
    };
    let here = said.sentence(at);
    let before = here.0.checked_sub(1).filter(|mark| {
        let token = said.tokens.get(*mark);
        token.is_some_and(|token| token.is_mark('?'))
    });
    let asks = |span: (usize, usize)| wishes(span) && !of_link(span);
    said.asks_at(at) && asks(here)
        || before.is_some_and(|mark| {
            let asked = said.sentence(mark.saturating_sub(1));
            let names = said
                .found
                .mentions
                .iter()
                .any(|mention| asked.0 <= mention.start && mention.start < asked.1);
            asks(asked) && names
        })
}

/// Returns whether the amount is said of bringing it: "$60 de envío", "el flete son $60".
pub(super) fn is_of_a_delivery(said: &Said, at: usize, catalog: &Catalog) -> bool {
    let is_delivery_word = |at: usize| {
        said.tokens.get(at).is_some_and(Token::is_word)
            && catalog.index.key_of_word(said.text(at)) == "~delivery"
    };
    let links_after = |word: usize| {
        matches!(
            said.text(word),
            "de" | "del"
                | "do"
                | "da"
                | "por"
                | "el"
                | "la"
                | "o"
                | "a"
                | "of"
                | "for"
                | "the"
                | "pra"
                | "para"
        )
    };
    let links_before = |word: usize| {
        matches!(
            said.text(word),
            "son"
                | "es"
                | "cuesta"
                | "sale"
                | "seria"
                | "is"
                | "e"
                | "sao"
                | "fica"
                | "custa"
                | "de"
                | "a"
                | "$"
                | ":"
                | "en"
                | "s"
                | "/"
        )
    };
    let after = (at + 1..=at + 3)
        .find(|word| is_delivery_word(*word))
        .is_some_and(|found| (at + 1..found).all(links_after));
    let before = (at.saturating_sub(4)..at)
        .rev()
        .find(|word| is_delivery_word(*word))
        .is_some_and(|found| {
            let with = found.checked_sub(1).map_or("", |before| said.text(before));
            let joined = matches!(
                with,
                "con" | "com" | "with" | "incluye" | "incluido" | "+" | "mas" | "mais"
            );
            // "$30 de envío: $300": that word is of the 30.
            let is_anothers = (found.saturating_sub(3)..found).any(|before| {
                said.tokens
                    .get(before)
                    .is_some_and(|token| token.number().is_some())
            });
            !joined && !is_anothers && (found + 1..at).all(links_before)
        });
    after || before
}
