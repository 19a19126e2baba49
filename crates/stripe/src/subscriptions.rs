//! Subscriptions read, paused, changed and ended. They are made by paying a link or session.

use cobro_protocol::Timestamp;

use crate::form::{Form, delete, read as reading};
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{StripeApi, StripeError, Subscription, metadata, read};

/// What becomes of the invoices made during a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseBehavior {
    /// They are never asked for: the time is a present.
    Void,
    /// They wait to be asked for later.
    KeepAsDraft,
    /// They are written off, but kept.
    MarkUncollectible,
}

impl PauseBehavior {
    fn name(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::KeepAsDraft => "keep_as_draft",
            Self::MarkUncollectible => "mark_uncollectible",
        }
    }
}

/// Another price or quantity for one of a subscription's items, from the next charge on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionChange<'a> {
    /// The item's id.
    pub item: &'a str,
    pub price: Option<&'a str>,
    pub quantity: Option<u32>,
    /// Settles the time until then by the day. Otherwise the change just begins next time.
    pub prorated: bool,
}

impl StripeApi {
    pub async fn subscription(&self, id: &str) -> Result<Subscription, StripeError> {
        let request = reading(subscription_path(id)?);
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of subscriptions in every state, newest first, of one customer or of all.
    pub async fn subscriptions(
        &self,
        customer: Option<&str>,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<Subscription>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        form.put("status", "all");
        form.maybe("customer", customer);
        self.page(form.get("/subscriptions")).await
    }

    /// Returns the subscription that paying for `charge` made, among the newest `max_pages` hundreds.
    pub async fn find_subscription(
        &self,
        charge: &str,
        since: Option<Timestamp>,
        max_pages: u32,
    ) -> Result<Option<Subscription>, StripeError> {
        self.find(
            max_pages,
            |after| {
                let mut form = Form::default();
                put_page(&mut form, after);
                Created::from(since).put(&mut form);
                form.put("status", "all");
                form.get("/subscriptions")
            },
            |subscription: &Subscription| &subscription.id,
            |subscription| metadata::is_of(&subscription.metadata, charge),
        )
        .await
    }

    /// Stops collecting, until `resumes_at` or until [`StripeApi::resume_subscription`]. Periods go on.
    pub async fn pause_subscription(
        &self,
        id: &str,
        behavior: PauseBehavior,
        resumes_at: Option<Timestamp>,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let mut form = Form::default();
        form.put("pause_collection[behavior]", behavior.name());
        form.maybe("pause_collection[resumes_at]", resumes_at.map(Timestamp::secs));
        self.update_subscription(id, form, idempotency_key).await
    }

    /// Collects again, from the next period on.
    pub async fn resume_subscription(
        &self,
        id: &str,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let mut form = Form::default();
        form.put("pause_collection", "");
        self.update_subscription(id, form, idempotency_key).await
    }

    /// Ends a subscription when the time that was paid for is over, or takes that back.
    pub async fn cancel_at_period_end(
        &self,
        id: &str,
        cancel: bool,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let mut form = Form::default();
        form.put("cancel_at_period_end", cancel);
        self.update_subscription(id, form, idempotency_key).await
    }

    /// Ends a subscription at a moment, or never where there is none.
    pub async fn cancel_at(
        &self,
        id: &str,
        at: Option<Timestamp>,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let mut form = Form::default();
        form.put("cancel_at", at.map_or(String::new(), |at| at.secs().to_string()));
        form.put("proration_behavior", "none");
        self.update_subscription(id, form, idempotency_key).await
    }

    pub async fn change_subscription(
        &self,
        id: &str,
        change: &SubscriptionChange<'_>,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let mut form = Form::default();
        form.put("items[0][id]", change.item);
        form.maybe("items[0][price]", change.price);
        form.maybe("items[0][quantity]", change.quantity);
        let prorations = if change.prorated {
            "create_prorations"
        } else {
            "none"
        };
        form.put("proration_behavior", prorations);
        self.update_subscription(id, form, idempotency_key).await
    }

    /// Ends a subscription now. What was paid stays paid.
    ///
    /// Stripe knows no key for this call, so where the answer is lost the subscription is read back.
    pub async fn cancel_subscription(&self, id: &str) -> Result<Subscription, StripeError> {
        match self.delete(delete(subscription_path(id)?)).await {
            Ok(answer) => read::answer(answer, self.is_live()),
            Err(error) if error.is_ambiguous() || error.is_not_found() => {
                let found = self.subscription(id).await?;
                if found.is_over() { Ok(found) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    async fn update_subscription(
        &self,
        id: &str,
        form: Form,
        idempotency_key: &str,
    ) -> Result<Subscription, StripeError> {
        let request = form.post(subscription_path(id)?);
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }
}

fn subscription_path(id: &str) -> Result<String, StripeError> {
    Ok(format!("/subscriptions/{}", checked_id(id)?))
}
