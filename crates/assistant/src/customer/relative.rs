//! How many, said by what there was: one more, twice as many, half of it, all but one.
//!
//! What follows for certain is counted; whatever else is said so leaves the order open until the shop adds up.

use super::counts::selected_positions;
use super::wording::{is_dropped, is_no};
use crate::catalog::Catalog;
use crate::dialogue::State;
use crate::order::{Level, Line, Quantity};
use crate::read::{Sense, Token};
use crate::said::Said;

/// Takes such words in; returns whether they leave open how many are meant.
pub(super) fn take_relative(state: &mut State, said: &Said, before: &[Line], catalog: &Catalog) -> bool {
    if let Some(open) = one_more(state, said, before, catalog) {
        return open;
    }
    let mut open = false;
    for at in (0..said.tokens.len()).filter(|at| is_own(said, *at)) {
        open |= if is_double(said, at) {
            !doubles(state, said, at, before)
        } else {
            is_half_of_a_pack(said, at) || takes_some_off(said, at) || is_all_but(said, at)
        };
    }
    open || keeps_what_is_left_out(state, said, before)
}

/// Returns whether the word is the customer's own, and part of no item's name.
fn is_own(said: &Said, at: usize) -> bool {
    said.tokens.get(at).is_some_and(|token| !token.quoted)
}

fn is_named(said: &Said, at: usize) -> bool {
    let mut mentions = said.found.mentions.iter();
    mentions.any(|mention| mention.start <= at && at < mention.end)
}

/// "agrégale uno más", "bota mais um", "add another one": one more of the one thing that is ordered.
fn one_more(state: &mut State, said: &Said, before: &[Line], catalog: &Catalog) -> Option<bool> {
    if state.lines.is_empty() || !said.found.mentions.is_empty() {
        return None;
    }
    let (at, end) = (0..said.tokens.len()).find_map(|at| Some((at, ends_one_more(said, at)?)))?;
    let (start, stop) = said.clause(at);
    let adds = (start..at).any(|word| is_adding(said.text(word)));
    let is_all = (end..stop).all(|word| {
        crate::vocabulary::is_vocative(said.text(word))
            || matches!(
                said.text(word),
                "porfa" | "por" | "favor" | "please" | "pls" | "po" | "pues" | "pe"
            )
    });
    let refused = (start..at).any(|word| is_no(said, word));
    let unclear = said.asks_at(at) || refused || said.within((start, stop), Sense::Hedge);
    let is_conditional = crate::consent::is_conditional(said, said.sentence(at));
    if !adds || !is_all || unclear || is_conditional {
        return Some(true);
    }
    let selected = selected_positions(state, catalog);
    let [only] = selected.as_slice() else {
        return Some(true);
    };
    let line = state.lines.get_mut(*only)?;
    let (Some(place), Some(number)) = (line.place(), line.quantity.value()) else {
        return Some(true);
    };
    let known = before.iter().find(|known| known.place() == Some(place));
    let known = known.and_then(|known| known.quantity.value());
    if known.is_some_and(|known| known.checked_add(1) == Some(number)) {
        return Some(false); // "mais um" was read as a number.
    }
    if known != Some(number) || line.level != Level::Wanted {
        return Some(true);
    }
    line.quantity = Quantity::Said(number.saturating_add(1));
    line.round = state.round;
    Some(false)
}

/// Returns where "one more", "uno más", "mais um", "otro más" or "another one" ends, if it begins at `at`.
fn ends_one_more(said: &Said, at: usize) -> Option<usize> {
    let is_one = |at: usize| matches!(said.text(at), "un" | "una" | "uno" | "um" | "uma" | "one" | "1");
    let is_other = |at: usize| matches!(said.text(at), "otra" | "otro" | "outra" | "outro" | "another");
    let is_more = |at: usize| matches!(said.text(at), "mas" | "mais" | "more" | "extra");
    if is_other(at) || is_one(at) {
        if is_more(at + 1) {
            return Some(at + 2);
        }
        if is_other(at) && said.text(at + 1) == "one" {
            return Some(at + 2);
        }
    }
    // "agrega otra", "bota outro"
    let is_last = |at: usize| said.tokens.get(at).is_none_or(Token::divides);
    if is_other(at) && is_last(at + 1) && at > 0 && is_adding_before(said, at) {
        return Some(at + 1);
    }
    (said.text(at) == "mais" && is_one(at + 1) && is_last(at + 2)).then_some(at + 2)
}

fn is_adding_before(said: &Said, at: usize) -> bool {
    let (start, _) = said.clause(at);
    (start..at).any(|word| is_adding(said.text(word)))
}

fn is_adding(word: &str) -> bool {
    ["agreg", "sumal", "sumel", "anad", "acrescent", "adicion"]
        .iter()
        .any(|root| word.starts_with(root))
        || matches!(
            word,
            "suma"
                | "sume"
                | "ponle"
                | "pongale"
                | "ponme"
                | "pongame"
                | "pon"
                | "echale"
                | "echele"
                | "echame"
                | "add"
                | "poe"
                | "bota"
                | "coloca"
                | "inclui"
                | "make"
                | "put"
                | "chuck"
        )
}

/// "el doble de cemento", "o dobro", "double the mortar", "twice as many", and no "cama doble".
fn is_double(said: &Said, at: usize) -> bool {
    let word = said.text(at);
    let next = said.text(at + 1);
    let before = at.checked_sub(1).map_or("", |before| said.text(before));
    if is_named(said, at) && !matches!(next, "de" | "del" | "da" | "do" | "the") {
        return false;
    }
    match word {
        "doble" => matches!(before, "el" | "al") || matches!(next, "de" | "del"),
        "double" => {
            matches!(
                next,
                "the" | "it" | "that" | "up" | "of" | "them" | "those" | "my" | "everything"
            ) || matches!(before, "the" | "it" | "that")
        }
        "twice" => matches!(next, "as" | "the" | "that"),
        "dobro" | "duplica" | "duplicame" | "duplicalo" | "duplicar" | "duplique" | "dobra" | "dobrar"
        | "dobre" | "triplica" | "doblalo" | "doblale" => true,
        "triple" | "triplo" => matches!(before, "el" | "al" | "o") && matches!(next, "de" | "do" | "da"),
        _ => false,
    }
}

/// "el doble de cemento", after five: ten. Returns whether that is certain.
fn doubles(state: &mut State, said: &Said, at: usize, before: &[Line]) -> bool {
    let twice = matches!(said.text(at), "doble" | "dobro" | "double");
    let noun = at + 1 + usize::from(matches!(said.text(at + 1), "de" | "del" | "da" | "do" | "the"));
    let noun = noun + usize::from(matches!(said.text(noun), "la" | "las" | "los" | "el"));
    let unclear = said.asks_at(at)
        || crate::consent::is_conditional(said, said.sentence(at))
        || said.in_clause(at, Sense::Hedge)
        || (said.clause(at).0..at).any(|word| is_no(said, word) || said.text(word) == "que");
    let is_it = |mention: &&crate::mention::Mention| {
        mention.start <= noun && noun < mention.end && mention.count.is_none()
    };
    let Some(mention) = said.found.mentions.iter().find(is_it) else {
        return false;
    };
    if !twice || unclear || said.has(Sense::AskDiscount) {
        return false;
    }
    let mut lines = state.lines.iter_mut().filter(|line| line.meets(mention));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return false;
    };
    let known = before.iter().find(|known| known.place() == line.place());
    match (known.map(|known| known.quantity), line.quantity, line.level) {
        (Some(Quantity::Said(number)), Quantity::Said(now), Level::Wanted) if number == now => {
            line.quantity = Quantity::Said(number.saturating_mul(2));
            true
        }
        _ => false,
    }
}

/// "medio ciento", "half of it", "a metade": of what is sold whole.
fn is_half_of_a_pack(said: &Said, at: usize) -> bool {
    let next = said.text(at + 1);
    let pack = if matches!(next, "a" | "an" | "un" | "una" | "um" | "uma" | "of" | "de") {
        said.text(at + 2)
    } else {
        next
    };
    let is_pack = matches!(
        pack,
        "ciento"
            | "cento"
            | "cien"
            | "cem"
            | "centena"
            | "hundred"
            | "millar"
            | "milheiro"
            | "mil"
            | "thousand"
            | "caja"
            | "caixa"
            | "box"
            | "case"
            | "pack"
            | "paquete"
            | "pacote"
            | "bolsa"
            | "bag"
            | "saco"
            | "bulto"
            | "bandeja"
            | "tray"
            | "plancha"
            | "torta"
            | "pastel"
            | "bolo"
            | "cake"
            | "pizza"
            | "porcion"
            | "porcao"
            | "portion"
            | "rollo"
            | "rolo"
            | "roll"
            | "tonelada"
    );
    // "half a hundred": some numbers are read as one.
    let is_hundred = (at + 1..=at + 2).any(|next| {
        let number = said.tokens.get(next).and_then(Token::number);
        let whole = number.and_then(crate::read::Decimal::as_whole);
        matches!(whole, Some(100 | 1000))
    });
    let is_half = match said.text(at) {
        "medio" | "media" | "meio" | "meia" => is_pack || is_hundred,
        "half" => is_pack || is_hundred || matches!(next, "of" | "the" | "that" | "as" | "it"),
        "mitad" | "metade" => true,
        _ => false,
    };
    is_half && !is_paid_in_halves(said, at) && !is_counted_in_pieces(said, at)
}

/// "la mitad ahora": of the money, which others look after.
fn is_paid_in_halves(said: &Said, at: usize) -> bool {
    let (start, end) = said.clause(at);
    (start..end).any(|word| said.text(word).starts_with("pag") || said.text(word) == "pay")
}

/// "meio cento", of boxes of 25: two of them.
fn is_counted_in_pieces(said: &Said, at: usize) -> bool {
    said.found.mentions.iter().any(|mention| {
        let counts = mention
            .count
            .is_some_and(|count| count.unit == crate::mention::Unit::Pieces);
        let sold_so = mention
            .keys
            .iter()
            .any(|key| key.starts_with("cent") || key.starts_with("cient") || key.starts_with("hundred"));
        counts && !sold_so && mention.start <= at + 4 && at < mention.end
    })
}

/// "uno menos", "2 less", "um a menos", "quítale uno": fewer than there were.
fn takes_some_off(said: &Said, at: usize) -> bool {
    let is_few = |at: usize| {
        said.tokens.get(at).is_some_and(|token| {
            !token.money
                && (token
                    .number()
                    .and_then(crate::read::Decimal::as_whole)
                    .is_some_and(|number| number <= 50)
                    || matches!(said.text(at), "un" | "una" | "uno" | "um" | "uma" | "one"))
        })
    };
    let ends = |at: usize| {
        said.tokens.get(at).is_none_or(Token::divides) || crate::vocabulary::is_vocative(said.text(at))
    };
    let skip = usize::from(said.text(at + 1) == "a");
    let fewer = matches!(said.text(at + 1 + skip), "menos" | "less" | "fewer");
    let takes = ["quit", "sac", "tir", "remov", "rest", "elimin"]
        .iter()
        .any(|root| said.text(at).starts_with(root))
        || matches!(said.text(at), "drop" | "minus" | "lose")
        || said.text(at) == "menos" && said.found.mentions.is_empty();
    let off = takes && (is_few(at + 1) && ends(at + 2));
    let take_off =
        said.text(at) == "take" && is_few(at + 1) && matches!(said.text(at + 2), "off" | "out" | "away");
    is_few(at) && fewer && !said.tokens.get(at + 1).is_some_and(Token::divides) || off || take_off
}

/// "uno de cada uno menos triples", "todo excepto el pan", "everything but the lamp".
fn is_all_but(said: &Said, at: usize) -> bool {
    let is_all = |at: usize| {
        matches!(
            said.text(at),
            "cada"
                | "todo"
                | "toda"
                | "todos"
                | "todas"
                | "tudo"
                | "all"
                | "each"
                | "every"
                | "everything"
                | "both"
                | "ambos"
                | "ambas"
        )
    };
    let (start, end) = said.sentence(at);
    let before = at.checked_sub(1).map_or("", |before| said.text(before));
    let excepts = match said.text(at) {
        "menos" => {
            !matches!(before, "o" | "ou" | "a" | "al" | "ao" | "lo" | "pelo" | "mais")
                && said.text(at + 1) != "mal"
        }
        "excepto" | "exceto" | "salvo" | "except" | "excluding" => true,
        "but" | "fora" | "bar" => (at.saturating_sub(2)..at).any(is_all),
        _ => false,
    };
    excepts
        && (start..at).any(is_all)
        && (at + 1..end).any(|word| said.tokens.get(word).is_some_and(Token::is_word))
}

/// Returns whether something that the message leaves out is ordered nonetheless, as it was.
fn keeps_what_is_left_out(state: &State, said: &Said, before: &[Line]) -> bool {
    let is_kept = |line: &Line| {
        let known = before.iter().find(|known| known.places == line.places);
        line.level == Level::Wanted
            && line.place().is_some()
            && known.is_none_or(|known| known.quantity == line.quantity)
    };
    let is_named_anew = |line: &Line| {
        let mut mentions = said.found.mentions.iter();
        mentions.any(|mention| line.meets(mention) && !is_dropped(said, mention))
    };
    said.found.mentions.iter().any(|mention| {
        let mut lines = state.lines.iter();
        is_dropped(said, mention)
            && lines.any(|line| line.meets(mention) && is_kept(line) && !is_named_anew(line))
    })
}
