//! Test clocks: time that a test turns on, for some customers.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::quiet_debug;
use crate::read::{FromStripe, Unusable};

#[derive(Clone, PartialEq, Eq)]
pub struct TestClock {
    pub id: String,
    pub frozen_time: Timestamp,
    /// Stripe's word: `ready`, `advancing` or `internal_failure`.
    pub status: Option<String>,
    pub raw: String,
}

quiet_debug!(TestClock);

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    frozen_time: i64,
    status: Option<String>,
}

impl FromStripe for TestClock {
    type Wire = Wire;
    const NAME: &'static str = "test_helpers.test_clock";

    fn from_wire(wire: Wire, raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            frozen_time: Timestamp::from_secs(wire.frozen_time),
            status: wire.status,
            raw,
        })
    }
}
