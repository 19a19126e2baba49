//! The search for card numbers among groups of digits.

use std::ops::Range;

use super::groups::{Groups, Join, is_invisible};
use super::{brand, words};

const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;

/// Returns the neighbouring groups that are one card number each, in order.
///
/// Shorter readings win: in `4242 4242 4242 4242 123` the last group is the
/// security code, and must not become "the last four".
pub(super) fn cards(groups: &Groups<'_>, hint: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for run in runs(groups) {
        if is_document(groups, &run) {
            continue;
        }
        let branded = search(groups, &run, |at| is_branded_card(groups, &run, at, hint));
        if branded.is_empty() {
            found.extend(search(groups, &run, |at| is_likely_card(groups, &run, at, hint)));
        } else {
            found.extend(branded);
        }
    }
    found
}

/// Returns the longest rows of groups with only separators between them.
fn runs(groups: &Groups<'_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, group) in groups.groups.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if group.join != Join::Apart => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn search(
    groups: &Groups<'_>,
    run: &Range<usize>,
    is_card: impl Fn(&Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut first = run.start;
    while first < run.end {
        let card = (first + 1..=run.end)
            .map(|end| first..end)
            .take_while(|at| groups.digits_of(at).len() <= *LENGTHS.end())
            .find(|at| has_card_digits(groups, at) && is_card(at));
        first = card.as_ref().map_or(first + 1, |card| card.end);
        found.extend(card);
    }
    found
}

fn has_card_digits(groups: &Groups<'_>, at: &Range<usize>) -> bool {
    let digits = groups.digits_of(at);
    LENGTHS.contains(&digits.len()) && brand::passes_luhn(digits) && !brand::is_other(digits)
}

/// Judges digits that pass the check by their brand.
fn is_branded_card(groups: &Groups<'_>, run: &Range<usize>, at: &Range<usize>, hint: bool) -> bool {
    if !brand::is_known(groups.digits_of(at)) {
        return false;
    }
    let called_card = hint || is_called_card(groups, at);
    let plausible = called_card || is_regular(groups, at) || (at == run && is_one_number(groups, at));
    plausible && !is_guarded(groups, at, called_card)
}

/// Judges digits of no known brand that pass the check where a card is spoken of.
fn is_likely_card(groups: &Groups<'_>, run: &Range<usize>, at: &Range<usize>, hint: bool) -> bool {
    (at == run || is_regular(groups, at))
        && !brand::is_everyday(groups.digits_of(at))
        && !words::says_imei(words::before(groups.text, groups.span_of(at).start))
        && (hint || is_called_card(groups, at))
        && !is_guarded(groups, at, true)
}

fn is_called_card(groups: &Groups<'_>, at: &Range<usize>) -> bool {
    expiry_follows(groups, at.end) || words::near(groups.text, &groups.span_of(at))
}

/// Returns whether group `at` and the next are joined to the number as `12/28`.
fn expiry_follows(groups: &Groups<'_>, at: usize) -> bool {
    groups.join_of(at) != Join::Apart
        && matches!(groups.gap_before(at + 1), "/" | "|" | "-")
        && super::beside::is_expiry(groups, at)
}

/// Returns whether the digits are grouped as on a card.
fn is_regular(groups: &Groups<'_>, at: &Range<usize>) -> bool {
    let lengths: Vec<usize> = at.clone().map(|group| groups.len_of(group)).collect();
    match lengths.as_slice() {
        [_] | [4, 6, 4 | 5] | [4, 3, 3, 3] | [8, 8] => true,
        [fours @ .., 1..=4] => fours.iter().all(|length| *length == 4),
        _ => false,
    }
}

/// Returns whether the digits, however grouped, read as one number and hold no phone.
fn is_one_number(groups: &Groups<'_>, at: &Range<usize>) -> bool {
    let lengths: Vec<usize> = at.clone().map(|group| groups.len_of(group)).collect();
    let single = at
        .clone()
        .skip(1)
        .all(|group| groups.join_of(group) == Join::Single);
    let phone = lengths.iter().any(|length| (10..=12).contains(length))
        || lengths
            .windows(3)
            .any(|three| matches!(three, [2, 4 | 5, 4] | [3, 3, 4]));
    single && !phone
}

/// Returns whether the run is a bank slip or an invoice key, which are long rows of digits.
fn is_document(groups: &Groups<'_>, run: &Range<usize>) -> bool {
    let lengths: Vec<usize> = run.clone().take(9).map(|group| groups.len_of(group)).collect();
    lengths == [5, 5, 5, 6, 5, 6, 1, 14] || brand::is_invoice_key(groups.digits_of(run))
}

/// Returns whether what touches the digits says that they are something else.
fn is_guarded(groups: &Groups<'_>, at: &Range<usize>, called_card: bool) -> bool {
    let span = groups.span_of(at);
    let head = token_before(groups.text, span.start);
    let tail = token_after(groups.text, span.end);
    let before = head.chars().rev().find(|c| !is_invisible(*c));
    let after = tail.chars().find(|c| !is_invisible(*c));
    is_in_address(head, tail)
        || is_user_id(head)
        || (before == Some('+') && (!called_card || groups.digits_of(at).len() <= 15))
        || if called_card {
            is_in_name(head.chars().rev()) || is_in_name(tail.chars())
        } else {
            before.is_some_and(is_guard) || after.is_some_and(is_guard)
        }
}

fn is_guard(c: char) -> bool {
    matches!(c, '#' | '@' | '/' | '_' | '=' | '&' | '%') || (c.is_alphabetic() && !matches!(c, 'º' | 'ª'))
}

/// Returns whether the characters that touch the digits are part of a name such as `pi_3a` or `x7`.
fn is_in_name(touching: impl Iterator<Item = char>) -> bool {
    let mut rest = touching.skip_while(|c| is_invisible(*c)).peekable();
    let is_word = rest.next_if(|c| c.is_alphabetic()).is_some();
    while rest.next_if(|c| c.is_alphabetic()).is_some() {}
    match rest.next() {
        Some('_' | '@') => true,
        Some(c) => is_word && c.is_ascii_digit(),
        None => false,
    }
}

fn is_in_address(head: &str, tail: &str) -> bool {
    head.contains("://") || head.contains("www.") || head.ends_with('@') || tail.starts_with('@')
}

/// Returns whether `head` ends as a business-scoped user id starts: `MX.` or `MX.ENT.`.
fn is_user_id(head: &str) -> bool {
    let start = head
        .strip_suffix('.')
        .map(|start| start.strip_suffix(".ENT").unwrap_or(start));
    let country = start.and_then(|start| start.rsplit(|c: char| !c.is_alphanumeric()).next());
    country.is_some_and(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn token_before(text: &str, at: usize) -> &str {
    let before = words::before(text, at);
    before.rsplit(char::is_whitespace).next().unwrap_or_default()
}

fn token_after(text: &str, at: usize) -> &str {
    let after = words::after(text, at);
    after.split(char::is_whitespace).next().unwrap_or_default()
}
