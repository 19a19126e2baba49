//! Where Stripe is asked to send events.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct WebhookEndpoint {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    pub(crate) enabled: bool,
    pub(crate) url: String,
    pub(crate) enabled_events: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) api_version: Option<String>,
    pub(crate) metadata: Metadata,
}

impl Object for WebhookEndpoint {
    const NOUN: &'static str = "webhook endpoint";
    const LIST: &'static str = "/v1/webhook_endpoints";
    kept_on!(endpoints);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": self.api_version,
            "application": null,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": if self.enabled { "enabled" } else { "disabled" },
            "url": self.url,
        })
    }
}
