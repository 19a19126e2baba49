//! The byte-level look that spares nearly every text the real search.

/// The fewest digits a card number has.
const FEWEST: u32 = 13;
/// The most separators, in bytes, that may stand between two digits of one number.
const MOST_SEPARATORS: u32 = 4;

/// What a byte can be in a card number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    /// A digit, or the lead byte of a character that may be one.
    Digit,
    Separator,
    Backslash,
    /// The rest of a character, or one that shows nothing.
    Neutral,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "a constant: out of bounds would not compile"
    )]
    while byte < 256 {
        classes[byte] = class_of(byte);
        byte += 1;
    }
    classes
};

const fn class_of(byte: usize) -> Class {
    match byte {
        // `0` to `9`; superscripts; sub- and superscripts, circled; fullwidth; mathematical.
        0x30..=0x39 | 0xC2 | 0xE2 | 0xEF | 0xF0 => Class::Digit,
        // Space, tab, line ends and ' * , - . / : ; _ | ~
        0x20 | 0x09 | 0x0A | 0x0D | 0x27 | 0x2A | 0x2C..=0x2F | 0x3A | 0x3B | 0x5F | 0x7C | 0x7E => {
            Class::Separator
        }
        0x5C => Class::Backslash,
        0x80..=0xBF | 0xE1 | 0xE3 => Class::Neutral,
        _ => Class::Other,
    }
}

fn class(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Other)
}

/// Returns whether `bytes`, text or JSON text, could hold a card number.
///
/// A cheap upper bound: escapes count as digits, and so does every character
/// of the kinds among which NFKC knows digits.
pub(super) fn may_hold_card(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while rest.as_slice().len() >= FEWEST as usize {
        if !skip_to_start(&mut rest) {
            return false;
        }
        if run_is_long(&mut rest) {
            return true;
        }
    }
    false
}

/// Moves to where a number could start.
fn skip_to_start(rest: &mut std::slice::Iter<'_, u8>) -> bool {
    let skipped = rest
        .as_slice()
        .iter()
        .position(|byte| matches!(class(*byte), Class::Digit | Class::Backslash));
    match skipped {
        Some(0) => true,
        Some(skipped) => rest.nth(skipped - 1).is_some(),
        None => false,
    }
}

/// Reads a run of digits and separators, and returns whether it is as long as a card's.
fn run_is_long(rest: &mut std::slice::Iter<'_, u8>) -> bool {
    let mut digits = 0;
    let mut separators = 0;
    while let Some(byte) = rest.next() {
        match class(*byte) {
            Class::Digit => {
                digits += 1;
                separators = 0;
            }
            Class::Separator => separators += 1,
            Class::Backslash => match after_backslashes(rest) {
                Some(digit) => digits += digit,
                None => return false,
            },
            Class::Neutral => {}
            Class::Other => return false,
        }
        if digits >= FEWEST {
            return true;
        }
        if separators > MOST_SEPARATORS {
            return false;
        }
    }
    false
}

/// Returns how many digits an escape may be, however many backslashes it has.
fn after_backslashes(rest: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
    match rest.find(|byte| **byte != b'\\')? {
        b'u' => {
            rest.by_ref().take(4).for_each(drop);
            Some(1)
        }
        b'n' | b'r' | b't' | b'/' => Some(0),
        b'0'..=b'9' => Some(1),
        _ => None,
    }
}
