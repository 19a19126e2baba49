//! Whether a WhatsApp cart is still all that the customer wants.

use crate::catalog::Catalog;
use crate::consent;
use crate::conversation::{Conversation, Role, Turn};
use crate::customer::says_only_yes;
use crate::decide::language_of_conversation;
use crate::grant::readings;
use crate::mention::Context;
use crate::read::{Language, Sense, Token};
use crate::said::Said;
use crate::shop::asks_for_a_yes_at_most;

/// Returns whether nothing but a plain yes was said since the cart that came with turn `at`.
///
/// `total_minor` is the cart's own sum: the shop may have said that amount, and no other number. Whatever
/// adds, changes, asks or can't be read since then makes it another order, which a person should look at.
pub fn cart_stands(
    catalog: &Catalog,
    conversation: &Conversation,
    at: usize,
    total_minor: Option<i64>,
) -> bool {
    let language = language_of_conversation(catalog, conversation);
    let is_cart = conversation
        .turns
        .get(at)
        .is_some_and(|turn| turn.order.is_some());
    let mut since = conversation.turns.iter().skip(at + 1);
    is_cart
        && since.all(|turn| {
            let said = Said::of(turn, language, catalog, &Context::default());
            match turn.role {
                Role::Customer => is_plain_yes(turn, &said),
                Role::Shop => leaves_the_cart(&said, catalog, total_minor),
            }
        })
}

/// "sí por favor", "yes, send me the link": a yes, the link, and nothing that it could be about instead.
fn is_plain_yes(turn: &Turn, said: &Said) -> bool {
    let reads = turn.order.is_none() && !turn.media && !turn.forwarded && !said.quotes;
    reads && (says_only_yes(said) || asks_for_the_link(said))
}

/// "mándame el link porfa": the words of a link and of sending it, and a yes before them.
fn asks_for_the_link(said: &Said) -> bool {
    let is_link = |at: usize| matches!(said.text(at), "link" | "liga" | "enlace" | "linkcito");
    let belongs = |at: usize| {
        let word = said.text(at);
        let sends = matches!(
            word,
            "manda"
                | "mandame"
                | "mandeme"
                | "mande"
                | "mandas"
                | "pasame"
                | "paseme"
                | "pasa"
                | "envia"
                | "enviame"
                | "envie"
                | "send"
                | "passa"
                | "pode"
                | "mandar"
                | "me"
                | "el"
                | "o"
                | "la"
                | "the"
                | "si"
                | "sim"
                | "yes"
                | "ok"
                | "y"
                | "e"
                | "and"
                | "dale"
                | "porfa"
                | "por"
                | "favor"
                | "please"
                | "pf"
        );
        is_link(at) || sends || crate::vocabulary::is_vocative(word)
    };
    let words: Vec<usize> = (0..said.tokens.len())
        .filter(|at| said.tokens.get(*at).is_some_and(Token::is_word))
        .collect();
    let if_any = said.language != Language::English
        && words.iter().any(|at| said.text(*at) == "si")
        && !words.iter().any(|at| consent::is_yes(said, *at));
    words.iter().any(|at| is_link(*at))
        && words.iter().all(|at| belongs(*at))
        && !if_any
        && has_no_number(said)
}

fn has_no_number(said: &Said) -> bool {
    said.tokens.iter().all(|token| token.number().is_none())
}

/// "¡Claro! Son $450, ¿te mando el link?": the shop names the cart's sum at most, and asks for no more than a yes.
fn leaves_the_cart(said: &Said, catalog: &Catalog, total_minor: Option<i64>) -> bool {
    let is_the_total = |token: &Token| match (token.number(), total_minor) {
        (None, _) => true,
        (Some(number), Some(total)) => readings(catalog, number).contains(&total),
        (Some(_), None) => false,
    };
    let otherwise = said.has_any(&[
        Sense::SoldOut,
        Sense::Deny,
        Sense::No,
        Sense::Deliver,
        Sense::AsksDelivery,
        Sense::Off,
        Sense::FreeDelivery,
        Sense::NewPrice,
        Sense::Hedge,
        Sense::Cash,
    ]);
    said.tokens.iter().all(is_the_total)
        && said.found.mentions.is_empty()
        && !otherwise
        && !consent::is_conditional(said, (0, said.tokens.len()))
        && asks_for_a_yes_at_most(said)
}
