//! The byte-level look that spares nearly every text the real search.

/// The fewest digits a card number has.
const FEWEST: u32 = 13;
/// The most separators that may stand between two digits of one number.
const MOST_SEPARATORS: u32 = 3;

/// Returns whether `bytes`, text or JSON text, could hold a card number.
///
/// A cheap upper bound: escapes and the lead bytes of characters that may be
/// digits (fullwidth, superscript, mathematical) count as digits.
pub(super) fn may_hold_card(bytes: &[u8]) -> bool {
    let mut digits = 0;
    let mut separators = 0;
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'0'..=b'9' | 0xC2 | 0xE2 | 0xEF | 0xF0 => {
                digits += 1;
                separators = 0;
                if digits >= FEWEST {
                    return true;
                }
            }
            b' ' | b'-' | b'.' | b'\n' | b'\r' | b'\t' | b',' | b';' | b':' | b'|' | b'/' | b'*' | b'~'
            | b'\'' | b'_' => {
                separators += 1;
                if separators > MOST_SEPARATORS {
                    digits = 0;
                }
            }
            b'\\' => digits = after_backslash(&mut rest, digits),
            0x80..=0xBF | 0xE1 | 0xE3 => {}
            _ => digits = 0,
        }
        if digits >= FEWEST {
            return true;
        }
    }
    false
}

/// Returns the count of digits after an escape, however many backslashes it has.
fn after_backslash(rest: &mut std::slice::Iter<'_, u8>, digits: u32) -> u32 {
    match rest.find(|byte| **byte != b'\\') {
        Some(b'u') => {
            rest.by_ref().take(4).for_each(drop);
            digits + 1
        }
        Some(b'n' | b'r' | b't' | b'/') => digits,
        Some(b'0'..=b'9') => digits + 1,
        _ => 0,
    }
}
