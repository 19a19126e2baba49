//! A subscription that changes or ends by plan.

use serde_json::{Value, json};

use super::kept_on;
use super::price::Price;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) customer: String,
    pub(crate) subscription: String,
    pub(crate) currency: Currency,
    pub(crate) phases: Vec<Phase>,
    pub(crate) cancels_at_end: bool,
    pub(crate) state: ScheduleState,
    /// When it came to its state, if that is an end.
    pub(crate) ended_at: Option<i64>,
    pub(crate) clock: Option<String>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone)]
pub(crate) struct Phase {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) items: Vec<(Price, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScheduleState {
    Active,
    Completed,
    Released,
    Canceled,
}

impl ScheduleState {
    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Released => "released",
            Self::Canceled => "canceled",
        }
    }
}

impl Schedule {
    pub(crate) fn end(&self) -> i64 {
        self.phases.last().map_or(i64::MAX, |phase| phase.end)
    }

    fn phase(&self, phase: &Phase) -> Value {
        let items: Vec<Value> = phase
            .items
            .iter()
            .map(|(price, quantity)| {
                json!({
                    "billing_thresholds": null,
                    "discounts": [],
                    "metadata": {},
                    "plan": price.id,
                    "price": price.id,
                    "quantity": quantity,
                    "tax_rates": [],
                })
            })
            .collect();
        json!({
            "add_invoice_items": [],
            "application_fee_percent": null,
            "billing_cycle_anchor": null,
            "billing_thresholds": null,
            "collection_method": null,
            "currency": self.currency.code(),
            "default_payment_method": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": [],
            "end_date": phase.end,
            "invoice_settings": null,
            "items": items,
            "metadata": {},
            "on_behalf_of": null,
            "proration_behavior": "none",
            "start_date": phase.start,
            "transfer_data": null,
            "trial_end": null,
        })
    }
}

impl Object for Schedule {
    const NOUN: &'static str = "subscription schedule";
    const LIST: &'static str = "/v1/subscription_schedules";
    kept_on!(schedules);

    fn render(&self) -> Value {
        let phases: Vec<Value> = self.phases.iter().map(|phase| self.phase(phase)).collect();
        let at = |state: ScheduleState| self.ended_at.filter(|_| self.state == state);
        let is_active = self.state == ScheduleState::Active;
        let current = self.phases.first().filter(|_| is_active);
        let is_released = self.state == ScheduleState::Released;
        json!({
            "id": self.id,
            "object": "subscription_schedule",
            "application": null,
            "billing_mode": {"flexible": null, "type": "classic"},
            "canceled_at": at(ScheduleState::Canceled),
            "completed_at": at(ScheduleState::Completed),
            "created": self.created,
            "current_phase": current.map(|phase| json!({"end_date": phase.end, "start_date": phase.start})),
            "customer": self.customer,
            "customer_account": null,
            "default_settings": {
                "application_fee_percent": null,
                "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
                "billing_cycle_anchor": "automatic",
                "billing_thresholds": null,
                "collection_method": "charge_automatically",
                "default_payment_method": null,
                "description": null,
                "invoice_settings": {"account_tax_ids": null, "days_until_due": null, "issuer": {"type": "self"}},
                "on_behalf_of": null,
                "transfer_data": null,
            },
            "end_behavior": if self.cancels_at_end { "cancel" } else { "release" },
            "livemode": false,
            "metadata": self.metadata,
            "phases": phases,
            "released_at": at(ScheduleState::Released),
            "released_subscription": is_released.then_some(&self.subscription),
            "status": self.state.name(),
            "subscription": (!is_released).then_some(&self.subscription),
            "test_clock": self.clock,
        })
    }
}
