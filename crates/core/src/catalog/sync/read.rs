//! Stripe's side of the catalog, read page by page.

use std::collections::HashMap;

use cobro_stripe::{KeyMode, Price, Product as StripeProduct, StripeApi};

use crate::domain::{ProductId, ProductSide, SkippedProduct};
use crate::{Error, Result};

/// A product of ours is found again by this, at Stripe.
pub(super) const OURS: &str = "cobro_product";
/// Pages of a hundred; a larger catalog is no chat shop's.
pub(super) const MOST_PAGES: u32 = 100;

/// A product as Stripe has it.
#[derive(Debug, Clone)]
pub(super) struct Theirs {
    pub id: String,
    pub price: Option<String>,
    /// The product of ours that it was made from.
    pub ours: Option<ProductId>,
    pub side: ProductSide,
}

pub(super) fn is_live(stripe: &StripeApi) -> bool {
    stripe.key_mode() == KeyMode::Live
}

/// Returns Stripe's products, and those that can't be sold from a chat with why. Archived ones are
/// among them: one of ours may be archived there.
pub(super) async fn at_stripe(stripe: &StripeApi) -> Result<(Vec<Theirs>, Vec<SkippedProduct>)> {
    let prices = all_prices(stripe).await?;
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = stripe.products(None, after.as_deref()).await?;
        after = page
            .items
            .last()
            .filter(|_| page.has_more)
            .map(|product| product.id.clone());
        for product in page.items {
            match theirs_of(
                &product,
                prices.get(&product.id).map(Vec::as_slice).unwrap_or_default(),
            ) {
                Ok(theirs) => found.push(theirs),
                // What pay pages make for one sale is archived at once, and nobody's catalog.
                Err(_) if !product.active => {}
                Err(why) => skipped.push(SkippedProduct {
                    name: product.name,
                    product: None,
                    why: why.to_owned(),
                }),
            }
        }
        if after.is_none() {
            return Ok((found, skipped));
        }
    }
    Err(Error::Conflict(
        "Stripe has more than 10,000 products, which is more than a chat shop's catalog. Export the ones that you sell and import the file".into(),
    ))
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
            break;
        }
    }
    Ok(by_product)
}

fn theirs_of(product: &StripeProduct, prices: &[Price]) -> std::result::Result<Theirs, &'static str> {
    let price = match (&product.default_price, prices) {
        (Some(default), prices) => prices
            .iter()
            .find(|price| price.id == *default)
            .ok_or("Its default price is archived. Give it another at Stripe")?,
        (None, [only]) => only,
        (None, []) => return Err("It has no price. Give it one at Stripe"),
        (None, _) => return Err("It has several prices and none is its default. Choose one at Stripe"),
    };
    let amount = price
        .unit_amount
        .ok_or("Its price has no fixed amount. Give it one at Stripe")?;
    if price.is_recurring && price.recurring.is_none() {
        return Err("Its price comes again in a way that is not known here");
    }
    Ok(Theirs {
        id: product.id.clone(),
        price: Some(price.id.clone()),
        ours: product.metadata.get(OURS).and_then(|id| id.parse().ok()),
        side: ProductSide {
            name: product.name.trim().to_owned(),
            description: product.description.clone().unwrap_or_default().trim().to_owned(),
            price: amount,
            recurring: price.recurring,
            active: product.active,
        },
    })
}
