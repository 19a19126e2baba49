//! What the shop's owner allows.

/// The owner's rules. The default allows no discount and up to a hundred of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// More of one item than this goes to a person.
    pub max_quantity: u32,
    /// A larger total goes to a person; in minor units.
    pub max_total_minor: Option<i64>,
    pub discounts: Vec<DiscountRule>,
    pub answers: Answers,
    pub faq: Vec<Faq>,
}

/// An answer of the shop's own to a question that names certain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faq {
    /// What customers write, such as `garantía, cuánto dura la garantía`: one
    /// of the phrases must be in the question with all its words.
    pub about: String,
    pub answer: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            max_quantity: 100,
            max_total_minor: None,
            discounts: Vec::new(),
            answers: Answers::default(),
            faq: Vec::new(),
        }
    }
}

/// A discount that the owner gives without being asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountRule {
    pub id: String,
    /// The customer must write it; a rule without a code applies by itself.
    pub code: Option<String>,
    /// The order must be worth this much, in minor units.
    pub min_total_minor: i64,
    pub cut: Cut,
}

/// How much a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// In hundredths of a per cent: 10 % is 1000.
    BasisPoints(u32),
    Minor(i64),
}

impl Cut {
    /// Returns what comes off `total`, rounded half up and never more than `total`.
    pub fn of(self, total: i64) -> i64 {
        let off = match self {
            Self::Minor(minor) => minor,
            Self::BasisPoints(points) => {
                let exact = i128::from(total) * i128::from(points);
                i64::try_from((exact + 5_000) / 10_000).unwrap_or(total)
            }
        };
        off.clamp(0, total.max(0))
    }
}

/// The shop's own answers to what everyone asks; what is missing is left to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    pub hours: Option<String>,
    pub delivery: Option<String>,
    pub payment: Option<String>,
    pub place: Option<String>,
    pub instalments: Option<String>,
    pub returns: Option<String>,
}

impl Rules {
    /// Returns the best discount that the owner's rules give on `total`.
    pub(crate) fn discount_on(
        &self,
        total: i64,
        said: &dyn Fn(&str) -> bool,
    ) -> Option<(&DiscountRule, i64)> {
        self.discounts
            .iter()
            .filter(|rule| total >= rule.min_total_minor)
            .filter(|rule| rule.code.as_deref().is_none_or(said))
            .map(|rule| (rule, rule.cut.of(total)))
            .max_by_key(|(_, off)| *off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cents_round_half_up_and_never_exceed_the_total() {
        assert_eq!(Cut::BasisPoints(1000).of(180_00), 18_00);
        assert_eq!(Cut::BasisPoints(1500).of(33), 5);
        assert_eq!(Cut::Minor(500).of(300), 300);
        assert_eq!(Cut::BasisPoints(20_000).of(300), 300);
    }
}
