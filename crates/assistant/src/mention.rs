//! Finds the items that a message speaks of, with their quantities and options.

mod keys;
mod numbers;
mod unnamed;
mod words;

pub(crate) use unnamed::is_possessive;

use crate::catalog::{Catalog, Place};
use crate::read::{Kind, Token};

/// The key of everything that brings goods to somebody.
const DELIVERY: &str = "~delivery";

/// How well a mention's words fit the items it may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Every word about the item is in its name.
    Exact,
    /// A word about it is in no name: a flavour nobody listed.
    Loose,
    /// It names a size, colour or model that these items do not have.
    Clash,
}

/// How many, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) number: u32,
    pub(crate) unit: Unit,
    /// It was an article ("una"), which may not be meant as a number.
    pub(crate) article: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing, or a container: two boxes are two.
    Each,
    /// Before the word for the pieces of a pack: two cupcakes are not two boxes.
    Piece,
    /// Pieces that were counted in dozens or hundreds.
    Pieces,
    /// Kilos, litres and other measures.
    Measured,
    /// Half of something that is not halved.
    Fraction,
}

/// One item, or several that the words do not tell apart.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) places: Vec<Place>,
    pub(crate) keys: Vec<String>,
    pub(crate) count: Option<Count>,
    pub(crate) measure: Option<String>,
    pub(crate) fit: Fit,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// It has no noun of its own: "la M", "el de 20".
    pub(crate) option_only: bool,
    /// "otra", "one more": added to what is there.
    pub(crate) another: bool,
}

/// What a message says about goods.
#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    pub(crate) mentions: Vec<Mention>,
    /// Goods that are in no catalog name, by token.
    pub(crate) unknown: Vec<usize>,
    /// Numbers that belong to no item: (token, number).
    pub(crate) bare: Vec<(usize, u32)>,
    /// "los 3": as many as there are.
    pub(crate) group: Option<u32>,
    /// Numbers that are a time or a date, by token.
    pub(crate) uncounted: Vec<usize>,
}

/// What was spoken of before: it gives "la M" a noun.
#[derive(Debug, Default, Clone)]
pub(crate) struct Context {
    /// Items that wait for an option.
    pub(crate) pending: Vec<Place>,
    /// Items last spoken of.
    pub(crate) topic: Vec<Place>,
}

/// Finds what `tokens` say about the catalog's items.
pub(crate) fn find(catalog: &Catalog, tokens: &[Token], context: &Context) -> Found {
    let mut walk = Walk {
        catalog,
        tokens,
        context,
        found: Found::default(),
        current: None,
        count: None,
        apart: true,
        last_key: 0,
        another: false,
        grouped: None,
        ahead: Vec::new(),
    };
    let mut at = 0;
    while at < tokens.len() {
        at = walk.step(at);
    }
    walk.close();
    walk.drop_count();
    walk.found
}

struct Walk<'a> {
    catalog: &'a Catalog,
    tokens: &'a [Token],
    context: &'a Context,
    found: Found,
    current: Option<Mention>,
    /// A number that waits for its item, with its token.
    count: Option<(usize, Count, Option<String>)>,
    /// Whether "y", a comma or a number stands since the last key.
    apart: bool,
    last_key: usize,
    another: bool,
    /// The number of "los 3", which counts what is there.
    grouped: Option<usize>,
    /// Options that came before their noun: "large pepperoni".
    ahead: Vec<(usize, String)>,
}

impl Walk<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn text_before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.text(before))
    }

    /// Reads the token at `at` and returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let Some(token) = self.tokens.get(at) else {
            return at + 1;
        };
        match token.kind {
            Kind::Mark(mark) => {
                if token.divides() {
                    self.ahead.clear();
                }
                self.apart |= token.divides();
                if matches!(mark, '.' | '?' | '!' | '\n' | ';') {
                    self.close();
                    self.drop_count();
                }
                at + 1
            }
            Kind::Number(_) if token.money => {
                self.apart = true;
                at + 1
            }
            Kind::Number(number) => self.number(at, number),
            Kind::Word => {
                self.word(at);
                at + 1
            }
        }
    }
}

/// Returns what both lists have, in the order of the first.
pub(crate) fn common(left: &[Place], right: &[Place]) -> Vec<Place> {
    left.iter()
        .filter(|place| right.binary_search(place).is_ok())
        .copied()
        .collect()
}
