//! Subscription schedules: how a plan of instalments ends by itself.

use cobro_protocol::Timestamp;

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::{Recurring, StripeApi, StripeError, SubscriptionSchedule, read};

/// One stretch of a schedule: so many of one price, for so long.
#[derive(Debug, Clone, Copy)]
pub struct NewPhase<'a> {
    pub price: &'a str,
    pub quantity: u32,
    /// Twelve times monthly is `Recurring { interval: Month, count: 12 }`.
    pub duration: Recurring,
}

impl StripeApi {
    /// Puts a subscription under a schedule, which begins as the subscription is. Save `idempotency_key` first.
    pub async fn schedule_subscription(
        &self,
        subscription: &str,
        idempotency_key: &str,
    ) -> Result<SubscriptionSchedule, StripeError> {
        let mut form = Form::default();
        form.put("from_subscription", subscription);
        let request = form.post("/subscription_schedules");
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Lets a schedule run through `phases` from `start`, which must be its first phase's own, and then end the
    /// subscription.
    pub async fn end_by_schedule(
        &self,
        schedule: &str,
        start: Timestamp,
        phases: &[NewPhase<'_>],
        idempotency_key: &str,
    ) -> Result<SubscriptionSchedule, StripeError> {
        let mut form = Form::default();
        form.put("end_behavior", "cancel");
        form.put("proration_behavior", "none");
        form.put("phases[0][start_date]", start.secs());
        for (index, phase) in phases.iter().enumerate() {
            let path = format!("phases[{index}]");
            form.put(format!("{path}[items][0][price]"), phase.price);
            form.put(format!("{path}[items][0][quantity]"), phase.quantity);
            phase.duration.put(&mut form, &format!("{path}[duration]"))?;
        }
        let request = form.post(schedule_path(schedule)?);
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    pub async fn subscription_schedule(&self, id: &str) -> Result<SubscriptionSchedule, StripeError> {
        let request = reading(schedule_path(id)?);
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Takes a schedule away and leaves its subscription as it is.
    pub async fn release_schedule(
        &self,
        id: &str,
        idempotency_key: &str,
    ) -> Result<SubscriptionSchedule, StripeError> {
        let request = Form::default().post(format!("{}/release", schedule_path(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }
}

fn schedule_path(id: &str) -> Result<String, StripeError> {
    Ok(format!("/subscription_schedules/{}", checked_id(id)?))
}
