//! `/sandbox/…` routes that concern Stripe: customers pay, vouchers are paid or expire, objects are dumped.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shelf::{Object, Shelf};
use super::{Challenge, Method, PayOutcome, PayWith, Stripe};

/// Serves the Stripe part of the control API.
pub fn control_router(stripe: Arc<Stripe>) -> Router {
    Router::new()
        .route("/sandbox/links/{link}/pay", post(pay_link))
        .route("/sandbox/vouchers/{payment_intent}/pay", post(pay_voucher))
        .route("/sandbox/vouchers/{payment_intent}/expire", post(expire_voucher))
        .route(
            "/sandbox/payments/{payment_intent}/authenticate",
            post(authenticate),
        )
        .route("/sandbox/transfers/{payment_intent}", post(transfer))
        .route("/sandbox/payments/{payment_intent}/dispute", post(dispute))
        .route("/sandbox/disputes/{dispute}/close", post(close_dispute))
        .route("/sandbox/refunds/{refund}/end", post(end_refund))
        .route("/sandbox/payouts", post(pay_out))
        .route("/sandbox/payouts/{payout}/fail", post(fail_payout))
        .route("/sandbox/stripe/customers/{customer}/card", post(set_card))
        .route("/sandbox/sessions/{session}/code", post(type_code))
        .route("/sandbox/stripe/objects/{kind}", get(objects))
        .route("/sandbox/webhooks/last", get(last_webhook))
        .with_state(stripe)
}

/// How a customer pays, in the control API's words: `{"card": "4242…"}` or `{"method": "oxxo"}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayRequest {
    card: Option<String>,
    method: Option<Method>,
    #[serde(default)]
    three_d_secure: Challenge,
    /// To pay the bank in so many months.
    months: Option<i64>,
    name: Option<String>,
    email: Option<String>,
}

impl From<PayRequest> for PayWith {
    fn from(request: PayRequest) -> Self {
        let with = Self::told(request.method, request.card).challenged(request.three_d_secure);
        let with = match request.months {
            Some(months) => with.in_months(months),
            None => with,
        };
        let with = with.named(request.name.as_deref().unwrap_or("Ana Sandbox"));
        with.with_email(request.email.as_deref().unwrap_or("ana@example.com"))
    }
}

async fn pay_link(
    State(stripe): State<Arc<Stripe>>,
    Path(link): Path<String>,
    Json(request): Json<PayRequest>,
) -> Response {
    told(stripe.pay_link(&link, request.into()))
}

async fn pay_voucher(State(stripe): State<Arc<Stripe>>, Path(payment_intent): Path<String>) -> Response {
    told(stripe.pay_voucher(&payment_intent))
}

async fn expire_voucher(State(stripe): State<Arc<Stripe>>, Path(payment_intent): Path<String>) -> Response {
    told(stripe.expire_voucher(&payment_intent))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authentication {
    passed: bool,
}

async fn authenticate(
    State(stripe): State<Arc<Stripe>>,
    Path(payment_intent): Path<String>,
    Json(answer): Json<Authentication>,
) -> Response {
    told(stripe.authenticate(&payment_intent, answer.passed))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// In minor units.
    amount: i64,
}

async fn transfer(
    State(stripe): State<Arc<Stripe>>,
    Path(payment_intent): Path<String>,
    Json(sent): Json<Transfer>,
) -> Response {
    told(stripe.transfer(&payment_intent, sent.amount))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complaint {
    /// Stripe's word, such as `product_not_received`.
    #[serde(default = "fraudulent")]
    reason: String,
    /// Only an inquiry: no money is taken.
    #[serde(default)]
    warning: bool,
}

fn fraudulent() -> String {
    "fraudulent".to_owned()
}

async fn dispute(
    State(stripe): State<Arc<Stripe>>,
    Path(payment_intent): Path<String>,
    Json(complaint): Json<Complaint>,
) -> Response {
    let opened = stripe.dispute(&payment_intent, &complaint.reason, complaint.warning);
    done(opened.map(|id| json!({"dispute": id})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    won: bool,
}

async fn close_dispute(
    State(stripe): State<Arc<Stripe>>,
    Path(dispute): Path<String>,
    Json(verdict): Json<Verdict>,
) -> Response {
    done(stripe.close_dispute(&dispute, verdict.won).map(|()| json!({})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundEnd {
    succeeds: bool,
}

async fn end_refund(
    State(stripe): State<Arc<Stripe>>,
    Path(refund): Path<String>,
    Json(end): Json<RefundEnd>,
) -> Response {
    done(stripe.end_refund(&refund, end.succeeds).map(|()| json!({})))
}

async fn pay_out(State(stripe): State<Arc<Stripe>>) -> Response {
    stripe.pay_out();
    done(Ok(json!({})))
}

async fn fail_payout(State(stripe): State<Arc<Stripe>>, Path(payout): Path<String>) -> Response {
    done(stripe.fail_payout(&payout).map(|()| json!({})))
}

/// Lets the customer's card fail or work, or gives another: one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardChange {
    works: Option<bool>,
    number: Option<String>,
}

async fn set_card(
    State(stripe): State<Arc<Stripe>>,
    Path(customer): Path<String>,
    Json(change): Json<CardChange>,
) -> Response {
    let result = match (change.works, change.number) {
        (Some(works), None) => stripe.set_card(&customer, works),
        (None, Some(number)) => stripe.change_card(&customer, &number),
        _ => Err("give one of 'works' and 'number'".to_owned()),
    };
    done(result.map(|()| json!({})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

async fn type_code(
    State(stripe): State<Arc<Stripe>>,
    Path(session): Path<String>,
    Json(typed): Json<Code>,
) -> Response {
    done(stripe.type_code(&session, &typed.code).map(|()| json!({})))
}

/// Answers 200, or 409 with why it can't be.
fn done(result: Result<Value, String>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({"error": why}))).into_response(),
    }
}

/// Answers 200 with the outcome, 404 when there was nothing to pay.
fn told(outcome: PayOutcome) -> Response {
    let status = match outcome {
        PayOutcome::NotFound { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    (status, Json(outcome)).into_response()
}

#[derive(Debug, Deserialize)]
struct Newest {
    source: String,
}

/// Answers the newest webhook, body and signature as they are sent, for trying a receiver by hand.
async fn last_webhook(State(stripe): State<Arc<Stripe>>, Query(from): Query<Newest>) -> Response {
    let complain = |error: &str| (StatusCode::NOT_FOUND, Json(json!({"error": error}))).into_response();
    if from.source != "stripe" {
        return complain("only webhooks of source=stripe are kept");
    }
    let Some(letter) = stripe.last_sent() else {
        return complain("Stripe has not sent a webhook yet: pay a link first");
    };
    let [_, _, (_, signature)] = letter.headers(jiff::Timestamp::now().as_second());
    Json(json!({"id": letter.id(), "type": letter.kind(), "body": letter.body(), "signature": signature}))
        .into_response()
}

/// Dumps all objects of a kind, oldest first, as the API would show them.
async fn objects(State(stripe): State<Arc<Stripe>>, Path(kind): Path<String>) -> Response {
    stripe.catch_up();
    let ledger = stripe.ledger();
    let shown = match kind.trim_end_matches('s') {
        "payment_link" => dump(&ledger.links),
        "checkout.session" | "checkout_session" => dump(&ledger.sessions),
        "payment_intent" => dump(&ledger.intents),
        "payment_method" => dump(&ledger.methods),
        "charge" => dump(&ledger.charges),
        "balance_transaction" => dump(&ledger.transactions),
        "refund" => dump(&ledger.refunds),
        "dispute" => dump(&ledger.disputes),
        "payout" => dump(&ledger.payouts),
        "subscription" => dump(&ledger.subscriptions),
        "invoice" => dump(&ledger.invoices),
        "subscription_schedule" => dump(&ledger.schedules),
        "test_clock" => dump(&ledger.clocks),
        "coupon" => dump(&ledger.coupons),
        "promotion_code" => dump(&ledger.codes),
        "customer" => dump(&ledger.customers),
        "product" => dump(&ledger.products),
        "price" => dump(&ledger.prices),
        "event" => dump(&ledger.events),
        "webhook_endpoint" => dump(&ledger.endpoints),
        _ => {
            let error =
                format!("no objects of type '{kind}': try payment_link, checkout_session, charge, event …");
            return (StatusCode::NOT_FOUND, Json(json!({"error": error}))).into_response();
        }
    };
    Json(shown).into_response()
}

fn dump<T: Object>(shelf: &Shelf<T>) -> Vec<Value> {
    shelf.rows().iter().map(Object::render).collect()
}
