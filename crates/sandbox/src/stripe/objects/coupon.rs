//! How much comes off a price.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Coupon {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    pub(crate) name: Option<String>,
    pub(crate) off: Off,
    pub(crate) duration: CouponDuration,
    pub(crate) most: Option<i64>,
    pub(crate) redeemed: i64,
    pub(crate) redeem_by: Option<i64>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Off {
    Amount(i64, Currency),
    Percent(f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CouponDuration {
    Once,
    Months(i64),
    Forever,
}

impl Coupon {
    pub(crate) fn is_valid(&self, now: i64) -> bool {
        !self.deleted
            && self.most.is_none_or(|most| self.redeemed < most)
            && self.redeem_by.is_none_or(|end| now <= end)
    }

    /// Returns what comes off, never more than there is; `None` in another currency.
    pub(crate) fn takes_off(&self, amount: i64, currency: Currency) -> Option<i64> {
        match self.off {
            Off::Amount(off, of) => (of == currency).then_some(off.min(amount)),
            Off::Percent(percent) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a percentage was checked to be between 0 and 100"
                )]
                let points = (percent * 100.0).round() as u32;
                let off = (i128::from(amount) * i128::from(points) + 5_000) / 10_000;
                i64::try_from(off).ok().map(|off| off.min(amount))
            }
        }
    }
}

impl Object for Coupon {
    const NOUN: &'static str = "coupon";
    const LIST: &'static str = "/v1/coupons";
    kept_on!(coupons);

    fn render(&self) -> Value {
        if self.deleted {
            return json!({"id": self.id, "object": "coupon", "deleted": true});
        }
        let (amount, currency, percent) = match self.off {
            Off::Amount(amount, currency) => (Some(amount), Some(currency.code()), None),
            Off::Percent(percent) => (None, None, Some(percent)),
        };
        let (duration, months) = match self.duration {
            CouponDuration::Once => ("once", None),
            CouponDuration::Months(months) => ("repeating", Some(months)),
            CouponDuration::Forever => ("forever", None),
        };
        json!({
            "id": self.id,
            "object": "coupon",
            "amount_off": amount,
            "created": self.created,
            "currency": currency,
            "duration": duration,
            "duration_in_months": months,
            "livemode": false,
            "max_redemptions": self.most,
            "metadata": self.metadata,
            "name": self.name,
            "percent_off": percent,
            "redeem_by": self.redeem_by,
            "times_redeemed": self.redeemed,
            // Whether its time is over is known to those who ask for it now.
            "valid": self.most.is_none_or(|most| self.redeemed < most),
        })
    }
}
