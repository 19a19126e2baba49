//! What still has to go out, in order per conversation.

use rusqlite::{Connection, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::At;
use crate::Result;
use crate::domain::{ChargeId, ConversationId, MessageId, Timestamp};

/// What is sent, complete, so that a retry sends the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Outgoing {
    Text {
        message: Uuid,
        body: String,
    },
    PayButton {
        message: Uuid,
        body: String,
        button: String,
        url: String,
    },
    /// Tells the customer that we have read up to this message. Safe to repeat.
    ReadReceipt {
        wamid: String,
    },
}

impl Outgoing {
    pub(crate) fn message(&self) -> Option<MessageId> {
        match self {
            Self::Text { message, .. } | Self::PayButton { message, .. } => Some(MessageId(*message)),
            Self::ReadReceipt { .. } => None,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub outgoing: Outgoing,
    pub attempts: u32,
}

/// Queues one thing. Queueing the same id again changes nothing.
pub(crate) fn queue(
    conn: &Connection,
    id: MessageId,
    conversation: ConversationId,
    outgoing: &Outgoing,
    at: Timestamp,
) -> Result<()> {
    let outgoing = serde_json::to_string(outgoing).map_err(anyhow::Error::new)?;
    conn.prepare_cached(
        "INSERT INTO outbox (id, conversation_id, outgoing, sending, attempts, next_at, queued_at)
         VALUES (:id, :conversation_id, :outgoing, 0, 0, :at, :at)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(
        named_params! { ":id": id, ":conversation_id": conversation, ":outgoing": outgoing, ":at": At(at) },
    )?;
    Ok(())
}

/// Returns the first entry of each conversation that is due and not being sent.
///
/// Only the first: order is kept, so one that waits holds back what is behind it.
pub(crate) fn due(conn: &Connection, now: Timestamp, limit: u32) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(
        "SELECT o.id, o.conversation_id, o.outgoing, o.attempts
         FROM outbox o
         WHERE o.sending = 0 AND o.next_at <= :now
           AND o.n = (SELECT min(n) FROM outbox WHERE conversation_id = o.conversation_id)
         ORDER BY o.n LIMIT :limit",
    )?;
    let entries = statement
        .query_map(named_params! { ":now": At(now), ":limit": limit }, entry_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

/// Returns when the first entry of a conversation falls due next. What stands
/// behind it waits with it.
pub(crate) fn next_due(conn: &Connection) -> Result<Option<Timestamp>> {
    let next: Option<i64> = conn
        .prepare_cached(
            "SELECT min(o.next_at) FROM outbox o
             WHERE o.sending = 0
               AND o.n = (SELECT min(n) FROM outbox WHERE conversation_id = o.conversation_id)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(Timestamp::from_millis))
}

/// Marks the entry as being sent, before anything leaves. Returns whether it is still there.
pub(crate) fn claim(conn: &Connection, id: MessageId) -> Result<bool> {
    let claimed = conn
        .prepare_cached(
            "UPDATE outbox SET sending = 1, attempts = attempts + 1 WHERE id = :id AND sending = 0",
        )?
        .execute(named_params! { ":id": id })?;
    Ok(claimed > 0)
}

/// Puts the entry back until `next_at`.
pub(crate) fn release(conn: &Connection, id: MessageId, next_at: Timestamp) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET sending = 0, next_at = :next_at WHERE id = :id")?
        .execute(named_params! { ":id": id, ":next_at": At(next_at) })?;
    Ok(())
}

/// Takes the entry out: its fate is known, or only WhatsApp can tell it.
pub(crate) fn remove(conn: &Connection, id: MessageId) -> Result<()> {
    conn.prepare_cached("DELETE FROM outbox WHERE id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(())
}

/// Takes a charge's link out of the queue where it has not left yet. Returns its messages.
pub(crate) fn withdraw_links(conn: &Connection, charge: ChargeId) -> Result<Vec<MessageId>> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM outbox
         WHERE sending = 0
           AND id IN (SELECT id FROM messages WHERE charge_id = :charge_id AND kind = 'payButton')
         RETURNING id",
    )?;
    let ids = statement
        .query_map(named_params! { ":charge_id": charge }, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Returns what was being sent when the last run ended.
pub(crate) fn interrupted(conn: &Connection) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, conversation_id, outgoing, attempts FROM outbox WHERE sending = 1 ORDER BY n",
    )?;
    let entries = statement
        .query_map([], entry_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

/// Returns how many messages wait.
pub(crate) fn depth(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM outbox WHERE outgoing NOT LIKE '{\"type\":\"read_receipt\"%'")?
        .query_row([], |row| row.get(0))?)
}

fn entry_from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let outgoing: String = row.get("outgoing")?;
    Ok(Entry {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        outgoing: serde_json::from_str(&outgoing).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(error))
        })?,
        attempts: row.get("attempts")?,
    })
}
