//! Numbers as people write them: digits with either separator, and words in three languages.

use super::Language;

/// Returns what a number word means, as "two" or "veinticinco".
///
/// Articles ("un", "uma", "a") count as one: whoever reads them decides
/// whether one was meant. `text2num` reads no articles, halves or dozens,
/// which are most of what a chat has, so the words are listed here.
pub(crate) fn value_of_word(word: &str, language: Language) -> Option<u32> {
    let shared = match word {
        "un" | "una" | "uno" | "um" | "uma" | "one" => 1,
        "dos" | "dois" | "duas" | "two" => 2,
        "tres" | "three" => 3,
        "cuatro" | "quatro" | "four" => 4,
        "cinco" | "five" => 5,
        "seis" => 6,
        // Elsewhere it is a pack of them.
        "six" if language == Language::English => 6,
        "siete" | "sete" | "seven" => 7,
        "ocho" | "oito" | "eight" => 8,
        "nueve" | "nove" | "nine" => 9,
        "diez" | "dez" | "ten" => 10,
        "doce" if language == Language::Spanish => 12,
        "doze" | "twelve" => 12,
        "trece" | "treze" | "thirteen" => 13,
        "catorce" | "catorze" | "quatorze" | "fourteen" => 14,
        "quince" | "quinze" | "fifteen" => 15,
        "dieciseis" | "dezesseis" | "sixteen" => 16,
        "diecisiete" | "dezessete" | "seventeen" => 17,
        "dieciocho" | "dezoito" | "eighteen" => 18,
        "diecinueve" | "dezenove" | "nineteen" => 19,
        "veinte" | "vinte" | "twenty" => 20,
        "veintiuno" | "veintiun" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "treinta" | "trinta" | "thirty" => 30,
        "cuarenta" | "quarenta" | "forty" => 40,
        "cincuenta" | "cinquenta" | "fifty" => 50,
        "sesenta" | "sessenta" | "sixty" => 60,
        "setenta" | "seventy" => 70,
        "ochenta" | "oitenta" | "eighty" => 80,
        "noventa" | "noventas" | "ninety" => 90,
        "cien" | "ciento" | "cem" => 100,
        "doscientos" | "doscientas" | "duzentos" | "duzentas" => 200,
        "trescientos" | "trescientas" | "trezentos" | "trezentas" => 300,
        "quinientos" | "quinientas" | "quinhentos" => 500,
        "mil" | "thousand" => 1000,
        _ => 0,
    };
    if shared > 0 {
        return Some(shared);
    }
    match (language, word) {
        (Language::English, "a" | "an") => Some(1),
        (Language::Spanish, "once") | (Language::Portuguese, "onze") | (Language::English, "eleven") => {
            Some(11)
        }
        (Language::English, "hundred") => Some(100),
        _ => None,
    }
}

/// Returns whether the word may join two number words, as in "treinta y dos".
pub(crate) fn joins(word: &str) -> bool {
    matches!(word, "y" | "e" | "and" | "-")
}

/// Returns two number words read as one number, if they make one.
pub(crate) fn combine(left: u32, right: u32, joined: bool) -> Option<u32> {
    match (left, right) {
        (20..=90, 1..=9) if left.is_multiple_of(10) => Some(left + right),
        (100..=900, 1..=99) if left.is_multiple_of(100) && (!joined || right > 1) => Some(left + right),
        (1..=999, 1000) if !joined => Some(left * 1000),
        (1..=9, 100) if !joined => Some(left * 100),
        (1000..=999_000, 100..=999) if left.is_multiple_of(1000) && !joined => Some(left + right),
        _ => None,
    }
}

/// A number written in digits, kept exactly: `digits` / 10^`decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) digits: i64,
    pub(crate) decimals: u32,
    /// Whether three digits stand behind its last mark, "1.250": thousands, but where money has thousandths.
    pub(crate) ends_in_three: bool,
}

impl Decimal {
    pub(crate) fn whole(value: i64) -> Self {
        Self {
            digits: value,
            decimals: 0,
            ends_in_three: false,
        }
    }

    /// Returns the number if it has no fraction and fits.
    pub(crate) fn as_whole(self) -> Option<u32> {
        let unit = 10_i64.checked_pow(self.decimals)?;
        (self.digits % unit == 0)
            .then(|| self.digits / unit)
            .and_then(|whole| u32::try_from(whole).ok())
    }

    /// Returns the number in units of 10^-`exponent`, if that is exact.
    pub(crate) fn scaled(self, exponent: u32) -> Option<i64> {
        if self.decimals <= exponent {
            self.digits
                .checked_mul(10_i64.checked_pow(exponent - self.decimals)?)
        } else {
            let unit = 10_i64.checked_pow(self.decimals - exponent)?;
            (self.digits % unit == 0).then(|| self.digits / unit)
        }
    }

    /// Returns the shortest way to write the number: `1.5`, `20`.
    pub(crate) fn key(self) -> String {
        let Some(unit) = 10_i64.checked_pow(self.decimals).filter(|unit| *unit > 1) else {
            return self.digits.to_string();
        };
        let fraction = format!("{:0width$}", self.digits % unit, width = self.decimals as usize);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            (self.digits / unit).to_string()
        } else {
            format!("{}.{fraction}", self.digits / unit)
        }
    }
}

/// Reads digits with `.` and `,` in either role; `None` when they are too many.
///
/// A last group of exactly three digits counts as thousands, one of one or
/// two digits as decimals: `89.000`, `1,750`, `1.500,00`, `9.5`.
pub(crate) fn decimal_from_digits(text: &str) -> Option<Decimal> {
    let text = text.trim_end_matches(['.', ',']);
    let last = text.rfind(['.', ',']);
    let mut ends_in_three = false;
    let decimals = match last {
        Some(at) => {
            let tail = text.len() - at - 1;
            let separator = text.get(at..=at)?;
            let repeated = text.matches(separator).count() > 1;
            let leading_zero = text.starts_with('0');
            if tail == 3 && !leading_zero {
                ends_in_three = !repeated;
                0
            } else if repeated {
                return None;
            } else {
                tail
            }
        }
        None => 0,
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 15 || decimals > 4 {
        return None;
    }
    Some(Decimal {
        digits: digits.parse().ok()?,
        decimals: u32::try_from(decimals).ok()?,
        ends_in_three,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        decimal_from_digits(text).map(Decimal::key)
    }

    #[test]
    fn either_separator_can_be_thousands_or_decimals() {
        assert_eq!(key("89.000").unwrap(), "89000");
        assert_eq!(key("1,750").unwrap(), "1750");
        assert_eq!(key("1.500,00").unwrap(), "1500");
        assert_eq!(key("1,500.50").unwrap(), "1500.5");
        assert_eq!(key("1.234.567").unwrap(), "1234567");
        assert_eq!(key("9,5").unwrap(), "9.5");
        assert_eq!(key("64.95").unwrap(), "64.95");
        assert_eq!(key("0.250").unwrap(), "0.25");
        assert_eq!(key("1.2.3"), None);
        assert_eq!(key("12345678901234567890"), None);
    }

    #[test]
    fn number_words_join_as_people_say_them() {
        assert_eq!(combine(30, 2, true), Some(32));
        assert_eq!(combine(2, 1000, false), Some(2000));
        assert_eq!(combine(1, 1, true), None);
        assert_eq!(combine(2, 1, true), None);
    }
}
