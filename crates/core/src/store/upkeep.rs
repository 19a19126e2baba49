//! Upkeep: what nothing can refer to any more is forgotten.

use std::time::Duration;

use rusqlite::{Connection, named_params};

use super::columns::At;
use crate::Result;
use crate::domain::Timestamp;

/// WhatsApp repeats webhooks for seven days.
const STATUSES: Duration = Duration::from_hours(8 * 24);
/// Stripe keeps events for thirty days.
const EVENTS: Duration = Duration::from_hours(31 * 24);

/// Forgets reports of messages that never came, and events that can't come again.
pub(crate) fn forget_old(conn: &Connection, now: Timestamp) -> Result<()> {
    conn.execute(
        "DELETE FROM early_statuses WHERE at < :before",
        named_params! { ":before": At(now.minus(STATUSES)) },
    )?;
    conn.execute(
        "DELETE FROM stripe_events WHERE seen_at < :before",
        named_params! { ":before": At(now.minus(EVENTS)) },
    )?;
    Ok(())
}
