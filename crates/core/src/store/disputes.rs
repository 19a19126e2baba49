//! Payments that a customer's bank takes back.

use cobro_stripe::Dispute as StripeDispute;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{At, at, maybe_at, money};
use crate::domain::{ChargeId, ConversationId, Dispute, Timestamp};
use crate::{Error, Result};

const DISPUTE: &str = "
    SELECT d.id, d.payment_intent, d.charge_id, d.amount_minor, d.currency, d.reason, d.status, d.due_by, d.created_at,
           h.conversation_id, h.livemode, coalesce(nullif(k.book_name, ''), k.name) AS customer
    FROM disputes d
    LEFT JOIN charges h ON h.id = d.charge_id
    LEFT JOIN conversations c ON c.id = h.conversation_id
    LEFT JOIN contacts k ON k.id = c.contact_id";

/// Writes what Stripe says of a dispute. Returns whether it is new.
pub(crate) fn save(
    conn: &Connection,
    charge: Option<ChargeId>,
    payment_intent: &str,
    entry: &StripeDispute,
    now: Timestamp,
) -> Result<bool> {
    let known = conn
        .prepare_cached("SELECT 1 FROM disputes WHERE id = ?1")?
        .exists(params![entry.id])?;
    conn.prepare_cached(
        "INSERT INTO disputes
             (id, payment_intent, charge_id, amount_minor, currency, reason, status, due_by, created_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE
         SET charge_id = coalesce(excluded.charge_id, charge_id), amount_minor = excluded.amount_minor,
             reason = excluded.reason, due_by = excluded.due_by,
             changed_at = CASE WHEN status = excluded.status THEN changed_at ELSE excluded.changed_at END,
             status = excluded.status",
    )?
    .execute(params![
        entry.id,
        payment_intent,
        charge,
        entry.amount.minor(),
        entry.amount.currency().code(),
        entry.reason.as_deref().unwrap_or("general"),
        entry.status,
        entry.due_by.map(At),
        At(entry.created.unwrap_or(now)),
        At(now)
    ])?;
    Ok(!known)
}

/// Returns whether a payment is known to have been disputed.
pub(crate) fn is_known(conn: &Connection, payment_intent: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM disputes WHERE payment_intent = ?1)")?
        .query_row(params![payment_intent], |row| row.get(0))?)
}

pub(crate) fn get(conn: &Connection, id: &str) -> Result<Dispute> {
    conn.prepare_cached(&format!("{DISPUTE} WHERE d.id = ?1"))?
        .query_row(params![id], dispute_from_row)
        .optional()?
        .ok_or(Error::NotFound("This dispute"))
}

/// Returns all disputes: those that wait for an answer first, the most pressing before the others.
pub(crate) fn all(conn: &Connection) -> Result<Vec<Dispute>> {
    let mut statement = conn.prepare_cached(&format!(
        "{DISPUTE} ORDER BY d.status IN ('needs_response', 'warning_needs_response') DESC,
             coalesce(d.due_by, 9e18), d.created_at DESC LIMIT 200"
    ))?;
    let disputes = statement
        .query_map([], dispute_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(disputes)
}

pub(crate) fn of_charge(conn: &Connection, charge: ChargeId) -> Result<Vec<Dispute>> {
    let mut statement =
        conn.prepare_cached(&format!("{DISPUTE} WHERE d.charge_id = ?1 ORDER BY d.created_at"))?;
    let disputes = statement
        .query_map(params![charge], dispute_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(disputes)
}

/// Returns the disputes of all of a conversation's charges, oldest first.
pub(crate) fn of_conversation(conn: &Connection, conversation: ConversationId) -> Result<Vec<Dispute>> {
    let mut statement = conn.prepare_cached(&format!(
        "{DISPUTE} WHERE h.conversation_id = ?1 ORDER BY d.created_at"
    ))?;
    let disputes = statement
        .query_map(params![conversation], dispute_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(disputes)
}

fn dispute_from_row(row: &Row<'_>) -> rusqlite::Result<Dispute> {
    let status: String = row.get("status")?;
    let live: Option<bool> = row.get("livemode")?;
    let id: String = row.get("id")?;
    Ok(Dispute {
        payment_intent: row.get("payment_intent")?,
        charge: row.get("charge_id")?,
        conversation: row.get("conversation_id")?,
        customer: row.get("customer")?,
        amount: money(row, "amount_minor", "currency")?,
        reason: row.get("reason")?,
        is_open: matches!(status.as_str(), "needs_response" | "warning_needs_response"),
        status,
        due_by: maybe_at(row, "due_by")?,
        created_at: at(row, "created_at")?,
        dashboard: dashboard(live == Some(true), "disputes", &id),
        id,
    })
}

/// Returns where Stripe's dashboard shows an object.
pub(crate) fn dashboard(live: bool, what: &str, id: &str) -> String {
    let mode = if live { "" } else { "test/" };
    format!("https://dashboard.stripe.com/{mode}{what}/{id}")
}
