//! Words that say a card is meant, and how near they are.

use std::ops::Range;

/// How far a word reaches, in bytes.
const REACH: usize = 100;

const CARD_WORDS: &[&str] = &[
    "tarjeta",
    "tarjetas",
    "tarj",
    "cartao",
    "cartão",
    "cartoes",
    "cartões",
    "card",
    "cards",
    "creditcard",
    "vence",
    "vencimiento",
    "vencimento",
    "validade",
    "vigencia",
    "caduca",
    "caducidad",
    "expira",
    "expires",
    "expiry",
    "visa",
    "mastercard",
    "amex",
];

const CODE_WORDS: &[&str] = &[
    "cvv",
    "cvc",
    "cvn",
    "cid",
    "csc",
    "código",
    "codigo",
    "seguridad",
    "segurança",
    "security",
];

/// Returns whether a word near `span` calls it a card.
pub(super) fn near(text: &str, span: &Range<usize>) -> bool {
    says_card(before(text, span.start)) || says_card(after(text, span.end))
}

/// Returns whether `text` has a word that calls something a card.
pub(super) fn says_card(text: &str) -> bool {
    words(text).any(|word| is_one_of(word, CARD_WORDS) || is_one_of(word, &["cvv", "cvc"]))
}

/// Returns whether `text` speaks of a telephone's serial number, which passes Luhn too.
pub(super) fn says_imei(text: &str) -> bool {
    words(text).any(|word| is_one_of(word, &["imei"]))
}

/// Returns whether the words just before `at` ask for a security code.
pub(super) fn code_announced(text: &str, at: usize) -> bool {
    let head = before(text, at);
    let start = head.floor_char_boundary(head.len().saturating_sub(24));
    let tail = head.get(start..).unwrap_or_default();
    let tail = tail
        .rsplit(|c: char| c.is_ascii_digit() && c != '2')
        .next()
        .unwrap_or_default();
    words(tail).any(|word| is_one_of(word, CODE_WORDS))
}

pub(super) fn before(text: &str, at: usize) -> &str {
    let start = text.floor_char_boundary(at.saturating_sub(REACH));
    text.get(start..at).unwrap_or_default()
}

pub(super) fn after(text: &str, at: usize) -> &str {
    let end = text.floor_char_boundary(at.saturating_add(REACH));
    text.get(at..end).unwrap_or_default()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    let word = word.to_lowercase();
    list.contains(&word.as_str())
}
