//! `/sandbox/customers/…`: customers write, read and pay.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::complaint;
use crate::house::House;
use crate::stripe::{Challenge, Method, PayOutcome, PayWith};
use crate::whatsapp::{Author, FileToSend, Introduction, Letterhead, WhatsApp, inbound};

pub(super) fn router() -> Router<House> {
    Router::new()
        .route("/sandbox/customers", get(list))
        .route("/sandbox/customers/{named}/messages", post(write))
        .route("/sandbox/customers/{named}/files", post(send_file))
        .route("/sandbox/customers/{named}/tap", post(tap))
        .route("/sandbox/customers/{named}/call", post(call))
        .route("/sandbox/customers/{named}/change", post(change))
        .route("/sandbox/customers/{named}/play", post(play))
        .route("/sandbox/customers/{named}/phone", get(phone))
        .route("/sandbox/customers/{named}/read", post(read))
        .route("/sandbox/customers/{named}/pay", post(pay))
}

fn unknown(named: &str) -> Response {
    complaint(
        StatusCode::NOT_FOUND,
        format!("nobody is called '{named}': let the customer write first"),
    )
}

async fn list(State(house): State<House>) -> Response {
    Json(house.whatsapp.customers()).into_response()
}

/// What a customer sends: one of the kinds, and what stands around it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Message {
    text: Option<String>,
    /// `type` and what goes with it, as it would stand in the webhook.
    raw: Option<Map<String, Value>>,
    file: Option<FileToSend>,
    /// As WhatsApp writes it: latitude, longitude, and name, address, url if there are any.
    location: Option<Value>,
    /// As WhatsApp writes them.
    contacts: Option<Value>,
    /// An emoji on `to`, a wamid or `last`; an empty one takes it away.
    reaction: Option<Reaction>,
    /// A text of the customer's own, a wamid or `last`, changed.
    edit: Option<Edit>,
    /// A message of the customer's own, a wamid or `last`, deleted.
    revoke: Option<String>,
    order: Option<Order>,
    /// The answers of a flow, by name.
    flow: Option<Value>,
    /// What WhatsApp does not show to programs, such as `poll`.
    unsupported: Option<String>,

    line: Option<String>,
    wamid: Option<String>,
    reply_to: Option<String>,
    forwarded: bool,
    often_forwarded: bool,
    referral: Option<Value>,
    product: Option<String>,

    name: Option<String>,
    user_id: Option<String>,
    username: Option<String>,
    no_phone: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    #[serde(default = "last")]
    to: String,
    emoji: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    #[serde(default = "last")]
    of: String,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    items: Vec<Value>,
    #[serde(default)]
    text: String,
}

fn last() -> String {
    "last".to_owned()
}

async fn write(
    State(house): State<House>,
    Path(named): Path<String>,
    Json(message): Json<Message>,
) -> Response {
    match written(&house.whatsapp, &named, message) {
        Ok(answer) => (StatusCode::CREATED, Json(answer)).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

fn written(whatsapp: &WhatsApp, named: &str, mut message: Message) -> Result<Value, String> {
    let kinds = [
        message.text.is_some(),
        message.raw.is_some(),
        message.file.is_some(),
        message.location.is_some(),
        message.contacts.is_some(),
        message.reaction.is_some(),
        message.edit.is_some(),
        message.revoke.is_some(),
        message.order.is_some(),
        message.flow.is_some(),
        message.unsupported.is_some(),
    ];
    if kinds.into_iter().filter(|kind| *kind).count() != 1 {
        return Err(
            "give one of 'text', 'file', 'location', 'contacts', 'reaction', 'edit', 'revoke', 'order', 'flow', \
             'unsupported' and 'raw'"
                .to_owned(),
        );
    }
    let introduction = Introduction {
        name: message.name.take(),
        user_id: message.user_id.take(),
        username: message.username.take(),
        hides_phone: message.no_phone,
        phone: None,
    };
    whatsapp.introduce(named, introduction);
    let head = Letterhead {
        line: message.line.take(),
        wamid: message.wamid.take(),
        reply_to: message.reply_to.take(),
        forwarded: message.forwarded,
        often_forwarded: message.often_forwarded,
        referral: message.referral.take(),
        product: message.product.take(),
    };
    if let Some(file) = message.file {
        let (wamid, media) = whatsapp.receive_file(named, head, file)?;
        return Ok(json!({"wamid": wamid, "media_id": media}));
    }
    let content = content(whatsapp, named, message)?;
    let wamid = whatsapp.receive_under(named, head, content)?;
    Ok(json!({"wamid": wamid}))
}

/// Returns the message as it stands in the webhook.
fn content(whatsapp: &WhatsApp, named: &str, message: Message) -> Result<Map<String, Value>, String> {
    let find = |target: &str, whose| {
        whatsapp
            .message_in_chat(named, target, whose)
            .map(|(wamid, _)| wamid)
    };
    if let Some(raw) = message.raw {
        return Ok(raw);
    }
    if let Some(reaction) = message.reaction {
        return Ok(inbound::reaction(
            &find(&reaction.to, Author::Shop)?,
            &reaction.emoji,
        ));
    }
    if let Some(edit) = message.edit {
        return Ok(inbound::edit(&find(&edit.of, Author::Customer)?, &edit.text));
    }
    if let Some(target) = message.revoke {
        return Ok(inbound::revoke(&find(&target, Author::Customer)?));
    }
    if let Some(order) = message.order {
        return Ok(inbound::order(&order.items, &order.text));
    }
    if let Some(answers) = message.flow {
        return Ok(inbound::flow(&answers));
    }
    if let Some(what) = message.unsupported {
        return Ok(inbound::unsupported(&what));
    }
    Ok(inbound::object(match (message.location, message.contacts) {
        (Some(location), _) => json!({"type": "location", "location": location}),
        (_, Some(contacts)) => json!({"type": "contacts", "contacts": contacts}),
        _ => json!({"type": "text", "text": {"body": message.text.unwrap_or_default()}}),
    }))
}

/// What is told about bytes that are sent as they are.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AboutFile {
    kind: Option<String>,
    mime: Option<String>,
    filename: Option<String>,
    caption: Option<String>,
    line: Option<String>,
    name: Option<String>,
}

async fn send_file(
    State(house): State<House>,
    Path(named): Path<String>,
    Query(about): Query<AboutFile>,
    bytes: Bytes,
) -> Response {
    let name = about.name;
    house.whatsapp.introduce(
        &named,
        Introduction {
            name,
            ..Introduction::default()
        },
    );
    let file = FileToSend {
        kind: about.kind,
        mime: about.mime,
        filename: about.filename,
        caption: about.caption,
        bytes: Some(bytes),
        ..FileToSend::default()
    };
    let head = Letterhead {
        line: about.line,
        ..Letterhead::default()
    };
    match house.whatsapp.receive_file(&named, head, file) {
        Ok((wamid, media)) => (
            StatusCode::CREATED,
            Json(json!({"wamid": wamid, "media_id": media})),
        )
            .into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

/// What is tapped: a choice by id or title, or the first; on a message, or the newest with choices.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tap {
    wamid: Option<String>,
    choice: Option<String>,
}

async fn tap(State(house): State<House>, Path(named): Path<String>, Json(tap): Json<Tap>) -> Response {
    with_wamid(
        house
            .whatsapp
            .tap(&named, tap.wamid.as_deref(), tap.choice.as_deref()),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Call {
    event: Option<String>,
    line: Option<String>,
}

async fn call(State(house): State<House>, Path(named): Path<String>, Json(call): Json<Call>) -> Response {
    let event = call.event.as_deref().unwrap_or("connect");
    with_wamid(house.whatsapp.call(&named, call.line.as_deref(), event))
}

/// What changes about a customer: one of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    number: Option<String>,
    user_id: Option<String>,
    identity: bool,
    /// `stop` or `resume`.
    marketing: Option<String>,
    line: Option<String>,
}

async fn change(
    State(house): State<House>,
    Path(named): Path<String>,
    Json(change): Json<Change>,
) -> Response {
    let (whatsapp, line) = (&house.whatsapp, change.line.as_deref());
    with_wamid(match change {
        Change {
            number: Some(number), ..
        } => whatsapp.change_number(&named, line, &number),
        Change {
            user_id: Some(user_id),
            ..
        } => whatsapp.change_user_id(&named, line, &user_id),
        Change {
            marketing: Some(value),
            ..
        } => whatsapp.change_preference(&named, line, &value),
        Change { identity: true, .. } => whatsapp.change_identity(&named, line),
        Change { .. } => Err("give one of 'number', 'user_id', 'identity' and 'marketing'".to_owned()),
    })
}

fn with_wamid(done: Result<String, String>) -> Response {
    match done {
        Ok(wamid) => (StatusCode::CREATED, Json(json!({"wamid": wamid}))).into_response(),
        Err(problem) => complaint(StatusCode::BAD_REQUEST, problem),
    }
}

async fn phone(State(house): State<House>, Path(named): Path<String>) -> Response {
    match house.whatsapp.phone(&named) {
        Some(bubbles) => Json(bubbles).into_response(),
        None => unknown(&named),
    }
}

async fn read(State(house): State<House>, Path(named): Path<String>) -> Response {
    match house.whatsapp.read_all(&named) {
        Some(count) => Json(json!({"read": count})).into_response(),
        None => unknown(&named),
    }
}

async fn play(State(house): State<House>, Path(named): Path<String>) -> Response {
    match house.whatsapp.play_all(&named) {
        Some(count) => Json(json!({"played": count})).into_response(),
        None => unknown(&named),
    }
}

/// How a customer pays; without `url` at the newest link on the phone.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Payment {
    url: Option<String>,
    card: Option<String>,
    method: Option<Method>,
    three_d_secure: Challenge,
    /// To pay the bank in so many months.
    months: Option<i64>,
    name: Option<String>,
    email: Option<String>,
}

async fn pay(
    State(house): State<House>,
    Path(named): Path<String>,
    Json(payment): Json<Payment>,
) -> Response {
    if house.whatsapp.phone(&named).is_none() {
        return unknown(&named);
    }
    let Some(link) = payment.url.clone().or_else(|| house.customer(&named).pay_link()) else {
        return complaint(
            StatusCode::NOT_FOUND,
            "there is no pay link on this phone: the shop must send one first",
        );
    };
    let name = house.whatsapp.name(&named).unwrap_or_default();
    let outcome = house.stripe.pay_link(&link, with(payment, name));
    let status = match outcome {
        PayOutcome::NotFound { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    (status, Json(outcome)).into_response()
}

fn with(payment: Payment, name: String) -> PayWith {
    let with = PayWith::told(payment.method, payment.card).challenged(payment.three_d_secure);
    let with = match payment.months {
        Some(months) => with.in_months(months),
        None => with,
    };
    let email = payment.email.unwrap_or_else(|| "cliente@example.com".to_owned());
    with.named(payment.name.unwrap_or(name)).with_email(email)
}
