//! Ours to Stripe: a product and its price, each made exactly once.

use cobro_stripe::{NewPrice, ProductFields, StripeApi, StripeError};
use uuid::Uuid;

use super::read::{MOST_PAGES, OURS, Theirs};
use crate::charge::KEY_LIFE;
use crate::domain::{ProductId, ProductSide, Timestamp, Words};
use crate::store::products;
use crate::store::syncing::{self, Account, Linked, Sent};
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
/// or an edit meanwhile ends in one product with one price; after a day, or after a failure that Stripe
/// would repeat, both are looked for before they are made again. Returns Stripe's words where it refused.
pub(super) async fn push(
    inbox: &Inbox,
    here: &Account,
    product: ProductId,
    theirs: Option<&Theirs>,
) -> Result<Option<Words>> {
    let stripe = inbox.require_stripe()?.clone();
    let (known, place) = (theirs.cloned(), here.clone());
    let begun = inbox
        .store
        .write(move |tx| begun(tx, &place, product, known.as_ref()))
        .await?;
    let (linked, sent) = match begun {
        Ok(begun) => begun,
        Err(words) => return Ok(Some(words)),
    };
    let on_its_way = OnItsWay {
        inbox,
        stripe: &stripe,
        here,
        ours: product,
        linked: &linked,
        sent: &sent,
    };
    let error = match on_its_way.send(theirs).await {
        Ok(made) => {
            let place = here.clone();
            inbox
                .store
                .write(move |tx| {
                    syncing::link(tx, product, &made.product, made.price.as_deref(), &place)?;
                    let same = ProductSide::from(&products::get(tx, product)?) == sent.side;
                    syncing::agreed(tx, product, &sent.side, same)
                })
                .await?;
            return Ok(None);
        }
        Err(Error::Stripe(error)) => error,
        Err(error) => return Err(error),
    };
    if is_about_product(&error) {
        let words = crate::health::words_of_stripe(&error);
        let kept = words.clone();
        inbox
            .store
            .write(move |tx| syncing::refused(tx, product, &kept))
            .await?;
        return Ok(Some(words));
    }
    if is_repeated(&error) {
        let (place, renewed) = (here.clone(), sent.renewed());
        inbox
            .store
            .write(move |tx| syncing::begin(tx, product, &renewed, &place))
            .await?;
    }
    Err(error.into())
}

/// A key that may not do it, or is not valid, would refuse every product: then the whole run ends, and says so.
fn is_about_product(error: &StripeError) -> bool {
    error.is_permanent() && matches!(error, StripeError::Api { .. } | StripeError::Invalid(_))
}

/// Returns whether Stripe failed itself, and would answer the same for the same key.
pub(super) fn is_repeated(error: &StripeError) -> bool {
    matches!(error, StripeError::Api { status: 500, .. })
}

type Begun = std::result::Result<(Linked, Sent), Words>;

/// Returns what is on its way, which is begun where nothing is; or why it can't go.
fn begun(
    tx: &rusqlite::Transaction<'_>,
    here: &Account,
    id: ProductId,
    theirs: Option<&Theirs>,
) -> Result<Begun> {
    let linked = syncing::linked(tx, id)?;
    if let Some(sent) = linked.sent.clone() {
        return Ok(Ok((linked, sent)));
    }
    let product = products::get(tx, id)?;
    let side = ProductSide::from(&product);
    if let Err(error) = side.price.check_chargeable() {
        // A product without a price would be left behind at Stripe.
        let words = crate::health::words_of_stripe(&StripeError::Invalid(error.to_string()));
        syncing::refused(tx, id, &words)?;
        return Ok(Err(words));
    }
    let known = theirs.and_then(Theirs::whole_side);
    let sent = Sent {
        id: Uuid::now_v7(),
        at: Timestamp::now(),
        prices: Some(known.is_none_or(|theirs| !theirs.costs_the_same(&side))),
        side,
        tax: product.tax.clone(),
        mark: None,
    };
    syncing::begin(tx, id, &sent, here)?;
    Ok(Ok((linked, sent)))
}

/// One product's requests.
struct OnItsWay<'a> {
    inbox: &'a Inbox,
    stripe: &'a StripeApi,
    here: &'a Account,
    ours: ProductId,
    linked: &'a Linked,
    sent: &'a Sent,
}

impl OnItsWay<'_> {
    async fn send(&self, theirs: Option<&Theirs>) -> Result<Made> {
        let (stripe, sent) = (self.stripe, self.sent);
        let id = if let Some(id) = &self.linked.stripe_product {
            let fields = ProductFields {
                tax_code: Some(self.tax_code().unwrap_or_default()),
                ..self.fields(&[])
            };
            stripe.update_product(id, &fields, &self.key("product")).await?;
            id.clone()
        } else {
            let id = self.created().await?;
            let (ours, link, here) = (self.ours, id.clone(), self.here.clone());
            self.inbox
                .store
                .write(move |tx| syncing::link(tx, ours, &link, None, &here))
                .await?;
            id
        };
        let has_price = theirs.is_some_and(|theirs| theirs.price().is_some());
        let price = if sent.prices == Some(false) && has_price {
            None
        } else {
            Some(self.priced(&id).await?)
        };
        if sent.side.active != theirs.is_none_or(Theirs::is_active) {
            stripe
                .set_product_active(&id, sent.side.active, &self.key("active"))
                .await?;
        }
        Ok(Made { product: id, price })
    }

    /// Makes the product, or finds what was made with an answer that was lost.
    async fn created(&self) -> Result<String, StripeError> {
        let of = self.ours.to_string();
        if self.looks_first()
            && let Some(found) = self.stripe.find_product(OURS, &of, MOST_PAGES).await?
        {
            return Ok(found.id);
        }
        let metadata = [(OURS, of.as_str())];
        let fields = self.fields(&metadata);
        let made = self.stripe.create_product(&fields, &self.key("create")).await?;
        Ok(made.id)
    }

    /// Makes the price and the product's default of it, and takes the old one out of sale.
    async fn priced(&self, product: &str) -> Result<String, StripeError> {
        let (stripe, sent) = (self.stripe, self.sent);
        let mark = sent.mark().to_string();
        let known = if self.looks_first() {
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
            stripe.create_price(&new, &self.key("price")).await?.id
        };
        stripe
            .set_default_price(product, &price, &self.key("default"))
            .await?;
        if let Some(old) = self.linked.stripe_price.as_deref().filter(|old| *old != price) {
            stripe.set_price_active(old, false, &self.key("archive")).await?;
        }
        Ok(price)
    }

    fn fields<'a>(&'a self, metadata: &'a [(&'a str, &'a str)]) -> ProductFields<'a> {
        ProductFields {
            name: &self.sent.side.name,
            description: &self.sent.side.description,
            images: &[],
            tax_code: self.tax_code(),
            metadata,
        }
    }

    fn tax_code(&self) -> Option<&str> {
        self.sent.tax.as_ref().and_then(|tax| tax.code.as_deref())
    }

    fn key(&self, what: &str) -> String {
        format!("cobro-sync-{}-{what}", self.sent.id)
    }

    /// Returns whether Stripe can't tell any more by the keys what was made.
    fn looks_first(&self) -> bool {
        self.sent.mark.is_some() || Timestamp::now().since(self.sent.at) > KEY_LIFE
    }
}
