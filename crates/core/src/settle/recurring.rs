//! Subscriptions and their invoices, read back: each paid invoice is a payment of its charge.

use cobro_stripe::{
    CheckoutSession, Created, Invoice, InvoicesOf, Money as StripeMoney, StripeApi, StripeError,
    Subscription as StripeSubscription,
};
use rusqlite::Transaction;

use super::asked::Asked;
use super::{Fact, Found, fact_of_intent};
use crate::domain::{
    ChargeId, InvoiceRecord, Money, Recurrence, Recurring, SubscriptionRecord, Timestamp, payment_of,
};
use crate::store::{charges, payments, subscriptions};
use crate::{Inbox, Language, Result, subscription};

/// An invoice older than so many hundreds of newer ones tells nothing new.
const MOST_PAGES: usize = 10;

/// What Stripe has of one subscription, and when it was asked.
pub(super) struct Known {
    charge: ChargeId,
    subscription: StripeSubscription,
    /// Those that are not settled here yet.
    invoices: Vec<Invoice>,
    read_at: Timestamp,
}

/// Reads a subscription, and every invoice of it that is not settled here.
pub(super) async fn of_subscription(
    inbox: &Inbox,
    stripe: &StripeApi,
    id: &str,
    session: Option<&CheckoutSession>,
) -> Result<Found> {
    let read_at = Timestamp::now();
    let subscription = stripe.subscription(id).await?;
    let Some(charge) = owner(inbox, &subscription, session).await? else {
        return Ok(Found::default());
    };
    let invoices = match subscription.latest_invoice.clone() {
        Some(latest) if !is_settled(inbox, latest.clone()).await? => unsettled(inbox, stripe, id).await?,
        _ => Vec::new(),
    };
    let invoices = with_first(stripe, invoices, session).await?;
    found(stripe, charge, subscription, invoices, session, read_at).await
}

/// Adds the session's own invoice, settled or not: what its page collected belongs to that payment.
async fn with_first(
    stripe: &StripeApi,
    mut invoices: Vec<Invoice>,
    session: Option<&CheckoutSession>,
) -> Result<Vec<Invoice>, StripeError> {
    if let Some(first) = session.and_then(|session| session.invoice.as_deref())
        && !invoices.iter().any(|invoice| invoice.id == first)
    {
        invoices.push(stripe.invoice(first).await?);
    }
    Ok(invoices)
}

/// Reads one invoice with what was paid for it, and its subscription.
pub(super) async fn of_invoice(inbox: &Inbox, stripe: &StripeApi, id: &str) -> Result<Found> {
    let read_at = Timestamp::now();
    let invoice = stripe.invoice(id).await?;
    let Some(subscription) = &invoice.subscription else {
        return Ok(Found::default());
    };
    let subscription = stripe.subscription(subscription).await?;
    let Some(charge) = owner(inbox, &subscription, None).await? else {
        return Ok(Found::default());
    };
    found(stripe, charge, subscription, vec![invoice], None, read_at).await
}

/// Returns what belongs to a payment that no session knows: what its invoice and subscription say, if it has any.
pub(super) async fn of_payment(inbox: &Inbox, stripe: &StripeApi, intent: &str) -> Result<Option<Found>> {
    let name = intent.to_owned();
    let (known, recurs) = inbox
        .store
        .read(move |conn| {
            Ok((
                subscriptions::of_payment(conn, &name)?,
                charges::any_recurs(conn)?,
            ))
        })
        .await?;
    if let Some(invoice) = known {
        return of_invoice(inbox, stripe, &invoice).await.map(Some);
    }
    if !recurs {
        return Ok(None);
    }
    let invoice = match stripe.invoice_of_payment(intent).await {
        Ok(found) => found.and_then(|payment| payment.invoice),
        // A key that may not read invoices must not keep other payments from being settled.
        Err(error) if error.is_not_found() || matches!(error, StripeError::Permission { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(invoice) = invoice else {
        return Ok(None);
    };
    let found = of_invoice(inbox, stripe, &invoice).await?;
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// Returns the charge through which a customer subscribed: by its link, by what is here, or by its metadata.
async fn owner(
    inbox: &Inbox,
    subscription: &StripeSubscription,
    session: Option<&CheckoutSession>,
) -> Result<Option<ChargeId>> {
    let id = subscription.id.clone();
    let named = subscription.metadata.get("cobro_charge").cloned();
    let carriers: Vec<String> = session
        .map(|session| {
            let link = session.payment_link.clone();
            link.into_iter().chain([session.id.clone()]).collect()
        })
        .unwrap_or_default();
    let live = subscription.livemode;
    inbox
        .store
        .read(move |conn| {
            for carrier in &carriers {
                if let Some(charge) = charges::id_of_link(conn, carrier)? {
                    return Ok(Some(charge));
                }
            }
            if let Some(charge) = subscriptions::charge_of(conn, &id)? {
                return Ok(Some(charge));
            }
            let Some(charge) = named.and_then(|id| id.parse().ok()) else {
                return Ok(None);
            };
            let known = charges::find(conn, charge)?;
            Ok(known.filter(|known| known.livemode == live).map(|known| known.id))
        })
        .await
}

async fn is_settled(inbox: &Inbox, invoice: String) -> Result<bool> {
    inbox
        .store
        .read(move |conn| subscriptions::is_settled(conn, &invoice))
        .await
}

/// Returns the invoices that are not settled here, from the newest back to where everything is.
async fn unsettled(inbox: &Inbox, stripe: &StripeApi, subscription: &str) -> Result<Vec<Invoice>> {
    let mut open = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let of = InvoicesOf::Subscription(subscription);
        let page = stripe.invoices(of, Created::default(), after.as_deref()).await?;
        after = page.items.last().map(|invoice| invoice.id.clone());
        let more = page.has_more;
        let before = open.len();
        for invoice in page.items {
            if !is_settled(inbox, invoice.id.clone()).await? {
                open.push(invoice);
            }
        }
        if !more || after.is_none() || open.len() == before {
            break;
        }
    }
    Ok(open)
}

async fn found(
    stripe: &StripeApi,
    charge: ChargeId,
    subscription: StripeSubscription,
    invoices: Vec<Invoice>,
    session: Option<&CheckoutSession>,
    read_at: Timestamp,
) -> Result<Found> {
    let mut payments = Vec::new();
    for invoice in &invoices {
        payments.extend(facts_of_invoice(stripe, charge, invoice, session).await?);
    }
    Ok(Found {
        payments,
        subscriptions: vec![Known {
            charge,
            subscription,
            invoices,
            read_at,
        }],
    })
}

/// Reads the payments of one invoice. They carry no metadata of ours: whose they are, the subscription says.
async fn facts_of_invoice(
    stripe: &StripeApi,
    charge: ChargeId,
    invoice: &Invoice,
    session: Option<&CheckoutSession>,
) -> Result<Vec<Fact>, StripeError> {
    let session = session.filter(|session| session.invoice.as_deref() == Some(invoice.id.as_str()));
    let mut facts = Vec::new();
    for intent in invoice
        .payments
        .iter()
        .filter_map(|payment| payment.payment_intent.as_deref())
    {
        let mut fact = fact_of_intent(stripe.payment_intent(intent).await?, None);
        fact.charge_id = Some(charge.to_string());
        fact.record.invoice = Some(invoice.id.clone());
        fact.asked = Asked {
            subtotal: None,
            total: Some(invoice.amount_due.minor()),
            collected: session.and_then(|session| Asked::of_session(&session.raw).collected),
        };
        if let Some(session) = session {
            fact.record.checkout_session = Some(session.id.clone());
            fact.link.clone_from(&session.payment_link);
        }
        facts.push(fact);
    }
    Ok(facts)
}

/// Writes the subscriptions and their invoices, before the payments: whose these are, they say.
pub(super) fn save(tx: &Transaction<'_>, known: &[Known]) -> Result<()> {
    for Known {
        charge,
        subscription,
        invoices,
        read_at,
    } in known
    {
        let asked = charges::get(tx, *charge)?;
        if asked.livemode != subscription.livemode {
            continue;
        }
        let usual = Usual {
            amount: asked.amount,
            recurrence: asked.terms.recurrence,
        };
        subscriptions::save(tx, &record(*charge, subscription, usual, *read_at))?;
        for invoice in invoices {
            subscriptions::save_invoice(tx, &invoice_record(&subscription.id, invoice, *read_at))?;
        }
        subscriptions::refresh(tx, &subscription.id)?;
    }
    Ok(())
}

/// Returns what was read of a subscription that is here already.
pub(super) fn known(
    tx: &Transaction<'_>,
    subscription: StripeSubscription,
    read_at: Timestamp,
) -> Result<Option<Known>> {
    let charge = subscriptions::charge_of(tx, &subscription.id)?;
    Ok(charge.map(|charge| Known {
        charge,
        subscription,
        invoices: Vec::new(),
        read_at,
    }))
}

/// Tells the customers of the payments that failed, and the shop if it announces anything, each once.
pub(super) fn tell_failures(
    tx: &Transaction<'_>,
    known: &[Known],
    language: Language,
    announces: bool,
    now: Timestamp,
) -> Result<()> {
    for Known {
        subscription: known,
        invoices,
        ..
    } in known
    {
        if subscriptions::charge_of(tx, &known.id)?.is_none() {
            continue;
        }
        for invoice in invoices {
            subscription::failed(tx, &known.id, &invoice.id, language, now)?;
            if announces {
                subscription::announce_failure(tx, &known.id, invoice, now)?;
            }
        }
    }
    Ok(())
}

/// Derives the charges' states once more: a trial begins, and a subscription ends, without a payment.
pub(super) fn conclude(tx: &Transaction<'_>, known: &[Known], now: Timestamp) -> Result<Vec<ChargeId>> {
    let mut told = Vec::new();
    for Known { charge, .. } in known {
        let payment = payment_of(charges::facts(tx, *charge)?, &payments::of_charge(tx, *charge)?);
        charges::set_payment(tx, *charge, payment, now)?;
        told.push(*charge);
    }
    Ok(told)
}

/// What was asked for, where Stripe's answer does not say.
#[derive(Clone, Copy)]
struct Usual {
    amount: Money,
    recurrence: Option<Recurrence>,
}

fn record(
    charge: ChargeId,
    subscription: &StripeSubscription,
    usual: Usual,
    read_at: Timestamp,
) -> SubscriptionRecord {
    let first = subscription.items.first();
    let price = first.and_then(|item| item.price.as_ref());
    SubscriptionRecord {
        id: subscription.id.clone(),
        charge,
        customer: subscription.customer.clone(),
        stripe_status: subscription.status.clone(),
        paused: subscription.pause.is_some(),
        resumes_at: subscription.pause.as_ref().and_then(|pause| pause.resumes_at),
        amount: each_time(subscription).unwrap_or(usual.amount),
        every: price
            .and_then(|price| price.recurring)
            .or(usual.recurrence.map(Recurrence::every))
            .unwrap_or(Recurring::MONTHLY),
        instalments: usual.recurrence.and_then(Recurrence::instalments),
        period_end: subscription.period_end(),
        trial_end: subscription.trial_end,
        cancel_at: subscription.cancel_at,
        cancel_at_period_end: subscription.cancel_at_period_end,
        ended_at: subscription.ended_at,
        started_at: subscription.started.or(subscription.created).unwrap_or(read_at),
        price: price.map(|price| price.id.clone()),
        schedule: subscription.schedule.clone(),
        // Only we know; what is kept of it stays as it is.
        is_planned: false,
        livemode: subscription.livemode,
        read_at,
    }
}

/// Returns what its items ask for each time.
fn each_time(subscription: &StripeSubscription) -> Option<StripeMoney> {
    let mut sum: Option<StripeMoney> = None;
    for item in &subscription.items {
        let unit = item.price.as_ref()?.unit_amount?;
        let minor = unit
            .minor()
            .checked_mul(i64::try_from(item.quantity).ok()?)?
            .checked_add(sum.map_or(0, StripeMoney::minor))?;
        sum = StripeMoney::from_minor(minor, unit.currency()).ok();
    }
    sum
}

fn invoice_record(subscription: &str, invoice: &Invoice, read_at: Timestamp) -> InvoiceRecord {
    InvoiceRecord {
        id: invoice.id.clone(),
        subscription: subscription.to_owned(),
        status: invoice.status.clone().unwrap_or_default(),
        due: invoice.amount_due,
        paid: invoice.amount_paid,
        attempts: u32::try_from(invoice.attempt_count).unwrap_or(u32::MAX),
        retry_at: invoice.next_payment_attempt,
        url: invoice.url.clone(),
        created_at: invoice.created.unwrap_or(read_at),
        paid_at: invoice.paid_at,
        read_at,
    }
}
