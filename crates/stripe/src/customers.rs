//! Customers: who pays, kept at Stripe for transfers, subscriptions and the portal.

use std::collections::BTreeMap;

use stripe_client_core::RequestBuilder;

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::list::{List, put_page};
use crate::{Customer, StripeApi, StripeError, metadata, read};

/// What Stripe is told of a customer. What is absent stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomerFields<'a> {
    pub name: Option<&'a str>,
    pub email: Option<&'a str>,
    /// With its `+` and country.
    pub phone: Option<&'a str>,
    /// The conversation's id, by which the customer is found again.
    pub conversation: Option<&'a str>,
    pub metadata: &'a [(&'a str, &'a str)],
}

impl StripeApi {
    /// Makes a customer. Save `idempotency_key` first.
    pub async fn create_customer(
        &self,
        new: &CustomerFields<'_>,
        idempotency_key: &str,
    ) -> Result<Customer, StripeError> {
        let answer = self.post(new.form().post("/customers"), idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    pub async fn update_customer(
        &self,
        id: &str,
        fields: &CustomerFields<'_>,
        idempotency_key: &str,
    ) -> Result<Customer, StripeError> {
        let request = fields.form().post(format!("/customers/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    pub async fn customer(&self, id: &str) -> Result<Customer, StripeError> {
        let request = reading(format!("/customers/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns what a customer has sent too much by transfer, by currency, in minor units.
    pub async fn cash_balance(&self, customer: &str) -> Result<BTreeMap<String, i64>, StripeError> {
        #[derive(serde::Deserialize)]
        struct Wire {
            available: Option<BTreeMap<String, i64>>,
        }
        let request = reading(format!("/customers/{}/cash_balance", checked_id(customer)?));
        let answer = self.get(request).await?;
        let wire: Wire = serde_json::from_str(&answer.body).map_err(|error| StripeError::Decode {
            what: format!("cash_balance ({})", read::place_of(&error)),
            request_id: answer.request_id,
        })?;
        Ok(wire.available.unwrap_or_default())
    }

    /// Returns a page of customers, newest first, of one e-mail or of all.
    pub async fn customers(
        &self,
        email: Option<&str>,
        after: Option<&str>,
    ) -> Result<List<Customer>, StripeError> {
        self.page(page_of_customers(email, after)).await
    }

    /// Returns the newest customer that carries `value` under `key` in its metadata, among the newest `max_pages` hundreds.
    ///
    /// Stripe's search would lag a minute behind: a customer just made would be made again.
    pub async fn find_customer(
        &self,
        key: &str,
        value: &str,
        max_pages: u32,
    ) -> Result<Option<Customer>, StripeError> {
        self.find(
            max_pages,
            |after| page_of_customers(None, after),
            |customer: &Customer| &customer.id,
            |customer| customer.metadata.get(key).is_some_and(|found| found == value),
        )
        .await
    }
}

fn page_of_customers(email: Option<&str>, after: Option<&str>) -> RequestBuilder {
    let mut form = Form::default();
    put_page(&mut form, after);
    form.maybe("email", email);
    form.get("/customers")
}

impl CustomerFields<'_> {
    fn form(&self) -> Form {
        let mut form = Form::default();
        form.maybe("name", self.name);
        form.maybe("email", self.email);
        form.maybe("phone", self.phone);
        form.maybe(format!("metadata[{}]", metadata::CONVERSATION), self.conversation);
        form.pairs("metadata", self.metadata.iter().copied());
        form
    }
}
