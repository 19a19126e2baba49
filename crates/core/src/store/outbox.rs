//! What still has to go out, in order per conversation.

use std::fmt;
use std::time::Duration;

use cobro_whatsapp::{Choice, ContactCard, Content, ListSection};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::{At, at};
use crate::domain::{ChargeId, ConversationId, FileKind, LineId, MessageId, Timestamp, Words};
use crate::{Error, Result};

/// Messages a second that WhatsApp takes from a number, unless it says otherwise.
const USUAL_THROUGHPUT: u32 = 80;
/// With the Business app on the same number.
const COEXISTING_THROUGHPUT: u32 = 20;
/// Longer than any pause of our own. Where WhatsApp asks for a longer one the line is held back.
const LONGEST_PAUSE: Duration = Duration::from_mins(20);

/// What is sent, complete, so that a retry sends the same.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
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
    /// The message's own file.
    File {
        message: Uuid,
        kind: FileKind,
        caption: Option<String>,
        /// Only a document shows it.
        name: Option<String>,
    },
    Location {
        message: Uuid,
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    Contacts {
        message: Uuid,
        cards: Vec<ContactCard>,
    },
    Buttons {
        message: Uuid,
        body: String,
        buttons: Vec<Choice>,
    },
    List {
        message: Uuid,
        body: String,
        button: String,
        sections: Vec<ListSection>,
    },
    Template {
        message: Uuid,
        name: String,
        language: String,
        header: Vec<Filled>,
        body: Vec<Filled>,
        buttons: Vec<FilledButton>,
    },
    /// Our reaction to a message. Safe to repeat.
    Reaction {
        target: String,
        /// Empty takes it away.
        emoji: String,
        /// What stood there, for the case that it can't be sent.
        before: String,
    },
    /// Tells the customer that we have read up to this message. Safe to repeat.
    ReadReceipt {
        wamid: String,
    },
}

/// Customers' words stay out of logs.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outgoing(…)")
    }
}

/// A template's place with what stands there. `name` only where places have names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filled {
    pub name: Option<String>,
    pub text: String,
}

/// The end of the address of a template's button.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FilledButton {
    pub index: u8,
    pub text: String,
}

impl Outgoing {
    pub(crate) fn message(&self) -> Option<MessageId> {
        match self {
            Self::Text { message, .. }
            | Self::PayButton { message, .. }
            | Self::File { message, .. }
            | Self::Location { message, .. }
            | Self::Contacts { message, .. }
            | Self::Buttons { message, .. }
            | Self::List { message, .. }
            | Self::Template { message, .. } => Some(MessageId(*message)),
            Self::Reaction { .. } | Self::ReadReceipt { .. } => None,
        }
    }

    /// Returns the same for another message: a new attempt.
    pub(crate) fn for_message(mut self, id: MessageId) -> Self {
        match &mut self {
            Self::Text { message, .. }
            | Self::PayButton { message, .. }
            | Self::File { message, .. }
            | Self::Location { message, .. }
            | Self::Contacts { message, .. }
            | Self::Buttons { message, .. }
            | Self::List { message, .. }
            | Self::Template { message, .. } => *message = id.0,
            Self::Reaction { .. } | Self::ReadReceipt { .. } => {}
        }
        self
    }

    /// Returns whether WhatsApp takes it only inside the 24-hour window.
    pub(crate) fn needs_window(&self) -> bool {
        !matches!(self, Self::Template { .. } | Self::ReadReceipt { .. })
    }

    /// Returns whether sending it twice is the same as sending it once.
    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self, Self::Reaction { .. } | Self::ReadReceipt { .. })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub line: LineId,
    /// Messages a second that the line takes.
    pub throughput: u32,
    pub outgoing: Outgoing,
    pub attempts: u32,
    pub queued_at: Timestamp,
    /// Before this it does not go; of one that asks, about when it began to.
    pub next_at: Timestamp,
    /// A person is asked before it goes.
    pub asks: bool,
}

const ENTRY: &str = "
    SELECT o.id, o.conversation_id, o.outgoing, o.attempts, o.queued_at, o.next_at, o.asks,
           c.line_id, l.throughput, l.coexists
    FROM outbox o
    JOIN conversations c ON c.id = o.conversation_id
    JOIN lines l ON l.id = c.line_id";

/// Queues one thing. Queueing the same id again changes nothing.
pub(crate) fn queue(
    conn: &Connection,
    id: MessageId,
    conversation: ConversationId,
    outgoing: &Outgoing,
    at: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO outbox (id, conversation_id, outgoing, sending, attempts, next_at, queued_at)
         VALUES (:id, :conversation_id, :outgoing, 0, 0, :at, :at)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(
        named_params! { ":id": id, ":conversation_id": conversation, ":outgoing": json(outgoing)?, ":at": At(at) },
    )?;
    Ok(())
}

/// Lets later reactions to the same message go back to what stood `before` one that failed.
pub(crate) fn forget_reaction(
    conn: &Connection,
    conversation: ConversationId,
    target: &str,
    emoji: &str,
    before: &str,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET outgoing = json_set(outgoing, '$.before', :before)
         WHERE conversation_id = :conversation AND outgoing ->> 'type' = 'reaction'
           AND outgoing ->> 'target' = :target AND outgoing ->> 'before' = :emoji",
    )?
    .execute(named_params! {
        ":conversation": conversation, ":target": target, ":emoji": emoji, ":before": before,
    })?;
    Ok(())
}

/// Returns the lines that something waits on.
pub(crate) fn lines(conn: &Connection) -> Result<Vec<LineId>> {
    // From the outbox, which is short, and never through all conversations of a line.
    let mut statement = conn.prepare_cached(
        "SELECT l.id FROM lines l
         WHERE EXISTS (SELECT 1 FROM outbox o CROSS JOIN conversations c ON c.id = o.conversation_id
                       WHERE c.line_id = l.id AND o.asks = 0)",
    )?;
    let lines = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

/// Returns the first entry of each of the line's conversations that is due and not being sent.
///
/// Only the first: order is kept, so one that waits holds back what is behind
/// it. One that asks is set aside and holds nothing back. What would wait longer
/// than anything is put off was put off by a clock that has been set back since.
pub(crate) fn due(conn: &Connection, line: LineId, now: Timestamp, limit: u32) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(&format!(
        "{ENTRY}
         WHERE c.line_id = :line AND o.sending = 0 AND o.asks = 0
           AND (o.next_at <= :now OR o.next_at > :never)
           AND o.n = (SELECT min(n) FROM outbox WHERE conversation_id = o.conversation_id AND asks = 0)
         ORDER BY o.n LIMIT :limit"
    ))?;
    let entries = statement
        .query_map(
            named_params! {
                ":line": line,
                ":now": At(now),
                ":never": At(now.plus(LONGEST_PAUSE)),
                ":limit": limit,
            },
            entry_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

/// Returns when something that was put off falls due.
pub(crate) fn next_due(conn: &Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    let next: Option<i64> = conn
        .prepare_cached("SELECT min(next_at) FROM outbox WHERE sending = 0 AND asks = 0 AND next_at > :now")?
        .query_row(named_params! { ":now": At(now) }, |row| row.get(0))?;
    Ok(next.map(Timestamp::from_millis))
}

/// Returns the entry, if it still waits or is being sent.
pub(crate) fn find(conn: &Connection, id: MessageId) -> Result<Option<Entry>> {
    Ok(conn
        .prepare_cached(&format!("{ENTRY} WHERE o.id = :id"))?
        .query_row(named_params! { ":id": id }, entry_from_row)
        .optional()?)
}

/// Marks the entry as being sent, before anything leaves. Returns whether it is still there.
pub(crate) fn claim(conn: &Connection, id: MessageId) -> Result<bool> {
    let claimed = conn
        .prepare_cached(
            "UPDATE outbox SET sending = 1, attempts = attempts + 1
             WHERE id = :id AND sending = 0 AND asks = 0",
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

/// Takes back that a try was counted: nothing left this machine.
pub(crate) fn uncount(conn: &Connection, id: MessageId) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET attempts = max(attempts - 1, 0) WHERE id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(())
}

/// Takes the entry out: its fate is known, or only WhatsApp can tell it.
pub(crate) fn remove(conn: &Connection, id: MessageId) -> Result<()> {
    conn.prepare_cached("DELETE FROM outbox WHERE id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(())
}

/// Sets the entry aside until a person says whether it still goes. The message says why.
pub(crate) fn ask(conn: &Connection, id: MessageId, why: &Words) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET asks = 1 WHERE id = :id AND sending = 0")?
        .execute(named_params! { ":id": id })?;
    set_problem(conn, id, Some(why))
}

/// Sets aside what was queued behind `id` in its conversation, and has a message of its own.
pub(crate) fn ask_behind(conn: &Connection, id: MessageId, why: &Words) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT o.id FROM outbox o JOIN messages m ON m.id = o.id
         JOIN outbox asked ON asked.id = :id AND asked.conversation_id = o.conversation_id
         WHERE o.n > asked.n AND o.sending = 0 AND o.asks = 0",
    )?;
    let behind: Vec<MessageId> = statement
        .query_map(named_params! { ":id": id }, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    behind.into_iter().try_for_each(|id| ask(conn, id, why))
}

/// Puts an entry that asked back in the queue, as if it had been queued now.
pub(crate) fn confirm(conn: &Connection, id: MessageId, outgoing: &Outgoing, now: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET asks = 0, outgoing = :outgoing, next_at = :now, queued_at = :now
         WHERE id = :id AND asks = 1",
    )?
    .execute(named_params! { ":id": id, ":outgoing": json(outgoing)?, ":now": At(now) })?;
    set_problem(conn, id, None)
}

/// Takes out what is not being sent at this moment. Returns whether it was there.
pub(crate) fn discard(conn: &Connection, id: MessageId) -> Result<bool> {
    let taken = conn
        .prepare_cached("DELETE FROM outbox WHERE id = :id AND sending = 0")?
        .execute(named_params! { ":id": id })?;
    Ok(taken > 0)
}

fn set_problem(conn: &Connection, id: MessageId, words: Option<&Words>) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id,
        ":code": words.map(|words| &words.code),
        ":title": words.map(|words| &words.title),
        ":advice": words.map(|words| &words.advice),
    })?;
    Ok(())
}

/// These begin with the queue, which is short: of a charge's messages there is no index, and history is long.
pub(crate) const WITHDRAW_LINKS: &str = "
    DELETE FROM outbox
    WHERE sending = 0
      AND EXISTS (SELECT 1 FROM messages m
                  WHERE m.id = outbox.id AND m.charge_id = :charge_id AND m.kind = 'payButton')
    RETURNING id";
pub(crate) const WAITING_LINK: &str = "
    SELECT o.id FROM outbox o CROSS JOIN messages m ON m.id = o.id
    WHERE m.charge_id = :charge_id AND m.kind = 'payButton' ORDER BY o.n LIMIT 1";

/// Takes a charge's link out of the queue where it has not left yet. Returns its messages.
pub(crate) fn withdraw_links(conn: &Connection, charge: ChargeId) -> Result<Vec<MessageId>> {
    let mut statement = conn.prepare_cached(WITHDRAW_LINKS)?;
    let ids = statement
        .query_map(named_params! { ":charge_id": charge }, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Returns the link of a charge that waits to go, asks, or is being sent.
pub(crate) fn waiting_link(conn: &Connection, charge: ChargeId) -> Result<Option<MessageId>> {
    Ok(conn
        .prepare_cached(WAITING_LINK)?
        .query_row(named_params! { ":charge_id": charge }, |row| row.get(0))
        .optional()?)
}

/// Returns the newest attempt at a message, or at an attempt at it, that has not failed.
pub(crate) fn attempt_at(conn: &Connection, message: MessageId) -> Result<Option<MessageId>> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE attempts (id, n, delivery, conversation_id) AS (
                 SELECT id, n, 'failed', conversation_id FROM messages WHERE id = :id
                 UNION
                 SELECT m.id, m.n, m.delivery, m.conversation_id FROM messages m
                 JOIN attempts a ON m.conversation_id = a.conversation_id AND m.retry_of = a.id)
             SELECT id FROM attempts WHERE delivery <> 'failed' ORDER BY n DESC LIMIT 1",
        )?
        .query_row(named_params! { ":id": message }, |row| row.get(0))
        .optional()?)
}

/// Returns what was being sent when the last run ended.
pub(crate) fn interrupted(conn: &Connection) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(&format!("{ENTRY} WHERE o.sending = 1 ORDER BY o.n"))?;
    let entries = statement
        .query_map([], entry_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

/// Returns how many messages wait to go out by themselves.
pub(crate) fn depth(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM outbox WHERE asks = 0 AND outgoing NOT LIKE '{\"type\":\"read_receipt\"%'",
        )?
        .query_row([], |row| row.get(0))?)
}

/// What a message is besides its row: what it holds, and which message it answers.
#[derive(Default)]
pub(crate) struct Furnishing<'a> {
    pub content: Option<&'a Content>,
    /// The wamid of the message that it answers.
    pub reply_to: Option<&'a str>,
    /// What was sent, where the row alone could not send it again.
    pub outgoing: Option<&'a Outgoing>,
    pub media_name: Option<&'a str>,
}

/// Completes a message that was just added.
pub(crate) fn furnish(conn: &Connection, id: MessageId, with: &Furnishing<'_>) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET content = :content, reply_to = :reply_to, outgoing = :outgoing,
                             media_name = coalesce(:media_name, media_name)
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id,
        ":content": with.content.map(json).transpose()?,
        ":reply_to": with.reply_to,
        ":outgoing": with.outgoing.map(json).transpose()?,
        ":media_name": with.media_name,
    })?;
    Ok(())
}

/// Changes what a message that has not left yet holds.
pub(crate) fn rewrite(conn: &Connection, id: MessageId, text: &str, content: &Content) -> Result<()> {
    conn.prepare_cached("UPDATE messages SET text = :text, content = :content WHERE id = :id")?
        .execute(named_params! { ":id": id, ":text": text, ":content": json(content)? })?;
    Ok(())
}

/// Returns the wamid of the message that this one answers.
pub(crate) fn reply_to(conn: &Connection, id: MessageId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT reply_to FROM messages WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?
        .flatten())
}

/// Returns what a message holds besides its words.
pub(crate) fn content(conn: &Connection, id: MessageId) -> Result<Option<Content>> {
    kept(conn, "SELECT content FROM messages WHERE id = :id", id)
}

/// Returns WhatsApp's name for what the customer wrote last.
pub(crate) fn newest_inbound(conn: &Connection, conversation: ConversationId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT wamid FROM messages
             WHERE conversation_id = :id AND direction = 'in' AND wamid IS NOT NULL
             ORDER BY at DESC, n DESC LIMIT 1",
        )?
        .query_row(named_params! { ":id": conversation }, |row| row.get(0))
        .optional()?)
}

/// Returns what was sent as this message, where its row alone could not tell.
pub(crate) fn sent(conn: &Connection, id: MessageId) -> Result<Option<Outgoing>> {
    kept(conn, "SELECT outgoing FROM messages WHERE id = :id", id)
}

fn kept<T: DeserializeOwned>(conn: &Connection, query: &str, id: MessageId) -> Result<Option<T>> {
    let kept: Option<String> = conn
        .prepare_cached(query)?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?
        .flatten();
    kept.map(|kept| serde_json::from_str(&kept).map_err(|error| Error::Other(anyhow::Error::new(error))))
        .transpose()
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Other(anyhow::Error::new(error)))
}

fn entry_from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let outgoing: String = row.get("outgoing")?;
    let throughput: Option<u32> = row.get("throughput")?;
    let coexists: bool = row.get("coexists")?;
    Ok(Entry {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        line: row.get("line_id")?,
        throughput: speed(throughput, coexists),
        outgoing: serde_json::from_str(&outgoing).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(error))
        })?,
        attempts: row.get("attempts")?,
        queued_at: at(row, "queued_at")?,
        next_at: at(row, "next_at")?,
        asks: row.get("asks")?,
    })
}

fn speed(told: Option<u32>, coexists: bool) -> u32 {
    let told = told.filter(|told| *told > 0);
    if coexists {
        told.map_or(COEXISTING_THROUGHPUT, |told| told.min(COEXISTING_THROUGHPUT))
    } else {
        told.unwrap_or(USUAL_THROUGHPUT)
    }
}
