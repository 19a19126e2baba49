//! `/sandbox/faults`: what goes wrong from now on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::faults::{Endpoint, Fault, Faults, WebhookFaults};
use crate::house::House;

/// What is asked for; what is not named stays, and `null` clears.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    whatsapp: WhatsApp,
    #[serde(default)]
    stripe: Stripe,
    #[serde(default)]
    webhooks: Change<WebhookFaults>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WhatsApp {
    send: Change<Fault>,
    upload: Change<Fault>,
    media: Change<Fault>,
    download: Change<Fault>,
    other: Change<Fault>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Stripe {
    post: Change<Fault>,
    get: Change<Fault>,
}

#[derive(Debug, Default)]
enum Change<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

pub(super) async fn show(State(house): State<House>) -> Json<Value> {
    Json(report(&house.faults))
}

pub(super) async fn set(State(house): State<House>, Json(asked): Json<Asked>) -> Json<Value> {
    let faults = &house.faults;
    for (endpoint, fault) in [
        (Endpoint::WhatsAppSend, asked.whatsapp.send),
        (Endpoint::WhatsAppUpload, asked.whatsapp.upload),
        (Endpoint::WhatsAppMedia, asked.whatsapp.media),
        (Endpoint::WhatsAppDownload, asked.whatsapp.download),
        (Endpoint::WhatsAppOther, asked.whatsapp.other),
        (Endpoint::StripePost, asked.stripe.post),
        (Endpoint::StripeGet, asked.stripe.get),
    ] {
        match fault {
            Change::Keep => {}
            Change::Clear => faults.set(endpoint, None),
            Change::Set(fault) => faults.set(endpoint, Some(fault)),
        }
    }
    match asked.webhooks {
        Change::Keep => {}
        Change::Clear => faults.set_webhooks(WebhookFaults::default()),
        Change::Set(webhooks) => faults.set_webhooks(webhooks),
    }
    Json(report(faults))
}

pub(super) async fn clear(State(house): State<House>) -> StatusCode {
    house.faults.clear();
    StatusCode::NO_CONTENT
}

/// Returns what is set, in the words in which it is asked for.
pub(super) fn report(faults: &Faults) -> Value {
    let at = |endpoint| shown(faults.get(endpoint));
    json!({
        "whatsapp": {
            "send": at(Endpoint::WhatsAppSend),
            "upload": at(Endpoint::WhatsAppUpload),
            "media": at(Endpoint::WhatsAppMedia),
            "download": at(Endpoint::WhatsAppDownload),
            "other": at(Endpoint::WhatsAppOther),
        },
        "stripe": {"post": at(Endpoint::StripePost), "get": at(Endpoint::StripeGet)},
        "webhooks": shown(faults.webhooks()),
    })
}

fn shown(fault: impl Serialize) -> Value {
    serde_json::to_value(fault).unwrap_or_default()
}
