//! Notices that nobody has been told of yet.

use rusqlite::{Connection, Row, named_params, params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{ChargeId, ConversationId, MessageId, NoticeId, NoticeKind, Timestamp};

#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub conversation: ConversationId,
    pub charge: Option<ChargeId>,
    pub message: Option<MessageId>,
    /// The payment that it tells of.
    pub payment_intent: Option<String>,
    pub at: Timestamp,
}

pub(crate) fn add(conn: &Connection, notice: &Notice) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO notices (id, kind, conversation_id, charge_id, message_id, payment_intent, at)
         VALUES (:id, :kind, :conversation_id, :charge_id, :message_id, :payment_intent, :at)",
    )?
    .execute(named_params! {
        ":id": notice.id,
        ":kind": notice.kind,
        ":conversation_id": notice.conversation,
        ":charge_id": notice.charge,
        ":message_id": notice.message,
        ":payment_intent": notice.payment_intent,
        ":at": At(notice.at),
    })?;
    Ok(())
}

/// An alert that nobody has been told of yet.
#[derive(Debug, Clone)]
pub(crate) struct AlertNotice {
    pub id: NoticeId,
    pub alert: i64,
}

pub(crate) fn add_alert(conn: &Connection, id: NoticeId, alert: i64, at: Timestamp) -> Result<()> {
    conn.prepare_cached("INSERT INTO notices (id, kind, alert, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, NoticeKind::Alert, alert, At(at)])?;
    Ok(())
}

pub(crate) fn waiting_alerts(conn: &Connection) -> Result<Vec<AlertNotice>> {
    let mut statement =
        conn.prepare_cached("SELECT id, alert FROM notices WHERE alert IS NOT NULL ORDER BY id LIMIT 50")?;
    let notices = statement
        .query_map([], |row| {
            Ok(AlertNotice {
                id: row.get(0)?,
                alert: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(notices)
}

pub(crate) fn waiting(conn: &Connection) -> Result<Vec<Notice>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, kind, conversation_id, charge_id, message_id, payment_intent, at FROM notices
         WHERE conversation_id IS NOT NULL ORDER BY id LIMIT 500",
    )?;
    let notices = statement
        .query_map([], notice_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(notices)
}

pub(crate) fn remove(conn: &Connection, ids: &[NoticeId]) -> Result<()> {
    let mut statement = conn.prepare_cached("DELETE FROM notices WHERE id = :id")?;
    for id in ids {
        statement.execute(named_params! { ":id": id })?;
    }
    Ok(())
}

fn notice_from_row(row: &Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        kind: row.get("kind")?,
        conversation: row.get("conversation_id")?,
        charge: row.get("charge_id")?,
        message: row.get("message_id")?,
        payment_intent: row.get("payment_intent")?,
        at: at(row, "at")?,
    })
}
