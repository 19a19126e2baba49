//! Phone numbers come in variants; this tells which are the same person.

/// Returns what variants of one phone number share.
///
/// Mexico writes 52 or 521, Argentina 54 or 549, Brazil with or without the
/// ninth digit. What was received is stored as it came; only matching uses this.
pub fn phone_match_key(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let number = digits.strip_prefix("00").unwrap_or(&digits);
    without_extra_digit(number).unwrap_or_else(|| number.to_owned())
}

/// Returns the number without the digit that only one of its variants has.
fn without_extra_digit(number: &str) -> Option<String> {
    let (country, rest) = number.split_at_checked(2)?;
    if rest.len() != 11 {
        return None;
    }
    match country {
        "52" => rest.strip_prefix('1').map(|rest| format!("52{rest}")),
        "54" => rest.strip_prefix('9').map(|rest| format!("54{rest}")),
        "55" => {
            let (area, line) = rest.split_at_checked(2)?;
            let old = line.strip_prefix('9')?;
            // Only what was a mobile number before the ninth digit has two forms;
            // without it, others would look like somebody's landline.
            old.starts_with(['6', '7', '8', '9'])
                .then(|| format!("55{area}{old}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::phone_match_key;

    fn same(one: &str, other: &str) -> bool {
        phone_match_key(one) == phone_match_key(other)
    }

    #[test]
    fn variants_of_one_number_match() {
        assert!(same("5215548217730", "+52 55 4821 7730"));
        assert!(same("5491123456789", "541123456789"));
        assert!(same("5511987654321", "551187654321"));
        assert!(same("0052 55 4821 7730", "5215548217730"));
    }

    #[test]
    fn different_numbers_stay_different() {
        assert!(!same("5215548217730", "5215548217731"));
        assert!(!same("5511987654321", "5521987654321"));
        assert!(
            !same("5511932654321", "551132654321"),
            "a mobile number and a landline"
        );
        assert!(!same("5411234567890", "54911234567890"));
    }

    #[test]
    fn everything_else_is_only_its_digits() {
        assert_eq!(phone_match_key("+1 (650) 555-1234"), "16505551234");
        assert_eq!(phone_match_key(""), "");
        assert_eq!(phone_match_key("MX.abc"), "");
    }
}
