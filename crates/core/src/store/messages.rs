//! Messages, and the reports on how far they came.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde::de::DeserializeOwned;

use super::columns::{At, Kind, at, maybe_at, words};
use super::conversations;
use crate::domain::{
    ChargeId, ContactId, ConversationId, Delivery, Direction, Forwarded, MediaView, Message, MessageId,
    MessageKind, Origin, Page, Pricing, Quote, ReactionView, Timestamp, Words,
};
use crate::{Error, Result};

const PAGE: usize = 50;
/// How far ahead of ours WhatsApp's clock is believed, where it only orders a thread.
const FURTHEST_AHEAD: Duration = Duration::from_hours(48);
/// How far two clocks are apart without anybody noticing.
const CLOCKS_APART: Duration = Duration::from_secs(1);
/// WhatsApp's code for free text outside the 24 hours.
const WINDOW_CLOSED: &str = "131047";
/// How many messages a jump reads at once.
const DEEPEST: usize = 3000;

/// A message with everything that belongs to it, in one statement: reactions and
/// quotes by WhatsApp's names, the file and whether it asks by our own.
const SELECT: &str = "
    SELECT m.n, m.id, m.conversation_id, m.wamid, m.direction, m.origin, m.kind, m.text, m.at, m.delivery,
           m.problem_code, m.problem_title, m.problem_advice, m.charge_id, m.retry_of, m.media_name,
           m.put_aside, m.content, m.referral, m.reply_to, m.forwarded, m.edited_at, m.revoked_at, m.pricing,
           CASE WHEN m.referral IS NOT NULL THEN (
               SELECT p.name FROM products p WHERE p.sku = json_extract(m.referral, '$.product')) END AS product_name,
           coalesce(o.asks, 0) AS asks,
           q.id AS quote_id, q.direction AS quote_direction, q.kind AS quote_kind,
           CASE WHEN q.revoked_at IS NULL THEN coalesce(nullif(q.text, ''), q.media_name) END AS quote_text,
           ri.emoji AS reaction_in, ro.emoji AS reaction_out,
           f.state AS file_state, f.mime, f.name AS file_name, f.size, f.voice, f.animated, f.width, f.height,
           f.duration_ms, f.thumbnail IS NOT NULL AS has_thumbnail, f.problem_code AS file_problem_code,
           f.problem_title AS file_problem_title, f.problem_advice AS file_problem_advice
    FROM messages m
    LEFT JOIN media f ON f.message_id = m.id
    LEFT JOIN outbox o ON o.id = m.id
    LEFT JOIN messages q ON q.wamid = m.reply_to AND q.variant = 0
    LEFT JOIN reactions ri ON ri.target = m.wamid AND ri.direction = 'in'
    LEFT JOIN reactions ro ON ro.target = m.wamid AND ro.direction = 'out'";

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
    find(conn, id)?.ok_or(Error::NotFound("This message"))
}

pub(crate) fn find(conn: &Connection, id: MessageId) -> Result<Option<Message>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} WHERE m.id = :id"))?
        .query_row(named_params! { ":id": id }, message_from_row)
        .optional()?)
}

/// Takes a note out. What was said by or to a customer is never taken out so.
pub(crate) fn remove_note(conn: &Connection, id: MessageId) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM messages WHERE id = ?1 AND kind = 'note'")?
        .execute(params![id])?;
    Ok(removed > 0)
}

pub(crate) fn is_known(conn: &Connection, id: MessageId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM messages WHERE id = ?1")?
        .exists(params![id])?)
}

pub(crate) fn id_of_wamid(conn: &Connection, wamid: &str) -> Result<Option<MessageId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM messages WHERE wamid = :wamid ORDER BY variant LIMIT 1")?
        .query_row(named_params! { ":wamid": wamid }, |row| row.get(0))
        .optional()?)
}

/// Returns a conversation's messages since a moment, oldest first.
pub(crate) fn since(
    conn: &Connection,
    conversation: ConversationId,
    since: Timestamp,
    most: usize,
) -> Result<Vec<Message>> {
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT} WHERE m.conversation_id = :conversation_id AND m.at >= :since ORDER BY m.at, m.n LIMIT :most"
    ))?;
    let messages = statement
        .query_map(
            named_params! {
                ":conversation_id": conversation, ":since": At(since), ":most": i64::try_from(most).unwrap_or(i64::MAX),
            },
            message_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(messages)
}

/// Returns one page of a thread, newest first, before the key `before`.
pub(crate) fn page(
    conn: &Connection,
    conversation: ConversationId,
    before: Option<&str>,
) -> Result<Page<Message>> {
    page_of(conn, conversation, before, PAGE)
}

/// Returns the thread from before the key `before` back to that moment, and a page more to stand in.
pub(crate) fn back_to(
    conn: &Connection,
    conversation: ConversationId,
    before: Option<&str>,
    to: Timestamp,
) -> Result<Page<Message>> {
    let (last_at, last_n) = last_of(before)?;
    let between: u32 = conn
        .prepare_cached(
            "SELECT count(*) FROM messages
             WHERE conversation_id = ?1 AND (at, n) < (?2, ?3) AND at >= ?4",
        )?
        .query_row(params![conversation, last_at, last_n, At(to)], |row| row.get(0))?;
    let between = usize::try_from(between).unwrap_or(DEEPEST);
    page_of(conn, conversation, before, (between + PAGE).min(DEEPEST))
}

fn last_of(before: Option<&str>) -> Result<(i64, i64)> {
    before.map_or(Ok((i64::MAX, i64::MAX)), cursor_from_text)
}

fn page_of(
    conn: &Connection,
    conversation: ConversationId,
    before: Option<&str>,
    size: usize,
) -> Result<Page<Message>> {
    let (last_at, last_n) = last_of(before)?;
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT}
         WHERE m.conversation_id = :conversation_id AND (m.at, m.n) < (:last_at, :last_n)
         ORDER BY m.at DESC, m.n DESC LIMIT :limit"
    ))?;
    let rows = statement
        .query_map(
            named_params! {
                ":conversation_id": conversation, ":last_at": last_at, ":last_n": last_n,
                // One more than a page tells whether there is another.
                ":limit": i64::try_from(size + 1).unwrap_or(i64::MAX),
            },
            |row| Ok((row.get("n")?, message_from_row(row)?)),
        )?
        .collect::<Result<_, _>>()?;
    Ok(page_from(rows, size))
}

/// Returns one page of what was said with a customer on all lines, newest first.
pub(crate) fn page_of_contact(
    conn: &Connection,
    contact: ContactId,
    before: Option<&str>,
) -> Result<Page<Message>> {
    let (last_at, last_n) = last_of(before)?;
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT}
         WHERE m.conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)
           AND (m.at, m.n) < (?2, ?3)
         ORDER BY m.at DESC, m.n DESC LIMIT ?4"
    ))?;
    let rows = statement
        .query_map(
            params![
                contact,
                last_at,
                last_n,
                i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
            ],
            |row| Ok((row.get("n")?, message_from_row(row)?)),
        )?
        .collect::<Result<_, _>>()?;
    Ok(page_from(rows, PAGE))
}

fn page_from(mut rows: Vec<(i64, Message)>, size: usize) -> Page<Message> {
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(n, message)| format!("{}_{n}", message.at.millis()));
    Page {
        rows: rows.into_iter().map(|(_, message)| message).collect(),
        next,
    }
}

/// What WhatsApp, or our own sender, reports of a message.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub delivery: Delivery,
    pub at: Timestamp,
    pub problem: Option<Words>,
}

/// A message that a report moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub conversation: ConversationId,
    pub charge: Option<ChargeId>,
}

/// Moves the message on. Returns it if that changed anything.
///
/// Who put a message aside of which nobody knew whether it left took it to have come: a failure is news.
pub(crate) fn report(conn: &Connection, id: MessageId, report: &Report) -> Result<Option<Moved>> {
    let before = conn
        .prepare_cached("SELECT conversation_id, charge_id, delivery FROM messages WHERE id = ?1")?
        .query_row(params![id], |row| {
            let moved = Moved {
                conversation: row.get(0)?,
                charge: row.get(1)?,
            };
            Ok((moved, row.get::<_, Option<Delivery>>(2)?))
        })
        .optional()?;
    let Some((moved, Some(delivery))) = before else {
        return Ok(None);
    };
    if !delivery.moves_to(report.delivery) {
        return Ok(None);
    }
    let problem = report.problem.as_ref();
    let now = Timestamp::now();
    conn.prepare_cached(
        "UPDATE messages
         SET delivery = :delivery,
             problem_code = :code, problem_title = :title, problem_advice = :advice,
             failed_at = CASE WHEN :delivery = 'failed' THEN :now ELSE failed_at END,
             put_aside = CASE WHEN :delivery = 'failed' AND put_aside = 2 THEN 0 ELSE put_aside END,
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
        ":now": At(now),
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
    })?;
    if problem.is_some_and(|words| words.code == WINDOW_CLOSED) {
        conversations::refuse(conn, moved.conversation, Some(report.at), now)?;
    }
    Ok(Some(moved))
}

/// Says that a message which failed, or may have (2: until it is known to have), needs nothing more. Returns whether there was one that did.
pub(crate) fn put_aside(conn: &Connection, id: MessageId) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE messages SET put_aside = iif(delivery = 'unknown', 2, 1)
             WHERE id = ?1 AND delivery IN ('failed', 'unknown') AND put_aside = 0",
        )?
        .execute(params![id])?;
    Ok(changed > 0)
}

/// Says so of a message that is sent again, whatever is known of it: it may be called a failure only later.
pub(crate) fn sent_again(conn: &Connection, id: MessageId) -> Result<()> {
    conn.prepare_cached("UPDATE messages SET put_aside = 1 WHERE id = ?1 AND put_aside = 0")?
        .execute(params![id])?;
    Ok(())
}

/// Says so of what brought a charge's link, but for `newest`, which is sent now: it goes once more, or was paid.
pub(crate) fn put_aside_of_charge(
    conn: &Connection,
    conversation: ConversationId,
    charge: ChargeId,
    newest: Option<MessageId>,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET put_aside = 1
         WHERE put_aside = 0 AND id IS NOT ?3 AND id IN (
             SELECT id FROM messages WHERE conversation_id = ?1 AND delivery = 'failed' AND charge_id = ?2
             UNION ALL SELECT id FROM messages WHERE conversation_id = ?1 AND delivery = 'unknown' AND charge_id = ?2
             UNION ALL SELECT message_id FROM charges WHERE id = ?2)",
    )?
    .execute(params![conversation, charge, newest])?;
    Ok(())
}

/// Writes what WhatsApp says that the message costs. Returns its conversation if that is news.
pub(crate) fn set_pricing(
    conn: &Connection,
    id: MessageId,
    pricing: &Pricing,
) -> Result<Option<ConversationId>> {
    let json = serde_json::to_string(pricing).map_err(anyhow::Error::new)?;
    Ok(conn
        .prepare_cached(
            "UPDATE messages SET pricing = ?2
             WHERE id = ?1 AND direction = 'out' AND pricing IS NOT ?2 RETURNING conversation_id",
        )?
        .query_row(params![id, json], |row| row.get(0))
        .optional()?)
}

/// Returns the first words of a message by WhatsApp's name for it.
pub(crate) fn text_of_wamid(conn: &Connection, wamid: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT text FROM messages WHERE wamid = ?1 ORDER BY variant LIMIT 1")?
        .query_row(params![wamid], |row| row.get(0))
        .optional()?)
}

/// Returns the conversation of a message by WhatsApp's name for it.
pub(crate) fn conversation_of_wamid(conn: &Connection, wamid: &str) -> Result<Option<ConversationId>> {
    Ok(conn
        .prepare_cached("SELECT conversation_id FROM messages WHERE wamid = ?1 ORDER BY variant LIMIT 1")?
        .query_row(params![wamid], |row| row.get(0))
        .optional()?)
}

/// Returns how many messages are of no kind we know.
pub(crate) fn unknown(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM messages INDEXED BY messages_unknown WHERE kind = 'unknown'")?
        .query_row([], |row| row.get(0))?)
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

/// Notes that nobody knows whether the message left: its answer was lost. What WhatsApp has told of it by then stays.
pub(crate) fn lose(conn: &Connection, id: MessageId, now: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET delivery = 'unknown', failed_at = :now
         WHERE id = :id AND delivery IN ('queued', 'sending', 'unknown')",
    )?
    .execute(named_params! { ":id": id, ":now": At(now) })?;
    Ok(())
}

/// Writes WhatsApp's name for a message, unless another message has it.
pub(crate) fn set_wamid(conn: &Connection, id: MessageId, wamid: &str) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE messages SET wamid = :wamid WHERE id = :id AND wamid IS NULL")?
        .execute(named_params! { ":id": id, ":wamid": wamid })?;
    Ok(())
}

/// Keeps a report whose message is not here yet.
pub(crate) fn keep_early(
    conn: &Connection,
    wamid: &str,
    report: &Report,
    pricing: Option<&Pricing>,
) -> Result<()> {
    let pricing = pricing
        .map(serde_json::to_string)
        .transpose()
        .map_err(anyhow::Error::new)?;
    let problem = report.problem.as_ref();
    conn.prepare_cached(
        "INSERT INTO early_statuses (wamid, status, at, problem_code, problem_title, problem_advice, pricing)
         VALUES (:wamid, :status, :at, :code, :title, :advice, :pricing)
         ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":wamid": wamid,
        ":status": report.delivery,
        ":at": At(report.at),
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
        ":pricing": pricing,
    })?;
    Ok(())
}

/// Returns whether any report waits for its message.
pub(crate) fn any_early(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM early_statuses LIMIT 1")?
        .exists([])?)
}

/// Takes the reports that came before the message did. Their price is written to it.
pub(crate) fn take_early(conn: &Connection, wamid: &str) -> Result<Vec<Report>> {
    conn.prepare_cached(
        "UPDATE messages
         SET pricing = (SELECT pricing FROM early_statuses WHERE wamid = ?1 AND pricing IS NOT NULL ORDER BY at LIMIT 1)
         WHERE wamid = ?1 AND direction = 'out' AND pricing IS NULL
           AND EXISTS (SELECT 1 FROM early_statuses WHERE wamid = ?1 AND pricing IS NOT NULL)",
    )?
    .execute(params![wamid])?;
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
    let mut statement = conn.prepare(&format!("{SELECT} ORDER BY m.n"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(message_from_row(row)?)?;
    }
    Ok(())
}

/// Returns when the message of the moment `at`, a whole second of WhatsApp's, is to stand in the thread.
///
/// WhatsApp tells no parts of a second. What stands there of the same second came before it, and so did what left
/// here moments later by our clock, which may be ahead of WhatsApp's by as much: it was here first. It goes past
/// nothing that WhatsApp's own clock tells: what the customer wrote later stays later.
pub(crate) fn place_of(conn: &Connection, conversation: ConversationId, at: Timestamp) -> Result<Timestamp> {
    let end = at.plus(Duration::from_secs(1));
    let newest: Option<At> = conn
        .prepare_cached(
            "SELECT max(at) FROM messages
             WHERE conversation_id = :conversation AND at >= :at
               AND at < coalesce(
                   (SELECT min(later.at) FROM messages later
                    WHERE later.conversation_id = :conversation AND later.at >= :end AND later.at < :ours
                      AND (later.direction = 'in' OR later.envelope IS NOT NULL)), :ours)
               AND (at < :end OR direction = 'out' AND envelope IS NULL AND kind <> 'note'
                    AND delivery IN ('sent', 'delivered', 'read', 'unknown'))",
        )?
        .query_row(
            named_params! {
                ":conversation": conversation, ":at": At(at), ":end": At(end), ":ours": At(end.plus(CLOCKS_APART)),
            },
            |row| row.get(0),
        )?;
    Ok(newest.map_or(at, |newest| newest.0))
}

/// Returns when what is written now is to stand in the thread: never before what it may answer, whose
/// time is WhatsApp's and may be ahead of ours.
pub(crate) fn place_of_answer(
    conn: &Connection,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<Timestamp> {
    let latest = now.plus(FURTHEST_AHEAD);
    let newest: Option<At> = conn
        .prepare_cached(
            "SELECT max(at) FROM messages
             WHERE conversation_id = ?1 AND at > ?2 AND at < ?3 AND direction = 'in'",
        )?
        .query_row(params![conversation, At(now), At(latest)], |row| row.get(0))?;
    Ok(newest.map_or(now, |newest| newest.0))
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
        put_aside: row.get("put_aside")?,
        media_name: row.get("media_name")?,
        content: json(row, "content")?,
        media: media_from_row(row)?,
        quote: quote_from_row(row)?,
        forwarded: match row.get::<_, i64>("forwarded")? {
            0 => Forwarded::No,
            1 => Forwarded::Once,
            _ => Forwarded::Often,
        },
        referral: json(row, "referral")?,
        product_name: row.get("product_name")?,
        reactions: reactions_from_row(row)?,
        edited_at: maybe_at(row, "edited_at")?,
        revoked_at: maybe_at(row, "revoked_at")?,
        pricing: json(row, "pricing")?,
        asks: row.get("asks")?,
    })
}

/// What an older or newer version wrote otherwise is absent, rather than in the way.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn quote_from_row(row: &Row<'_>) -> rusqlite::Result<Option<Quote>> {
    if row.get::<_, Option<String>>("reply_to")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Quote {
        message: row.get("quote_id")?,
        direction: row.get("quote_direction")?,
        kind: row.get::<_, Option<Kind>>("quote_kind")?.map(|kind| kind.0),
        text: row.get::<_, Option<String>>("quote_text")?.unwrap_or_default(),
    }))
}

fn reactions_from_row(row: &Row<'_>) -> rusqlite::Result<Vec<ReactionView>> {
    let mut reactions = Vec::new();
    for (direction, column) in [(Direction::In, "reaction_in"), (Direction::Out, "reaction_out")] {
        let emoji: Option<String> = row.get(column)?;
        reactions.extend(
            emoji
                .filter(|emoji| !emoji.is_empty())
                .map(|emoji| ReactionView { direction, emoji }),
        );
    }
    Ok(reactions)
}

fn media_from_row(row: &Row<'_>) -> rusqlite::Result<Option<MediaView>> {
    let Some(state) = row.get("file_state")? else {
        return Ok(None);
    };
    let problem = row
        .get::<_, Option<String>>("file_problem_code")?
        .map(|code| -> rusqlite::Result<Words> {
            Ok(Words {
                code,
                title: row
                    .get::<_, Option<String>>("file_problem_title")?
                    .unwrap_or_default(),
                advice: row
                    .get::<_, Option<String>>("file_problem_advice")?
                    .unwrap_or_default(),
            })
        })
        .transpose()?;
    Ok(Some(MediaView {
        state,
        mime: row.get("mime")?,
        name: row.get("file_name")?,
        size: row.get("size")?,
        voice: row.get("voice")?,
        animated: row.get("animated")?,
        width: row.get("width")?,
        height: row.get("height")?,
        duration_ms: row.get("duration_ms")?,
        has_thumbnail: row.get("has_thumbnail")?,
        problem,
    }))
}
