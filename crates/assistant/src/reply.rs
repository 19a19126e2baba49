//! Drafts in the customer's language: a person reads them before they are sent.

use std::collections::HashSet;
use std::fmt::Write as _;

use cobro_stripe::{Marks, Money};

use crate::catalog::Place;
use crate::decide::Desk;
use crate::order::places_meant;
use crate::proposal::{Decision, ProposedCharge, Why};
use crate::read::{Language, Sense};
use crate::residue;
use crate::said::Said;

/// Returns the order said back, with its total and a question.
pub(crate) fn recap(desk: &Desk<'_>, charge: &ProposedCharge) -> String {
    let language = desk.state.language;
    let mut text = String::new();
    for line in &charge.lines {
        let name = desk
            .catalog
            .items()
            .iter()
            .find(|item| item.id == line.item)
            .map_or(line.item.as_str(), |item| item.name.as_str());
        let _ = writeln!(
            text,
            "{} × {name}: {}",
            line.quantity,
            times(line.unit_price, line.quantity, language)
        );
    }
    if charge.discount.minor() > 0 {
        let _ = writeln!(
            text,
            "{}: −{}",
            discount_word(language),
            amount(charge.discount, language)
        );
    }
    let closing = match language {
        Language::Spanish => "¿Confirmas?",
        Language::Portuguese => "Posso confirmar?",
        Language::English => "Shall I go ahead?",
    };
    let _ = write!(text, "Total: {}. {closing}", amount(charge.total, language));
    text
}

/// Asks which of the options is meant.
pub(crate) fn which_option(desk: &Desk<'_>) -> Decision {
    let open = desk
        .state
        .selected(desk.catalog)
        .into_iter()
        .find(|line| line.places.len() > 1);
    let Some(line) = open else {
        return Decision::Nothing;
    };
    let ask = match desk.state.language {
        Language::Spanish => "¿Cuál de estos?",
        Language::Portuguese => "Qual destes?",
        Language::English => "Which of these?",
    };
    Decision::Reply(format!("{ask}\n{}", listed(desk, &line.places)))
}

/// Answers what the customer asks, from the catalog or the shop's own answers.
pub(crate) fn to_question(desk: &Desk<'_>) -> Decision {
    if let Some(answer) = from_faq(desk) {
        return Decision::Reply(answer);
    }
    let answers = &desk.rules.answers;
    let own = [
        (Sense::AsksHours, &answers.hours),
        (Sense::AsksPlace, &answers.place),
        (Sense::AsksPayment, &answers.payment),
        (Sense::Instalments, &answers.instalments),
        (Sense::Policy, &answers.returns),
        (Sense::AsksDelivery, &answers.delivery),
    ];
    let own = own.iter().find(|(sense, _)| desk.burst_has(*sense));
    if let Some((sense, answer)) = own {
        if let Some(text) = answer {
            return Decision::Reply(text.clone());
        }
        if *sense == Sense::AsksDelivery {
            return delivery(desk);
        }
        // The shop has not said what to answer: a person does.
        return Decision::Nothing;
    }
    let asks = [Sense::AsksPrice, Sense::AsksStock, Sense::AsksOptions]
        .iter()
        .any(|sense| desk.burst_has(*sense));
    if !asks {
        return Decision::Nothing;
    }
    about_items(desk)
}

/// Returns the shop's own answer, where the customer asks with all the words of one of its phrases.
fn from_faq(desk: &Desk<'_>) -> Option<String> {
    if desk.rules.faq.is_empty() {
        return None;
    }
    let index = &desk.catalog.index;
    let asked: HashSet<String> = desk
        .burst
        .iter()
        .filter(|(_, said)| said.asks() || said.has(Sense::Asks) || said.has(Sense::AsksStock))
        .flat_map(|(_, said)| said.tokens.iter().filter(|token| !token.quoted))
        .map(|token| index.key_of_word(&token.text))
        .collect();
    let is_asked = |phrase: &str| {
        let words: Vec<String> = crate::read::tokens_of(phrase)
            .into_iter()
            .filter(|token| token.is_word() && !crate::vocabulary::is_stop(&token.text))
            .map(|token| index.key_of_word(&token.text))
            .collect();
        !words.is_empty() && words.iter().all(|word| asked.contains(word))
    };
    desk.rules
        .faq
        .iter()
        .find(|entry| entry.about.split([',', '\n', ';']).any(is_asked))
        .map(|entry| entry.answer.clone())
}

fn about_items(desk: &Desk<'_>) -> Decision {
    let mut places: Vec<Place> = desk
        .burst
        .iter()
        .flat_map(|(_, said)| &said.found.mentions)
        .flat_map(|mention| places_meant(desk.catalog, mention))
        .collect();
    if places.is_empty() {
        let offers_all = desk.burst_has(Sense::AsksOptions) || desk.burst_has(Sense::AsksPrice);
        places = if desk.state.topic.is_empty() && offers_all && desk.catalog.items().len() <= 12 {
            (0..).map(Place).take(desk.catalog.items().len()).collect()
        } else {
            desk.state.topic.clone()
        };
    }
    places.sort_unstable();
    places.dedup();
    if places.is_empty() || places.len() > 12 {
        return Decision::Nothing;
    }
    Decision::Reply(listed(desk, &places))
}

fn delivery(desk: &Desk<'_>) -> Decision {
    match crate::dialogue::delivery_item(desk.catalog) {
        Some(place) => Decision::Reply(listed(desk, &[place])),
        None => Decision::Nothing,
    }
}

/// Thanks for a payment, and asks where to send the goods if the shop delivers: once, soon after it, and only where
/// the customer has spoken of nothing else. What is asked is answered, or left to a person.
pub(crate) fn after_payment(desk: &Desk<'_>) -> (Decision, Why) {
    let asked = to_question(desk);
    if asked != Decision::Nothing {
        return (asked, Why::PaidAsks);
    }
    let (state, language) = (desk.state, desk.state.language);
    let closes = desk.burst_has(Sense::Thanks) && !desk.burst_has(Sense::Paid);
    if !desk.burst.iter().all(|(_, said)| belongs_to_a_payment(said)) {
        return (Decision::Nothing, Why::PaidAsks);
    }
    if closes || !state.paid_lately || state.answered && !desk.burst.is_empty() {
        return (Decision::Nothing, Why::PaidDone);
    }
    let delivered = state
        .last
        .iter()
        .any(|(place, _)| crate::dialogue::is_delivery(desk.catalog, *place));
    let asks_where = delivered && !speaks_of_address(desk);
    let thanks = match language {
        Language::Spanish => "¡Gracias por tu compra!",
        Language::Portuguese => "Obrigado pela compra!",
        Language::English => "Thank you for your order!",
    };
    let text = match (state.answered, asks_where) {
        (false, true) => format!("{thanks} {}", where_to(language)),
        (false, false) => thanks.to_owned(),
        (true, true) => where_to(language).to_owned(),
        (true, false) => return (Decision::Nothing, Why::PaidDone),
    };
    (Decision::Reply(text), Why::Paid)
}

/// "ya pagué", "listo", "a nombre de Ana": nothing is asked, wanted or told beside it.
fn belongs_to_a_payment(said: &Said) -> bool {
    const OTHERWISE: &[Sense] = &[
        Sense::Want,
        Sense::Asks,
        Sense::Policy,
        Sense::Same,
        Sense::SameLast,
        Sense::Cancel,
    ];
    let is_understood = said.has(Sense::Paid) || !residue::is_left(said, 0);
    !said.asks()
        && !said.has_any(OTHERWISE)
        && !said.has_any(Sense::QUESTIONS)
        && said.found.mentions.is_empty()
        && is_understood
}

fn where_to(language: Language) -> &'static str {
    match language {
        Language::Spanish => "¿A qué dirección lo enviamos?",
        Language::Portuguese => "Para qual endereço enviamos?",
        Language::English => "Which address should we send it to?",
    }
}

/// Returns whether either side has written of an address: then it need not be asked for.
fn speaks_of_address(desk: &Desk<'_>) -> bool {
    const WORDS: &[&str] = &[
        "direccion",
        "dirección",
        "endereco",
        "endereço",
        "address",
        "calle",
        "rua ",
        "street",
        "colonia",
        "bairro",
        "ubicacion",
        "ubicación",
    ];
    desk.conversation.turns.iter().any(|turn| {
        let text = turn.text.to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    })
}

fn listed(desk: &Desk<'_>, places: &[Place]) -> String {
    let lines: Vec<String> = places
        .iter()
        .filter_map(|place| desk.catalog.item(*place))
        .filter(|item| item.available)
        .map(|item| format!("{}: {}", item.name, amount(item.price, desk.state.language)))
        .collect();
    lines.join("\n")
}

fn discount_word(language: Language) -> &'static str {
    match language {
        Language::Spanish => "Descuento",
        Language::Portuguese => "Desconto",
        Language::English => "Discount",
    }
}

fn times(price: Money, quantity: u32, language: Language) -> String {
    let minor = price.minor().saturating_mul(i64::from(quantity));
    Money::from_minor(minor, price.currency()).map_or_else(|_| String::from("?"), |sum| amount(sum, language))
}

/// Returns the amount as the shop's other messages write it; `shop` reads it back as it is.
fn amount(money: Money, language: Language) -> String {
    money.written(match language {
        Language::English => Marks::POINT,
        Language::Spanish | Language::Portuguese => Marks::COMMA,
    })
}

#[cfg(test)]
mod tests {
    use cobro_stripe::Currency;
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{Catalog, Item};
    use crate::grant::readings;
    use crate::read::{Token, join_numbers, tokens_of};

    /// Currencies that shops of ours use, and some with no decimals, with three, and with ones that nobody writes.
    const CURRENCIES: [&str; 26] = [
        "MXN", "COP", "BRL", "ARS", "CLP", "PEN", "UYU", "CRC", "DOP", "GTQ", "USD", "EUR", "GBP", "CAD",
        "AUD", "HNL", "NIO", "PAB", "PYG", "BOB", "JPY", "ISK", "UGX", "HUF", "KWD", "TND",
    ];
    /// The last of these have codes that the rules do not know for money.
    const KNOWN: usize = 20;

    proptest! {
        #[test]
        fn what_a_draft_writes_is_read_back_to_the_minor_unit(
            at in 0..CURRENCIES.len(),
            minor in prop_oneof![0..100_000_i64, 0..1_000_000_000_000_i64],
            language in prop_oneof![
                Just(Language::Spanish), Just(Language::Portuguese), Just(Language::English)
            ],
        ) {
            let code = CURRENCIES.get(at).copied().unwrap_or_default();
            let currency = Currency::from_code(code).unwrap();
            let money = Money::from_minor(minor, currency).unwrap();
            let catalog = Catalog::new(currency, vec![Item::new("cake", "Torta", money)]).unwrap();
            let written = amount(money, language);
            let mut tokens = tokens_of(&format!("Torta: {written}. ¿Confirmas?"));
            join_numbers(&mut tokens, language);
            let numbers: Vec<&Token> = tokens.iter().filter(|token| token.number().is_some()).collect();
            let [token] = numbers.as_slice() else {
                return Err(TestCaseError::fail(format!("{written}: {numbers:?}")));
            };
            let read = token.number().and_then(|number| readings(&catalog, number).first().copied());
            prop_assert_eq!(read, Some(minor), "{}", written);
            prop_assert!(token.money || at >= KNOWN, "{} is no money", written);
        }
    }
}
