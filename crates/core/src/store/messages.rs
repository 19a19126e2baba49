//! Messages, and the reports on how far they came.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Kind, at, words};
use crate::domain::{
    ChargeId, ConversationId, Delivery, Direction, Forwarded, Message, MessageId, MessageKind, Origin, Page,
    Timestamp, Words,
};
use crate::{Error, Result};

const PAGE: usize = 50;
/// One more than a page tells whether there is another.
const PAGE_AND_ONE: i64 = 51;

const COLUMNS: &str = "n, id, conversation_id, wamid, direction, origin, kind, text, at, delivery,
    problem_code, problem_title, problem_advice, charge_id, retry_of, media_name";

/// A message as it is first written.
#[derive(Clone)]
pub(crate) struct NewMessage<'a> {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub wamid: Option<&'a str>,
    pub direction: Direction,
    pub origin: Origin,
    pub kind: MessageKind,
    pub text: &'a str,
    pub at: Timestamp,
    pub delivery: Option<Delivery>,
    pub charge: Option<ChargeId>,
    pub retry_of: Option<MessageId>,
    pub media_name: Option<&'a str>,
    pub envelope: Option<i64>,
}

/// Adds the message. Returns whether it is new: webhooks repeat, and so do clicks.
///
/// A known wamid with the same content is a repetition. With another content it
/// is kept beside the first: what was answered 200 is never dropped.
pub(crate) fn add(conn: &Connection, message: &NewMessage<'_>) -> Result<bool> {
    if insert(conn, message, 0)? {
        return Ok(true);
    }
    match message.wamid {
        Some(wamid) => add_variant(conn, message, wamid),
        None => Ok(false),
    }
}

fn add_variant(conn: &Connection, message: &NewMessage<'_>, wamid: &str) -> Result<bool> {
    let (variants, same): (i64, bool) = conn
        .prepare_cached(
            "SELECT count(*), coalesce(max(direction = :direction AND kind = :kind AND text = :text), 0)
             FROM messages WHERE wamid = :wamid",
        )?
        .query_row(
            named_params! {
                ":wamid": wamid, ":direction": message.direction, ":kind": Kind(message.kind), ":text": message.text,
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    if same || variants == 0 {
        Ok(false)
    } else {
        insert(conn, message, variants)
    }
}

fn insert(conn: &Connection, message: &NewMessage<'_>, variant: i64) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT INTO messages
                 (id, conversation_id, wamid, variant, direction, origin, kind, text, at, delivery, charge_id, retry_of,
                  media_name, envelope)
             VALUES (:id, :conversation_id, :wamid, :variant, :direction, :origin, :kind, :text, :at, :delivery, :charge_id,
                  :retry_of, :media_name, :envelope)
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":id": message.id,
            ":conversation_id": message.conversation,
            ":wamid": message.wamid,
            ":variant": variant,
            ":direction": message.direction,
            ":origin": message.origin,
            ":kind": Kind(message.kind),
            ":text": message.text,
            ":at": At(message.at),
            ":delivery": message.delivery,
            ":charge_id": message.charge,
            ":retry_of": message.retry_of,
            ":media_name": message.media_name,
            ":envelope": message.envelope,
        })?;
    Ok(added > 0)
}

pub(crate) fn get(conn: &Connection, id: MessageId) -> Result<Message> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = :id"))?
        .query_row(named_params! { ":id": id }, message_from_row)
        .optional()?
        .ok_or(Error::NotFound("This message"))
}

pub(crate) fn find(conn: &Connection, id: MessageId) -> Result<Option<Message>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = :id"))?
        .query_row(named_params! { ":id": id }, message_from_row)
        .optional()?)
}

pub(crate) fn id_of_wamid(conn: &Connection, wamid: &str) -> Result<Option<MessageId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM messages WHERE wamid = :wamid ORDER BY variant LIMIT 1")?
        .query_row(named_params! { ":wamid": wamid }, |row| row.get(0))
        .optional()?)
}

/// Returns one page of a thread, newest first, before the key `before`.
pub(crate) fn page(
    conn: &Connection,
    conversation: ConversationId,
    before: Option<&str>,
) -> Result<Page<Message>> {
    let (last_at, last_n) = match before {
        Some(cursor) => cursor_from_text(cursor)?,
        None => (i64::MAX, i64::MAX),
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM messages
         WHERE conversation_id = :conversation_id AND (at, n) < (:last_at, :last_n)
         ORDER BY at DESC, n DESC LIMIT :limit"
    ))?;
    let mut rows: Vec<(i64, Message)> = statement
        .query_map(
            named_params! {
                ":conversation_id": conversation, ":last_at": last_at, ":last_n": last_n, ":limit": PAGE_AND_ONE,
            },
            |row| Ok((row.get("n")?, message_from_row(row)?)),
        )?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(n, message)| format!("{}_{n}", message.at.millis()));
    Ok(Page {
        rows: rows.into_iter().map(|(_, message)| message).collect(),
        next,
    })
}

/// What WhatsApp, or our own sender, reports of a message.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub delivery: Delivery,
    pub at: Timestamp,
    pub problem: Option<Words>,
}

/// Moves the message on. Returns it if that changed anything.
pub(crate) fn report(conn: &Connection, id: MessageId, report: &Report) -> Result<Option<Message>> {
    let Some(before) = find(conn, id)? else {
        return Ok(None);
    };
    if !before
        .delivery
        .is_some_and(|delivery| delivery.moves_to(report.delivery))
    {
        return Ok(None);
    }
    let problem = report.problem.as_ref();
    conn.prepare_cached(
        "UPDATE messages
         SET delivery = :delivery,
             problem_code = :code, problem_title = :title, problem_advice = :advice,
             sent_at = CASE WHEN :delivery IN ('sent', 'delivered', 'read') THEN coalesce(sent_at, :at)
                            ELSE sent_at END,
             delivered_at = CASE WHEN :delivery IN ('delivered', 'read') THEN coalesce(delivered_at, :at)
                                 ELSE delivered_at END,
             read_at = CASE WHEN :delivery = 'read' THEN coalesce(read_at, :at) ELSE read_at END
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id,
        ":delivery": report.delivery,
        ":at": At(report.at),
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
    })?;
    Ok(Some(Message {
        delivery: Some(report.delivery),
        problem: report.problem.clone(),
        ..before
    }))
}

/// Sets a delivery that our own sender knows, forwards or back to the queue.
pub(crate) fn set_delivery(conn: &Connection, id: MessageId, delivery: Delivery) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET delivery = :delivery
         WHERE id = :id AND delivery IN ('queued', 'sending', 'unknown')",
    )?
    .execute(named_params! { ":id": id, ":delivery": delivery })?;
    Ok(())
}

/// Writes WhatsApp's name for a message, unless another message has it.
pub(crate) fn set_wamid(conn: &Connection, id: MessageId, wamid: &str) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE messages SET wamid = :wamid WHERE id = :id AND wamid IS NULL")?
        .execute(named_params! { ":id": id, ":wamid": wamid })?;
    Ok(())
}

/// Keeps a report whose message is not here yet.
pub(crate) fn keep_early(conn: &Connection, wamid: &str, report: &Report) -> Result<()> {
    let problem = report.problem.as_ref();
    conn.prepare_cached(
        "INSERT INTO early_statuses (wamid, status, at, problem_code, problem_title, problem_advice)
         VALUES (:wamid, :status, :at, :code, :title, :advice)
         ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":wamid": wamid,
        ":status": report.delivery,
        ":at": At(report.at),
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
    })?;
    Ok(())
}

/// Takes the reports that came before the message did.
pub(crate) fn take_early(conn: &Connection, wamid: &str) -> Result<Vec<Report>> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM early_statuses WHERE wamid = :wamid
         RETURNING status, at, problem_code, problem_title, problem_advice",
    )?;
    let reports = statement
        .query_map(named_params! { ":wamid": wamid }, |row| {
            Ok(Report {
                delivery: row.get("status")?,
                at: at(row, "at")?,
                problem: words(row)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(reports)
}

/// Calls `each` for every message in order of arrival, for an export.
pub(crate) fn for_each(conn: &Connection, mut each: impl FnMut(Message) -> Result<()>) -> Result<()> {
    let mut statement = conn.prepare(&format!("SELECT {COLUMNS} FROM messages ORDER BY n"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(message_from_row(row)?)?;
    }
    Ok(())
}

fn cursor_from_text(cursor: &str) -> Result<(i64, i64)> {
    cursor
        .split_once('_')
        .and_then(|(at, n)| Some((at.parse().ok()?, n.parse().ok()?)))
        .ok_or_else(|| {
            Error::Invalid("The page cursor is not one of ours. Load the thread from its end".into())
        })
}

fn message_from_row(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        wamid: row.get("wamid")?,
        direction: row.get("direction")?,
        origin: row.get("origin")?,
        kind: row.get::<_, Kind>("kind")?.0,
        text: row.get("text")?,
        at: at(row, "at")?,
        delivery: row.get("delivery")?,
        problem: words(row)?,
        charge: row.get("charge_id")?,
        retry_of: row.get("retry_of")?,
        media_name: row.get("media_name")?,
        content: None,
        media: None,
        quote: None,
        forwarded: Forwarded::No,
        referral: None,
        reactions: Vec::new(),
        edited_at: None,
        revoked_at: None,
        pricing: None,
        asks: false,
    })
}
