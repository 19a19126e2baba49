//! Subscription schedules: a subscription that changes, or ends, by plan.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::{Nothing, at, quiet_debug};
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable};

#[derive(Clone, PartialEq, Eq)]
pub struct SubscriptionSchedule {
    pub id: String,
    /// Stripe's word: `not_started`, `active`, `completed`, `released` or `canceled`.
    pub status: String,
    pub subscription: Option<String>,
    pub customer: Option<String>,
    /// Stripe's word: `cancel` or `release`.
    pub end_behavior: Option<String>,
    pub phases: Vec<SchedulePhase>,
    pub metadata: Metadata,
    pub raw: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulePhase {
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

quiet_debug!(SubscriptionSchedule);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    status: String,
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default)]
    customer: Expanded<Nothing>,
    end_behavior: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    phases: Option<Vec<PhaseWire>>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct PhaseWire {
    start_date: Option<i64>,
    end_date: Option<i64>,
}

impl FromStripe for SubscriptionSchedule {
    type Wire = Wire;
    const NAME: &'static str = "subscription_schedule";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        let phases = wire.phases.unwrap_or_default();
        Ok(Self {
            id: wire.id,
            status: wire.status,
            subscription: wire.subscription.into_id(),
            customer: wire.customer.into_id(),
            end_behavior: wire.end_behavior,
            phases: phases
                .into_iter()
                .map(|phase| SchedulePhase {
                    start: at(phase.start_date),
                    end: at(phase.end_date),
                })
                .collect(),
            metadata: wire.metadata.unwrap_or_default(),
            raw,
        })
    }
}
