//! `/v1/payment_intents`: read for reconciling, and made directly with Stripe's ready-made test cards.

use axum::http::StatusCode;
use serde_json::Value;

use super::links::METHODS;
use super::{customers, show};
use crate::stripe::checkout::cards::Card;
use crate::stripe::checkout::open;
use crate::stripe::checkout::outcome::{CardEntry, Challenge, PayOutcome};
use crate::stripe::checkout::pay;
use crate::stripe::currency::Currency;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::payment_intent::{IntentState, PaymentIntent};
use crate::stripe::objects::session::Buyer;
use crate::stripe::params::{
    Param, choice, flag, int, list as list_of, metadata, not_played, object, off, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};
use crate::stripe::shelf::Object;

pub(crate) const CREATE: &[Param] = &[
    int("amount").required(),
    text("currency").required(),
    list_of("allowed_payment_method_types", &METHODS),
    object(
        "automatic_payment_methods",
        &[
            flag("enabled").required(),
            choice("allow_redirects", &["always", "never"]),
        ],
    ),
    text("payment_method"),
    flag("confirm"),
    text("customer"),
    text("description").max(1000),
    text("receipt_email"),
    text("statement_descriptor").max(22),
    text("statement_descriptor_suffix").max(22),
    text("return_url"),
    choice("capture_method", &["automatic", "automatic_async"]),
    choice("confirmation_method", &["automatic"]),
    metadata(),
    off("off_session"),
    off("use_stripe_sdk"),
    off("error_on_requires_action"),
    not_played("amount_details"),
    not_played("application_fee_amount"),
    not_played("confirmation_token"),
    not_played("customer_account"),
    not_played("excluded_payment_method_types"),
    not_played("hooks"),
    not_played("mandate"),
    not_played("mandate_data"),
    not_played("on_behalf_of"),
    not_played("payment_details"),
    not_played("payment_method_configuration"),
    not_played("payment_method_data"),
    not_played("payment_method_options"),
    not_played("radar_options"),
    not_played("setup_future_usage"),
    not_played("shipping"),
    not_played("transfer_data"),
    not_played("transfer_group"),
];
pub(crate) const UPDATE: &[Param] = &[
    text("description").max(1000),
    text("receipt_email").or_empty(),
    metadata().or_empty(),
    not_played("allowed_payment_method_types"),
    not_played("amount"),
    not_played("amount_details"),
    not_played("application_fee_amount"),
    not_played("capture_method"),
    not_played("currency"),
    not_played("customer"),
    not_played("customer_account"),
    not_played("excluded_payment_method_types"),
    not_played("hooks"),
    not_played("payment_details"),
    not_played("payment_method"),
    not_played("payment_method_configuration"),
    not_played("payment_method_data"),
    not_played("payment_method_options"),
    not_played("setup_future_usage"),
    not_played("shipping"),
    not_played("statement_descriptor"),
    not_played("statement_descriptor_suffix"),
    not_played("transfer_data"),
    not_played("transfer_group"),
];
pub(crate) const CONFIRM: &[Param] = &[
    text("payment_method"),
    text("return_url"),
    text("receipt_email").or_empty(),
    off("off_session"),
    off("use_stripe_sdk"),
    off("error_on_requires_action"),
    not_played("allowed_payment_method_types"),
    not_played("amount_details"),
    not_played("amount_to_confirm"),
    not_played("capture_method"),
    not_played("client_secret"),
    not_played("confirmation_token"),
    not_played("excluded_payment_method_types"),
    not_played("hooks"),
    not_played("mandate"),
    not_played("mandate_data"),
    not_played("payment_details"),
    not_played("payment_method_data"),
    not_played("payment_method_options"),
    not_played("radar_options"),
    not_played("setup_future_usage"),
    not_played("shipping"),
];
pub(crate) const CANCEL: &[Param] = &[choice(
    "cancellation_reason",
    &["abandoned", "duplicate", "fraudulent", "requested_by_customer"],
)];
pub(crate) const RETRIEVE: &[Param] = &[text("client_secret")];
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("customer"),
    not_played("customer_account"),
];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let currency = Currency::read(fields.text("currency").unwrap_or_default(), "currency")?;
    let amount = fields.int("amount").unwrap_or_default();
    currency.check_unit(amount, "amount")?;
    currency.check_total(amount, "Amount must be", "amount")?;
    if let Some(customer) = fields.text("customer") {
        customers::find(act, customer, "customer")?;
    }
    if let Some(method) = fields.text("payment_method") {
        card_of(method)?;
    }
    let named = super::links::methods(fields, "allowed_payment_method_types", currency, amount)?;
    let id = act.id("pi");
    let has_method = fields.has("payment_method");
    let intent = PaymentIntent {
        secret: format!("{id}_secret_{}", ids::token(25)),
        id: id.clone(),
        created: act.now(),
        amount,
        currency,
        state: if has_method {
            IntentState::RequiresConfirmation
        } else {
            IntentState::RequiresPaymentMethod
        },
        methods: named.unwrap_or_else(|| open::methods_for(currency, amount, false)),
        payment_method: fields.string("payment_method"),
        latest_charge: None,
        next: None,
        last_error: None,
        canceled_at: None,
        cancellation_reason: None,
        customer: fields.string("customer"),
        description: fields.string("description"),
        receipt_email: fields.string("receipt_email"),
        statement_descriptor: fields.string("statement_descriptor"),
        statement_descriptor_suffix: fields.string("statement_descriptor_suffix"),
        metadata: fields.metadata(),
        session: None,
        funded: 0,
        installments: false,
    };
    let shown = act.create("payment_intent.created", intent);
    if fields.flag("confirm") == Some(true) {
        charge(act, &id, fields.text("payment_method"))
    } else {
        Ok(shown)
    }
}

pub(crate) fn confirm(act: &mut Act, call: &Call) -> Answer {
    let intent = act.find::<PaymentIntent>(call.id, "intent")?;
    if !matches!(
        intent.state,
        IntentState::RequiresPaymentMethod | IntentState::RequiresConfirmation
    ) {
        return Err(unexpected(intent, "confirm"));
    }
    if intent.session.is_some() {
        let message = "You cannot confirm this PaymentIntent because it was created by Checkout.";
        return Err(Refusal::invalid(message)
            .code("payment_intent_unexpected_state")
            .begun());
    }
    let method = call
        .fields
        .string("payment_method")
        .or_else(|| intent.payment_method.clone());
    charge(act, call.id, method.as_deref())
}

/// Charges one of the ready-made cards; a decline is a 402 with the intent in it.
fn charge(act: &mut Act, intent: &str, method: Option<&str>) -> Answer {
    let Some(method) = method else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(Refusal::invalid(message)
            .code("payment_intent_unexpected_state")
            .begun());
    };
    let card = card_of(method)?;
    let entry = CardEntry {
        number: String::new(),
        month: 12,
        year: 2034,
        challenge: Challenge::Leave,
        months: None,
    };
    let outcome = pay::charge_card(act, intent, &card, &entry, Buyer::default());
    let shown = act.find::<PaymentIntent>(intent, "intent")?.render();
    match outcome {
        PayOutcome::Declined {
            code,
            decline_code,
            message,
            ..
        } => {
            let mut refusal = Refusal::card(&message, &code).with("payment_intent", shown.clone());
            if let Some(decline_code) = decline_code {
                refusal = refusal.with("decline_code", decline_code);
            }
            if let Some(charge) = shown.get("latest_charge").and_then(Value::as_str) {
                refusal = refusal.with("charge", charge);
            }
            Err(refusal)
        }
        _ => Ok(shown),
    }
}

fn card_of(method: &str) -> Result<Card, Refusal> {
    Card::ready_made(method).ok_or_else(|| {
        let mut refusal = Refusal::no_such("PaymentMethod", method, "payment_method");
        refusal.status = StatusCode::BAD_REQUEST;
        refusal
    })
}

fn unexpected(intent: &PaymentIntent, verb: &str) -> Refusal {
    let message = format!(
        "You cannot {verb} this PaymentIntent because it has a status of {}.",
        intent.state.name()
    );
    Refusal::invalid(message)
        .code("payment_intent_unexpected_state")
        .with("payment_intent", intent.render())
        .begun()
}

pub(crate) fn cancel(act: &mut Act, call: &Call) -> Answer {
    let intent = act.find::<PaymentIntent>(call.id, "intent")?;
    if matches!(intent.state, IntentState::Succeeded | IntentState::Canceled) {
        return Err(unexpected(intent, "cancel"));
    }
    if intent.session.is_some() {
        let message = "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the Checkout Session instead.";
        return Err(Refusal::invalid(message)
            .code("payment_intent_unexpected_state")
            .with("payment_intent", intent.render())
            .begun());
    }
    let reason = call
        .fields
        .text("cancellation_reason")
        .unwrap_or("requested_by_customer");
    open::cancel(act, call.id, reason);
    show::<PaymentIntent>(act, call, "intent")
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let customer = call.fields.text("customer");
    listing::page::<PaymentIntent>(act, call, |intent| {
        customer.is_none_or(|id| intent.customer.as_deref() == Some(id))
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<PaymentIntent>(act, call, "intent")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    act.find::<PaymentIntent>(call.id, "intent")?;
    act.amend::<PaymentIntent>(call.id, |intent| {
        call.fields.edit("description", &mut intent.description);
        call.fields.edit("receipt_email", &mut intent.receipt_email);
        call.fields.edit_metadata(&mut intent.metadata);
    });
    retrieve(act, call)
}
