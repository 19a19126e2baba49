//! What needs a person though nothing was said about an order that rules could take on.
//!
//! Looked at only where there is nothing to charge: a word too many in these
//! lists costs a suggestion, never an order.

use super::signs::{self, Sign};
use super::told;
use super::trouble::praises;
use crate::catalog::Catalog;
use crate::dialogue::State;
use crate::mention::Fit;
use crate::read::Sense;
use crate::said::Said;
use crate::vocabulary;

/// How far from a word its negation or its verb may stand.
const NEAR: usize = 4;

/// Returns whether something went wrong, as its words now tell: "el cierre está roto", "it doesn't turn on".
pub(super) fn is_trouble(said: &Said) -> bool {
    if is_lighthearted(said) {
        return false;
    }
    is_grave(said)
        || is_bad_now(said)
        || fails_to_work(said)
        || is_not_what_was_ordered(said)
        || waits_for_what_was_paid(said)
        || is_short_of_what_was_paid(said)
        || disputes_a_price(said)
        || told::is_trouble(said)
        || speaks_ill_of_staff(said)
}

/// Returns whether a person is asked for, or advice that no shop's program gives.
pub(super) fn needs_a_person(said: &Said, state: &State) -> bool {
    if is_lighthearted(said) {
        return false;
    }
    let ordering = state.has_wanted();
    wants_to_talk(said)
        || asks_for_advice(said)
        || is_too_young(said)
        || is_child_alone(said)
        || sells_again(said)
        || told::needs_a_person(said)
        || is_custom(said)
        || !ordering && (wants_papers(said) || wants_a_quote(said) || ends_what_was_agreed(said))
}

/// "tenés pollo? mandame 3 y te pago ahora": asked for by a noun that no name has, and wanted at once.
pub(super) fn asks_for_unsold(said: &Said, catalog: &Catalog) -> bool {
    own_words(said).any(|(at, word)| {
        let span = said.clause(at);
        let is_noun = word.chars().count() >= 4
            && word.chars().all(char::is_alphabetic)
            && !vocabulary::is_common(word)
            && !crate::read::is_phrase_word(word)
            && catalog
                .index
                .with_key(&catalog.index.key_of_word(word))
                .is_empty();
        is_noun && said.within(span, Sense::AsksStock)
    })
}

fn is_lighthearted(said: &Said) -> bool {
    said.has(Sense::Laugh) && !is_in_earnest(said)
}

/// "kkk mas é sério": laughed, and meant.
pub(super) fn is_in_earnest(said: &Said) -> bool {
    said.tokens
        .iter()
        .any(|token| matches!(token.text.as_str(), "serio" | "seriously" | "verdad" | "verdade"))
}

/// Returns the words that are the customer's own, and name no goods.
pub(super) fn own_words(said: &Said) -> impl Iterator<Item = (usize, &str)> {
    said.tokens.iter().enumerate().filter_map(|(at, token)| {
        // Between the words of a name that was only partly met may stand anything.
        let is_goods = said.found.mentions.iter().any(|mention| {
            let inside = mention.start <= at && at < mention.end;
            inside
                && (mention.fit == Fit::Exact && mention.end - mention.start <= 3
                    || at == mention.start
                    || at + 1 == mention.end)
        });
        (token.is_word() && !token.quoted && !is_goods).then_some((at, token.text.as_str()))
    })
}

pub(super) fn has(said: &Said, sign: Sign) -> bool {
    own_words(said).any(|(_, word)| signs::is(sign, word))
}

fn near(said: &Said, at: usize, sign: Sign) -> bool {
    let (start, end) = said.sentence(at);
    (at.saturating_sub(NEAR).max(start)..(at + NEAR + 1).min(end))
        .any(|other| other != at && signs::is(sign, said.text(other)))
}

/// Words that tell of harm whatever stands around them, unless they ask ahead or say that there is none.
fn is_grave(said: &Said) -> bool {
    let about_price = own_words(said).any(|(_, word)| {
        matches!(
            word,
            "precio" | "preco" | "price" | "caro" | "cara" | "caros" | "expensive" | "pricey"
        )
    });
    !about_price
        && own_words(said).any(|(at, word)| {
            let asks_ahead = said.asks_at(at) && said.within(said.sentence(at), Sense::Policy);
            signs::is(Sign::GRAVE, word) && !said.is_negated(at) && !asks_ahead && !wants_to_buy(said)
        })
}

fn wants_to_buy(said: &Said) -> bool {
    said.has_any(&[Sense::Want, Sense::AsksPrice, Sense::AsksStock]) && !said.found.mentions.is_empty()
}

/// "la leche está cortada", "my tint is bubbling already": how something is, and how it should not be.
fn is_bad_now(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::AsksPrice,
        Sense::AsksStock,
        Sense::Hypothetical,
    ]);
    !orders
        && own_words(said).any(|(at, word)| {
            signs::is(Sign::BAD, word)
                && !said.is_negated(at)
                && !said.asks_at(at)
                && near(said, at, Sign::NOW)
                && is_about_goods(said, at)
        })
}

/// Returns whether the sentence speaks of something that the customer has: "my", "el que", an item, or bought goods.
fn is_about_goods(said: &Said, at: usize) -> bool {
    let (start, end) = said.sentence(at);
    let owned = (start..end).any(|word| {
        matches!(
            said.text(word),
            "my" | "our"
                | "mi"
                | "mis"
                | "nuestro"
                | "nuestra"
                | "meu"
                | "minha"
                | "meus"
                | "minhas"
                | "me"
                | "nos"
                | "this"
                | "esto"
                | "isso"
                | "it"
                | "they"
                | "el"
                | "la"
                | "los"
                | "las"
                | "o"
                | "a"
                | "os"
                | "as"
                | "the"
                | "que"
                | "todo"
                | "tudo"
        )
    });
    owned || !said.found.mentions.is_empty()
}

/// "no prende", "ninguém responde", "stopped working": it does not do what it is for.
fn fails_to_work(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::AsksPrice,
        Sense::AsksStock,
        Sense::Later,
        Sense::OtherLink,
        Sense::Cond,
        Sense::Thanks,
    ]);
    !orders
        && own_words(said).any(|(at, word)| {
            let (start, _) = said.clause(at);
            let refuses = (at.saturating_sub(3).max(start)..at).any(|before| {
                matches!(
                    said.text(before),
                    "no" | "nao"
                        | "ni"
                        | "nem"
                        | "not"
                        | "doesnt"
                        | "dont"
                        | "didnt"
                        | "wont"
                        | "isnt"
                        | "arent"
                        | "never"
                        | "nunca"
                        | "nadie"
                        | "ninguem"
                        | "nobody"
                        | "noone"
                        | "stopped"
                        | "dejo"
                        | "parou"
                        | "keeps"
                        | "cant"
                        | "couldnt"
                        | "hasnt"
                        | "havent"
                )
            });
            let of_money = (start..at + 4).any(|other| {
                matches!(
                    said.text(other),
                    "dinero"
                        | "plata"
                        | "lana"
                        | "sueldo"
                        | "presupuesto"
                        | "dinheiro"
                        | "money"
                        | "quincena"
                        | "salario"
                        | "link"
                        | "tiempo"
                        | "tempo"
                        | "time"
                        | "yo"
                        | "eu"
                        | "i"
                        | "we"
                )
            });
            signs::is(Sign::WORKS, word) && refuses && !of_money && !said.asks_at(at)
        })
}

/// "I got two whites and I definitely ordered reds": what came beside what was asked for.
fn is_not_what_was_ordered(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::Thanks,
        Sense::Paid,
        Sense::AsksPrice,
        Sense::Same,
        Sense::SameLast,
    ]);
    !orders && has(said, Sign::RECEIVED) && has(said, Sign::ORDERED)
}

/// "solo venían 3 y pagué 5", "pedí 2 kilos y es kilo y medio": two numbers that should be one.
fn is_short_of_what_was_paid(said: &Said) -> bool {
    let numbers = said
        .tokens
        .iter()
        .filter(|token| token.number().is_some() && !token.money)
        .count();
    let orders = said.has_any(&[Sense::Want, Sense::Accept, Sense::Pay, Sense::AsksPrice]);
    let weighed = own_words(said).any(|(_, word)| {
        matches!(
            word,
            "venian"
                | "venia"
                | "vinieron"
                | "llegaron"
                | "llego"
                | "vieram"
                | "veio"
                | "vinham"
                | "came"
                | "got"
                | "pese"
                | "pesei"
                | "weighed"
                | "conte"
                | "contei"
                | "counted"
                | "faltan"
                | "faltam"
                | "faltaron"
                | "habia"
                | "tenia"
                | "trajo"
                | "trae"
                | "es"
                | "were"
        )
    });
    !orders && numbers >= 1 && weighed && has(said, Sign::ORDERED) && !said.has(Sense::Thanks)
}

/// "never got my confirmation and I paid two days ago": it is paid, and something is missing.
fn waits_for_what_was_paid(said: &Said) -> bool {
    let misses = own_words(said).any(|(at, word)| {
        matches!(
            word,
            "never"
                | "nunca"
                | "nada"
                | "nothing"
                | "todavia"
                | "aun"
                | "ainda"
                | "still"
                | "nadie"
                | "ninguem"
                | "nobody"
        ) || matches!(word, "no" | "nao" | "havent" | "hasnt" | "didnt") && near(said, at, Sign::RECEIVED)
    });
    let paid = said.has(Sense::Paid) || has(said, Sign::ORDERED);
    let since = own_words(said).any(|(_, word)| {
        matches!(
            word,
            "ago"
                | "hace"
                | "desde"
                | "since"
                | "faz"
                | "ha"
                | "atras"
                | "dias"
                | "days"
                | "semana"
                | "semanas"
                | "week"
                | "weeks"
                | "ayer"
                | "ontem"
                | "yesterday"
                | "horas"
                | "hours"
        )
    });
    paid && misses && since && !said.has(Sense::Pay) && !said.has(Sense::Later)
}

/// "your walker was swearing at kids", "su domiciliario me regó pintura": what one of the shop's people did.
fn speaks_ill_of_staff(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::Thanks,
        Sense::AsksPrice,
        Sense::Cash,
        Sense::Claim,
    ]);
    !orders
        && !praises(said)
        && own_words(said).any(|(at, word)| {
            let theirs = matches!(
                said.text(at.saturating_sub(1)),
                "your" | "tu" | "su" | "sus" | "tus" | "seu" | "sua" | "seus" | "ur"
            );
            let deeds = (at + 1..said.sentence(at).1)
                .filter(|next| said.tokens.get(*next).is_some_and(crate::read::Token::is_word))
                .count();
            signs::is(Sign::STAFF, word) && theirs && at > 0 && deeds >= 2 && !said.asks_at(at)
        })
}

/// "me dijeron 250 y ahora salen con 380", "no pienso pagar eso": the price itself is fought over.
fn disputes_a_price(said: &Said) -> bool {
    let now = own_words(said).any(|(_, word)| matches!(word, "ahora" | "agora" | "now" | "luego" | "depois"));
    let other = said.has(Sense::Claim) && now && said.amounts().next().is_some() && !said.asks();
    let refuses = own_words(said).any(|(at, word)| {
        matches!(word, "pagar" | "pay" | "pago" | "paying")
            && said.clause(at).0 < at
            && (at.saturating_sub(3)..at)
                .any(|before| matches!(said.text(before), "pienso" | "vou" | "going" | "refuse" | "gonna"))
            && (at.saturating_sub(4)..at)
                .any(|before| matches!(said.text(before), "no" | "nao" | "not" | "refuse"))
    });
    (other || refuses) && !said.has(Sense::Pay)
}

/// "prefiero hablar con la señora Carmen", "can someone call me": not with a program.
///
/// Whoever talks with their own wife about it is not asking for one.
fn wants_to_talk(said: &Said) -> bool {
    let talks = own_words(said).any(|(at, word)| {
        let with = (at + 1..=at + 3).find(|next| matches!(said.text(*next), "con" | "com" | "with" | "to"));
        let whom = with.map(|with| said.text(with + 1)).unwrap_or_default();
        let own = matches!(
            whom,
            "mi" | "mis"
                | "my"
                | "meu"
                | "minha"
                | "meus"
                | "nuestro"
                | "nuestra"
                | "our"
                | "you"
                | "u"
                | "ustedes"
                | "vos"
                | "vc"
                | "voce"
                | "ti"
                | "ellos"
                | "eles"
                | "them"
                | "him"
                | "her"
                | ""
                | "el"
                | "ella"
                | "ele"
                | "ela"
        ) && !with.is_some_and(|with| is_of_the_shop(said.text(with + 2)));
        signs::is(Sign::TALK, word) && with.is_some() && !own && !said.has(Sense::Later)
    });
    let calls = own_words(said).any(|(at, word)| {
        let calls = matches!(
            word,
            "llamame"
                | "llameme"
                | "llamarme"
                | "llamenme"
                | "marcame"
                | "marqueme"
                | "ligame"
                | "ligarme"
                | "telefoneme"
        ) || (matches!(word, "call" | "phone" | "ring")
            // In Spanish it is the link.
            || matches!(word, "liga" | "ligar" | "ligue") && said.language == crate::read::Language::Portuguese)
            && (matches!(said.text(at + 1), "me" | "us" | "back")
                || matches!(said.text(at.saturating_sub(1)), "me" | "nos"));
        calls && said.clause(at).0 <= at && !said.is_negated(at)
    });
    let answers = own_words(said).any(|(at, word)| {
        matches!(
            word,
            "alguien"
                | "alguem"
                | "someone"
                | "somebody"
                | "anyone"
                | "anybody"
                | "persona"
                | "person"
                | "humano"
                | "human"
        ) && (at + 1..=at + 4).any(|next| {
            let verb = said.text(next);
            [
                "contest", "respond", "atiend", "atend", "ayud", "ajud", "help", "answer", "reply", "llam",
                "call", "orient",
            ]
            .iter()
            .any(|root| verb.starts_with(root))
        })
    });
    talks || calls || answers
}

fn is_of_the_shop(word: &str) -> bool {
    matches!(
        word,
        "dueno"
            | "duena"
            | "dono"
            | "dona"
            | "gerente"
            | "encargado"
            | "encargada"
            | "responsable"
            | "responsavel"
            | "jefe"
            | "jefa"
            | "manager"
            | "owner"
            | "supervisor"
            | "supervisora"
            | "asesor"
            | "asesora"
            | "vendedor"
            | "vendedora"
            | "atendente"
            | "doctor"
            | "doctora"
            | "profesor"
            | "profesora"
            | "contador"
    )
}

/// "mi nena tiene 39 de fiebre, ¿cuánto le doy?": a question about a body.
fn asks_for_advice(said: &Said) -> bool {
    let asks = said.asks()
        || own_words(said).any(|(_, word)| {
            matches!(
                word,
                "puedo"
                    | "puede"
                    | "pueden"
                    | "posso"
                    | "pode"
                    | "can"
                    | "should"
                    | "recomienda"
                    | "recomiendan"
                    | "recomiendas"
                    | "recomenda"
                    | "recommend"
                    | "sirve"
                    | "serve"
                    | "safe"
                    | "seguro"
                    | "cuanto"
                    | "quanto"
            )
        });
    let unprescribed = own_words(said).any(|(at, word)| {
        matches!(word, "receta" | "receita" | "prescription")
            && matches!(
                said.text(at.saturating_sub(1)),
                "sin" | "sem" | "without" | "no" | "a"
            )
    });
    asks && (has(said, Sign::ILLNESS) || unprescribed)
}

/// "tengo 16, ¿me vendes…?"
fn is_too_young(said: &Said) -> bool {
    let states_age = said.tokens.iter().enumerate().any(|(at, token)| {
        let Some(age) = token.number().and_then(crate::read::Decimal::as_whole) else {
            return false;
        };
        let before = at.checked_sub(1).map_or("", |before| said.text(before));
        let has_years = matches!(before, "tengo" | "tenho" | "im" | "am" | "turned" | "cumpli");
        let is_age = matches!(
            said.text(at + 1),
            "anos" | "anitos" | "years" | "yrs" | "yo" | "y"
        ) || said.tokens.get(at + 1).is_none_or(crate::read::Token::divides)
            || matches!(said.text(at + 1), "rs" | "pero" | "mas" | "but" | "kkk");
        (10..18).contains(&age) && has_years && is_age && !token.money
    });
    let underage = own_words(said).any(|(at, word)| {
        matches!(word, "underage" | "underaged")
            || matches!(word, "menor" | "menores")
                && matches!(said.text(at + 1), "de")
                && matches!(said.text(at + 2), "edad" | "idade" | "18")
    });
    states_age || underage
}

/// "can my 9 yr old come in alone?"
fn is_child_alone(said: &Said) -> bool {
    let years = own_words(said).any(|(at, word)| {
        matches!(word, "anos" | "years" | "year" | "yr" | "yrs" | "ano")
            && at.checked_sub(1).is_some_and(|before| {
                said.tokens
                    .get(before)
                    .is_some_and(|token| token.number().is_some())
            })
    });
    said.asks() && (years || has(said, Sign::CHILD)) && has(said, Sign::ALONE)
}

fn sells_again(said: &Said) -> bool {
    own_words(said).any(|(at, word)| {
        signs::is(Sign::BULK, word)
            // "el mayor de mis hijos", "a maior": only "al por mayor" is meant.
            && (word != "mayor" || matches!(said.text(at.saturating_sub(1)), "por" | "x"))
            && !said.is_negated(at)
    })
}

/// "preciso de nota fiscal do último pedido": papers, and no order.
fn wants_papers(said: &Said) -> bool {
    let asks = said.asks()
        || said.has_any(&[Sense::Want, Sense::AsksPrice])
        || own_words(said).any(|(_, word)| {
            [
                "necesit", "precis", "ocup", "requier", "need", "emit", "mand", "envi", "send", "falt",
                "solicit", "sac",
            ]
            .iter()
            .any(|root| word.starts_with(root))
        });
    let named = own_words(said).any(|(at, word)| {
        signs::is(Sign::PAPERS, word)
            && !matches!(word, "comprobante" | "boleta" | "boletas" | "vat" | "ein" | "iva")
            || word == "nota" && said.text(at + 1) == "fiscal"
            || word == "boleta" && matches!(said.text(at + 1), "electronica" | "con" | "a")
    });
    asks && named && !said.has(Sense::Paid) && !said.has(Sense::Pay)
}

/// "full custom wrap", "faz caneca personalizada?", "un pastel de 3 pisos": made for one customer, and in no catalog.
fn is_custom(said: &Said) -> bool {
    let asks = said.asks() || said.has(Sense::Want) || said.has(Sense::AsksStock);
    said.tokens.iter().enumerate().any(|(at, token)| {
        let is_sold = said
            .found
            .mentions
            .iter()
            .any(|mention| mention.fit == Fit::Exact && mention.start <= at && at < mention.end);
        token.is_word()
            && !token.quoted
            && !is_sold
            && (is_made_to_order(said, at) || asks && is_put_on(&token.text))
    })
}

fn is_made_to_order(said: &Said, at: usize) -> bool {
    let word = said.text(at);
    let before = at.checked_sub(1).and_then(|before| said.tokens.get(before));
    let is_counted = before.is_some_and(|token| token.number().is_some());
    match word {
        "pisos" | "andares" | "tiers" | "tier" => is_counted,
        "medida" | "design" | "diseno" => before
            .is_some_and(|token| matches!(token.text.as_str(), "a" | "sob" | "own" | "propio" | "proprio")),
        _ => {
            !word.starts_with("customer")
                && ["custom", "personaliz", "bespoke", "tailored"]
                    .iter()
                    .any(|root| word.starts_with(root))
        }
    }
}

/// A name, a logo or a picture that is put on it.
fn is_put_on(word: &str) -> bool {
    ["engrav", "grabad", "gravad", "bordad", "embroider", "logo"]
        .iter()
        .any(|root| word.starts_with(root))
        || matches!(word, "grabar" | "gravar" | "bordar" | "estampar")
}

/// "could you send a quote? we're a company of 60", "bolo de 3 andares com tema frozen": worked out by a person.
fn wants_a_quote(said: &Said) -> bool {
    let crowd = said.tokens.iter().enumerate().any(|(at, token)| {
        let number = token.number().and_then(crate::read::Decimal::as_whole);
        number.is_some_and(|number| number >= 20 && !token.money)
            && (signs::is(Sign::EVENT, said.text(at + 1)) || signs::is(Sign::EVENT, said.text(at + 2)))
    });
    let custom =
        has(said, Sign::CUSTOM) && (said.asks() || said.has(Sense::Want) || said.has(Sense::AsksStock));
    let quote = has(said, Sign::QUOTE) && (has(said, Sign::EVENT) || crowd || said.found.mentions.is_empty());
    let group = said.tokens.iter().enumerate().any(|(at, token)| {
        let number = token.number().and_then(crate::read::Decimal::as_whole);
        number.is_some_and(|number| number >= 15 && !token.money)
            && (at.saturating_sub(3)..at)
                .any(|before| matches!(said.text(before), "grupo" | "group" | "somos" | "party"))
    });
    let occasion = own_words(said).any(|(_, word)| signs::is(Sign::EVENT, word) && !is_a_crowd(word));
    custom
        || crowd && occasion && (said.asks() || said.has(Sense::Want))
        || quote
        || group
            && (has(said, Sign::QUOTE)
                || said.has(Sense::AsksPrice)
                || said.asks() && said.found.mentions.is_empty())
        || crowd && said.has(Sense::AsksPrice) && said.found.mentions.is_empty()
}

fn is_a_crowd(word: &str) -> bool {
    matches!(
        word,
        "personas" | "pessoas" | "people" | "guests" | "invitados" | "convidados"
    )
}

/// "cancela meu pedido de sábado", "¿cómo cancelo el plan?": what was agreed before this chat's order.
fn ends_what_was_agreed(said: &Said) -> bool {
    let ends = |word: &str| {
        ["cancel", "anul", "reagend", "reschedul", "remarc"]
            .iter()
            .any(|root| word.starts_with(root))
            || matches!(word, "baja" | "desuscribir" | "desuscribirme" | "unsubscribe")
    };
    let agreed = |word: &str| {
        [
            "suscrip",
            "assinatur",
            "subscrip",
            "membres",
            "membership",
            "mensualidad",
            "mensalidade",
            "matricul",
            "inscrip",
            "reserv",
        ]
        .iter()
        .any(|root| word.starts_with(root))
            || matches!(
                word,
                "pedido"
                    | "orden"
                    | "order"
                    | "plan"
                    | "plano"
                    | "booking"
                    | "appointment"
                    | "cita"
                    | "turno"
                    | "consulta"
                    | "contrato"
                    | "lo"
                    | "la"
            )
    };
    own_words(said).any(|(at, word)| {
        ends(word)
            && !said.is_negated(at)
            && (word == "baja"
                || (at.saturating_sub(4)..at).any(|before| matches!(said.text(before), "how" | "como"))
                || said.tokens.iter().enumerate().any(|(other, token)| {
                    other.abs_diff(at) <= 5
                        && other != at
                        && token.is_word()
                        && agreed(&token.text)
                        && token.text.len() > 2
                })
                || (word == "cancelo" && said.text(at.saturating_sub(1)) == "lo"))
    })
}
