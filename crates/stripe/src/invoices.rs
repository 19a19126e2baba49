//! Invoices of subscriptions, read, previewed and paid again.

use crate::form::Form;
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{Invoice, InvoicePayment, StripeApi, StripeError, read};

/// Which invoices are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoicesOf<'a> {
    Everyone,
    Customer(&'a str),
    Subscription(&'a str),
}

impl StripeApi {
    /// Reads an invoice back, with its payments.
    pub async fn invoice(&self, id: &str) -> Result<Invoice, StripeError> {
        let mut form = Form::default();
        form.put("expand[0]", "payments");
        let request = form.get(format!("/invoices/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of invoices, newest first, with their payments.
    pub async fn invoices(
        &self,
        of: InvoicesOf<'_>,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<Invoice>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        match of {
            InvoicesOf::Everyone => {}
            InvoicesOf::Customer(id) => form.put("customer", id),
            InvoicesOf::Subscription(id) => form.put("subscription", id),
        }
        form.put("expand[0]", "data.payments");
        self.page(form.get("/invoices")).await
    }

    /// Returns the invoice that a subscription will make next: its amount and when. Nothing is made.
    ///
    /// Stripe refuses it for a subscription that will not be charged again.
    pub async fn upcoming_invoice(&self, subscription: &str) -> Result<Invoice, StripeError> {
        let mut form = Form::default();
        form.put("subscription", subscription);
        // It makes nothing, so sending it twice is harmless; a key would replay an old preview.
        let answer = self.post_freely(form.post("/invoices/create_preview")).await?;
        read::answer(answer, self.is_live())
    }

    /// Tries to collect an open invoice now, with the customer's default card.
    pub async fn pay_invoice(&self, id: &str, idempotency_key: &str) -> Result<Invoice, StripeError> {
        let request = Form::default().post(format!("/invoices/{}/pay", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Returns which invoice a payment belongs to, if to any.
    pub async fn invoice_of_payment(
        &self,
        payment_intent: &str,
    ) -> Result<Option<InvoicePayment>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, None);
        form.put("payment[type]", "payment_intent");
        form.put("payment[payment_intent]", payment_intent);
        let found: List<InvoicePayment> = self.page(form.get("/invoice_payments")).await?;
        Ok(found.items.into_iter().next())
    }
}
