//! What the customer's messages change: the order first, then whether they agree to it.

mod counts;
mod extras;
mod lines;
mod relative;
mod wording;

use counts::{count_what_was_asked, selected_positions, take_groups, take_numbers};
use extras::answer_extras;
use lines::{closest, distribute, drop_line_for, drop_lines, line_to_replace, pay_for_this, update_quantity};
use relative::take_relative;
use wording::{adds, instead_of, is_dropped, is_wanted, level_of, only_this};

use crate::catalog::{Catalog, Place};
use crate::consent::{self, Verdict};
use crate::conversation::{Conversation, Order};
use crate::dialogue::{Consent, Doubt, Price, Question, State, delivery_item, is_delivery};
use crate::guards;
use crate::mention::{Fit, Mention, common};
use crate::order::{Level, Line, Quantity, places_meant, quantity_of};
use crate::read::{Language, Sense, Token};
use crate::said::Said;

/// A word of more items than this is no sign of one.
const SIGNS: usize = 6;

/// Takes in one message of the customer.
pub(crate) fn take_customer_turn(
    state: &mut State,
    said: &Said,
    at: usize,
    catalog: &Catalog,
    conversation: &Conversation,
) {
    let before = state.lines.clone();
    bring_back(state, said, catalog, conversation, at);
    state.takes_off |= said.has(Sense::Remove) || said.has(Sense::Only);
    count_what_was_asked(state, said, catalog);
    let mut removed = take_mentions(state, said, catalog, at);
    take_a_pair(state, said, catalog);
    state.unsettled |= sets_a_limit(state, said) || has_several(state, said);
    if points_at_another(said) && state.has_wanted() {
        state.unsettled = true;
        state.price = Price::Unsaid;
    }
    removed |= pay_for_this(state, said);
    removed |= pays_a_part_first(state, said, catalog);
    take_upsell(state, said, catalog);
    take_groups(state, said, catalog);
    take_numbers(state, said, catalog);
    take_delivery(state, said, catalog);
    answer_extras(state, said, catalog);
    state.unsettled |= takes_what_was_offered_apart(state, said, catalog);
    state.wavers |= wavers_between_numbers(said) || take_relative(state, said, &before, catalog);
    if said.found.unknown.iter().any(|token| is_wanted(said, *token)) {
        state.unknown = Some(at);
    }
    let changed = order_of(&before) != order_of(&state.lines);
    if changed {
        // "2 more" of three are five, which nobody wrote.
        let counted = state.lines.iter().filter(|line| !before.contains(line));
        let counted: Vec<u32> = counted.filter_map(|line| line.quantity.value()).collect();
        state.heard.extend(counted.into_iter().map(i64::from));
        state.changed(catalog, at);
    }
    state.unsettled |= leaves_one_out(state, said) || takes_back_a_kind(said, catalog);
    note_numbers(state, said);
    note_hints(state, said, catalog);
    note_signs(state, said, catalog);
    state.haggles |= guards::haggles(said, state, catalog);
    let verdict = consent::read(said, state, removed);
    agree(state, said, verdict, changed && !before.is_empty(), at, catalog);
}

/// Takes a WhatsApp cart: the customer's own list, chosen from the catalog.
pub(crate) fn take_order(state: &mut State, order: &Order, at: usize, catalog: &Catalog) {
    state.forget_order();
    state.linked = false;
    state.paid = false;
    for line in &order.lines {
        match catalog.place_of_id(&line.id) {
            Some(place) => state
                .lines
                .push(Line::of_place(place, line.quantity, state.round)),
            None => state.unknown = Some(at),
        }
        state.heard.insert(i64::from(line.quantity));
    }
    state.order_turn = Some(at);
    state.consent = Some((Consent::Pay, at));
    state.doubt = None;
}

/// "no more than 2 bags", "no más de 2": neither two more nor two less, and of how many the total must tell.
fn sets_a_limit(state: &State, said: &Said) -> bool {
    !state.lines.is_empty() && (0..said.tokens.len()).any(|at| wording::sets_a_limit(said, at))
}

/// "un par de gelatinas", "a couple of cakes": two of them, but one pair of shoes.
fn take_a_pair(state: &mut State, said: &Said, catalog: &Catalog) {
    for at in 0..said.tokens.len() {
        let is_pair = matches!(said.text(at), "par" | "couple" | "pair");
        let (noun, follows) = match said.text(at + 1) {
            "de" | "of" => (at + 2, true),
            _ => (at + 1, said.text(at) == "couple"),
        };
        if !is_pair || !follows || is_worn_in_pairs(said, noun) {
            continue;
        }
        let counted = said.found.mentions.iter().find(|mention| {
            (mention.start..mention.end.max(mention.start + 1)).contains(&noun)
                && mention.count.is_none_or(|count| count.article)
        });
        let Some(mention) = counted else { continue };
        let key = catalog.index.key_of_word(said.text(at));
        if !common(&mention.places, catalog.index.with_key(&key)).is_empty() {
            continue; // It is sold by the pair.
        }
        let lines = state.lines.iter_mut().filter(|line| line.meets(mention));
        for line in lines.filter(|line| line.quantity == Quantity::Assumed) {
            line.quantity = Quantity::Said(2);
            state.heard.insert(2);
        }
    }
}

/// "a full groom please, i have two", "é o banho, tenho 2": goods for each of what they have, or for one of them?
fn has_several(state: &State, said: &Said) -> bool {
    let has = |word: &str| {
        matches!(
            word,
            "have" | "got" | "ive" | "tengo" | "tenemos" | "tenho" | "temos"
        )
    };
    let alone = said.counts().any(|(at, number)| {
        let (start, end) = said.clause(at);
        (2..=20).contains(&number)
            && at + 1 == end
            && (at.saturating_sub(2).max(start)..at).any(|before| has(said.text(before)))
    });
    alone && state.has_wanted() && state.question != Question::Quantity
}

/// "uma ração pro meu gato e outra pro meu cachorro", where the other one was not understood.
fn leaves_one_out(state: &State, said: &Said) -> bool {
    said.found.mentions.iter().any(|mention| {
        let wanted = |line: &Line| line.level == Level::Wanted && line.meets(mention);
        mention.another && !is_dropped(said, mention) && !state.lines.iter().any(wanted)
    })
}

/// "mica iphone, ah no, es para mi samsung": the second takes the place of the first, or stands beside it?
fn takes_back_a_kind(said: &Said, catalog: &Catalog) -> bool {
    let is_no = |at: usize| {
        matches!(
            said.text(at),
            "no" | "nao" | "perdon" | "digo" | "sorry" | "oops" | "ops" | "desculpa"
        ) && (said.text(at.saturating_sub(1)) == "ah"
            || at > 0 && said.tokens.get(at - 1).is_some_and(Token::divides))
    };
    said.found.mentions.windows(2).any(|pair| match pair {
        [first, second] => {
            let of_a_kind = first.places.iter().any(|place| {
                second
                    .places
                    .iter()
                    .any(|other| place != other && share_a_noun(catalog, *place, *other))
            });
            of_a_kind
                && !is_dropped(said, first)
                && !is_dropped(said, second)
                && !adds(said, second)
                && (first.end..second.start).any(is_no)
        }
        _ => false,
    })
}

/// "que sea el de kilo más bien", "troca pelo de bacuri": another one, and which is not in the catalog's words.
fn points_at_another(said: &Said) -> bool {
    let points = |at: usize| {
        let pronoun = matches!(
            said.text(at),
            "el" | "la" | "los" | "las" | "o" | "a" | "os" | "as" | "pelo" | "pela" | "the"
        );
        pronoun && matches!(said.text(at + 1), "de" | "da" | "do" | "one")
    };
    let is_change = |at: usize| {
        matches!(
            said.text(at),
            "sea"
                | "sean"
                | "seja"
                | "sejam"
                | "mejor"
                | "melhor"
                | "prefiero"
                | "prefiro"
                | "rather"
                | "better"
                | "cambia"
                | "cambialo"
                | "cambiala"
                | "cambiame"
                | "troca"
                | "instead"
        )
    };
    (0..said.tokens.len()).filter(|at| points(*at)).any(|at| {
        let (start, end) = said.clause(at);
        let names = said
            .found
            .mentions
            .iter()
            .any(|mention| mention.start < end && start < mention.end);
        (start..end).any(is_change) && !names && !said.asks_at(at)
    })
}

fn is_worn_in_pairs(said: &Said, noun: usize) -> bool {
    const PAIRED: &[&str] = &[
        "zapat", "tenis", "sandal", "bota", "calcet", "media", "guante", "aret", "aro", "pendient", "lente",
        "gafa", "anteojo", "shoe", "sneaker", "trainer", "sock", "earring", "glove", "boot", "brinco",
        "meia", "luva", "sapat", "chinel", "chancl", "jean", "pant", "short", "tijer", "chuteira", "huarach",
        "heel", "tacon", "slipper", "argol", "scissor", "glass", "oculos", "alian", "anill", "ring", "calca",
        "legging",
    ];
    (noun..noun + 2).any(|at| PAIRED.iter().any(|root| said.text(at).starts_with(root)))
}

/// "te mando el anticipo": what is paid now is only that, unless the message names more.
fn pays_a_part_first(state: &mut State, said: &Said, catalog: &Catalog) -> bool {
    let is_part = |place: &Place| {
        catalog
            .index
            .entry(*place)
            .is_some_and(|entry| entry.head.as_deref() == Some("~deposit"))
    };
    let mentions = &said.found.mentions;
    let all = !mentions.is_empty() && mentions.iter().all(|mention| mention.places.iter().all(is_part));
    let wanted = |line: &Line| line.level == Level::Wanted && line.places.iter().all(is_part);
    if !all || !state.lines.iter().any(wanted) {
        return false;
    }
    let before = state.lines.len();
    state.lines.retain(|line| line.places.iter().all(is_part));
    if let [line] = state.lines.as_slice()
        && line.place().is_some_and(|place| state.quoted.contains(&place))
    {
        // The shop said what it is, and that alone is paid.
        state.unsettled = false;
    }
    state.lines.len() < before
}

/// Remembers the numbers that the shop's next total may be explained by.
fn note_numbers(state: &mut State, said: &Said) {
    let own = |at: usize| said.tokens.get(at).is_some_and(|token| !token.quoted);
    for (at, number) in said.counts().filter(|(at, _)| own(*at)) {
        let number = i64::from(number);
        state.heard.insert(number);
        state.numbers.insert(number);
        if number > 1 && said.corrects(at) && !state.asks_another_number() {
            state.corrections.insert(number);
        }
    }
    if said.has(Sense::Both) {
        state.heard.insert(2);
    }
    if said.says_only_one() {
        state.numbers.insert(1);
        state.corrections.insert(1);
    }
}

/// Remembers what common words may mean, where nothing was named: the shop's price may tell.
fn note_hints(state: &mut State, said: &Said, catalog: &Catalog) {
    if said.found.mentions.is_empty() {
        state.hinted.extend(hints(said, catalog));
    }
}

/// Remembers which items a word of the message may be of, and whether it speaks of bringing.
fn note_signs(state: &mut State, said: &Said, catalog: &Catalog) {
    let index = &catalog.index;
    let words = said
        .tokens
        .iter()
        .filter(|token| token.is_word() && !token.quoted && !crate::vocabulary::is_stop(&token.text));
    for token in words {
        let key = index.key_of_word(&token.text);
        let places = index.with_key(&key);
        if places.len() > SIGNS || crate::index::is_measure(&key) {
            continue;
        }
        if crate::vocabulary::is_weak(&token.text) {
            state.brushed.extend(places);
        } else {
            state.touched.extend(places);
        }
    }
    state.in_parts |= (0..said.tokens.len()).any(|at| speaks_of_a_part(said, at));
    state.delivers |= said.has(Sense::Deliver) || said.has(Sense::AsksDelivery);
    state.delivers &= !fetches(said) || said.has(Sense::Deliver);
}

/// "kilo y medio", "media libra", "1.5 metros".
fn speaks_of_a_part(said: &Said, at: usize) -> bool {
    let is_measure = |at: usize| {
        matches!(
            said.text(at),
            "kilo"
                | "kilos"
                | "kg"
                | "quilo"
                | "quilos"
                | "libra"
                | "libras"
                | "litro"
                | "litros"
                | "metro"
                | "metros"
                | "mts"
                | "pound"
                | "pounds"
                | "lb"
                | "lbs"
                | "yard"
                | "yards"
                | "galon"
                | "hora"
                | "horas"
                | "hour"
                | "hours"
                | "docena"
                | "dozen"
                | "duzia"
        )
    };
    let is_half = matches!(
        said.text(at),
        "medio" | "media" | "meio" | "meia" | "half" | "cuarto" | "quarto" | "quarter" | "tercio"
    );
    let is_broken = said
        .tokens
        .get(at)
        .and_then(Token::number)
        .is_some_and(|number| number.as_whole().is_none());
    let near = at.saturating_sub(3)..at + 3;
    (is_half || is_broken) && near.into_iter().any(is_measure)
}

/// Returns the items that have one of the message's common words.
pub(crate) fn hints(said: &Said, catalog: &Catalog) -> Vec<Place> {
    said.tokens
        .iter()
        .filter(|token| token.is_word() && !token.quoted && crate::vocabulary::is_weak(&token.text))
        .map(|token| catalog.index.key_of_word(&token.text))
        .filter(|key| !crate::index::is_measure(key))
        .flat_map(|key| catalog.index.with_key(&key).to_vec())
        .collect()
}

/// What makes an order another order.
fn order_of(lines: &[Line]) -> Vec<(Vec<Place>, Option<u32>, Level)> {
    lines
        .iter()
        .map(|line| (line.places.clone(), line.quantity.value(), line.level))
        .collect()
}

/// "Lo mismo de siempre": fills the order from the customer's history.
fn bring_back(state: &mut State, said: &Said, catalog: &Catalog, conversation: &Conversation, at: usize) {
    let always = said.has(Sense::Same);
    if !always && !said.has(Sense::SameLast) {
        return;
    }
    if state.has_wanted() {
        // "quiero un pastel" … "y lo de siempre": beside it, or is that it?
        state.unsettled |= always;
        return;
    }
    if !state.last.is_empty() && !always {
        state.lines = state
            .last
            .iter()
            .map(|(place, quantity)| Line::of_place(*place, *quantity, state.round))
            .collect();
        state.order_turn = Some(at);
        return;
    }
    let orders = conversation.usable_orders(catalog);
    let Some(newest) = orders.first() else {
        state.unsettled = true;
        return;
    };
    state.lines = newest
        .lines
        .iter()
        .filter_map(|line| {
            Some(Line::of_place(
                catalog.place_of_id(&line.id)?,
                line.quantity,
                state.round,
            ))
        })
        .collect();
    state
        .heard
        .extend(newest.lines.iter().map(|line| i64::from(line.quantity)));
    state.order_turn = Some(at);
    // "Always" must be what it always was; the shop says it back otherwise.
    state.unsettled |= always && orders.iter().any(|order| order.lines != newest.lines)
        || orders.len() < conversation.past_orders.len();
}

/// Takes the items in; returns whether some were taken off the order.
fn take_mentions(state: &mut State, said: &Said, catalog: &Catalog, at: usize) -> bool {
    let mut removed = false;
    let only: Vec<&Mention> = said
        .found
        .mentions
        .iter()
        .filter(|mention| only_this(said, mention) && !is_dropped(said, mention))
        .filter(|mention| {
            // "só uma câmara" of two: fewer of them, or nothing else? The total will say.
            let recounts = recounts(state, mention);
            state.unsettled |= recounts && state.lines.len() > 1;
            !recounts
        })
        .collect();
    if !only.is_empty() && state.lines.len() > 1 {
        let before = state.lines.len();
        state
            .lines
            .retain(|line| only.iter().any(|mention| line.meets(mention)));
        removed = state.lines.len() < before;
    }
    // "un masaje o una sesión": one of them, and nobody knows which.
    state.unsettled |= said.found.mentions.iter().any(|mention| {
        let comma = said
            .tokens
            .get(mention.end)
            .is_some_and(|token| token.is_mark(','));
        let next = said.text(mention.end + usize::from(comma));
        matches!(next, "or" | "ou") || next == "o" && state.language == Language::Spanish
    });
    let mut replaced = None;
    for mention in &said.found.mentions {
        if is_not_known_yet(said, mention) {
            state.unsettled = true;
            continue;
        }
        if is_dropped(said, mention) {
            removed |= drop_lines(state, mention);
            continue;
        }
        if is_generic(said, mention) {
            continue;
        }
        if instead_of(said, mention) {
            replaced = drop_line_for(state, mention);
            continue;
        }
        take_mention(state, said, mention, catalog, replaced);
    }
    if let Some(quantity) = replaced
        && let Some(line) = state.lines.last_mut()
        && line.quantity == Quantity::Assumed
        && line.round == state.round
    {
        line.quantity = quantity;
    }
    if said.found.mentions.len() > 1
        && (said.has(Sense::Hypothetical) || said.has(Sense::AskDiscount) || complement(said, catalog))
    {
        state.together = Some(state.round);
    }
    let topic: Vec<Place> = said
        .found
        .mentions
        .iter()
        .filter(|mention| !is_dropped(said, mention))
        .flat_map(|mention| mention.places.clone())
        .collect();
    if !topic.is_empty() {
        state.topic = topic;
        state.order_turn.get_or_insert(at);
    }
    removed
}

/// "aún no sé qué talla usan las chicas", "not sure which one, small maybe": what is named there is chosen by nobody.
fn is_not_known_yet(said: &Said, mention: &Mention) -> bool {
    let (start, _) = said.clause(mention.start);
    let asks = |at: usize| {
        matches!(
            said.text(at),
            "que"
                | "q"
                | "cual"
                | "cuales"
                | "qual"
                | "quais"
                | "which"
                | "what"
                | "si"
                | "se"
                | "if"
                | "whether"
        )
    };
    let knows = |at: usize| {
        matches!(
            said.text(at),
            "se" | "c"
                | "sei"
                | "know"
                | "idea"
                | "ideia"
                | "sure"
                | "seguro"
                | "segura"
                | "certeza"
                | "decido"
                | "decidi"
        )
    };
    (start..mention.start).any(|at| {
        let denied = wording::is_no(said, at) || matches!(said.text(at), "n" | "sin" | "sem" | "dunno");
        let known = (at..at + 3).find(|word| knows(*word) || said.text(*word) == "dunno");
        denied && known.is_some_and(|known| (known + 1..mention.start).any(asks))
    })
}

/// "a la clase del sábado, dos sueltas": a common word that fits several items, beside one that is named.
fn is_generic(said: &Said, mention: &Mention) -> bool {
    let common = (mention.start..mention.end).all(|at| {
        let word = said.text(at);
        crate::vocabulary::is_weak(word) || crate::vocabulary::is_stop(word)
    });
    let named = said.found.mentions.iter().any(|other| other.places.len() == 1);
    common && mention.places.len() > 1 && mention.count.is_none() && named
}

/// Returns whether several of the mentioned item are ordered, and it gives another number.
fn recounts(state: &State, mention: &Mention) -> bool {
    mention.count.is_some_and(|count| {
        state.lines.iter().any(|line| {
            line.meets(mention)
                && line
                    .quantity
                    .value()
                    .is_some_and(|known| known > 1 && known != count.number)
        })
    })
}

/// Returns whether the message names different things as one order, and does not compare.
fn complement(said: &Said, catalog: &Catalog) -> bool {
    let mut heads: Vec<Option<&str>> = said
        .found
        .mentions
        .iter()
        .map(|mention| catalog.index.entry(*mention.places.first()?)?.head.as_deref())
        .collect();
    let all = heads.len();
    heads.sort_unstable();
    heads.dedup();
    // In Portuguese "o" is an article.
    let compares = said.tokens.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "or" | "ou" | "cual" | "qual" | "which" | "diferencia" | "diferenca"
        )
    });
    heads.len() == all && !compares
}

fn take_mention(
    state: &mut State,
    said: &Said,
    mention: &Mention,
    catalog: &Catalog,
    replaced: Option<Quantity>,
) {
    let places = of_the_measure(catalog, mention, places_meant(catalog, mention));
    let quantity = quantity_of(catalog, mention, &places);
    let level = level_of(said, mention, state);
    let round = state.round;
    state.heard.extend(quantity.value().map(i64::from));
    if distribute(state, mention, &places, quantity) {
        return;
    }
    let is_extra = |place: &Place| state.extras.as_ref().is_some_and(|extras| extras.contains(place));
    let fee = places
        .iter()
        .all(|place| is_delivery(catalog, *place) || is_extra(place));
    if fee && level == Level::Wanted && !state.has_wanted() {
        // "con domicilio" is said of what was asked about before.
        for at in selected_positions(state, catalog) {
            if let Some(known) = state.lines.get_mut(at) {
                known.level = Level::Wanted;
                known.round = round;
            }
        }
    }
    if let Some(line) = state.lines.iter_mut().find(|line| line.meets(mention)) {
        line.narrow(mention);
        if line.places.len() > places.len() && !common(&line.places, &places).is_empty() {
            line.places = places;
        }
        update_quantity(line, mention, quantity, said);
        line.level = line.level.max(level);
        line.round = round;
        return;
    }
    let line = Line {
        places,
        quantity,
        fit: mention.fit,
        level,
        round,
    };
    let replaces = said.has(Sense::Replace)
        && !said.in_clause(mention.start, Sense::Add)
        && replaced.is_none()
        && !state.counted;
    if replaces && let Some(old) = line_to_replace(state, &line, said, catalog) {
        let line = Line {
            places: closest(catalog, &old.places, line.places),
            ..line
        };
        let kept = if line.quantity == Quantity::Assumed {
            old.quantity
        } else {
            line.quantity
        };
        *old = Line {
            quantity: kept,
            level: old.level.max(level),
            ..line
        };
        return;
    }
    if level == Level::Asked && state.has_wanted() {
        return;
    }
    if level == Level::Wanted && !state.has_wanted() {
        // Something else was just priced: is this instead of it?
        let priced = |line: &Line| {
            line.round < round
                && line.place().is_some_and(|place| state.quoted.contains(&place))
                && !said.found.mentions.iter().any(|mention| line.meets(mention))
        };
        let known = line
            .places
            .iter()
            .any(|place| state.quoted.contains(place) || state.offer.contains(place));
        let displaces = state.lines.iter().any(priced) && !known && !only_this(said, mention);
        state.unsettled |= displaces;
        state
            .lines
            .retain(|known| known.round == round && known.level == Level::Wanted);
    }
    let earlier = state
        .lines
        .iter()
        .any(|known| known.level == Level::Wanted && known.round < round);
    let offered = line
        .places
        .iter()
        .all(|place| is_delivery(catalog, *place) || state.offer.contains(place));
    let is_sibling = |known: &Line| {
        let shares_a_noun = |place: &Place| {
            known
                .places
                .iter()
                .any(|other| share_a_noun(catalog, *place, *other))
        };
        line.places.iter().any(shares_a_noun)
    };
    // "interior detail pls" — "$120; the full detail is $199" — "do the full one": instead of it, or with it?
    let instead = state.lines.iter().any(is_sibling);
    let asked_for_more = state.question == Question::Upsell;
    let adds = adds(said, mention) && !(instead && says_it_was_wrong(said));
    let apart = !adds && (!offered || instead) && !asked_for_more && replaced.is_none();
    if earlier && level == Level::Wanted && apart {
        // Two orders in a row: is the first one meant too?
        state.unsettled = true;
    }
    state.lines.push(line);
}

/// "pera, me enganei": what is named then stands in place of what was said before.
fn says_it_was_wrong(said: &Said) -> bool {
    said.tokens.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "enganei" | "errei" | "confundi" | "equivoque" | "erre" | "mistake" | "oops" | "ops" | "wrong"
        )
    })
}

/// "Interior detail" and "Full detail": kinds of the same.
fn share_a_noun(catalog: &Catalog, left: Place, right: Place) -> bool {
    let keys = |place| {
        catalog
            .index
            .entry(place)
            .map_or(&[][..], |entry| entry.keys.as_slice())
    };
    let is_noun = |key: &&String| key.starts_with(char::is_alphabetic);
    keys(left)
        .iter()
        .filter(is_noun)
        .any(|key| keys(right).contains(key))
}

/// "un galón de pintura" is the one that is sold by the gallon.
fn of_the_measure(catalog: &Catalog, mention: &Mention, places: Vec<Place>) -> Vec<Place> {
    let Some(measure) = mention.measure.as_deref().filter(|_| places.len() > 1) else {
        return places;
    };
    let has = |place: &Place| {
        catalog
            .index
            .entry(*place)
            .is_some_and(|entry| entry.measures.iter().any(|(_, unit)| unit == measure))
    };
    let measured: Vec<Place> = places.iter().copied().filter(has).collect();
    if measured.is_empty() { places } else { measured }
}

/// "3 o 4, mándame link", "one or two": how many is not said.
fn wavers_between_numbers(said: &Said) -> bool {
    let is_number = |at: usize| {
        said.tokens
            .get(at)
            .is_some_and(|token| token.number().is_some() && !token.money && !token.quoted)
    };
    (1..said.tokens.len())
        .any(|at| matches!(said.text(at), "o" | "ou" | "or") && is_number(at - 1) && is_number(at + 1))
}

/// "paso por él", and not "vou querer": going alone fetches nothing.
///
/// Nor does "no puedo pasar a recogerlo".
fn fetches(said: &Said) -> bool {
    said.all(Sense::Pickup).any(|hit| {
        let goes = hit.end - hit.start > 1 || !matches!(said.text(hit.start), "voy" | "vou" | "vamos");
        let (start, _) = said.clause(hit.start);
        let refused = (start..hit.start).rev().find(|at| {
            // "no yo paso por ellos" answers first.
            let answers = matches!(said.text(at + 1), "yo" | "nosotros" | "eu" | "ill" | "well");
            denies(said, *at) && !answers
        });
        // "no quiero envío yo paso": it is the delivery that is refused.
        let of_another = refused.is_some_and(|no| said.within((no, hit.start), Sense::Deliver));
        goes && (refused.is_none() || of_another) && !said.asks_at(hit.start)
    })
}

/// "no", "can't": a word that denies what follows it.
fn denies(said: &Said, at: usize) -> bool {
    wording::is_no(said, at)
        || matches!(
            said.text(at),
            "cant" | "cannot" | "wont" | "nunca" | "never" | "didnt"
        )
}

/// Adds or takes off the delivery, where the catalog has just one.
fn take_delivery(state: &mut State, said: &Said, catalog: &Catalog) {
    if fetches(said) && !said.has(Sense::Deliver) {
        if let Some(price) = state.price_without_fee.take() {
            state.price = price;
        }
        state
            .lines
            .retain(|line| !line.places.iter().all(|place| is_delivery(catalog, *place)));
        return;
    }
    let asks = said.has(Sense::AsksDelivery) && said.asks();
    if std::mem::take(&mut state.fee_asked) && consent::says_yes(said) && !said.has(Sense::No) && !said.asks()
    {
        bring(state, catalog);
        return;
    }
    let brings = said.all(Sense::Deliver).any(|hit| !said.is_negated(hit.start)) && !asks;
    let Some(place) = delivery_item(catalog) else {
        return;
    };
    let there = state.lines.iter().any(|line| line.place() == Some(place));
    let offered = state.offer.contains(&place) || state.question == Question::Delivery;
    if brings
        && !there
        && !state.free_delivery
        && state.has_wanted()
        && (offered || said.found.mentions.is_empty())
    {
        state.lines.push(Line::of_place(place, 1, state.round));
    }
}

/// The customer said yes to "¿te lo mando? son 25": what the shop said of the price holds with the fee.
fn bring(state: &mut State, catalog: &Catalog) {
    let (Some(place), Some(price)) = (delivery_item(catalog), state.price_without_fee.take()) else {
        return;
    };
    state.price = price;
    for at in selected_positions(state, catalog) {
        if let Some(line) = state.lines.get_mut(at) {
            line.level = Level::Wanted;
        }
        let known = state.lines.get(at).and_then(Line::place);
        state.quoted.extend(known);
    }
    state.quoted.insert(place);
    // "mándemela, con la entrega" says it twice.
    state.lines.retain(|line| line.place() != Some(place));
    state.lines.push(Line::of_place(place, 1, state.round));
}

/// "$268.000, el flete le sale en $20.000 si quiere" — "sí, …": the yes may be to the delivery as well.
fn takes_what_was_offered_apart(state: &State, said: &Said, catalog: &Catalog) -> bool {
    let Some(place) = delivery_item(catalog) else {
        return false;
    };
    let ordered = state.lines.iter().any(|line| line.places.contains(&place));
    let asked = matches!(state.question, Question::None | Question::Other);
    let opens_with_yes = said.all(Sense::Yes).any(|hit| hit.start == 0) || consent::is_yes(said, 0);
    let declines = said.has(Sense::Pickup) || said.has(Sense::No);
    let offered = state.offer.contains(&place) && state.quoted.contains(&place);
    offered && asked && !ordered && !declines && opens_with_yes && said.found.mentions.is_empty()
}

/// Takes the customer's agreement, or its withdrawal, in.
fn agree(state: &mut State, said: &Said, verdict: Verdict, corrected: bool, at: usize, catalog: &Catalog) {
    let verdict = match verdict {
        // "en 7 mil y las pago" agrees to a price that nobody gave.
        Verdict::Agrees(_) if guards::names_own_price(said, state, catalog, None) => {
            Verdict::Doubts(Doubt::Conditional)
        }
        // The shop said that it does not know yet.
        Verdict::Agrees(_) if state.checks => Verdict::Neither,
        Verdict::Agrees(Consent::Accept) if state.brings && only_takes_along(said) => Verdict::Neither,
        verdict => verdict,
    };
    match verdict {
        Verdict::Agrees(consent) => {
            let counts = match consent {
                // "déjame pensarlo" … "sí, gracias": the yes is to what was just put off.
                Consent::Yes if puts_it_off(state) => false,
                Consent::Yes => {
                    let only_yes = says_only_yes(said);
                    let answered = state.pays_once_answered
                        && state.question == Question::None
                        && state.price == Price::Verified
                        && only_yes;
                    // "9.960" — "sí, dale": nothing else was said that it could answer.
                    let to_the_total = state.question == Question::None
                        && state.ends_with_total
                        && state.price == Price::Verified
                        && state.price_turn.is_some_and(|turn| turn + 1 == at)
                        && state.has_wanted()
                        && only_yes;
                    (state.question == Question::Confirm || answered || to_the_total) && !corrected
                }
                Consent::Accept => !(corrected && state.price == Price::Unsaid),
                Consent::Pay => true,
            };
            if counts {
                state.consent = state.consent.max(Some((consent, at)));
                state.doubt = None;
                select_asked(state, said, catalog);
            }
        }
        Verdict::Doubts(doubt) => {
            state.consent = None;
            state.doubt = Some(doubt);
            state.pays_once_answered = doubt == Doubt::Question
                && said
                    .all(Sense::Pay)
                    .any(|hit| !said.is_negated(hit.start) && !said.asks_at(hit.start));
            if doubt == Doubt::Cancelled && counts_anew(state, said) {
                state.doubt = None;
            } else if doubt == Doubt::Cancelled {
                let kept = kept_after_cancel(state, said);
                state.forget_order();
                if !kept.is_empty() {
                    state.lines = kept;
                    state.doubt = None;
                }
            }
        }
        Verdict::Neither => {
            // A yes to the shop's question stands only if the order does.
            if corrected && state.consent.is_some_and(|(consent, _)| consent != Consent::Pay) {
                state.consent = None;
            }
        }
    }
    if said.tokens.iter().any(Token::is_word) && state.fit_is_lost(catalog) {
        state.unsettled |= state.price != Price::Verified && state.price != Price::Quoted;
    }
}

/// Returns whether the customer put the order off since the shop last wrote.
fn puts_it_off(state: &State) -> bool {
    matches!(
        state.doubt,
        Some(Doubt::Later | Doubt::Hold | Doubt::Cancelled | Doubt::Conditional)
    )
}

/// "oh wait, Jess can't make it, 3": not one less at all, but so many.
fn counts_anew(state: &mut State, said: &Said) -> bool {
    let end = said.all(Sense::Cancel).map(|hit| hit.end).max().unwrap_or(0);
    let mut alone = said.found.bare.iter().filter(|(token, _)| {
        let (start, stop) = said.clause(*token);
        let fillers = (start..stop).filter(|at| *at != *token).all(|at| {
            matches!(
                said.text(at),
                "so" | "just"
                    | "only"
                    | "solo"
                    | "nomas"
                    | "somos"
                    | "seriamos"
                    | "vamos"
                    | "van"
                    | "entonces"
                    | "then"
                    | "entao"
                    | "mejor"
                    | "make"
                    | "it"
                    | "of"
                    | "us"
                    | "we"
                    | "are"
                    | "were"
                    | "que"
                    | "sean"
                    | "seremos"
                    | "fica"
                    | "ficam"
            )
        });
        *token >= end && fillers
    });
    let (Some((_, number)), None) = (alone.next(), alone.next()) else {
        return false;
    };
    match state.lines.as_mut_slice() {
        [line] if (1..=50).contains(number) => {
            line.quantity = Quantity::Said(*number);
            line.round = state.round;
            state.price = Price::Unsaid;
            true
        }
        _ => false,
    }
}

/// "iba a ir con mi novio pero ya no, solo yo para cenotes": what is named after it stays.
fn kept_after_cancel(state: &State, said: &Said) -> Vec<Line> {
    let end = said.all(Sense::Cancel).map(|hit| hit.end).max().unwrap_or(0);
    let mut named = said.found.mentions.iter().filter(|mention| {
        mention.start >= end && said.in_clause(mention.start, Sense::Only) && !is_dropped(said, mention)
    });
    let Some(mention) = named.next() else {
        return Vec::new();
    };
    let lines = state.lines.iter().filter(|line| line.meets(mention));
    lines.cloned().collect()
}

/// "ya lo llevo" answers "tráigalo": it brings, and buys nothing.
fn only_takes_along(said: &Said) -> bool {
    said.all(Sense::Accept).all(|hit| {
        (hit.start..hit.end).any(|at| matches!(said.text(at), "llevo" | "llevamos" | "levo" | "levamos"))
    })
}

/// "sí, agrégalas": takes what the shop offered on top.
fn take_upsell(state: &mut State, said: &Said, catalog: &Catalog) {
    if state.question != Question::Upsell || !said.found.mentions.is_empty() {
        return;
    }
    let declines = said.has(Sense::No) || said.has(Sense::Cancel) || said.has(Sense::Done);
    // "ok, send it over" may answer the offer or the order.
    let orders = said.has(Sense::Pay) || said.has(Sense::Accept);
    let agrees = consent::says_yes(said) && (!orders || takes_expressly(said)) || extras::adds_it(said);
    if declines || !agrees {
        return;
    }
    let offered: Vec<Place> = state.offer.clone();
    for place in offered {
        let there = state.lines.iter().any(|line| line.places.contains(&place));
        if !there && !is_delivery(catalog, place) {
            state.lines.push(Line::of_place(place, 1, state.round));
        }
    }
}

/// "sí dale", "yes please": nothing stands beside the yes, and no "claro", which only follows along.
pub(crate) fn says_only_yes(said: &Said) -> bool {
    let is_yes_word = |at: usize| {
        consent::is_yes(said, at)
            || matches!(
                said.text(at),
                "si" | "sim"
                    | "yes"
                    | "yeah"
                    | "yep"
                    | "yup"
                    | "sip"
                    | "simon"
                    | "dale"
                    | "hagale"
                    | "fechado"
                    | "fechou"
            )
    };
    let may_stand_beside = |at: usize| {
        let word = said.text(at);
        crate::vocabulary::is_vocative(word)
            || matches!(
                word,
                "please"
                    | "porfa"
                    | "por"
                    | "favor"
                    | "ok"
                    | "okay"
                    | "va"
                    | "perfecto"
                    | "perfeito"
                    | "perfect"
            )
    };
    let mut words = (0..said.tokens.len()).filter(|at| said.tokens.get(*at).is_some_and(Token::is_word));
    let says_yes = (0..said.tokens.len()).any(is_yes_word);
    says_yes && !said.asks() && words.all(|at| is_yes_word(at) || may_stand_beside(at))
}

/// "sí, y mándame el link", "quero sim, tudo": no mere "ok" before something else.
fn takes_expressly(said: &Said) -> bool {
    said.has(Sense::Both)
        || (0..said.tokens.len()).any(|at| {
            consent::is_yes(said, at)
                || matches!(
                    said.text(at),
                    "sim" | "yes" | "yeah" | "yep" | "yup" | "claro" | "quero" | "sip" | "simon"
                )
        })
}

/// Agreement makes an order of what was only asked about.
fn select_asked(state: &mut State, said: &Said, catalog: &Catalog) {
    if state.has_wanted() {
        return;
    }
    let chosen = selected_positions(state, catalog);
    // Several were on the table and nobody said which.
    if chosen.len() > 1
        && said.found.mentions.is_empty()
        && !said.has(Sense::Both)
        && said.found.group.is_none()
    {
        let one_order = state.together.is_some_and(|round| {
            chosen
                .iter()
                .all(|at| state.lines.get(*at).is_some_and(|line| line.round >= round))
        });
        let asked_together = chosen.len() == state.lines.len() && state.question == Question::Confirm;
        if !asked_together && !one_order {
            state.unsettled = true;
        }
    }
    for at in chosen {
        if let Some(line) = state.lines.get_mut(at) {
            line.level = Level::Wanted;
        }
    }
}

impl State {
    fn fit_is_lost(&self, catalog: &Catalog) -> bool {
        self.selected(catalog).iter().any(|line| line.fit == Fit::Loose)
    }
}
