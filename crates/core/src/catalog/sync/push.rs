//! Ours to Stripe: a product and its price, each made exactly once.

use cobro_stripe::{NewPrice, ProductFields, StripeApi, StripeError};
use uuid::Uuid;

use super::read::{MOST_PAGES, OURS, is_live};
use crate::charge::KEY_LIFE;
use crate::domain::{ProductId, ProductSide, Timestamp, Words};
use crate::store::products;
use crate::store::syncing::{self, Linked, Sent};
use crate::{Error, Inbox, Result};

/// Which sending a price was made by, at Stripe.
const SENT: &str = "cobro_sent";

/// What Stripe has of a product after it was sent.
struct Made {
    product: String,
    price: Option<String>,
}

/// Brings ours to Stripe. `theirs` is what Stripe has, where it has it.
///
/// The keys and the fields are committed before the first request, so that a lost answer, a crash
/// or an edit meanwhile ends in one product with one price; after a day both are looked for before
/// they are made again. Returns Stripe's words where it refused.
pub(super) async fn push(
    inbox: &Inbox,
    product: ProductId,
    theirs: Option<&ProductSide>,
) -> Result<Option<Words>> {
    let stripe = inbox.require_stripe()?.clone();
    let (linked, sent) = inbox.store.write(move |tx| begun(tx, product)).await?;
    match send(inbox, &stripe, product, &linked, &sent, theirs).await {
        Ok(made) => {
            let live = is_live(&stripe);
            inbox
                .store
                .write(move |tx| {
                    syncing::link(tx, product, &made.product, made.price.as_deref(), live)?;
                    let same = ProductSide::from(&products::get(tx, product)?) == sent.side;
                    syncing::agreed(tx, product, &sent.side, same)
                })
                .await?;
            inbox.problems.clear("stripe.catalog");
            Ok(None)
        }
        Err(Error::Stripe(error)) if is_about_product(&error) => {
            let words = crate::health::words_of_stripe(&error);
            let kept = words.clone();
            inbox
                .store
                .write(move |tx| syncing::refused(tx, product, &kept))
                .await?;
            Ok(Some(words))
        }
        Err(error) => Err(error),
    }
}

/// A key that may not do it, or is not valid, would refuse every product: then the whole run ends, and says so.
fn is_about_product(error: &StripeError) -> bool {
    error.is_permanent() && matches!(error, StripeError::Api { .. } | StripeError::Invalid(_))
}

/// Returns what is on its way, which is begun where nothing is.
fn begun(tx: &rusqlite::Transaction<'_>, id: ProductId) -> Result<(Linked, Sent)> {
    let product = products::get(tx, id)?;
    let linked = syncing::linked(tx, id)?;
    let sent = if let Some(sent) = &linked.sent {
        sent.clone()
    } else {
        let sent = Sent {
            id: Uuid::now_v7(),
            at: Timestamp::now(),
            side: ProductSide::from(&product),
            tax: product.tax.clone(),
        };
        syncing::begin(tx, id, &sent)?;
        sent
    };
    Ok((linked, sent))
}

async fn send(
    inbox: &Inbox,
    stripe: &StripeApi,
    ours: ProductId,
    linked: &Linked,
    sent: &Sent,
    theirs: Option<&ProductSide>,
) -> Result<Made> {
    let side = &sent.side;
    let id = if let Some(id) = &linked.stripe_product {
        let fields = fields_of(sent, &[]);
        stripe.update_product(id, &fields, &key(sent, "product")).await?;
        id.clone()
    } else {
        let id = created(stripe, ours, sent).await?;
        let (link, live) = (id.clone(), is_live(stripe));
        inbox
            .store
            .write(move |tx| syncing::link(tx, ours, &link, None, live))
            .await?;
        id
    };
    let keeps_price = linked.sent.is_none()
        && theirs.is_some_and(|theirs| (theirs.price, theirs.recurring) == (side.price, side.recurring));
    let price = if keeps_price {
        None
    } else {
        Some(priced(stripe, linked, sent, &id).await?)
    };
    let was_active = theirs.is_none_or(|theirs| theirs.active);
    if side.active != was_active || (linked.sent.is_some() && linked.stripe_product.is_some()) {
        stripe
            .set_product_active(&id, side.active, &key(sent, "active"))
            .await?;
    }
    Ok(Made { product: id, price })
}

/// Makes the product, or finds what was made with an answer that was lost.
async fn created(stripe: &StripeApi, ours: ProductId, sent: &Sent) -> Result<String, StripeError> {
    let of = ours.to_string();
    if is_old(sent)
        && let Some(found) = stripe.find_product(OURS, &of, MOST_PAGES).await?
    {
        return Ok(found.id);
    }
    let metadata = [(OURS, of.as_str())];
    let fields = fields_of(sent, &metadata);
    let made = stripe.create_product(&fields, &key(sent, "create")).await?;
    Ok(made.id)
}

/// Makes the price and the product's default of it, and takes the old one out of sale.
async fn priced(
    stripe: &StripeApi,
    linked: &Linked,
    sent: &Sent,
    product: &str,
) -> Result<String, StripeError> {
    let mark = sent.id.to_string();
    let known = if is_old(sent) {
        let prices = stripe.prices(Some(product), None, None).await?;
        let mut made = prices.items.into_iter();
        made.find(|price| price.metadata.get(SENT) == Some(&mark))
            .map(|price| price.id)
    } else {
        None
    };
    let price = if let Some(price) = known {
        price
    } else {
        let new = NewPrice {
            product,
            unit_amount: sent.side.price,
            recurring: sent.side.recurring,
            nickname: None,
            tax: sent.tax.as_ref().and_then(|tax| tax.behavior),
            metadata: &[(SENT, mark.as_str())],
        };
        stripe.create_price(&new, &key(sent, "price")).await?.id
    };
    stripe
        .set_default_price(product, &price, &key(sent, "default"))
        .await?;
    if let Some(old) = linked.stripe_price.as_deref().filter(|old| *old != price) {
        stripe.set_price_active(old, false, &key(sent, "archive")).await?;
    }
    Ok(price)
}

fn fields_of<'a>(sent: &'a Sent, metadata: &'a [(&'a str, &'a str)]) -> ProductFields<'a> {
    ProductFields {
        name: &sent.side.name,
        description: &sent.side.description,
        images: &[],
        tax_code: sent.tax.as_ref().and_then(|tax| tax.code.as_deref()),
        metadata,
    }
}

fn key(sent: &Sent, what: &str) -> String {
    format!("cobro-sync-{}-{what}", sent.id)
}

/// Stripe has forgotten the keys: look before making again.
fn is_old(sent: &Sent) -> bool {
    Timestamp::now().since(sent.at) > KEY_LIFE
}
