//! Stripe's side of the catalog, read page by page.

use std::collections::HashMap;

use cobro_stripe::{Price, Product as StripeProduct, StripeApi};

use crate::domain::{ProductId, ProductSide, Tax};
use crate::{Error, Result};

/// A product of ours is found again by this, at Stripe.
pub(super) const OURS: &str = "cobro_product";
/// Pages of a hundred; a larger catalog is no chat shop's.
pub(super) const MOST_PAGES: u32 = 100;
/// As many products as Stripe gives at once by their ids.
const AT_ONCE: usize = 100;

/// A product as Stripe has it.
#[derive(Debug, Clone)]
pub(super) struct Theirs {
    pub id: String,
    /// The product of ours that it was made from.
    pub ours: Option<ProductId>,
    pub cost: Cost,
    /// What it says; what it costs is only there where `cost` is fixed.
    said: Said,
}

#[derive(Debug, Clone)]
struct Said {
    name: String,
    description: String,
    active: bool,
    tax_code: Option<String>,
}

/// What a product costs at Stripe, or why that can't be said.
#[derive(Debug, Clone)]
pub(super) enum Cost {
    Fixed(Box<Price>),
    /// There is no price at all: one of ours may be given one.
    Nothing(&'static str),
    /// Somebody gave it a price that is not known here.
    Unfit(&'static str),
}

impl Theirs {
    pub(super) fn name(&self) -> &str {
        &self.said.name
    }

    pub(super) fn is_active(&self) -> bool {
        self.said.active
    }

    pub(super) fn price(&self) -> Option<&str> {
        match &self.cost {
            Cost::Fixed(price) => Some(&price.id),
            Cost::Nothing(_) | Cost::Unfit(_) => None,
        }
    }

    /// Returns what Stripe says; what it costs is as in `instead` where there is no price.
    pub(super) fn side(&self, instead: &ProductSide) -> ProductSide {
        let fixed = match &self.cost {
            Cost::Fixed(price) => price
                .unit_amount
                .map(|amount| (amount, price.recurring, price.tax)),
            Cost::Nothing(_) | Cost::Unfit(_) => None,
        };
        let (price, recurring, behavior) = fixed.unwrap_or_else(|| {
            let behavior = instead.tax.as_ref().and_then(|tax| tax.behavior);
            (instead.price, instead.recurring, behavior)
        });
        let tax = Tax {
            behavior,
            code: self.said.tax_code.clone(),
        };
        ProductSide {
            name: self.said.name.clone(),
            description: self.said.description.clone(),
            price,
            recurring,
            active: self.said.active,
            tax: Some(tax).filter(|tax| *tax != Tax::default()),
        }
    }

    /// Returns all that Stripe says, where it has a price.
    pub(super) fn whole_side(&self) -> Option<ProductSide> {
        let Cost::Fixed(price) = &self.cost else {
            return None;
        };
        let nothing = ProductSide {
            name: String::new(),
            description: String::new(),
            price: price.unit_amount?,
            recurring: None,
            active: true,
            tax: None,
        };
        Some(self.side(&nothing))
    }
}

/// Returns Stripe's products that are in sale, and those of `linked` that are archived. What is linked and
/// not among them is there no more.
pub(super) async fn at_stripe(stripe: &StripeApi, linked: &[String]) -> Result<Vec<Theirs>> {
    let prices = all_prices(stripe).await?;
    let of = |product: &StripeProduct| {
        let prices = prices.get(&product.id);
        theirs_of(product, prices.map(Vec::as_slice).unwrap_or_default())
    };
    let mut found = in_sale(stripe).await?;
    let archived: Vec<&str> = linked
        .iter()
        .map(String::as_str)
        .filter(|id| !found.contains_key(*id))
        .collect();
    let mut read = Vec::new();
    for some in archived.chunks(AT_ONCE) {
        read.extend(stripe.products_named(some).await?);
    }
    found.extend(read.into_iter().map(|product| (product.id.clone(), product)));
    let mut theirs: Vec<Theirs> = found.values().map(of).collect();
    theirs.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(theirs)
}

/// Returns one product, if it is still there. Costs two reads.
pub(super) async fn one(stripe: &StripeApi, id: &str) -> Result<Option<Theirs>> {
    let Some(product) = stripe.products_named(&[id]).await?.pop() else {
        return Ok(None);
    };
    let prices = stripe.prices(Some(id), Some(true), None).await?;
    Ok(Some(theirs_of(&product, &prices.items)))
}

async fn in_sale(stripe: &StripeApi) -> Result<HashMap<String, StripeProduct>> {
    let mut found = HashMap::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = stripe.products(Some(true), after.as_deref()).await?;
        after = page
            .items
            .last()
            .filter(|_| page.has_more)
            .map(|product| product.id.clone());
        found.extend(
            page.items
                .into_iter()
                .map(|product| (product.id.clone(), product)),
        );
        if after.is_none() {
            return Ok(found);
        }
    }
    Err(too_many("products"))
}

/// Returns all prices by their product, the newest first.
async fn all_prices(stripe: &StripeApi) -> Result<HashMap<String, Vec<Price>>> {
    let mut by_product: HashMap<String, Vec<Price>> = HashMap::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = stripe.prices(None, Some(true), after.as_deref()).await?;
        after = page
            .items
            .last()
            .filter(|_| page.has_more)
            .map(|price| price.id.clone());
        for price in page.items {
            if let Some(product) = price.product.clone() {
                by_product.entry(product).or_default().push(price);
            }
        }
        if after.is_none() {
            return Ok(by_product);
        }
    }
    Err(too_many("prices"))
}

fn too_many(what: &str) -> Error {
    Error::Conflict(format!(
        "Stripe has more than 10,000 {what} in sale, which is more than a chat shop's catalog. Export the ones that you sell and import the file"
    ))
}

pub(super) fn theirs_of(product: &StripeProduct, prices: &[Price]) -> Theirs {
    Theirs {
        id: product.id.clone(),
        ours: product.metadata.get(OURS).and_then(|id| id.parse().ok()),
        cost: cost_of(product.default_price.as_deref(), prices),
        said: Said {
            name: product.name.trim().to_owned(),
            description: product
                .description
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            active: product.active,
            tax_code: product.tax_code.clone(),
        },
    }
}

fn cost_of(default: Option<&str>, prices: &[Price]) -> Cost {
    let price = match (default, prices) {
        (Some(default), prices) => match prices.iter().find(|price| price.id == default) {
            Some(price) => price,
            None => return Cost::Nothing("Its default price is archived. Give it another at Stripe"),
        },
        (None, [only]) => only,
        (None, []) => return Cost::Nothing("It has no price. Give it one at Stripe"),
        (None, _) => {
            return Cost::Unfit("It has several prices and none is its default. Choose one at Stripe");
        }
    };
    if price.unit_amount.is_none() {
        return Cost::Unfit("Its price has no fixed amount. Give it one at Stripe");
    }
    if price.is_recurring && price.recurring.is_none() {
        return Cost::Unfit("Its price comes again in a way that is not known here");
    }
    Cost::Fixed(Box::new(price.clone()))
}
