//! Amounts as the people of a currency's country write them.

use serde::Serialize;

use crate::money::{Currency, Money, NO_DECIMALS, THREE_DECIMALS, WHOLE_ONLY};

/// Have hundredths at Stripe that nobody writes.
const UNWRITTEN_HUNDREDTHS: [&str; 6] = ["ARS", "COP", "HUF", "ISK", "TWD", "UGX"];

/// What stands before the number, where it is not the code; a space that is in it breaks no line.
const SIGNS: [(&str, &str); 8] = [
    ("AUD", "A$"),
    ("BRL", "R$\u{a0}"),
    ("CAD", "CA$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("MXN", "MX$"),
    ("PEN", "S/\u{a0}"),
    ("USD", "US$"),
];

/// How amounts are counted and written: for who reads and writes them too, such as the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MoneyTable {
    /// What is in neither has two.
    no_decimals: &'static [&'static str],
    three_decimals: &'static [&'static str],
    whole_only: &'static [&'static str],
    unwritten_hundredths: &'static [&'static str],
    /// By the currency's code.
    signs: &'static [(&'static str, &'static str)],
}

/// Returns the table that everything of Cobro's goes by.
pub const fn money_table() -> MoneyTable {
    MoneyTable {
        no_decimals: &NO_DECIMALS,
        three_decimals: &THREE_DECIMALS,
        whole_only: &WHOLE_ONLY,
        unwritten_hundredths: &UNWRITTEN_HUNDREDTHS,
        signs: &SIGNS,
    }
}

/// What divides a number's thousands, and what its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub thousands: char,
    pub decimals: char,
}

impl Marks {
    /// `1,250.00`
    pub const POINT: Self = Self {
        thousands: ',',
        decimals: '.',
    };
    /// `1.250,00`
    pub const COMMA: Self = Self {
        thousands: '.',
        decimals: ',',
    };

    /// Returns the marks of the currency's country; `otherwise`, where it is none of those that are known.
    pub fn of(currency: Currency, otherwise: Self) -> Self {
        match currency.code() {
            "MXN" | "USD" | "GTQ" | "HNL" | "NIO" | "PAB" | "PEN" | "DOP" | "GBP" | "CAD" | "AUD" => {
                Self::POINT
            }
            "BRL" | "ARS" | "CLP" | "COP" | "UYU" | "PYG" | "BOB" | "CRC" | "EUR" => Self::COMMA,
            _ => otherwise,
        }
    }
}

impl Money {
    /// Returns the amount as the currency's country writes it, such as `MX$1,250.00` or `R$ 189,00`.
    ///
    /// A `$` never stands alone: a dozen countries share it, and a shop may charge in two of their currencies.
    pub fn written(self, otherwise: Marks) -> String {
        let code = self.currency();
        let marks = Marks::of(code, otherwise);
        let decimal = self.decimal();
        let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let mut written = sign(code);
        group(&mut written, whole, marks.thousands);
        let is_left_out = fraction.is_empty()
            || UNWRITTEN_HUNDREDTHS.contains(&code.code()) && fraction.bytes().all(|digit| digit == b'0');
        if !is_left_out {
            written.push(marks.decimals);
            written.push_str(fraction);
        }
        written
    }
}

/// Returns what stands before the number.
fn sign(currency: Currency) -> String {
    let code = currency.code();
    SIGNS
        .iter()
        .find(|(of, _)| *of == code)
        .map_or_else(|| format!("{code}\u{a0}"), |(_, sign)| (*sign).to_owned())
}

fn group(written: &mut String, whole: &str, thousands: char) {
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            written.push(thousands);
        }
        written.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(minor: i64, code: &str, otherwise: Marks) -> String {
        let money = Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap();
        money.written(otherwise).replace('\u{a0}', " ")
    }

    #[test]
    fn each_country_writes_its_own_way_whatever_language_is_spoken() {
        for otherwise in [Marks::POINT, Marks::COMMA] {
            for (minor, code, expected) in [
                (125_000, "MXN", "MX$1,250.00"),
                (28_500, "BRL", "R$ 285,00"),
                (4_500, "PEN", "S/ 45.00"),
                (12_000_000, "COP", "COP 120.000"),
                (12_000_050, "COP", "COP 120.000,50"),
                (4_500_000, "ARS", "ARS 45.000"),
                (4_500_050, "ARS", "ARS 45.000,50"),
                (1_234, "CLP", "CLP 1.234"),
                (4_500, "GBP", "£45.00"),
                (1_234_567_890, "USD", "US$12,345,678.90"),
                (5, "EUR", "€0,05"),
            ] {
                assert_eq!(written(minor, code, otherwise), expected);
            }
        }
    }

    #[test]
    fn elsewhere_the_language_chooses_the_marks() {
        assert_eq!(written(1_234_560, "KES", Marks::POINT), "KES 12,345.60");
        assert_eq!(written(1_234_560, "KES", Marks::COMMA), "KES 12.345,60");
        assert_eq!(written(45_000, "TWD", Marks::POINT), "TWD 450");
    }
}
