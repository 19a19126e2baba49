//! Ids in WhatsApp's shape.

use rand::RngExt;
use uuid::Uuid;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Dialling codes and the countries that business-scoped ids name; longer codes first.
const COUNTRIES: &[(&str, &str)] = &[
    ("502", "GT"),
    ("593", "EC"),
    ("351", "PT"),
    ("34", "ES"),
    ("44", "GB"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("58", "VE"),
    ("1", "US"),
];

/// Returns a message id that was never used, in this run or another.
pub(crate) fn wamid() -> String {
    format!(
        "wamid.HBgN{}=",
        Uuid::now_v7().simple().to_string().to_uppercase()
    )
}

pub(crate) fn token(length: usize) -> String {
    let mut rng = rand::rng();
    let letters = (0..length).map(|_| LETTERS.get(rng.random_range(0..LETTERS.len())));
    letters
        .map(|letter| letter.map_or('A', |letter| char::from(*letter)))
        .collect()
}

/// Returns the seconds since 1970: with a count behind them, an id that no earlier run used, and
/// that JSON's numbers can hold.
pub(crate) fn digits_of_now() -> String {
    jiff::Timestamp::now().as_second().to_string()
}

/// Returns the business-scoped user id of whoever owns a phone: the same for the same phone.
pub(crate) fn user_id(phone: &str) -> String {
    let country = COUNTRIES
        .iter()
        .find(|(code, _)| phone.starts_with(code))
        .map_or("US", |(_, country)| country);
    format!("{country}.1{:019}", fingerprint(phone) % 10_u64.pow(18))
}

/// FNV-1a: any spread will do, as long as it is the same in every run.
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Returns the digits of a phone number.
pub(crate) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// Returns what all spellings of one mobile number have in common.
///
/// Mexico 52/521, Argentina 54/549, and Brazil's ninth digit: WhatsApp delivers to either spelling.
pub(crate) fn common_spelling(phone: &str) -> String {
    let digits = digits(phone);
    for (long, short, length) in [("521", "52", 13), ("549", "54", 13)] {
        if digits.len() == length
            && let Some(rest) = digits.strip_prefix(long)
        {
            return format!("{short}{rest}");
        }
    }
    if digits.len() == 13
        && digits.starts_with("55")
        && let Some((area, rest)) = digits.split_at_checked(4)
        && let Some(rest) = rest.strip_prefix('9')
    {
        return format!("{area}{rest}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for (one, other) in [
            ("5215512345678", "+52 55 1234 5678"),
            ("5491112345678", "541112345678"),
            ("5511912345678", "551112345678"),
            ("16505551234", "+1 (650) 555-1234"),
        ] {
            assert_eq!(common_spelling(one), common_spelling(other));
        }
        assert_ne!(common_spelling("5215512345678"), common_spelling("5215512345679"));
    }

    #[test]
    fn a_phone_has_one_user_id_in_its_country() {
        assert_eq!(user_id("5215512345678"), user_id("5215512345678"));
        assert_ne!(user_id("5215512345678"), user_id("5215512345679"));
        assert!(user_id("5215512345678").starts_with("MX."));
        assert!(user_id("16505551234").starts_with("US."));
        assert_eq!(user_id("16505551234").len(), "US.13491208655302741918".len());
    }

    #[test]
    fn message_ids_do_not_repeat() {
        let mut ids: Vec<String> = (0..1000).map(|_| wamid()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1000);
    }
}
