//! What the words around a mention do to it.

use crate::consent;
use crate::dialogue::{Question, State};
use crate::mention::Mention;
use crate::order::Level;
use crate::read::{Sense, Token};
use crate::said::Said;

/// "sin el cable", "el cable no", "no quiero el cable", "skip the vase".
pub(super) fn is_dropped(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let before = mention.start.saturating_sub(3).max(start);
    let removes = said
        .all(Sense::Remove)
        .any(|hit| hit.start >= before && hit.end <= mention.start + 1);
    let negated = (before..mention.start).any(|at| is_no(said, at) && !sets_a_limit(said, at))
        && !(before..mention.start).any(|at| matches!(said.text(at), "mejor" | "melhor" | "si" | "sim"));
    let is_the_next_ones = |at: usize| {
        said.found
            .mentions
            .iter()
            .any(|other| other.start > at && other.start <= at + 3 && other.start < end)
    };
    let after = (mention.end..end.min(mention.end + 3)).any(|at| {
        is_no(said, at) && !is_the_next_ones(at)
            || matches!(said.text(at), "cancelalo" | "cancelala" | "cancela")
            // "el envío no, mejor paso yo": the clause ends with it, and so it is no "in the".
            || at == mention.end && said.text(at) == "no" && said.tokens.get(at + 1).is_none_or(Token::divides)
            // "carbón ya tengo"
            || matches!(said.text(at), "tengo" | "tenho" | "tenemos") && said.tokens.get(at + 1).is_none_or(Token::divides)
    }) && !(mention.end..end)
        .any(|at| matches!(said.text(at), "mas" | "lleva" | "tiene" | "trae" | "es"));
    let no_longer =
        (mention.end..end).any(|at| is_no(said, at)) && said.within((mention.end, end), Sense::Cancel);
    removes || negated || after || no_longer || is_compared_with(said, mention)
}

/// "mejor el capo que el afinador": the second is what it is better than.
fn is_compared_with(said: &Said, mention: &Mention) -> bool {
    let (start, _) = said.clause(mention.start);
    let than = (mention.start.saturating_sub(3).max(start)..mention.start)
        .any(|at| matches!(said.text(at), "que" | "than" | "to"));
    let prefers = (start..mention.start).find(|at| {
        matches!(
            said.text(*at),
            "mejor" | "melhor" | "prefiero" | "prefiro" | "rather" | "prefer"
        )
    });
    let between = |from: usize| {
        said.found
            .mentions
            .iter()
            .any(|other| other.start > from && other.end <= mention.start)
    };
    than && prefers.is_some_and(between)
}

/// "no más de 2", "no more than 2", "não mais que 2": how many at most, and nothing is left out.
pub(super) fn sets_a_limit(said: &Said, at: usize) -> bool {
    matches!(said.text(at), "no" | "not" | "nao")
        && matches!(said.text(at + 1), "mas" | "mais" | "more")
        && matches!(said.text(at + 2), "de" | "do" | "que" | "than")
}

pub(super) fn is_no(said: &Said, at: usize) -> bool {
    matches!(
        said.text(at),
        "no" | "nao" | "not" | "ni" | "nem" | "tampoco" | "dont" | "nop"
    ) && (said.text(at) != "no" || said.all(Sense::No).any(|hit| hit.start == at))
}

/// "en vez de la blanca", "instead of the vase".
pub(super) fn instead_of(said: &Said, mention: &Mention) -> bool {
    if swaps_away(said, mention) {
        return true;
    }
    said.all(Sense::Instead)
        .any(|hit| hit.end <= mention.start && hit.end + 3 > mention.start && said.text(hit.start) != "por")
}

/// "troca a pipoca por algodão doce": the first goes, the second comes.
fn swaps_away(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let swaps = (start..mention.start).any(|at| {
        matches!(
            said.text(at),
            "troca"
                | "trocar"
                | "troco"
                | "troque"
                | "cambia"
                | "cambiame"
                | "cambie"
                | "cambieme"
                | "cambio"
                | "cambiar"
                | "cambiamos"
                | "swap"
                | "change"
                | "switch"
                | "exchange"
                | "replace"
        )
    });
    let by = (mention.end..(mention.end + 2).min(end)).any(|at| {
        matches!(
            said.text(at),
            "por" | "pelo" | "pela" | "for" | "with" | "to" | "con" | "com"
        )
    });
    let mut others = said.found.mentions.iter();
    swaps && by && others.any(|other| other.start > mention.end && other.start < end)
}

pub(super) fn only_this(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let before = said
        .all(Sense::Only)
        .any(|hit| hit.start >= start && hit.end <= mention.start + 1 && hit.end + 4 > mention.start);
    let after = (mention.end..end.min(mention.end + 2))
        .any(|at| matches!(said.text(at), "nomas" | "solamente" | "only"));
    before || after
}

pub(super) fn adds(said: &Said, mention: &Mention) -> bool {
    let (start, _) = said.clause(mention.start);
    mention.another
        || said.in_sentence(mention.start, Sense::Add)
        || (start.saturating_sub(1)..mention.start).any(|at| {
            // "é o de casal que eu quero" is no "and".
            let is_and = !said.tokens.get(at).is_some_and(|token| token.accent);
            is_and && matches!(said.text(at), "y" | "e" | "and" | "+" | "mas")
        })
}

/// Returns whether the customer wants the mentioned item or only asks about it.
pub(super) fn level_of(said: &Said, mention: &Mention, state: &State) -> Level {
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
        // "ya se acabó el agua": why they write, and how many is not said.
        () if !wants && (span.0..span.1).any(|at| said.runs_out_at(at)) => Level::Asked,
        () if asks_price && !pays_here => Level::Asked,
        // "cuánto las bujías, el filtro y la mano de obra": a list that is asked about.
        () if !wants && said.within((sentence.0, mention.start), Sense::AsksPrice) => Level::Asked,
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

pub(super) fn is_wanted(said: &Said, token: usize) -> bool {
    let span = said.sentence(token);
    let asks = said.within(span, Sense::AsksPrice) || said.within(span, Sense::AsksStock);
    let wants = said.within(span, Sense::Want) || said.has(Sense::Pay) || !said.found.mentions.is_empty();
    let orders = said.within(span, Sense::Want) || said.has(Sense::Pay);
    wants && !(asks && said.asks()) && (orders || !said.asks_at(token))
}
