//! How often a charge is paid, and what a plan of instalments comes to.

use cobro_stripe::{Interval, Recurring};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Money;
use super::sale::{WHOLE, less, money, percent, step};
use crate::{Error, Result};

/// Two payments are the fewest that are instalments; nobody plans more than three years ahead.
const INSTALMENTS: std::ops::RangeInclusive<u32> = 2..=36;
const MOST_TRIAL_DAYS: u32 = 365;

/// How often a charge is paid, where that is more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Recurrence {
    /// The same amount again and again, until somebody ends it.
    Subscription {
        every: Recurring,
        /// Days before the first payment.
        #[serde(default)]
        trial_days: Option<u32>,
    },
    /// One price in monthly payments, the first at once.
    Instalments {
        count: u32,
        /// On the whole price, in hundredths of a per cent.
        #[serde(default)]
        interest: u32,
    },
}

impl Recurrence {
    /// Returns the rhythm in which Stripe charges.
    pub fn every(self) -> Recurring {
        match self {
            Self::Subscription { every, .. } => every,
            Self::Instalments { .. } => Recurring::MONTHLY,
        }
    }

    pub fn trial_days(self) -> Option<u32> {
        match self {
            Self::Subscription { trial_days, .. } => trial_days,
            Self::Instalments { .. } => None,
        }
    }

    /// Returns after how many payments it ends by itself.
    pub fn instalments(self) -> Option<u32> {
        match self {
            Self::Subscription { .. } => None,
            Self::Instalments { count, .. } => Some(count),
        }
    }

    /// Checks what a person chose: which field, which rule, the way out.
    pub(crate) fn check(self) -> Result<()> {
        match self {
            Self::Subscription { every, trial_days } => {
                check_rhythm(every)?;
                match trial_days {
                    Some(days) if !(1..=MOST_TRIAL_DAYS).contains(&days) => Err(Error::Invalid(format!(
                        "The trial must be from 1 to {MOST_TRIAL_DAYS} days; got {days}. Leave it out for none"
                    ))),
                    _ => Ok(()),
                }
            }
            Self::Instalments { count, interest } => {
                if !INSTALMENTS.contains(&count) {
                    return Err(Error::Invalid(format!(
                        "The instalments must be from {} to {}; got {count}",
                        INSTALMENTS.start(),
                        INSTALMENTS.end()
                    )));
                }
                if interest > WHOLE {
                    return Err(Error::Invalid(
                        "The interest must be from 0 to 100 per cent of the price. Correct it".into(),
                    ));
                }
                Ok(())
            }
        }
    }
}

fn check_rhythm(every: Recurring) -> Result<()> {
    let most = match every.interval {
        Interval::Day => 365,
        Interval::Week => 52,
        Interval::Month => 12,
        Interval::Year => 1,
    };
    if (1..=most).contains(&every.count) {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "A subscription is charged at least once a year: every 1 to {most} {}s; got {}",
        every.interval.name(),
        every.count
    )))
}

/// What instalments come to, to the last minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Price and interest.
    pub total: Money,
    pub interest: Money,
    /// Paid at once: what the others are, and what the division leaves over.
    pub first: Money,
    /// Each of the others.
    pub each: Money,
    pub count: u32,
}

impl Plan {
    /// Divides a price. Interest is rounded as a percentage of a sale is, halves up.
    pub fn of(price: Money, count: u32, interest: u32) -> Result<Self> {
        Recurrence::Instalments { count, interest }.check()?;
        let currency = price.currency();
        let interest = percent(price.minor(), interest, step(currency));
        let total = money(i128::from(price.minor()) + interest, currency)?;
        let unit = step(currency);
        let each = total.minor() / i64::from(count) / unit * unit;
        let others = i128::from(each) * i128::from(count - 1);
        if each == 0 {
            return Err(Error::Invalid(format!(
                "{total} can't be divided into {count} payments. Take fewer of them"
            )));
        }
        Ok(Self {
            first: less(total, money(others, currency)?)?,
            each: money(i128::from(each), currency)?,
            interest: money(interest, currency)?,
            total,
            count,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Currency;

    fn amount(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    fn divided(price: Money, count: u32, interest: u32) -> [i64; 4] {
        let plan = Plan::of(price, count, interest).unwrap();
        [plan.total, plan.interest, plan.first, plan.each].map(Money::minor)
    }

    #[test]
    fn what_the_division_leaves_over_is_paid_first() {
        assert_eq!(divided(amount(100_00, "MXN"), 3, 0), [100_00, 0, 33_34, 33_33]);
        assert_eq!(
            divided(amount(900_00, "MXN"), 6, 500),
            [945_00, 45_00, 157_50, 157_50]
        );
        assert_eq!(divided(amount(10_000, "CLP"), 3, 0), [10_000, 0, 3_334, 3_333]);
        // Whole krónur only, though Stripe counts hundredths.
        assert_eq!(divided(amount(100_00, "ISK"), 3, 0), [100_00, 0, 34_00, 33_00]);
    }

    #[test]
    fn what_can_not_be_divided_says_why() {
        let refusal = |price, count, interest| Plan::of(price, count, interest).unwrap_err().to_string();
        assert!(refusal(amount(2, "MXN"), 3, 0).contains("Take fewer"));
        assert!(refusal(amount(100_00, "MXN"), 1, 0).contains("from 2 to 36"));
        assert!(refusal(amount(100_00, "MXN"), 3, 10_001).contains("0 to 100"));
    }

    #[test]
    fn a_rhythm_that_nobody_would_remember_is_refused() {
        let of = |interval, count| Recurrence::Subscription {
            every: Recurring { interval, count },
            trial_days: None,
        };
        assert!(of(Interval::Week, 2).check().is_ok());
        assert!(of(Interval::Month, 0).check().is_err());
        assert!(of(Interval::Month, 13).check().is_err());
        let trial = Recurrence::Subscription {
            every: Recurring::MONTHLY,
            trial_days: Some(0),
        };
        assert!(trial.check().unwrap_err().to_string().contains("Leave it out"));
    }

    proptest! {
        #[test]
        fn instalments_add_up_to_the_total_and_each_can_be_charged(
            units in 40..1_000_000_000_i64,
            count in 2..=36_u32,
            interest in 0..=WHOLE,
            code in prop::sample::select(vec!["MXN", "USD", "BRL", "COP", "CLP", "JPY", "ISK", "UGX", "KWD"]),
        ) {
            let currency = Currency::from_code(code).unwrap();
            let price = Money::from_minor(units * step(currency), currency).unwrap();
            let plan = Plan::of(price, count, interest).unwrap();
            let sum = plan.first.minor() + plan.each.minor() * i64::from(count - 1);
            prop_assert_eq!(sum, plan.total.minor());
            prop_assert_eq!(plan.total.minor(), price.minor() + plan.interest.minor());
            prop_assert!(plan.first.check_chargeable().is_ok() && plan.each.check_chargeable().is_ok());
            prop_assert!(plan.first.minor() >= plan.each.minor());
            prop_assert!(plan.first.minor() - plan.each.minor() < i64::from(count) * step(currency));
        }
    }
}
