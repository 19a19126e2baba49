//! What the customer answers to what the shop offered on top.

use super::wording::{is_dropped, is_no};
use super::{denies, fetches};
use crate::catalog::{Catalog, Place};
use crate::consent;
use crate::dialogue::{State, is_delivery};
use crate::mention::Mention;
use crate::order::{Level, Line};
use crate::read::{Hit, Sense};
use crate::said::Said;

/// Takes or refuses what was left to the customer; whoever speaks of neither has left it open.
pub(super) fn answer_extras(state: &mut State, said: &Said, catalog: &Catalog) {
    let Some(extras) = state.extras.clone() else {
        return;
    };
    let is_taken = |state: &State| {
        let wanted = |line: &Line| {
            line.level == Level::Wanted && line.place().is_some_and(|place| extras.contains(&place))
        };
        state.lines.iter().any(wanted)
    };
    if does_it_oneself(said) && !adds_it(said) {
        // "lo armo yo": what is named is what they do.
        state
            .lines
            .retain(|line| line.place().is_none_or(|place| !extras.contains(&place)));
        state.extras = None;
        return;
    }
    if is_named_in_doubt(said, &extras) {
        state
            .lines
            .retain(|line| line.place().is_none_or(|place| !extras.contains(&place)));
        return;
    }
    if is_taken(state) || refuses(said, &extras, catalog) {
        state.extras = None;
        return;
    }
    if let ([extra], true, true) = (extras.as_slice(), adds_it(said), said.found.mentions.is_empty()) {
        state.lines.push(Line::of_place(*extra, 1, state.round));
        state.extras = None;
    }
}

/// "no se preocupe por el envío", "a entrega não sei": spoken of, and neither taken nor refused.
fn is_named_in_doubt(said: &Said, extras: &[Place]) -> bool {
    let is_doubted = |at: usize| {
        let (start, end) = said.clause(at);
        (start..end).any(|word| denies(said, word)) || !is_settled_there(said, at)
    };
    let mut mentions = said.found.mentions.iter();
    let named = mentions.any(|mention| {
        let of_them = mention.places.iter().any(|place| extras.contains(place));
        of_them && !drops_extra(said, mention) && is_doubted(mention.start)
    });
    let refused = said
        .found
        .mentions
        .iter()
        .any(|mention| drops_extra(said, mention));
    named || !refused && said.all(Sense::Deliver).any(|hit| is_doubted(hit.start))
}

/// "sí, agrégalo", "add it please": a verb of adding whose object is nothing, or what was just offered.
///
/// "Also", "además" and "mais" add nothing: they as often begin the next question.
pub(super) fn adds_it(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let (start, end) = part_of_clause(said, at);
        let taken_back = [Sense::Pay, Sense::Only, Sense::Done, Sense::No]
            .iter()
            .any(|sense| said.within((start, end), *sense));
        is_verb_of_adding(said, at)
            && !taken_back
            && !said.is_negated(at)
            && !said.asks_at(at)
            && !consent::is_conditional(said, said.sentence(at))
            && (start..end).all(|other| other == at || stands_beside_adding(said, other))
    })
}

/// Returns the tokens of the clause around `at` up to an "and": "agrégalo y mándame el link" are two.
fn part_of_clause(said: &Said, at: usize) -> (usize, usize) {
    let (start, end) = said.clause(at);
    let is_and = |word: &usize| matches!(said.text(*word), "y" | "e" | "and");
    let from = (start..at).rev().find(is_and).map_or(start, |and| and + 1);
    let to = (at..end).find(is_and).unwrap_or(end);
    (from, to)
}

fn is_verb_of_adding(said: &Said, at: usize) -> bool {
    let is_own = said
        .tokens
        .get(at)
        .is_some_and(|token| token.is_word() && !token.quoted);
    let word = said.text(at);
    let is_participle = ["ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas"]
        .iter()
        .any(|ending| word.ends_with(ending));
    let begins = [
        "agreg",
        "anade",
        "anada",
        "anadi",
        "sumal",
        "sumel",
        "sumam",
        "inclui",
        "inclua",
        "incluye",
        "incluya",
        "ponle",
        "ponlo",
        "ponla",
        "pongal",
        "echal",
        "acrescent",
        "adicion",
        "coloca",
    ]
    .iter()
    .any(|root| word.starts_with(root));
    is_own && (begins && !is_participle && word != "adicional" || word == "add" || word == "include")
}

fn stands_beside_adding(said: &Said, at: usize) -> bool {
    let word = said.text(at);
    let is_yes = said.all(Sense::Yes).any(|hit| hit.start <= at && at < hit.end);
    is_yes
        || consent::is_yes(said, at)
        || crate::vocabulary::is_vocative(word)
        || said.tokens.get(at).is_some_and(|token| !token.is_word())
        || matches!(
            word,
            "it" | "that"
                | "this"
                | "them"
                | "those"
                | "lo"
                | "la"
                | "los"
                | "las"
                | "me"
                | "eso"
                | "esa"
                | "ese"
                | "isso"
                | "essa"
                | "esse"
                | "ele"
                | "ela"
                | "ai"
                | "in"
                | "on"
                | "too"
                | "also"
                | "tambien"
                | "tambem"
                | "please"
                | "porfa"
                | "por"
                | "favor"
        )
}

/// "no, gracias", "paso por ellas", "solo el servicio", "sin el envío".
fn refuses(said: &Said, extras: &[Place], catalog: &Catalog) -> bool {
    let is_of_them = |mention: &Mention| mention.places.iter().any(|place| extras.contains(place));
    let drops = said
        .found
        .mentions
        .iter()
        .any(|mention| is_of_them(mention) && drops_extra(said, mention));
    let says_no = said.all(Sense::No).any(|hit| is_whole_no(said, hit));
    // "just the cake": the goods are named, and only they.
    let only = said.found.mentions.iter().any(|mention| {
        let (start, _) = said.clause(mention.start);
        let just = said
            .all(Sense::Only)
            .any(|hit| hit.start >= start && hit.end <= mention.start && hit.end + 2 >= mention.start);
        just && !is_of_them(mention) && is_settled_there(said, mention.start)
    });
    let is_fetched = said.all(Sense::Pickup).any(|hit| {
        let words = (hit.start..hit.end).any(|at| is_of_fetching(said.text(at)));
        words && hit.end - hit.start > 1 && is_settled_there(said, hit.start)
    });
    let delivers = extras.iter().all(|place| is_delivery(catalog, *place));
    let fetched = fetches(said) && is_fetched || needs_no_delivery(said);
    drops || says_no || only || delivers && fetched
}

/// "não precisa entregar", "no hace falta que me lo mandes": and nothing in doubt about it.
fn needs_no_delivery(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let (start, end) = said.clause(at);
        let needs = matches!(
            said.text(at),
            "precisa" | "preciso" | "necesito" | "hace" | "need" | "ocupo"
        );
        let delivers = (at + 1..end.min(at + 5)).any(|next| {
            ["entreg", "envi", "mand", "llev", "deliver", "ship", "post"]
                .iter()
                .any(|root| said.text(next).starts_with(root))
        });
        needs && delivers && (start..at).any(|no| denies(said, no)) && is_settled_there(said, at)
    })
}

/// Returns whether what stands at `at` is neither asked nor a condition nor a doubt.
fn is_settled_there(said: &Said, at: usize) -> bool {
    let clause = said.clause(at);
    let doubts = [Sense::Later, Sense::Hold, Sense::Hedge, Sense::Hypothetical]
        .iter()
        .any(|sense| said.within(clause, *sense));
    // "con envío porfa, ¿cómo te pago?": the question is about paying.
    let mark = said.sentence(at).1;
    let asks_to_pay = clause.1 < mark && said.in_clause(mark.saturating_sub(1), Sense::Pay);
    let asked = said.asks_at(at) && !asks_to_pay;
    !doubts && !asked && !consent::is_conditional(said, said.sentence(at))
}

fn is_of_fetching(word: &str) -> bool {
    [
        "paso", "pas", "recog", "recoj", "busc", "retir", "peg", "pick", "collect", "swing", "grab",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

/// "no", "no thanks": the whole clause, and not "no sé" or "no importa".
fn is_whole_no(said: &Said, hit: &Hit) -> bool {
    let (start, end) = said.clause(hit.start);
    let thanks = said.within((start, end), Sense::Thanks);
    let filler = |at: usize| {
        let word = said.text(at);
        crate::vocabulary::is_vocative(word)
            || said
                .all(Sense::No)
                .chain(said.all(Sense::Thanks))
                .any(|hit| hit.start <= at && at < hit.end)
            || thanks
                && matches!(
                    word,
                    "muchas" | "muito" | "you" | "asi" | "assim" | "esta" | "bien" | "bem"
                )
            || matches!(word, "por" | "favor" | "please" | "porfa" | "ah" | "ay")
    };
    let asked = said.tokens.get(end).is_some_and(|token| token.is_mark('?'));
    hit.start == start && !asked && (start..end).all(filler)
}

/// "sin envío", "no quiero el envío", "el envío no": and not "no sé del envío".
fn drops_extra(said: &Said, mention: &Mention) -> bool {
    let (start, end) = said.clause(mention.start);
    let before = mention.start.saturating_sub(5).max(start);
    let leaves_out = said
        .all(Sense::Remove)
        .any(|hit| hit.start >= before && hit.end <= mention.start + 1);
    let denied = (before..mention.start).rev().find(|at| is_no(said, *at));
    let plainly = denied.is_some_and(|no| {
        (no + 1..mention.start).all(|at| {
            matches!(
                said.text(at),
                "quiero"
                    | "queremos"
                    | "quero"
                    | "necesito"
                    | "preciso"
                    | "precisa"
                    | "ocupo"
                    | "want"
                    | "need"
                    | "hace"
                    | "falta"
                    | "el"
                    | "la"
                    | "los"
                    | "las"
                    | "o"
                    | "a"
                    | "the"
                    | "de"
                    | "con"
                    | "com"
                    | "do"
                    | "i"
                    | "any"
            )
        })
    });
    let after = is_no(said, mention.end)
        && (mention.end + 1..end).all(|at| {
            matches!(
                said.text(at),
                "gracias"
                    | "porfa"
                    | "quiero"
                    | "necesito"
                    | "hace"
                    | "falta"
                    | "preciso"
                    | "precisa"
                    | "needed"
                    | "thanks"
                    | "obrigado"
                    | "obrigada"
            )
        });
    is_dropped(said, mention) && (leaves_out || plainly || after) && is_settled_there(said, mention.start)
}

/// "lo armo yo", "we'll bring ours", and neither "yo lo quiero con envío" nor "yo vivo en Roma".
fn does_it_oneself(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let clause = said.clause(at);
        let wants = [Sense::Want, Sense::Accept, Sense::Deliver, Sense::Pay]
            .iter()
            .any(|sense| said.within(clause, *sense));
        // "no yo bajo por eso" answers, and denies nothing.
        let denied = (clause.0..clause.1).any(|word| denies(said, word) && word + 1 != at);
        let before = at.checked_sub(1).map_or("", |before| said.text(before));
        let does = match said.text(at) {
            "ours" => matches!(before, "bring" | "use" | "have" | "got" | "with"),
            "myself" | "ourselves" => matches!(before, "it" | "that" | "them" | "this" | "those"),
            "yo" | "nosotros" => {
                let verb_before = at >= 2 && does(said, at - 1) && is_object(said.text(at - 2));
                let goes_for_it =
                    is_going(before) || is_going(said.text(at + 1)) && said.text(at + 2) == "por";
                verb_before || goes_for_it || is_object(said.text(at + 1)) && does(said, at + 2)
            }
            _ => false,
        };
        does && !wants && !denied && is_settled_there(said, at)
    })
}

/// "paso yo el sábado", "yo bajo por eso".
fn is_going(word: &str) -> bool {
    matches!(
        word,
        "paso" | "voy" | "bajo" | "recojo" | "retiro" | "pasamos" | "vamos" | "bajamos"
    )
}

fn is_object(word: &str) -> bool {
    matches!(word, "lo" | "la" | "los" | "las")
}

/// Returns whether the word is a verb of the first person that tells of doing: "armo", "ponemos".
fn does(said: &Said, at: usize) -> bool {
    let word = said.text(at);
    let thinks = matches!(
        word,
        "quiero"
            | "prefiero"
            | "necesito"
            | "tengo"
            | "espero"
            | "pienso"
            | "veo"
            | "creo"
            | "pago"
            | "compro"
            | "deposito"
            | "transfiero"
            | "pido"
            | "dejo"
            | "aviso"
            | "confirmo"
            | "digo"
            | "consulto"
            | "entiendo"
            | "conozco"
            | "recibo"
            | "quería"
            | "puedo"
            | "checo"
            | "reviso"
            | "recuerdo"
    );
    !thinks && (word.ends_with('o') || word.ends_with("mos")) && word.chars().count() > 3
}
