//! Disputes read. Evidence is handed in on Stripe's own page: it wants files and a person's judgement.

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{Dispute, StripeApi, StripeError, read};

impl StripeApi {
    /// Reads a dispute back, with its deadline and what it moved.
    pub async fn dispute(&self, id: &str) -> Result<Dispute, StripeError> {
        let request = reading(format!("/disputes/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of disputes, newest first.
    pub async fn disputes(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<Dispute>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        self.page(form.get("/disputes")).await
    }

    /// Returns the disputes of one payment, newest first.
    pub async fn disputes_of_payment(&self, payment_intent: &str) -> Result<List<Dispute>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, None);
        form.put("payment_intent", payment_intent);
        self.page(form.get("/disputes")).await
    }
}
