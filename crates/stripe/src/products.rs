//! Products: what a shop sells, as Stripe keeps it.

use stripe_client_core::RequestBuilder;

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::list::{List, put_page};
use crate::{Product, StripeApi, StripeError, read};

/// What a product is to be. The same fields give the same bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProductFields<'a> {
    pub name: &'a str,
    /// An empty one takes it away.
    pub description: &'a str,
    /// Addresses that Stripe can open. Left as they are where there are none.
    pub images: &'a [&'a str],
    /// Stripe's code for tax, such as `txcd_99999999`. An empty one takes it away.
    pub tax_code: Option<&'a str>,
    /// Added to what is there.
    pub metadata: &'a [(&'a str, &'a str)],
}

impl StripeApi {
    /// Makes a product. Save `idempotency_key` first.
    pub async fn create_product(
        &self,
        new: &ProductFields<'_>,
        idempotency_key: &str,
    ) -> Result<Product, StripeError> {
        let mut form = new.form()?;
        form.maybe(
            "description",
            Some(new.description.trim()).filter(|text| !text.is_empty()),
        );
        form.maybe("tax_code", new.tax_code.filter(|code| !code.is_empty()));
        let answer = self.post(form.post("/products"), idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    /// Changes a product. Its prices stay as they are.
    pub async fn update_product(
        &self,
        id: &str,
        fields: &ProductFields<'_>,
        idempotency_key: &str,
    ) -> Result<Product, StripeError> {
        let mut form = fields.form()?;
        form.put("description", fields.description.trim());
        form.maybe("tax_code", fields.tax_code);
        let request = form.post(format!("/products/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Takes a product out of sale, or back in. Nothing at Stripe is ever deleted that was sold.
    pub async fn set_product_active(
        &self,
        id: &str,
        active: bool,
        idempotency_key: &str,
    ) -> Result<Product, StripeError> {
        let mut form = Form::default();
        form.put("active", active);
        let request = form.post(format!("/products/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Makes a price the one that the product is sold for unless another is named.
    pub async fn set_default_price(
        &self,
        id: &str,
        price: &str,
        idempotency_key: &str,
    ) -> Result<Product, StripeError> {
        let mut form = Form::default();
        form.put("default_price", price);
        let request = form.post(format!("/products/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    pub async fn product(&self, id: &str) -> Result<Product, StripeError> {
        let request = reading(format!("/products/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of products, newest first, beginning behind the product `after`; archived ones too where
    /// `active` is `None`.
    pub async fn products(
        &self,
        active: Option<bool>,
        after: Option<&str>,
    ) -> Result<List<Product>, StripeError> {
        self.page(page_of_products(active, after)).await
    }

    /// Returns those of these products that there are, archived ones too. At most a hundred at once.
    pub async fn products_named(&self, ids: &[&str]) -> Result<Vec<Product>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, None);
        form.list("ids", ids);
        let found: List<Product> = self.page(form.get("/products")).await?;
        if found.unreadable > 0 {
            // One that is there and can't be read is not one that is gone.
            return Err(StripeError::decode("a product in a list of products"));
        }
        Ok(found.items)
    }

    /// Returns the product that carries `value` under `key` in its metadata, among the newest `max_pages` hundreds.
    pub async fn find_product(
        &self,
        key: &str,
        value: &str,
        max_pages: u32,
    ) -> Result<Option<Product>, StripeError> {
        self.find(
            max_pages,
            |after| page_of_products(None, after),
            |product: &Product| &product.id,
            |product| product.metadata.get(key).is_some_and(|found| found == value),
        )
        .await
    }
}

fn page_of_products(active: Option<bool>, after: Option<&str>) -> RequestBuilder {
    let mut form = Form::default();
    put_page(&mut form, after);
    form.maybe("active", active);
    form.get("/products")
}

impl ProductFields<'_> {
    fn form(&self) -> Result<Form, StripeError> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err(StripeError::invalid("A product needs a name"));
        }
        let mut form = Form::default();
        form.put("name", name);
        form.list("images", self.images);
        form.pairs("metadata", self.metadata.iter().copied());
        Ok(form)
    }
}
