//! `/v1/checkout/sessions`, hosted and for one payment.

use super::links::{self, CUSTOMER, METHODS, PHONE, SUBMIT};
use super::{customers, lines, not_both, show};
use crate::stripe::checkout::discount;
use crate::stripe::checkout::open::{self, VOUCHER_DAYS};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Fields;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::coupon::Coupon;
use crate::stripe::objects::payment_link::Ending;
use crate::stripe::objects::promotion_code::PromotionCode;
use crate::stripe::objects::session::{Session, SessionState};
use crate::stripe::objects::terms::{Applied, ShippingOption};
use crate::stripe::params::{
    Kind, Param, choice, flag, int, list as list_of, metadata, not_played, object, off, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};
use crate::stripe::shelf::Object;

const MOST_LINES: usize = 100;
const HALF_AN_HOUR: i64 = 30 * 60;
const DAY: i64 = 24 * 60 * 60;

pub(crate) const CREATE: &[Param] = &[
    choice("mode", &["payment", "subscription"]).required(),
    list_of("line_items", &lines::OF_SESSION).required(),
    text("currency"),
    text("success_url"),
    text("cancel_url"),
    int("expires_at"),
    metadata(),
    list_of("allowed_payment_method_types", &METHODS),
    object(
        "payment_intent_data",
        &[
            text("description").max(1000),
            metadata(),
            text("statement_descriptor").max(22),
            text("statement_descriptor_suffix").max(22),
            not_played("application_fee_amount"),
            not_played("capture_method"),
            not_played("on_behalf_of"),
            not_played("receipt_email"),
            not_played("setup_future_usage"),
            not_played("shipping"),
            not_played("transfer_data"),
            not_played("transfer_group"),
        ],
    ),
    object(
        "payment_method_options",
        &[
            object(
                "oxxo",
                &[int("expires_after_days"), not_played("setup_future_usage")],
            ),
            object(
                "card",
                &[object("installments", &[flag("enabled")]), not_played("*")],
            ),
            object(
                "customer_balance",
                &[
                    choice("funding_type", &["bank_transfer"]),
                    object(
                        "bank_transfer",
                        &[choice("type", &["mx_bank_transfer"]).required(), not_played("*")],
                    ),
                    not_played("setup_future_usage"),
                ],
            ),
            not_played("*"),
        ],
    ),
    text("client_reference_id").max(200),
    text("customer"),
    text("customer_email"),
    text("locale"),
    CUSTOMER,
    PHONE,
    SUBMIT,
    choice("ui_mode", &["hosted_page"]),
    object("adaptive_pricing", &[off("enabled")]),
    flag("allow_promotion_codes"),
    list_of(
        "discounts",
        &Kind::Object(&[text("coupon"), text("promotion_code")]),
    ),
    links::SHIPPING_ADDRESS,
    list_of("shipping_options", &SHIPPING_OPTION),
    object(
        "subscription_data",
        &[
            text("description").max(500),
            metadata(),
            int("trial_period_days"),
            not_played("*"),
        ],
    ),
    object(
        "automatic_tax",
        &[off("enabled").required(), not_played("liability")],
    ),
    choice("billing_address_collection", &["auto"]),
    choice("payment_method_collection", &["always"]),
    not_played("after_expiration"),
    not_played("branding_settings"),
    not_played("consent_collection"),
    not_played("custom_fields"),
    not_played("custom_text"),
    not_played("customer_account"),
    not_played("customer_update"),
    not_played("excluded_payment_method_types"),
    not_played("integration_identifier"),
    not_played("invoice_creation"),
    not_played("managed_payments"),
    not_played("name_collection"),
    not_played("optional_items"),
    not_played("origin_context"),
    not_played("payment_method_configuration"),
    not_played("payment_method_data"),
    not_played("permissions"),
    not_played("redirect_on_completion"),
    not_played("return_url"),
    not_played("saved_payment_method_options"),
    not_played("setup_intent_data"),
    object(
        "tax_id_collection",
        &[off("enabled").required(), not_played("required")],
    ),
    not_played("wallet_options"),
];
pub(crate) const UPDATE: &[Param] = &[
    metadata().or_empty(),
    not_played("collected_information"),
    not_played("line_items"),
    not_played("shipping_options"),
];
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("customer"),
    object("customer_details", &[text("email").required()]),
    text("payment_intent"),
    text("payment_link"),
    choice("status", &["complete", "expired", "open"]),
    text("subscription"),
    not_played("customer_account"),
];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let lines = lines::read(act, fields, MOST_LINES)?;
    let named = links::methods(
        fields,
        "allowed_payment_method_types",
        lines.currency,
        lines.total,
    )?;
    let (expires_at, voucher_days) = (expires_at(fields, act.now())?, voucher_days(fields)?);
    not_both(fields, "customer", "customer_email", "")?;
    if let Some(customer) = fields.text("customer") {
        customers::find(act, customer, "customer")?;
    }
    check_kind(fields, lines.is_subscription())?;
    check_transfer(fields)?;
    check_end(fields)?;
    let discount = discount(act, fields, lines.total, lines.currency)?;
    let shipping = shipping(fields, lines.currency)?;
    let (currency, methods) = (
        lines.currency,
        named.unwrap_or_else(|| open::methods_for(lines.currency, lines.total, lines.is_subscription())),
    );
    let id = act.ledger.ids.next_session(act.now_ms);
    let session = Session {
        lines: lines.keep(act),
        url: format!("{}/c/pay/{id}", act.ledger.options.public_url),
        id,
        created: act.now(),
        expires_at,
        state: SessionState::Open,
        paid: false,
        payment_link: None,
        payment_intent: None,
        currency,
        methods,
        metadata: fields.metadata(),
        payment: links::payment_data(fields),
        client_reference_id: fields.string("client_reference_id"),
        customer: fields.string("customer"),
        customer_email: fields.string("customer_email"),
        always_customer: fields.text("customer_creation") == Some("always"),
        collects_phone: fields
            .object("phone_number_collection")
            .flag("enabled")
            .unwrap_or(false),
        locale: fields.string("locale"),
        submit_type: fields.string("submit_type"),
        success_url: fields.string("success_url"),
        cancel_url: fields.string("cancel_url"),
        voucher_days,
        ending: Ending::Confirmation(None),
        terms: links::terms(fields),
        installments: fields
            .object("payment_method_options")
            .object("card")
            .object("installments")
            .flag("enabled")
            .unwrap_or(false),
        shipping,
        shipping_choice: 0,
        address: None,
        discount,
        subscription: None,
        invoice: None,
        buyer: None,
        notice: None,
    };
    let shown = session.render();
    open::begin(act, session);
    Ok(shown)
}

/// Refuses lines that don't fit the mode.
fn check_kind(fields: Fields, is_subscription: bool) -> Result<(), Refusal> {
    links::check_mode(fields, is_subscription)?;
    match (fields.text("mode"), is_subscription) {
        (Some("subscription"), false) => {
            let message =
                "You must provide at least one recurring price in `subscription` mode when using prices.";
            Err(Refusal::invalid(message).param("line_items"))
        }
        (Some("payment"), true) => {
            let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` \
                 mode or use only one-time prices.";
            Err(Refusal::invalid(message).param("line_items"))
        }
        _ => Ok(()),
    }
}

/// A transfer is booked on a customer, and says from where it comes.
fn check_transfer(fields: Fields) -> Result<(), Refusal> {
    let named = fields
        .texts("allowed_payment_method_types")
        .iter()
        .any(|method| method == "customer_balance");
    let options = fields.object("payment_method_options").object("customer_balance");
    if named && !fields.has("customer") {
        let message = "You must provide `customer` when using `customer_balance`.";
        return Err(Refusal::invalid(message).param("customer"));
    }
    if named && options.text("funding_type").is_none() {
        let param = "payment_method_options[customer_balance][funding_type]";
        return Err(Refusal::invalid(format!("Missing required param: {param}."))
            .code("parameter_missing")
            .param(param));
    }
    Ok(())
}

/// A page of Stripe's own needs an address to go to after it, though the description calls that optional.
fn check_end(fields: Fields) -> Result<(), Refusal> {
    if fields.text("success_url").is_some() {
        return Ok(());
    }
    Err(Refusal::invalid("Missing required param: success_url.")
        .code("parameter_missing")
        .param("success_url"))
}

fn discount(act: &Act, fields: Fields, total: i64, currency: Currency) -> Result<Option<Applied>, Refusal> {
    not_both(fields, "discounts", "allow_promotion_codes", "")?;
    let Some(given) = fields.objects("discounts").next() else {
        return Ok(None);
    };
    let applied = if let Some(code) = given.text("promotion_code") {
        let code = act.find::<PromotionCode>(code, "discounts[0][promotion_code]")?;
        discount::by_code(act, code, fields.text("customer"), total, currency)
    } else {
        let coupon = given.text("coupon").unwrap_or_default();
        act.find::<Coupon>(coupon, "discounts[0][coupon]")?;
        discount::by_coupon(act, coupon, total, currency)
    };
    applied
        .map(Some)
        .map_err(|why| Refusal::invalid(why).param("discounts"))
}

const SHIPPING_OPTION: Kind = Kind::Object(&[
    object(
        "shipping_rate_data",
        &[
            text("display_name").max(100).required(),
            choice("type", &["fixed_amount"]),
            object(
                "fixed_amount",
                &[
                    int("amount").required(),
                    text("currency").required(),
                    not_played("currency_options"),
                ],
            ),
            metadata(),
            not_played("delivery_estimate"),
            not_played("tax_behavior"),
            not_played("tax_code"),
        ],
    ),
    not_played("shipping_rate"),
]);

fn shipping(fields: Fields, currency: Currency) -> Result<Vec<ShippingOption>, Refusal> {
    let mut options = Vec::new();
    for (index, option) in fields.objects("shipping_options").enumerate() {
        let data = option.object("shipping_rate_data");
        let price = data.object("fixed_amount");
        let path = format!("shipping_options[{index}][shipping_rate_data][fixed_amount][currency]");
        let of = Currency::read(price.text("currency").unwrap_or_default(), &path)?;
        if of != currency {
            let message = "The shipping options must have the currency of the line items.";
            return Err(Refusal::invalid(message).param(path));
        }
        options.push(ShippingOption {
            id: format!("shr_1{}", ids::token(23)),
            name: data.string("display_name").unwrap_or_default(),
            amount: price.int("amount").unwrap_or(0),
        });
    }
    Ok(options)
}

fn expires_at(fields: Fields, now: i64) -> Result<i64, Refusal> {
    let expires_at = fields.int("expires_at").unwrap_or(now + DAY);
    let refuse = |words: &str| {
        Err(Refusal::invalid(format!(
            "The `expires_at` timestamp must be {words} from Checkout Session creation."
        ))
        .param("expires_at"))
    };
    match expires_at - now {
        ..HALF_AN_HOUR => refuse("at least 30 minutes"),
        HALF_AN_HOUR..=DAY => Ok(expires_at),
        _ => refuse("less than 24 hours"),
    }
}

fn voucher_days(fields: Fields) -> Result<i64, Refusal> {
    let days = fields
        .object("payment_method_options")
        .object("oxxo")
        .int("expires_after_days");
    let days = days.unwrap_or(VOUCHER_DAYS);
    if (1..=7).contains(&days) {
        return Ok(days);
    }
    let message = "This value must be between 1 and 7.";
    Err(Refusal::invalid(message).param("payment_method_options[oxxo][expires_after_days]"))
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let email = fields.object("customer_details").text("email");
    let is = |asked: &str, actual: Option<&str>| fields.text(asked).is_none_or(|id| actual == Some(id));
    listing::page::<Session>(act, call, |session| {
        is("payment_intent", session.shown_intent())
            && is("payment_link", session.payment_link.as_deref())
            && is("customer", session.customer.as_deref())
            && is("subscription", session.subscription.as_deref())
            && is("status", Some(session.state.name()))
            && email.is_none_or(|email| session.email() == Some(email))
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Session>(act, call, "session")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    act.find::<Session>(call.id, "session")?;
    act.amend::<Session>(call.id, |session| {
        call.fields.edit_metadata(&mut session.metadata);
    });
    retrieve(act, call)
}

pub(crate) fn expire(act: &mut Act, call: &Call) -> Answer {
    let state = act.find::<Session>(call.id, "session")?.state;
    if state != SessionState::Open {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            state.name()
        );
        return Err(Refusal::invalid(message).param("session").begun());
    }
    open::expire(act, call.id);
    retrieve(act, call)
}

pub(crate) fn lines(act: &mut Act, call: &Call) -> Answer {
    let session = act.find::<Session>(call.id, "session")?;
    links::page_of_lines(
        act,
        call,
        &session.lines,
        &format!("/v1/checkout/sessions/{}/line_items", call.id),
    )
}
