//! Discounts and special prices that the shop itself writes in the chat.

use crate::catalog::Catalog;
use crate::dialogue::{State, sum};
use crate::read::{Decimal, Sense};
use crate::rules::Cut;
use crate::said::Said;

/// What the shop gave in this chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Off the total; from so many pieces on.
    Off { cut: Cut, from: u32 },
    /// Another price for the one item that was spoken of.
    UnitPrice(i64),
    /// One price for everything.
    Total(i64),
    /// The shop gave something that these rules can't compute.
    Unclear,
}

/// Returns an amount of the shop in minor units, in every way it can be meant; as it is written first.
///
/// Where prices are in thousands, "70" is also 70 mil.
pub(crate) fn readings(catalog: &Catalog, number: Decimal) -> Vec<i64> {
    let exponent = u32::from(catalog.currency().exponent());
    let Some(plain) = number.scaled(exponent) else {
        return Vec::new();
    };
    let unit = 10_i64.pow(exponent);
    let (cheapest, dearest) = catalog.prices();
    let dear = cheapest >= 1000 * unit || dearest >= 10_000 * unit && plain < cheapest;
    let mut readings = vec![plain];
    if exponent == 3 && number.ends_in_three {
        // A dinar has a thousand parts: "1.250" is one and a quarter.
        readings.insert(0, number.digits);
    }
    if dear && plain < 1000 * unit {
        readings.extend(plain.checked_mul(1000));
    }
    readings
}

/// Reads what the shop gives in one message.
pub(crate) fn grant_from(said: &Said, catalog: &Catalog, state: &State) -> Option<Grant> {
    let mut grant = None;
    for (at, number, money) in said.amounts() {
        let sentence = said.sentence(at);
        if is_refusal(said, at) {
            continue;
        }
        let percent = said.tokens.get(at + 1).is_some_and(|token| token.is_mark('%'))
            || matches!(said.text(at + 1), "por" if matches!(said.text(at + 2), "ciento" | "cento"));
        let found = if percent {
            said.within(sentence, Sense::Off)
                .then(|| percent_grant(said, at, number))
                .flatten()
        } else if let Some(price) = new_price(said, at, number, catalog, state) {
            Some(price)
        } else if is_off(said, at, money) {
            amount_off(said, at, number, catalog)
        } else {
            None
        };
        grant = match (grant, found) {
            // "10 %: te queda en $90" says it twice; the checks compare them later.
            (Some(Grant::Off { cut, from }), Some(Grant::UnitPrice(_) | Grant::Total(_))) => {
                Some(Grant::Off { cut, from })
            }
            // "$24 each, so $144": so many at that price.
            (Some(Grant::UnitPrice(minor)), Some(_)) if is_so_many_at(minor, number, catalog, state) => {
                Some(Grant::UnitPrice(minor))
            }
            (_, Some(found)) => Some(found),
            (before, None) => before,
        };
    }
    grant
}

/// Returns whether the amount is what the ordered pieces cost at `unit` each.
fn is_so_many_at(unit: i64, number: Decimal, catalog: &Catalog, state: &State) -> bool {
    let pairs = state.resolved(catalog).unwrap_or_default();
    let [(_, quantity)] = pairs.as_slice() else {
        return false;
    };
    let total = unit.checked_mul(i64::from(*quantity));
    *quantity > 1 && total.is_some_and(|total| readings(catalog, number).contains(&total))
}

fn is_refusal(said: &Said, at: usize) -> bool {
    let (start, end) = said.clause(at);
    said.all(Sense::Deny)
        .any(|hit| hit.start >= start && hit.start < end)
        && !said.within((start, end), Sense::NewPrice)
}

fn percent_grant(said: &Said, at: usize, number: Decimal) -> Option<Grant> {
    let points = u32::try_from(number.scaled(2)?).ok()?;
    if !(1..10_000).contains(&points) {
        return Some(Grant::Unclear);
    }
    Some(off(said, at, Cut::BasisPoints(points)))
}

/// Returns the discount, unless it hangs on something that can't be seen here.
fn off(said: &Said, at: usize, cut: Cut) -> Grant {
    let sentence = said.sentence(at);
    if said.within(sentence, Sense::Cash) || pays_otherwise(said, sentence) {
        return Grant::Unclear;
    }
    if said.within(sentence, Sense::Each) && matches!(cut, Cut::Minor(_)) {
        return Grant::Unclear;
    }
    Grant::Off {
        cut,
        from: pieces_needed(said, sentence),
    }
}

fn pays_otherwise(said: &Said, (start, end): (usize, usize)) -> bool {
    (start..end).any(|at| {
        matches!(
            said.text(at),
            "transferencia" | "pix" | "efectivo" | "cash" | "debito"
        )
    })
}

/// Reads "si llevas 3", "a partir de 3", "for 3 or more".
fn pieces_needed(said: &Said, (start, end): (usize, usize)) -> u32 {
    (start..end)
        .find_map(|at| {
            let introduced = matches!(
                said.text(at),
                "llevas"
                    | "lleva"
                    | "llevan"
                    | "llevando"
                    | "levar"
                    | "levando"
                    | "leva"
                    | "compras"
                    | "compra"
                    | "comprando"
                    | "buy"
                    | "get"
                    | "partir"
                    | "desde"
                    | "order"
            );
            let number = (at + 1..=at + 2).find_map(|next| said.tokens.get(next)?.number()?.as_whole());
            number.filter(|_| introduced)
        })
        .unwrap_or(1)
}

/// Returns whether the amount comes off the price.
fn is_off(said: &Said, at: usize, money: bool) -> bool {
    let (start, end) = said.clause(at);
    let near_word = |at: usize| {
        // "lo menos $1,400" is the least that they take.
        let is_least = said.text(at) == "menos"
            && matches!(
                said.text(at.saturating_sub(1)),
                "lo" | "al" | "el" | "o" | "pelo" | "ao"
            );
        !is_least
            && matches!(
                said.text(at),
                "descuento" | "desconto" | "discount" | "off" | "rebaja" | "menos" | "dto"
            )
    };
    let after = (at + 1..(at + 5).min(end)).any(near_word);
    let before = (start.max(at.saturating_sub(4))..at).any(|before| {
        near_word(before)
            || matches!(
                said.text(before),
                "tiro"
                    | "tirar"
                    | "tiramos"
                    | "bajo"
                    | "bajar"
                    | "quito"
                    | "quitar"
                    | "rebajo"
                    | "rebajar"
                    | "resto"
                    | "abato"
                    | "abater"
                    | "descuento"
                    | "descontar"
                    | "descontamos"
            )
    });
    let result = says_what_is_left(said, start, at);
    let take_off = said.text(at + 1) == "off" || said.text(at + 2) == "off";
    // "te descuento 15.000": the verb right before it says so.
    let taken = at.checked_sub(1).is_some_and(|before| {
        matches!(
            said.text(before),
            "descuento"
                | "descontamos"
                | "rebajo"
                | "rebajamos"
                | "tiro"
                | "tiramos"
                | "quito"
                | "quitamos"
                | "desconto"
                | "abato"
        )
    });
    let currency_or_close = money || after || take_off || taken;
    currency_or_close && (after || before) && !result
}

/// Returns whether the amount at `at` is what remains to be paid: "te queda en 90", "so that's 90".
fn says_what_is_left(said: &Said, start: usize, at: usize) -> bool {
    (start.max(at.saturating_sub(3))..at).any(|before| {
        matches!(
            said.text(before),
            "queda"
                | "quedan"
                | "quedaria"
                | "quedarian"
                | "fica"
                | "sai"
                | "seria"
                | "serian"
                | "total"
                | "son"
                | "precio"
                | "preco"
                | "so"
                | "that"
                | "now"
        )
    })
}

fn amount_off(said: &Said, at: usize, number: Decimal, catalog: &Catalog) -> Option<Grant> {
    let readings = readings(catalog, number);
    let (_, dearest) = catalog.prices();
    let minor = match readings.as_slice() {
        [minor] => *minor,
        // "te descuento 10" of 89.000 is 10 mil.
        [_, thousands] if catalog.currency().exponent() != 3 && *thousands < dearest => *thousands,
        [plain, ..] => *plain,
        [] => return None,
    };
    (minor > 0).then(|| off(said, at, Cut::Minor(minor)))
}

/// Reads "te lo dejo en $100": a price below the catalog's.
fn new_price(said: &Said, at: usize, number: Decimal, catalog: &Catalog, state: &State) -> Option<Grant> {
    let (start, end) = said.sentence(at);
    let gives = said.all(Sense::NewPrice).any(|hit| {
        // A bare number must stand right after the words: "en 100", not "garantía de 3 meses".
        let reach = if said.tokens.get(at).is_some_and(|token| token.money) {
            6
        } else {
            2
        };
        // "45.000 + 60.000, queda en 105.000": the words belong to the amount behind them.
        let is_of_the_next = hit.start > at
            && said
                .amounts()
                .any(|(next, ..)| hit.end <= next && next < hit.end + 3);
        hit.start >= start
            && hit.start < end
            && hit.start <= at + 3
            && at < hit.end + reach
            && !is_of_the_next
    });
    let result = said.within((start, end), Sense::Off) && says_what_is_left(said, start, at);
    if !(result || (gives || answers_haggling(said, at, state)) && !is_off(said, at, true)) {
        return None;
    }
    let pairs = state.resolved(catalog)?;
    let full = sum(catalog, &pairs)?;
    let readings = readings(catalog, number);
    // "we do metro delivery for $15 as well": what something else costs.
    let of_another = said.found.mentions.iter().any(|mention| {
        let here = start <= mention.start && mention.start < end;
        here && mention.places.iter().any(|place| {
            readings.contains(&catalog.price(*place)) && pairs.iter().all(|(other, _)| other != place)
        })
    });
    if of_another {
        return None;
    }
    let each = said.within((start, end), Sense::Each);
    if let [(place, quantity)] = pairs.as_slice() {
        let unit = catalog.price(*place);
        if readings.iter().any(|minor| *minor == unit || *minor == full) {
            return None;
        }
        let unit_price = readings.iter().find(|minor| is_reduced(**minor, unit));
        let total = readings.iter().find(|minor| is_reduced(**minor, full));
        return Some(match (unit_price, total) {
            (Some(minor), _) if *quantity == 1 || each => Grant::UnitPrice(*minor),
            (None, Some(minor)) if !each => Grant::Total(*minor),
            (Some(minor), None) => Grant::UnitPrice(*minor),
            _ => Grant::Unclear,
        });
    }
    if readings.contains(&full)
        || pairs
            .iter()
            .any(|(place, _)| readings.contains(&catalog.price(*place)))
    {
        return None;
    }
    let total = readings.iter().find(|minor| is_reduced(**minor, full));
    Some(total.map_or(Grant::Unclear, |minor| Grant::Total(*minor)))
}

/// "¿me las deja a 40?" — "Va, a $40": whoever was asked for another price names it.
fn answers_haggling(said: &Said, at: usize, state: &State) -> bool {
    let (start, end) = said.clause(at);
    let refuses = (start..end).any(|word| {
        matches!(said.text(word), "nao" | "not" | "cant" | "dont")
            || said.text(word) == "no" && said.all(Sense::No).any(|hit| hit.start == word)
    });
    let counted = said
        .found
        .mentions
        .iter()
        .any(|mention| mention.start <= at && at < mention.end);
    let money = said.tokens.get(at).is_some_and(|token| token.money);
    // "Consigo 110", "va, a 40": a bare number needs such words, and "llega el 30" has others.
    let is_offered = money || (start..at).all(|word| names_a_price(said.text(word)));
    let in_parts = (start..end).any(|word| crate::guards::is_part_payment(said.text(word)));
    state.haggles
        && is_offered
        && !in_parts
        && !refuses
        // "180 os dois, tá bom?" is no question about the price.
        && (!said.asks_at(at) || said.within(said.sentence(at), Sense::QConfirm))
        && !counted
        && !crate::consent::is_conditional(said, (start, end))
}

fn names_a_price(word: &str) -> bool {
    matches!(
        word,
        "va" | "ok"
            | "dale"
            | "bueno"
            | "te"
            | "se"
            | "le"
            | "lo"
            | "la"
            | "los"
            | "las"
            | "dejo"
            | "en"
            | "a"
            | "por"
            | "puedo"
            | "podria"
            | "hasta"
            | "minimo"
            | "ultimo"
            | "ultima"
            | "precio"
            | "preco"
            | "menos"
            | "es"
            | "seria"
            | "consigo"
            | "faco"
            | "deixo"
            | "fecho"
            | "posso"
            | "e"
            | "can"
            | "could"
            | "do"
            | "i"
            | "we"
            | "how"
            | "about"
            | "sure"
            | "deal"
            | "at"
            | "for"
            | "lowest"
            | "best"
            | "is"
            | "my"
            | "que"
            | "tal"
            | "mira"
            | "then"
            | "entonces"
            | "entao"
            | "$"
    )
}

/// A special price is lower, and not so low that it must mean something else.
fn is_reduced(price: i64, full: i64) -> bool {
    price < full && price >= full / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_price_is_below_the_full_one_but_not_far() {
        assert!(is_reduced(100, 110));
        assert!(!is_reduced(110, 110));
        assert!(!is_reduced(20, 110));
    }
}
