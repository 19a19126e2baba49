//! Phone numbers come in variants; this tells which are the same person.

/// Returns what variants of one phone number share.
///
/// Mexico writes 52 or 521, Argentina 54 or 549, Brazil with or without the
/// ninth digit. What was received is stored as it came; only matching uses this.
pub fn phone_match_key(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match (digits.get(..2), digits.get(2..)) {
        (Some("52"), Some(rest)) if rest.len() == 11 && rest.starts_with('1') => format!("52{}", after(rest, 1)),
        (Some("54"), Some(rest)) if rest.len() == 11 && rest.starts_with('9') => format!("54{}", after(rest, 1)),
        (Some("55"), Some(rest)) if rest.len() == 11 && after(rest, 2).starts_with('9') => {
            format!("55{}{}", rest.get(..2).unwrap_or_default(), after(rest, 3))
        }
        _ => digits,
    }
}

fn after(digits: &str, at: usize) -> &str {
    digits.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::phone_match_key;

    #[test]
    fn variants_of_one_number_match() {
        assert_eq!(phone_match_key("5215548217730"), phone_match_key("+52 55 4821 7730"));
        assert_eq!(phone_match_key("5491123456789"), phone_match_key("541123456789"));
        assert_eq!(phone_match_key("5511987654321"), phone_match_key("551187654321"));
    }

    #[test]
    fn different_numbers_stay_different() {
        assert_ne!(phone_match_key("5215548217730"), phone_match_key("5215548217731"));
        assert_ne!(phone_match_key("5511987654321"), phone_match_key("5521987654321"));
        assert_eq!(phone_match_key("16505551234"), "16505551234");
    }
}
