//! What a person must look at, whatever else was said.

mod attention;
mod part;
mod signs;
mod told;
mod trouble;

use crate::catalog::Catalog;
use crate::consent;
use crate::conversation::{Role, Turn};
use crate::decide::Desk;
use crate::dialogue::{Consent, Doubt, Question, State, sum};
use crate::grant::readings;
use crate::mention::Fit;
use crate::price::{Trouble, priced};
use crate::proposal::{HandoffReason, Why};
use crate::read::{Decimal, Hit, Sense};
use crate::residue;
use crate::said::Said;

/// Why a person is called, and the messages that say so.
pub(crate) struct Handoff {
    pub(crate) reason: HandoffReason,
    pub(crate) why: Why,
    pub(crate) turns: Vec<usize>,
}

/// Returns the handoff that the messages lead to; `None` where there are none of them.
fn because(reason: HandoffReason, why: Why, turns: Vec<usize>) -> Option<Handoff> {
    (!turns.is_empty()).then_some(Handoff { reason, why, turns })
}

/// Returns why the last messages go to a person, if they do.
pub(crate) fn handoff(desk: &Desk<'_>) -> Option<Handoff> {
    use HandoffReason as R;
    let by = |reason, why, is: &dyn Fn(&Said) -> bool| because(reason, why, desk.turns_where(is));
    let offers_instalments = desk.rules.answers.instalments.is_some();
    by(R::PromptInjection, Why::Injection, &speaks_for_others)
        .or_else(|| by(R::Complaint, Why::Complains, &complains))
        .or_else(|| {
            by(R::OtherCurrency, Why::OtherCurrency, &|said| {
                wants_other_currency(said, desk)
            })
        })
        .or_else(|| {
            by(R::OtherRecipient, Why::OtherRecipient, &|said| {
                said.has(Sense::Recipient)
            })
        })
        .or_else(|| {
            by(R::PriceClaim, Why::ClaimsPrice, &|said| {
                claims_a_price(said, desk)
            })
        })
        .or_else(|| {
            by(R::Instalments, Why::Instalments, &|said| {
                !offers_instalments && wants(said, Sense::Instalments)
            })
        })
        .or_else(|| part::asked_for(desk))
        .or_else(|| because(R::Unreadable, Why::Unreadable, unreadable(desk)))
        .or_else(|| goods(desk))
        .or_else(|| {
            by(R::Complaint, Why::Complains, &|said| {
                desk.state.question == Question::None && trouble::reports_what_happened(said)
            })
        })
}

/// Returns the last messages that are a file and no words.
fn unreadable(desk: &Desk<'_>) -> Vec<usize> {
    let is_file = |at: usize| {
        let turn = desk.conversation.turns.get(at);
        turn.is_some_and(|turn| turn.media && turn.text.trim().is_empty())
    };
    let turns = desk.burst.iter().map(|(turn, _)| *turn);
    turns.filter(|turn| is_file(*turn)).collect()
}

/// Returns why a person should answer the last messages, where there is nothing to charge.
pub(crate) fn attention(desk: &Desk<'_>) -> Option<Handoff> {
    use HandoffReason as R;
    let by = |reason, why, is: &dyn Fn(&Said) -> bool| because(reason, why, desk.turns_where(is));
    let wants_it = desk.burst_has(Sense::Pay) || desk.burst_has(Sense::Want);
    let names_none =
        desk.state.lines.is_empty() && desk.burst.iter().all(|(_, said)| said.found.mentions.is_empty());
    by(R::Complaint, Why::Complains, &attention::is_trouble)
        .or_else(|| {
            by(R::NeedsPerson, Why::NeedsPerson, &|said| {
                attention::needs_a_person(said, desk.state)
            })
        })
        .or_else(|| still_troubled(desk))
        .or_else(|| {
            by(R::UnknownItem, Why::WantsUnknown, &|said| {
                wants_it && names_none && !desk.jokes() && attention::asks_for_unsold(said, desk.catalog)
            })
        })
}

/// "me llegó rajado" — "qué pena!" — "¿y ahora qué hago?": trouble lasts until an order is spoken of again.
///
/// A shop that says sorry has understood what the rules have not: something must have been told.
fn still_troubled(desk: &Desk<'_>) -> Option<Handoff> {
    use HandoffReason as R;
    let speaks_of_an_order = |said: &Said| {
        said.has_any(OF_AN_ORDER)
            || said.has_any(Sense::QUESTIONS)
            || (0..said.tokens.len()).any(|at| consent::is_yes(said, at))
    };
    let first = desk.burst.first().map(|(turn, _)| *turn)?;
    if desk.burst.iter().any(|(_, said)| speaks_of_an_order(said)) {
        return None;
    }
    let before = desk.conversation.turns.get(..first)?;
    let shop = before.iter().rev().take_while(|turn| turn.role == Role::Shop);
    let read = |turn: &Turn| Said::of(turn, desk.state.language, desk.catalog, &desk.state.context());
    let answers: Vec<Said> = shop.map(read).collect();
    let sells = |said: &Said| said.has(Sense::SoldOut) || said.amounts().next().is_some();
    if answers.is_empty() || answers.iter().any(sells) {
        return None;
    }
    let told = before.iter().enumerate().rev().skip(answers.len());
    let mut told: Vec<(usize, Said)> = told
        .take_while(|(_, turn)| turn.role == Role::Customer)
        .map(|(at, turn)| (at, read(turn)))
        .collect();
    told.reverse();
    let by = |reason, why, is: &dyn Fn(&Said) -> bool| {
        let turns = told.iter().filter(|(_, said)| is(said)).map(|(at, _)| *at);
        because(reason, why, turns.collect())
    };
    let asked = [
        Sense::Want,
        Sense::AsksPrice,
        Sense::AsksStock,
        Sense::AsksOptions,
        Sense::AsksDelivery,
        Sense::AsksHours,
        Sense::AsksPlace,
    ];
    let sorry = answers.iter().any(says_sorry) && !told.iter().any(|(_, said)| said.has_any(&asked));
    by(R::Complaint, Why::Complains, &|said| {
        complains(said) || attention::is_trouble(said)
    })
    .or_else(|| {
        by(R::NeedsPerson, Why::NeedsPerson, &|said| {
            attention::needs_a_person(said, desk.state)
        })
    })
    .or_else(|| {
        by(R::Complaint, Why::Complains, &|said| {
            sorry && residue::is_left(said, 0)
        })
    })
}

/// Whoever writes so is on an order, or done.
const OF_AN_ORDER: &[Sense] = &[
    Sense::Want,
    Sense::Pay,
    Sense::Accept,
    Sense::Yes,
    Sense::Thanks,
    Sense::Laugh,
];

/// "disculpa", "qué pena", "I'm so sorry", "poxa": for what was told, and not for asking or for a late answer.
fn says_sorry(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let word = said.text(at);
        let pity = word == "pena" && said.text(at.saturating_sub(1)) == "que";
        let feels = matches!(word, "siento" | "sentimos") && said.text(at.saturating_sub(1)) == "lo"
            || matches!(word, "sinto" | "sentimos") && said.text(at + 1) == "muito";
        let oh_no = matches!(word, "oh" | "ay" | "uy") && said.text(at + 1) == "no";
        let begins = ["disculp", "desculp", "perdon", "apolog", "lament"]
            .iter()
            .any(|root| word.starts_with(root));
        let sorry = pity || feels || oh_no || begins;
        (sorry || matches!(word, "sorry" | "poxa" | "puxa" | "gosh" | "chuta"))
            && !said.asks_at(at)
            && !(at + 1..said.sentence(at).1).any(|next| is_a_late_answer(said.text(next)))
    })
}

/// "disculpa la demora", "sorry for the wait".
fn is_a_late_answer(word: &str) -> bool {
    ["demor", "tard", "esper", "atras", "retras", "delay", "wait"]
        .iter()
        .any(|root| word.starts_with(root))
        || word == "late"
}

/// Orders of what is not sold here, or of too much.
fn goods(desk: &Desk<'_>) -> Option<Handoff> {
    use HandoffReason as R;
    let state = desk.state;
    if desk.burst.is_empty() || state.linked {
        return None;
    }
    let asks_for_it = state.consent.is_some() || state.has_wanted() || desk.burst_has(Sense::Pay);
    let is_put_off = matches!(state.doubt, Some(Doubt::Later | Doubt::Cancelled));
    let laughs = desk.burst_has(Sense::Laugh) && !desk.burst_has(Sense::Pay);
    if let Some(named) = state.unknown
        && !is_put_off
        && !laughs
        && !desk.jokes()
        && (asks_for_it || desk.burst_has(Sense::Want))
    {
        return because(R::UnknownItem, Why::WantsUnknown, vec![named]);
    }
    let of_the_order = || state.order_turn.into_iter().collect::<Vec<usize>>();
    if desk.clashes() && (state.has_wanted() || desk.burst_has(Sense::Want)) {
        let clashes = |said: &Said| {
            said.found
                .mentions
                .iter()
                .any(|mention| mention.fit == Fit::Clash)
        };
        let mut turns = desk.turns_where(clashes);
        if turns.is_empty() {
            turns = of_the_order();
        }
        return Some(Handoff {
            reason: R::UnknownItem,
            why: Why::WantsUnknownOption,
            turns,
        });
    }
    let too_many = state.has_wanted() && priced(desk) == Err(Trouble::OutOfRange);
    too_many.then(|| Handoff {
        reason: R::Quantity,
        why: Why::TooMany,
        turns: of_the_order(),
    })
}

fn speaks_for_others(said: &Said) -> bool {
    said.plays_a_part
        || said.all(Sense::Inject).any(|hit| {
            let deal = matches!(
                said.text(hit.start),
                "aplica"
                    | "apply"
                    | "cambia"
                    | "pon"
                    | "ponle"
                    | "muda"
                    | "change"
                    | "set"
                    | "precio"
                    | "price"
                    | "preco"
            );
            !(deal && said.asks_at(hit.start))
        })
}

fn complains(said: &Said) -> bool {
    if trouble::tells_of_trouble(said) {
        return true;
    }
    said.all(Sense::Complaint).any(|hit| {
        let sentence = said.sentence(hit.start);
        let about_a_link = said.within(said.clause(hit.start), Sense::OtherLink)
            || (sentence.0..sentence.1).any(|at| matches!(said.text(at), "link" | "enlace" | "liga"));
        // "if she quits, do I get money back?"
        let asks_ahead = said.asks_at(hit.start) && said.within(sentence, Sense::Cond);
        // "ya devolví el disfraz, ¿cuándo me devuelven la garantía?" has it behind them.
        let is_over = (sentence.0..sentence.1).any(|at| {
            matches!(said.text(at), "ya" | "ja" | "already") || signs::is(signs::Sign::ORDERED, said.text(at))
        });
        let policy = (asks_ahead || said.asks() && said.within(sentence, Sense::Policy)) && !is_over;
        // "hoy no llego a pagarte", "no llego con la plata": nothing was to arrive.
        let (start, end) = (hit.start, hit.end + 1);
        let manages = (start..end)
            .any(|at| said.text(at) == "llego" && matches!(said.text(at + 1), "a" | "con" | "al"));
        // "vou falar com a patroa": it is somebody else they talk to.
        let asks_at_home = said
            .all(Sense::Later)
            .any(|later| later.start < hit.end && later.end > hit.start);
        !about_a_link && !policy && !manages && !asks_at_home
    })
}

/// "cóbrame en dólares" where the shop charges pesos.
fn wants_other_currency(said: &Said, desk: &Desk<'_>) -> bool {
    let ours = desk.catalog.currency();
    said.all(Sense::Currency).any(|hit| {
        let word = said.text(hit.end.saturating_sub(1));
        let codes: &[&str] = match word {
            "dolares" | "dolar" | "dollars" | "usd" => &["USD"],
            "euros" | "eur" => &["EUR"],
            "reais" | "brl" => &["BRL"],
            "soles" => &["PEN"],
            "pesos" | "mxn" | "cop" | "ars" | "clp" => &["MXN", "COP", "ARS", "CLP", "UYU", "DOP"],
            "pounds" | "libras" => &["GBP"],
            "bolivares" => &["VES"],
            _ => &[],
        };
        !codes.contains(&ours.code())
    })
}

/// Instalments, or a part, unless the words are an item of the catalog.
fn wants(said: &Said, sense: Sense) -> bool {
    let is_item = |hit: &Hit| {
        said.found
            .mentions
            .iter()
            .any(|mention| mention.start < hit.end && mention.end > hit.start)
    };
    // "sale casi la mitad el envío, no gracias"
    let puts_off = said.has_any(&[Sense::Cancel, Sense::Hold]) || said.has(Sense::Later) && !said.asks();
    !puts_off
        && said.all(sense).any(|hit| {
            let (start, end) = said.clause(hit.start);
            let item_in_clause = said.found.mentions.iter().any(|mention| {
                mention.start >= start
                    && mention.start < end
                    && mention.keys.iter().any(|key| {
                        key.starts_with("pag") || key.starts_with("cuot") || key.starts_with("parcel")
                    })
            });
            // "meses sin intereses" is no "mesa".
            let is_long = hit.end - hit.start > 2;
            (is_long || !is_item(hit)) && !item_in_clause
        })
}

/// Returns whether the customer acts on a price that nobody gave.
///
/// An offer ("te doy 70") is a question to the shop. "Cóbrame 20.000" is not,
/// and neither is "tu colega me dijo que 40".
fn claims_a_price(said: &Said, desk: &Desk<'_>) -> bool {
    let charged = priced(desk).ok().map(|charge| charge.total.minor());
    let unknown = names_own_price(said, desk.state, desk.catalog, charged);
    let agrees = said.has(Sense::Pay)
        || said.has(Sense::Accept)
            && desk
                .state
                .consent
                .is_some_and(|(consent, _)| consent > Consent::Yes);
    let claims = said.has(Sense::Claim) || said.quotes;
    if unknown {
        let promised = said.all(Sense::Claim).any(|hit| {
            matches!(
                said.text(hit.start),
                "dijiste"
                    | "dijeron"
                    | "dijo"
                    | "prometiste"
                    | "prometieron"
                    | "quedamos"
                    | "acordamos"
                    | "cotizaste"
                    | "cotizaron"
                    | "disse"
                    | "disseram"
                    | "falou"
                    | "combinamos"
                    | "said"
                    | "told"
                    | "promised"
                    | "quoted"
                    | "cardapio"
                    | "menu"
                    | "catalogo"
                    | "letrero"
                    | "etiqueta"
                    | "flyer"
            )
        });
        let acts = said.has(Sense::Pay) || said.has(Sense::Accept) || said.has(Sense::Want);
        return promised || said.quotes || claims && acts || agrees && !said.has(Sense::Offer);
    }
    // A discount that was promised elsewhere, without a number.
    claims
        && said.has(Sense::Pay)
        && desk.state.grant.is_none()
        && said.tokens.iter().any(|token| {
            matches!(
                token.text.as_str(),
                "descuento"
                    | "desconto"
                    | "discount"
                    | "gratis"
                    | "free"
                    | "off"
                    | "brinde"
                    | "bonus"
                    | "cortesia"
                    | "incluia"
                    | "incluian"
                    | "incluido"
                    | "incluida"
                    | "incluso"
                    | "inclusa"
                    | "included"
                    | "regalaban"
                    | "regalan"
            )
        })
}

/// Returns whether the message names a price that neither the catalog, nor the shop, nor `charged` explains.
pub(crate) fn names_own_price(said: &Said, state: &State, catalog: &Catalog, charged: Option<i64>) -> bool {
    said.amounts().any(|(at, number, money)| {
        is_a_price(said, at, number, money, catalog) && !is_known(number, state, catalog, charged)
    })
}

/// Returns whether the message asks for another price: "faz 100?", "¿me haces descuento?".
pub(crate) fn haggles(said: &Said, state: &State, catalog: &Catalog) -> bool {
    if said.has_any(&[Sense::Instalments, Sense::Part])
        || (0..said.tokens.len()).any(|at| is_part_payment(said.text(at)))
    {
        return false;
    }
    let (cheapest, dearest) = catalog.prices();
    let ordered = sum(catalog, &state.resolved(catalog).unwrap_or_default()).unwrap_or(0);
    let dearest = dearest.max(ordered);
    let names_one = said.amounts().any(|(at, number, money)| {
        let counted = said
            .found
            .mentions
            .iter()
            .any(|mention| mention.start <= at && at < mention.end);
        let plausible = readings(catalog, number)
            .iter()
            .any(|minor| *minor >= cheapest / 4 && *minor <= dearest);
        let large = money || number.as_whole().is_some_and(|whole| whole > 12);
        !counted
            && (money || !is_a_date(said, at))
            && plausible
            && large
            && !is_known(number, state, catalog, None)
    });
    let takes = said.has(Sense::Accept) || said.has(Sense::Want);
    said.has(Sense::AskDiscount) || (said.has(Sense::Offer) || said.asks() || takes) && names_one
}

/// "the 14th", "el 14", "a las 18": when, and not how much.
fn is_a_date(said: &Said, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| said.text(before));
    matches!(
        said.text(at + 1),
        "th" | "st"
            | "nd"
            | "rd"
            | "am"
            | "pm"
            | "h"
            | "hs"
            | "hrs"
            | "horas"
            | "anos"
            | "years"
            | "dias"
            | "days"
            | "personas"
            | "people"
            | "pessoas"
            | "min"
            | "minutos"
    ) || matches!(
        before,
        "dia" | "calle" | "rua" | "street" | "las" | "turns" | "cumple" | "on" | "the"
    ) || before == "el" && matches!(said.text(at.saturating_sub(2)), "para" | "del" | "hasta")
}

/// Whoever pays a part first has not been given another price.
pub(crate) fn is_part_payment(word: &str) -> bool {
    [
        "anticipo", "adelanto", "apart", "enganche", "sena", "seña", "sinal", "entrada", "abono", "abona",
        "deposit", "mitad", "metade", "resto", "restante", "half", "upfront",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

fn is_a_price(said: &Said, at: usize, number: Decimal, money: bool, catalog: &Catalog) -> bool {
    if money {
        return true;
    }
    let whole = number.as_whole();
    if whole.is_some() && said.found.group == whole {
        return false; // "los 20"
    }
    if said.tokens.get(at + 1).is_some_and(|token| token.is_mark('%')) {
        return true;
    }
    let introduced = at.checked_sub(1).is_some_and(|before| {
        matches!(
            said.text(before),
            "a" | "en"
                | "por"
                | "cobrame"
                | "solo"
                | "for"
                | "at"
                | "de"
                | "los"
                | "me"
                | "only"
                | "just"
                | "sale"
                | "cuesta"
                | "vale"
                | "custa"
                | "sai"
                | "costs"
                | "costaba"
                | "cobraban"
                | "cobran"
                | "cobraron"
                | "daban"
                | "dejaban"
                | "salia"
                | "valia"
                | "custava"
                | "saia"
                | "cobravam"
                | "fazia"
                | "faz"
                | "deixa"
                | "dejas"
                | "dejame"
                | "haces"
                | "doy"
                | "ofrezco"
                | "era"
                | "was"
                | "em"
        )
    });
    let mention = said
        .found
        .mentions
        .iter()
        .any(|mention| mention.start <= at && at < mention.end);
    let of_paying = at
        .checked_sub(1)
        .is_some_and(|before| tells_a_price(said.text(before)));
    let grouped = said.text(at).contains(['.', ',']);
    let (cheapest, _) = catalog.prices();
    let plausible = readings(catalog, number)
        .iter()
        .any(|minor| *minor >= cheapest / 4);
    let claimed = grouped && said.has(Sense::Claim);
    // "me cobraban 30 el general": thirty of the money, and not thirty of them.
    (!mention || of_paying && said.has(Sense::Claim))
        && (introduced || claimed || of_paying)
        && plausible
        && (grouped || number.as_whole().is_some_and(|whole| whole > 12))
}

/// "me cobraban 30", "it was costing 40", "sempre paguei 50".
fn tells_a_price(word: &str) -> bool {
    [
        "cobr", "cost", "custa", "vali", "sali", "saia", "charg", "pagu", "pagaba", "pagava", "paid",
        "paying", "dejaba", "deixava",
    ]
    .iter()
    .any(|root| word.starts_with(root))
}

/// Returns whether the catalog or the shop explains the amount.
fn is_known(number: Decimal, state: &State, catalog: &Catalog, charged: Option<i64>) -> bool {
    let amounts = readings(catalog, number);
    let lines = state.resolved(catalog).unwrap_or_default();
    let total = sum(catalog, &lines).filter(|_| !lines.is_empty());
    amounts.iter().any(|minor| {
        state.shop_amounts.contains(minor)
            || Some(*minor) == total
            || Some(*minor) == charged
            || state
                .lines
                .iter()
                .flat_map(|line| &line.places)
                .chain(&state.offer)
                .any(|place| catalog.price(*place) == *minor)
            || lines.iter().any(|(place, quantity)| {
                catalog.price(*place).checked_mul(i64::from(*quantity)) == Some(*minor)
            })
    })
}
