//! Payouts read.

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{Payout, StripeApi, StripeError, read};

impl StripeApi {
    pub async fn payout(&self, id: &str) -> Result<Payout, StripeError> {
        let request = reading(format!("/payouts/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of payouts, newest first.
    pub async fn payouts(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<Payout>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        self.page(form.get("/payouts")).await
    }
}
