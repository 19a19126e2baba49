//! Reading: text to tokens, tokens to phrases, without knowing the catalog.

mod guard;
mod language;
mod lexicon;
mod number;
mod token;

pub(crate) use guard::guard;
pub use language::Language;
pub(crate) use language::language_of;
pub(crate) use lexicon::{Hit, Sense, hits, is_phrase_word, knows};
pub(crate) use number::Decimal;
pub(crate) use token::{Kind, Token, drop_repeated_numbers, is_currency_word, join_numbers, tokens_of};
