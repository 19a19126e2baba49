//! What the shop asks last: it decides what a yes means.

use crate::dialogue::{Question, State};
use crate::mention::Mention;
use crate::read::Sense;
use crate::residue;
use crate::said::Said;

/// Returns whether the sentence offers pictures, an invoice or an explanation: a yes to that orders nothing.
pub(super) fn is_about_pictures(said: &Said, (start, end): (usize, usize)) -> bool {
    const SHOWS: &[&str] = &[
        "muestr", "mostr", "envuelv", "embrulh", "wrap", "horario", "medida", "sample", "manual", "contact",
        "contat", "cotiz", "orcament", "asesor", "aroma", "estampa",
    ];
    let shows = |at: usize| SHOWS.iter().any(|root| said.text(at).starts_with(root));
    (start..end).any(|at| {
        shows(at)
            || matches!(
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
                    | "nota"
                    | "bolsa"
                    | "know"
                    | "saber"
            )
    })
}

/// Returns whether the last question needs more than a yes, or is about something else.
pub(super) fn is_open_question(said: &Said) -> bool {
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
    asks_what || is_about_pictures(said, (start, end)) || residue::is_about_unknown(said, (start, end))
}

pub(super) fn question_words(said: &Said) -> Vec<String> {
    let Some(last) = said.tokens.iter().rposition(|token| token.is_mark('?')) else {
        return Vec::new();
    };
    let (_, end) = said.sentence(last.saturating_sub(1));
    let (start, _) = said.clause(last.saturating_sub(1));
    (start..end).map(|at| said.text(at).to_owned()).collect()
}

/// Returns whether the question is about something that was not ordered: "¿quieres velas por $30?"
pub(super) fn offers_more(state: &State, said: &Said, offered: &[Mention]) -> bool {
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

pub(super) fn question_of(said: &Said) -> Question {
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
