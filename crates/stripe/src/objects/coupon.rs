//! Coupons and promotion codes.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{at, quiet_debug};
use crate::Off;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct Coupon {
    pub id: String,
    pub name: Option<String>,
    /// `None` for a kind of discount that this version does not know.
    pub off: Option<Off>,
    /// Stripe's word: `once`, `repeating` or `forever`.
    pub duration: Option<String>,
    pub duration_in_months: Option<u32>,
    /// It can still be used.
    pub valid: bool,
    pub times_redeemed: u64,
    pub redeem_by: Option<Timestamp>,
    pub metadata: Metadata,
    /// Empty where the coupon came inside another object, whose raw JSON has it.
    pub raw: String,
}

#[derive(Clone, PartialEq, Eq)]
pub struct PromotionCode {
    pub id: String,
    /// What customers type.
    pub code: String,
    pub active: bool,
    pub coupon_id: Option<String>,
    pub coupon: Option<Coupon>,
    pub times_redeemed: u64,
    pub expires_at: Option<Timestamp>,
    pub metadata: Metadata,
    pub raw: String,
}

quiet_debug!(Coupon);
quiet_debug!(PromotionCode);

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CouponWire {
    id: String,
    name: Option<String>,
    amount_off: Option<i64>,
    percent_off: Option<f64>,
    currency: Option<String>,
    duration: Option<String>,
    duration_in_months: Option<u32>,
    valid: Option<bool>,
    #[serde(default)]
    times_redeemed: u64,
    redeem_by: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CodeWire {
    id: String,
    code: String,
    active: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    promotion: Option<PromotionWire>,
    /// Where older versions have it.
    #[serde(default)]
    coupon: Expanded<CouponWire>,
    #[serde(default)]
    times_redeemed: u64,
    expires_at: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct PromotionWire {
    #[serde(default)]
    coupon: Expanded<CouponWire>,
}

impl CouponWire {
    fn off(&self) -> Option<Off> {
        if let Some((minor, currency)) = self.amount_off.zip(self.currency.as_deref()) {
            return money(minor, currency).ok().map(Off::Amount);
        }
        let exact = self.percent_off? * 100.0;
        let points = exact.round();
        if (exact - points).abs() > 1e-6 {
            return None; // A third of a per cent: rounded, the message would ask another sum than the page.
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was checked to be within 0 and 10,000"
        )]
        (0.0..=10_000.0)
            .contains(&points)
            .then_some(Off::BasisPoints(points as u32))
    }
}

impl FromStripe for Coupon {
    type Wire = CouponWire;
    const NAME: &'static str = "coupon";

    fn from_wire(wire: CouponWire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            off: wire.off(),
            id: wire.id,
            name: wire.name,
            duration: wire.duration,
            duration_in_months: wire.duration_in_months,
            valid: wire.valid.unwrap_or(true),
            times_redeemed: wire.times_redeemed,
            redeem_by: at(wire.redeem_by),
            metadata: wire.metadata.unwrap_or_default(),
            raw,
        })
    }
}

impl FromStripe for PromotionCode {
    type Wire = CodeWire;
    const NAME: &'static str = "promotion_code";

    fn from_wire(wire: CodeWire, raw: String, live: bool) -> Result<Self, Unusable> {
        let coupon = wire.promotion.map_or(wire.coupon, |promotion| promotion.coupon);
        Ok(Self {
            coupon_id: coupon.id().map(str::to_owned),
            coupon: coupon
                .into_object()
                .map(|coupon| Coupon::from_wire(coupon, String::new(), live))
                .transpose()?,
            id: wire.id,
            code: wire.code,
            active: wire.active.unwrap_or(true),
            times_redeemed: wire.times_redeemed,
            expires_at: at(wire.expires_at),
            metadata: wire.metadata.unwrap_or_default(),
            raw,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_that_has_no_two_decimals_is_not_rounded() {
        let off = |percent: &str| {
            let raw = format!(r#"{{"id":"c","percent_off":{percent}}}"#);
            serde_json::from_str::<CouponWire>(&raw).unwrap().off()
        };
        assert_eq!(off("12.5"), Some(Off::BasisPoints(1_250)));
        assert_eq!(off("33.33"), Some(Off::BasisPoints(3_333)));
        assert_eq!(off("33.333"), None);
    }
}
