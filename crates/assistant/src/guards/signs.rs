//! Words that tell what a message is about: `signs.txt`, read once.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A list of `signs.txt`, as one bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign(u32);

impl Sign {
    pub(super) const HAPPENED: Self = Self(1);
    pub(super) const SPOKE: Self = Self(1 << 1);
    pub(super) const STATE: Self = Self(1 << 2);
    pub(super) const SYMPTOM: Self = Self(1 << 3);
    pub(super) const LOSS: Self = Self(1 << 4);
    pub(super) const NOT_PAST: Self = Self(1 << 5);
    pub(super) const BAD: Self = Self(1 << 6);
    pub(super) const GRAVE: Self = Self(1 << 7);
    pub(super) const NOW: Self = Self(1 << 8);
    pub(super) const WORKS: Self = Self(1 << 9);
    pub(super) const RECEIVED: Self = Self(1 << 10);
    pub(super) const ORDERED: Self = Self(1 << 11);
    pub(super) const ILLNESS: Self = Self(1 << 12);
    pub(super) const PAPERS: Self = Self(1 << 13);
    pub(super) const BULK: Self = Self(1 << 14);
    pub(super) const CUSTOM: Self = Self(1 << 15);
    pub(super) const EVENT: Self = Self(1 << 16);
    pub(super) const QUOTE: Self = Self(1 << 17);
    pub(super) const CHILD: Self = Self(1 << 18);
    pub(super) const ALONE: Self = Self(1 << 19);
    pub(super) const TALK: Self = Self(1 << 20);
    pub(super) const STAFF: Self = Self(1 << 21);
    pub(super) const BUSINESS: Self = Self(1 << 22);
    pub(super) const TERMS: Self = Self(1 << 23);
}

/// The headings of `signs.txt`.
const HEADINGS: [(&str, Sign); 24] = [
    ("happened", Sign::HAPPENED),
    ("spoke", Sign::SPOKE),
    ("state", Sign::STATE),
    ("symptom", Sign::SYMPTOM),
    ("loss", Sign::LOSS),
    ("notpast", Sign::NOT_PAST),
    ("bad", Sign::BAD),
    ("grave", Sign::GRAVE),
    ("now", Sign::NOW),
    ("works", Sign::WORKS),
    ("received", Sign::RECEIVED),
    ("ordered", Sign::ORDERED),
    ("illness", Sign::ILLNESS),
    ("papers", Sign::PAPERS),
    ("bulk", Sign::BULK),
    ("custom", Sign::CUSTOM),
    ("event", Sign::EVENT),
    ("quote", Sign::QUOTE),
    ("child", Sign::CHILD),
    ("alone", Sign::ALONE),
    ("talk", Sign::TALK),
    ("staff", Sign::STAFF),
    ("business", Sign::BUSINESS),
    ("terms", Sign::TERMS),
];

#[derive(Debug, Default)]
struct Signs {
    words: FxHashMap<&'static str, u32>,
    /// Beginnings of words, where any ending will do.
    stems: FxHashMap<&'static str, u32>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| read(include_str!("signs.txt")));

/// Returns whether the word is in the sign's list.
pub(super) fn is(sign: Sign, word: &str) -> bool {
    of(word) & sign.0 != 0
}

fn of(word: &str) -> u32 {
    let exact = SIGNS.words.get(word).copied().unwrap_or_default();
    let begun = word
        .char_indices()
        .skip(SHORTEST)
        .map(|(end, _)| end)
        .chain([word.len()])
        .filter_map(|end| SIGNS.stems.get(word.get(..end)?))
        .fold(0, |bits, more| bits | more);
    exact | begun
}

/// No beginning in the lists has fewer letters.
const SHORTEST: usize = 4;

fn read(source: &'static str) -> Signs {
    let mut signs = Signs::default();
    let mut bit = 0;
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((heading, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            bit = HEADINGS
                .iter()
                .find(|(name, _)| *name == heading)
                .map_or(0, |(_, sign)| sign.0);
            continue;
        }
        for word in line.split_whitespace() {
            match word.strip_suffix('*') {
                Some(stem) => *signs.stems.entry(stem).or_default() |= bit,
                None => *signs.words.entry(word).or_default() |= bit,
            }
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_has_its_list_and_every_stem_is_long_enough() {
        for (name, sign) in HEADINGS {
            let any = |words: &FxHashMap<&str, u32>| words.values().any(|bits| bits & sign.0 != 0);
            assert!(any(&SIGNS.words) || any(&SIGNS.stems), "{name}");
        }
        for stem in SIGNS.stems.keys() {
            assert!(stem.chars().count() >= SHORTEST, "{stem}");
        }
    }

    #[test]
    fn stems_take_any_ending() {
        assert!(is(Sign::GRAVE, "adulterado") && is(Sign::GRAVE, "injured"));
        assert!(!is(Sign::GRAVE, "adulto") && !is(Sign::BAD, "badge"));
    }
}
