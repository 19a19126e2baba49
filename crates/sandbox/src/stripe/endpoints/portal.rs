//! `/v1/billing_portal/sessions`: a visit to the page where a subscriber changes the card or cancels.

use serde_json::{Value, json};

use super::customers;
use crate::stripe::fields::Fields;
use crate::stripe::ids;
use crate::stripe::ledger::{Act, PortalVisit};
use crate::stripe::objects::subscription::Subscription;
use crate::stripe::params::{Param, choice, not_played, object, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

pub(crate) const CREATE: &[Param] = &[
    text("customer").required(),
    text("return_url"),
    text("locale"),
    object(
        "flow_data",
        &[
            choice("type", &["payment_method_update", "subscription_cancel"]).required(),
            object(
                "subscription_cancel",
                &[text("subscription").required(), not_played("retention")],
            ),
            not_played("*"),
        ],
    ),
    not_played("configuration"),
    not_played("customer_account"),
    not_played("on_behalf_of"),
];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    let customer = fields.string("customer").unwrap_or_default();
    customers::find(act, &customer, "customer")?;
    let flow = flow(act, fields)?;
    let token = format!("test_{}", ids::token(40));
    let url = format!("{}/p/session/{token}", act.ledger.options.public_url);
    let visit = PortalVisit {
        customer: customer.clone(),
        locale: fields.string("locale"),
        return_url: fields.string("return_url"),
    };
    act.ledger.portal.insert(token, visit);
    let id = act.id("bps");
    Ok(json!({
        "id": id,
        "object": "billing_portal.session",
        "configuration": "bpc_1Sandbox0000000000000000",
        "created": act.now(),
        "customer": customer,
        "customer_account": null,
        "flow": flow,
        "livemode": false,
        "locale": fields.text("locale"),
        "on_behalf_of": null,
        "return_url": fields.text("return_url"),
        "url": url,
    }))
}

fn flow(act: &Act, fields: Fields) -> Result<Option<Value>, Refusal> {
    let data = fields.object("flow_data");
    let Some(kind) = data.text("type") else {
        return Ok(None);
    };
    let subscription = data.object("subscription_cancel").text("subscription");
    if let Some(id) = subscription {
        act.find::<Subscription>(id, "flow_data[subscription_cancel][subscription]")?;
    }
    Ok(Some(json!({
        "after_completion": {"hosted_confirmation": null, "redirect": null, "type": "portal_homepage"},
        "customer_update": null,
        "subscription_cancel": subscription.map(|id| json!({"retention": null, "subscription": id})),
        "subscription_update": null,
        "subscription_update_confirm": null,
        "type": kind,
    })))
}
