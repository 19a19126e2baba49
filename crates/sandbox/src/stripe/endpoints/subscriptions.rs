//! `/v1/subscriptions`: read, changed, paused, ended. Checkouts begin them.

use super::show;
use crate::stripe::agenda::Job;
use crate::stripe::billing::end;
use crate::stripe::fields::Fields;
use crate::stripe::ledger::Act;
use crate::stripe::listing::{self, AFTER, BEFORE, CREATED, LIMIT};
use crate::stripe::objects::payment_method::PaymentMethod;
use crate::stripe::objects::price::Price;
use crate::stripe::objects::subscription::{Pause, Subscription};
use crate::stripe::params::{
    Kind, Param, choice, flag, int, list as list_of, metadata, not_played, object, off, text,
};
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::{Answer, Call};

const ITEM: Kind = Kind::Object(&[text("id"), text("price"), int("quantity"), not_played("*")]);

pub(crate) const UPDATE: &[Param] = &[
    flag("cancel_at_period_end"),
    int("cancel_at").or_empty(),
    text("default_payment_method"),
    text("description").max(500).or_empty(),
    list_of("items", &ITEM),
    metadata().or_empty(),
    object(
        "pause_collection",
        &[
            choice("behavior", &["keep_as_draft", "mark_uncollectible", "void"]).required(),
            int("resumes_at"),
        ],
    )
    .or_empty(),
    choice("proration_behavior", &["create_prorations", "none"]),
    object(
        "cancellation_details",
        &[
            text("comment").or_empty(),
            not_played("feedback"),
            not_played("*"),
        ],
    ),
    not_played("*"),
];
pub(crate) const CANCEL: &[Param] = &[
    off("invoice_now"),
    off("prorate"),
    object(
        "cancellation_details",
        &[text("comment").or_empty(), not_played("*")],
    ),
];
pub(crate) const LIST: &[Param] = &[
    LIMIT,
    AFTER,
    BEFORE,
    CREATED,
    text("customer"),
    text("price"),
    text("status"),
    text("test_clock"),
    choice("collection_method", &["charge_automatically"]),
    not_played("automatic_tax"),
    not_played("current_period_end"),
    not_played("current_period_start"),
    not_played("customer_account"),
];

pub(crate) fn list(act: &mut Act, call: &Call) -> Answer {
    let fields = call.fields;
    listing::page::<Subscription>(act, call, |found| {
        let of_status = match fields.text("status") {
            None => !found.is_over(),
            Some("all") => true,
            Some("ended") => found.is_over(),
            Some(name) => found.state.name() == name,
        };
        of_status
            && fields.text("customer").is_none_or(|id| found.customer == id)
            && fields
                .text("test_clock")
                .is_none_or(|id| found.clock.as_deref() == Some(id))
            && fields
                .text("price")
                .is_none_or(|id| found.items.iter().any(|item| item.price.id == id))
    })
}

pub(crate) fn retrieve(act: &mut Act, call: &Call) -> Answer {
    show::<Subscription>(act, call, "id")
}

/// Returns the subscription, if it is not over.
fn living(act: &Act, id: &str) -> Result<Subscription, Refusal> {
    let found = act.find::<Subscription>(id, "id")?;
    if found.is_over() {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(Refusal::invalid(message).begun());
    }
    Ok(found.clone())
}

pub(crate) fn cancel(act: &mut Act, call: &Call) -> Answer {
    let found = act.find::<Subscription>(call.id, "id")?;
    if found.is_over() {
        return Err(Refusal::no_such("subscription", call.id, "id"));
    }
    let customer = found.customer.clone();
    act.in_time_of(&customer, |act| end::end(act, call.id, "cancellation_requested"));
    retrieve(act, call)
}

pub(crate) fn update(act: &mut Act, call: &Call) -> Answer {
    let found = living(act, call.id)?;
    let fields = call.fields;
    if let Some(method) = fields.text("default_payment_method") {
        act.find::<PaymentMethod>(method, "default_payment_method")?;
    }
    let changes = changes(act, &found, fields)?;
    act.in_time_of(&found.customer.clone(), |act| {
        change(act, call.id, fields, &changes);
    });
    retrieve(act, call)
}

/// A new price or quantity for an item.
struct Change {
    item: String,
    price: Option<Price>,
    quantity: Option<i64>,
}

fn changes(act: &Act, found: &Subscription, fields: Fields) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for (index, given) in fields.objects("items").enumerate() {
        let path = format!("items[{index}]");
        let item = given.text("id").unwrap_or_default();
        if !found.items.iter().any(|has| has.id == item) {
            return Err(Refusal::no_such(
                "subscription item",
                item,
                &format!("{path}[id]"),
            ));
        }
        let price = match given.text("price") {
            Some(price) => Some(act.find::<Price>(price, &format!("{path}[price]"))?.clone()),
            None => None,
        };
        if price.as_ref().is_some_and(|price| price.cycle != found.cycle()) {
            let message = "The sandbox changes prices only within the same billing interval.";
            return Err(Refusal::invalid(message).param(format!("{path}[price]")));
        }
        changes.push(Change {
            item: item.to_owned(),
            price,
            quantity: given.int("quantity"),
        });
    }
    Ok(changes)
}

fn change(act: &mut Act, id: &str, fields: Fields, changes: &[Change]) {
    let now = act.now();
    let prorates = fields.text("proration_behavior") != Some("none");
    act.revise::<Subscription>(id, "customer.subscription.updated", |found| {
        for change in changes {
            apply(found, change, prorates.then_some(now));
        }
        if let Some(cancel) = fields.flag("cancel_at_period_end") {
            found.cancel_at_period_end = cancel;
            found.canceled_at = cancel.then_some(now);
            found.end_reason = cancel.then_some("cancellation_requested");
        }
        if fields.has("cancel_at") {
            found.cancel_at = fields.int("cancel_at");
            found.canceled_at = found.cancel_at.map(|_| now);
        }
        if fields.has("pause_collection") {
            let pause = fields.object("pause_collection");
            found.pause = pause.string("behavior").map(|behavior| Pause {
                behavior,
                resumes_at: pause.int("resumes_at"),
            });
        }
        if let Some(method) = fields.string("default_payment_method") {
            found.default_method = Some(method);
        }
        fields.edit("description", &mut found.description);
        fields.edit_metadata(&mut found.metadata);
    });
    let (cancel_at, resumes_at) = act.get::<Subscription>(id).map_or((None, None), |found| {
        let resumes_at = found.pause.as_ref().and_then(|pause| pause.resumes_at);
        (found.cancel_at, resumes_at)
    });
    if let Some(at) = cancel_at.filter(|_| fields.has("cancel_at")) {
        act.schedule(at * 1000, Job::EndAt(id.to_owned(), at));
    }
    if let Some(at) = resumes_at {
        act.schedule(at * 1000, Job::Resume(id.to_owned(), at));
    }
}

/// Changes an item; `now` settles the rest of the period by the second.
fn apply(found: &mut Subscription, change: &Change, now: Option<i64>) {
    let (start, end) = (found.period_start, found.period_end);
    let Some(item) = found.items.iter_mut().find(|item| item.id == change.item) else {
        return;
    };
    let before = item.price.unit_amount * item.quantity;
    if let Some(price) = &change.price {
        item.price = price.clone();
    }
    item.quantity = change.quantity.unwrap_or(item.quantity);
    let after = item.price.unit_amount * item.quantity;
    let Some(now) = now else { return };
    let share = |amount: i64| {
        let (left, whole) = (i128::from(end - now), i128::from((end - start).max(1)));
        i64::try_from(i128::from(amount) * left / whole).unwrap_or(0)
    };
    if before != after {
        found.pending.push(("Unused time".to_owned(), -share(before)));
        found.pending.push(("Remaining time".to_owned(), share(after)));
    }
}

/// Collects again at the moment that a pause named.
pub(crate) fn resume(act: &mut Act, id: &str, at: i64) {
    let is_so = act
        .get::<Subscription>(id)
        .is_some_and(|found| found.pause.as_ref().and_then(|pause| pause.resumes_at) == Some(at));
    if is_so {
        act.revise::<Subscription>(id, "customer.subscription.updated", |found| found.pause = None);
    }
}
