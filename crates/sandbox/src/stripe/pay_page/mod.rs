//! The page that customers pay on: plain forms, so it works without scripts too.

mod amount;
mod entry;
mod html;
pub(super) mod portal;
mod views;
mod words;

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, extract::OriginalUri};
use serde::Deserialize;

use super::Stripe;
use super::checkout::open::{self, Visit};
use super::checkout::{pay, transfer, voucher};
use super::ledger::Act;
use super::objects::event::Cause;
use super::objects::payment_intent::{NextAction, PaymentIntent};
use super::objects::payment_link::{Ending, PaymentLink};
use super::objects::session::{Notice, Session, SessionState};
use amount::amount;
use entry::{Entry, Then};
use views::{Frame, View};

pub(super) fn router() -> Router<Arc<Stripe>> {
    Router::new()
        .route("/pay/{token}", get(open_link))
        .route("/c/pay/{session}", get(show_session).post(pay_session))
        .route("/c/authenticate/{intent}", get(show_intent).post(answer_bank))
        .route("/c/voucher/{intent}", get(show_intent).post(answer_voucher))
        .route("/p/session/{token}", get(portal::show).post(portal::act))
        .route("/c/transfer/{intent}", get(show_intent).post(answer_transfer))
}

/// Opens a link: a new session, and on to its page.
async fn open_link(
    State(stripe): State<Arc<Stripe>>,
    Path(token): Path<String>,
    Query(visit): Query<Visit>,
    headers: HeaderMap,
) -> Response {
    let view = stripe.act(Cause::default(), |act| {
        let Some(link) = act.ledger.tokens.get(&token).cloned() else {
            return Err(View::NotFound);
        };
        open::open_link(act, &link, visit).ok_or_else(|| {
            View::Inactive(
                act.get::<PaymentLink>(&link)
                    .and_then(|link| link.inactive_message.clone()),
            )
        })
    });
    match view {
        Ok(session) => Redirect::to(&format!("/c/pay/{session}")).into_response(),
        Err(view) => show(&stripe, &headers, None, &view),
    }
}

async fn show_session(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (locale, view) = stripe.act(Cause::default(), |act| {
        let session = act.get::<Session>(&id);
        (
            session.and_then(|session| session.locale.clone()),
            view_of_session(act, &id),
        )
    });
    if let View::Paid(session) = &view
        && let Some(url) = way_back(session)
    {
        return Redirect::to(&url).into_response();
    }
    show(&stripe, &headers, locale.as_deref(), &view)
}

/// Pays, then shows the session again: reloading pays nothing.
async fn pay_session(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Form(entry): Form<Entry>,
) -> Redirect {
    let now = stripe.clock.now();
    stripe.act(Cause::default(), |act| match entry.read(now) {
        Ok((wishes, with)) => match wishes.apply(act, &id) {
            Err(field) => act.amend::<Session>(&id, |session| session.notice = Some(Notice::Field(field))),
            Ok(Then::Pay) => {
                pay::pay(act, &id, with);
            }
            Ok(Then::Show) => act.amend::<Session>(&id, |session| session.notice = None),
        },
        Err(field) => act.amend::<Session>(&id, |session| session.notice = Some(Notice::Field(field))),
    });
    Redirect::to(&format!("/c/pay/{id}"))
}

async fn show_intent(
    State(stripe): State<Arc<Stripe>>,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (session, view) = stripe.act(Cause::default(), |act| {
        (
            act.get::<PaymentIntent>(&id)
                .and_then(|intent| intent.session.clone()),
            view_of_intent(act, &id),
        )
    });
    match (view, session) {
        // Whatever was asked here is answered; the session tells how it went.
        (None, Some(session)) => Redirect::to(&format!("/c/pay/{session}")).into_response(),
        (None, None) => {
            tracing::debug!(
                path = uri.path(),
                "Nothing to show for a payment without a checkout"
            );
            show(&stripe, &headers, None, &View::NotFound)
        }
        (Some(view), _) => show(&stripe, &headers, None, &view),
    }
}

#[derive(Deserialize)]
struct Answer {
    answer: String,
}

async fn answer_bank(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Form(form): Form<Answer>,
) -> Redirect {
    stripe.act(Cause::default(), |act| {
        pay::answer_challenge(act, &id, form.answer == "complete")
    });
    Redirect::to(&format!("/c/authenticate/{id}"))
}

async fn answer_voucher(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Form(form): Form<Answer>,
) -> Redirect {
    stripe.act(Cause::default(), |act| match form.answer.as_str() {
        "pay" => voucher::pay(act, &id),
        _ => voucher::expire(act, &id),
    });
    Redirect::to(&format!("/c/voucher/{id}"))
}

#[derive(Deserialize)]
struct Sent {
    /// In major units, as typed.
    amount: String,
}

async fn answer_transfer(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Redirect {
    stripe.act(Cause::default(), |act| {
        let amount = minor_from_typed(&sent.amount);
        amount.map(|amount| transfer::send(act, &id, amount))
    });
    Redirect::to(&format!("/c/transfer/{id}"))
}

/// Reads `1,234.50` as minor units of a currency with two decimals.
fn minor_from_typed(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let cents: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

fn view_of_session(act: &Act, id: &str) -> View {
    let Some(session) = act.get::<Session>(id) else {
        return View::NotFound;
    };
    let link = session
        .payment_link
        .as_deref()
        .and_then(|link| act.get::<PaymentLink>(link));
    let asked = session
        .payment_intent
        .as_deref()
        .and_then(|intent| view_of_intent(act, intent));
    match (session.state, asked) {
        (SessionState::Expired, _) => View::Expired,
        (SessionState::Complete, _) if session.paid => View::Paid(Box::new(session.clone())),
        (SessionState::Open, _) if link.is_some_and(|link| !link.sells()) => {
            View::Inactive(link.and_then(|link| link.inactive_message.clone()))
        }
        (_, Some(view)) => view,
        (SessionState::Complete, None) => View::VoucherExpired,
        (SessionState::Open, None) => View::Form(Box::new(session.clone())),
    }
}

/// Returns what a payment waits for: a voucher, or an answer to the bank.
fn view_of_intent(act: &Act, id: &str) -> Option<View> {
    let intent = act.get::<PaymentIntent>(id)?;
    let (id, total) = (id.to_owned(), amount(intent.amount, intent.currency));
    match intent.next.clone()? {
        NextAction::Transfer(to) => Some(View::Transfer {
            intent: id,
            remaining: amount(intent.amount - intent.funded, intent.currency),
            total,
            to: Box::new(to),
        }),
        NextAction::Authenticate(_) => Some(View::Authenticate { intent: id, total }),
        NextAction::PayVoucher(voucher) => Some(View::Voucher {
            intent: id,
            total,
            voucher,
        }),
    }
}

/// Returns where the shop wants the customer to go after paying.
fn way_back(session: &Session) -> Option<String> {
    let url = match &session.ending {
        Ending::Redirect(url) => Some(url),
        Ending::Confirmation(_) => session.success_url.as_ref(),
    };
    url.map(|url| url.replace("{CHECKOUT_SESSION_ID}", &session.id))
}

fn show(stripe: &Stripe, headers: &HeaderMap, locale: Option<&str>, view: &View) -> Response {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Frame {
        shop: &stripe.options.shop,
        words: words::choose(locale, accepted),
    }
    .show(view)
}
