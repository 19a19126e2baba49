//! Whether the shop itself does not know yet: nothing that is said to that is an order.

use crate::read::{Sense, Token};
use crate::said::Said;

/// How far from "let me" its verb may stand, and from that what it looks for.
const REACH: usize = 4;

/// "déjame ver si hay", "vou confirmar com o fornecedor", "I think we have one left".
///
/// An amount that is told behind it says that the shop has looked.
pub(super) fn checks_first(said: &Said) -> bool {
    let is_own = |at: &usize| {
        let token = said.tokens.get(*at);
        token.is_some_and(|token| token.is_word() && !token.quoted)
    };
    let mut words = (0..said.tokens.len()).filter(is_own);
    words.any(|at| {
        (goes_to_look(said, at) || promises_to_tell(said, at) || only_believes(said, at))
            && !is_told_behind(said, at)
    })
}

/// "déjame revisar", "voy a preguntar", "deixa eu ver", "I'll have to check".
fn goes_to_look(said: &Said, at: usize) -> bool {
    let (start, end) = said.clause(at);
    let opens = |word: usize| {
        matches!(
            said.text(word),
            "deja"
                | "dejame"
                | "dejeme"
                | "deje"
                | "dejanos"
                | "permiteme"
                | "permitame"
                | "deixa"
                | "deixe"
                | "let"
                | "lemme"
                | "voy"
                | "vamos"
                | "vou"
                | "tengo"
                | "tenemos"
                | "tendria"
                | "tenho"
                | "temos"
                | "preciso"
                | "necesito"
                | "need"
                | "have"
                | "ill"
                | "i"
                | "well"
                | "gotta"
                | "falta"
                | "estoy"
                | "estou"
                | "im"
        )
    };
    let is_opened = (at.saturating_sub(REACH).max(start)..at).any(opens);
    let is_customers =
        said.asks_at(at) || (start..end).any(|word| matches!(said.text(word), "you" | "puedes" | "puede"));
    (is_opened && looks(said.text(at)) || does_look(said.text(at))) && !is_customers
}

fn looks(word: &str) -> bool {
    matches!(
        word,
        "ver"
            | "verlo"
            | "check"
            | "checking"
            | "see"
            | "ask"
            | "asking"
            | "confirm"
            | "confirmar"
            | "confirmarlo"
            | "find"
    ) || [
        "revis", "checar", "checo", "chequ", "verific", "pregunt", "pergunt", "consult", "averig",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

/// "le pregunto a la estilista": the shop does it, and no order of words is needed.
fn does_look(word: &str) -> bool {
    matches!(
        word,
        "pregunto"
            | "preguntamos"
            | "pergunto"
            | "perguntamos"
            | "consulto"
            | "consultamos"
            | "reviso"
            | "revisamos"
            | "checo"
            | "checamos"
            | "chequeo"
            | "verifico"
            | "verificamos"
            | "averiguo"
            | "averiguamos"
            | "checking"
    )
}

/// "te confirmo si hay", "te aviso se chegar", "I'll let you know if": that is told later.
fn promises_to_tell(said: &Said, at: usize) -> bool {
    let tells = matches!(
        said.text(at),
        "confirmo" | "confirmamos" | "aviso" | "avisamos" | "digo" | "falo" | "informo" | "know"
    );
    let is_ours = (at.saturating_sub(REACH)..at).any(|word| {
        matches!(
            said.text(word),
            "te" | "le" | "les" | "lo" | "se" | "ja" | "ill" | "we" | "well"
        )
    });
    tells && is_ours && (at + 1..at + 3).any(|next| is_whether(said, next)) && !said.asks_at(at)
}

/// "creo que sí me queda uno", "not sure we have any".
fn only_believes(said: &Said, at: usize) -> bool {
    let has = |word: usize| {
        matches!(
            said.text(word),
            "hay"
                | "queda"
                | "quedan"
                | "tengo"
                | "tenemos"
                | "tem"
                | "tenho"
                | "temos"
                | "sobrou"
                | "resta"
                | "have"
                | "got"
                | "left"
                | "stock"
                | "estoque"
                | "llego"
                | "chegou"
        )
    };
    said.all(Sense::Hedge)
        .any(|hit| hit.start == at && (hit.end..hit.end + REACH).any(has))
        && !said.asks_at(at)
}

fn is_whether(said: &Said, at: usize) -> bool {
    matches!(said.text(at), "si" | "se" | "if" | "whether")
}

/// "déjame ver… sí hay, son $180": it has looked. "déjame ver si tengo los 10" has not.
fn is_told_behind(said: &Said, at: usize) -> bool {
    let (_, end) = said.clause(at);
    let asks_itself = (at + 1..end.min(at + REACH)).any(|next| is_whether(said, next));
    !asks_itself
        && said.amounts().any(|(amount, _, money)| {
            amount > at && (money || said.tokens.get(amount + 1).is_none_or(Token::divides))
        })
}
