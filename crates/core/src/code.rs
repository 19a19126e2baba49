//! Stripe's codes: coupons and promotion codes that a seller may take off a charge.

use std::collections::HashSet;

use cobro_stripe::{Coupon as StripeCoupon, List, Off, PromotionCode, StripeError};

use crate::domain::{Coupon, Part, Timestamp};
use crate::{Error, Inbox, Result};

/// Pages of a hundred; a shop with more codes types the one that it means.
const MOST_PAGES: u32 = 10;

/// Returns the newest codes and coupons that can be used now: codes that customers type first. Costs a read for
/// each hundred of either.
pub async fn newest(inbox: &Inbox) -> Result<Vec<Coupon>> {
    let stripe = inbox.require_stripe()?;
    let now = Timestamp::now();
    let codes = all(
        |after| async move { stripe.promotion_codes(after.as_deref()).await },
        |code: &PromotionCode| &code.id,
    )
    .await?;
    let coupons = all(
        |after| async move { stripe.coupons(after.as_deref()).await },
        |coupon: &StripeCoupon| &coupon.id,
    )
    .await?;
    let with_code: HashSet<&str> = codes
        .iter()
        .filter(|code| code_of(code, now).is_some())
        .filter_map(|code| code.coupon_id.as_deref())
        .collect();
    let plain = coupons
        .iter()
        .filter(|coupon| !with_code.contains(coupon.id.as_str()))
        .filter_map(|coupon| coupon_of(coupon, now));
    Ok(codes
        .iter()
        .filter_map(|code| code_of(code, now))
        .chain(plain)
        .collect())
}

/// Reads a list page by page, as far as `MOST_PAGES`.
async fn all<T, F>(next: impl Fn(Option<String>) -> F, id_of: fn(&T) -> &str) -> Result<Vec<T>>
where
    F: Future<Output = std::result::Result<List<T>, StripeError>>,
{
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = next(after.take()).await?;
        after = page
            .items
            .last()
            .filter(|_| page.has_more)
            .map(|item| id_of(item).to_owned());
        found.extend(page.items);
        if after.is_none() {
            break;
        }
    }
    Ok(found)
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
    if found.coupon.as_ref().is_some_and(|coupon| coupon.off.is_none()) {
        return Err(Error::Invalid(format!(
            "What the code {code} takes off can't be worked out here to the cent. Make a coupon of an amount, or of a percentage with at most two decimals"
        )));
    }
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
