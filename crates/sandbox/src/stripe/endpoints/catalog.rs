//! `/v1/products` and `/v1/prices`.

use super::{not_both, show};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Fields;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::price::{Cycle, Interval, Price};
use crate::stripe::objects::product::Product;
use crate::stripe::params::{
    Param, TEXT, choice, flag, int, list as list_of, metadata, not_played, object, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const CREATE_PRODUCT: &[Param] = &[
    text("name").required(),
    text("id"),
    flag("active"),
    text("description").max(40_000),
    list_of("images", &TEXT),
    text("unit_label").max(12),
    metadata(),
    not_played("default_price_data"),
    not_played("marketing_features"),
    not_played("package_dimensions"),
    not_played("shippable"),
    not_played("statement_descriptor"),
    text("tax_code"),
    not_played("tax_details"),
    not_played("type"),
    not_played("url"),
];
pub(crate) const UPDATE_PRODUCT: &[Param] = &[
    text("name"),
    flag("active"),
    text("description").max(40_000).or_empty(),
    text("default_price"),
    list_of("images", &TEXT).or_empty(),
    text("unit_label").max(12).or_empty(),
    metadata().or_empty(),
    not_played("marketing_features"),
    not_played("package_dimensions"),
    not_played("shippable"),
    not_played("statement_descriptor"),
    text("tax_code").or_empty(),
    not_played("tax_details"),
    not_played("url"),
];
pub(crate) const LIST_PRODUCTS: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    flag("active"),
    list_of("ids", &TEXT),
    not_played("shippable"),
    not_played("url"),
];

pub(crate) fn create_product(act: &mut Act, call: &Call) -> Answer {
    let product = product_from_fields(call.fields, act.now());
    let id = match call.fields.text("id") {
        Some(id) if act.get::<Product>(id).is_some() => {
            let message = format!("Product already exists: {id}");
            return Err(Refusal::invalid(message)
                .code("resource_already_exists")
                .param("id")
                .begun());
        }
        Some(id) => id.to_owned(),
        None => act.id("prod"),
    };
    Ok(act.create("product.created", Product { id, ..product }))
}

/// Returns a product that has no id yet.
pub(crate) fn product_from_fields(fields: Fields, now: i64) -> Product {
    Product {
        id: String::new(),
        created: now,
        updated: now,
        active: fields.flag("active").unwrap_or(true),
        name: fields.string("name").unwrap_or_default(),
        description: fields.string("description"),
        images: fields.texts("images"),
        unit_label: fields.string("unit_label"),
        tax_code: fields.string("tax_code"),
        default_price: None,
        metadata: fields.metadata(),
    }
}

pub(crate) fn list_products(act: &mut Act, call: &Call) -> Answer {
    let (active, ids) = (call.fields.flag("active"), call.fields.texts("ids"));
    listing::page::<Product>(act, call, |product| {
        active.is_none_or(|active| product.active == active) && (ids.is_empty() || ids.contains(&product.id))
    })
}

pub(crate) fn retrieve_product(act: &mut Act, call: &Call) -> Answer {
    show::<Product>(act, call, "id")
}

pub(crate) fn update_product(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    act.find::<Product>(call.id, "id")?;
    if let Some(price) = fields.text("default_price") {
        act.find::<Price>(price, "default_price")?;
    }
    let now = act.now();
    act.revise::<Product>(call.id, "product.updated", |product| {
        if let Some(name) = fields.string("name") {
            product.name = name;
        }
        product.active = fields.flag("active").unwrap_or(product.active);
        if fields.has("images") {
            product.images = fields.texts("images");
        }
        fields.edit("description", &mut product.description);
        fields.edit("default_price", &mut product.default_price);
        fields.edit("unit_label", &mut product.unit_label);
        fields.edit("tax_code", &mut product.tax_code);
        fields.edit_metadata(&mut product.metadata);
        product.updated = now;
    });
    retrieve_product(act, call)
}

pub(crate) const CREATE_PRICE: &[Param] = &[
    text("currency").required(),
    int("unit_amount"),
    text("unit_amount_decimal"),
    text("product"),
    object(
        "product_data",
        &[
            text("name").required(),
            text("id"),
            flag("active"),
            text("unit_label").max(12),
            metadata(),
            not_played("statement_descriptor"),
            not_played("tax_code"),
            not_played("tax_details"),
        ],
    ),
    flag("active"),
    text("nickname"),
    text("lookup_key").max(200),
    choice("tax_behavior", &["exclusive", "inclusive", "unspecified"]),
    choice("billing_scheme", &["per_unit"]),
    metadata(),
    not_played("currency_options"),
    not_played("custom_unit_amount"),
    RECURRING_PRICE,
    not_played("tiers"),
    not_played("tiers_mode"),
    not_played("transfer_lookup_key"),
    not_played("transform_quantity"),
];
const RECURRING_PRICE: Param = object(
    "recurring",
    &[
        choice("interval", Interval::NAMES).required(),
        int("interval_count"),
        choice("usage_type", &["licensed"]),
        not_played("meter"),
        not_played("trial_period_days"),
    ],
);
/// `recurring` of a price made inline.
pub(crate) const RECURRING: Param = object(
    "recurring",
    &[
        choice("interval", Interval::NAMES).required(),
        int("interval_count"),
    ],
);

/// Returns how often a price comes again, if it says so.
pub(crate) fn cycle(fields: Fields, path: &str) -> Result<Option<Cycle>, Refusal> {
    let recurring = fields.object("recurring");
    let Some(interval) = recurring.text("interval").and_then(Interval::from_name) else {
        return Ok(None);
    };
    let count = recurring.int("interval_count").unwrap_or(1);
    let most = match interval {
        Interval::Day => 1095,
        Interval::Week => 156,
        Interval::Month => 36,
        Interval::Year => 3,
    };
    if (1..=most).contains(&count) {
        return Ok(Some(Cycle { interval, count }));
    }
    let message = "Invalid interval_count: the maximum is three years.";
    Err(Refusal::invalid(message).param(format!("{path}[interval_count]")))
}

pub(crate) const UPDATE_PRICE: &[Param] = &[
    flag("active"),
    text("nickname"),
    text("lookup_key").max(200),
    metadata().or_empty(),
    not_played("currency_options"),
    not_played("tax_behavior"),
    not_played("transfer_lookup_key"),
];
pub(crate) const LIST_PRICES: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    flag("active"),
    text("currency"),
    list_of("lookup_keys", &TEXT),
    text("product"),
    choice("type", &["one_time", "recurring"]),
    not_played("recurring"),
];

pub(crate) fn create_price(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let currency = Currency::read(fields.text("currency").unwrap_or_default(), "currency")?;
    let unit_amount = unit_amount(fields, "")?;
    currency.check_unit(unit_amount, "unit_amount")?;
    not_both(fields, "product", "product_data", "")?;
    let product = match fields.text("product") {
        Some(id) => act.find::<Product>(id, "product")?.id.clone(),
        None if fields.has("product_data") => {
            let product = product_from_fields(fields.object("product_data"), act.now());
            let id = fields
                .object("product_data")
                .string("id")
                .unwrap_or_else(|| act.id("prod"));
            act.create(
                "product.created",
                Product {
                    id: id.clone(),
                    ..product
                },
            );
            id
        }
        None => {
            let message = "You must specify either `product` or `product_data` when creating a price.";
            return Err(Refusal::invalid(message)
                .code("parameter_missing")
                .param("product"));
        }
    };
    let cycle = cycle(fields, "recurring")?;
    let price = Price {
        id: act.id("price"),
        cycle,
        created: act.now(),
        active: fields.flag("active").unwrap_or(true),
        product,
        currency,
        unit_amount,
        nickname: fields.string("nickname"),
        lookup_key: fields.string("lookup_key"),
        tax_behavior: fields.text("tax_behavior").unwrap_or("unspecified").to_owned(),
        metadata: fields.metadata(),
    };
    Ok(act.create("price.created", price))
}

/// Returns the amount of one unit, given as an integer or as a decimal without a fraction.
pub(crate) fn unit_amount(fields: Fields, path: &str) -> Result<i64, Refusal> {
    not_both(fields, "unit_amount", "unit_amount_decimal", path)?;
    let param = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}[{name}]")
        }
    };
    if let Some(amount) = fields.int("unit_amount") {
        return Ok(amount);
    }
    let Some(decimal) = fields.text("unit_amount_decimal") else {
        let name = param("unit_amount");
        return Err(Refusal::invalid(format!("Missing required param: {name}."))
            .code("parameter_missing")
            .param(name));
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    if fraction.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return Err(Refusal::not_played("fractions of a minor unit").param(param("unit_amount_decimal")));
    }
    match whole.parse() {
        Ok(amount) if fraction.bytes().all(|byte| byte == b'0') => Ok(amount),
        _ => Err(Refusal::invalid(format!("Invalid decimal: {decimal}")).param(param("unit_amount_decimal"))),
    }
}

pub(crate) fn list_prices(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let keys = fields.texts("lookup_keys");
    listing::page::<Price>(act, call, |price| {
        fields.flag("active").is_none_or(|active| price.active == active)
            && fields
                .text("currency")
                .is_none_or(|code| price.currency.code() == code)
            && fields.text("product").is_none_or(|id| price.product == id)
            && fields
                .text("type")
                .is_none_or(|kind| (kind == "recurring") == price.cycle.is_some())
            && (keys.is_empty() || price.lookup_key.as_ref().is_some_and(|key| keys.contains(key)))
    })
}

pub(crate) fn retrieve_price(act: &mut Act, call: &Call) -> Answer {
    show::<Price>(act, call, "price")
}

pub(crate) fn update_price(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    act.find::<Price>(call.id, "price")?;
    act.revise::<Price>(call.id, "price.updated", |price| {
        price.active = fields.flag("active").unwrap_or(price.active);
        fields.edit("nickname", &mut price.nickname);
        fields.edit("lookup_key", &mut price.lookup_key);
        fields.edit_metadata(&mut price.metadata);
    });
    retrieve_price(act, call)
}
