//! What a person asked to be done with a subscription.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::Result;
use crate::domain::{Deed, DeedId, NewDeed, Timestamp, Words};
use crate::store::columns::{At, at, from_json, json};

/// A deed that waits for Stripe.
#[derive(Debug, Clone)]
pub(crate) struct ToDo {
    pub subscription: String,
    pub deed: Deed,
    pub idempotency_key: String,
    pub attempts: u32,
    pub created_at: Timestamp,
}

/// Saves what was asked for, with the key that makes it happen once. Returns whether it is new.
pub(crate) fn add(conn: &Connection, new: &NewDeed, next_at: Timestamp, now: Timestamp) -> Result<bool> {
    let added = conn.execute(
        "INSERT INTO subscription_deeds
             (id, subscription_id, deed, state, idempotency_key, attempts, next_at, created_at)
         VALUES (:id, :subscription, :deed, 'wanted', :key, 0, :next_at, :now)
         ON CONFLICT (id) DO NOTHING",
        named_params! {
            ":id": new.id,
            ":subscription": new.subscription,
            ":deed": json(&new.deed)?,
            ":key": format!("cobro-deed-{}", new.id),
            ":next_at": At(next_at),
            ":now": At(now),
        },
    )?;
    Ok(added > 0)
}

/// Returns the subscription that a deed is about, if there is such a deed.
pub(crate) fn about(conn: &Connection, id: DeedId) -> Result<Option<(String, Deed)>> {
    Ok(conn
        .prepare_cached("SELECT subscription_id, deed FROM subscription_deeds WHERE id = ?1")?
        .query_row(params![id], |row| Ok((row.get(0)?, from_json(row, "deed")?)))
        .optional()?)
}

/// Returns whether a deed of a subscription is on its way.
pub(crate) fn is_busy(conn: &Connection, subscription: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM subscription_deeds WHERE subscription_id = ?1 AND state = 'wanted')",
        )?
        .query_row(params![subscription], |row| row.get(0))?)
}

pub(crate) fn to_do(conn: &Connection, id: DeedId) -> Result<Option<ToDo>> {
    Ok(conn
        .prepare_cached(
            "SELECT subscription_id, deed, idempotency_key, attempts, created_at FROM subscription_deeds
             WHERE id = ?1 AND state = 'wanted'",
        )?
        .query_row(params![id], to_do_from_row)
        .optional()?)
}

pub(crate) fn next_to_do(conn: &Connection, now: Timestamp) -> Result<Option<DeedId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM subscription_deeds WHERE state = 'wanted' AND next_at <= ?1 ORDER BY next_at LIMIT 1",
        )?
        .query_row(params![At(now)], |row| row.get(0))
        .optional()?)
}

pub(crate) fn done(conn: &Connection, id: DeedId) -> Result<()> {
    conn.execute(
        "UPDATE subscription_deeds
         SET state = 'done', problem_code = NULL, problem_title = NULL, problem_advice = NULL WHERE id = ?1",
        params![id],
    )?;
    Ok(())
}

pub(crate) fn postpone(conn: &Connection, id: DeedId, next_at: Timestamp, why: &Words) -> Result<()> {
    conn.execute(
        "UPDATE subscription_deeds
         SET next_at = ?2, attempts = attempts + 1, problem_code = ?3, problem_title = ?4, problem_advice = ?5
         WHERE id = ?1 AND state = 'wanted'",
        params![id, At(next_at), why.code, why.title, why.advice],
    )?;
    Ok(())
}

/// Leaves a deed undone, and says why.
pub(crate) fn stop(conn: &Connection, id: DeedId, why: &Words) -> Result<()> {
    conn.execute(
        "UPDATE subscription_deeds
         SET state = 'stopped', problem_code = ?2, problem_title = ?3, problem_advice = ?4
         WHERE id = ?1 AND state = 'wanted'",
        params![id, why.code, why.title, why.advice],
    )?;
    Ok(())
}

fn to_do_from_row(row: &Row<'_>) -> rusqlite::Result<ToDo> {
    Ok(ToDo {
        subscription: row.get("subscription_id")?,
        deed: from_json(row, "deed")?,
        idempotency_key: row.get("idempotency_key")?,
        attempts: row.get("attempts")?,
        created_at: at(row, "created_at")?,
    })
}
