//! `/v1/invoices` and `/v1/invoice_payments`.

use serde_json::Value;

use super::show;
use crate::stripe::billing::{collect, invoice};
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::invoice::{Invoice, InvoiceState};
use crate::stripe::objects::payment_intent::PaymentIntent;
use crate::stripe::objects::subscription::Subscription;
use crate::stripe::params::{Param, choice, not_played, object, off, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};
use crate::stripe::shelf::Object;

pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("customer"),
    text("subscription"),
    choice("status", &["draft", "open", "paid", "uncollectible", "void"]),
    choice("collection_method", &["charge_automatically"]),
    not_played("customer_account"),
    not_played("due_date"),
];
pub(crate) const PREVIEW: &[Param] = &[text("subscription"), text("customer"), not_played("*")];
pub(crate) const PAY: &[Param] = &[
    off("forgive"),
    off("off_session"),
    off("paid_out_of_band"),
    not_played("mandate"),
    not_played("payment_method"),
    not_played("source"),
];
pub(crate) const LIST_PAYMENTS: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("invoice"),
    object(
        "payment",
        &[
            choice("type", &["payment_intent"]).required(),
            text("payment_intent"),
            not_played("*"),
        ],
    ),
    choice("status", &["canceled", "open", "paid"]),
];

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    listing::page::<Invoice>(act, call, |invoice| {
        fields.text("customer").is_none_or(|id| invoice.customer == id)
            && fields
                .text("subscription")
                .is_none_or(|id| invoice.subscription == id)
            && fields
                .text("status")
                .is_none_or(|name| invoice.state.name() == name)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Invoice>(act, call, "invoice")
}

pub(crate) fn preview(act: &mut Act, call: &Call) -> Answer {
    let Some(id) = call.fields.string("subscription") else {
        return Err(Refusal::not_played("a preview of anything but a subscription"));
    };
    let found = act.find::<Subscription>(&id, "subscription")?;
    if !found.goes_on() {
        let message = "No upcoming invoices for customer: the subscription will not be charged again.";
        return Err(Refusal::invalid(message).code("invoice_upcoming_none"));
    }
    let customer = found.customer.clone();
    act.in_time_of(&customer, |act| invoice::upcoming(act, &id))
        .ok_or_else(Refusal::server_error)
}

pub(crate) fn pay(act: &mut Act, call: &Call) -> Answer {
    let found = act.find::<Invoice>(call.id, "invoice")?.clone();
    match found.state {
        InvoiceState::Draft | InvoiceState::Open => {}
        InvoiceState::Paid => {
            let message = "Invoice is already paid";
            return Err(Refusal::invalid(message).code("invoice_already_paid").begun());
        }
        state => {
            let message = format!("This invoice is {} and can't be paid.", state.name());
            return Err(Refusal::invalid(message).code("invoice_not_editable").begun());
        }
    }
    let failure = act.in_time_of(&found.customer, |act| {
        invoice::finalize(act, call.id);
        collect::collect(act, call.id)
    });
    let Some(failure) = failure else {
        return retrieve(act, call);
    };
    let mut refusal = Refusal::card(failure.message, failure.code);
    if let Some(code) = failure.decline_code {
        refusal = refusal.with("decline_code", code);
    }
    let intent = act
        .get::<Invoice>(call.id)
        .and_then(|invoice| invoice.intent.as_deref())
        .and_then(|intent| act.get::<PaymentIntent>(intent))
        .map(Object::render);
    if let Some(intent) = intent {
        refusal = refusal.with("payment_intent", intent);
    }
    Err(refusal)
}

pub(crate) fn void(act: &mut Act, call: &Call) -> Answer {
    let found = act.find::<Invoice>(call.id, "invoice")?.clone();
    if !matches!(found.state, InvoiceState::Open | InvoiceState::Uncollectible) {
        let message = format!(
            "You can only void open or uncollectible invoices; this one is {}.",
            found.state.name()
        );
        return Err(Refusal::invalid(message).begun());
    }
    act.in_time_of(&found.customer, |act| invoice::void(act, call.id));
    retrieve(act, call)
}

pub(crate) fn list_payments(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let intent = fields.object("payment").text("payment_intent");
    let kept: Vec<Value> = act
        .ledger
        .invoices
        .rows()
        .iter()
        .rev()
        .filter(|invoice| fields.text("invoice").is_none_or(|id| invoice.id == id))
        .filter(|invoice| intent.is_none_or(|id| invoice.intent.as_deref() == Some(id)))
        .filter_map(Invoice::payment)
        .filter(|payment| {
            let status = payment.get("status").and_then(Value::as_str);
            fields.text("status").is_none_or(|name| status == Some(name))
        })
        .collect();
    listing::page_of_values(&kept, call, "/v1/invoice_payments")
}
