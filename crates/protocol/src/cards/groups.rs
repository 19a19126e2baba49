//! A text as groups of digits, and how each group is joined to the one before.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

/// Digits that stand together.
pub(super) struct Group {
    pub(super) bytes: Range<usize>,
    /// Where its digits are in [`Groups::digits`].
    digits: Range<usize>,
    pub(super) join: Join,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.digits.len()
    }
}

/// What stands between a group and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// Nothing, or more than separators: these digits are not one number.
    Apart,
    /// A few separators of any kind.
    Loose,
    /// One space, dash, dot or line break.
    Single,
}

/// A text's groups of digits.
#[expect(clippy::struct_field_names, reason = "the groups are what it is")]
pub(super) struct Groups<'t> {
    pub(super) text: &'t str,
    pub(super) groups: Vec<Group>,
    digits: Vec<u8>,
}

impl<'t> Groups<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut building = Building {
            groups: Self {
                text,
                groups: Vec::new(),
                digits: Vec::new(),
            },
            gap: Gap::Far,
        };
        for (at, c) in text.char_indices() {
            building.take(c, at..at + c.len_utf8());
        }
        building.groups
    }

    /// Returns the digits, as numbers, of neighbouring groups.
    pub(super) fn digits_of(&self, groups: &Range<usize>) -> &[u8] {
        let range = match self.ends_of(groups) {
            Some((first, last)) => first.digits.start..last.digits.end,
            None => 0..0,
        };
        self.digits.get(range).unwrap_or_default()
    }

    /// Returns where neighbouring groups stand in the text.
    pub(super) fn span_of(&self, groups: &Range<usize>) -> Range<usize> {
        self.ends_of(groups)
            .map_or(0..0, |(first, last)| first.bytes.start..last.bytes.end)
    }

    /// Returns the value of a group of at most four digits.
    pub(super) fn small(&self, group: usize) -> Option<u32> {
        let digits = self.digits_of(&(group..group + 1));
        (1..=4).contains(&digits.len()).then(|| {
            digits
                .iter()
                .fold(0, |value, digit| value * 10 + u32::from(*digit))
        })
    }

    pub(super) fn len_of(&self, group: usize) -> usize {
        self.groups.get(group).map_or(0, Group::len)
    }

    pub(super) fn join_of(&self, group: usize) -> Join {
        self.groups.get(group).map_or(Join::Apart, |group| group.join)
    }

    /// Returns what stands between a group and the one before it.
    pub(super) fn gap_before(&self, group: usize) -> &'t str {
        let between = group.checked_sub(1).and_then(|previous| {
            Some(self.groups.get(previous)?.bytes.end..self.groups.get(group)?.bytes.start)
        });
        between.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    fn ends_of(&self, groups: &Range<usize>) -> Option<(&Group, &Group)> {
        let of = self.groups.get(groups.clone())?;
        Some((of.first()?, of.last()?))
    }
}

/// What has been read since the last digit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Single { return_only: bool },
    Loose { count: u8 },
    Far,
}

struct Building<'t> {
    groups: Groups<'t>,
    gap: Gap,
}

impl Building<'_> {
    fn take(&mut self, c: char, bytes: Range<usize>) {
        match Glyph::of(c) {
            Glyph::Digit(digit) => self.digit(digit, bytes),
            Glyph::Invisible => self.widen(bytes.end),
            Glyph::Plain => self.gap = self.gap.and_plain(c),
            Glyph::Odd => self.gap = self.gap.and_odd(),
            Glyph::Other => self.gap = Gap::Far,
        }
    }

    fn digit(&mut self, digit: u8, bytes: Range<usize>) {
        let at = self.groups.digits.len();
        self.groups.digits.push(digit);
        match (self.gap, self.groups.groups.last_mut()) {
            (Gap::None, Some(group)) => {
                group.bytes.end = bytes.end;
                group.digits.end = at + 1;
            }
            (gap, _) => self.groups.groups.push(Group {
                bytes,
                digits: at..at + 1,
                join: gap.join(),
            }),
        }
        self.gap = Gap::None;
    }

    /// What can't be seen belongs to the digit before it.
    fn widen(&mut self, end: usize) {
        if let (Gap::None, Some(group)) = (self.gap, self.groups.groups.last_mut()) {
            group.bytes.end = end;
        }
    }
}

impl Gap {
    fn and_plain(self, c: char) -> Self {
        match self {
            Self::None => Self::Single {
                return_only: c == '\r',
            },
            Self::Single { return_only: true } if c == '\n' => Self::Single { return_only: false },
            other => other.and_odd(),
        }
    }

    fn and_odd(self) -> Self {
        match self {
            Self::None => Self::Loose { count: 1 },
            Self::Single { .. } | Self::Loose { count: 1 } => Self::Loose { count: 2 },
            Self::Loose { count: 2 } => Self::Loose { count: 3 },
            Self::Loose { .. } | Self::Far => Self::Far,
        }
    }

    fn join(self) -> Join {
        match self {
            Self::Single { .. } => Join::Single,
            Self::Loose { .. } => Join::Loose,
            Self::None | Self::Far => Join::Apart,
        }
    }
}

/// What a character can be in a card number.
enum Glyph {
    Digit(u8),
    /// A separator that people put into card numbers.
    Plain,
    /// One that they rarely do.
    Odd,
    Invisible,
    Other,
}

impl Glyph {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digit(u8::try_from(u32::from(c) - u32::from('0')).unwrap_or(0)),
            ' ' | '-' | '.' | '\n' | '\r' | '\t' => Self::Plain,
            ',' | ';' | ':' | '|' | '/' | '*' | '~' | '\'' | '_' => Self::Odd,
            _ if c.is_ascii() => Self::Other,
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{20e3}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => Self::Invisible,
            '·' | '•' | '\u{2010}'..='\u{2015}' | '−' | '\u{fe58}' | '\u{fe63}' | '－' | '．' => {
                Self::Plain
            }
            '／' | '，' | '：' => Self::Odd,
            _ if c.is_whitespace() => Self::Plain,
            _ => compatible_digit(c).map_or(Self::Other, Self::Digit),
        }
    }
}

/// Returns the digit that NFKC makes of `c`, as of `４`, `⁴` or `𝟒`.
fn compatible_digit(c: char) -> Option<u8> {
    let mut only = None;
    let mut count = 0;
    decompose_compatible(c, |part| {
        count += 1;
        only = part.to_digit(10);
    });
    only.filter(|_| count == 1)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Returns whether `c` shows nothing, so that what stands before it counts.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(Glyph::of(c), Glyph::Invisible)
}
