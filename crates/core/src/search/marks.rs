//! What a hit shows: the part of the text where the words stand, with the words marked.

use super::query::Term;
use super::words::{Word, words_of};
use crate::domain::SnippetPart;

/// Letters before the first marked word.
const BEFORE: usize = 36;
const LENGTH: usize = 140;

/// Returns whether all terms are in the text.
pub(crate) fn fits(text: &str, terms: &[Term]) -> bool {
    let words = words_of(text);
    terms.iter().all(|term| words.iter().any(|word| term.is(word)))
}

/// Returns the part of the text around the first term, cut where the terms begin and end.
pub(crate) fn marked(text: &str, terms: &[Term]) -> Vec<SnippetPart> {
    let hits: Vec<Word> = words_of(text)
        .into_iter()
        .filter(|word| terms.iter().any(|term| term.is(word)))
        .collect();
    let start = hits.first().map_or(0, |first| back(text, first.start, BEFORE));
    let end = forth(text, start, LENGTH);
    let mut parts = Vec::new();
    let mut add = |from: usize, to: usize, is_hit: bool| {
        let piece = text.get(from..to).unwrap_or_default().replace(['\n', '\r'], " ");
        if !piece.is_empty() {
            parts.push(SnippetPart { text: piece, is_hit });
        }
    };
    let mut at = start;
    for hit in hits.iter().filter(|hit| hit.end <= end) {
        add(at, hit.start, false);
        add(hit.start, hit.end, true);
        at = hit.end;
    }
    add(at, end, false);
    if start > 0 {
        parts.insert(
            0,
            SnippetPart {
                text: "…".into(),
                is_hit: false,
            },
        );
    }
    if end < text.len() {
        parts.push(SnippetPart {
            text: "…".into(),
            is_hit: false,
        });
    }
    parts
}

impl Term {
    fn is(&self, word: &Word) -> bool {
        if self.is_beginning {
            word.folded.starts_with(&self.word)
        } else {
            word.folded == self.word
        }
    }
}

/// Returns where the text begins that stands at most so many letters before, at a word's beginning.
fn back(text: &str, from: usize, letters: usize) -> usize {
    let before = text.get(..from).unwrap_or_default();
    let far = before.char_indices().rev().nth(letters).map_or(0, |(at, _)| at);
    if far == 0 {
        return 0;
    }
    let cut = before.get(far..).and_then(|part| part.find(char::is_whitespace));
    cut.map_or(far, |space| far + space + 1)
}

fn forth(text: &str, from: usize, letters: usize) -> usize {
    let after = text.get(from..).unwrap_or_default();
    after
        .char_indices()
        .nth(letters)
        .map_or(text.len(), |(at, _)| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, word: &str) -> String {
        let terms = [Term {
            word: word.into(),
            is_beginning: true,
        }];
        marked(text, &terms)
            .iter()
            .map(|part| {
                if part.is_hit {
                    format!("[{}]", part.text)
                } else {
                    part.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn the_words_are_marked_with_their_accents() {
        assert_eq!(
            shown("Hola, ¿mañana a las 9?", "manana"),
            "Hola, ¿[mañana] a las 9?"
        );
        assert_eq!(
            shown("Son MX$1,250.00 en total", "1250"),
            "Son MX$[1,250.00] en total"
        );
    }

    #[test]
    fn a_long_text_is_cut_around_its_first_hit() {
        let text = format!("{}pastel{}", "palabra ".repeat(40), " después".repeat(40));
        let shown = shown(&text, "pastel");
        assert!(shown.starts_with("…palabra") && shown.ends_with('…'), "{shown}");
        assert!(
            shown.contains("[pastel]") && shown.chars().count() < 150,
            "{shown}"
        );
    }

    #[test]
    fn a_hit_in_a_files_name_shows_the_text_from_its_beginning() {
        assert_eq!(shown("sin la palabra", "pdf"), "sin la palabra");
    }
}
