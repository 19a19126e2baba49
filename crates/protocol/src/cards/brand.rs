//! What makes digits a card number: issuer prefix, exact length, check digit.

/// Prefixes of equal length, first and last, and the lengths their numbers have.
struct Issuer {
    first: u64,
    last: u64,
    lengths: &'static [usize],
}

const fn issuer(first: u64, last: u64, lengths: &'static [usize]) -> Issuer {
    Issuer { first, last, lengths }
}

const ISSUERS: &[Issuer] = &[
    // Visa
    issuer(4, 4, &[13, 16, 19]),
    // Mastercard
    issuer(51, 55, &[16]),
    issuer(2221, 2720, &[16]),
    // American Express
    issuer(34, 34, &[15]),
    issuer(37, 37, &[15]),
    // Diners Club
    issuer(300, 305, &[14, 16]),
    issuer(3095, 3095, &[14, 16]),
    issuer(36, 36, &[14, 16]),
    issuer(38, 39, &[14, 16]),
    // Discover
    issuer(6011, 6011, &[16, 19]),
    issuer(644, 649, &[16, 19]),
    issuer(65, 65, &[16, 19]),
    // JCB
    issuer(3528, 3589, &[16, 19]),
    // UnionPay
    issuer(62, 62, &[16, 17, 18, 19]),
    issuer(81, 81, &[16, 17, 18, 19]),
    // Maestro
    issuer(5018, 5018, &[16, 18, 19]),
    issuer(5020, 5020, &[16, 18, 19]),
    issuer(5038, 5038, &[16, 18, 19]),
    issuer(5893, 5893, &[16, 18, 19]),
    issuer(6304, 6304, &[16, 18, 19]),
    issuer(6759, 6759, &[16, 18, 19]),
    issuer(6761, 6763, &[16, 18, 19]),
    // Elo (its 4… and 65… prefixes are above)
    issuer(504_175, 504_175, &[16]),
    issuer(506_699, 506_778, &[16]),
    issuer(509_000, 509_999, &[16]),
    issuer(627_780, 627_780, &[16]),
    issuer(636_297, 636_297, &[16]),
    issuer(636_368, 636_368, &[16]),
    // Hipercard
    issuer(606_282, 606_282, &[13, 16, 19]),
    issuer(384_100, 384_100, &[16, 19]),
    issuer(384_140, 384_140, &[16, 19]),
    issuer(384_160, 384_160, &[16, 19]),
    issuer(637_095, 637_095, &[16]),
    issuer(637_568, 637_568, &[16]),
    issuer(637_599, 637_599, &[16]),
    issuer(637_609, 637_609, &[16]),
    issuer(637_612, 637_612, &[16]),
    // Naranja
    issuer(589_562, 589_562, &[16]),
    // Cabal
    issuer(6042, 6043, &[16]),
    issuer(589_657, 589_657, &[16]),
    issuer(603_522, 603_522, &[16]),
    issuer(627_170, 627_170, &[16]),
    // Carnet (Mexico), Argencard, Codensa
    issuer(286_900, 286_900, &[16]),
    issuer(502_275, 502_275, &[16]),
    issuer(506_199, 506_499, &[16]),
    issuer(639_388, 639_388, &[16]),
    issuer(639_484, 639_484, &[16]),
    issuer(639_559, 639_559, &[16]),
    issuer(501_105, 501_105, &[16]),
    issuer(590_712, 590_712, &[16]),
];

/// Returns whether some issuer's numbers begin like this and are that long.
pub(super) fn is_known(digits: &[u8]) -> bool {
    ISSUERS
        .iter()
        .any(|issuer| issuer.lengths.contains(&digits.len()) && issuer.issues(digits))
}

impl Issuer {
    fn issues(&self, digits: &[u8]) -> bool {
        let length = self.first.ilog10() as usize + 1;
        (self.first..=self.last).contains(&number(digits.get(..length).unwrap_or_default()))
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| {
        number.wrapping_mul(10).wrapping_add(u64::from(*digit))
    })
}

/// Returns whether the last digit is the right check digit (Luhn).
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit) {
            (0, _) => u32::from(digit),
            (_, 0..=4) => u32::from(digit) * 2,
            _ => u32::from(digit) * 2 - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Returns whether these digits are something else for certain.
pub(super) fn is_other(digits: &[u8]) -> bool {
    is_one_digit(digits) || is_clabe(digits) || is_cnpj(digits)
}

fn is_one_digit(digits: &[u8]) -> bool {
    digits.iter().all(|digit| Some(digit) == digits.first())
}

/// A Mexican bank account: 18 digits, weights 3-7-1.
fn is_clabe(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .take(17)
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight % 10)
        .sum();
    digits.len() == 18 && digits.last().map(|last| u32::from(*last)) == Some((10 - sum % 10) % 10)
}

/// A Brazilian company: 14 digits, a low branch number and two check digits.
fn is_cnpj(digits: &[u8]) -> bool {
    digits.len() == 14
        && number(digits.get(8..12).unwrap_or_default()) < 100
        && ends_with_modulo_11(digits.get(..13).unwrap_or_default(), 8)
        && ends_with_modulo_11(digits, 8)
}

/// Returns whether these are the 44 digits of a Brazilian invoice key.
pub(super) fn is_invoice_key(digits: &[u8]) -> bool {
    digits.len() == 44 && ends_with_modulo_11(digits, 8)
}

/// The last digit checks the ones before it, weighted 2, 3, … from the right.
fn ends_with_modulo_11(digits: &[u8], weights: u32) -> bool {
    let Some((check, body)) = digits.split_last() else {
        return false;
    };
    let sum: u32 = body
        .iter()
        .rev()
        .zip((2..2 + weights).cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let expected = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    u32::from(*check) == expected
}

/// Returns whether digits that only pass Luhn are a phone, an IMEI or a clock.
pub(super) fn is_everyday(digits: &[u8]) -> bool {
    match digits.len() {
        13 => [&[5, 2, 1][..], &[5, 4, 9], &[5, 5], &[1]]
            .iter()
            .any(|prefix| digits.starts_with(prefix)),
        15 => [&[3, 5][..], &[8, 6], &[0, 1], &[9, 9]]
            .iter()
            .any(|prefix| digits.starts_with(prefix)),
        _ => false,
    }
}
