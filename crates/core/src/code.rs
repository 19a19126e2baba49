//! Stripe's codes: coupons and promotion codes that a seller may take off a charge.

use cobro_stripe::{Coupon as StripeCoupon, Off, PromotionCode};

use crate::domain::{Coupon, Part, Timestamp};
use crate::{Error, Inbox, Result};

/// Returns the newest codes and coupons that can be used now: codes that customers type first. Costs two reads.
pub async fn newest(inbox: &Inbox) -> Result<Vec<Coupon>> {
    let stripe = inbox.require_stripe()?;
    let now = Timestamp::now();
    let codes = stripe.promotion_codes(None).await?.items;
    let coupons = stripe.coupons(None).await?.items;
    let has_code = |coupon: &StripeCoupon| {
        codes
            .iter()
            .any(|code| code.coupon_id.as_deref() == Some(coupon.id.as_str()))
    };
    let plain = coupons
        .iter()
        .filter(|coupon| !has_code(coupon))
        .filter_map(|coupon| coupon_of(coupon, now));
    Ok(codes
        .iter()
        .filter_map(|code| code_of(code, now))
        .chain(plain)
        .collect())
}

/// Returns the code that customers use by typing `code`, or says why there is none. Costs one read.
pub async fn find(inbox: &Inbox, code: &str) -> Result<Coupon> {
    let code = code.trim();
    if code.is_empty() {
        return Err(Error::Invalid(
            "There is no code to look for. Type one, or choose it from the list".into(),
        ));
    }
    let found = inbox.require_stripe()?.find_promotion_code(code).await?;
    let Some(found) = found else {
        return Err(Error::Invalid(format!(
            "Stripe has no code {code} that can be used now. Check how it is written, or switch it on at Stripe"
        )));
    };
    code_of(&found, Timestamp::now()).ok_or_else(|| {
        Error::Invalid(format!(
            "The code {code} can't be used any more: it is over or used up. Choose another"
        ))
    })
}

fn code_of(code: &PromotionCode, now: Timestamp) -> Option<Coupon> {
    if !code.active || code.expires_at.is_some_and(|until| until <= now) {
        return None;
    }
    let coupon = coupon_of(code.coupon.as_ref()?, now)?;
    Some(Coupon {
        id: code.id.clone(),
        code: code.code.clone(),
        ..coupon
    })
}

fn coupon_of(coupon: &StripeCoupon, now: Timestamp) -> Option<Coupon> {
    if !coupon.valid || coupon.redeem_by.is_some_and(|until| until <= now) {
        return None;
    }
    Some(Coupon {
        id: coupon.id.clone(),
        code: coupon.name.clone().unwrap_or_else(|| coupon.id.clone()),
        off: match coupon.off? {
            Off::Amount(amount) => Part::Amount { amount },
            Off::BasisPoints(basis_points) => Part::Percent { basis_points },
        },
    })
}
