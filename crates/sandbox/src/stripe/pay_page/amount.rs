//! Amounts and dates as the customer reads them.

use crate::stripe::currency::Currency;

/// Returns `$1,234.50 MXN`, with the marks that the currency's own country uses.
pub(super) fn amount(minor: i64, currency: Currency) -> String {
    let (whole, part) = currency.parts(minor);
    let (thousands, decimal) = marks(currency.code());
    let mut digits = grouped(&whole, thousands);
    // Whole-unit currencies show no decimals, whatever Stripe is sent.
    if !part.is_empty() && !matches!(currency.code(), "isk" | "ugx") {
        digits = format!("{digits}{decimal}{part}");
    }
    let code = currency.code().to_uppercase();
    match currency.sign() {
        "" => format!("{digits} {code}"),
        "$" => format!("${digits} {code}"),
        sign @ ("R$" | "S/" | "€") => format!("{sign} {digits}"),
        sign => format!("{sign}{digits}"),
    }
}

fn marks(code: &str) -> (char, char) {
    match code {
        "ars" | "brl" | "clp" | "cop" | "crc" | "eur" | "isk" | "pyg" | "uyu" => ('.', ','),
        _ => (',', '.'),
    }
}

fn grouped(digits: &str, mark: char) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// Returns a time in Mexico City, six hours behind UTC all year: `26/11/2026 23:59`.
pub(super) fn mexican_time(seconds: i64) -> String {
    let there = jiff::Timestamp::from_second(seconds - 6 * 60 * 60);
    there
        .map(|time| time.strftime("%d/%m/%Y %H:%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Currency, amount, mexican_time};

    #[test]
    fn amounts_look_as_at_home() {
        let shown = |minor, code| amount(minor, Currency::read(code, "currency").unwrap());
        assert_eq!(shown(1_234_567_50, "mxn"), "$1,234,567.50 MXN");
        assert_eq!(shown(450_00, "mxn"), "$450.00 MXN");
        assert_eq!(shown(1_234_50, "brl"), "R$ 1.234,50");
        assert_eq!(shown(12_500, "clp"), "$12.500 CLP");
        assert_eq!(shown(500, "isk"), "5 ISK");
        assert_eq!(shown(5_120, "kwd"), "5.120 KWD");
    }

    #[test]
    fn a_voucher_ends_at_a_mexican_midnight() {
        assert_eq!(mexican_time(1_795_672_799), "25/11/2026 23:59");
    }
}
