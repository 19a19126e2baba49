//! Time that a test turns on, for some customers.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::agenda::Agenda;
use crate::stripe::shelf::Object;

#[derive(Debug)]
pub(crate) struct TestClock {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    pub(crate) name: Option<String>,
    /// The clock's own time, in milliseconds.
    pub(crate) frozen_ms: i64,
    /// What that time will bring.
    pub(crate) agenda: Agenda,
}

impl Object for TestClock {
    const NOUN: &'static str = "test clock";
    const LIST: &'static str = "/v1/test_helpers/test_clocks";
    kept_on!(clocks);

    fn render(&self) -> Value {
        if self.deleted {
            return json!({"id": self.id, "object": "test_helpers.test_clock", "deleted": true});
        }
        json!({
            "id": self.id,
            "object": "test_helpers.test_clock",
            "created": self.created,
            "deletes_after": self.created + 30 * 24 * 60 * 60,
            "frozen_time": self.frozen_ms.div_euclid(1000),
            "livemode": false,
            "name": self.name,
            "status": "ready",
            "status_details": {},
        })
    }
}
