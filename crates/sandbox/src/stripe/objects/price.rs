//! What one unit of a product costs, once or again and again.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub(crate) id: String,
    pub(crate) created: i64,
    /// False for a price made inline with `price_data`: it can't be used again.
    pub(crate) active: bool,
    pub(crate) product: String,
    pub(crate) currency: Currency,
    pub(crate) unit_amount: i64,
    pub(crate) cycle: Option<Cycle>,
    pub(crate) nickname: Option<String>,
    pub(crate) lookup_key: Option<String>,
    pub(crate) tax_behavior: String,
    pub(crate) metadata: Metadata,
}

/// How often a price comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cycle {
    pub(crate) interval: Interval,
    pub(crate) count: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interval {
    Day,
    Week,
    Month,
    Year,
}

impl Interval {
    pub(crate) const NAMES: &'static [&'static str] = &["day", "week", "month", "year"];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month, Self::Year]
            .into_iter()
            .find(|interval| interval.name() == name)
    }
}

impl Cycle {
    /// Returns the moment `times` cycles after `anchor`: counted from there, so that a month's 31st comes back after
    /// February.
    pub(crate) fn after(self, anchor: i64, times: i64) -> i64 {
        let count = self.count.saturating_mul(times);
        let span = match self.interval {
            Interval::Day => Span::new().try_days(count),
            Interval::Week => Span::new().try_weeks(count),
            Interval::Month => Span::new().try_months(count),
            Interval::Year => Span::new().try_years(count),
        };
        let moved = Timestamp::from_second(anchor)
            .and_then(|at| at.to_zoned_datetime(TimeZone::UTC).checked_add(span?));
        moved.map_or(i64::MAX / 1000, |at| at.timestamp().as_second())
    }

    pub(crate) fn render(self) -> Value {
        json!({
            "interval": self.interval.name(),
            "interval_count": self.count,
            "meter": null,
            "trial_period_days": null,
            "usage_type": "licensed",
        })
    }
}

impl Object for Price {
    const NOUN: &'static str = "price";
    const LIST: &'static str = "/v1/prices";
    kept_on!(prices);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "price",
            "active": self.active,
            "billing_scheme": "per_unit",
            "created": self.created,
            "currency": self.currency.code(),
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": self.lookup_key,
            "metadata": self.metadata,
            "nickname": self.nickname,
            "product": self.product,
            "recurring": self.cycle.map(Cycle::render),
            "tax_behavior": self.tax_behavior,
            "tiers_mode": null,
            "transform_quantity": null,
            "type": if self.cycle.is_some() { "recurring" } else { "one_time" },
            "unit_amount": self.unit_amount,
            "unit_amount_decimal": self.unit_amount.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Cycle, Interval};

    fn second(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_second()
    }

    #[test]
    fn the_last_of_a_month_comes_back_after_february() {
        let monthly = Cycle {
            interval: Interval::Month,
            count: 1,
        };
        let anchor = second("2026-01-31T10:00:00Z");
        assert_eq!(monthly.after(anchor, 1), second("2026-02-28T10:00:00Z"));
        assert_eq!(monthly.after(anchor, 2), second("2026-03-31T10:00:00Z"));
        let fortnightly = Cycle {
            interval: Interval::Week,
            count: 2,
        };
        assert_eq!(fortnightly.after(anchor, 3), second("2026-03-14T10:00:00Z"));
    }
}
