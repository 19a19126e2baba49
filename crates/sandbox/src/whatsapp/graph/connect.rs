//! What a program asks to connect a number: the token, subscriptions, callbacks, synchronizations.

use axum::http::Uri;
use serde_json::{Value, json};
use url::Url;

use super::{Answer, Request, is_for_whatsapp, query};
use crate::handshake;
use crate::whatsapp::business::Subscription;
use crate::whatsapp::options::WhatsAppOptions;
use crate::whatsapp::refusal::Refusal;
use crate::whatsapp::{WhatsApp, ids, put_in};

/// Fields that an app can ask for.
const FIELDS: &[&str] = &[
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_username_update",
    "business_username_updates",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "messaging_handovers",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "standby",
    "template_category_update",
    "template_correct_category_detection",
    "tracking_events",
    "user_id_update",
    "user_preferences",
];

/// Returns the token by which the app itself asks.
pub(super) fn app_access_token(options: &WhatsAppOptions) -> String {
    format!("{}|{}", options.app_id, options.app_secret)
}

/// `GET /oauth/access_token`: the app's own token.
pub(super) fn app_token(whatsapp: &WhatsApp, uri: &Uri) -> Answer {
    let ours = &whatsapp.options;
    let given = |name: &str| query(uri, name).unwrap_or_default();
    if given("client_id") != ours.app_id || given("client_secret") != ours.app_secret {
        return Err(Refusal::parameter("Error validating client secret.").with_code(1));
    }
    Ok(json!({"access_token": app_access_token(ours), "token_type": "bearer"}))
}

/// `GET /debug_token`.
pub(super) fn debug_token(request: &Request) -> Value {
    let ours = &request.whatsapp.options;
    let given = request.query("input_token");
    let is_ours = given.is_none_or(|given| given == ours.token);
    let now_ms = request.whatsapp.clock.now_ms();
    request.whatsapp.business().token_report(ours, is_ours, now_ms)
}

/// Asks a callback for the verify token, as Meta does before it takes it.
async fn verify(callback: &str, token: &str) -> Result<(), Refusal> {
    let valid =
        Url::parse(callback).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !valid {
        return Err(Refusal::parameter(format!(
            "(#100) The callback URL is not valid: {callback}"
        )));
    }
    let asked = handshake::ask_once(callback, token).await;
    if asked.verified {
        return Ok(());
    }
    let problem = asked.problem.unwrap_or_default();
    let message = format!("(#2200) Callback verification failed with the following errors: {problem}");
    Err(Refusal::parameter(message).with_code(2200))
}

/// `/{waba_id}/subscribed_apps`: whether the account sends webhooks, and where if not to the app's address.
pub(super) async fn subscribed_apps(request: &Request, method: &str) -> Answer {
    let whatsapp = &request.whatsapp;
    match method {
        "GET" => Ok(apps(whatsapp)),
        "POST" => {
            let callback = request.param("override_callback_uri");
            if let Some(callback) = &callback {
                let token = request.param("verify_token").ok_or_else(|| {
                    Refusal::parameter(
                        "(#100) The parameter verify_token is required with override_callback_uri.",
                    )
                })?;
                verify(callback, &token).await?;
            }
            let mut business = whatsapp.business();
            business.subscribed = true;
            business.waba_callback = callback;
            whatsapp.webhooks.set_callback(business.callback());
            Ok(json!({"success": true}))
        }
        "DELETE" => {
            let mut business = whatsapp.business();
            business.subscribed = false;
            business.waba_callback = None;
            whatsapp.webhooks.set_callback(business.callback());
            Ok(json!({"success": true}))
        }
        _ => Err(Refusal::no_object(
            &method.to_lowercase(),
            &whatsapp.options.waba_id,
        )),
    }
}

fn apps(whatsapp: &WhatsApp) -> Value {
    let business = whatsapp.business();
    if !business.subscribed {
        return json!({"data": []});
    }
    let id = &whatsapp.options.app_id;
    let mut app = json!({"whatsapp_business_api_data": {
        "link": format!("https://www.facebook.com/games/?app_id={id}"), "name": "Cobro Sandbox", "id": id,
    }});
    if let Some(callback) = &business.waba_callback {
        put_in(&mut app, "override_callback_uri", callback.clone());
    }
    json!({"data": [app]})
}

/// `/{app_id}` and its subscriptions.
pub(super) async fn app(request: &Request, method: &str, rest: &[&str]) -> Answer {
    let whatsapp = &request.whatsapp;
    match (method, rest) {
        ("GET", []) => Ok(json!({"id": whatsapp.options.app_id, "name": "Cobro Sandbox"})),
        (method, ["subscriptions"]) => {
            request.needs_app()?;
            subscriptions(request, method).await
        }
        _ => Err(Refusal::no_object(
            &method.to_lowercase(),
            &whatsapp.options.app_id,
        )),
    }
}

async fn subscriptions(request: &Request, method: &str) -> Answer {
    let whatsapp = &request.whatsapp;
    match method {
        "GET" => Ok(json!({"data": shown(whatsapp)})),
        "DELETE" => {
            let mut business = whatsapp.business();
            business.app = None;
            whatsapp.webhooks.set_callback(business.callback());
            Ok(json!({"success": true}))
        }
        "POST" => {
            let subscription = wanted(request)?;
            let token = request
                .param("verify_token")
                .ok_or_else(|| Refusal::parameter("(#100) The parameter verify_token is required."))?;
            verify(&subscription.callback, &token).await?;
            let mut business = whatsapp.business();
            business.app = Some(subscription);
            whatsapp.webhooks.set_callback(business.callback());
            Ok(json!({"success": true}))
        }
        _ => Err(Refusal::no_object(
            &method.to_lowercase(),
            &whatsapp.options.app_id,
        )),
    }
}

fn wanted(request: &Request) -> Result<Subscription, Refusal> {
    let required = |name: &str| {
        request
            .param(name)
            .ok_or_else(|| Refusal::parameter(format!("(#100) The parameter {name} is required.")))
    };
    if required("object")? != "whatsapp_business_account" {
        return Err(Refusal::parameter(
            "(#100) Param object must be one of {WHATSAPP_BUSINESS_ACCOUNT}.",
        ));
    }
    let callback = required("callback_url")?;
    let fields: Vec<String> = required("fields")?
        .split(',')
        .map(|field| field.trim().to_owned())
        .collect();
    if let Some(unknown) = fields.iter().find(|field| !FIELDS.contains(&field.as_str())) {
        let known = FIELDS.join(", ");
        return Err(Refusal::parameter(format!(
            "(#100) Param fields must be one of {{{known}}} - got \"{unknown}\"."
        )));
    }
    Ok(Subscription { callback, fields })
}

fn shown(whatsapp: &WhatsApp) -> Vec<Value> {
    let business = whatsapp.business();
    let app = business.app.iter().map(|app| {
        let fields: Vec<Value> = app
            .fields
            .iter()
            .map(|field| json!({"name": field, "version": "v25.0"}))
            .collect();
        json!({"object": "whatsapp_business_account", "callback_url": app.callback, "active": true, "fields": fields})
    });
    app.collect()
}

/// `POST /{phone_number_id}/smb_app_data`: the phone shares its contacts or its history.
pub(super) fn synchronize(request: &Request, id: &str) -> Answer {
    is_for_whatsapp(&request.json)?;
    let what = request.param("sync_type").unwrap_or_default();
    if !matches!(what.as_str(), "smb_app_state_sync" | "history") {
        return Err(Refusal::parameter(format!(
            "(#100) Param sync_type must be one of {{smb_app_state_sync, history}} - got \"{what}\"."
        )));
    }
    let whatsapp = &request.whatsapp;
    let now_ms = whatsapp.clock.now_ms();
    whatsapp.business().synchronize(id, &what, now_ms)?;
    if let Some(line) = whatsapp.line(Some(id)) {
        whatsapp.synchronize(line, &what);
    }
    Ok(json!({"messaging_product": "whatsapp", "request_id": ids::token(32)}))
}
