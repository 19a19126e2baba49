//! Trouble and terms that customers tell of in a few shapes each, whatever the words for the goods.
//!
//! Like `attention`, looked at only where there is nothing to charge.

use super::attention::{has, own_words};
use super::signs::{self, Sign};
use super::trouble::praises;
use crate::read::Sense;
use crate::said::Said;

/// Returns whether something went wrong: a promise, a payment, a taste, a mishap.
pub(super) fn is_trouble(said: &Said) -> bool {
    misses_a_promise(said)
        || asks_why_it_costs_more(said)
        || owes_though_it_paid(said)
        || tastes_wrong(said)
        || has_befallen(said)
}

/// Returns whether terms are asked for that only a person makes.
pub(super) fn needs_a_person(said: &Said) -> bool {
    buys_for_a_business(said) || asks_for_credit(said) || stops_a_subscription(said) || left_something(said)
}

/// "o retoque não era de graça? você falou que estava incluso": what was promised is not what is asked for.
fn misses_a_promise(said: &Said) -> bool {
    let is_free = |at: usize| {
        [
            "gratis", "gratu", "graca", "inclu", "cortesia", "free", "regalo", "brinde",
        ]
        .iter()
        .any(|root| said.text(at).starts_with(root))
    };
    let was_not = own_words(said).any(|(at, word)| {
        let past = matches!(
            word,
            "era"
                | "tava"
                | "estaba"
                | "estava"
                | "iba"
                | "ia"
                | "venia"
                | "vinha"
                | "wasnt"
                | "werent"
                | "was"
        );
        past && (said.is_negated(at) || word.ends_with("nt") || said.has(Sense::Claim))
    });
    let asks_for_it = said.has(Sense::Want) && !said.asks();
    !asks_for_it && was_not && own_words(said).any(|(at, _)| is_free(at))
}

/// "last time you charged me 50, why is it 60 now?": the price of before, held against that of today.
fn asks_why_it_costs_more(said: &Said) -> bool {
    let says = |words: &[&str]| own_words(said).any(|(_, word)| words.contains(&word));
    let why = says(&["why", "whys", "porque", "pq", "por"]) && said.asks();
    let before = says(&[
        "last", "antes", "before", "pasada", "pasado", "passada", "passado", "anterior", "ultima",
    ]);
    let now = says(&["now", "ahora", "agora", "hoy", "hoje", "today"]);
    why && before && now && said.amounts().next().is_some()
}

/// "I paid on Tuesday, the link still says unpaid": it is paid, and asked for again.
fn owes_though_it_paid(said: &Said) -> bool {
    let goes_on = own_words(said).any(|(_, word)| {
        matches!(
            word,
            "still" | "sigue" | "siguen" | "continua" | "continuam" | "ainda" | "todavia" | "aun" | "again"
        )
    });
    let is_open = own_words(said).any(|(_, word)| {
        [
            "unpaid", "pendient", "pendent", "pending", "vencid", "overdue", "debo", "deuda", "adeud", "owe",
            "owing", "due", "cobran", "cobrand", "declin", "rechaz", "recus",
        ]
        .iter()
        .any(|root| word.starts_with(root))
    });
    said.has(Sense::Paid) && goes_on && is_open
}

/// "el agua sabe a cloro", "a torta tá com gosto de mofo": told, not asked, and no praise.
fn tastes_wrong(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::Thanks,
        Sense::AsksStock,
    ]);
    let tastes = own_words(said).any(|(at, word)| {
        let of = matches!(said.text(at + 1), "a" | "de" | "like" | "of");
        let after = said.text(at + 2);
        let is_sense = matches!(
            word,
            "sabe"
                | "saben"
                | "sabia"
                | "sabian"
                | "huele"
                | "huelen"
                | "olia"
                | "olian"
                | "gosto"
                | "cheiro"
                | "tastes"
                | "tasted"
                | "taste"
                | "smells"
                | "smelled"
                | "smelt"
        );
        let is_thing = after.chars().count() >= 3 && !matches!(after, "que" | "gloria" | "heaven");
        is_sense && of && is_thing && !said.asks_at(at)
    });
    tastes && !orders && !praises(said)
}

/// "se me secó todo", "se nos cayó": it befell somebody, as Spanish tells of what nobody wanted.
fn has_befallen(said: &Said) -> bool {
    let orders = said.has_any(&[
        Sense::Want,
        Sense::Pay,
        Sense::Accept,
        Sense::AsksPrice,
        Sense::AsksStock,
        Sense::Cancel,
        Sense::Later,
    ]);
    let is_talk = |word: &str| {
        [
            "antoj", "ocurr", "hac", "hiz", "olvid", "pas", "complic", "dificult", "facilit", "acab", "qued",
            "pierd", "ofrec", "junt", "atraves", "escap",
        ]
        .iter()
        .any(|root| word.starts_with(root))
    };
    !orders
        && own_words(said).any(|(at, word)| {
            let to_whom = matches!(said.text(at.saturating_sub(1)), "me" | "nos");
            let itself = at >= 2 && said.text(at - 2) == "se";
            let is_past = word.ends_with('o') || word.ends_with("aron") || word.ends_with("ieron");
            to_whom && itself && is_past && word.chars().count() >= 4 && !is_talk(word) && !said.asks_at(at)
        })
}

/// "tengo una tienda, ¿precio por 60 unidades?", "a standing order for the office": terms that a person makes.
fn buys_for_a_business(said: &Said) -> bool {
    let runs_one = own_words(said).any(|(at, word)| {
        let owns = (at.saturating_sub(4)..at).any(|before| {
            matches!(
                said.text(before),
                "tengo"
                    | "tenemos"
                    | "tenho"
                    | "temos"
                    | "soy"
                    | "somos"
                    | "sou"
                    | "have"
                    | "own"
                    | "run"
                    | "manage"
                    | "were"
                    | "administro"
                    | "administradora"
                    | "administrador"
                    | "amueblando"
                    | "abriendo"
                    | "abrindo"
                    | "opening"
                    | "for"
                    | "para"
                    | "pra"
                    | "work"
                    | "trabajo"
                    | "trabalho"
            )
        });
        owns && signs::is(Sign::BUSINESS, word)
    });
    let many = said.tokens.iter().any(|token| {
        let number = token.number().and_then(crate::read::Decimal::as_whole);
        !token.money && number.is_some_and(|number| number >= 12)
    });
    let terms = own_words(said).any(|(_, word)| signs::is(Sign::TERMS, word))
        || has(said, Sign::QUOTE)
        || many && (said.has(Sense::AsksPrice) || said.has(Sense::AskDiscount) || has_word(said, "precio"));
    let crowd = said.tokens.iter().any(|token| {
        let number = token.number().and_then(crate::read::Decimal::as_whole);
        !token.money && number.is_some_and(|number| number >= 30)
    });
    let asks_for_less = said.has(Sense::AskDiscount) || said.has(Sense::Offer);
    runs_one && terms || crowd && asks_for_less && has(said, Sign::EVENT)
}

fn has_word(said: &Said, wanted: &str) -> bool {
    own_words(said).any(|(_, word)| word == wanted)
}

/// "posso pagar quando receber?", "me aguanta hasta la quincena": goods now, and money when there is some.
fn asks_for_credit(said: &Said) -> bool {
    let pays = own_words(said).any(|(_, word)| {
        ["pag", "aguant", "esper", "pay", "wait", "llev", "lev"]
            .iter()
            .any(|root| word.starts_with(root))
    });
    let may = own_words(said).any(|(_, word)| {
        matches!(
            word,
            "puedo"
                | "podria"
                | "puede"
                | "podes"
                | "puedes"
                | "posso"
                | "poderia"
                | "pode"
                | "can"
                | "could"
                | "may"
                | "da"
                | "aguanta"
                | "aguantas"
                | "aguantan"
                | "espera"
                | "esperas"
                | "fio"
        )
    });
    let income = own_words(said).any(|(at, word)| {
        let is_paid = matches!(
            word,
            "paid" | "paguen" | "pagan" | "pagarem" | "depositen" | "depositan"
        ) && (at.saturating_sub(3)..at).any(|before| {
            matches!(
                said.text(before),
                "get" | "me" | "nos" | "when" | "cuando" | "hasta" | "quando"
            )
        });
        is_paid
            || matches!(
                word,
                "receber"
                    | "recebo"
                    | "quincena"
                    | "raya"
                    | "sueldo"
                    | "salario"
                    | "payday"
                    | "paycheck"
                    | "cobre"
            )
    });
    pays && may && income
}

/// "quero parar a mensalidade": a subscription is also stopped, left and paused.
fn stops_a_subscription(said: &Said) -> bool {
    let stops = |word: &str| {
        let begins = [
            "suspend",
            "pausa",
            "termina",
            "encerr",
            "interromp",
            "freez",
            "quit",
        ]
        .iter()
        .any(|root| word.starts_with(root));
        begins
            || matches!(
                word,
                "parar"
                    | "trancar"
                    | "dejar"
                    | "stop"
                    | "stopping"
                    | "end"
                    | "sair"
                    | "salir"
                    | "salirme"
                    | "pause"
                    | "leave"
            )
    };
    let is_subscription = |at: usize| {
        [
            "suscrip",
            "assinatur",
            "subscrip",
            "membres",
            "membership",
            "mensual",
            "mensal",
            "plan",
            "gym",
            "gimnasio",
            "academia",
        ]
        .iter()
        .any(|root| said.text(at).starts_with(root))
    };
    (0..said.tokens.len()).any(|at| {
        let asks_ahead = said.asks_at(at) && said.within(said.sentence(at), Sense::Cond);
        stops(said.text(at)) && (at + 1..=at + 4).any(is_subscription) && !said.is_negated(at) && !asks_ahead
    })
}

/// "left my earbuds there last night, did anyone find them?": lost, and looked for.
fn left_something(said: &Said) -> bool {
    let left = own_words(said).any(|(at, word)| {
        let mine = (at + 1..=at + 2).any(|next| {
            matches!(
                said.text(next),
                "my" | "mi"
                    | "mis"
                    | "meu"
                    | "minha"
                    | "meus"
                    | "minhas"
                    | "un"
                    | "una"
                    | "um"
                    | "uma"
                    | "mine"
            )
        });
        matches!(
            word,
            "left" | "forgot" | "lost" | "deje" | "olvide" | "olvidado" | "dejado" | "esqueci" | "deixei"
        ) && mine
    });
    let asks = said.asks() || has(said, Sign::RECEIVED);
    left && asks && !said.has(Sense::Want) && !said.has(Sense::AsksPrice)
}
