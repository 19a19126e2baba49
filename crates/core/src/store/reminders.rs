//! Reminders of open links: whom to remind, and whom not any more.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{ChargeId, MessageId, Timestamp};

/// Lets a charge's customer be reminded, or not. Returns whether that is a change.
pub(crate) fn set(conn: &Connection, charge: ChargeId, on: bool) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges SET reminders_off = ?2 WHERE id = ?1 AND reminders_off <> ?2",
        params![charge, !on],
    )?;
    Ok(changed > 0)
}

/// Behind which charge a page of those that are due begins.
pub(crate) type After = (Timestamp, ChargeId);

/// Returns a page of the charges whose customers may be due for a reminder, oldest first: open, sent,
/// not too old, and with fewer reminders than `most`, the last of them long enough ago.
pub(crate) fn due(
    conn: &Connection,
    livemode: bool,
    after: Duration,
    most: u32,
    oldest: Timestamp,
    now: Timestamp,
    behind: Option<After>,
) -> Result<Vec<After>> {
    let mut statement = conn.prepare_cached(
        "SELECT h.opened_at, h.id FROM charges h
         JOIN messages m ON m.id = h.message_id
         WHERE h.payment IN ('open', 'failed_attempt') AND h.livemode = ?1 AND h.reminders_off = 0
           AND h.closing IS NULL AND h.closed IS NULL AND h.link_url IS NOT NULL AND h.opened_at >= ?3
           AND m.delivery IN ('sent', 'delivered', 'read')
           AND (SELECT count(*) FROM reminders r WHERE r.charge_id = h.id) < ?4
           AND max(m.at, coalesce((SELECT max(r.at) FROM reminders r WHERE r.charge_id = h.id), 0)) <= ?2
           AND (h.expires_at IS NULL OR h.expires_at > ?5)
           AND (h.opened_at, h.id) > (?6, ?7)
         ORDER BY h.opened_at, h.id LIMIT 50",
    )?;
    let (behind_at, behind_id) =
        behind.unwrap_or((Timestamp::from_millis(i64::MIN), ChargeId(uuid::Uuid::nil())));
    let due = statement
        .query_map(
            params![
                livemode,
                At(now.minus(after)),
                At(oldest),
                most,
                At(now),
                At(behind_at),
                behind_id
            ],
            |row| Ok((at(row, "opened_at")?, row.get("id")?)),
        )?
        .collect::<Result<_, _>>()?;
    Ok(due)
}

/// Notes that the customer was reminded, or could not be. Each number happens once.
pub(crate) fn add(
    conn: &Connection,
    charge: ChargeId,
    number: u32,
    message: Option<MessageId>,
    now: Timestamp,
) -> Result<bool> {
    let added = conn.execute(
        "INSERT INTO reminders (charge_id, number, message_id, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![charge, number, message, At(now)],
    )?;
    Ok(added > 0)
}

/// Returns the charges whose voucher ends between two moments and of which nobody was reminded by this number.
pub(crate) fn vouchers_ending(
    conn: &Connection,
    livemode: bool,
    from: Timestamp,
    to: Timestamp,
    number: u32,
) -> Result<Vec<ChargeId>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT h.id FROM payments p
         JOIN charges h ON h.id = p.charge_id
         WHERE p.status = 'processing' AND p.voucher_until > ?1 AND p.voucher_until <= ?2 AND h.livemode = ?3
           AND h.payment = 'processing' AND h.reminders_off = 0
           AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.charge_id = h.id AND r.number = ?4)",
    )?;
    let due = statement
        .query_map(params![At(from), At(to), livemode, number], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(due)
}
