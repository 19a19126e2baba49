//! `POST /{phone_number_id}/messages`: a message, or a read receipt.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Answer, Request, answer, is_for_whatsapp, under};
use crate::faults::{Endpoint, Kind};
use crate::whatsapp::business::{Line, MESSAGING};
use crate::whatsapp::notice::Address;
use crate::whatsapp::refusal::Refusal;
use crate::whatsapp::sending::{Accepted, Recipient};
use crate::whatsapp::{WhatsApp, outgoing, put_in, world};

pub(super) async fn post(request: &Request, number: &str) -> Response {
    let (whatsapp, body) = (&request.whatsapp, &request.json);
    if body.get("status").is_some() {
        let hit = whatsapp.faults.strike(Endpoint::WhatsAppOther);
        return under(hit, async || {
            answer(ready(request, number).and_then(|_| read_receipt(whatsapp, body)))
        })
        .await;
    }
    let hit = whatsapp.faults.strike(Endpoint::WhatsAppSend);
    let fails = hit
        .filter(|hit| hit.kind == Kind::FailedStatus)
        .map(|hit| hit.code.unwrap_or(131_026));
    under(hit, async || {
        answer(ready(request, number).and_then(|line| send(request, &line, fails)))
    })
    .await
}

/// Returns the number if it can be used.
fn ready(request: &Request, number: &str) -> Result<Line, Refusal> {
    request.needs(MESSAGING)?;
    let business = request.whatsapp.business();
    let number = business
        .number(number)
        .ok_or_else(|| Refusal::no_object("post", number))?;
    if !number.registered {
        return Err(Refusal::coded(133_010));
    }
    Ok(number.line.clone())
}

fn read_receipt(whatsapp: &WhatsApp, body: &Value) -> Answer {
    is_for_whatsapp(body)?;
    if body.get("status").and_then(Value::as_str) != Some("read") {
        return Err(Refusal::parameter("(#100) Param status must be one of {READ}."));
    }
    let wamid = body.get("message_id").and_then(Value::as_str);
    let wamid = wamid.ok_or_else(|| Refusal::parameter("(#100) The parameter message_id is required."))?;
    whatsapp.shop_reads(wamid, body.get("typing_indicator").is_some_and(Value::is_object))?;
    Ok(json!({"success": true}))
}

fn send(request: &Request, line: &Line, fails: Option<i64>) -> Answer {
    let body = &request.json;
    is_for_whatsapp(body)?;
    let to = recipient(body)?;
    let message = outgoing::read(body)?;
    let is_template = message.template.is_some();
    let Accepted { wamid, phone } = request.whatsapp.accept(line, to, message, fails)?;
    let contact = match to.address {
        Address::Phone => json!({"input": to.named, "wa_id": phone}),
        Address::UserId => json!({"input": to.named, "user_id": to.named}),
    };
    let mut message = json!({"id": wamid});
    if is_template {
        put_in(&mut message, "message_status", "accepted");
    }
    Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}))
}

/// Returns whom a message is for: `to` has precedence over `recipient`.
fn recipient(body: &Value) -> Result<Recipient<'_>, Refusal> {
    let named = |field: &str| {
        body.get(field)
            .and_then(Value::as_str)
            .filter(|named| !named.is_empty())
    };
    if let Some(named) = named("to") {
        let digits = named.bytes().filter(u8::is_ascii_digit).count();
        if !(7..=15).contains(&digits) || named.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err(Refusal::parameter(
                "(#100) Param to must be a phone number with its country code.",
            ));
        }
        return Ok(Recipient {
            named,
            address: Address::Phone,
        });
    }
    match named("recipient") {
        Some(named) if world::is_user_id(named) => Ok(Recipient {
            named,
            address: Address::UserId,
        }),
        Some(_) => Err(Refusal::value("Recipient must be a business-scoped user ID")),
        None => Err(Refusal::parameter("The parameter to is required.")),
    }
}
