//! Everything but messages and files: the account, its numbers, the token, webhooks, templates.

use serde_json::{Value, json};

use super::{Answer, Request, connect, templates};
use crate::whatsapp::WhatsApp;
use crate::whatsapp::business::{MANAGEMENT, Number};
use crate::whatsapp::refusal::Refusal;

pub(super) async fn answer(request: &Request, method: &str, path: &[&str]) -> Answer {
    let ours = &request.whatsapp.options;
    match path {
        ["me"] if method == "GET" => {
            Ok(json!({"id": "400000000000004", "name": "Cobro Sandbox System User"}))
        }
        ["me" | "400000000000004", "businesses"] if method == "GET" => businesses(request),
        ["debug_token"] if method == "GET" => Ok(connect::debug_token(request)),
        [id, rest @ ..] if *id == ours.waba_id => account(request, method, rest).await,
        [id, rest @ ..] if *id == ours.app_id => connect::app(request, method, rest).await,
        [id, rest @ ..] if *id == ours.business_id => business(request, method, rest),
        [id, rest @ ..] if request.whatsapp.business().number(id).is_some() => {
            number(request, method, id, rest)
        }
        [id] if method == "GET" => templates::one(request, id),
        path => Err(unknown(method, path)),
    }
}

fn unknown(method: &str, path: &[&str]) -> Refusal {
    Refusal::no_object(&method.to_lowercase(), path.first().copied().unwrap_or_default())
}

/// Returns a list as the Graph API wraps it.
fn listed(data: Vec<Value>) -> Value {
    json!({"data": data, "paging": {"cursors": {"before": "QVFI", "after": "QVFJ"}}})
}

/// Keeps what `fields` asks for, and the id, as the Graph API does.
fn selected(whole: Value, fields: Option<&str>) -> Value {
    let (Some(fields), Value::Object(object)) = (fields, &whole) else {
        return whole;
    };
    // Fields of fields, as in `throughput{level}`, are given whole.
    let wanted: Vec<&str> = fields
        .split(',')
        .map(|field| field.split(['{', '.']).next().unwrap_or_default().trim())
        .collect();
    object
        .iter()
        .filter(|(name, _)| *name == "id" || wanted.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn account_shown(whatsapp: &WhatsApp) -> Value {
    let ours = &whatsapp.options;
    json!({
        "id": ours.waba_id,
        "name": ours.verified_name,
        "currency": "MXN",
        "timezone_id": "102",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "MX",
        "owner_business_info": {"id": ours.business_id, "name": ours.verified_name},
    })
}

fn businesses(request: &Request) -> Answer {
    request.needs("business_management")?;
    let ours = &request.whatsapp.options;
    Ok(listed(vec![
        json!({"id": ours.business_id, "name": ours.verified_name}),
    ]))
}

fn business(request: &Request, method: &str, rest: &[&str]) -> Answer {
    let ours = &request.whatsapp.options;
    match (method, rest) {
        ("GET", []) => Ok(json!({"id": ours.business_id, "name": ours.verified_name})),
        ("GET", ["owned_whatsapp_business_accounts"]) => {
            request.needs(MANAGEMENT)?;
            let shown = account_shown(&request.whatsapp);
            Ok(listed(vec![selected(shown, request.query("fields").as_deref())]))
        }
        ("GET", ["client_whatsapp_business_accounts"]) => {
            request.needs(MANAGEMENT)?;
            Ok(json!({"data": []}))
        }
        _ => Err(unknown(method, &[ours.business_id.as_str()])),
    }
}

async fn account(request: &Request, method: &str, rest: &[&str]) -> Answer {
    request.needs(MANAGEMENT)?;
    let whatsapp = &request.whatsapp;
    let fields = request.query("fields");
    match (method, rest) {
        ("GET", []) => Ok(selected(account_shown(whatsapp), fields.as_deref())),
        ("GET", ["phone_numbers"]) => {
            let business = whatsapp.business();
            let shown = business
                .numbers()
                .iter()
                .map(|number| selected(number.shown(), fields.as_deref()));
            Ok(listed(shown.collect()))
        }
        (method, ["subscribed_apps"]) => connect::subscribed_apps(request, method).await,
        (method, ["message_templates"]) => templates::all(request, method),
        _ => Err(unknown(method, &[whatsapp.options.waba_id.as_str()])),
    }
}

fn number(request: &Request, method: &str, id: &str, rest: &[&str]) -> Answer {
    request.needs(MANAGEMENT)?;
    let whatsapp = &request.whatsapp;
    match (method, rest) {
        ("GET", []) => {
            let shown = whatsapp.business().number(id).map(Number::shown);
            Ok(selected(
                shown.unwrap_or_default(),
                request.query("fields").as_deref(),
            ))
        }
        ("POST", ["register"]) => {
            let pin = request.param("pin");
            let pin = pin.ok_or_else(|| Refusal::parameter("(#100) The parameter pin is required."))?;
            whatsapp.business().register(id, &pin)?;
            Ok(json!({"success": true}))
        }
        ("POST", ["deregister"]) => {
            if let Some(number) = whatsapp.business().number_mut(id) {
                number.registered = false;
            }
            Ok(json!({"success": true}))
        }
        ("POST", ["smb_app_data"]) => connect::synchronize(request, id),
        _ => Err(unknown(method, &[id])),
    }
}
