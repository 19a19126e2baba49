//! `/v1/payment_links`.

use super::{lines, show};
use crate::stripe::checkout::slip::Slip;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Fields;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, LIMIT};
use crate::stripe::objects::line::Line;
use crate::stripe::objects::payment_link::{Ending, PaymentData, PaymentLink};
use crate::stripe::objects::terms::Terms;
use crate::stripe::params::{
    Kind, Param, choice, flag, int, list as list_of, metadata, not_played, object, off, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

const MOST_LINES: usize = 20;
const METHODS_OF_LINK: Kind = Kind::Choice(&["card", "oxxo", "boleto", "pix"]);
pub(crate) const METHODS: Kind = Kind::Choice(&["card", "oxxo", "boleto", "pix", "customer_balance"]);
const AFTER_COMPLETION: Param = object(
    "after_completion",
    &[
        choice("type", &["hosted_confirmation", "redirect"]).required(),
        object("hosted_confirmation", &[text("custom_message").max(500)]),
        object("redirect", &[text("url").required()]),
    ],
);
const RESTRICTIONS: Param = object(
    "restrictions",
    &[object("completed_sessions", &[int("limit").required()]).required()],
);
pub(crate) const PHONE: Param = object("phone_number_collection", &[flag("enabled").required()]);
pub(crate) const CUSTOMER: Param = choice("customer_creation", &["always", "if_required"]);
pub(crate) const SUBMIT: Param = choice("submit_type", &["auto", "book", "donate", "pay"]);
const COLLECTION: Param = choice("payment_method_collection", &["always"]);

const COUNTRY: Kind = Kind::Text { max: 2 };
pub(crate) const SHIPPING_ADDRESS: Param = object(
    "shipping_address_collection",
    &[list_of("allowed_countries", &COUNTRY).required()],
);

pub(crate) const CREATE: &[Param] = &[
    list_of("line_items", &lines::OF_LINK).required(),
    text("currency"),
    metadata(),
    RESTRICTIONS,
    text("inactive_message").max(500),
    list_of("payment_method_types", &METHODS_OF_LINK),
    object(
        "payment_intent_data",
        &[
            text("description").max(1000),
            metadata(),
            text("statement_descriptor").max(22),
            text("statement_descriptor_suffix").max(22),
            not_played("capture_method"),
            not_played("setup_future_usage"),
            not_played("transfer_group"),
        ],
    ),
    AFTER_COMPLETION,
    PHONE,
    CUSTOMER,
    SUBMIT,
    COLLECTION,
    flag("allow_promotion_codes"),
    SHIPPING_ADDRESS,
    object(
        "subscription_data",
        &[
            text("description").max(500),
            metadata(),
            int("trial_period_days"),
            not_played("invoice_settings"),
            not_played("trial_settings"),
        ],
    ),
    object(
        "automatic_tax",
        &[off("enabled").required(), not_played("liability")],
    ),
    choice("billing_address_collection", &["auto"]),
    not_played("application_fee_amount"),
    not_played("application_fee_percent"),
    not_played("consent_collection"),
    not_played("custom_fields"),
    not_played("custom_text"),
    not_played("invoice_creation"),
    not_played("managed_payments"),
    not_played("name_collection"),
    not_played("on_behalf_of"),
    not_played("optional_items"),
    not_played("payment_method_options"),
    not_played("shipping_options"),
    object(
        "tax_id_collection",
        &[off("enabled").required(), not_played("required")],
    ),
    not_played("transfer_data"),
];
pub(crate) const UPDATE: &[Param] = &[
    flag("active"),
    metadata(),
    RESTRICTIONS.or_empty(),
    text("inactive_message").max(500).or_empty(),
    list_of("payment_method_types", &METHODS_OF_LINK).or_empty(),
    object(
        "payment_intent_data",
        &[
            text("description").max(1000).or_empty(),
            metadata().or_empty(),
            text("statement_descriptor").max(22).or_empty(),
            text("statement_descriptor_suffix").max(22).or_empty(),
            not_played("setup_future_usage"),
            not_played("transfer_group"),
        ],
    ),
    AFTER_COMPLETION,
    PHONE,
    CUSTOMER,
    SUBMIT,
    COLLECTION,
    flag("allow_promotion_codes"),
    SHIPPING_ADDRESS.or_empty(),
    not_played("application_fee_amount"),
    not_played("application_fee_percent"),
    not_played("automatic_tax"),
    not_played("billing_address_collection"),
    not_played("consent_collection"),
    not_played("custom_fields"),
    not_played("custom_text"),
    not_played("invoice_creation"),
    not_played("line_items"),
    not_played("name_collection"),
    not_played("on_behalf_of"),
    not_played("optional_items"),
    not_played("payment_method_options"),
    not_played("shipping_options"),
    not_played("subscription_data"),
    not_played("tax_id_collection"),
    not_played("transfer_data"),
];
pub(crate) const LIST: &[Param] = &[LIMIT, AFTER, BEFORE, flag("active")];
pub(crate) const LINES: &[Param] = &[LIMIT, AFTER, BEFORE];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let lines = lines::read(act, fields, MOST_LINES)?;
    check_currency(fields, lines.currency)?;
    let methods = methods(fields, "payment_method_types", lines.currency, lines.total)?;
    check_mode(fields, lines.is_subscription())?;
    let (limit, ending) = (
        limit(fields)?,
        ending(fields)?.unwrap_or(Ending::Confirmation(None)),
    );
    let currency = lines.currency;
    let token = format!("test_{}", ids::token(22));
    let link = PaymentLink {
        lines: lines.keep(act),
        id: act.id("plink"),
        created: act.now(),
        active: true,
        url: format!("{}/pay/{token}", act.ledger.options.public_url),
        token,
        currency,
        metadata: fields.metadata(),
        methods,
        limit,
        completed: 0,
        inactive_message: fields.string("inactive_message"),
        submit_type: fields.text("submit_type").unwrap_or("auto").to_owned(),
        collects_phone: fields
            .object("phone_number_collection")
            .flag("enabled")
            .unwrap_or(false),
        always_customer: fields.text("customer_creation") == Some("always"),
        ending,
        payment: payment_data(fields),
        terms: terms(fields),
    };
    act.ledger.tokens.insert(link.token.clone(), link.id.clone());
    Ok(act.create("payment_link.created", link))
}

/// Returns what a link or session asks for and offers.
pub(crate) fn terms(fields: Fields) -> Terms {
    let data = fields.object("subscription_data");
    Terms {
        promotion_codes: fields.flag("allow_promotion_codes").unwrap_or(false),
        countries: fields
            .object("shipping_address_collection")
            .texts("allowed_countries"),
        trial_days: data.int("trial_period_days"),
        data_given: fields.has("subscription_data"),
        data: data.metadata(),
        description: data.string("description"),
    }
}

/// Refuses what only one payment, or only a subscription, can have.
pub(crate) fn check_mode(fields: Fields, is_subscription: bool) -> Result<(), Refusal> {
    let (refused, mode) = if is_subscription {
        (
            ["payment_intent_data", "customer_creation"].as_slice(),
            "subscription",
        )
    } else {
        (["subscription_data"].as_slice(), "payment")
    };
    match refused.iter().find(|name| fields.has(name)) {
        Some(name) => {
            let message = format!("You can not pass `{name}` in `{mode}` mode.");
            Err(Refusal::invalid(message).param(*name))
        }
        None => Ok(()),
    }
}

fn check_currency(fields: Fields, currency: Currency) -> Result<(), Refusal> {
    match fields.text("currency") {
        Some(code) if code.to_lowercase() != currency.code() => {
            let message = format!("The currency '{code}' is not that of the line items.");
            Err(Refusal::invalid(message).param("currency"))
        }
        _ => Ok(()),
    }
}

/// Returns the methods that were named, if they can take this amount.
pub(crate) fn methods(
    fields: Fields,
    param: &str,
    currency: Currency,
    total: i64,
) -> Result<Option<Vec<String>>, Refusal> {
    let named = fields.texts(param);
    if named.is_empty() {
        return Ok(None);
    }
    for slip in named.iter().filter_map(|method| Slip::from_method(method)) {
        let (method, code) = (slip.method(), currency.code());
        if code != slip.currency() {
            let message = format!("The payment method `{method}` cannot be used with the currency `{code}`.");
            return Err(Refusal::invalid(message).param(param));
        }
        if !slip.amounts().contains(&total) {
            let message = format!(
                "The payment method `{method}` takes amounts from {} to {} in the smallest unit of {code}.",
                slip.amounts().start(),
                slip.amounts().end()
            );
            return Err(Refusal::invalid(message).param(param));
        }
    }
    Ok(Some(named))
}

fn limit(fields: Fields) -> Result<Option<i64>, Refusal> {
    let limit = fields
        .object("restrictions")
        .object("completed_sessions")
        .int("limit");
    if limit.is_some_and(|limit| limit < 1) {
        let param = "restrictions[completed_sessions][limit]";
        let message = "This value must be greater than or equal to 1.";
        return Err(Refusal::invalid(message)
            .code("parameter_invalid_integer")
            .param(param));
    }
    Ok(limit)
}

fn ending(fields: Fields) -> Result<Option<Ending>, Refusal> {
    let after = fields.object("after_completion");
    match after.text("type") {
        None => Ok(None),
        Some("redirect") => {
            let param = "after_completion[redirect][url]";
            let url = after.object("redirect").string("url");
            let message = format!("Missing required param: {param}.");
            url.map(|url| Some(Ending::Redirect(url)))
                .ok_or_else(|| Refusal::invalid(message).code("parameter_missing").param(param))
        }
        Some(_) => Ok(Some(Ending::Confirmation(
            after.object("hosted_confirmation").string("custom_message"),
        ))),
    }
}

/// Returns what `payment_intent_data` says.
pub(crate) fn payment_data(fields: Fields) -> PaymentData {
    let mut payment = PaymentData::default();
    edit_payment_data(fields, &mut payment);
    payment
}

fn edit_payment_data(fields: Fields, payment: &mut PaymentData) {
    let data = fields.object("payment_intent_data");
    payment.given |= fields.has("payment_intent_data");
    data.edit("description", &mut payment.description);
    data.edit("statement_descriptor", &mut payment.statement_descriptor);
    data.edit(
        "statement_descriptor_suffix",
        &mut payment.statement_descriptor_suffix,
    );
    data.edit_metadata(&mut payment.metadata);
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let active = call.fields.flag("active");
    listing::page::<PaymentLink>(act, call, |link| {
        active.is_none_or(|active| link.active == active)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<PaymentLink>(act, call, "payment_link")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let link = act.find::<PaymentLink>(call.id, "payment_link")?;
    let methods = methods(fields, "payment_method_types", link.currency, link.total())?;
    let (limit, ending) = (limit(fields)?, ending(fields)?);
    act.revise::<PaymentLink>(call.id, "payment_link.updated", |link| {
        link.active = fields.flag("active").unwrap_or(link.active);
        if fields.has("restrictions") {
            link.limit = limit;
        }
        if fields.has("payment_method_types") {
            link.methods = methods;
        }
        if let Some(ending) = ending {
            link.ending = ending;
        }
        if let Some(submit) = fields.string("submit_type") {
            link.submit_type = submit;
        }
        if let Some(customer) = fields.text("customer_creation") {
            link.always_customer = customer == "always";
        }
        link.collects_phone = fields
            .object("phone_number_collection")
            .flag("enabled")
            .unwrap_or(link.collects_phone);
        link.terms.promotion_codes = fields
            .flag("allow_promotion_codes")
            .unwrap_or(link.terms.promotion_codes);
        if fields.has("shipping_address_collection") {
            link.terms.countries = fields
                .object("shipping_address_collection")
                .texts("allowed_countries");
        }
        fields.edit("inactive_message", &mut link.inactive_message);
        fields.edit_metadata(&mut link.metadata);
        edit_payment_data(fields, &mut link.payment);
    });
    retrieve(act, call)
}

pub(crate) fn lines(act: &mut Act, call: &Call) -> Answer {
    let link = act.find::<PaymentLink>(call.id, "payment_link")?;
    page_of_lines(
        act,
        call,
        &link.lines,
        &format!("/v1/payment_links/{}/line_items", call.id),
    )
}

/// Returns a page of line items.
pub(crate) fn page_of_lines(act: &Act, call: &Call, lines: &[Line], url: &str) -> Answer {
    let shown: Vec<_> = lines.iter().map(|line| line.render(act.ledger)).collect();
    listing::page_of_values(&shown, call, url)
}
