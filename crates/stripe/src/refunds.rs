//! Money given back.

use cobro_protocol::Timestamp;

use crate::form::{Form, read as reading};
use crate::lines::chargeable;
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{Money, Refund, StripeApi, StripeError, read};

/// Why money is given back, in Stripe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    Duplicate,
    /// Stripe then also learns from it.
    Fraudulent,
    RequestedByCustomer,
}

impl RefundReason {
    fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
        }
    }
}

/// A refund to be made. The same fields give the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewRefund<'a> {
    pub payment_intent: &'a str,
    /// All that is left where there is none.
    pub amount: Option<Money>,
    pub reason: Option<RefundReason>,
    /// By which it is found again.
    pub metadata: &'a [(&'a str, &'a str)],
}

impl StripeApi {
    /// Gives money back. Save `idempotency_key` first.
    ///
    /// It may stay `pending`, and may fail days later: then the money is on the balance again.
    pub async fn create_refund(
        &self,
        new: &NewRefund<'_>,
        idempotency_key: &str,
    ) -> Result<Refund, StripeError> {
        let mut form = Form::default();
        form.put("payment_intent", new.payment_intent);
        if let Some(amount) = new.amount {
            form.put("amount", chargeable(amount)?.minor());
        }
        form.maybe("reason", new.reason.map(RefundReason::name));
        form.pairs("metadata", new.metadata.iter().copied());
        let answer = self.post(form.post("/refunds"), idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    pub async fn refund(&self, id: &str) -> Result<Refund, StripeError> {
        let request = reading(format!("/refunds/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of refunds, newest first.
    pub async fn refunds(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<Refund>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        self.page(form.get("/refunds")).await
    }

    /// Returns the refunds of one payment, newest first: a hundred at most, and few payments have two.
    pub async fn refunds_of_payment(&self, payment_intent: &str) -> Result<List<Refund>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, None);
        form.put("payment_intent", payment_intent);
        self.page(form.get("/refunds")).await
    }

    /// Returns the refund of a payment that carries `value` under `key` in its metadata.
    ///
    /// For when its idempotency key is older than Stripe keeps them.
    pub async fn find_refund(
        &self,
        payment_intent: &str,
        key: &str,
        value: &str,
        since: Option<Timestamp>,
    ) -> Result<Option<Refund>, StripeError> {
        let of = self.refunds_of_payment(payment_intent).await?;
        let is_it = |refund: &Refund| {
            refund.metadata.get(key).is_some_and(|found| found == value)
                && since.is_none_or(|since| refund.created.is_none_or(|at| at >= since))
        };
        Ok(of.items.into_iter().find(is_it))
    }
}
