//! Subscriptions and their invoices, as last read back from Stripe.

mod deeds;
mod invoices;
mod news;
mod plans;
mod views;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

pub(crate) use deeds::{
    ToDo, about as deed, add as add_deed, done as deed_done, is_busy, next_to_do, postpone as postpone_deed,
    stop as stop_deed, to_do,
};
pub(crate) use invoices::{is_settled, number_of, of_payment, save as save_invoice, subscription_of};
pub(crate) use news::{News, Soon, is_told, soon, tell, uncollected};
pub(crate) use plans::{ToPlan, next_to_plan, plan_again, planned, postpone_plan, release_plan, unplanned};
pub(crate) use views::{for_each, get, of_conversation, page};

use super::columns::{At, at, maybe_at, money};
use crate::Result;
use crate::domain::{ChargeId, Interval, Recurring, SubscriptionRecord, SubscriptionStatus};

const COLUMNS: &str = "id, charge_id, customer, stripe_status, paused, resumes_at, amount_minor, currency, interval,
    interval_count, instalments, period_end, trial_end, cancel_at, cancel_at_period_end, ended_at, started_at, price,
    schedule, livemode, read_at, plan";

/// Payments that have come for a subscription: what was asked for and paid, not a trial's nothing.
const PAID: &str = "SELECT count(*) FROM subscription_invoices i
    WHERE i.subscription_id = subscriptions.id AND i.status = 'paid' AND i.paid_minor > 0";

/// Writes what Stripe says now, unless something newer is here. A plan that is new wants its schedule, with the key
/// that makes it once.
pub(crate) fn save(conn: &Connection, record: &SubscriptionRecord) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO subscriptions
             (id, charge_id, customer, stripe_status, status, paused, resumes_at, amount_minor, currency, interval,
              interval_count, instalments, period_end, trial_end, cancel_at, cancel_at_period_end, ended_at, started_at,
              price, schedule, livemode, read_at, plan, plan_key, plan_next_at, plan_attempts)
         VALUES (:id, :charge, :customer, :stripe_status, 'active', :paused, :resumes_at, :minor, :currency, :interval,
              :count, :instalments, :period_end, :trial_end, :cancel_at, :at_period_end, :ended_at, :started_at,
              :price, :schedule, :livemode, :read_at, iif(:instalments IS NULL, 'none', 'wanted'),
              iif(:instalments IS NULL, NULL, 'cobro-plan-' || :id), 0, 0)
         ON CONFLICT (id) DO UPDATE
         SET customer = coalesce(excluded.customer, customer), stripe_status = excluded.stripe_status,
             paused = excluded.paused, resumes_at = excluded.resumes_at, amount_minor = excluded.amount_minor,
             currency = excluded.currency, interval = excluded.interval, interval_count = excluded.interval_count,
             period_end = excluded.period_end, trial_end = excluded.trial_end, cancel_at = excluded.cancel_at,
             cancel_at_period_end = excluded.cancel_at_period_end, ended_at = excluded.ended_at,
             price = coalesce(excluded.price, price), schedule = coalesce(excluded.schedule, schedule),
             read_at = excluded.read_at
         WHERE excluded.read_at >= read_at",
    )?
    .execute(named_params! {
        ":id": record.id,
        ":charge": record.charge,
        ":customer": record.customer,
        ":stripe_status": record.stripe_status,
        ":paused": record.paused,
        ":resumes_at": record.resumes_at.map(At),
        ":minor": record.amount.minor(),
        ":currency": record.amount.currency().code(),
        ":interval": record.every.interval.name(),
        ":count": record.every.count,
        ":instalments": record.instalments,
        ":period_end": record.period_end.map(At),
        ":trial_end": record.trial_end.map(At),
        ":cancel_at": record.cancel_at.map(At),
        ":at_period_end": record.cancel_at_period_end,
        ":ended_at": record.ended_at.map(At),
        ":started_at": At(record.started_at),
        ":price": record.price,
        ":schedule": record.schedule,
        ":livemode": record.livemode,
        ":read_at": At(record.read_at),
    })?;
    Ok(())
}

/// Works out what Stripe's words and the payments that have come mean. Returns how it stands, if it is ours.
pub(crate) fn refresh(conn: &Connection, id: &str) -> Result<Option<SubscriptionStatus>> {
    let Some(record) = find(conn, id)? else {
        return Ok(None);
    };
    let paid = paid(conn, id)?;
    let status = record.status(paid);
    conn.prepare_cached("UPDATE subscriptions SET status = ?2, next_at = ?3 WHERE id = ?1")?
        .execute(params![id, status, record.next_charge(paid).map(At)])?;
    Ok(Some(status))
}

/// Returns how many payments have come.
pub(crate) fn paid(conn: &Connection, id: &str) -> Result<u32> {
    Ok(conn
        .prepare_cached(&format!("SELECT ({PAID}) FROM subscriptions WHERE id = ?1"))?
        .query_row(params![id], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

pub(crate) fn find(conn: &Connection, id: &str) -> Result<Option<SubscriptionRecord>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM subscriptions WHERE id = ?1"))?
        .query_row(params![id], record_from_row)
        .optional()?)
}

/// Returns whose a subscription is.
pub(crate) fn charge_of(conn: &Connection, id: &str) -> Result<Option<ChargeId>> {
    Ok(conn
        .prepare_cached("SELECT charge_id FROM subscriptions WHERE id = ?1")?
        .query_row(params![id], |row| row.get(0))
        .optional()?)
}

/// Returns the subscriptions that go on: whatever was or wasn't heard of them, they are read back now and then.
pub(crate) fn going(conn: &Connection, livemode: bool) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM subscriptions
         WHERE stripe_status NOT IN ('canceled', 'incomplete_expired') AND livemode = ?1 ORDER BY id",
    )?;
    let going = statement
        .query_map(params![livemode], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(going)
}

fn record_from_row(row: &Row<'_>) -> rusqlite::Result<SubscriptionRecord> {
    Ok(SubscriptionRecord {
        id: row.get("id")?,
        charge: row.get("charge_id")?,
        customer: row.get("customer")?,
        stripe_status: row.get("stripe_status")?,
        paused: row.get("paused")?,
        resumes_at: maybe_at(row, "resumes_at")?,
        amount: money(row, "amount_minor", "currency")?,
        every: rhythm(row)?,
        instalments: row.get("instalments")?,
        period_end: maybe_at(row, "period_end")?,
        trial_end: maybe_at(row, "trial_end")?,
        cancel_at: maybe_at(row, "cancel_at")?,
        cancel_at_period_end: row.get("cancel_at_period_end")?,
        ended_at: maybe_at(row, "ended_at")?,
        started_at: at(row, "started_at")?,
        price: row.get("price")?,
        schedule: row.get("schedule")?,
        is_planned: row.get::<_, String>("plan")? == "made",
        livemode: row.get("livemode")?,
        read_at: at(row, "read_at")?,
    })
}

fn rhythm(row: &Row<'_>) -> rusqlite::Result<Recurring> {
    let interval: String = row.get("interval")?;
    Ok(Recurring {
        interval: Interval::from_name(&interval).unwrap_or(Interval::Month),
        count: row.get("interval_count")?,
    })
}
