//! `/v1/coupons` and `/v1/promotion_codes`.

use super::{customers, not_both, show};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Fields;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::coupon::{Coupon, CouponDuration, Off};
use crate::stripe::objects::promotion_code::PromotionCode;
use crate::stripe::params::{Param, choice, decimal, flag, int, metadata, not_played, object, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const CREATE_COUPON: &[Param] = &[
    text("id"),
    text("name").max(40),
    int("amount_off"),
    text("currency"),
    decimal("percent_off"),
    choice("duration", &["forever", "once", "repeating"]),
    int("duration_in_months"),
    int("max_redemptions"),
    int("redeem_by"),
    metadata().or_empty(),
    not_played("applies_to"),
    not_played("currency_options"),
];
pub(crate) const UPDATE_COUPON: &[Param] = &[
    text("name").max(40),
    metadata().or_empty(),
    not_played("currency_options"),
];
pub(crate) const LIST_COUPONS: &[Param] = &[LIMIT, AFTER, BEFORE, CREATED];

pub(crate) fn create_coupon(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    not_both(fields, "amount_off", "percent_off", "")?;
    let off = off(fields)?;
    let duration = match fields.text("duration").unwrap_or("once") {
        "once" => CouponDuration::Once,
        "forever" => CouponDuration::Forever,
        _ => CouponDuration::Months(fields.int("duration_in_months").ok_or_else(|| {
            Refusal::invalid("You must pass duration_in_months when duration is repeating.")
                .code("parameter_missing")
                .param("duration_in_months")
        })?),
    };
    let id = fields.string("id").unwrap_or_else(|| ids::token(8));
    if act.get::<Coupon>(&id).is_some() {
        return Err(Refusal::invalid("Coupon already exists.")
            .code("resource_already_exists")
            .param("id")
            .begun());
    }
    let coupon = Coupon {
        id,
        created: act.now(),
        deleted: false,
        name: fields.string("name"),
        off,
        duration,
        most: fields.int("max_redemptions"),
        redeemed: 0,
        redeem_by: fields.int("redeem_by"),
        metadata: fields.metadata(),
    };
    Ok(act.create("coupon.created", coupon))
}

fn off(fields: Fields) -> Result<Off, Refusal> {
    if let Some(percent) = fields.number("percent_off") {
        if percent <= 0.0 || percent > 100.0 {
            let message = "Invalid percent_off; must be greater than 0 and at most 100.";
            return Err(Refusal::invalid(message).param("percent_off"));
        }
        return Ok(Off::Percent(percent));
    }
    let Some(amount) = fields.int("amount_off").filter(|amount| *amount > 0) else {
        let message = "You must pass either percent_off or amount_off.";
        return Err(Refusal::invalid(message)
            .code("parameter_missing")
            .param("percent_off"));
    };
    let currency = Currency::read(fields.text("currency").unwrap_or_default(), "currency")?;
    Ok(Off::Amount(amount, currency))
}

pub(crate) fn list_coupons(act: &mut Act, call: &Call) -> Answer {
    listing::page::<Coupon>(act, call, |coupon| !coupon.deleted)
}

pub(crate) fn retrieve_coupon(act: &mut Act, call: &Call) -> Answer {
    show::<Coupon>(act, call, "coupon")
}

pub(crate) fn update_coupon(act: &mut Act, call: &Call) -> Answer {
    act.find::<Coupon>(call.id, "coupon")?;
    act.revise::<Coupon>(call.id, "coupon.updated", |coupon| {
        call.fields.edit("name", &mut coupon.name);
        call.fields.edit_metadata(&mut coupon.metadata);
    });
    retrieve_coupon(act, call)
}

pub(crate) fn delete_coupon(act: &mut Act, call: &Call) -> Answer {
    act.find::<Coupon>(call.id, "coupon")?;
    act.advance::<Coupon>(call.id, "coupon.deleted", |_| {});
    act.amend::<Coupon>(call.id, |coupon| coupon.deleted = true);
    retrieve_coupon(act, call)
}

pub(crate) const CREATE_CODE: &[Param] = &[
    object(
        "promotion",
        &[choice("type", &["coupon"]).required(), text("coupon")],
    )
    .required(),
    text("code").max(500),
    flag("active"),
    text("customer"),
    int("expires_at"),
    int("max_redemptions"),
    object(
        "restrictions",
        &[
            flag("first_time_transaction"),
            int("minimum_amount"),
            text("minimum_amount_currency"),
            not_played("currency_options"),
        ],
    ),
    metadata(),
    not_played("customer_account"),
];
pub(crate) const UPDATE_CODE: &[Param] = &[flag("active"), metadata().or_empty(), not_played("restrictions")];
pub(crate) const LIST_CODES: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    flag("active"),
    text("code"),
    text("coupon"),
    text("customer"),
    not_played("customer_account"),
];

pub(crate) fn create_code(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let coupon = fields.object("promotion").text("coupon").unwrap_or_default();
    act.find::<Coupon>(coupon, "promotion[coupon]")?;
    if let Some(customer) = fields.text("customer") {
        customers::find(act, customer, "customer")?;
    }
    let code = fields
        .string("code")
        .unwrap_or_else(|| ids::token(8).to_uppercase());
    let taken = |other: &PromotionCode| other.active && other.code.eq_ignore_ascii_case(&code);
    if act.ledger.codes.rows().iter().any(taken) {
        let message = format!("An active promotion code with `code: {code}` already exists.");
        return Err(Refusal::invalid(message).param("code").begun());
    }
    let limits = fields.object("restrictions");
    let least = match limits.int("minimum_amount") {
        None => None,
        Some(amount) => {
            let code = limits.text("minimum_amount_currency").unwrap_or_default();
            Some((
                amount,
                Currency::read(code, "restrictions[minimum_amount_currency]")?,
            ))
        }
    };
    let made = PromotionCode {
        id: act.id("promo"),
        created: act.now(),
        code,
        coupon: coupon.to_owned(),
        active: fields.flag("active").unwrap_or(true),
        customer: fields.string("customer"),
        expires_at: fields.int("expires_at"),
        most: fields.int("max_redemptions"),
        redeemed: 0,
        least,
        first_only: limits.flag("first_time_transaction").unwrap_or(false),
        metadata: fields.metadata(),
    };
    Ok(act.create("promotion_code.created", made))
}

pub(crate) fn list_codes(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    listing::page::<PromotionCode>(act, call, |code| {
        fields.flag("active").is_none_or(|active| code.active == active)
            && fields
                .text("code")
                .is_none_or(|typed| code.code.eq_ignore_ascii_case(typed))
            && fields.text("coupon").is_none_or(|id| code.coupon == id)
            && fields
                .text("customer")
                .is_none_or(|id| code.customer.as_deref() == Some(id))
    })
}

pub(crate) fn retrieve_code(act: &mut Act, call: &Call) -> Answer {
    show::<PromotionCode>(act, call, "promotion_code")
}

pub(crate) fn update_code(act: &mut Act, call: &Call) -> Answer {
    act.find::<PromotionCode>(call.id, "promotion_code")?;
    act.revise::<PromotionCode>(call.id, "promotion_code.updated", |code| {
        code.active = call.fields.flag("active").unwrap_or(code.active);
        call.fields.edit_metadata(&mut code.metadata);
    });
    retrieve_code(act, call)
}
