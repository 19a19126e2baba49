//! The portal: a customer's subscriptions, the card for them, and the way out.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::amount::amount;
use super::html::{esc, fill, message, page};
use super::views::{field, submit};
use super::words::{self, Words};
use crate::stripe::Stripe;
use crate::stripe::billing::end;
use crate::stripe::checkout::cards::{Behaviour, Card};
use crate::stripe::ledger::{Act, PortalVisit};
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::event::Cause;
use crate::stripe::objects::payment_method::{Instrument, PaymentMethod};
use crate::stripe::objects::session::Buyer;
use crate::stripe::objects::subscription::Subscription;

pub(super) async fn show(
    State(stripe): State<Arc<Stripe>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let shop = stripe.options.shop.clone();
    stripe.act(Cause::default(), |act| {
        let Some(visit) = act.ledger.portal.get(&token).cloned() else {
            let words = words::choose(None, accepted);
            let text = message("?", "calm", words.not_found, words.not_found_why, "");
            return page(StatusCode::NOT_FOUND, words, &shop, true, &text);
        };
        let words = words::choose(visit.locale.as_deref(), accepted);
        page(StatusCode::OK, words, &shop, true, &home(act, &visit, words))
    })
}

fn home(act: &Act, visit: &PortalVisit, words: &Words) -> String {
    let mut html = format!("<section class=\"card\"><h1>{}</h1>", words.portal);
    let of_customer = |found: &&Subscription| found.customer == visit.customer && !found.is_over();
    for found in act.ledger.subscriptions.rows().iter().filter(of_customer) {
        html += &subscription(found, words);
    }
    let card = act
        .get::<Customer>(&visit.customer)
        .and_then(|customer| customer.default_method.as_deref())
        .and_then(|method| act.get::<PaymentMethod>(method));
    if let Some(Instrument::Card(face)) = card.map(|method| &method.instrument) {
        let _ = write!(html, "<p>{} ···· {}</p>", esc(face.brand), esc(&face.last4));
    }
    let _ = write!(
        html,
        "<h2>{}</h2><form method=\"post\">{}{}<input type=\"hidden\" name=\"deed\" value=\"card\">{}</form>",
        words.change_card,
        field("number", words.number, "text", "1234 1234 1234 1234", "", false),
        field("expiry", words.expiry, "text", "12 / 34", "", false),
        submit(words.change_card, words.processing),
    );
    if let Some(url) = &visit.return_url {
        let _ = write!(html, "<p><a href=\"{}\">{}</a></p>", esc(url), words.back);
    }
    html + "</section>"
}

fn subscription(found: &Subscription, words: &Words) -> String {
    let total = found
        .items
        .iter()
        .map(|item| item.price.unit_amount * item.quantity)
        .sum();
    let (deed, label) = if found.cancel_at_period_end {
        ("keep", words.keep_subscription)
    } else {
        ("cancel", words.cancel_subscription)
    };
    format!(
        "<p><b>{}</b> · {}</p><p class=\"soft\">{}</p><form method=\"post\">\
         <input type=\"hidden\" name=\"deed\" value=\"{deed}\">\
         <input type=\"hidden\" name=\"subscription\" value=\"{}\">{}</form>",
        amount(total, found.currency),
        found.state.name(),
        fill(words.paid_until, &day(found.period_end)),
        esc(&found.id),
        submit(label, words.processing),
    )
}

fn day(at: i64) -> String {
    jiff::Timestamp::from_second(at).map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d").to_string())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Deed {
    #[serde(rename = "deed")]
    kind: String,
    subscription: String,
    number: String,
}

/// Does what the customer asked for, then shows the page again.
pub(super) async fn act(
    State(stripe): State<Arc<Stripe>>,
    Path(token): Path<String>,
    Form(deed): Form<Deed>,
) -> Response {
    stripe.act(Cause::default(), |act| {
        let Some(visit) = act.ledger.portal.get(&token).cloned() else {
            return;
        };
        act.in_time_of(&visit.customer.clone(), |act| match deed.kind.as_str() {
            "card" => {
                let _ = change_card(act, &visit.customer, &deed.number);
            }
            "cancel" | "keep" => leave(act, &visit, &deed.subscription, deed.kind == "cancel"),
            "end" => end_now(act, &visit, &deed.subscription),
            _ => {}
        });
    });
    Redirect::to(&format!("/p/session/{token}")).into_response()
}

fn is_of(act: &Act, visit: &PortalVisit, subscription: &str) -> bool {
    act.get::<Subscription>(subscription)
        .is_some_and(|found| found.customer == visit.customer && !found.is_over())
}

fn leave(act: &mut Act, visit: &PortalVisit, subscription: &str, cancels: bool) {
    if is_of(act, visit, subscription) {
        let now = act.now();
        act.revise::<Subscription>(subscription, "customer.subscription.updated", |found| {
            found.cancel_at_period_end = cancels;
            found.canceled_at = cancels.then_some(now);
            found.end_reason = cancels.then_some("cancellation_requested");
        });
    }
}

fn end_now(act: &mut Act, visit: &PortalVisit, subscription: &str) {
    if is_of(act, visit, subscription) {
        end::end(act, subscription, "cancellation_requested");
    }
}

/// Makes a card the one for all of a customer's subscriptions; says why it can't be.
pub(in crate::stripe) fn change_card(act: &mut Act, customer: &str, number: &str) -> Result<(), String> {
    let card = Card::read(number).map_err(|failure| failure.message.to_owned())?;
    if let Behaviour::Declines(failure) = card.behaviour {
        return Err(failure.message.to_owned());
    }
    let method = PaymentMethod {
        id: act.id("pm"),
        created: act.now(),
        buyer: Buyer::default(),
        instrument: Instrument::Card(card.face(12, 2034)),
        customer: Some(customer.to_owned()),
        metadata: serde_json::Map::new(),
    };
    let id = method.id.clone();
    act.create("payment_method.attached", method);
    act.revise::<Customer>(customer, "customer.updated", |customer| {
        customer.default_method = Some(id.clone());
        customer.card_fails = None;
    });
    let of_customer: Vec<String> = act
        .ledger
        .subscriptions
        .rows()
        .iter()
        .filter(|found| found.customer == customer && !found.is_over())
        .map(|found| found.id.clone())
        .collect();
    for subscription in of_customer {
        act.revise::<Subscription>(&subscription, "customer.subscription.updated", |found| {
            found.default_method = Some(id.clone());
        });
    }
    Ok(())
}
