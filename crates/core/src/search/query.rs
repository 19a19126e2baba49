//! What a person asks for: words, and filters in the three languages.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::words::words_of;
use crate::domain::Timestamp;

/// A word that has to be there; the one still being typed may be its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub word: String,
    pub is_beginning: bool,
}

/// A search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub terms: Vec<Term>,
    /// Words of the customer's name or number.
    pub from: Vec<Term>,
    pub label: Vec<String>,
    /// The whole of it is a number such as phones have; then customers are found by its digits.
    pub phone: Option<Term>,
    pub has_payment: bool,
    pub has_file: bool,
    pub before: Option<Timestamp>,
    pub after: Option<Timestamp>,
    /// A filter that can't be understood, as it was written.
    pub unclear: Option<String>,
}

impl Query {
    pub(crate) fn parse(text: &str, now: Timestamp) -> Self {
        let mut query = Self {
            phone: phone_from(text),
            ..Self::default()
        };
        let parts = parts_of(text);
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.iter().enumerate() {
            let is_typed = at == last && !part.is_closed && !text.ends_with(char::is_whitespace);
            if !query.filter(part, is_typed, now) {
                query.terms.extend(terms_of(&part.text, is_typed));
            }
        }
        query
    }

    /// Returns whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty() && !self.has_filter()
    }

    pub(crate) fn has_filter(&self) -> bool {
        !self.from.is_empty()
            || !self.label.is_empty()
            || self.has_payment
            || self.has_file
            || self.before.is_some()
            || self.after.is_some()
    }

    /// Takes the part as a filter. Returns whether it is one.
    fn filter(&mut self, part: &Part, is_typed: bool, now: Timestamp) -> bool {
        let Some(name) = &part.filter else { return false };
        let value = part.text.trim();
        if value.is_empty() {
            return true; // Still being typed.
        }
        match name {
            Filter::From => self.from.extend(terms_of(value, is_typed)),
            Filter::Label => self.label.push(super::folded(value)),
            Filter::Has => match super::folded(value).as_str() {
                "payment" | "pago" | "pagamento" | "cobro" | "cobranca" => self.has_payment = true,
                "file" | "archivo" | "arquivo" => self.has_file = true,
                _ => self.unclear = Some(part.whole.clone()),
            },
            Filter::Before | Filter::After => match day_from_text(value, now) {
                Some(day) if *name == Filter::Before => self.before = start_of(day),
                Some(day) => self.after = start_of(day),
                None => self.unclear = Some(part.whole.clone()),
            },
        }
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    From,
    Has,
    Before,
    After,
    Label,
}

impl Filter {
    fn from_name(name: &str) -> Option<Self> {
        match super::folded(name).as_str() {
            "from" | "de" => Some(Self::From),
            "has" | "tiene" | "con" | "tem" | "com" => Some(Self::Has),
            "before" | "antes" => Some(Self::Before),
            "after" | "since" | "despues" | "desde" | "depois" => Some(Self::After),
            "label" | "etiqueta" => Some(Self::Label),
            _ => None,
        }
    }
}

/// A word, a quoted phrase, or a filter with its value.
struct Part {
    filter: Option<Filter>,
    text: String,
    /// It was quoted to its end: nothing more is typed into it.
    is_closed: bool,
    whole: String,
}

fn parts_of(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name_end = rest
            .find(|letter: char| !letter.is_alphabetic())
            .unwrap_or(rest.len());
        let (name, value) = rest.split_at(name_end);
        let filter = value
            .strip_prefix(':')
            .and_then(|value| Some((Filter::from_name(name)?, value)));
        let (filter, value) = filter.map_or((None, rest), |(filter, value)| (Some(filter), value));
        let (inner, after, is_closed) = match value.strip_prefix('"') {
            Some(quoted) => match quoted.split_once('"') {
                Some((inner, after)) => (inner, after, true),
                None => (quoted, "", false),
            },
            None => match value.split_once(char::is_whitespace) {
                Some((inner, after)) => (inner, after, false),
                None => (value, "", false),
            },
        };
        let whole = rest
            .get(..rest.len() - after.len())
            .unwrap_or(rest)
            .trim()
            .to_owned();
        parts.push(Part {
            filter,
            text: inner.to_owned(),
            is_closed,
            whole,
        });
        rest = after.trim_start();
    }
    parts
}

fn terms_of(text: &str, is_typed: bool) -> Vec<Term> {
    let words = words_of(text);
    let last = words.len().saturating_sub(1);
    words
        .into_iter()
        .enumerate()
        .map(|(at, word)| Term {
            word: word.folded,
            is_beginning: is_typed && at == last,
        })
        .collect()
}

/// Returns the digits of a text that holds nothing but a phone number.
fn phone_from(text: &str) -> Option<Term> {
    let is_of_phone =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '-' | '(' | ')' | '.');
    let word: String = text.chars().filter(char::is_ascii_digit).collect();
    (word.len() >= 4 && text.chars().all(is_of_phone)).then_some(Term {
        word,
        is_beginning: true,
    })
}

/// Reads a day: `2026-11-24`, `24/11/2026`, `24/11`, `2026-11`, `2026`, `7d`, `hoy`, `ontem`, `yesterday`.
fn day_from_text(text: &str, now: Timestamp) -> Option<Date> {
    let today = jiff::Timestamp::from_millisecond(now.millis())
        .ok()?
        .to_zoned_datetime(TimeZone::system())
        .date();
    match super::folded(text).as_str() {
        "today" | "hoy" | "hoje" => return Some(today),
        "yesterday" | "ayer" | "ontem" => return today.yesterday().ok(),
        _ => {}
    }
    if let Some(span) = back_from_text(text) {
        return today.checked_sub(span).ok();
    }
    let numbers: Vec<i16> = text
        .split(['-', '/', '.'])
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let checked =
        |year: i16, month: i16, day: i16| Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok();
    match numbers[..] {
        [year] if year > 1970 => Some(date(year, 1, 1)),
        [year, month] if year > 1970 => checked(year, month, 1),
        [day, month] => {
            let this_year = checked(today.year(), month, day)?;
            if this_year > today {
                checked(today.year() - 1, month, day)
            } else {
                Some(this_year)
            }
        }
        [year, month, day] if year > 1970 => checked(year, month, day),
        [day, month, year] if year > 1970 => checked(year, month, day),
        _ => None,
    }
}

/// Reads how long ago: `7d`, `2w`, `3m`, `1y`.
fn back_from_text(text: &str) -> Option<Span> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: i32 = count.parse().ok().filter(|count| (1..1000).contains(count))?;
    match unit {
        "d" => Some(count.days()),
        "w" | "s" => Some(count.weeks()),
        "m" => Some(count.months()),
        "y" | "a" => Some(count.years()),
        _ => None,
    }
}

fn start_of(day: Date) -> Option<Timestamp> {
    let start = day.to_zoned_datetime(TimeZone::system()).ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::parse(text, Timestamp::from_rfc3339("2026-11-24T15:00:00Z").unwrap())
    }

    fn words(terms: &[Term]) -> Vec<String> {
        terms
            .iter()
            .map(|term| format!("{}{}", term.word, if term.is_beginning { "*" } else { "" }))
            .collect()
    }

    #[test]
    fn only_the_word_being_typed_is_a_beginning() {
        assert_eq!(words(&parse("tres lech").terms), ["tres", "lech*"]);
        assert_eq!(words(&parse("tres leches ").terms), ["tres", "leches"]);
        assert_eq!(words(&parse("\"tres leches\"").terms), ["tres", "leches"]);
        assert_eq!(words(&parse("MX$1,250.00").terms), ["mx", "1250*"]);
    }

    #[test]
    fn filters_are_understood_in_three_languages() {
        let query = parse("de:\"Ana María\" tiene:pago antes:2026-10-01 etiqueta:VIP pastel");
        assert_eq!(words(&query.from), ["ana", "maria"]);
        assert!(query.has_payment);
        assert_eq!(query.label, ["vip"]);
        assert!(query.before.is_some());
        assert_eq!(words(&query.terms), ["pastel*"]);
        assert_eq!(
            parse("from:ana has:payment before:1/10/2026 label:vip").before,
            query.before
        );
        assert!(parse("tem:pagamento").has_payment);
    }

    #[test]
    fn a_filter_that_says_nothing_is_named() {
        assert_eq!(parse("before:soon").unclear.as_deref(), Some("before:soon"));
        assert_eq!(parse("has:wings").unclear.as_deref(), Some("has:wings"));
        assert_eq!(parse("before:").unclear, None);
        assert_eq!(parse("http://x.mx").unclear, None);
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let day = |text| day_from_text(text, Timestamp::from_rfc3339("2026-11-24T15:00:00Z").unwrap());
        assert_eq!(day("24/11/2025"), Some(date(2025, 11, 24)));
        assert_eq!(day("2025-02-01"), Some(date(2025, 2, 1)));
        assert_eq!(day("2025"), Some(date(2025, 1, 1)));
        assert_eq!(day("24/12"), Some(date(2025, 12, 24)));
        assert_eq!(day("31/02"), None);
        assert_eq!(day("nunca"), None);
        assert!(day("7d").is_some() && day("ayer").is_some());
    }
}
