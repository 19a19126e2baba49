//! One message, read: tokens, phrases, and the goods it speaks of.

use crate::catalog::Catalog;
use crate::conversation::{Role, Turn};
use crate::mention::{Context, Found, Mention, find, is_possessive};
use crate::read::{
    Decimal, Hit, Kind, Language, Sense, Token, drop_repeated_numbers, guard, hits, join_numbers, tokens_of,
};

/// A message as the rules see it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) tokens: Vec<Token>,
    pub(crate) hits: Vec<Hit>,
    pub(crate) found: Found,
    pub(crate) language: Language,
    pub(crate) card: bool,
    pub(crate) plays_a_part: bool,
    /// Part of it was quoted or forwarded, and is not the customer's word.
    pub(crate) quotes: bool,
}

/// Returns the message's tokens; what others said is marked as quoted.
pub(crate) fn tokens_of_turn(turn: &Turn, language: Language) -> (Vec<Token>, bool, bool) {
    if turn.role == Role::Shop {
        let mut tokens = tokens_of(&turn.text);
        // The shop's own quotation marks take nothing back.
        for token in &mut tokens {
            token.quoted = false;
        }
        join_numbers(&mut tokens, language);
        return (tokens, false, false);
    }
    let guarded = guard(&turn.text);
    let forwarded_from = if turn.forwarded {
        Some(0)
    } else {
        guarded.forwarded_from
    };
    let own = guarded
        .text
        .get(..forwarded_from.unwrap_or(guarded.text.len()))
        .unwrap_or_default();
    let others = guarded.text.get(own.len()..).unwrap_or_default();
    let mut tokens = tokens_of(own);
    let mut forwarded = tokens_of(others);
    for token in &mut forwarded {
        token.quoted = true;
    }
    tokens.append(&mut forwarded);
    join_numbers(&mut tokens, language);
    (tokens, guarded.card, guarded.plays_a_part)
}

impl Said {
    pub(crate) fn of(turn: &Turn, language: Language, catalog: &Catalog, context: &Context) -> Self {
        let (mut tokens, card, plays_a_part) = tokens_of_turn(turn, language);
        drop_repeated_numbers(&mut tokens, |rest| begins_a_name(rest, language, catalog));
        let mut hits = hits(&tokens, language);
        hits.retain(|hit| hit.sense != Sense::Offer || is_offer(&tokens, hit));
        let quotes = tokens.iter().any(|token| token.quoted);
        let own: Vec<Token> = tokens
            .iter()
            .map(|token| if token.quoted { blank() } else { token.clone() })
            .collect();
        let mut found = find(catalog, &own, context);
        found.mentions.retain(|mention| !is_whose_it_is(&tokens, mention));
        Self {
            tokens,
            hits,
            found,
            language,
            card,
            plays_a_part,
            quotes,
        }
    }

    pub(crate) fn has(&self, sense: Sense) -> bool {
        self.hits.iter().any(|hit| hit.sense == sense)
    }

    pub(crate) fn has_any(&self, senses: &[Sense]) -> bool {
        self.hits.iter().any(|hit| senses.contains(&hit.sense))
    }

    pub(crate) fn all(&self, sense: Sense) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.sense == sense)
    }

    pub(crate) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// Returns the tokens `start..end` of the clause around `at`.
    pub(crate) fn clause(&self, at: usize) -> (usize, usize) {
        self.around(at, Token::divides)
    }

    /// Returns the tokens `start..end` of the sentence around `at`.
    pub(crate) fn sentence(&self, at: usize) -> (usize, usize) {
        self.around(at, Token::ends_sentence)
    }

    fn around(&self, at: usize, ends: impl Fn(&Token) -> bool) -> (usize, usize) {
        let start = self
            .tokens
            .iter()
            .take(at)
            .rposition(&ends)
            .map_or(0, |before| before + 1);
        let end = self
            .tokens
            .iter()
            .enumerate()
            .skip(at)
            .find(|(_, token)| ends(token))
            .map_or(self.tokens.len(), |(after, _)| after);
        (start, end)
    }

    pub(crate) fn in_clause(&self, at: usize, sense: Sense) -> bool {
        self.within(self.clause(at), sense)
    }

    pub(crate) fn in_sentence(&self, at: usize, sense: Sense) -> bool {
        self.within(self.sentence(at), sense)
    }

    pub(crate) fn within(&self, (start, end): (usize, usize), sense: Sense) -> bool {
        self.all(sense).any(|hit| hit.start >= start && hit.start < end)
    }

    /// Returns whether the sentence around `at` is a question.
    pub(crate) fn asks_at(&self, at: usize) -> bool {
        let (_, end) = self.sentence(at);
        self.tokens.get(end).is_some_and(|token| token.is_mark('?'))
    }

    pub(crate) fn asks(&self) -> bool {
        self.tokens.iter().any(|token| token.is_mark('?'))
    }

    /// Returns whether a "no" stands right before `at` in its clause.
    pub(crate) fn is_negated(&self, at: usize) -> bool {
        let (start, _) = self.clause(at);
        (start..at).rev().take(2).any(|before| {
            matches!(
                self.text(before),
                "no" | "nao"
                    | "not"
                    | "dont"
                    | "ni"
                    | "nunca"
                    | "tampoco"
                    | "never"
                    | "didnt"
                    | "wont"
                    | "cant"
                    | "nem"
            ) && !self.is_portuguese_in(before)
        })
    }

    /// "no" before a noun in Portuguese is "in the": told by the phrases, not here.
    fn is_portuguese_in(&self, at: usize) -> bool {
        self.text(at) == "no" && !self.all(Sense::No).any(|hit| hit.start == at)
    }

    /// "se me acabó el agua", "acabou o gás", "we're out of coffee": the customer's own is used up, which is why they write.
    pub(crate) fn runs_out_at(&self, at: usize) -> bool {
        let is_own = |at: usize| {
            matches!(
                self.text(at),
                "were" | "we" | "im" | "am" | "are" | "ran" | "run" | "running" | "been" | "all"
            )
        };
        let by_shop = matches!(self.text(at.saturating_sub(1)), "les" | "os" | "you" | "te") && at > 0;
        let used_up = match self.text(at) {
            "acabo" | "acabaron" | "acabou" | "acabaram" | "terminou" => true,
            "out" => at > 0 && is_own(at - 1) && self.text(at + 1) == "of",
            _ => false,
        };
        used_up && !by_shop && !self.asks_at(at)
    }

    /// Returns every number that can be an amount: (token, number, currency beside it).
    pub(crate) fn amounts(&self) -> impl Iterator<Item = (usize, Decimal, bool)> + '_ {
        self.tokens.iter().enumerate().filter_map(|(at, token)| {
            let number = token.number()?;
            (token.text.starts_with(|first: char| first.is_ascii_digit()) || token.money).then_some((
                at,
                number,
                token.money,
            ))
        })
    }

    /// Returns whether the message consists of nothing but the mention.
    pub(crate) fn is_only(&self, mention: &Mention) -> bool {
        self.tokens.iter().enumerate().all(|(at, token)| {
            !token.is_word() || at >= mention.start && at < mention.end || self.is_filler(at)
        })
    }

    fn is_filler(&self, at: usize) -> bool {
        matches!(
            self.text(at),
            "el" | "la"
                | "los"
                | "las"
                | "un"
                | "una"
                | "o"
                | "a"
                | "um"
                | "uma"
                | "the"
                | "en"
                | "em"
                | "in"
                | "de"
                | "porfa"
                | "por"
                | "favor"
                | "please"
                | "talla"
                | "size"
                | "tamanho"
                | "pues"
                | "mejor"
                | "entonces"
                | "then"
                | "que"
                | "sea"
                | "y"
                | "e"
        )
    }
}

/// "la quíntuple a mis dos cachorros", "for my dog": whom it is for, and not what is bought.
fn is_whose_it_is(tokens: &[Token], mention: &Mention) -> bool {
    let is_pet = mention
        .keys
        .iter()
        .all(|key| matches!(key.as_str(), "~dog" | "~cat"));
    let near = tokens
        .iter()
        .take(mention.end)
        .skip(mention.start.saturating_sub(2));
    let is_own = |token: &Token| is_possessive(&token.text);
    // "uma ração pro meu gato e outra pro meu cachorro" are two.
    is_pet && !mention.another && !mention.keys.is_empty() && near.into_iter().any(is_own)
}

/// Returns whether a number and the word behind it stand so in an item's name: "tres leches".
fn begins_a_name(rest: &[Token], language: Language, catalog: &Catalog) -> bool {
    let [number, noun, ..] = rest else {
        return false;
    };
    catalog.items().iter().any(|item| {
        let names = std::iter::once(&item.name).chain(&item.aliases);
        names.into_iter().any(|name| {
            let mut tokens = tokens_of(name);
            join_numbers(&mut tokens, language);
            tokens.windows(2).any(|pair| {
                let [first, second] = pair else { return false };
                first.number().is_some() && first.number() == number.number() && second.text == noun.text
            })
        })
    })
}

/// "te pago 70" offers a price; "y le pago ahorita" only pays.
fn is_offer(tokens: &[Token], hit: &Hit) -> bool {
    let pays = tokens
        .get(hit.end.saturating_sub(1))
        .is_some_and(|token| token.text == "pago");
    let near = hit.start.saturating_sub(5)..hit.end + 3;
    !pays
        || tokens
            .iter()
            .take(near.end)
            .skip(near.start)
            .any(|token| token.number().is_some())
}

fn blank() -> Token {
    Token {
        text: ",".to_owned(),
        kind: Kind::Mark(','),
        upper: false,
        accent: false,
        ends_stressed: false,
        quoted: false,
        glued: false,
        money: false,
    }
}
