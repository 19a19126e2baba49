//! Test clocks: Stripe's own way to let a year pass in test mode.

use cobro_protocol::Timestamp;

use crate::form::{Form, delete, read as reading};
use crate::links::checked_id;
use crate::{Customer, StripeApi, StripeError, TestClock, read};

impl StripeApi {
    /// Makes a clock that stands at `frozen_time`. Only a test key can.
    pub async fn create_test_clock(
        &self,
        frozen_time: Timestamp,
        idempotency_key: &str,
    ) -> Result<TestClock, StripeError> {
        let mut form = Form::default();
        form.put("frozen_time", frozen_time.secs());
        let request = form.post("/test_helpers/test_clocks");
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Turns a clock on to `frozen_time`. It is `advancing` until everything due by then was done.
    pub async fn advance_test_clock(
        &self,
        id: &str,
        frozen_time: Timestamp,
        idempotency_key: &str,
    ) -> Result<TestClock, StripeError> {
        let mut form = Form::default();
        form.put("frozen_time", frozen_time.secs());
        let request = form.post(format!("{}/advance", clock_path(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    pub async fn test_clock(&self, id: &str) -> Result<TestClock, StripeError> {
        let request = reading(clock_path(id)?);
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Takes a clock away, and its customers with their subscriptions.
    pub async fn delete_test_clock(&self, id: &str) -> Result<(), StripeError> {
        self.delete(delete(clock_path(id)?)).await.map(drop)
    }

    /// Makes a customer whose time is a clock's.
    pub async fn create_customer_on_clock(
        &self,
        clock: &str,
        email: &str,
        idempotency_key: &str,
    ) -> Result<Customer, StripeError> {
        let mut form = Form::default();
        form.put("test_clock", clock);
        form.put("email", email);
        read::answer(
            self.post(form.post("/customers"), idempotency_key).await?,
            self.is_live(),
        )
    }
}

fn clock_path(id: &str) -> Result<String, StripeError> {
    Ok(format!("/test_helpers/test_clocks/{}", checked_id(id)?))
}
