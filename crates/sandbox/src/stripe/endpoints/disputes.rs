//! `/v1/disputes`: read, answered, accepted. Customers open them: see the control API.

use serde_json::Value;

use super::show;
use crate::stripe::checkout::dispute;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::dispute::{Dispute, DisputeState};
use crate::stripe::params::{Param, flag, metadata, not_played, object, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const UPDATE: &[Param] = &[
    metadata().or_empty(),
    flag("submit"),
    object(
        "evidence",
        &[
            text("product_description"),
            text("customer_name"),
            text("customer_email_address"),
            text("shipping_address"),
            text("shipping_carrier"),
            text("shipping_date"),
            text("shipping_tracking_number"),
            text("service_date"),
            text("uncategorized_text"),
            not_played("*"),
        ],
    ),
];
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("charge"),
    text("payment_intent"),
];

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let (charge, intent) = (call.fields.text("charge"), call.fields.text("payment_intent"));
    listing::page::<Dispute>(act, call, |dispute| {
        charge.is_none_or(|id| dispute.charge == id) && intent.is_none_or(|id| dispute.payment_intent == id)
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Dispute>(act, call, "dispute")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    let state = act.find::<Dispute>(call.id, "dispute")?.state;
    let fields = call.fields;
    let says_something = fields.has("evidence") || fields.flag("submit") == Some(true);
    if says_something && !state.needs_response() {
        let message =
            "This dispute is already closed or under review, and its evidence can no longer change.";
        return Err(Refusal::invalid(message).param("evidence").begun());
    }
    let submits = fields.has("evidence") && fields.flag("submit") != Some(false);
    act.revise::<Dispute>(call.id, "charge.dispute.updated", |dispute| {
        if let Some(Value::Object(evidence)) = fields.get("evidence") {
            dispute.evidence.extend(evidence.clone());
        }
        fields.edit_metadata(&mut dispute.metadata);
        if submits {
            dispute.submissions += 1;
            dispute.state = if dispute.state.is_warning() {
                DisputeState::WarningUnderReview
            } else {
                DisputeState::UnderReview
            };
        }
    });
    retrieve(act, call)
}

pub(crate) fn close(act: &mut Act, call: &Call) -> Answer {
    act.find::<Dispute>(call.id, "dispute")?;
    dispute::close(act, call.id, false).map_err(|why| Refusal::invalid(why).begun())?;
    retrieve(act, call)
}
