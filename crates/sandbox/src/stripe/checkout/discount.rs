//! Coupons on a checkout: given with it, or typed by the customer as a code.

use crate::stripe::currency::Currency;
use crate::stripe::ledger::Act;
use crate::stripe::objects::coupon::Coupon;
use crate::stripe::objects::payment_intent::{IntentState, PaymentIntent};
use crate::stripe::objects::promotion_code::PromotionCode;
use crate::stripe::objects::session::Session;
use crate::stripe::objects::terms::Applied;

/// Returns what a coupon takes off `amount`, or why it can't be used.
pub(crate) fn by_coupon(act: &Act, coupon: &str, amount: i64, currency: Currency) -> Result<Applied, String> {
    let found = act
        .get::<Coupon>(coupon)
        .filter(|found| found.is_valid(act.now()))
        .ok_or_else(|| format!("Coupon {coupon} is expired or used up."))?;
    let amount = found
        .takes_off(amount, currency)
        .ok_or_else(|| format!("Coupon {coupon} is in another currency."))?;
    Ok(Applied {
        coupon: coupon.to_owned(),
        code: None,
        amount,
    })
}

/// Returns what a promotion code takes off for a customer, or why it can't be used.
pub(crate) fn by_code(
    act: &Act,
    code: &PromotionCode,
    customer: Option<&str>,
    amount: i64,
    currency: Currency,
) -> Result<Applied, String> {
    let usable = code.active
        && code.expires_at.is_none_or(|end| act.now() <= end)
        && code.most.is_none_or(|most| code.redeemed < most);
    if !usable {
        return Err("This promotion code is expired or used up.".to_owned());
    }
    if code
        .customer
        .as_deref()
        .is_some_and(|only| Some(only) != customer)
    {
        return Err("This promotion code is for another customer.".to_owned());
    }
    if code
        .least
        .is_some_and(|(least, of)| of != currency || amount < least)
    {
        return Err("This promotion code needs a larger purchase.".to_owned());
    }
    let paid_before = |intent: &PaymentIntent| {
        intent.state == IntentState::Succeeded && customer.is_some() && intent.customer.as_deref() == customer
    };
    if code.first_only && act.ledger.intents.rows().iter().any(paid_before) {
        return Err("This promotion code is for a first purchase.".to_owned());
    }
    let applied = by_coupon(act, &code.coupon, amount, currency)?;
    Ok(Applied {
        code: Some(code.id.clone()),
        ..applied
    })
}

/// Applies what a customer typed to a session that offers it.
pub(crate) fn type_code(act: &mut Act, session: &str, typed: &str) -> Result<(), String> {
    let found = act
        .get::<Session>(session)
        .ok_or_else(|| format!("there is no session '{session}'"))?;
    if !found.terms.promotion_codes {
        return Err("This checkout takes no promotion codes.".to_owned());
    }
    if found.payment_intent.is_some() {
        return Err("A payment was already begun.".to_owned());
    }
    let code = act
        .ledger
        .codes
        .rows()
        .iter()
        .find(|code| code.active && code.code.eq_ignore_ascii_case(typed.trim()))
        .ok_or("This code is invalid.")?;
    let applied = by_code(
        act,
        code,
        found.customer.as_deref(),
        found.subtotal(),
        found.currency,
    )?;
    act.amend::<Session>(session, |session| session.discount = Some(applied));
    Ok(())
}

/// Counts a discount as used.
pub(crate) fn redeem(act: &mut Act, applied: &Applied) {
    act.amend::<Coupon>(&applied.coupon, |coupon| coupon.redeemed += 1);
    if let Some(code) = &applied.code {
        act.amend::<PromotionCode>(code, |code| code.redeemed += 1);
    }
}
