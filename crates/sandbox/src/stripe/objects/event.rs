//! Something that happened, with the object as it was then.

use serde_json::{Value, json};

use super::{kept_on, merge};
use crate::stripe::options::API_VERSION;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) kind: &'static str,
    pub(crate) object: Value,
    /// The fields that an update changed, as they were before.
    pub(crate) previous: Option<Value>,
    pub(crate) cause: Cause,
    pub(crate) pending_webhooks: u32,
}

/// The API request behind an event; nothing when the customer or time caused it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Object for Event {
    const NOUN: &'static str = "event";
    const LIST: &'static str = "/v1/events";
    kept_on!(events);

    fn render(&self) -> Value {
        let object = json!({"object": self.object});
        let data = match &self.previous {
            Some(previous) => merge(object, json!({"previous_attributes": previous})),
            None => object,
        };
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": self.pending_webhooks,
            "request": {"id": self.cause.request, "idempotency_key": self.cause.idempotency_key},
            "type": self.kind,
        })
    }
}
