//! Prices: what a product costs. Their amount never changes; a new one takes an old one's place.

use crate::form::{Form, read as reading};
use crate::lines::chargeable;
use crate::links::checked_id;
use crate::list::{List, put_page};
use crate::{Money, Price, Recurring, StripeApi, StripeError, TaxBehavior, read};

/// A price to be made. The same fields give the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewPrice<'a> {
    pub product: &'a str,
    pub unit_amount: Money,
    /// Once where there is none.
    pub recurring: Option<Recurring>,
    /// A name for the shop's own eyes.
    pub nickname: Option<&'a str>,
    pub tax: Option<TaxBehavior>,
    pub metadata: &'a [(&'a str, &'a str)],
}

impl StripeApi {
    /// Makes a price. Save `idempotency_key` first.
    pub async fn create_price(
        &self,
        new: &NewPrice<'_>,
        idempotency_key: &str,
    ) -> Result<Price, StripeError> {
        let amount = chargeable(new.unit_amount)?;
        let mut form = Form::default();
        form.put("product", new.product);
        form.put("currency", amount.currency().stripe_code());
        form.put("unit_amount", amount.minor());
        if let Some(recurring) = new.recurring {
            recurring.put(&mut form, "recurring")?;
        }
        form.maybe("nickname", new.nickname);
        form.maybe("tax_behavior", new.tax.map(TaxBehavior::name));
        form.pairs("metadata", new.metadata.iter().copied());
        let answer = self.post(form.post("/prices"), idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    /// Takes a price out of sale, or back in.
    pub async fn set_price_active(
        &self,
        id: &str,
        active: bool,
        idempotency_key: &str,
    ) -> Result<Price, StripeError> {
        let mut form = Form::default();
        form.put("active", active);
        let request = form.post(format!("/prices/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    pub async fn price(&self, id: &str) -> Result<Price, StripeError> {
        let request = reading(format!("/prices/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of prices, newest first, of one product or of all.
    pub async fn prices(
        &self,
        product: Option<&str>,
        active: Option<bool>,
        after: Option<&str>,
    ) -> Result<List<Price>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        form.maybe("product", product);
        form.maybe("active", active);
        self.page(form.get("/prices")).await
    }
}
