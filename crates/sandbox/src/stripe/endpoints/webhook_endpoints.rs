//! `/v1/webhook_endpoints`: kept and shown; the sandbox sends to the one address it was started with.

use serde_json::json;

use super::show;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, LIMIT};
use crate::stripe::objects::merge;
use crate::stripe::objects::webhook_endpoint::WebhookEndpoint;
use crate::stripe::params::{Param, TEXT, flag, list as list_of, metadata, off, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};
use crate::stripe::shelf::Object;

pub(crate) const CREATE: &[Param] = &[
    text("url").required(),
    list_of("enabled_events", &TEXT).required(),
    text("description").or_empty(),
    text("api_version"),
    off("connect"),
    metadata().or_empty(),
];
pub(crate) const UPDATE: &[Param] = &[
    text("url"),
    list_of("enabled_events", &TEXT),
    text("description").or_empty(),
    flag("disabled"),
    metadata().or_empty(),
];
pub(crate) const LIST: &[Param] = &[LIMIT, AFTER, BEFORE];

/// Answers with the secret that signs the sandbox's webhooks: they are all signed alike.
pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let url = fields.string("url").unwrap_or_default();
    check_url(&url)?;
    let endpoint = WebhookEndpoint {
        id: act.id("we"),
        created: act.now(),
        deleted: false,
        enabled: true,
        url,
        enabled_events: fields.texts("enabled_events"),
        description: fields.string("description"),
        api_version: fields.string("api_version"),
        metadata: fields.metadata(),
    };
    let shown = merge(
        endpoint.render(),
        json!({"secret": act.ledger.options.webhook_secret}),
    );
    act.add(endpoint);
    Ok(shown)
}

fn check_url(url: &str) -> Result<(), Refusal> {
    let fine = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if fine {
        Ok(())
    } else {
        Err(Refusal::invalid("Invalid URL: must be http or https")
            .code("url_invalid")
            .param("url"))
    }
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    listing::page::<WebhookEndpoint>(act, call, |endpoint| !endpoint.deleted)
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    find(act, call.id)?;
    show::<WebhookEndpoint>(act, call, "webhook_endpoint")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    find(act, call.id)?;
    let fields = call.fields;
    if let Some(url) = fields.text("url") {
        check_url(url)?;
    }
    act.amend::<WebhookEndpoint>(call.id, |endpoint| {
        if let Some(url) = fields.string("url") {
            endpoint.url = url;
        }
        if fields.has("enabled_events") {
            endpoint.enabled_events = fields.texts("enabled_events");
        }
        if let Some(disabled) = fields.flag("disabled") {
            endpoint.enabled = !disabled;
        }
        fields.edit("description", &mut endpoint.description);
        fields.edit_metadata(&mut endpoint.metadata);
    });
    retrieve(act, call)
}

pub(crate) fn delete(act: &mut Act, call: &Call) -> Answer {
    find(act, call.id)?;
    act.amend::<WebhookEndpoint>(call.id, |endpoint| endpoint.deleted = true);
    Ok(json!({"id": call.id, "object": "webhook_endpoint", "deleted": true}))
}

fn find(act: &Act, id: &str) -> Result<(), Refusal> {
    let known = act
        .get::<WebhookEndpoint>(id)
        .is_some_and(|endpoint| !endpoint.deleted);
    if known {
        Ok(())
    } else {
        Err(Refusal::no_such("webhook endpoint", id, "webhook_endpoint"))
    }
}
