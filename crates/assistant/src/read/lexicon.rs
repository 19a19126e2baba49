//! Finds phrases by what they mean: `phrases.txt`, compiled once.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Language;
use super::token::Token;

/// What a phrase means. The names are the headings of `phrases.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sense {
    Pay,
    OtherLink,
    Accept,
    Yes,
    No,
    Cancel,
    Later,
    Hold,
    Want,
    AsksPrice,
    AsksStock,
    AsksDelivery,
    AsksHours,
    AsksPayment,
    AsksPlace,
    AsksOptions,
    Asks,
    AskDiscount,
    Offer,
    Complaint,
    Policy,
    Instalments,
    Part,
    Inject,
    Claim,
    Same,
    SameLast,
    Replace,
    Instead,
    SetQty,
    Add,
    Only,
    Remove,
    Done,
    Paid,
    Cash,
    Currency,
    Recipient,
    Thanks,
    Laugh,
    Polite,
    Cond,
    Both,
    Deliver,
    Pickup,
    Media,
    SoldOut,
    Deny,
    QConfirm,
    QUpsell,
    QOption,
    QQuantity,
    QDelivery,
    QDetail,
    Sent,
    Received,
    Off,
    FreeDelivery,
    NewPrice,
    Each,
    Total,
    Hypothetical,
    Hedge,
    Detail,
}

impl Sense {
    /// What a customer asks a shop about.
    pub(crate) const QUESTIONS: &[Self] = &[
        Self::AsksPrice,
        Self::AsksStock,
        Self::AsksOptions,
        Self::AsksDelivery,
        Self::AsksHours,
        Self::AsksPayment,
        Self::AsksPlace,
    ];
}

/// A phrase found in a message: tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) sense: Sense,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Debug)]
enum Element {
    Words {
        /// Numbers of words, sorted, for lists of sixty are searched for every word of a chat.
        exact: Vec<u32>,
        prefixes: Vec<&'static str>,
        optional: bool,
    },
    Gap(usize),
}

#[derive(Debug)]
struct Phrase {
    sense: Sense,
    language: Option<Language>,
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Lexicon {
    phrases: Vec<Phrase>,
    /// Every word that some phrase names, with its number.
    numbers: FxHashMap<&'static str, u32>,
    /// Phrases by a word that they can begin with.
    exact: FxHashMap<u32, Vec<usize>>,
    /// Phrases by the beginning of a word that they can begin with, by its first letter.
    prefix: FxHashMap<u8, Vec<(&'static str, usize)>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| compile(include_str!("phrases.txt")));

/// The number of a word that no phrase names.
const UNNAMED: u32 = u32::MAX;

/// Returns every phrase in the tokens, the longest of each sense at each place.
pub(crate) fn hits(tokens: &[Token], language: Language) -> Vec<Hit> {
    let numbers: Vec<u32> = tokens
        .iter()
        .map(|token| LEXICON.number_of(&token.text))
        .collect();
    let words = Words {
        tokens,
        numbers: &numbers,
    };
    let mut found: Vec<Hit> = Vec::new();
    for start in 0..tokens.len() {
        for (phrase, end) in LEXICON.starting_at(words, start, language) {
            match found
                .iter_mut()
                .rev()
                .take_while(|hit| hit.start == start)
                .find(|hit| hit.sense == phrase.sense)
            {
                Some(hit) => hit.end = hit.end.max(end),
                None => found.push(Hit {
                    sense: phrase.sense,
                    start,
                    end,
                }),
            }
        }
    }
    found
}

/// Returns whether some phrase names the word: it is no item then.
pub(crate) fn knows(word: &str) -> bool {
    LEXICON.number_of(word) != UNNAMED
}

/// Returns whether the word can begin a phrase, also by its ending: "pasándolo".
pub(crate) fn is_phrase_word(word: &str) -> bool {
    knows(word) || LEXICON.with_prefix(word).next().is_some()
}

/// A message's tokens, each with its word's number.
#[derive(Clone, Copy)]
struct Words<'a> {
    tokens: &'a [Token],
    numbers: &'a [u32],
}

impl Lexicon {
    fn number_of(&self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or(UNNAMED)
    }

    /// Returns the phrases that can begin with the word by its first letters.
    fn with_prefix<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let letter = word.bytes().next().unwrap_or_default();
        self.prefix
            .get(&letter)
            .into_iter()
            .flatten()
            .filter(move |(prefix, _)| word.starts_with(prefix))
            .map(|(_, at)| *at)
    }

    fn starting_at<'a>(
        &'a self,
        words: Words<'a>,
        start: usize,
        language: Language,
    ) -> impl Iterator<Item = (&'a Phrase, usize)> {
        let token = words
            .tokens
            .get(start)
            .filter(|token| token.is_word() && !token.quoted || token.number().is_some());
        let text = token.map_or("", |token| token.text.as_str());
        let number = token
            .and_then(|_| words.numbers.get(start))
            .copied()
            .unwrap_or(UNNAMED);
        let exact = self.exact.get(&number).into_iter().flatten().copied();
        let prefix = self.with_prefix(text);
        exact
            .chain(prefix)
            .filter_map(|at| self.phrases.get(at))
            .filter(move |phrase| phrase.language.is_none_or(|only| only == language))
            .filter_map(move |phrase| {
                let end = matched(&phrase.elements, words, start)?;
                (end > start).then_some((phrase, end))
            })
    }
}

/// Returns where the elements end if they stand at `at`.
fn matched(elements: &[Element], words: Words<'_>, at: usize) -> Option<usize> {
    let Some((first, rest)) = elements.split_first() else {
        return Some(at);
    };
    match first {
        Element::Words {
            exact,
            prefixes,
            optional,
        } => {
            let named = words.numbers.get(at).is_some_and(|number| {
                exact.binary_search(number).is_ok()
                    || !prefixes.is_empty()
                        && words
                            .tokens
                            .get(at)
                            .is_some_and(|token| prefixes.iter().any(|start| token.text.starts_with(start)))
            });
            let here = named && words.tokens.get(at).is_some_and(|token| !token.quoted);
            here.then(|| matched(rest, words, at + 1))
                .flatten()
                .or_else(|| optional.then(|| matched(rest, words, at)).flatten())
        }
        Element::Gap(most) => (0..=*most).find_map(|skipped| {
            let crossed = words.tokens.get(at..at + skipped)?;
            crossed
                .iter()
                .all(|token| !token.divides())
                .then(|| matched(rest, words, at + skipped))
                .flatten()
        }),
    }
}

fn compile(source: &'static str) -> Lexicon {
    let mut lexicon = Lexicon {
        phrases: Vec::new(),
        numbers: FxHashMap::default(),
        exact: FxHashMap::default(),
        prefix: FxHashMap::default(),
    };
    let mut sense = None;
    for line in source.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(heading) = line.strip_prefix('[') {
            sense = sense_named(heading.trim_end_matches(']'));
        } else if let Some(sense) = sense {
            let phrase = lexicon.phrase_from_line(line, sense);
            lexicon.add(phrase);
        }
    }
    lexicon
}

impl Lexicon {
    fn add(&mut self, phrase: Phrase) {
        let at = self.phrases.len();
        // What may be left out may be followed by what then comes first.
        for element in &phrase.elements {
            let Element::Words {
                exact,
                prefixes,
                optional,
            } = element
            else {
                break;
            };
            for word in exact {
                let list = self.exact.entry(*word).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
            for start in prefixes {
                let letter = start.bytes().next().unwrap_or_default();
                self.prefix.entry(letter).or_default().push((start, at));
            }
            if !optional {
                break;
            }
        }
        self.phrases.push(phrase);
    }
}

impl Lexicon {
    fn phrase_from_line(&mut self, line: &'static str, sense: Sense) -> Phrase {
        let mut language = None;
        let mut elements = Vec::new();
        for part in line.split_whitespace() {
            match part {
                "@es" => language = Some(Language::Spanish),
                "@pt" => language = Some(Language::Portuguese),
                "@en" => language = Some(Language::English),
                "_" | "__" | "___" => elements.push(Element::Gap(part.len())),
                _ => elements.push(self.words_from_part(part)),
            }
        }
        Phrase {
            sense,
            language,
            elements,
        }
    }

    fn words_from_part(&mut self, part: &'static str) -> Element {
        let (part, optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
        let (mut exact, mut prefixes) = (Vec::new(), Vec::new());
        for word in part.split('|') {
            match word.strip_suffix('*') {
                Some(start) => prefixes.push(start),
                None => exact.push(self.numbered(word)),
            }
        }
        exact.sort_unstable();
        Element::Words {
            exact,
            prefixes,
            optional,
        }
    }

    fn numbered(&mut self, word: &'static str) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(UNNAMED);
        *self.numbers.entry(word).or_insert(next)
    }
}

fn sense_named(heading: &str) -> Option<Sense> {
    use Sense as S;
    Some(match heading {
        "pay" => S::Pay,
        "otherlink" => S::OtherLink,
        "accept" => S::Accept,
        "yes" => S::Yes,
        "no" => S::No,
        "cancel" => S::Cancel,
        "later" => S::Later,
        "hold" => S::Hold,
        "want" => S::Want,
        "asksprice" => S::AsksPrice,
        "asksstock" => S::AsksStock,
        "asksdelivery" => S::AsksDelivery,
        "askshours" => S::AsksHours,
        "askspayment" => S::AsksPayment,
        "asksplace" => S::AsksPlace,
        "asksoptions" => S::AsksOptions,
        "asks" => S::Asks,
        "askdiscount" => S::AskDiscount,
        "offer" => S::Offer,
        "complaint" => S::Complaint,
        "policy" => S::Policy,
        "instalments" => S::Instalments,
        "part" => S::Part,
        "inject" => S::Inject,
        "claim" => S::Claim,
        "same" => S::Same,
        "samelast" => S::SameLast,
        "replace" => S::Replace,
        "instead" => S::Instead,
        "setqty" => S::SetQty,
        "add" => S::Add,
        "only" => S::Only,
        "remove" => S::Remove,
        "done" => S::Done,
        "paid" => S::Paid,
        "cash" => S::Cash,
        "currency" => S::Currency,
        "recipient" => S::Recipient,
        "thanks" => S::Thanks,
        "laugh" => S::Laugh,
        "polite" => S::Polite,
        "cond" => S::Cond,
        "both" => S::Both,
        "deliver" => S::Deliver,
        "pickup" => S::Pickup,
        "media" => S::Media,
        "soldout" => S::SoldOut,
        "deny" => S::Deny,
        "q_confirm" => S::QConfirm,
        "q_upsell" => S::QUpsell,
        "q_option" => S::QOption,
        "q_quantity" => S::QQuantity,
        "q_delivery" => S::QDelivery,
        "q_detail" => S::QDetail,
        "sent" => S::Sent,
        "received" => S::Received,
        "off" => S::Off,
        "freedelivery" => S::FreeDelivery,
        "newprice" => S::NewPrice,
        "each" => S::Each,
        "total" => S::Total,
        "hypothetical" => S::Hypothetical,
        "hedge" => S::Hedge,
        "detail" => S::Detail,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::token::{join_numbers, tokens_of};

    fn senses(text: &str, language: Language) -> Vec<Sense> {
        let mut tokens = tokens_of(text);
        join_numbers(&mut tokens, language);
        hits(&tokens, language).into_iter().map(|hit| hit.sense).collect()
    }

    #[test]
    fn every_heading_has_a_sense() {
        for line in include_str!("phrases.txt")
            .lines()
            .filter(|line| line.starts_with('['))
        {
            let heading = line.trim_matches(['[', ']']);
            assert!(sense_named(heading).is_some(), "{heading}");
        }
    }

    #[test]
    fn phrases_are_found_in_three_languages() {
        assert!(senses("va, me apunto. mándame el link porfa", Language::Spanish).contains(&Sense::Pay));
        assert!(senses("fechou então, manda o link", Language::Portuguese).contains(&Sense::Pay));
        assert!(senses("go ahead and bill me", Language::English).contains(&Sense::Pay));
        assert!(senses("déjame checarlo con mi esposa", Language::Spanish).contains(&Sense::Later));
    }

    #[test]
    fn a_gap_never_crosses_a_clause() {
        assert!(!senses("mándame fotos, el otro enlace", Language::Spanish).is_empty());
        assert!(!senses("me dijeron, ayer", Language::Spanish).contains(&Sense::Pay));
    }

    #[test]
    fn words_of_another_language_do_not_count() {
        assert!(!senses("no cartão", Language::Portuguese).contains(&Sense::No));
        assert!(senses("no", Language::Spanish).contains(&Sense::No));
    }
}
