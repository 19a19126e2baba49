//! Links of products: one for each product and price, made once, sent to many, ended when the price changes.
//!
//! A charge that goes by one needs nothing made for it, so it is there at once. Who paid is known by what the address
//! in their chat ends in: the charge that it was sent for.

use std::time::Duration;

use cobro_stripe::{KeyMode, NewLine, NewLink, PaymentLink, StripeApi, StripeError, StripeObject, Terms};
use tokio::time::timeout;

use crate::charge::{self, INACTIVE_LINK, KEY_LIFE, Made};
use crate::domain::{ChargeId, Product, ProductId, ProductLink, Timestamp};
use crate::store::charges::ToCreate;
use crate::store::product_links::{self, Kept};
use crate::store::{charges, products};
use crate::{Error, Inbox, Result};

/// What Stripe did not switch off is tried again after this, and after a refusal much later.
const PAUSE: Duration = Duration::from_secs(15);
const REFUSED_PAUSE: Duration = Duration::from_hours(6);

/// Returns a product's link, made now if there is none yet. Whoever pays it without a charge is matched by hand.
pub async fn of(inbox: &Inbox, product: ProductId) -> Result<ProductLink> {
    let stripe = inbox.require_stripe()?.clone();
    let live = stripe.key_mode() == KeyMode::Live;
    let account = inbox.stripe_account();
    let kept = inbox
        .store
        .write(move |tx| {
            let product = products::get(tx, product)?;
            check(&product)?;
            product_links::begin(tx, &product, live, account.as_deref(), Timestamp::now())
        })
        .await?;
    let kept = made(inbox, &stripe, kept).await??;
    let (_, url) = kept.made.ok_or(Error::NotFound("The product's link"))?;
    Ok(ProductLink {
        product: kept.product,
        price: kept.price,
        url,
        created_at: kept.created_at,
    })
}

/// Says why a product has no link that is the same for everybody.
pub(crate) fn check(product: &Product) -> Result<()> {
    let why = if !product.active {
        "is archived. Offer it again in the catalog first"
    } else if !product.options.is_empty() {
        "has options, so it has no single price. Charge it in a chat, where one is chosen"
    } else if product.recurring.is_some() {
        "is sold by subscription, and each subscriber needs a link of their own. Charge it in a chat"
    } else {
        return Ok(());
    };
    Err(Error::Invalid(format!("{} {why}", product.name)))
}

/// Returns the link by which a charge goes, for its customer's chat.
pub(crate) async fn for_charge(
    inbox: &Inbox,
    stripe: &StripeApi,
    draft: &ToCreate,
) -> Result<Result<Made, StripeError>> {
    let (id, live) = (draft.id, draft.livemode);
    let account = inbox.stripe_account();
    let kept = inbox
        .store
        .write(move |tx| {
            let Some(product) = as_charged(tx, id)? else {
                return Ok(None);
            };
            product_links::begin(tx, &product, live, account.as_deref(), Timestamp::now()).map(Some)
        })
        .await?;
    let Some(kept) = kept else {
        return Ok(Err(StripeError::Invalid(
            "The product is no longer sold as it was when this was asked for. Make a new charge".into(),
        )));
    };
    let kept = match made(inbox, stripe, kept).await? {
        Ok(kept) => kept,
        Err(error) => return Ok(Err(error)),
    };
    let (link, url) = kept.made.ok_or(Error::NotFound("The product's link"))?;
    Ok(Ok(Made {
        id: link,
        url: format!("{url}?client_reference_id={id}"),
        livemode: live,
        shared: Some(kept.id),
        asks: None,
    }))
}

/// Returns the product of a charge's only line, if it is still sold at that price.
fn as_charged(conn: &rusqlite::Connection, id: ChargeId) -> Result<Option<Product>> {
    let charge = charges::get(conn, id)?;
    let Some(line) = charge.lines.first() else {
        return Ok(None);
    };
    let Some(product) = line.product.map(|id| products::get(conn, id)).transpose()? else {
        return Ok(None);
    };
    Ok(Some(product)
        .filter(|product| check(product).is_ok() && product.price == line.unit && product.name == line.name))
}

/// Makes the link if it is not there yet, once however often it is asked for.
async fn made(inbox: &Inbox, stripe: &StripeApi, kept: Kept) -> Result<Result<Kept, StripeError>> {
    if kept.made.is_some() {
        return Ok(Ok(kept));
    }
    let id = kept.id;
    let asked = timeout(Duration::from_secs(25), link_of(stripe, &kept)).await;
    match asked.unwrap_or_else(|_| Err(StripeError::timed_out())) {
        Ok(link) => {
            let account = inbox.stripe_account();
            let made = inbox
                .store
                .write(move |tx| {
                    let link = (link.id.as_str(), link.url.as_str());
                    product_links::made(tx, id, link, account.as_deref(), Timestamp::now())
                })
                .await?;
            Ok(Ok(made))
        }
        Err(error) => {
            if charge::is_stored(&error) {
                inbox
                    .store
                    .write(move |tx| product_links::change_key(tx, id))
                    .await?;
            }
            Ok(Err(error))
        }
    }
}

async fn link_of(stripe: &StripeApi, kept: &Kept) -> Result<PaymentLink, StripeError> {
    let id = kept.id.to_string();
    let is_old = Timestamp::now().since(kept.created_at) > KEY_LIFE;
    if (is_old || kept.was_refused())
        && let Some(link) = stripe.find_shared_link(&id, if is_old { 50 } else { 3 }).await?
    {
        return Ok(link);
    }
    let lines = [NewLine::of(&kept.name, kept.price)];
    let new = NewLink {
        shared: Some(&id),
        lines: &lines,
        inactive_message: Some(INACTIVE_LINK),
        terms: Terms::default(),
        ..NewLink::default()
    };
    stripe.create_payment_link(&new, &kept.idempotency_key).await
}

/// Ends the links of products that are not sold any more as they were.
pub(crate) async fn work(inbox: &Inbox, stripe: &StripeApi) -> Result<()> {
    let live = stripe.key_mode() == KeyMode::Live;
    if inbox
        .store
        .read(move |conn| product_links::has_outdated(conn, live))
        .await?
    {
        let account = inbox.stripe_account();
        inbox
            .store
            .write(move |tx| product_links::retire(tx, live, account.as_deref(), Timestamp::now()))
            .await?;
    }
    while let Some(kept) = inbox
        .store
        .read(move |conn| product_links::next_to_close(conn, live, Timestamp::now()))
        .await?
    {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        end(inbox, stripe, kept).await?;
    }
    Ok(())
}

/// Switches one off. One whose answer was lost is looked for first.
async fn end(inbox: &Inbox, stripe: &StripeApi, kept: Kept) -> Result<()> {
    let id = kept.id;
    let ended = match kept.made {
        Some((link, _)) => charge::switch_off(stripe, StripeObject::PaymentLink, &link)
            .await
            .map(drop),
        None => match stripe.find_shared_link(&id.to_string(), 3).await {
            Ok(Some(link)) => charge::switch_off(stripe, StripeObject::PaymentLink, &link.id)
                .await
                .map(drop),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        },
    };
    inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            match &ended {
                Ok(()) => product_links::closed(tx, id, now),
                Err(error) if error.is_not_found() => product_links::closed(tx, id, now),
                Err(error) if error.is_permanent() => {
                    product_links::postpone_closing(tx, id, now.plus(REFUSED_PAUSE))
                }
                Err(_) => product_links::postpone_closing(tx, id, now.plus(PAUSE)),
            }
        })
        .await
}
