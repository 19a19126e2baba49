//! A payment that comes again until someone ends it.

use serde_json::{Value, json};

use super::kept_on;
use super::price::{Cycle, Price};
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) customer: String,
    pub(crate) currency: Currency,
    pub(crate) items: Vec<Item>,
    pub(crate) state: SubscriptionState,
    /// From where cycles are counted, and how many have begun.
    pub(crate) anchor: i64,
    pub(crate) cycles: i64,
    pub(crate) period_start: i64,
    pub(crate) period_end: i64,
    pub(crate) trial: Option<(i64, i64)>,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) cancel_at: Option<i64>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    /// Why it ended, in Stripe's word.
    pub(crate) end_reason: Option<&'static str>,
    pub(crate) pause: Option<Pause>,
    pub(crate) schedule: Option<String>,
    pub(crate) latest_invoice: Option<String>,
    pub(crate) default_method: Option<String>,
    pub(crate) discount: Option<Discount>,
    /// What a change in the middle of a period adds to the next invoice.
    pub(crate) pending: Vec<(String, i64)>,
    pub(crate) description: Option<String>,
    pub(crate) clock: Option<String>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) price: Price,
    pub(crate) quantity: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Pause {
    pub(crate) behavior: String,
    pub(crate) resumes_at: Option<i64>,
}

/// A coupon on every invoice until its end.
#[derive(Debug, Clone)]
pub(crate) struct Discount {
    pub(crate) id: String,
    pub(crate) coupon: String,
    pub(crate) end: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubscriptionState {
    Trialing,
    Active,
    PastDue,
    Canceled,
}

impl SubscriptionState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Canceled => "canceled",
        }
    }
}

impl Subscription {
    pub(crate) fn is_over(&self) -> bool {
        self.state == SubscriptionState::Canceled
    }

    /// Returns the rhythm of its items, which all have the same.
    pub(crate) fn cycle(&self) -> Option<Cycle> {
        self.items.iter().find_map(|item| item.price.cycle)
    }

    /// Returns whether it will be charged again when its period ends.
    pub(crate) fn goes_on(&self) -> bool {
        let ends_before = self.cancel_at.is_some_and(|at| at <= self.period_end);
        !self.is_over() && !self.cancel_at_period_end && !ends_before
    }
}

impl Item {
    fn render(&self, subscription: &Subscription) -> Value {
        json!({
            "id": self.id,
            "object": "subscription_item",
            "billing_thresholds": null,
            "created": self.created,
            "current_period_end": subscription.period_end,
            "current_period_start": subscription.period_start,
            "discounts": [],
            "metadata": {},
            "plan": plan(&self.price),
            "price": self.price.render(),
            "quantity": self.quantity,
            "subscription": subscription.id,
            "tax_rates": [],
        })
    }
}

/// Returns a price in the shape that it had before there were prices.
fn plan(price: &Price) -> Value {
    let cycle = price.cycle;
    json!({
        "id": price.id,
        "object": "plan",
        "active": price.active,
        "amount": price.unit_amount,
        "amount_decimal": price.unit_amount.to_string(),
        "billing_scheme": "per_unit",
        "created": price.created,
        "currency": price.currency.code(),
        "interval": cycle.map_or("month", |cycle| cycle.interval.name()),
        "interval_count": cycle.map_or(1, |cycle| cycle.count),
        "livemode": false,
        "metadata": price.metadata,
        "meter": null,
        "nickname": price.nickname,
        "product": price.product,
        "tiers_mode": null,
        "transform_usage": null,
        "trial_period_days": null,
        "usage_type": "licensed",
    })
}

impl Object for Subscription {
    const NOUN: &'static str = "subscription";
    const LIST: &'static str = "/v1/subscriptions";
    kept_on!(subscriptions);

    fn render(&self) -> Value {
        let items: Vec<Value> = self.items.iter().map(|item| item.render(self)).collect();
        let pause = self
            .pause
            .as_ref()
            .map(|pause| json!({"behavior": pause.behavior, "resumes_at": pause.resumes_at}));
        let discounts: Vec<&str> = self
            .discount
            .iter()
            .map(|discount| discount.id.as_str())
            .collect();
        json!({
            "id": self.id,
            "object": "subscription",
            "application": null,
            "application_fee_percent": null,
            "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
            "billing_cycle_anchor": self.anchor,
            "billing_cycle_anchor_config": null,
            "billing_mode": {"flexible": null, "type": "classic"},
            "billing_schedules": [],
            "billing_thresholds": null,
            "cancel_at": self.cancel_at.or_else(|| self.cancel_at_period_end.then_some(self.period_end)),
            "cancel_at_period_end": self.cancel_at_period_end,
            "canceled_at": self.canceled_at,
            "cancellation_details": {"comment": null, "feedback": null, "reason": self.end_reason},
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency.code(),
            "customer": self.customer,
            "customer_account": null,
            "days_until_due": null,
            "default_payment_method": self.default_method,
            "default_source": null,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": discounts,
            "ended_at": self.ended_at,
            "invoice_settings": {"account_tax_ids": null, "issuer": {"type": "self"}},
            "items": {
                "object": "list",
                "data": items,
                "has_more": false,
                "url": format!("/v1/subscription_items?subscription={}", self.id),
            },
            "latest_invoice": self.latest_invoice,
            "livemode": false,
            "metadata": self.metadata,
            "next_pending_invoice_item_invoice": null,
            "on_behalf_of": null,
            "pause_collection": pause,
            "payment_settings": {
                "payment_method_options": null,
                "payment_method_types": null,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null,
            "pending_setup_intent": null,
            "pending_update": null,
            "schedule": self.schedule,
            "start_date": self.created,
            "status": self.state.name(),
            "test_clock": self.clock,
            "transfer_data": null,
            "trial_end": self.trial.map(|(_, end)| end),
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": self.trial.map(|(start, _)| start),
        })
    }
}
