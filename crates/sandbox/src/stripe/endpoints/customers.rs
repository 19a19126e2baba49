//! `/v1/customers`, as far as a checkout needs them.

use super::show;
use crate::stripe::fields::Fields;
use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::customer::Customer;
use crate::stripe::params::{Param, metadata, not_played, text};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

macro_rules! writable {
    ($($more:expr),*) => {
        &[
            text("name").max(256).or_empty(),
            text("email").max(512).or_empty(),
            text("phone").max(20).or_empty(),
            text("description").or_empty(),
            metadata().or_empty(),
            not_played("address"),
            not_played("balance"),
            not_played("business_name"),
            not_played("cash_balance"),
            not_played("individual_name"),
            not_played("invoice_prefix"),
            not_played("invoice_settings"),
            not_played("next_invoice_sequence"),
            not_played("preferred_locales"),
            not_played("shipping"),
            not_played("source"),
            not_played("tax"),
            not_played("tax_exempt"),
            not_played("validate"),
            $($more),*
        ]
    };
}

pub(crate) const WRITE: &[Param] = writable!(
    not_played("payment_method"),
    not_played("tax_id_data"),
    not_played("test_clock")
);
pub(crate) const UPDATE: &[Param] = writable!(
    not_played("bank_account"),
    not_played("card"),
    not_played("default_alipay_account"),
    not_played("default_bank_account"),
    not_played("default_card"),
    not_played("default_source")
);
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("email").max(512),
    not_played("test_clock"),
];

#[expect(clippy::unnecessary_wraps, reason = "every endpoint answers alike")]
pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let mut customer = Customer {
        id: act.id("cus"),
        created: act.now(),
        deleted: false,
        name: None,
        email: None,
        phone: None,
        description: None,
        invoice_prefix: ids::token(8).to_uppercase(),
        metadata: serde_json::Map::new(),
    };
    write(&mut customer, call.fields);
    Ok(act.create("customer.created", customer))
}

fn write(customer: &mut Customer, fields: Fields) {
    fields.edit("name", &mut customer.name);
    fields.edit("email", &mut customer.email);
    fields.edit("phone", &mut customer.phone);
    fields.edit("description", &mut customer.description);
    fields.edit_metadata(&mut customer.metadata);
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let email = call.fields.text("email");
    listing::page::<Customer>(act, call, |customer| {
        !customer.deleted && email.is_none_or(|email| customer.email.as_deref() == Some(email))
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Customer>(act, call, "id")
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    find(act, call.id, "id")?;
    act.revise::<Customer>(call.id, "customer.updated", |customer| {
        write(customer, call.fields);
    });
    retrieve(act, call)
}

pub(crate) fn delete(act: &mut Act, call: &Call) -> Answer {
    find(act, call.id, "id")?;
    act.advance::<Customer>(call.id, "customer.deleted", |_| {});
    act.amend::<Customer>(call.id, |customer| customer.deleted = true);
    retrieve(act, call)
}

/// Returns the customer unless it is unknown or deleted.
pub(crate) fn find<'a>(act: &'a Act, id: &str, param: &str) -> Result<&'a Customer, Refusal> {
    act.get::<Customer>(id)
        .filter(|customer| !customer.deleted)
        .ok_or_else(|| Refusal::no_such("customer", id, param))
}
