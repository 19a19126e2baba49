//! Slips and codes that are paid somewhere else: at an OXXO store, at a Brazilian bank, with a Pix app.

use std::ops::RangeInclusive;

use crate::stripe::currency::Currency;
use crate::stripe::ids;

const DAY: i64 = 24 * 60 * 60;
/// Mexico City and Brasília are so far behind UTC, all year.
const MEXICO: i64 = 6 * 60 * 60;
const BRAZIL: i64 = 3 * 60 * 60;

/// One of the slips that the sandbox plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    Oxxo,
    Boleto,
    Pix,
}

impl Slip {
    pub(crate) const ALL: [Self; 3] = [Self::Oxxo, Self::Boleto, Self::Pix];

    /// Returns Stripe's name of the method.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Oxxo => "oxxo",
            Self::Boleto => "boleto",
            Self::Pix => "pix",
        }
    }

    pub(crate) fn from_method(method: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slip| slip.method() == method)
    }

    /// Returns what people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Oxxo => "OXXO",
            Self::Boleto => "Boleto",
            Self::Pix => "Pix",
        }
    }

    pub(crate) fn currency(self) -> &'static str {
        match self {
            Self::Oxxo => "mxn",
            Self::Boleto | Self::Pix => "brl",
        }
    }

    /// Returns the least and the greatest payment.
    pub(crate) fn amounts(self) -> RangeInclusive<i64> {
        match self {
            Self::Oxxo => 10_00..=10_000_00,
            Self::Boleto => 5_00..=49_999_99,
            Self::Pix => 50..=150_000_00,
        }
    }

    pub(crate) fn takes(self, currency: Currency, total: i64) -> bool {
        currency.code() == self.currency() && self.amounts().contains(&total)
    }

    /// Returns a number to be typed, or a code to be scanned.
    pub(crate) fn new_number(self) -> String {
        match self {
            Self::Oxxo => format!("9300{}", ids::decimal(14)),
            Self::Boleto => format!("0019{}", ids::decimal(43)),
            Self::Pix => format!("00020126580014br.gov.bcb.pix0136{}", ids::token(36)),
        }
    }

    /// Returns until when it can be paid: a slip to the end of a day there, a code for a day.
    pub(crate) fn ends_at(self, now: i64, days: i64) -> i64 {
        match self {
            Self::Oxxo => end_of_day(now, days, MEXICO),
            Self::Boleto => end_of_day(now, days, BRAZIL),
            Self::Pix => now + DAY,
        }
    }

    pub(crate) fn is_refundable(self) -> bool {
        self == Self::Pix
    }
}

/// Returns 23:59:59 so many hours behind UTC, `days` days after `now`.
fn end_of_day(now: i64, days: i64, behind: i64) -> i64 {
    let today = (now - behind).div_euclid(DAY);
    (today + days + 1) * DAY - 1 + behind
}

#[cfg(test)]
mod tests {
    use super::Slip;

    fn end(slip: Slip, from: &str) -> String {
        let from = from.parse::<jiff::Timestamp>().unwrap().as_second();
        jiff::Timestamp::from_second(slip.ends_at(from, 2))
            .unwrap()
            .to_string()
    }

    #[test]
    fn vouchers_expire_at_the_end_of_a_day_where_they_are_paid() {
        // Monday 2026-11-23 20:00 in Mexico City is Tuesday 02:00 UTC.
        assert_eq!(end(Slip::Oxxo, "2026-11-24T02:00:00Z"), "2026-11-26T05:59:59Z");
        assert_eq!(end(Slip::Boleto, "2026-11-24T02:00:00Z"), "2026-11-26T02:59:59Z");
        assert_eq!(end(Slip::Pix, "2026-11-24T02:00:00Z"), "2026-11-25T02:00:00Z");
    }
}
