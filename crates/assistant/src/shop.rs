//! What the shop's own messages change.

mod account;
mod amounts;
mod checks;
mod counted;
mod explain;
mod extras;
mod question;

use account::account_for;
use amounts::judge_amounts;
use checks::checks_first;
use counted::{corrected, counts_together, is_of_the_stock, is_their_sum, keep_said, said_before, says_one};
use explain::{explain_total, offered_by_price};
use extras::left_to_choose;
use question::{is_open_question, offers_more, question_of, question_words};

use crate::catalog::{Catalog, Place};
use crate::consent;
use crate::conversation::Turn;
use crate::dialogue::{Price, Question, State, delivery_item, is_delivery, sum};
use crate::grant::{Grant, grant_from, readings};
use crate::mention::{Fit, Mention, common};
use crate::order::{Level, Line, Quantity, places_meant, quantity_of};
use crate::read::{Language, Sense};
use crate::said::Said;

/// Takes in one message of the shop.
pub(crate) fn take_shop_turn(state: &mut State, turn: &Turn, at: usize, catalog: &Catalog) {
    let said = Said::of(turn, state.language, catalog, &state.context());
    state.checks = false;
    state.answered = true;
    if said.has(Sense::Received) && !said.asks() {
        state.paid = true;
        state.paid_lately = true;
        state.linked = false;
        settle(state, catalog);
        return;
    }
    if is_link(&said) {
        state.linked = true;
        state.question = Question::None;
        settle(state, catalog);
        return;
    }
    drop_what_is_sold_out(state, &said, catalog, at);
    let mut offered = offered_mentions(&said, state, catalog);
    offered.extend(offered_by_price(state, &said, catalog));
    let before = said_before(state, &said, &offered, catalog);
    narrow(state, &said, &offered, catalog);
    recap(state, &said, &offered, catalog, at);
    explain_total(state, &said, &offered, catalog, at);
    remember_offer(state, &said, &offered, catalog);
    // What the shop named may be what its total is for.
    explain_total(state, &said, &offered, catalog, at);
    let accounted = account_for(state, &said, &offered, catalog, at);
    keep_said(state, &before, catalog, at);
    count_what_is_haggled(state, &said);
    if gives_in(state, &said) {
        state.grant = Some(Grant::Unclear);
        state.grant_turn = Some(at);
    }
    if let Some(grant) = grant_from(&said, catalog, state) {
        state.grant = Some(grant);
        state.grant_turn = Some(at);
    }
    if state.grant.is_none() && (takes_something_off(&said) || promises_a_discount(&said)) {
        // How much, or off what, was not understood.
        state.grant = Some(Grant::Unclear);
        state.grant_turn = Some(at);
    }
    if said.has(Sense::FreeDelivery) {
        state.free_delivery = true;
        state
            .lines
            .retain(|line| !line.places.iter().all(|place| is_delivery(catalog, *place)));
    }
    judge_amounts(state, &said, &offered, catalog, at);
    if accounted && state.price == Price::Quoted && state.price_turn == Some(at) {
        // "£22 + £4.50 postage": the total is said, though not added up.
        state.price = Price::Verified;
        state.unsettled = false;
    }
    state.extras = match left_to_choose(state, &said, &offered, catalog) {
        Some(extras) => Some(extras),
        // Said anew without it, or asked for as it is: then that is the order.
        None if state.price == Price::Verified && state.price_turn == Some(at)
            || question_of(&said) == Question::Confirm =>
        {
            None
        }
        None => state.extras.take(),
    };
    state.wavers &= state.price != Price::Verified || state.price_turn != Some(at);
    state.alternatives = lets_choose_a_price(&said);
    state.haggles = false;
    state.takes_off = false;
    state.numbers.clear();
    state.corrections.clear();
    if said.amounts().next().is_some() {
        let is_rate = |at: usize| {
            matches!(said.text(at.saturating_sub(1)), "a" | "cada")
                || matches!(said.text(at + 1), "el" | "la" | "por" | "per" | "o" | "each")
        };
        let least = catalog.prices().0 / 2;
        let prices = said.amounts().filter(|(_, number, money)| {
            *money || readings(catalog, *number).iter().any(|minor| *minor >= least)
        });
        state.priced_each = said.has(Sense::Each)
            || prices.count() > 1
            || state
                .lines
                .iter()
                .any(|line| prices_one_and_asks_for(line, &said))
            || said
                .amounts()
                .any(|(at, ..)| is_rate(at) || at > 0 && is_rate(at - 1));
    }
    state.brings = said.tokens.iter().any(|token| is_bring(&token.text));
    state.question = question_of(&said);
    if state.question == Question::Other
        && state.price == Price::Verified
        && state.price_turn == Some(at)
        && !is_open_question(&said)
    {
        // "$50 in total, cool?"
        state.question = Question::Confirm;
    }
    state.options_asked += u32::from(state.question == Question::Option || lets_choose(&said));
    state.question_words = question_words(&said);
    if matches!(state.question, Question::Other | Question::Confirm) && offers_more(state, &said, &offered) {
        state.question = Question::Upsell;
    }
    if state.question == Question::Confirm && is_one_quoted_piece(state, catalog) {
        // It asks for just that, knowing what it was asked for.
        state.unsettled = false;
    }
    state.ends_with_total = ends_with_amount(&said);
    state.checks = checks_first(&said);
    if state.question == Question::Confirm || state.checks {
        // It asks again, so that the answer to this counts; or it does not know yet.
        state.consent = None;
    }
    state.doubt = None;
    state.round += 1;
}

/// "Claro. Son $180 en total": nothing but the sum is said last, and nothing before it holds it back.
fn ends_with_amount(said: &Said) -> bool {
    let hangs = consent::is_conditional(said, (0, said.tokens.len()));
    let doubts = said.has_any(&[
        Sense::Later,
        Sense::Hold,
        Sense::Hedge,
        Sense::No,
        Sense::Deny,
        Sense::SoldOut,
        Sense::Cash,
    ]);
    let Some((at, ..)) = said.amounts().last() else {
        return false;
    };
    let closes = |next: usize| {
        let named = said.found.mentions.iter();
        let in_a_name = named
            .into_iter()
            .any(|mention| (mention.start..mention.end).contains(&next));
        let word = said.text(next);
        in_a_name || crate::read::is_currency_word(word) || goes_with_a_sum(word)
    };
    let (start, end) = (said.sentence(at).0, said.tokens.len());
    let is_word = |next: &usize| said.tokens.get(*next).is_some_and(crate::read::Token::is_word);
    !hangs && !doubts && !said.asks() && (start..end).filter(is_word).all(closes)
}

/// "son", "serían", "that comes to", "en total": words that tell a sum and nothing else.
fn goes_with_a_sum(word: &str) -> bool {
    matches!(
        word,
        "r" | "rs"
            | "us"
            | "s"
            | "son"
            | "serian"
            | "seria"
            | "sería"
            | "es"
            | "da"
            | "dan"
            | "fica"
            | "ficam"
            | "sao"
            | "seriam"
            | "sai"
            | "sale"
            | "salen"
            | "queda"
            | "quedan"
            | "quedaria"
            | "te"
            | "le"
            | "se"
            | "it"
            | "its"
            | "thats"
            | "that"
            | "is"
            | "comes"
            | "to"
            | "would"
            | "be"
            | "total"
            | "en"
            | "em"
            | "in"
            | "all"
            | "altogether"
            | "todo"
            | "tudo"
            | "no"
            | "o"
            | "a"
            | "el"
            | "la"
            | "los"
            | "las"
            | "os"
            | "as"
            | "the"
            | "un"
            | "una"
            | "um"
            | "uma"
            | "de"
            | "del"
            | "do"
            | "por"
            | "for"
            | "con"
            | "com"
            | "with"
            | "y"
            | "e"
            | "and"
            | "mas"
            | "mais"
            | "plus"
            | "then"
            | "entonces"
            | "entao"
            | "claro"
            | "que"
            | "hola"
            | "oi"
            | "hi"
            | "hello"
            | "ok"
            | "listo"
            | "perfecto"
            | "sim"
            | "si"
            | "sure"
            | "dos"
            | "both"
    )
}

/// Returns whether the shop knows what it says, and asks for nothing but a yes to it, if it asks.
pub(crate) fn asks_for_a_yes_at_most(said: &Said) -> bool {
    matches!(question_of(said), Question::None | Question::Confirm) && !checks_first(said)
}

/// Returns whether the order is one piece of one item whose price the shop has said.
fn is_one_quoted_piece(state: &State, catalog: &Catalog) -> bool {
    match state.resolved(catalog).as_deref() {
        Some([(place, 1)]) => state.price == Price::Quoted && state.quoted.contains(place),
        _ => false,
    }
}

fn is_bring(word: &str) -> bool {
    ["trae", "traig", "traer", "traz", "traga", "tragan"]
        .iter()
        .any(|root| word.starts_with(root))
        && word != "traemos"
        || word == "bring"
}

/// Remembers what was ordered and starts anew: it is charged, or paid.
pub(crate) fn settle(state: &mut State, catalog: &Catalog) {
    if let Some(pairs) = state.resolved(catalog) {
        state.last = pairs;
    }
    state.forget_order();
    state.question = Question::None;
    state.doubt = None;
    state.round += 1;
}

fn is_link(said: &Said) -> bool {
    let address = said
        .tokens
        .iter()
        .any(|token| matches!(token.text.as_str(), "http" | "https" | "www"));
    address || said.has(Sense::Sent) && !said.asks() && !promises(said)
}

/// "ahora te mando el link" is a promise, not the link.
fn promises(said: &Said) -> bool {
    said.all(Sense::Sent).all(|hit| {
        (hit.start.saturating_sub(3)..hit.end).any(|at| {
            matches!(
                said.text(at),
                "ahora" | "ahorita" | "momento" | "ya" | "will" | "ill" | "vou" | "voy" | "te"
            )
        }) && !(hit.start..hit.end).any(|at| {
            matches!(
                said.text(at),
                "ahi"
                    | "aqui"
                    | "aca"
                    | "here"
                    | "segue"
                    | "sigue"
                    | "enviado"
                    | "mande"
                    | "envie"
                    | "pase"
                    | "mandei"
                    | "enviei"
                    | "sent"
            )
        })
    })
}

fn drop_what_is_sold_out(state: &mut State, said: &Said, catalog: &Catalog, at: usize) {
    let spans: Vec<(usize, usize)> = said
        .all(Sense::SoldOut)
        .map(|hit| said.clause(hit.start))
        .filter(|span| !is_about_something_else(said, *span))
        .collect();
    if spans.is_empty() {
        return;
    }
    let gone: Vec<Place> = said
        .found
        .mentions
        .iter()
        .filter(|mention| {
            spans
                .iter()
                .any(|(start, end)| mention.start >= *start && mention.start < *end)
        })
        .flat_map(|mention| mention.places.clone())
        .collect();
    // "Qué pena, se agotó. Tengo proteína": what was asked for is gone.
    let names_none = spans.iter().any(|(start, end)| {
        !said
            .found
            .mentions
            .iter()
            .any(|mention| mention.start >= *start && mention.start < *end)
    });
    let elsewhere = state
        .lines
        .iter()
        .any(|line| said.found.mentions.iter().any(|mention| line.meets(mention)));
    let everything = gone.is_empty() && names_none && !elsewhere;
    for line in &mut state.lines {
        if everything {
            line.places.clear();
        } else {
            line.places.retain(|place| !gone.contains(place));
        }
    }
    let before = state.lines.len();
    state.lines.retain(|line| !line.places.is_empty());
    if state.lines.len() < before || everything {
        state.consent = None;
        state.changed(catalog, at);
    }
}

fn is_about_something_else(said: &Said, (start, end): (usize, usize)) -> bool {
    said.within((start, end), Sense::Off)
        || (start..end).any(|at| {
            matches!(
                said.text(at),
                "problema"
                    | "envio"
                    | "envios"
                    | "entrega"
                    | "delivery"
                    | "domicilio"
                    | "promociones"
                    | "promo"
                    | "problem"
                    | "cambios"
                    | "devoluciones"
                    | "efectivo"
                    | "credito"
                    | "meses"
                    | "cuotas"
                    | "parcelamos"
                    | "horario"
                    | "cita"
                    | "pressa"
            )
        })
}

/// Returns the mentions that the shop offers: not what it says it lacks.
///
/// Words that fit several items mean those that were spoken of, and a number
/// that is the price counts nothing.
fn offered_mentions(said: &Said, state: &State, catalog: &Catalog) -> Vec<Mention> {
    let exponent = u32::from(catalog.currency().exponent());
    said.found
        .mentions
        .iter()
        .filter(|mention| {
            let clause = said.clause(mention.start);
            !said.within(clause, Sense::SoldOut) || is_about_something_else(said, clause)
        })
        .cloned()
        .map(|mut mention| {
            let known: Vec<Place> = state
                .lines
                .iter()
                .flat_map(|line| common(&line.places, &mention.places))
                .collect();
            if !known.is_empty() {
                mention.places = known;
                mention.places.sort_unstable();
                mention.places.dedup();
            }
            let is_price = mention.count.is_some_and(|count| {
                let minor = i64::from(count.number) * 10_i64.pow(exponent);
                let dear = minor >= catalog.prices().0 && minor > 999 * 10_i64.pow(exponent);
                let own = mention.places.iter().any(|place| catalog.price(*place) == minor);
                // "litro 110 y medio 60": whose price it is stands in the catalog.
                own || dear || count.number > 12 && !catalog.priced_at(minor).is_empty()
            });
            if is_price {
                mention.count = None;
            }
            mention
        })
        .collect()
}

/// Lets the shop's words or price decide an option that the customer left open.
fn narrow(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog) {
    let one_of = |places: &[Place]| {
        let named: Vec<Place> = offered
            .iter()
            .flat_map(|mention| mention.places.iter())
            .filter(|place| places.contains(place))
            .copied()
            .collect();
        match named.as_slice() {
            [place] => Some(*place),
            _ => None,
        }
    };
    let alternatives = offered.len() > 1 || said.asks() && (said.has(Sense::QOption) || lets_choose(said));
    for line in state.lines.iter_mut().filter(|line| line.places.len() > 1) {
        if let Some(place) = one_of(&line.places).filter(|_| !alternatives) {
            line.places = vec![place];
            continue;
        }
        if alternatives {
            continue;
        }
        let quantity = line.quantity.value().unwrap_or(1);
        let priced: Vec<Place> = line
            .places
            .iter()
            .copied()
            .filter(|place| {
                let unit = catalog.price(*place);
                said.amounts().any(|(_, number, _)| {
                    readings(catalog, number)
                        .iter()
                        .any(|minor| *minor == unit || Some(*minor) == unit.checked_mul(i64::from(quantity)))
                })
            })
            .collect();
        if let [place] = priced.as_slice() {
            line.places = vec![*place];
        }
    }
}

/// "¿me hace descuento si voy con mi hermana?" — "las dos por $320": it is two of them then.
fn count_what_is_haggled(state: &mut State, said: &Said) {
    let number = said.found.group.or_else(|| said.has(Sense::Both).then_some(2));
    let (true, Some(number), [line]) = (state.haggles, number, state.lines.as_mut_slice()) else {
        return;
    };
    if line.quantity == Quantity::Assumed && said.amounts().any(|(_, _, money)| money) {
        line.quantity = Quantity::Said(number);
    }
}

/// "faz as duas por 200?" — "Faço sim!": a price was given, and only the customer named it.
fn gives_in(state: &State, said: &Said) -> bool {
    let agrees = said.has(Sense::Yes)
        || said.tokens.iter().any(|token| {
            matches!(
                token.text.as_str(),
                "si" | "faco" | "consigo" | "sim" | "deal" | "trato" | "claro"
            )
        });
    let refuses = said.has(Sense::Deny)
        || said.has(Sense::No)
        || said
            .tokens
            .iter()
            .any(|token| matches!(token.text.as_str(), "no" | "nao" | "not"));
    state.haggles && agrees && !refuses && !said.asks() && said.amounts().next().is_none()
}

/// "la caja está en $260. ¿Serían 2 cajas?": the price of one stands in a sentence of its own.
fn prices_one_and_asks_for(line: &Line, said: &Said) -> bool {
    let Some(ordered) = line.quantity.value().filter(|number| *number > 1) else {
        return false;
    };
    let Some((price, ..)) = said.amounts().next() else {
        return false;
    };
    let (start, end) = said.sentence(price);
    let is_one = |at: usize| {
        matches!(
            said.text(at),
            "el" | "la" | "o" | "a" | "the" | "un" | "una" | "um" | "uma"
        )
    };
    let of_one = (start..price).any(is_one);
    let counted = |from: usize, to: usize| {
        said.counts()
            .any(|(at, number)| number == ordered && from <= at && at < to)
    };
    of_one && !counted(0, end) && counted(end, said.tokens.len())
}

/// "te hago un descuento, ¿va?", "I can give you a discount": given, and nobody said how much.
fn promises_a_discount(said: &Said) -> bool {
    let is_discount = |word: &str| {
        ["descuent", "descont", "discount", "rebaj"]
            .iter()
            .any(|root| word.starts_with(root))
    };
    let gives = |word: &str| {
        matches!(
            word,
            "hago"
                | "hacemos"
                | "haremos"
                | "haria"
                | "doy"
                | "damos"
                | "dare"
                | "daria"
                | "aplico"
                | "aplicamos"
                | "ofrezco"
                | "ofrecemos"
                | "consigo"
                | "faco"
                | "fazemos"
                | "dou"
                | "ofereco"
                | "give"
                | "do"
                | "make"
                | "offer"
                | "apply"
                | "knock"
                | "hacer"
                | "dar"
                | "fazer"
                | "tenemos"
                | "tienes"
                | "tiene"
                | "temos"
                | "tem"
                | "hay"
        )
    };
    let says = |at: usize| {
        let (start, end) = said.clause(at);
        let given = (start..end).find(|at| gives(said.text(*at)));
        given.is_some_and(|given| !said.is_negated(given) && !said.is_negated(at))
    };
    // "te bajo algo", "le quito un poco"
    let lowers = |at: usize| {
        matches!(
            said.text(at),
            "bajo" | "bajamos" | "rebajo" | "quito" | "quitamos" | "descuento" | "tiro" | "abato"
        ) && (at + 1..at + 3).any(|next| {
            matches!(
                said.text(next),
                "algo" | "poco" | "poquito" | "pouco" | "pouquinho"
            )
        }) && !said.is_negated(at)
    };
    (0..said.tokens.len()).any(|at| is_discount(said.text(at)) && says(at) || lowers(at))
}

/// "te hago un descuento", "I'll take a bit off": something is given, whatever its amount.
fn takes_something_off(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let gives = ["te", "le", "les", "lhe", "ill", "we", "i"].contains(&said.text(at))
            && matches!(
                said.text(at + 1),
                "descuento"
                    | "descontamos"
                    | "rebajo"
                    | "rebajamos"
                    | "quito"
                    | "quitamos"
                    | "tiro"
                    | "desconto"
                    | "abato"
            );
        let (start, end) = said.sentence(at);
        let has_amount = said.amounts().any(|(amount, ..)| start <= amount && amount < end);
        gives
            && has_amount
            && !said.is_negated(at)
            && !said.asks_at(at)
            && !consent::is_conditional(said, (start, end))
    })
}

/// "¿de 20 o de 30?" names two, also where only one of them is a word of the catalog.
fn lets_choose(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        said.asks_at(at)
            && (matches!(said.text(at), "ou" | "or")
                || said.text(at) == "o"
                    && (said.language == Language::Spanish
                        || said
                            .tokens
                            .get(at + 1)
                            .is_some_and(|next| next.number().is_some())))
    })
}

/// "$440, o con el ramo $890": a yes alone does not say to which.
fn lets_choose_a_price(said: &Said) -> bool {
    let prices: Vec<usize> = said
        .amounts()
        .filter(|(.., money)| *money)
        .map(|(at, ..)| at)
        .collect();
    prices.windows(2).any(|pair| match pair {
        [left, right] => (*left..*right).any(|at| {
            matches!(said.text(at), "or" | "ou") || said.text(at) == "o" && said.language == Language::Spanish
        }),
        _ => false,
    })
}

/// Takes the shop's own list or quantity over, where it says the order back.
fn recap(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog, at: usize) {
    let listed: Option<Vec<(Place, u32)>> = offered
        .iter()
        .map(|mention| {
            let places = places_meant(catalog, mention);
            match places.as_slice() {
                [place] => Some((*place, quantity_listed(state, mention, *place, catalog)?)),
                _ => None,
            }
        })
        .collect();
    let listed = listed.unwrap_or_default();
    let amounts: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let ours = state.resolved(catalog);
    let our_total = ours.as_ref().and_then(|pairs| sum(catalog, pairs));
    let listed_total = sum(catalog, &listed);
    // "2 hems $36, rush $20. $56 total": the largest amount is the total.
    let is_the_total = said.has(Sense::Total) && listed_total == amounts.iter().max().copied();
    if listed.len() > 1
        && ours.as_ref() != Some(&listed)
        && listed_total.is_some_and(|total| amounts.contains(&total))
        && (is_the_total || our_total.is_none_or(|total| !amounts.contains(&total)))
    {
        state.lines = listed
            .iter()
            .map(|(place, quantity)| Line::of_place(*place, *quantity, state.round))
            .collect();
        state.unsettled = false;
        state.changed(catalog, at);
        return;
    }
    if recap_more_or_less(state, &listed, &amounts, catalog, at) {
        return;
    }
    take_the_sibling(state, &listed, &amounts, catalog, at);
    recap_quantities(state, offered, catalog, at, said);
    recap_total(state, &amounts, offered, said, catalog, at);
}

/// "mi pibe calza 40" — "entonces la de talle 40, $125.000": the shop says back the one that the number is in the name of.
fn take_the_sibling(
    state: &mut State,
    listed: &[(Place, u32)],
    amounts: &[i64],
    catalog: &Catalog,
    at: usize,
) {
    let ([(place, _)], [line]) = (listed, state.lines.as_mut_slice()) else {
        return;
    };
    let entries = line
        .place()
        .and_then(|old| catalog.index.entry(old))
        .zip(catalog.index.entry(*place));
    let Some((old, new)) = entries else { return };
    let named = |number: &i64| {
        let number = number.to_string();
        new.keys.contains(&number) && !old.keys.contains(&number)
    };
    let is_sibling = old.head.is_some() && old.head == new.head;
    if is_sibling && amounts.contains(&catalog.price(*place)) && state.numbers.iter().any(named) {
        line.places = vec![*place];
        state.unsettled = false;
        state.changed(catalog, at);
    }
}

/// Returns how many the shop lists: as many as were ordered, where it does not count them.
fn quantity_listed(state: &State, mention: &Mention, place: Place, catalog: &Catalog) -> Option<u32> {
    let known = state.lines.iter().find(|line| line.place() == Some(place));
    let said = known.map(|line| line.quantity).filter(|quantity| {
        matches!(quantity, Quantity::Said(_)) && (mention.count.is_none() || says_one(mention))
    });
    said.unwrap_or_else(|| quantity_of(catalog, mention, &[place]))
        .value()
}

/// "mais montagem 60, total 490", "entonces $260 del puro pantalón": what the shop names explains its total.
fn recap_more_or_less(
    state: &mut State,
    listed: &[(Place, u32)],
    amounts: &[i64],
    catalog: &Catalog,
    at: usize,
) -> bool {
    let Some(ours) = state.resolved(catalog).filter(|_| state.has_wanted()) else {
        return false;
    };
    let total = sum(catalog, &ours);
    let last = amounts.last().copied();
    if listed.is_empty() || total.is_none() || total == last {
        return false;
    }
    let known = |place: Place| ours.iter().any(|(other, _)| *other == place);
    let (cheapest, _) = catalog.prices();
    let prices = amounts.iter().filter(|minor| **minor >= cheapest / 2).count();
    let fewer: Vec<(Place, u32)> = listed
        .iter()
        .copied()
        .filter(|(place, _)| known(*place))
        .collect();
    let more: Vec<(Place, u32)> = listed
        .iter()
        .copied()
        .filter(|(place, _)| !known(*place) && amounts.contains(&catalog.price(*place)))
        .collect();
    let all: Vec<(Place, u32)> = ours.iter().copied().chain(more.iter().copied()).collect();
    let pairs = if !more.is_empty() && sum(catalog, &all) == last {
        all
    } else if fewer.len() == listed.len()
        && fewer.len() < ours.len()
        && fewer.iter().any(|(place, _)| !is_delivery(catalog, *place))
        && sum(catalog, &fewer) == last
        && prices == 1
    {
        fewer
    } else {
        return false;
    };
    state.lines = pairs
        .into_iter()
        .map(|(place, quantity)| Line::of_place(place, quantity, state.round))
        .collect();
    state.changed(catalog, at);
    true
}

/// "Ok 3 cajas": the shop says how many.
fn recap_quantities(state: &mut State, offered: &[Mention], catalog: &Catalog, at: usize, said: &Said) {
    if said.asks() && said.has(Sense::QOption) {
        return;
    }
    let mut changed = false;
    for mention in offered
        .iter()
        .filter(|mention| mention.count.is_some_and(|count| !count.article))
    {
        if counts_together(state, mention) {
            // "2 polos talla 10 y 3 de la 12" — "5 polos, Q375": all of them, and not so many of each.
            state.unsettled |= !is_their_sum(state, mention);
            continue;
        }
        for line in state.lines.iter_mut().filter(|line| line.meets(mention)) {
            let Some(number) = quantity_of(catalog, mention, &line.places).value() else {
                continue;
            };
            // "un pastel cuesta $450" is the price of one, and "1 pastel" no less.
            if says_one(mention) && matches!(line.quantity, Quantity::Said(2..))
                || matches!(line.quantity, Quantity::Said(_)) && is_of_the_stock(said, mention)
            {
                continue;
            }
            if line.quantity.value() != Some(number) && !said.in_clause(mention.start, Sense::Off) {
                line.quantity = Quantity::Said(number);
                changed = true;
            }
        }
    }
    if changed {
        state.changed(catalog, at);
    }
}

/// Reads a total that explains a quantity or a delivery which nobody put in words.
fn place_is_priced(catalog: &Catalog, place: Place, amounts: &[i64]) -> bool {
    amounts.contains(&catalog.price(place))
}

/// "¿y con envío?" — "340": the shop answers with the new total.
fn asked_for(state: &State, place: Place) -> bool {
    let mut lines = state.lines.iter();
    lines.any(|line| line.place() == Some(place) && line.round == state.round)
}

fn recap_total(
    state: &mut State,
    amounts: &[i64],
    offered: &[Mention],
    said: &Said,
    catalog: &Catalog,
    at: usize,
) {
    let delivery = delivery_item(catalog);
    if let (Some(place), Some(pairs)) = (delivery, state.resolved(catalog))
        && !pairs.iter().any(|(other, _)| is_delivery(catalog, *other))
        && let Some(with) = sum(catalog, &pairs).and_then(|total| total.checked_add(catalog.price(place)))
        && amounts.contains(&with)
        && (said
            .found
            .mentions
            .iter()
            .any(|mention| mention.places.contains(&place))
            || place_is_priced(catalog, place, amounts)
            || asked_for(state, place))
        && (state.has_wanted() || said.asks() || said.has(Sense::Total) || asked_for(state, place))
    {
        want_selected(state, catalog);
        state.lines.retain(|line| line.place() != Some(place));
        state.lines.push(Line::of_place(place, 1, state.round));
        state.changed(catalog, at);
        return;
    }
    let resolved: Vec<usize> = (0..state.lines.len()).collect();
    let [only] = resolved.as_slice() else { return };
    let Some(place) = state.lines.get(*only).and_then(Line::place) else {
        return;
    };
    let unit = catalog.price(place);
    let counted = corrected(state, offered);
    let heard = state.heard.clone();
    let Some(line) = state.lines.get_mut(*only) else {
        return;
    };
    if let Some(times) = recounted(&counted, line.quantity, unit, amounts) {
        line.quantity = Quantity::Said(times);
        state.changed(catalog, at);
        return;
    }
    if unit <= 0
        || matches!(line.quantity, Quantity::Said(_)) && amounts.contains(&unit) && amounts.len() == 1
    {
        return;
    }
    // "32 + 9.500 + 6 = 47.500": five times 9.500 is a coincidence.
    let parts = said
        .amounts()
        .filter(|(at, ..)| !readings_of(said, *at, catalog).contains(&unit))
        .count();
    if parts > 1 {
        return;
    }
    let multiple = amounts.iter().find_map(|minor| {
        let times = minor / unit;
        (minor % unit == 0 && (2..=20).contains(&times)).then_some(times)
    });
    let open = matches!(line.quantity, Quantity::Assumed | Quantity::Unclear);
    let numbers = &state.numbers;
    let says_unit = amounts.contains(&unit);
    let counted = |times: i64| {
        said.has(Sense::Both)
            || numbers.contains(&times)
            || said.counts().any(|(_, number)| i64::from(number) == times)
    };
    let heard = |times: i64| heard.contains(&times) || said.has(Sense::Each);
    let explained =
        |times: i64| says_unit && heard(times) || line.quantity == Quantity::Unclear || counted(times);
    if let Some(times) = multiple.filter(|times| open && explained(*times)) {
        line.quantity = Quantity::Said(u32::try_from(times).unwrap_or(1));
        state.changed(catalog, at);
    }
}

fn readings_of(said: &Said, at: usize, catalog: &Catalog) -> Vec<i64> {
    let number = said.tokens.get(at).and_then(crate::read::Token::number);
    number.map_or_else(Vec::new, |number| readings(catalog, number))
}

/// "just mine for now" — "Ok, $85": the one amount is what so many as the customer said now cost.
fn recounted(numbers: &[u32], known: Quantity, unit: i64, amounts: &[i64]) -> Option<u32> {
    let Quantity::Said(known) = known else {
        return None;
    };
    let costs = |times: u32| {
        unit.checked_mul(i64::from(times))
            .is_some_and(|total| amounts.contains(&total))
    };
    if unit <= 0 || costs(known) {
        return None;
    }
    let mut others = numbers.iter().filter(|times| costs(**times));
    match (others.next(), others.next()) {
        (Some(times), None) => Some(*times),
        _ => None,
    }
}

/// The shop says it back as an order, so it is one.
fn want_selected(state: &mut State, catalog: &Catalog) {
    let selected: Vec<Vec<Place>> = state
        .selected(catalog)
        .iter()
        .map(|line| line.places.clone())
        .collect();
    for line in state
        .lines
        .iter_mut()
        .filter(|line| selected.contains(&line.places))
    {
        line.level = Level::Wanted;
    }
}

/// "2 sesiones" — "36.000": of what the words may mean, one costs that.
fn offer_by_price(state: &mut State, said: &Said, catalog: &Catalog) {
    let mut hinted = std::mem::take(&mut state.hinted);
    hinted.extend(crate::customer::hints(said, catalog));
    if !state.lines.is_empty() {
        return;
    }
    let amounts: Vec<i64> = said
        .amounts()
        .flat_map(|(_, number, _)| readings(catalog, number))
        .collect();
    let counts: Vec<i64> = if state.numbers.is_empty() {
        vec![1]
    } else {
        state
            .numbers
            .iter()
            .copied()
            .filter(|times| (1..=100).contains(times))
            .collect()
    };
    let found: Vec<(Place, i64)> = hinted
        .iter()
        .filter(|place| !is_delivery(catalog, **place) && catalog.price(**place) > 0)
        .flat_map(|place| counts.iter().map(|times| (*place, *times)))
        .filter(|(place, times)| {
            catalog
                .price(*place)
                .checked_mul(*times)
                .is_some_and(|total| amounts.contains(&total))
        })
        .collect();
    if let [(place, times)] = found.as_slice() {
        let mut line = Line::of_place(*place, u32::try_from(*times).unwrap_or(1), state.round);
        line.level = Level::Asked;
        state.lines.push(line);
        state.offer = vec![*place];
        state.topic = vec![*place];
    }
}

fn remember_offer(state: &mut State, said: &Said, offered: &[Mention], catalog: &Catalog) {
    if offered.is_empty() {
        offer_by_price(state, said, catalog);
        return;
    }
    state.offer = offered
        .iter()
        .flat_map(|mention| places_meant(catalog, mention))
        .collect();
    state.offer.dedup();
    if state.lines.is_empty() {
        for mention in offered {
            let places = places_meant(catalog, mention);
            // "two 60 min massages, $190" answers "is it 190 for both?".
            let counted = mention.count.is_some_and(|count| !count.article);
            let quantity = if counted {
                quantity_of(catalog, mention, &places)
            } else {
                Quantity::Assumed
            };
            if let Some(known) = state.lines.iter_mut().find(|line| line.places == places) {
                // "The bundle is $18. So 3 bundles, $54": named twice, and three of it.
                if counted {
                    known.quantity = quantity;
                }
                continue;
            }
            state.lines.push(Line {
                places,
                quantity,
                fit: Fit::Exact,
                level: Level::Asked,
                round: state.round,
            });
        }
        state.topic.clone_from(&state.offer);
    } else if !state.has_wanted() {
        // The shop's answer is what "ese" and "los dos" then mean.
        let said_price = |place: &Place| {
            said.amounts()
                .any(|(_, number, _)| readings(catalog, number).contains(&catalog.price(*place)))
        };
        let answers = state
            .offer
            .iter()
            .any(|place| !is_delivery(catalog, *place) && said_price(place));
        if answers {
            let offer = state.offer.clone();
            state.lines.retain(|line| {
                line.places.len() == 1 && line.places.iter().any(&said_price)
                    || line.places.iter().any(|place| offer.contains(place))
            });
        }
        for place in state.offer.clone() {
            let priced = said
                .amounts()
                .any(|(_, number, _)| readings(catalog, number).contains(&catalog.price(place)));
            let known = state.lines.iter().any(|line| line.places.contains(&place));
            if is_delivery(catalog, place) || !priced && !known {
                continue;
            }
            if let Some(line) = state.lines.iter_mut().find(|line| line.places.contains(&place)) {
                line.round = state.round;
            } else {
                let mut line = Line::of_place(place, 1, state.round);
                line.level = Level::Asked;
                line.quantity = Quantity::Assumed;
                state.lines.push(line);
            }
        }
        state.topic.clone_from(&state.offer);
    }
}
