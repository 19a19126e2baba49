//! Invoices: made, finalized, paid, voided, written off.

use serde_json::{Map, Value};

use crate::stripe::ids;
use crate::stripe::ledger::Act;
use crate::stripe::objects::coupon::Coupon;
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::stripe::objects::price::Price;
use crate::stripe::objects::product::Product;
use crate::stripe::objects::session::Session;
use crate::stripe::objects::subscription::{Subscription, SubscriptionState};
use crate::stripe::shelf::Object;

/// Makes a draft and tells of it; returns its id.
pub(crate) fn make(
    act: &mut Act,
    subscription: &str,
    reason: &'static str,
    lines: Vec<InvoiceLine>,
    discount: i64,
) -> String {
    let id = act.id("in");
    if let Some(invoice) = draft(act, subscription, &id, reason, lines, discount) {
        act.create("invoice.created", invoice);
        act.amend::<Subscription>(subscription, |found| found.latest_invoice = Some(id.clone()));
    }
    id
}

fn draft(
    act: &Act,
    subscription: &str,
    id: &str,
    reason: &'static str,
    lines: Vec<InvoiceLine>,
    discount: i64,
) -> Option<Invoice> {
    let found = act.get::<Subscription>(subscription)?;
    let period = (found.period_start, found.period_end);
    Some(Invoice {
        id: id.to_owned(),
        created: act.now(),
        number: None,
        state: InvoiceState::Draft,
        customer: found.customer.clone(),
        email: act
            .get::<Customer>(&found.customer)
            .and_then(|customer| customer.email.clone()),
        subscription: subscription.to_owned(),
        subscription_metadata: found.metadata.clone(),
        currency: found.currency,
        lines,
        discount,
        period,
        reason,
        attempts: 0,
        next_attempt: None,
        advances: true,
        intent: None,
        finalized_at: None,
        paid_at: None,
        voided_at: None,
        written_off_at: None,
        url: format!("{}/i/{id}", act.ledger.options.public_url),
        clock: found.clock.clone(),
        metadata: Map::new(),
    })
}

/// Returns the invoice that the end of the current period will make, as the API shows it. Nothing is kept.
pub(crate) fn upcoming(act: &mut Act, subscription: &str) -> Option<Value> {
    let mut lines = lines_of_period(act, subscription);
    let found = act.get::<Subscription>(subscription)?.clone();
    let end = found.cycle().map_or(found.period_end, |cycle| {
        cycle.after(found.anchor, found.cycles + 1)
    });
    for line in &mut lines {
        line.period = (found.period_end, end);
    }
    let off = discount_on(act, subscription, lines.iter().map(|line| line.amount).sum());
    let id = format!("upcoming_in_{}", ids::token(14));
    let mut invoice = draft(act, subscription, &id, "upcoming", lines, off)?;
    invoice.created = found.period_end;
    invoice.next_attempt = Some(found.period_end + 60 * 60);
    Some(invoice.render())
}

/// Returns the lines for the period that the subscription is in.
pub(crate) fn lines_of_period(act: &mut Act, subscription: &str) -> Vec<InvoiceLine> {
    let Some(found) = act.get::<Subscription>(subscription).cloned() else {
        return Vec::new();
    };
    let period = (found.period_start, found.period_end);
    let mut lines = Vec::new();
    for (description, amount) in found.pending {
        lines.push(InvoiceLine {
            id: act.id("il"),
            description,
            price: None,
            item: None,
            quantity: 1,
            amount,
            period,
            proration: true,
        });
    }
    for item in found.items {
        lines.push(InvoiceLine {
            item: Some(item.id),
            ..line_of_price(act, &item.price, item.quantity, period)
        });
    }
    lines
}

/// Returns the lines of a checkout: what comes again, unless it is on trial, and what is paid once.
pub(crate) fn lines_of_session(act: &mut Act, session: &Session, subscription: &str) -> Vec<InvoiceLine> {
    let Some(found) = act.get::<Subscription>(subscription).cloned() else {
        return Vec::new();
    };
    let period = (found.period_start, found.period_end);
    let on_trial = found.state == SubscriptionState::Trialing;
    let mut lines = Vec::new();
    for line in &session.lines {
        let Some(price) = act.get::<Price>(&line.price).cloned() else {
            continue;
        };
        let made = line_of_price(act, &price, line.quantity, period);
        let is_free = on_trial && line.cycle.is_some();
        lines.push(InvoiceLine {
            amount: if is_free { 0 } else { made.amount },
            ..made
        });
    }
    lines
}

fn line_of_price(act: &mut Act, price: &Price, quantity: i64, period: (i64, i64)) -> InvoiceLine {
    let name = act
        .get::<Product>(&price.product)
        .map(|product| product.name.clone())
        .unwrap_or_default();
    InvoiceLine {
        id: act.id("il"),
        description: format!("{quantity} × {name}"),
        price: Some((price.id.clone(), price.product.clone(), price.unit_amount)),
        item: None,
        quantity,
        amount: price.unit_amount * quantity,
        period,
        proration: false,
    }
}

/// Returns what a subscription's coupon takes off.
pub(crate) fn discount_on(act: &Act, subscription: &str, amount: i64) -> i64 {
    let Some(found) = act.get::<Subscription>(subscription) else {
        return 0;
    };
    let coupon = found
        .discount
        .as_ref()
        .and_then(|discount| act.get::<Coupon>(&discount.coupon));
    coupon
        .and_then(|coupon| coupon.takes_off(amount.max(0), found.currency))
        .unwrap_or(0)
}

/// Opens a draft; returns whether it was one.
pub(crate) fn finalize(act: &mut Act, id: &str) -> bool {
    let now = act.now();
    let Some(found) = act
        .get::<Invoice>(id)
        .filter(|invoice| invoice.state == InvoiceState::Draft)
    else {
        return false;
    };
    let prefix = act
        .get::<Customer>(&found.customer)
        .map(|customer| customer.invoice_prefix.clone())
        .unwrap_or_default();
    let count = act.ledger.invoices.place(id).unwrap_or(0) + 1;
    act.advance::<Invoice>(id, "invoice.finalized", |invoice| {
        invoice.state = InvoiceState::Open;
        invoice.number = Some(format!("{prefix}-{count:04}"));
        invoice.finalized_at = Some(now);
    });
    true
}

/// Marks an invoice paid, and its subscription as in order again where nothing else is open.
pub(crate) fn mark_paid(act: &mut Act, id: &str) {
    let now = act.now();
    act.advance::<Invoice>(id, "invoice.paid", |invoice| {
        invoice.state = InvoiceState::Paid;
        invoice.paid_at = Some(now);
        invoice.next_attempt = None;
    });
    if let Some(shown) = act.get::<Invoice>(id).map(Object::render) {
        act.emit("invoice.payment_succeeded", shown);
    }
    let Some(subscription) = act.get::<Invoice>(id).map(|invoice| invoice.subscription.clone()) else {
        return;
    };
    let is_open =
        |invoice: &Invoice| invoice.subscription == subscription && invoice.state == InvoiceState::Open;
    if act.ledger.invoices.rows().iter().any(is_open) {
        return;
    }
    act.revise::<Subscription>(&subscription, "customer.subscription.updated", |found| {
        if found.state == SubscriptionState::PastDue {
            found.state = SubscriptionState::Active;
        }
    });
    if let Some(customer) = act
        .get::<Subscription>(&subscription)
        .map(|found| found.customer.clone())
    {
        act.amend::<Customer>(&customer, |customer| customer.delinquent = false);
    }
}

/// Takes an invoice back: it is never asked for.
pub(crate) fn void(act: &mut Act, id: &str) {
    finalize(act, id);
    let now = act.now();
    act.advance::<Invoice>(id, "invoice.voided", |invoice| {
        invoice.state = InvoiceState::Void;
        invoice.voided_at = Some(now);
        invoice.next_attempt = None;
    });
}

/// Gives an invoice up, and keeps it in the books.
pub(crate) fn write_off(act: &mut Act, id: &str) {
    finalize(act, id);
    let now = act.now();
    act.advance::<Invoice>(id, "invoice.marked_uncollectible", |invoice| {
        invoice.state = InvoiceState::Uncollectible;
        invoice.written_off_at = Some(now);
        invoice.next_attempt = None;
    });
}

/// Leaves a draft a draft.
pub(crate) fn hold(act: &mut Act, id: &str) {
    act.amend::<Invoice>(id, |invoice| invoice.advances = false);
}
