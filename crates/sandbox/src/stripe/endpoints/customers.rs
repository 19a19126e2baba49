//! `/v1/customers`, as far as a checkout needs them.

use super::show;
use crate::stripe::fields::Fields;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::test_clock::TestClock;
use crate::stripe::params::{Param, metadata, not_played, object, text};
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
            object(
                "invoice_settings",
                &[text("default_payment_method"), not_played("*")]
            ),
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
    text("test_clock")
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
    text("test_clock"),
];

pub(crate) fn create(act: &mut Act, call: &Call) -> Answer {
    let mut customer = Customer::new(act.id("cus"), act.now());
    if let Some(clock) = call.fields.text("test_clock") {
        act.find::<TestClock>(clock, "test_clock")?;
        customer.clock = Some(clock.to_owned());
    }
    write(&mut customer, call.fields);
    Ok(act.create("customer.created", customer))
}

fn write(customer: &mut Customer, fields: Fields) {
    fields.edit("name", &mut customer.name);
    fields.edit("email", &mut customer.email);
    fields.edit("phone", &mut customer.phone);
    fields.edit("description", &mut customer.description);
    fields
        .object("invoice_settings")
        .edit("default_payment_method", &mut customer.default_method);
    fields.edit_metadata(&mut customer.metadata);
}

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let (email, clock) = (call.fields.text("email"), call.fields.text("test_clock"));
    listing::page::<Customer>(act, call, |customer| {
        !customer.deleted
            && clock.is_none_or(|id| customer.clock.as_deref() == Some(id))
            && email.is_none_or(|email| customer.email.as_deref() == Some(email))
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
