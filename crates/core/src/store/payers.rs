//! Who pays, as Stripe knows them: one customer for each conversation, in test and live.

use rusqlite::{Connection, params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{ConversationId, Timestamp};

/// A conversation's customer at Stripe, made or still to be made.
#[derive(Debug, Clone)]
pub(crate) struct Payer {
    pub idempotency_key: String,
    pub asked_at: Timestamp,
    pub name: String,
    pub customer: Option<String>,
}

/// Returns the conversation's payer; one that was never asked for is begun, with its key.
pub(crate) fn begin(
    conn: &Connection,
    conversation: ConversationId,
    livemode: bool,
    name: &str,
    now: Timestamp,
) -> Result<Payer> {
    conn.prepare_cached(
        "INSERT INTO payers (conversation_id, livemode, idempotency_key, asked_at, name)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        conversation,
        livemode,
        format!("cobro-payer-{conversation}"),
        At(now),
        name
    ])?;
    Ok(conn
        .prepare_cached(
            "SELECT idempotency_key, asked_at, name, customer FROM payers WHERE conversation_id = ?1 AND livemode = ?2",
        )?
        .query_row(params![conversation, livemode], |row| {
            Ok(Payer {
                idempotency_key: row.get("idempotency_key")?,
                asked_at: at(row, "asked_at")?,
                name: row.get("name")?,
                customer: row.get("customer")?,
            })
        })?)
}

/// Makes a joined conversation's payer that of the one that it went into, unless that has one. At Stripe both stay.
pub(crate) fn move_to(conn: &Connection, from: ConversationId, into: ConversationId) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE payers SET conversation_id = ?2 WHERE conversation_id = ?1")?
        .execute(params![from, into])?;
    conn.prepare_cached("DELETE FROM payers WHERE conversation_id = ?1")?
        .execute(params![from])?;
    Ok(())
}

/// Writes which customer it is.
pub(crate) fn found(
    conn: &Connection,
    conversation: ConversationId,
    livemode: bool,
    customer: &str,
) -> Result<()> {
    conn.prepare_cached("UPDATE payers SET customer = ?3 WHERE conversation_id = ?1 AND livemode = ?2")?
        .execute(params![conversation, livemode, customer])?;
    Ok(())
}
