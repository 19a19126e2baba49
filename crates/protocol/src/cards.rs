//! Card numbers, masked before anything is stored, logged, shown or given to a model.
//!
//! Masking is generous: a number of the right length, brand and check digit
//! goes, and so do the expiry and security code beside it. Where a word such as
//! "tarjeta" or "card" is near, the check digit alone is enough. What looks
//! alike and is not a card (phones, CLABE, CNPJ, order numbers, timestamps)
//! stays as it is.

mod beside;
mod brand;
mod find;
mod groups;
mod json;
mod prescan;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use groups::Groups;

/// Returns `text` with every card number as `•••• 4242`.
///
/// The original comes back, borrowed, when there was nothing to mask.
pub fn mask_text(text: &str) -> Cow<'_, str> {
    mask_with_hint(text, false)
}

/// Returns the JSON text `body` with the card numbers in its string values masked.
///
/// Values that name things (`id`, `from`, `url`, …) are left alone. Only the
/// string literals that held a card are written anew: everything else, and all
/// of it when nothing was masked, is byte for byte what came. Text that is not
/// JSON is an error.
pub fn mask_json(body: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    serde_json::from_str::<serde::de::IgnoredAny>(body)?;
    Ok(json::mask(body))
}

/// `hint` says that something outside the text calls it a card.
fn mask_with_hint(text: &str, hint: bool) -> Cow<'_, str> {
    if !prescan::may_hold_card(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let groups = Groups::of(text);
    let cards = find::cards(&groups, hint);
    if cards.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut edits: Vec<Edit> = cards.iter().map(|card| card_edit(&groups, card)).collect();
    edits.extend(beside::edits(&groups, &cards));
    Cow::Owned(apply(text, edits))
}

/// A piece of text and what stands there instead.
struct Edit {
    at: Range<usize>,
    by: Cow<'static, str>,
}

fn card_edit(groups: &Groups<'_>, card: &Range<usize>) -> Edit {
    let digits = groups.digits_of(card);
    let last_four = digits
        .iter()
        .skip(digits.len().saturating_sub(4))
        .map(|digit| char::from(b'0' + digit));
    Edit {
        at: groups.span_of(card),
        by: Cow::Owned("•••• ".chars().chain(last_four).collect()),
    }
}

/// Applies edits that do not overlap.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.at.start);
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        result.push_str(text.get(done..edit.at.start).unwrap_or_default());
        result.push_str(&edit.by);
        done = edit.at.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests;
