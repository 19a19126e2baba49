//! The schedules by which plans of instalments end.

use rusqlite::{Connection, OptionalExtension, params};

use crate::Result;
use crate::domain::{Timestamp, Words};
use crate::store::columns::At;

/// A plan whose end is not set at Stripe yet.
#[derive(Debug, Clone)]
pub(crate) struct ToPlan {
    pub subscription: String,
    pub count: u32,
    pub idempotency_key: String,
    pub attempts: u32,
}

/// Returns a plan whose end should be set now.
pub(crate) fn next_to_plan(conn: &Connection, livemode: bool, now: Timestamp) -> Result<Option<ToPlan>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, instalments, plan_key, plan_attempts FROM subscriptions
             WHERE plan = 'wanted' AND plan_next_at <= ?1 AND livemode = ?2 AND instalments IS NOT NULL
               AND plan_key IS NOT NULL
             ORDER BY plan_next_at LIMIT 1",
        )?
        .query_row(params![At(now), livemode], |row| {
            Ok(ToPlan {
                subscription: row.get(0)?,
                count: row.get(1)?,
                idempotency_key: row.get(2)?,
                attempts: row.get(3)?,
            })
        })
        .optional()?)
}

/// Writes that Stripe ends it by itself; without a schedule where it is over already.
pub(crate) fn planned(conn: &Connection, id: &str, schedule: Option<&str>) -> Result<()> {
    conn.execute(
        "UPDATE subscriptions
         SET plan = 'made', schedule = coalesce(?2, schedule), problem_code = NULL, problem_title = NULL,
             problem_advice = NULL
         WHERE id = ?1 AND plan = 'wanted'",
        params![id, schedule],
    )?;
    Ok(())
}

/// Tries again later, and says why it is not set yet.
pub(crate) fn postpone_plan(conn: &Connection, id: &str, next_at: Timestamp, why: &Words) -> Result<()> {
    conn.execute(
        "UPDATE subscriptions
         SET plan_next_at = ?2, plan_attempts = plan_attempts + 1, problem_code = ?3, problem_title = ?4,
             problem_advice = ?5
         WHERE id = ?1 AND plan = 'wanted'",
        params![id, At(next_at), why.code, why.title, why.advice],
    )?;
    Ok(())
}

/// Lets a plan be ended by hand: its schedule is taken away, and none is made again.
pub(crate) fn release_plan(conn: &Connection, id: &str) -> Result<()> {
    conn.execute(
        "UPDATE subscriptions SET plan = 'released' WHERE id = ?1 AND plan IN ('wanted', 'made')",
        params![id],
    )?;
    Ok(())
}

/// Lets a plan end by itself after all, by another schedule.
pub(crate) fn plan_again(conn: &Connection, id: &str, key: &str) -> Result<()> {
    conn.execute(
        "UPDATE subscriptions
         SET plan = 'wanted', plan_key = ?2, plan_next_at = 0, plan_attempts = 0, schedule = NULL
         WHERE id = ?1 AND plan = 'released'",
        params![id, key],
    )?;
    Ok(())
}

/// Returns how many plans have no end yet though it was tried.
pub(crate) fn unplanned(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM subscriptions WHERE plan = 'wanted' AND plan_attempts > 2")?
        .query_row([], |row| row.get(0))?)
}
