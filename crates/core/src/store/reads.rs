//! How often Stripe was read this month: reading is metered.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::At;
use crate::Result;
use crate::domain::Timestamp;

pub(crate) fn add(conn: &Connection, month: &str, reads: i64) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO stripe_reads (month, reads) VALUES (:month, :reads)
         ON CONFLICT (month) DO UPDATE SET reads = reads + excluded.reads",
    )?
    .execute(named_params! { ":month": month, ":reads": reads })?;
    Ok(())
}

pub(crate) fn of_month(conn: &Connection, month: &str) -> Result<u64> {
    let reads: Option<i64> = conn
        .prepare_cached("SELECT reads FROM stripe_reads WHERE month = :month")?
        .query_row(named_params! { ":month": month }, |row| row.get(0))
        .optional()?;
    Ok(reads.and_then(|reads| u64::try_from(reads).ok()).unwrap_or(0))
}

/// Returns how many payments succeeded in the last 30 days: the allowance grows with them.
pub(crate) fn paid_in_30_days(conn: &Connection, now: Timestamp) -> Result<u64> {
    let since = now.minus(Duration::from_hours(30 * 24));
    let paid: i64 = conn
        .prepare_cached("SELECT count(*) FROM payments WHERE status = 'succeeded' AND paid_at >= :since")?
        .query_row(named_params! { ":since": At(since) }, |row| row.get(0))?;
    Ok(u64::try_from(paid).unwrap_or(0))
}
