//! The expiry and the security code beside a card number.

use std::borrow::Cow;
use std::ops::Range;

use super::Edit;
use super::groups::{Groups, Join};
use super::words;

/// How far from the card's digits they may stand, in bytes.
const REACH: usize = 100;

const EXPIRY: &str = "••/••";
const CODE: &str = "•••";

/// Returns the edits that hide what stands beside `cards`.
pub(super) fn edits(groups: &Groups<'_>, cards: &[Range<usize>]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut free_from = 0;
    for (nth, card) in cards.iter().enumerate() {
        let next_card = cards.get(nth + 1).map_or(groups.groups.len(), |next| next.start);
        let span = groups.span_of(card);
        let first = first_within_reach(groups, free_from..card.start, span.start);
        Beside {
            groups,
            edits: &mut edits,
        }
        .walk(first..card.start, false, false);
        let end = end_within_reach(groups, card.end..next_card, span.end);
        let long_code = groups.digits_of(card).len() == 15;
        free_from = Beside {
            groups,
            edits: &mut edits,
        }
        .walk(card.end..end, true, long_code);
    }
    edits
}

fn first_within_reach(groups: &Groups<'_>, among: Range<usize>, of: usize) -> usize {
    among
        .clone()
        .find(|at| {
            groups
                .groups
                .get(*at)
                .is_some_and(|group| group.bytes.end + REACH >= of)
        })
        .unwrap_or(among.end)
}

fn end_within_reach(groups: &Groups<'_>, among: Range<usize>, of: usize) -> usize {
    among
        .clone()
        .find(|at| {
            groups
                .groups
                .get(*at)
                .is_some_and(|group| group.bytes.start > of + REACH)
        })
        .unwrap_or(among.end)
}

/// Returns whether group `at` and the next one are a month and a near year.
pub(super) fn is_expiry(groups: &Groups<'_>, at: usize) -> bool {
    let month = groups.len_of(at) <= 2 && groups.small(at).is_some_and(|month| (1..=12).contains(&month));
    let year = match (groups.len_of(at + 1), groups.small(at + 1)) {
        (2, Some(year)) => (20..=49).contains(&year),
        (4, Some(year)) => (2020..=2049).contains(&year),
        _ => false,
    };
    month && year && groups.join_of(at + 1) != Join::Apart
}

struct Beside<'g, 't> {
    groups: &'g Groups<'t>,
    edits: &'g mut Vec<Edit>,
}

impl Beside<'_, '_> {
    /// Hides what it knows among `range`, and returns where the next walk may begin.
    ///
    /// `touching` says that the first group may be joined to the card itself.
    fn walk(&mut self, range: Range<usize>, mut touching: bool, long_code: bool) -> usize {
        let mut at = range.start;
        let mut free_from = range.start;
        while at < range.end {
            touching &= self.groups.join_of(at) != Join::Apart;
            let (taken, by) = self.judge(at, &range, touching, long_code);
            if let Some(by) = by {
                let span = self.groups.span_of(&(at..at + taken));
                self.edits.push(Edit {
                    at: span,
                    by: Cow::Borrowed(by),
                });
                free_from = at + taken;
            }
            touching &= by == Some(EXPIRY);
            at += taken;
        }
        free_from
    }

    /// Returns how many groups belong together here, and what hides them.
    fn judge(
        &self,
        at: usize,
        range: &Range<usize>,
        touching: bool,
        long_code: bool,
    ) -> (usize, Option<&'static str>) {
        if at + 1 < range.end && self.is_expiry_here(at, touching) {
            return (2, Some(EXPIRY));
        }
        let length = self.groups.len_of(at);
        let is_code = match length {
            3 => touching || self.code_announced(at),
            4 => (touching && (long_code || self.is_short_expiry(at))) || self.code_announced(at),
            _ => false,
        };
        (1, is_code.then_some(CODE))
    }

    fn code_announced(&self, at: usize) -> bool {
        words::code_announced(self.groups.text, self.groups.span_of(&(at..at + 1)).start)
    }

    fn is_expiry_here(&self, at: usize, touching: bool) -> bool {
        let gap = self.groups.gap_before(at + 1).trim();
        let is_part_of_date =
            |other| self.groups.join_of(other) != Join::Apart && self.groups.gap_before(other).trim() == gap;
        is_expiry(self.groups, at)
            && (touching
                || (matches!(gap, "/" | "-" | "." | "|") && !is_part_of_date(at) && !is_part_of_date(at + 2)))
    }

    /// Month and year without anything between, as `1228`.
    fn is_short_expiry(&self, at: usize) -> bool {
        self.groups
            .small(at)
            .is_some_and(|value| (1..=12).contains(&(value / 100)) && (20..=49).contains(&(value % 100)))
    }
}
