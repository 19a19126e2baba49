//! What went wrong, told by its shape: something happened, and there is a sign that it should not have.

use super::signs::{self, Sign};
use crate::read::{Language, Sense};
use crate::said::Said;

/// Returns whether the customer tells of something that went wrong.
pub(super) fn tells_of_trouble(said: &Said) -> bool {
    tells_of_harm(said) || tells_of_the_past(said) || feels_harm(said) || asks_about_what_it_bought(said)
}

/// "me dejaron el tinte disparejo", "the ribs were cold": something was done, and it is bad.
fn tells_of_harm(said: &Said) -> bool {
    let is_bad =
        |at: usize| signs::is(Sign::BAD, said.text(at)) && !said.is_negated(at) && !is_goods(said, at);
    (0..said.tokens.len()).any(|at| {
        let (start, end) = said.sentence(at);
        let mut near = at.saturating_sub(6).max(start)..(at + 7).min(end);
        is_bad(at) && near.any(|other| happened(said, other)) && !said.asks_at(at)
    })
}

/// "faltou de novo e ninguém avisou": somebody did something, again, or not at all.
fn tells_of_the_past(said: &Said) -> bool {
    if said.has_any(&[Sense::Pay, Sense::Accept, Sense::Paid]) {
        return false;
    }
    (0..said.tokens.len()).any(|at| {
        if !happened(said, at) {
            return false;
        }
        if signs::is(Sign::LOSS, said.text(at)) {
            return true;
        }
        let (start, end) = said.sentence(at);
        (start..end).any(|other| other != at && is_sign_of_trouble(said, other))
    })
}

/// "el control que les compré ya falla, ¿garantía?": what is asked about is sold already.
fn asks_about_what_it_bought(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::AsksPrice,
        Sense::Same,
        Sense::SameLast,
    ]);
    let bought = (0..said.tokens.len()).any(|at| {
        let after = (at + 1..=at + 2).any(|next| {
            matches!(
                said.text(next),
                "compre"
                    | "compramos"
                    | "comprei"
                    | "bought"
                    | "vendieron"
                    | "vendiste"
                    | "venderam"
                    | "instalaron"
                    | "instalaram"
            )
        });
        matches!(said.text(at), "que" | "q" | "i" | "we" | "you") && after
    });
    let is_wrong = said.asks()
        || (0..said.tokens.len())
            .any(|at| matches!(said.text(at), "no" | "nao" | "not" | "doesnt" | "wont" | "ya"));
    !orders && bought && is_wrong && !said.found.mentions.is_empty()
}

/// "los lentes me arden y traigo el ojo rojo": a symptom, of something that is sold here or since a time.
fn feels_harm(said: &Said) -> bool {
    // "faz 3 dias" asks nobody to make anything.
    let is_time = |at: usize| {
        let counts = said
            .tokens
            .get(at + 1)
            .is_some_and(|next| next.number().is_some());
        matches!(said.text(at), "faz" | "hace" | "ha" | "for") && counts
    };
    let orders = [Sense::Want, Sense::Pay, Sense::Accept]
        .iter()
        .any(|sense| said.all(*sense).any(|hit| !is_time(hit.start)));
    let since = |at: usize| {
        matches!(
            said.text(at),
            "desde" | "despues" | "depois" | "since" | "after" | "ayer" | "ontem" | "yesterday"
        )
    };
    let for_days = (0..said.tokens.len()).any(is_time);
    let has_cause = for_days
        || !said.found.mentions.is_empty()
        || (0..said.tokens.len()).any(|at| since(at) || happened(said, at));
    // "me arde la garganta desde que la encendí, ¿qué lleva?" asks about what it feels.
    let feels = (0..said.tokens.len()).any(|at| {
        let (start, end) = said.sentence(at);
        let told = !said.asks_at(at) || (start..end).any(since);
        signs::is(Sign::SYMPTOM, said.text(at)) && told
    });
    !orders && has_cause && feels
}

fn is_sign_of_trouble(said: &Said, at: usize) -> bool {
    let next = said.text(at + 1);
    match said.text(at) {
        "nadie" | "ninguem" | "nobody" | "noone" | "demais" | "demasiado" | "again" => true,
        "otra" | "segunda" | "tercera" | "terceira" | "third" | "second" => {
            matches!(next, "vez" | "time")
        }
        "de" => matches!(next, "nuevo" | "novo"),
        "volvio" | "volvieron" | "voltou" | "voltaram" => next == "a",
        _ => false,
    }
}

/// "la mesa vino con una pata más corta": what happened is told, and nothing is ordered, asked or praised.
///
/// Whatever it is, no rule has anything to propose: a person should read it.
pub(super) fn reports_what_happened(said: &Said) -> bool {
    const OTHERWISE: &[Sense] = &[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::Yes,
        Sense::Paid,
        Sense::Thanks,
        Sense::Laugh,
        Sense::Claim,
        Sense::Same,
        Sense::SameLast,
        Sense::AsksPrice,
        Sense::AsksStock,
        Sense::Cancel,
    ];
    let is_meant = |sense: Sense| sense == Sense::Laugh && super::attention::is_in_earnest(said);
    let says_otherwise = OTHERWISE
        .iter()
        .any(|sense| said.has(*sense) && !is_meant(*sense))
        || said.asks();
    let speaks = |at: usize| signs::is(Sign::SPOKE, said.text(at));
    let tells = (0..said.tokens.len()).any(|at| {
        let is_state = signs::is(Sign::STATE, said.text(at)) && !is_by_shop(said, at);
        happened(said, at) && !is_state && !speaks(at)
    });
    tells && !says_otherwise && !praises(said)
}

/// Returns whether the message is pleased with something.
pub(super) fn praises(said: &Said) -> bool {
    said.tokens.iter().any(|token| {
        [
            "encant",
            "gust",
            "gost",
            "ador",
            "amo",
            "lov",
            "perfect",
            "rico",
            "rica",
            "hermos",
            "lind",
            "bonit",
            "great",
            "amable",
            "excelent",
            "otim",
            "genial",
            "best",
            "brilliant",
            "awesome",
            "maravil",
            "divin",
        ]
        .iter()
        .any(|root| token.text.starts_with(root))
    })
}

/// "you left my lug nuts loose": English tells who by another word.
fn is_by_shop(said: &Said, at: usize) -> bool {
    let is_shop = |before: usize| {
        matches!(
            said.text(before),
            "you" | "u" | "guys" | "yall" | "ustedes" | "voces"
        )
    };
    let is_deed = !matches!(said.text(at), "had" | "has" | "was" | "were");
    is_deed && (at.saturating_sub(2)..at).any(is_shop)
}

/// Returns whether the word tells what somebody else did, or what became of something.
fn happened(said: &Said, at: usize) -> bool {
    let Some(token) = said
        .tokens
        .get(at)
        .filter(|token| token.is_word() && !token.quoted)
    else {
        return false;
    };
    let word = token.text.as_str();
    // What ran out was used, and nobody did it.
    if said.runs_out_at(at) || said.runs_out_at(at + 1) {
        return false;
    }
    // "hoy no llego a pagarte"
    if word == "llego" && !token.ends_stressed && matches!(said.text(at + 1), "a" | "al" | "con") {
        return false;
    }
    if signs::is(Sign::HAPPENED, word) || signs::is(Sign::LOSS, word) {
        return true;
    }
    if is_perfect(said, at) {
        return true;
    }
    !is_goods(said, at)
        && (word.chars().count() >= 5 || token.ends_stressed && word.chars().count() >= 4)
        && !signs::is(Sign::NOT_PAST, word)
        && {
            let of_somebody: &[&str] = match said.language {
                Language::Spanish => &["aron", "ieron", "yeron", "aste", "iste"],
                Language::Portuguese => &["aram", "iram", "ou", "eu", "iu", "aste", "iste"],
                Language::English => &[],
            };
            let english = said.language == Language::English
                && word.ends_with("ed")
                && !matches!(
                    said.text(at.saturating_sub(1)),
                    "i" | "we" | "ive" | "weve" | "im"
                );
            token.ends_stressed && word.ends_with('o')
                || of_somebody.iter().any(|ending| word.ends_with(ending))
                || english
        }
}

/// "se me ha roto", "me han cobrado": done, in the tense that Spain tells it in.
fn is_perfect(said: &Said, at: usize) -> bool {
    let word = said.text(at);
    let auxiliary = at.checked_sub(1).map_or("", |before| said.text(before));
    let of_others =
        matches!(auxiliary, "ha" | "han" | "habeis" | "hais") && said.language == Language::Spanish;
    let participle = ["ado", "ido"].iter().any(|ending| word.ends_with(ending))
        || matches!(
            word,
            "roto"
                | "hecho"
                | "puesto"
                | "abierto"
                | "muerto"
                | "caido"
                | "vuelto"
                | "escrito"
                | "dicho"
                | "salido"
        );
    let told_by = matches!(
        word,
        "dicho" | "comentado" | "recomendado" | "pagado" | "gustado" | "encantado" | "quedado"
    );
    of_others && participle && !told_by
}

/// "torta" is a cake where cakes are sold, and crooked elsewhere.
fn is_goods(said: &Said, at: usize) -> bool {
    let mut mentions = said.found.mentions.iter();
    mentions.any(|mention| mention.start <= at && at < mention.end)
}
