//! `/{waba_id}/message_templates`.

use serde_json::{Value, json};

use super::{Answer, Request};
use crate::whatsapp::business::MANAGEMENT;
use crate::whatsapp::put_in;
use crate::whatsapp::refusal::Refusal;
use crate::whatsapp::templates::{Template, Wanted};

/// How many templates a page holds if nobody says.
const PAGE: usize = 25;

/// Lists, creates or deletes.
pub(super) fn all(request: &Request, method: &str) -> Answer {
    match method {
        "GET" => Ok(list(request)),
        "POST" => {
            let created = request.whatsapp.create_template(&request.json)?;
            Ok(json!({
                "id": created.id, "status": created.state.name(), "category": created.category,
            }))
        }
        "DELETE" => delete(request),
        _ => Err(Refusal::no_object(
            &method.to_lowercase(),
            &request.whatsapp.options.waba_id,
        )),
    }
}

/// `GET /{template_id}`.
pub(super) fn one(request: &Request, id: &str) -> Answer {
    request.needs(MANAGEMENT)?;
    let shown = request.whatsapp.templates().by_id(id).map(Template::shown);
    shown.ok_or_else(|| Refusal::no_object("get", id))
}

fn list(request: &Request) -> Value {
    let limit = request.query("limit").and_then(|limit| limit.parse().ok());
    let wanted = Wanted {
        name: request.query("name"),
        status: request.query("status"),
        language: request.query("language"),
        category: request.query("category"),
        limit: limit.unwrap_or(PAGE).clamp(1, 1000),
        after: request.query("after"),
    };
    let mut page = request.whatsapp.templates().list(&wanted);
    let after = page.pointer("/paging/cursors/after").and_then(Value::as_str);
    let next = after.map(|after| next_page(request, after));
    if let (Some(place), Some(next)) = (page.pointer_mut("/paging/next"), next) {
        *place = next.into();
    }
    if request.query("summary").is_some() {
        put_in(&mut page, "summary", summary(request));
    }
    page
}

fn summary(request: &Request) -> Value {
    let all = request.whatsapp.all_templates();
    let count = all.as_array().map_or(0, Vec::len);
    json!({
        "total_count": count, "message_template_count": count, "message_template_limit": 6000,
        "are_translations_complete": true,
    })
}

/// Returns the address of the next page, without the token, which clients send by header.
fn next_page(request: &Request, after: &str) -> String {
    let uri = &request.uri;
    let kept = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(name, _)| !matches!(name.as_ref(), "after" | "access_token"));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("after", after)
        .finish();
    format!("{}{}?{query}", request.base(), uri.path())
}

fn delete(request: &Request) -> Answer {
    let name = request.param("name");
    let name = name.ok_or_else(|| Refusal::parameter("(#100) The parameter name is required."))?;
    let id = request.param("hsm_id");
    let now_ms = request.whatsapp.clock.now_ms();
    if request.whatsapp.templates().delete(&name, id.as_deref(), now_ms) {
        return Ok(json!({"success": true}));
    }
    Err(Refusal::of_template(
        2_593_002,
        "Message Template Not Found",
        format!("No message template exists with the name {name}."),
    ))
}
