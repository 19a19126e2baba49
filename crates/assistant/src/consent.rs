//! Whether a message agrees to the order, and what takes that back.

use crate::dialogue::{Consent, Doubt, Question, State};
use crate::read::{Hit, Language, Sense, Token};
use crate::said::Said;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Agrees(Consent),
    Doubts(Doubt),
    Neither,
}

/// Reads the message's agreement. The last word counts: "espera… ya, cóbrame" agrees.
///
/// `removed` says that a "no" in it took an item off, and so was not an answer.
pub(crate) fn read(said: &Said, state: &State, removed: bool) -> Verdict {
    let doubts = doubts(said, state, removed);
    let mut consents = consents(said, &doubts);
    consents.extend(bare_answer(said, state));
    if let Some(doubt) = whole_message_doubt(said, &consents) {
        return Verdict::Doubts(doubt);
    }
    let consents = with_echo(said, state, consents);
    let last_doubt = doubts.iter().max_by_key(|(hit, _)| hit.end);
    let strongest = consents
        .iter()
        .filter(|(hit, consent)| {
            last_doubt.is_none_or(|(doubt, _)| hit.start >= doubt.end && *consent != Consent::Yes)
        })
        .map(|(_, consent)| *consent)
        .max();
    let last_yes = consents.iter().map(|(hit, _)| hit.start).max();
    let agreed = strongest.is_some() || state.consent.is_some() && !answers_a_detail(state);
    if agreed && hangs_on_a_but(said, last_yes) {
        return Verdict::Doubts(Doubt::Hold);
    }
    if agreed && hangs_on_a_condition(said, last_yes) {
        return Verdict::Doubts(Doubt::Conditional);
    }
    match (strongest, last_doubt) {
        (Some(Consent::Yes), None) if is_only_polite(said) || says_more_than_yes(said) => Verdict::Neither,
        (Some(consent), _) => Verdict::Agrees(consent),
        (None, Some((_, doubt))) => Verdict::Doubts(*doubt),
        (None, None) if is_conditional_somewhere(said) => Verdict::Doubts(Doubt::Conditional),
        (None, None) => Verdict::Neither,
    }
}

/// Returns where the message's last agreement ends.
pub(crate) fn ends_at(said: &Said) -> usize {
    let hits = said
        .hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::Pay | Sense::Accept | Sense::Yes))
        .map(|hit| hit.end);
    let yes = (0..said.tokens.len())
        .filter(|at| is_yes(said, *at))
        .map(|at| at + 1);
    hits.chain(yes).max().unwrap_or(0)
}

fn answers_a_detail(state: &State) -> bool {
    matches!(
        state.question,
        Question::Detail | Question::Delivery | Question::Option | Question::Quantity
    )
}

/// "mándame el link, pero primero lo hablo con mi contador": what follows the "but" is the last word.
///
/// Unless it agrees again, or only changes the order, which is checked by itself.
fn hangs_on_a_but(said: &Said, last_yes: Option<usize>) -> bool {
    let from = last_yes.map_or(0, |at| at + 1);
    (from..said.tokens.len()).any(|at| {
        let (_, end) = said.sentence(at);
        let harmless = [
            Sense::Deliver,
            Sense::Pickup,
            Sense::Thanks,
            Sense::Done,
            Sense::Laugh,
        ]
        .iter()
        .any(|sense| said.within((at, end), *sense));
        let names_goods = said
            .found
            .mentions
            .iter()
            .any(|mention| mention.start > at && mention.start < end);
        is_but(said, at) && !harmless && !names_goods
    })
}

/// "se rolar o empréstimo, fechado! manda o link": a condition holds for all of the message.
///
/// A question that is set before the yes may be over, and whether there are any is for the shop to know.
fn hangs_on_a_condition(said: &Said, last_yes: Option<usize>) -> bool {
    let from = last_yes.unwrap_or(0);
    let names_goods = |(start, end): (usize, usize)| {
        let mut mentions = said.found.mentions.iter();
        mentions.any(|mention| start <= mention.start && mention.start < end)
    };
    said.all(Sense::Cond).any(|hit| {
        is_conditional(said, (hit.start, hit.end))
            && (hit.start >= from
                || !(said.asks_at(hit.start)
                    || is_about_stock(said, hit) && names_goods(said.clause(hit.start))))
    })
}

/// "si tienes…", "if you still have…", "se tiver…": the shop knows that by itself.
fn is_about_stock(said: &Said, hit: &Hit) -> bool {
    let asked = (hit.start + 1..=hit.start + 4).find(|at| {
        !matches!(
            said.text(*at),
            "you" | "u" | "vc" | "voce" | "still" | "todavia" | "aun" | "ainda" | "ustedes" | "te"
        )
    });
    matches!(said.text(hit.start), "si" | "if" | "se")
        && asked.is_some_and(|at| {
            matches!(
                said.text(at),
                "tienes"
                    | "tiene"
                    | "tienen"
                    | "tenes"
                    | "hay"
                    | "queda"
                    | "quedan"
                    | "have"
                    | "got"
                    | "tem"
                    | "tiver"
                    | "tiverem"
                    | "houver"
                    | "sobrou"
                    | "sobrar"
            )
        })
}

fn is_but(said: &Said, at: usize) -> bool {
    // "fechado, só que eu queria sete", "solo que", "except that": it is taken, and not so.
    let only_that = matches!(said.text(at), "so" | "solo" | "nomas" | "except" | "only")
        && matches!(said.text(at + 1), "que" | "q" | "that")
        && !said.asks_at(at)
        && at > 0;
    if only_that && said.tokens.get(at).is_some_and(|token| !token.quoted) {
        return true;
    }
    let token = said
        .tokens
        .get(at)
        .filter(|token| token.is_word() && !token.quoted);
    token.is_some_and(|token| match token.text.as_str() {
        "pero" | "aunque" | "but" | "though" | "although" | "however" | "porem" | "embora" => true,
        // In Spanish it is "more".
        "mas" => said.language == Language::Portuguese && !token.accent,
        _ => false,
    })
}

/// Counts "conforme" as a yes to "¿conforme?".
fn with_echo(said: &Said, state: &State, mut consents: Vec<(Hit, Consent)>) -> Vec<(Hit, Consent)> {
    let stands_beside = |word: &str| {
        crate::vocabulary::is_vocative(word)
            || matches!(
                word,
                "yes"
                    | "si"
                    | "sim"
                    | "please"
                    | "pls"
                    | "porfa"
                    | "favor"
                    | "nomas"
                    | "mas"
                    | "pues"
                    | "nada"
                    | "minha"
                    | "linda"
            )
    };
    let words: Vec<&str> = said
        .tokens
        .iter()
        .filter(|token| token.is_word() && !token.quoted && !stands_beside(&token.text))
        .map(|token| token.text.as_str())
        .collect();
    // "good to go?" — "good to go!", "pop it over x": the small words between come along.
    let is_short = |word: &str| word.chars().count() <= 2;
    let is_asked = |word: &str| {
        let mut asked = state.question_words.iter();
        asked.any(|asked| asked == word || does_as_asked(state, asked, word))
    };
    let short = words.iter().filter(|word| is_short(word)).count();
    let refuses = said.all(Sense::No).any(|hit| said.text(hit.end) != "mas");
    let echoes = words.first().is_some_and(|word| !is_short(word))
        && words.len() <= 4
        && (short == 0 && words.len() <= 2 || short > 0 && words.len() - short <= 2)
        && !said.asks()
        && !refuses
        && !said.has_any(&[Sense::Cond, Sense::Hold, Sense::Later])
        && words.iter().all(|word| is_short(word) || is_asked(word));
    if echoes {
        let hit = Hit {
            sense: Sense::Yes,
            start: 0,
            end: said.tokens.len(),
        };
        consents.push((hit, Consent::Yes));
    }
    consents
}

/// "¿le genero el pago?" — "genere": the verb of charging that was asked about, as it is told to somebody.
fn does_as_asked(state: &State, asked: &str, word: &str) -> bool {
    let of_the_link = || {
        let mut words = state.question_words.iter();
        words.any(|word| {
            matches!(
                word.as_str(),
                "link" | "liga" | "enlace" | "cobro" | "cobranca" | "pago" | "pagamento" | "pix" | "pedido"
            )
        })
    };
    let begins = |root: &str| {
        let ends = |word: &str| {
            word.strip_prefix(root)
                .is_some_and(|ending| matches!(ending, "o" | "a" | "e"))
        };
        ends(asked) && ends(word)
    };
    ["gener", "ger", "cobr", "confirm", "emit"]
        .into_iter()
        .any(begins)
        || of_the_link() && ["mand", "envi", "pass", "prepar", "arm"].into_iter().any(begins)
}

/// "mándame el link mañana": the link, too, can be put off.
fn is_for_later(said: &Said, hit: &Hit) -> bool {
    let (_, end) = said.clause(hit.start);
    (hit.end..(hit.end + 3).min(end)).any(|at| {
        matches!(
            said.text(at),
            "luego"
                | "despues"
                | "manana"
                | "rato"
                | "depois"
                | "amanha"
                | "later"
                | "tomorrow"
                | "quincena"
                | "cuando"
                | "quando"
                | "when"
        ) && !(hit.end..=at)
            .any(|between| matches!(said.text(between), "y" | "e" | "and" | "para" | "pra" | "for"))
    })
}

/// Returns whether the clause puts a payment off: "te deposito al rato".
fn is_put_off(said: &Said, hit: &Hit) -> bool {
    let (start, end) = said.clause(hit.start);
    let asks_for_link = (start..end).any(|at| {
        matches!(
            said.text(at),
            "link"
                | "liga"
                | "enlace"
                | "lnk"
                | "cobrame"
                | "cobralo"
                | "bill"
                | "charge"
                | "invoice"
                | "como"
                | "how"
        )
    });
    is_for_later(said, hit)
        || !asks_for_link
            && (hit.start..end).any(|at| {
                // "te pago el primer mes": what is paid, not when.
                !is_first(said.text(at.saturating_sub(1)))
                    && !is_told_of_something_else(said, hit, at)
                    && matches!(
                        said.text(at),
                        "rato"
                            | "luego"
                            | "despues"
                            | "manana"
                            | "tarde"
                            | "noche"
                            | "quincena"
                            | "lunes"
                            | "martes"
                            | "miercoles"
                            | "jueves"
                            | "viernes"
                            | "sabado"
                            | "domingo"
                            | "amanha"
                            | "depois"
                            | "segunda"
                            | "sexta"
                            | "later"
                            | "tomorrow"
                            | "monday"
                            | "friday"
                            | "saturday"
                            | "sunday"
                            | "tonight"
                            | "semana"
                            | "week"
                            | "mes"
                            | "month"
                            | "payday"
                    )
            })
}

/// "pago agora e levo os docs à tarde": what comes later is something else.
fn is_told_of_something_else(said: &Said, hit: &Hit, later: usize) -> bool {
    let now = (hit.end.saturating_sub(1)..hit.end + 2).find(|at| {
        let ends = said.clause(*at).1 == at + 1;
        match said.text(*at) {
            "agora" | "ahora" | "ahorita" | "now" | "hoje" | "hoy" | "today" => true,
            // "ya el lunes" is on Monday.
            "ya" => ends,
            _ => false,
        }
    });
    now.is_some_and(|now| (now + 1..later).any(|at| matches!(said.text(at), "y" | "e" | "and")))
}

/// "te pago el primer mes": what is paid, not when.
fn ends_in_first_period(said: &Said, hit: &Hit) -> bool {
    let last = hit.end.saturating_sub(1);
    matches!(
        said.text(last),
        "mes" | "semana" | "month" | "week" | "quincena" | "ano" | "year"
    ) && is_first(said.text(last.saturating_sub(1)))
}

fn is_first(word: &str) -> bool {
    matches!(word, "primer" | "primera" | "primeiro" | "primeira" | "first")
}

/// Cash on delivery needs no link, and an unanswered question no charge yet.
fn whole_message_doubt(said: &Said, consents: &[(Hit, Consent)]) -> Option<Doubt> {
    let pays = consents.iter().any(|(_, consent)| *consent == Consent::Pay);
    let asks_for_link = said.all(Sense::Pay).any(|hit| {
        (hit.start..hit.end).any(|at| {
            matches!(
                said.text(at),
                "link" | "liga" | "enlace" | "cobrame" | "bill" | "invoice"
            )
        })
    });
    if said.has(Sense::Cash) && !asks_for_link {
        return Some(Doubt::OtherPayment);
    }
    if has_open_question(said, pays) {
        return Some(Doubt::Question);
    }
    None
}

/// Returns whether the customer asks what the order depends on.
fn has_open_question(said: &Said, pays: bool) -> bool {
    let asks = |sense: Sense| said.all(sense).any(|hit| !pays_in(said, hit));
    if asks(Sense::Offer) || asks(Sense::AskDiscount) && !is_about_granted(said) {
        return true;
    }
    if asks(Sense::AsksPrice) || asks(Sense::AsksDelivery) && said.asks() {
        return true;
    }
    // "¿tiene link?" asks for it.
    let for_link = |hit: &Hit| {
        said.all(Sense::Pay)
            .any(|pay| (hit.end..=hit.end + 1).contains(&pay.start))
    };
    let stock = said
        .all(Sense::AsksStock)
        .any(|hit| said.asks_at(hit.start) && !for_link(hit));
    let options = said.all(Sense::AsksOptions).any(|hit| said.asks_at(hit.start));
    let other = said.tokens.iter().enumerate().any(|(at, token)| {
        if !token.is_mark('?') || at == 0 {
            return false;
        }
        let span = said.sentence(at - 1);
        span.0 < span.1
            && said.within(span, Sense::Asks)
            && ![
                Sense::Pay,
                Sense::Accept,
                Sense::Want,
                Sense::AsksPayment,
                Sense::AsksHours,
                Sense::AsksPlace,
            ]
            .iter()
            .any(|sense| said.within(span, *sense))
    });
    stock || options || other && !pays
}

/// "cuánto te pago" and "how much do I pay you, send the link" ask to pay.
fn pays_in(said: &Said, hit: &Hit) -> bool {
    let (start, end) = said.clause(hit.start);
    said.all(Sense::Pay)
        .any(|pay| pay.start < hit.end && pay.end > hit.start && pay.start >= start && pay.end <= end)
}

/// "con el descuento" speaks of one that was given.
fn is_about_granted(said: &Said) -> bool {
    !said.asks()
        && said.all(Sense::AskDiscount).all(|hit| {
            hit.start.checked_sub(1).is_some_and(|before| {
                matches!(
                    said.text(before),
                    "el" | "con"
                        | "ese"
                        | "o"
                        | "com"
                        | "esse"
                        | "the"
                        | "with"
                        | "that"
                        | "del"
                        | "al"
                        | "por"
                        | "no"
                        | "sin"
                )
            })
        })
}

/// Finds what holds the customer back.
fn doubts(said: &Said, state: &State, removed: bool) -> Vec<(Hit, Doubt)> {
    let mut found = Vec::new();
    for hit in &said.hits {
        // "¿cómo le cancelo?" asks how to pay.
        let pays = said
            .all(Sense::Pay)
            .any(|pay| pay.start <= hit.start && hit.end <= pay.end && pay.end - pay.start > 1);
        let doubt = match hit.sense {
            Sense::Cancel if pays => continue,
            Sense::Cancel
                if !(removed
                    && said
                        .found
                        .mentions
                        .iter()
                        .any(|mention| said.clause(mention.start) == said.clause(hit.start))) =>
            {
                Doubt::Cancelled
            }
            // "see you saturday" is when they come.
            Sense::Later if said.text(hit.start) == "see" && is_a_time(said.text(hit.end)) => continue,
            Sense::Later if ends_in_first_period(said, hit) => continue,
            Sense::Later => Doubt::Later,
            Sense::Pay | Sense::Accept if is_refused_after(said, hit) => Doubt::Hold,
            Sense::Pay if is_put_off(said, hit) => Doubt::Later,
            // "mándeme el link y se la llevo mañana": only the fetching is for tomorrow.
            Sense::Accept if is_for_later(said, hit) && pays_before(said, hit) => continue,
            Sense::Accept if is_for_later(said, hit) => Doubt::Later,
            Sense::Accept if sends_link_later(said, hit, state) => Doubt::Later,
            // "can't wait!" does not wait.
            Sense::Hold if is_eager(said, hit) => continue,
            Sense::Hold => Doubt::Hold,
            // "no wine, just the class" refuses the wine.
            Sense::No if names_what_is_refused(said, hit) => continue,
            Sense::No if state.question == Question::Confirm && !removed && opens_clause(said, hit) => {
                Doubt::Hold
            }
            _ => continue,
        };
        found.push((*hit, doubt));
    }
    let consults =
        (0..said.tokens.len()).filter(|at| is_talked_over(said, *at) || is_still_missing(said, *at));
    found.extend(consults.map(|at| {
        let hit = Hit {
            sense: Sense::Later,
            start: at,
            end: at + 1,
        };
        (hit, Doubt::Later)
    }));
    // "no gracias" after "¿algo más?" only says that this is all.
    if state.question == Question::Upsell || state.question == Question::Other {
        found.retain(|(hit, doubt)| {
            *doubt != Doubt::Cancelled
                || !matches!(said.text(hit.start), "no" | "nao" | "nah")
                || hit.end - hit.start > 3
                || (hit.start..hit.end)
                    .any(|at| matches!(said.text(at), "quiero" | "quero" | "vou" | "interesa" | "want"))
        });
    }
    found
}

/// "vou dar uma palavrinha com o pai dele", "I need a quick chat with my wife": with somebody, before anything.
///
/// Nobody lists what people call talking; that they are going to, and with whom, they say.
fn is_talked_over(said: &Said, at: usize) -> bool {
    let (start, _) = said.clause(at);
    let is_with = matches!(said.text(at), "con" | "com" | "with" | "past" | "by");
    let is_own = |at: usize| {
        matches!(
            said.text(at),
            "my" | "his"
                | "her"
                | "mi"
                | "mis"
                | "minha"
                | "meu"
                | "la"
                | "el"
                | "o"
                | "a"
                | "the"
                | "our"
                | "nuestra"
                | "nuestro"
                | "nossa"
                | "nosso"
        )
    };
    let is_somebody =
        |at: usize| crate::vocabulary::is_person(said.text(at)) || is_of_the_house(said.text(at));
    let names = is_somebody(at + 1) || is_own(at + 1) && is_somebody(at + 2);
    let is_going_to = |at: usize| {
        matches!(
            said.text(at),
            "vou"
                | "voy"
                | "vamos"
                | "ill"
                | "let"
                | "lemme"
                | "need"
                | "gotta"
                | "gonna"
                | "want"
                | "have"
                | "tengo"
                | "tenemos"
                | "tenho"
                | "temos"
                | "preciso"
                | "necesito"
                | "ocupo"
                | "debo"
                | "deixa"
                | "deja"
                | "dejame"
                | "dejeme"
                | "falta"
                | "quiero"
                | "quero"
                | "quisiera"
                | "queria"
                | "just"
                | "im"
                | "estoy"
                | "estou"
                | "will"
        )
    };
    let harmless = [Sense::Pickup, Sense::Deliver, Sense::Pay].iter().any(|sense| {
        // "vou" alone may go anywhere.
        said.all(*sense)
            .any(|hit| start <= hit.start && hit.end <= at && hit.end - hit.start > 1)
    });
    // "voy con mi mamá", "I'll go with my brother": they come along.
    let before = at.checked_sub(1).map_or("", |before| said.text(before));
    let come_along = matches!(
        before,
        "voy"
            | "vou"
            | "vamos"
            | "go"
            | "come"
            | "coming"
            | "going"
            | "ir"
            | "llego"
            | "chego"
            | "paso"
            | "passo"
    );
    is_with && names && !harmless && !come_along && (start..at).any(is_going_to)
}

/// "só falta o povo confirmar", "just waiting on the deposit from my tenants": something has to come first.
///
/// The link may be what is missing, and goods may: those are asked for.
fn is_still_missing(said: &Said, at: usize) -> bool {
    let (start, end) = said.clause(at);
    let is_missing = matches!(
        said.text(at),
        "falta" | "faltan" | "faltam" | "pendiente" | "depende" | "depends" | "pending"
    ) || said.text(at) == "waiting" && matches!(said.text(at + 1), "on" | "for")
        || matches!(said.text(at), "esperando" | "aguardando");
    let denied = (at.saturating_sub(2).max(start)..at)
        .any(|before| matches!(said.text(before), "no" | "nao" | "hace" | "not"));
    let asked_for = [Sense::Pay, Sense::AsksPayment]
        .iter()
        .any(|sense| said.within((start, end), *sense));
    let goods = said
        .found
        .mentions
        .iter()
        .any(|mention| start <= mention.start && mention.start < end);
    // "esperando el link", "no falta nada", "falta algo?"
    let nothing = (at + 1..end).any(|next| {
        matches!(
            said.text(next),
            "nada" | "algo" | "nothing" | "link" | "liga" | "enlace" | "pagar" | "pix" | "pago" | "pagamento"
        )
    });
    is_missing && end > at + 1 && !denied && !asked_for && !goods && !nothing && !said.asks_at(at)
}

/// Who else decides: "el contador", "the committee".
fn is_of_the_house(word: &str) -> bool {
    matches!(
        word,
        "manager"
            | "accountant"
            | "committee"
            | "landlord"
            | "landlady"
            | "team"
            | "family"
            | "missus"
            | "hubby"
            | "contador"
            | "contadora"
            | "familia"
            | "encargado"
            | "encargada"
            | "gerente"
            | "patroa"
            | "patrao"
            | "patrona"
            | "patron"
            | "equipo"
            | "equipe"
            | "vieja"
            | "viejo"
            | "casa"
            | "sindico"
            | "diretora"
            | "directora"
            | "director"
            | "kids"
            | "ninos"
            | "hijos"
            | "filhos"
            | "parents"
            | "pais"
            | "papas"
            | "flatmate"
            | "housemate"
            | "pessoal"
            | "turma"
            | "dueño"
            | "dueno"
            | "duena"
            | "dona"
            | "owner"
    )
}

/// "can't wait!", "can't wait to see them" does not wait; "can't wait that long" won't.
fn is_eager(said: &Said, hit: &Hit) -> bool {
    let at = hit.start;
    let (_, end) = said.clause(at);
    let is_long = |at: usize| {
        let is_number = said.tokens.get(at).is_some_and(|token| token.number().is_some());
        is_number
            || matches!(
                said.text(at),
                "that" | "so" | "this" | "a" | "another" | "ages" | "long"
            )
    };
    let looks_forward = match said.text(at + 1) {
        "to" => true,
        "for" => !is_long(at + 2),
        _ => at + 1 == end,
    };
    said.text(at) == "wait" && said.is_negated(at) && looks_forward
}

/// "¿te mando el link?" — "mándamelo el lunes": it is the link that is sent then.
fn sends_link_later(said: &Said, hit: &Hit, state: &State) -> bool {
    let of_link = state
        .question_words
        .iter()
        .any(|word| matches!(word.as_str(), "link" | "liga" | "enlace" | "cobro" | "pago"));
    let sends = ["mand", "envi", "pas", "send", "text", "email"]
        .iter()
        .any(|root| said.text(hit.start).starts_with(root) || said.text(hit.end - 1).starts_with(root));
    let (_, end) = said.clause(hit.start);
    of_link && sends && (hit.end..(hit.end + 3).min(end)).any(|at| is_a_time(said.text(at)))
}

/// A day of the week, in any of the three languages.
fn is_a_weekday(word: &str) -> bool {
    matches!(
        word,
        "lunes"
            | "martes"
            | "miercoles"
            | "jueves"
            | "viernes"
            | "sabado"
            | "domingo"
            | "segunda"
            | "terca"
            | "quarta"
            | "quinta"
            | "sexta"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
    )
}

fn is_a_time(word: &str) -> bool {
    is_a_weekday(word)
        || matches!(
            word,
            "finde"
                | "semana"
                | "week"
                | "mes"
                | "month"
                | "quincena"
                | "noche"
                | "noite"
                | "tarde"
                | "tonight"
                | "proxima"
                | "proximo"
                | "next"
                | "dia"
        )
}

/// Returns whether the link was asked for at once, before the goods that are fetched or brought later.
fn pays_before(said: &Said, hit: &Hit) -> bool {
    let fetches = (hit.start..hit.end).any(|at| {
        matches!(
            said.text(at),
            "llevo" | "llevamos" | "levo" | "levamos" | "recojo" | "retiro" | "busco"
        )
    });
    fetches
        && said
            .all(Sense::Pay)
            .any(|pay| pay.end <= hit.start && !is_put_off(said, pay) && !said.is_negated(pay.start))
}

fn names_what_is_refused(said: &Said, hit: &Hit) -> bool {
    let (_, end) = said.clause(hit.start);
    let mut mentions = said.found.mentions.iter();
    mentions.any(|mention| mention.start >= hit.end && mention.start <= hit.end + 1 && mention.end == end)
}

fn opens_clause(said: &Said, hit: &Hit) -> bool {
    said.clause(hit.start).0 == hit.start
}

/// Finds agreements that nothing in their clause or sentence takes back.
fn consents(said: &Said, doubts: &[(Hit, Doubt)]) -> Vec<(Hit, Consent)> {
    let mut found = Vec::new();
    for hit in &said.hits {
        let consent = match hit.sense {
            Sense::Pay => Consent::Pay,
            Sense::Accept => Consent::Accept,
            Sense::Yes => Consent::Yes,
            _ => continue,
        };
        let clause = said.clause(hit.start);
        let doubted = doubts.iter().any(|(doubt, _)| {
            doubt.start < hit.end && doubt.end > hit.start
                || doubt.start < hit.start && said.clause(doubt.start) == clause
        });
        let other_link = consent == Consent::Pay
            && said
                .all(Sense::OtherLink)
                .any(|other| said.clause(other.start) == clause);
        let wondered = consent != Consent::Pay && is_open_question(said, hit.start);
        let spoken_of = consent == Consent::Pay && only_speaks_of_paying(said, hit);
        let another_pays =
            consent == Consent::Pay && is_paid_by_another(said, hit) || goes_to_another(said, hit);
        if !doubted
            && !other_link
            && !wondered
            && !another_pays
            && !spoken_of
            && !asks_to_be_told(said, hit)
            && !said.is_negated(hit.start)
            && !is_refused_after(said, hit)
            && !is_conditional(said, said.sentence(hit.start))
        {
            found.push((*hit, consent));
        }
    }
    let doubted = |at: usize| {
        doubts
            .iter()
            .any(|(doubt, _)| said.clause(doubt.start) == said.clause(at))
    };
    // "quando virar o cartão vc manda": an order, and not yet.
    found.extend(bare_orders(said).into_iter().filter(|(hit, _)| {
        !doubted(hit.start)
            && !is_conditional(said, said.sentence(hit.start))
            && !is_open_question(said, hit.start)
    }));
    let yes = (0..said.tokens.len()).filter(|at| {
        is_yes(said, *at) && !is_conditional(said, said.sentence(*at)) && !is_open_question(said, *at)
    });
    found.extend(yes.map(|at| {
        let hit = Hit {
            sense: Sense::Yes,
            start: at,
            end: at + 1,
        };
        (hit, Consent::Yes)
    }));
    found
}

/// "mándame dónde están", "mándame foto": told or shown, and not charged.
fn asks_to_be_told(said: &Said, hit: &Hit) -> bool {
    hit.sense == Sense::Accept
        && matches!(
            said.text(hit.end),
            "donde"
                | "adonde"
                | "onde"
                | "where"
                | "cual"
                | "cuales"
                | "cuanto"
                | "cuando"
                | "quando"
                | "foto"
                | "fotos"
                | "video"
                | "videos"
                | "catalogo"
                | "menu"
                | "info"
                | "informacion"
                | "ubicacion"
                | "direccion"
                | "medidas"
        )
}

/// "do I have to pay today?", "es muy pronto para pagar": paying is spoken of, and no link is asked for.
fn only_speaks_of_paying(said: &Said, hit: &Hit) -> bool {
    let sentence = said.sentence(hit.start);
    let asked = said.asks_at(hit.start) || opens_as_a_question(said, sentence.0);
    let any_in =
        |(start, end): (usize, usize), is: fn(&str) -> bool| (start..end).any(|at| is(said.text(at)));
    if any_in((hit.start, hit.end), is_link_word) {
        return false;
    }
    if any_in((hit.start, hit.end), is_charge_word) {
        // "when do you bill me?", "me cobran comisión?"
        return asked && (any_in(sentence, is_of_terms) || opens_as_a_question(said, sentence.0));
    }
    let clause = said.clause(hit.start);
    let is_purpose = matches!(said.text(hit.start), "para" | "pra" | "pa");
    if is_purpose && !any_in((clause.0, hit.start), is_readiness) {
        return true;
    }
    let denied = (clause.0..hit.start).any(|at| denies_paying(said, at));
    let hangs = is_conditional(said, clause);
    // "¿cómo te la pago?": the "how" may stand some words before.
    let near = (hit.start.saturating_sub(4).max(clause.0), hit.start);
    let asks_to_pay = any_in((hit.start, hit.end), asks_the_way) || any_in(near, asks_how);
    asked && !asks_to_pay || denied || hangs
}

fn is_link_word(word: &str) -> bool {
    matches!(
        word,
        "link"
            | "liga"
            | "enlace"
            | "linkcito"
            | "lnk"
            | "links"
            | "pix"
            | "clabe"
            | "qr"
            | "boleto"
            | "checkout"
    ) || ["mand", "pas", "envi", "gener", "gere", "send"]
        .iter()
        .any(|root| word.starts_with(root))
}

fn is_charge_word(word: &str) -> bool {
    matches!(word, "bill" | "invoice" | "charge" | "pagamento") || word.starts_with("cobr")
}

/// "cuándo", "fee", "comisión": a question about the terms.
fn is_of_terms(word: &str) -> bool {
    matches!(
        word,
        "when"
            | "why"
            | "who"
            | "cuando"
            | "quando"
            | "quien"
            | "quem"
            | "fee"
            | "fees"
            | "surcharge"
            | "interest"
            | "taxa"
            | "juros"
            | "intereses"
            | "recargo"
            | "iva"
            | "tax"
            | "extra"
    ) || word.starts_with("comis")
}

/// "listo para pagar", "los datos para pagar", "cómo hago pra pagar".
fn is_readiness(word: &str) -> bool {
    matches!(
        word,
        "listo"
            | "lista"
            | "listos"
            | "listas"
            | "pronta"
            | "como"
            | "donde"
            | "onde"
            | "adonde"
            | "dame"
            | "deme"
            | "datos"
            | "dados"
            | "cuenta"
            | "conta"
            | "link"
            | "liga"
            | "enlace"
    ) || ["mand", "pas", "envi"].iter().any(|root| word.starts_with(root))
}

/// "how do I pay?", "¿puedo pagar ya?": what asks for the way to pay asks to pay.
fn asks_the_way(word: &str) -> bool {
    matches!(
        word,
        "how"
            | "where"
            | "como"
            | "donde"
            | "onde"
            | "adonde"
            | "cual"
            | "can"
            | "could"
            | "may"
            | "shall"
            | "puedo"
            | "podemos"
            | "posso"
    )
}

fn asks_how(word: &str) -> bool {
    matches!(
        word,
        "how" | "where" | "como" | "donde" | "onde" | "adonde" | "cuenta" | "conta"
    )
}

fn denies_paying(said: &Said, at: usize) -> bool {
    let harmless = matches!(
        said.text(at + 1),
        "hay" | "problem" | "problema" | "worries" | "pasa" | "tem"
    );
    let is_no = matches!(
        said.text(at),
        "no" | "nao"
            | "not"
            | "dont"
            | "cant"
            | "cannot"
            | "wont"
            | "didnt"
            | "doesnt"
            | "isnt"
            | "wouldnt"
            | "ni"
            | "nem"
            | "nunca"
            | "never"
            | "tampoco"
            | "too"
            | "hardly"
            | "without"
            | "sin"
            | "sem"
    );
    is_no && !harmless
}

/// "do I…", "will it…", "is there…": a question, also where nobody wrote the mark.
fn opens_as_a_question(said: &Said, start: usize) -> bool {
    let asks = matches!(
        said.text(start),
        "do" | "does"
            | "did"
            | "is"
            | "are"
            | "am"
            | "was"
            | "will"
            | "would"
            | "should"
            | "must"
            | "has"
            | "have"
    ) && matches!(
        said.text(start + 1),
        "i" | "we" | "you" | "u" | "it" | "they" | "he" | "she" | "there" | "this" | "that" | "my" | "the"
    );
    asks || matches!(
        said.text(start),
        "why" | "when" | "which" | "porque" | "quando" | "cuando"
    )
}

/// "best send it to him", "manda pra minha mãe": the link is for somebody who is not in the chat.
fn goes_to_another(said: &Said, hit: &Hit) -> bool {
    let (_, end) = said.clause(hit.start);
    let is_to = |at: usize| matches!(said.text(at), "to" | "a" | "pra" | "para" | "pro" | "ao");
    let is_own = |at: usize| {
        matches!(
            said.text(at),
            "my" | "his" | "her" | "mi" | "minha" | "meu" | "la" | "el" | "o" | "a" | "the"
        )
    };
    let is_another = |at: usize| {
        crate::vocabulary::is_person(said.text(at))
            || matches!(
                said.text(at),
                "him" | "her" | "them" | "ella" | "ela" | "ele" | "ellos" | "eles"
            )
    };
    let sends = (hit.start..hit.end).any(|at| {
        ["mand", "envi", "pas", "send", "text", "ping", "email"]
            .iter()
            .any(|root| said.text(at).starts_with(root))
    });
    sends
        && (hit.start + 1..(hit.end + 4).min(end))
            .any(|at| is_to(at) && (is_another(at + 1) || is_own(at + 1) && is_another(at + 2)))
}

/// "Laura le va a escribir para pagar ella": it is somebody else's word that counts.
fn is_paid_by_another(said: &Said, hit: &Hit) -> bool {
    let asks_shop = (hit.start..hit.end).any(|at| {
        let word = said.text(at);
        matches!(
            word,
            "link" | "liga" | "enlace" | "me" | "te" | "le" | "i" | "we" | "eu" | "bill" | "invoice"
        ) || word.starts_with("cobr")
            || word.starts_with("pag") && word.ends_with('o')
    });
    let (start, _) = said.sentence(hit.start);
    let is_another = |at: usize| {
        crate::vocabulary::is_person(said.text(at))
            || matches!(said.text(at), "ella" | "ela" | "ele" | "she" | "he" | "they")
    };
    // "para pagar ella", and "mi mamá va a pagar": the one who pays stands on either side.
    let after = is_another(hit.end)
        || said.text(hit.end) == "el"
            && said
                .tokens
                .get(hit.end + 1)
                .is_none_or(crate::read::Token::divides);
    let before = (start..hit.start).any(|at| {
        is_another(at)
            && (at + 1..=at + 3).any(|next| {
                matches!(
                    said.text(next),
                    "va" | "vai" | "will" | "is" | "quiere" | "quer" | "wants" | "paga" | "pagara" | "pays"
                )
            })
    });
    !asks_shop && (after || before)
}

/// "¿hasta cuándo me lo apartas?" asks, whatever else its words would mean.
fn is_open_question(said: &Said, at: usize) -> bool {
    let (start, end) = said.sentence(at);
    said.asks_at(at)
        && (start..end).any(|word| {
            matches!(
                said.text(word),
                "cuando"
                    | "cuanto"
                    | "hasta"
                    | "que"
                    | "quien"
                    | "cual"
                    | "quando"
                    | "quanto"
                    | "qual"
                    | "quem"
                    | "when"
                    | "what"
                    | "which"
                    | "who"
                    | "until"
                    | "long"
                    | "how"
            )
        })
}

/// "manda não": Portuguese puts a second "no" behind the verb.
fn is_refused_after(said: &Said, hit: &Hit) -> bool {
    matches!(said.text(hit.end), "nao" | "not")
        || said.text(hit.end) == "no" && said.tokens.get(hit.end + 1).is_none_or(|next| next.divides())
}

/// "pásame", "mándame" with nothing behind it: the link is meant.
fn bare_orders(said: &Said) -> Vec<(Hit, Consent)> {
    (0..said.tokens.len())
        .filter(|at| {
            matches!(
                said.text(*at),
                "pasame"
                    | "mandale"
                    | "mandele"
                    | "paseme"
                    | "mandame"
                    | "mandeme"
                    | "enviame"
                    | "envieme"
                    | "cobre"
                    | "cobrelo"
                    | "cobrele"
                    | "manda"
                    | "cobra"
            ) && said.clause(*at).1 == at + 1
                && !said.is_negated(*at)
        })
        .map(|at| {
            let hit = Hit {
                sense: Sense::Accept,
                start: at,
                end: at + 1,
            };
            (hit, Consent::Accept)
        })
        .collect()
}

/// "confirma", "ativa", "reserve": all that is said, to a shop that asked whether to.
fn bare_answer(said: &Said, state: &State) -> Option<(Hit, Consent)> {
    let mut words = (0..said.tokens.len()).filter(|at| said.tokens.get(*at).is_some_and(Token::is_word));
    let (at, None) = (words.next()?, words.next()) else {
        return None;
    };
    let has_number = said.tokens.iter().any(|token| token.number().is_some());
    let tells = is_told_to(said.text(at), said.language) && state.question == Question::Confirm;
    (tells && !has_number && !said.asks()).then_some((
        Hit {
            sense: Sense::Accept,
            start: at,
            end: at + 1,
        },
        Consent::Accept,
    ))
}

fn is_told_to(word: &str, language: Language) -> bool {
    match language {
        Language::Spanish => matches!(word, "confirma" | "confirme" | "activa" | "active"),
        Language::Portuguese => matches!(
            word,
            "confirma" | "confirme" | "ativa" | "ative" | "reserve" | "separe" | "agende" | "gere" | "fecha"
        ),
        Language::English => false,
    }
}

/// Returns whether the message says yes to whatever was asked.
pub(crate) fn says_yes(said: &Said) -> bool {
    said.has(Sense::Yes)
        || (0..said.tokens.len()).any(|at| is_yes(said, at))
        || said
            .all(Sense::Accept)
            .any(|hit| (hit.start..hit.end).any(|at| matches!(said.text(at), "sim" | "quero" | "pode")))
}

/// Returns whether the "si" at `at` is a yes and not an "if".
pub(crate) fn is_yes(said: &Said, at: usize) -> bool {
    let Some(token) = said
        .tokens
        .get(at)
        .filter(|token| token.text == "si" && !token.quoted)
    else {
        return false;
    };
    let (start, end) = said.sentence(at);
    // "resérvame, si": an "if" can't be the last word.
    let is_last = said.tokens.get(at + 1).is_none_or(crate::read::Token::divides);
    let as_if = matches!(said.text(at.saturating_sub(1)), "como" | "por" | "que") && at > 0;
    if is_last && !as_if {
        return true;
    }
    // "ok si las dos, me manda el link?"
    let takes_all = said.all(Sense::Both).any(|hit| {
        hit.start == at + 1
            && (hit.end > at + 2 || matches!(said.text(at + 1), "ambos" | "ambas"))
            && said.tokens.get(hit.end).is_none_or(crate::read::Token::divides)
    });
    if takes_all && !as_if {
        return true;
    }
    let agrees_on = said
        .hits
        .iter()
        .any(|hit| matches!(hit.sense, Sense::Accept) && hit.start == at + 1 && hit.end > at + 1)
        && !matches!(
            said.text(at + 1),
            "me" | "lo" | "la" | "los" | "las" | "te" | "le"
        );
    if token.accent || agrees_on && said.clause(at).0 == at {
        return true;
    }
    if said.clause(at).0 != at
        && !matches!(
            said.text(at.saturating_sub(1)),
            "ok" | "claro"
                | "pues"
                | "que"
                | "ay"
                | "vale"
                | "si"
                | "uy"
                | "ah"
                | "eso"
                | "ahora"
                | "entonces"
                | "orale"
                | "bueno"
                | "perfecto"
                | "listo"
                | "dale"
        )
    {
        return false;
    }
    let next = (at + 1..end)
        .find(|next| !crate::vocabulary::is_vocative(said.text(*next)))
        .unwrap_or(end);
    let is_all = |token: &crate::read::Token| token.divides();
    if said.tokens.get(next).is_none_or(is_all) {
        return true;
    }
    if said.text(next) == "si" && next == at + 1 {
        // "¿me los factura? si sí, mándeme la liga": the first is an "if".
        let is_if = said.tokens.get(next).is_some_and(|token| token.accent)
            || (0..at).any(|before| said.tokens.get(before).is_some_and(|token| token.is_mark('?')));
        return !is_if;
    }
    if next > at + 1 {
        // "si veci hágale": nobody addresses in the middle of an "if".
        let agrees = [Sense::Accept, Sense::Pay, Sense::Yes]
            .iter()
            .any(|sense| said.all(*sense).any(|hit| hit.start == next));
        return agrees || is_an_order(said.text(next));
    }
    match said.text(at + 1) {
        "porfa" | "por" | "favor" | "claro" | "gracias" | "dale" | "confirmo" | "ok" | "va" | "please"
        | "mandame" | "mandamelo" | "mandame_lo" | "pasame" | "pasamelo" | "mandalo" | "enviame" | "esta"
        | "senor" | "senora" | "señora" | "perfecto" | "todo" | "y" | "tambien" | "esa" | "ese" | "eso"
        | "exacto" | "asi" | "quiero" | "si" | "amiga" | "amigo" | "señorita" | "joven" | "cobrame"
        | "mande" | "mandeme" | "porfis" | "ya" | "con" | "correcto" | "de" | "cobralo" | "listo"
        | "seño" | "jaja" | "bueno" | "agregalas" | "agregalo" | "agregala" | ":ok:" => {
            !said.within((at + 1, end), Sense::AskDiscount) && !said.within((at + 1, end), Sense::Offer)
        }
        "me" | "lo" | "la" | "los" | "las" | "te" | "le" => {
            let accepted = said
                .all(Sense::Accept)
                .any(|hit| (at..=at + 1).contains(&hit.start));
            accepted
                && end - at <= 7
                && !said.within((start, end), Sense::AskDiscount)
                && !said.within((start, end), Sense::Offer)
        }
        next if is_an_order(next) => {
            !said.within((at + 1, end), Sense::AskDiscount) && !said.within((at + 1, end), Sense::Offer)
        }
        _ => false,
    }
}

/// "tráemelo", "agrégale", "anótame": after "si" it can't be an "if".
fn is_an_order(word: &str) -> bool {
    word.chars().count() >= 5
        && [
            "ame", "eme", "anos", "enos", "amelo", "amela", "emelo", "emela", "amelos", "amelas", "emelos",
            "emelas", "ale", "ele", "alo", "alos", "ala", "alas", "elo", "ela", "selo", "sela",
        ]
        .iter()
        .any(|ending| word.ends_with(ending))
        && crate::read::is_phrase_word(word)
}

/// Returns whether a sentence hangs on an "if" or a "when".
pub(crate) fn is_conditional(said: &Said, (start, end): (usize, usize)) -> bool {
    said.all(Sense::Cond)
        .filter(|hit| hit.start >= start && hit.start < end)
        .any(|hit| {
            !is_yes(said, hit.start)
                && !is_polite(said, hit)
                && !asks_when(said, hit)
                && !is_when_it_is_fetched(said, hit)
        })
}

/// "I'll swing by after school", "paso después del trabajo": only the fetching waits.
///
/// What is not a time or an errand, to the end of the clause, may be what the payment waits for.
fn is_when_it_is_fetched(said: &Said, hit: &Hit) -> bool {
    let (start, end) = said.clause(hit.start);
    let follows = || hit.start + 1..end;
    let is_time = |at: usize| {
        // "después del 15", "after the 5th": that is when people are paid.
        let is_date = matches!(said.text(at.saturating_sub(1)), "del" | "do" | "el" | "the" | "o");
        let is_number = said.tokens.get(at).is_some_and(|token| token.number().is_some());
        is_number && !is_date || is_an_errand(said.text(at))
    };
    let is_small = |at: usize| {
        matches!(
            said.text(at),
            "de" | "del"
                | "do"
                | "da"
                | "das"
                | "the"
                | "my"
                | "la"
                | "las"
                | "el"
                | "mi"
                | "o"
                | "a"
                | "meu"
        ) || said.tokens.get(at).is_some_and(|token| !token.is_word())
    };
    follows().any(is_time)
        && follows().all(|at| is_time(at) || is_small(at))
        && matches!(said.text(hit.start), "after" | "despues" | "depois" | "luego")
        && said
            .all(Sense::Pickup)
            .any(|pickup| pickup.start >= start && pickup.end <= hit.start + 1)
        && !said.within((start, hit.start), Sense::Pay)
}

/// What somebody does before they come by: never what brings them money.
fn is_an_errand(word: &str) -> bool {
    is_a_weekday(word)
        || matches!(
            word,
            "work"
                | "school"
                | "class"
                | "college"
                | "uni"
                | "lunch"
                | "breakfast"
                | "dinner"
                | "tea"
                | "church"
                | "gym"
                | "practice"
                | "noon"
                | "hour"
                | "hours"
                | "hrs"
                | "am"
                | "pm"
                | "trabajo"
                | "chamba"
                | "escuela"
                | "colegio"
                | "cole"
                | "clase"
                | "clases"
                | "comida"
                | "comer"
                | "almuerzo"
                | "almorzar"
                | "desayuno"
                | "misa"
                | "gimnasio"
                | "oficina"
                | "mediodia"
                | "hora"
                | "horas"
                | "trabalho"
                | "servico"
                | "expediente"
                | "almoco"
                | "almocar"
                | "aula"
                | "escola"
                | "faculdade"
                | "academia"
                | "igreja"
                | "missa"
                | "meio"
                | "today"
                | "hoy"
                | "hoje"
                | "manana"
                | "amanha"
                | "tomorrow"
        )
}

/// "si me puedes mandar el link", "ver si…", "cuando puedas".
fn is_polite(said: &Said, hit: &Hit) -> bool {
    // "a ver si mi jefe autoriza" waits for it.
    let waits = |at: usize| at > 0 && said.text(at) == "ver" && said.text(at - 1) == "a";
    said.all(Sense::Polite)
        .any(|polite| polite.start <= hit.start && hit.start < polite.end && !waits(polite.start))
}

/// "when do you open?" asks; it sets no condition.
fn asks_when(said: &Said, hit: &Hit) -> bool {
    matches!(said.text(hit.start), "when" | "cuando" | "quando") && said.asks_at(hit.start)
}

fn is_conditional_somewhere(said: &Said) -> bool {
    (0..said.tokens.len())
        .any(|at| said.all(Sense::Cond).any(|hit| hit.start == at) && is_conditional(said, said.sentence(at)))
}

/// "va a estar difícil", "yes if you can do it larger": a plain yes is short.
fn says_more_than_yes(said: &Said) -> bool {
    let but = said.tokens.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "but" | "pero" | "mas" | "porem" | "although" | "aunque"
        )
    });
    let hangs = but || said.all(Sense::Cond).any(|hit| !is_yes(said, hit.start));
    let covered = |at: usize| {
        said.hits.iter().any(|hit| {
            matches!(
                hit.sense,
                Sense::Yes | Sense::Accept | Sense::Thanks | Sense::Done
            ) && hit.start <= at
                && at < hit.end
        })
    };
    let rest = said
        .tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| {
            token.is_word() && !token.text.starts_with(':') && !covered(*at) && !is_yes(said, *at)
        })
        .filter(|(_, token)| !crate::vocabulary::is_stop(&token.text) && !is_small_talk(&token.text))
        .count();
    hangs || rest > 2
}

fn is_small_talk(word: &str) -> bool {
    matches!(
        word,
        "porfa"
            | "please"
            | "favor"
            | "amigo"
            | "amiga"
            | "señor"
            | "senor"
            | "senora"
            | "señora"
            | "señorita"
            | "senorita"
            | "joven"
            | "jefe"
            | "linda"
            | "guapa"
            | "hola"
            | "buenas"
            | "lunes"
            | "martes"
            | "miercoles"
            | "jueves"
            | "viernes"
            | "sabado"
            | "domingo"
            | "hoy"
            | "manana"
            | "hoje"
            | "amanha"
            | "today"
            | "tomorrow"
            | "me"
            | "lo"
            | "te"
            | "se"
            | "pues"
            | "esta"
            | "ta"
            | "it"
            | "that"
            | "thats"
            | "con"
            | "todo"
            | "tudo"
            | "all"
            | "eso"
            | "isso"
            | "moco"
            | "moça"
            | "querida"
            | "ya"
            | "ja"
    )
}

/// "ok gracias" ends a chat as often as it agrees.
fn is_only_polite(said: &Said) -> bool {
    said.has(Sense::Thanks)
        && !said.tokens.iter().enumerate().any(|(at, token)| {
            is_yes(said, at)
                || matches!(
                    token.text.as_str(),
                    "sim"
                        | "yes"
                        | "yep"
                        | "yeah"
                        | "claro"
                        | "confirmo"
                        | "please"
                        | "porfa"
                        | "favor"
                        | "isso"
                        | "exacto"
                        | "correcto"
                        | "pode"
                        | "sip"
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::conversation::Turn;
    use crate::mention::Context;
    use crate::read::Language;
    use cobro_stripe::Currency;

    fn verdict(text: &str, language: Language) -> Verdict {
        let catalog = Catalog::new(Currency::from_code("MXN").unwrap(), Vec::new()).unwrap();
        let said = Said::of(&Turn::customer(text), language, &catalog, &Context::default());
        let mut state = State::new(language);
        state.question = Question::Confirm;
        read(&said, &state, false)
    }

    #[test]
    fn si_is_yes_or_if() {
        let es = |text| verdict(text, Language::Spanish);
        assert_eq!(es("si"), Verdict::Agrees(Consent::Yes));
        assert_eq!(es("siii porfa"), Verdict::Agrees(Consent::Yes));
        assert_eq!(es("si lo quiero"), Verdict::Agrees(Consent::Accept));
        assert_eq!(
            es("si me haces descuento lo compro"),
            Verdict::Doubts(Doubt::Question)
        );
        assert_eq!(
            es("si me depositan hoy te lo compro"),
            Verdict::Doubts(Doubt::Conditional)
        );
        assert_eq!(
            es("si me puedes mandar el link porfa"),
            Verdict::Agrees(Consent::Pay)
        );
    }

    #[test]
    fn the_last_word_counts() {
        let es = |text| verdict(text, Language::Spanish);
        assert_eq!(es("ay no espera, ya, cóbrame"), Verdict::Agrees(Consent::Pay));
        assert_eq!(
            es("mándame el link. no espera, todavía no"),
            Verdict::Doubts(Doubt::Hold)
        );
        assert_eq!(es("no me mandes el link todavia"), Verdict::Doubts(Doubt::Hold));
        assert_eq!(es("déjame checarlo y te aviso"), Verdict::Doubts(Doubt::Later));
    }

    #[test]
    fn thanks_alone_agree_to_nothing() {
        assert_eq!(verdict("ok gracias", Language::Spanish), Verdict::Neither);
        assert_eq!(verdict("ok thanks", Language::English), Verdict::Neither);
        assert_eq!(
            verdict("sim, obrigada", Language::Portuguese),
            Verdict::Agrees(Consent::Yes)
        );
    }

    #[test]
    fn cash_needs_no_link() {
        assert_eq!(
            verdict("va, te pago en efectivo cuando pase", Language::Spanish),
            Verdict::Doubts(Doubt::OtherPayment)
        );
    }
}
