//! Words as the index keeps them: small letters without accents, amounts without their separators.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word, and where it stands in the text that it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub folded: String,
    pub start: usize,
    pub end: usize,
}

/// Returns the words of a text. `1,250.00` is the word `1250`, as a person would search it.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, letter)) = rest.next() {
        if !is_of_word(letter) {
            continue;
        }
        let mut end = start + letter.len_utf8();
        while let Some((at, letter)) =
            rest.next_if(|(_, letter)| is_of_word(*letter) || is_combining_mark(*letter))
        {
            end = at + letter.len_utf8();
        }
        let Some(word) = text.get(start..end) else {
            continue;
        };
        if is_number(word)
            && let Some((amount, length)) = amount_at(text.get(start..).unwrap_or_default())
        {
            end = start + length;
            while rest.next_if(|(at, _)| *at < end).is_some() {}
            words.push(Word {
                folded: amount,
                start,
                end,
            });
            continue;
        }
        words.push(Word {
            folded: fold(word),
            start,
            end,
        });
    }
    words
}

/// Returns the text as the index keeps it.
pub(crate) fn folded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for word in words_of(text) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(&word.folded);
    }
    all
}

/// Returns the word that an amount is found by: its whole units.
pub(crate) fn amount_word(decimal: &str) -> String {
    decimal.split('.').next().unwrap_or_default().to_owned()
}

/// Returns the words that a phone number is found by: its beginning, and any end of four digits or more.
pub(crate) fn phone_words(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let mut words = digits.clone();
    for start in 1..digits.len().saturating_sub(3) {
        words.push(' ');
        words.push_str(digits.get(start..).unwrap_or_default());
    }
    words
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() && !is_combining_mark(letter)
}

pub(crate) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .collect()
}

/// Reads an amount with separators at the beginning of a text. Returns its whole units and its length.
fn amount_at(text: &str) -> Option<(String, usize)> {
    let mut groups = vec![String::new()];
    let mut length = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter.is_ascii_digit() {
            groups.last_mut()?.push(letter);
            length = at + 1;
        } else if matches!(letter, '.' | ',') && letters.peek().is_some_and(|(_, next)| next.is_ascii_digit())
        {
            groups.push(String::new());
        } else if letter.is_alphanumeric() {
            return None;
        } else {
            break;
        }
    }
    let (last, before) = groups.split_last()?;
    let (first, thousands) = before.split_first()?;
    let are_thousands =
        thousands.iter().all(|group| group.len() == 3) && (thousands.is_empty() || first.len() <= 3);
    match last.len() {
        _ if !are_thousands => None,
        3 if first.len() <= 3 => Some((groups.concat(), length)),
        1 | 2 => Some((before.concat(), length)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_make_no_difference() {
        assert_eq!(
            folded("¿Pastel de CUMPLEAÑOS, mañana? Não é ﬁno"),
            "pastel de cumpleanos manana nao e fino"
        );
    }

    #[test]
    fn an_amount_is_one_word_however_it_is_written() {
        for text in ["MX$1,250.00", "1.250,00", "$ 1250", "1,250", "1250.5"] {
            assert!(
                folded(text).split(' ').any(|word| word == "1250"),
                "{text}: {}",
                folded(text)
            );
        }
        assert_eq!(folded("1,250,000.50 y 12.5"), "1250000 y 12");
        assert_eq!(folded("1,25,0 10.000.00"), "1 25 10000");
        assert_eq!(folded("v1.2.34b"), "v1 2 34b");
    }

    #[test]
    fn a_phone_number_is_found_by_its_last_digits() {
        assert_eq!(
            phone_words("+52 1 55 4821 7730").split(' ').next_back(),
            Some("7730")
        );
        assert_eq!(phone_words("12"), "12");
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "é: ¡Año!";
        let words = words_of(text);
        assert_eq!(
            words
                .iter()
                .map(|word| &text[word.start..word.end])
                .collect::<Vec<_>>(),
            ["é", "Año"]
        );
    }
}
