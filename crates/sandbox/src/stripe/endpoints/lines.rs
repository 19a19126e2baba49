//! `line_items`: prices named or made inline, checked before anything is kept.

use super::{catalog, not_both};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Fields;
use crate::stripe::ledger::Act;
use crate::stripe::objects::line::Line;
use crate::stripe::objects::price::{Cycle, Price};
use crate::stripe::objects::product::Product;
use crate::stripe::params::{Kind, Param, TEXT, choice, flag, int, list, metadata, not_played, object, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::shelf::Object;

const PRODUCT_DATA: &[Param] = &[
    text("name").required(),
    text("description").max(40_000),
    list("images", &TEXT),
    metadata(),
    text("unit_label").max(12),
    not_played("tax_code"),
    not_played("tax_details"),
];
const PRICE_DATA: &[Param] = &[
    text("currency").required(),
    text("product"),
    object("product_data", PRODUCT_DATA),
    int("unit_amount"),
    text("unit_amount_decimal"),
    choice("tax_behavior", &["exclusive", "inclusive", "unspecified"]),
    catalog::RECURRING,
];
const ADJUSTABLE: Param = object(
    "adjustable_quantity",
    &[flag("enabled").required(), int("maximum"), int("minimum")],
);

/// A line of a payment link.
pub(crate) const OF_LINK: Kind = Kind::Object(&[
    text("price"),
    object("price_data", PRICE_DATA),
    int("quantity").required(),
    ADJUSTABLE,
]);
/// A line of a Checkout Session.
pub(crate) const OF_SESSION: Kind = Kind::Object(&[
    text("price"),
    object("price_data", PRICE_DATA),
    int("quantity"),
    ADJUSTABLE,
    not_played("dynamic_tax_rates"),
    not_played("metadata"),
    not_played("tax_rates"),
]);

/// Lines that were checked; [`Lines::keep`] makes them.
#[derive(Debug)]
pub(crate) struct Lines {
    drafts: Vec<Draft>,
    pub(crate) currency: Currency,
    pub(crate) total: i64,
}

#[derive(Debug)]
struct Draft {
    price: DraftPrice,
    unit_amount: i64,
    currency: Currency,
    quantity: i64,
    cycle: Option<Cycle>,
    adjustable: Option<(i64, i64)>,
}

#[derive(Debug)]
enum DraftPrice {
    Kept(Price),
    New {
        product: DraftProduct,
        tax_behavior: String,
    },
}

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lives for one request; how large depends on serde_json's features"
)]
enum DraftProduct {
    Kept(String),
    /// It has no id yet.
    New(Product),
}

/// Checks `line_items` against the catalog and Stripe's limits.
pub(crate) fn read(act: &Act, fields: Fields, most: usize) -> Result<Lines, Refusal> {
    let items = fields.list("line_items");
    if items.is_empty() {
        let message = "Missing required param: line_items.";
        return Err(Refusal::invalid(message)
            .code("parameter_missing")
            .param("line_items"));
    }
    if items.len() > most {
        let message = format!("You can only specify up to {most} line items");
        return Err(Refusal::invalid(message).param("line_items"));
    }
    let drafts = fields
        .objects("line_items")
        .enumerate()
        .map(|(index, item)| {
            let path = format!("line_items[{index}]");
            Ok(Draft {
                adjustable: adjustable(item),
                ..draft(act, item, &path)?
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (currency, total) = sum(&drafts)?;
    check_cycles(&drafts)?;
    let what = "The Checkout Session's total amount due must add up to";
    currency.check_total(total, what, "line_items")?;
    Ok(Lines {
        drafts,
        currency,
        total,
    })
}

/// Returns the bounds of a quantity that the customer may choose; 0 to 99 where they are not said.
fn adjustable(item: Fields) -> Option<(i64, i64)> {
    let bounds = item.object("adjustable_quantity");
    (bounds.flag("enabled") == Some(true)).then(|| {
        let (least, most) = (
            bounds.int("minimum").unwrap_or(0),
            bounds.int("maximum").unwrap_or(99),
        );
        (least, most.max(least))
    })
}

fn sum(drafts: &[Draft]) -> Result<(Currency, i64), Refusal> {
    let too_large = || {
        Refusal::invalid("The total amount is too large")
            .code("amount_too_large")
            .param("line_items")
    };
    let currency = drafts.first().map(|draft| draft.currency).ok_or_else(too_large)?;
    let mut total = 0_i64;
    for draft in drafts {
        if draft.currency != currency {
            let message = "All prices on a Checkout Session or Payment Link must have the same currency.";
            return Err(Refusal::invalid(message).param("line_items"));
        }
        let amount = draft
            .unit_amount
            .checked_mul(draft.quantity)
            .ok_or_else(too_large)?;
        total = total.checked_add(amount).ok_or_else(too_large)?;
    }
    Ok((currency, total))
}

/// All that comes again must come in the same rhythm.
fn check_cycles(drafts: &[Draft]) -> Result<(), Refusal> {
    let mut cycles = drafts.iter().filter_map(|draft| draft.cycle);
    let first = cycles.next();
    if cycles.all(|cycle| Some(cycle) == first) {
        return Ok(());
    }
    let message = "Checkout does not support multiple prices with different billing intervals.";
    Err(Refusal::invalid(message).param("line_items"))
}

fn draft(act: &Act, item: Fields, path: &str) -> Result<Draft, Refusal> {
    not_both(item, "price", "price_data", path)?;
    let quantity = item.int("quantity").unwrap_or(1);
    if quantity < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(Refusal::invalid(message)
            .code("parameter_invalid_integer")
            .param(format!("{path}[quantity]")));
    }
    if item.has("price_data") {
        return draft_inline(
            act,
            item.object("price_data"),
            quantity,
            &format!("{path}[price_data]"),
        );
    }
    let Some(id) = item.text("price") else {
        let message = format!("You must specify either `price` or `price_data` for {path}.");
        return Err(Refusal::invalid(message)
            .code("parameter_missing")
            .param(format!("{path}[price]")));
    };
    let price = act.find::<Price>(id, &format!("{path}[price]"))?.clone();
    if !price.active {
        let message = "The price specified is inactive. This field only accepts active prices.";
        return Err(Refusal::invalid(message).param(format!("{path}[price]")));
    }
    Ok(Draft {
        unit_amount: price.unit_amount,
        currency: price.currency,
        quantity,
        cycle: price.cycle,
        adjustable: None,
        price: DraftPrice::Kept(price),
    })
}

fn draft_inline(act: &Act, data: Fields, quantity: i64, path: &str) -> Result<Draft, Refusal> {
    let code = data.text("currency").unwrap_or_default();
    let currency = Currency::read(code, &format!("{path}[currency]"))?;
    let unit_amount = catalog::unit_amount(data, path)?;
    currency.check_unit(unit_amount, &format!("{path}[unit_amount]"))?;
    not_both(data, "product", "product_data", path)?;
    let product = match data.text("product") {
        Some(id) => DraftProduct::Kept(act.find::<Product>(id, &format!("{path}[product]"))?.id.clone()),
        None if data.has("product_data") => {
            let inline = catalog::product_from_fields(data.object("product_data"), act.now());
            // What was made for one link isn't offered again.
            DraftProduct::New(Product {
                active: false,
                ..inline
            })
        }
        None => {
            let message = "You must specify either `product` or `product_data` when creating a price.";
            return Err(Refusal::invalid(message)
                .code("parameter_missing")
                .param(format!("{path}[product]")));
        }
    };
    let cycle = catalog::cycle(data, &format!("{path}[recurring]"))?;
    let tax_behavior = data.text("tax_behavior").unwrap_or("unspecified").to_owned();
    Ok(Draft {
        price: DraftPrice::New {
            product,
            tax_behavior,
        },
        unit_amount,
        currency,
        quantity,
        cycle,
        adjustable: None,
    })
}

impl Lines {
    pub(crate) fn is_subscription(&self) -> bool {
        self.drafts.iter().any(|draft| draft.cycle.is_some())
    }

    /// Keeps what was made inline and returns the lines.
    pub(crate) fn keep(self, act: &mut Act) -> Vec<Line> {
        self.drafts.into_iter().map(|draft| draft.keep(act)).collect()
    }
}

impl Draft {
    fn keep(self, act: &mut Act) -> Line {
        let price = match self.price {
            DraftPrice::Kept(price) => price,
            DraftPrice::New {
                product,
                tax_behavior,
            } => {
                let product = product.keep(act);
                let price = Price {
                    id: act.id("price"),
                    created: act.now(),
                    active: false,
                    product,
                    currency: self.currency,
                    unit_amount: self.unit_amount,
                    cycle: self.cycle,
                    nickname: None,
                    lookup_key: None,
                    tax_behavior,
                    metadata: serde_json::Map::new(),
                };
                act.create("price.created", price.clone());
                price
            }
        };
        Line {
            id: act.id("li"),
            description: act
                .get::<Product>(&price.product)
                .map(|product| product.name.clone())
                .unwrap_or_default(),
            price: price.id,
            quantity: self.quantity,
            unit_amount: self.unit_amount,
            amount: self.unit_amount * self.quantity,
            currency: self.currency,
            cycle: self.cycle,
            adjustable: self.adjustable,
        }
    }
}

impl DraftProduct {
    fn keep(self, act: &mut Act) -> String {
        match self {
            Self::Kept(id) => id,
            Self::New(product) => {
                let product = Product {
                    id: act.id("prod"),
                    ..product
                };
                let id = product.id().to_owned();
                act.create("product.created", product);
                id
            }
        }
    }
}
