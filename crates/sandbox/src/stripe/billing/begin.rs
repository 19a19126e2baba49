//! A paid checkout begins a subscription.

use super::{cycle, invoice};
use crate::stripe::ledger::Act;
use crate::stripe::objects::coupon::{Coupon, CouponDuration};
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::invoice::{Invoice, InvoiceState};
use crate::stripe::objects::payment_intent::PaymentIntent;
use crate::stripe::objects::payment_method::PaymentMethod;
use crate::stripe::objects::price::{Cycle, Interval, Price};
use crate::stripe::objects::session::Session;
use crate::stripe::objects::subscription::{Discount, Item, Subscription, SubscriptionState};

const DAY: i64 = 24 * 60 * 60;

/// Begins what a session sells again and again. `intent` paid for the first time, unless nothing was due.
pub(crate) fn begin(act: &mut Act, session: &str, method: &str, intent: Option<&str>) {
    let Some(found) = act.get::<Session>(session).cloned() else {
        return;
    };
    let Some(customer) = found.customer.clone() else {
        return;
    };
    act.amend::<PaymentMethod>(method, |method| method.customer = Some(customer.clone()));
    act.amend::<Customer>(&customer, |customer| {
        customer.default_method = Some(method.to_owned());
    });
    if let Some(intent) = intent {
        act.amend::<PaymentIntent>(intent, |intent| intent.customer = Some(customer.clone()));
    }
    act.in_time_of(&customer.clone(), |act| {
        let subscription = keep(act, &found, customer, method);
        let invoice = first_invoice(act, &found, &subscription, intent);
        act.amend::<Session>(session, |session| {
            session.subscription = Some(subscription);
            session.invoice = Some(invoice);
        });
    });
}

fn keep(act: &mut Act, session: &Session, customer: String, method: &str) -> String {
    let now = act.now();
    let items = items(act, session);
    let rhythm = items.iter().find_map(|item| item.price.cycle).unwrap_or(Cycle {
        interval: Interval::Month,
        count: 1,
    });
    let trial = session.terms.trial_days.map(|days| (now, now + days * DAY));
    let (anchor, cycles, period_end) = match trial {
        Some((_, end)) => (end, 0, end),
        None => (now, 1, rhythm.after(now, 1)),
    };
    let subscription = Subscription {
        id: act.id("sub"),
        created: now,
        currency: session.currency,
        items,
        state: if trial.is_some() {
            SubscriptionState::Trialing
        } else {
            SubscriptionState::Active
        },
        anchor,
        cycles,
        period_start: now,
        period_end,
        trial,
        cancel_at_period_end: false,
        cancel_at: None,
        canceled_at: None,
        ended_at: None,
        end_reason: None,
        pause: None,
        schedule: None,
        latest_invoice: None,
        default_method: Some(method.to_owned()),
        discount: discount(act, session),
        pending: Vec::new(),
        description: session.terms.description.clone(),
        clock: act.clock.clone(),
        metadata: session.terms.data.clone(),
        customer,
    };
    let id = subscription.id.clone();
    act.create("customer.subscription.created", subscription);
    cycle::plan(act, &id);
    id
}

fn items(act: &mut Act, session: &Session) -> Vec<Item> {
    let recurring: Vec<(String, i64)> = session
        .lines
        .iter()
        .filter(|line| line.cycle.is_some())
        .map(|line| (line.price.clone(), line.quantity))
        .collect();
    let mut items = Vec::new();
    for (price, quantity) in recurring {
        if let Some(price) = act.get::<Price>(&price).cloned() {
            items.push(Item {
                id: act.id("si"),
                created: act.now(),
                price,
                quantity,
            });
        }
    }
    items
}

/// Returns what stays of the session's discount: nothing after the first invoice where it is for once.
fn discount(act: &mut Act, session: &Session) -> Option<Discount> {
    let applied = session.discount.as_ref()?;
    let duration = act.get::<Coupon>(&applied.coupon)?.duration;
    let end = match duration {
        CouponDuration::Once => return None,
        CouponDuration::Forever => None,
        CouponDuration::Months(months) => Some(
            Cycle {
                interval: Interval::Month,
                count: months,
            }
            .after(act.now(), 1),
        ),
    };
    Some(Discount {
        id: act.id("di"),
        coupon: applied.coupon.clone(),
        end,
    })
}

/// Makes the invoice of the checkout itself, paid by what the session took.
fn first_invoice(act: &mut Act, session: &Session, subscription: &str, intent: Option<&str>) -> String {
    let lines = invoice::lines_of_session(act, session, subscription);
    let id = invoice::make(
        act,
        subscription,
        "subscription_create",
        lines,
        session.discounted(),
    );
    invoice::finalize(act, &id);
    act.amend::<Invoice>(&id, |invoice| {
        invoice.intent = intent.map(str::to_owned);
        invoice.attempts = i64::from(intent.is_some());
    });
    invoice::mark_paid(act, &id);
    debug_assert!(
        act.get::<Invoice>(&id)
            .is_some_and(|invoice| invoice.state == InvoiceState::Paid)
    );
    id
}
