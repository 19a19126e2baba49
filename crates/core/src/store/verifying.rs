//! What says paid here, and what a check found of it.

use std::collections::HashMap;

use cobro_stripe::ledger::Range;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::At;
use crate::Result;
use crate::domain::{ChargeId, Timestamp};

/// A payment that is kept here as having succeeded.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub charge: Option<ChargeId>,
    pub minor: i64,
    pub currency: String,
    /// A person tied it, so Stripe's own metadata says nothing of it.
    pub tied: bool,
    /// An earlier check found nothing of it.
    pub contested: bool,
    /// The account in which Stripe showed it.
    pub account: Option<String>,
}

/// Returns a page of the charges that say money came, behind the charge `after`.
pub(crate) fn said_paid(conn: &Connection, after: Option<ChargeId>) -> Result<Vec<ChargeId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM charges
         WHERE id > ?1 AND contested_at IS NULL
           AND (paid_at IS NOT NULL OR fulfilment IS NOT NULL
                OR payment IN ('partly_paid', 'paid', 'overpaid', 'partly_refunded', 'refunded', 'disputed'))
         ORDER BY id LIMIT 500",
    )?;
    let after = after.unwrap_or(ChargeId(uuid::Uuid::nil()));
    let page = statement
        .query_map(params![after], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(page)
}

/// Returns the payments of a range that are kept here as having succeeded, or once were. What cost nothing is none
/// of Stripe's payments.
pub(crate) fn kept(conn: &Connection, range: Range, live: bool) -> Result<HashMap<String, Kept>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.payment_intent, p.charge_id, p.amount_minor, p.currency, y.payment_intent IS NOT NULL,
                p.contested_at IS NOT NULL, p.account
         FROM payments p LEFT JOIN ties y ON y.payment_intent = p.payment_intent
         WHERE (p.status = 'succeeded' OR p.contested_at IS NOT NULL) AND p.livemode = ?1 AND p.amount_minor > 0
           AND coalesce(p.paid_at, p.verified_at) >= ?2 AND coalesce(p.paid_at, p.verified_at) < ?3",
    )?;
    let kept = statement
        .query_map(params![live, At(range.since), At(range.until)], |row| {
            let kept = Kept {
                charge: row.get(1)?,
                minor: row.get(2)?,
                currency: row.get(3)?,
                tied: row.get(4)?,
                contested: row.get(5)?,
                account: row.get(6)?,
            };
            Ok((row.get(0)?, kept))
        })?
        .collect::<Result<_, _>>()?;
    Ok(kept)
}

/// Returns the end of the older month whose turn it is; the newest of them once the oldest was looked at.
pub(crate) fn next_month(
    conn: &Connection,
    turn: Option<Timestamp>,
    recent: Timestamp,
) -> Result<Option<Timestamp>> {
    let newest_before = |until: Timestamp| -> Result<Option<Timestamp>> {
        let at: Option<i64> = conn
            .prepare_cached("SELECT max(paid_at) FROM payments WHERE status = 'succeeded' AND paid_at < ?1")?
            .query_row(params![At(until)], |row| row.get(0))?;
        Ok(at.map(|at| Timestamp::from_millis(at.saturating_add(1))))
    };
    match newest_before(turn.unwrap_or(recent).min(recent))? {
        Some(until) => Ok(Some(until)),
        None => newest_before(recent),
    }
}

/// Takes a payment out of what counts. All else that is known of it stays, since Stripe may have it after all.
/// Returns the charge that stood on it.
pub(crate) fn contest_payment(conn: &Connection, intent: &str, now: Timestamp) -> Result<Option<ChargeId>> {
    let charge = conn
        .prepare_cached("SELECT charge_id FROM payments WHERE payment_intent = ?1 AND status = 'succeeded'")?
        .query_row(params![intent], |row| row.get::<_, Option<ChargeId>>(0))
        .optional()?;
    conn.prepare_cached(
        "UPDATE payments
         SET status = 'failed', failure = 'not_at_stripe', contested_at = ?2
         WHERE payment_intent = ?1 AND status = 'succeeded'",
    )?
    .execute(params![intent, At(now)])?;
    Ok(charge.flatten())
}

/// Marks a charge. What it said is put aside, so that nothing is handed over for it meanwhile. Returns whether it
/// was not marked before.
pub(crate) fn contest(conn: &Connection, id: ChargeId, now: Timestamp) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges
         SET contested_at = ?2, payment = 'unknown',
             contested_paid_at = paid_at, contested_fulfilment = fulfilment, contested_fulfilment_at = fulfilment_at,
             paid_at = NULL, fulfilment = NULL, fulfilment_at = NULL
         WHERE id = ?1 AND contested_at IS NULL",
        params![id, At(now)],
    )?;
    Ok(changed > 0)
}

/// Gives a charge back what was put aside: Stripe has its payment after all.
pub(crate) fn restore(conn: &Connection, id: ChargeId) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET paid_at = coalesce(paid_at, contested_paid_at), fulfilment = coalesce(fulfilment, contested_fulfilment),
             fulfilment_at = coalesce(fulfilment_at, contested_fulfilment_at),
             contested_paid_at = NULL, contested_fulfilment = NULL, contested_fulfilment_at = NULL
         WHERE id = ?1",
        params![id],
    )?;
    Ok(())
}

/// Takes the mark off: a person has looked.
pub(crate) fn accept(conn: &Connection, id: ChargeId) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET contested_at = NULL, problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = ?1 AND contested_at IS NOT NULL",
        params![id],
    )?;
    Ok(())
}

/// Returns how many charges are marked.
pub(crate) fn contested(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM charges WHERE contested_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}
