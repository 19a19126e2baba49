//! Conversations, and the list that shows them.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::charges::{self, TO_FULFIL, WAITS};
use super::columns::{At, Kind, at, instalments, maybe_at, money};
use crate::action::snippet_of;
use crate::domain::{
    ANSWER_TO_AD, ChargeChip, ContactId, ConversationId, ConversationRow, CostLine, Counts, Direction,
    FREE_ENTRY, FreeEntry, Identity, IdentityKind, LabelId, LineId, ListFilter, MessageId, MessageKind, Page,
    Tab, Timestamp, WINDOW,
};
use crate::{Error, Result};

const PAGE: usize = 50;
/// One more than a page tells whether there is another.
const PAGE_AND_ONE: i64 = 51;

/// Whether a message of ours did not leave: it asks before it goes, or it failed since the conversation was done with
/// and was neither sent again nor put aside. A later one does not make up for it. What was taken out before it left is
/// no failure.
macro_rules! not_sent {
    () => {
        "(EXISTS (SELECT 1 FROM messages f
                  WHERE f.conversation_id = c.id AND f.delivery = 'failed' AND f.put_aside = 0
                    AND f.failed_at > coalesce(c.done_at, 0)
                    AND (f.problem_code IS NULL OR f.problem_code NOT IN ('discarded', 'withdrawn')))
          OR EXISTS (SELECT 1 FROM outbox WHERE conversation_id = c.id AND asks = 1)) AS not_sent"
    };
}

/// Whether nobody knows if a message of ours left: its answer was lost since the conversation was done with, WhatsApp has
/// not told of it since, and it was neither sent again nor put aside.
macro_rules! maybe_sent {
    () => {
        "EXISTS (SELECT 1 FROM messages f
                 WHERE f.conversation_id = c.id AND f.delivery = 'unknown' AND f.put_aside = 0
                   AND f.failed_at > coalesce(c.done_at, 0)) AS maybe_sent"
    };
}

/// When WhatsApp last refused free text because its window was closed, if the customer has not written since: its own
/// account of the 24 hours counts, not our clock.
macro_rules! refused_at {
    () => {
        "iif(c.last_inbound_at <= c.refused_after, c.refused_at, NULL) AS refused_at"
    };
}

/// A row of the list with its customer and the charge that matters most.
const ROW: &str = concat!(
    "
    SELECT c.id, c.line_id, l.name AS line_name, l.known AS line_known,
           coalesce(nullif(k.book_name, ''), k.name) AS contact_name,
           (SELECT value FROM identities WHERE contact_id = c.contact_id AND kind = 'phone' ORDER BY seen_at DESC LIMIT 1) AS phone,
           (SELECT value FROM identities WHERE contact_id = c.contact_id AND kind = 'username' ORDER BY seen_at DESC LIMIT 1) AS username,
           (SELECT value FROM identities WHERE contact_id = c.contact_id AND kind = 'user_id' ORDER BY seen_at DESC LIMIT 1) AS user_id,
           c.snippet, c.snippet_kind, c.snippet_from_me, c.last_at, c.unread, c.marked, c.last_inbound_at,
           c.resolved, c.done_at, c.snoozed_until, c.woke_at, c.assignee_id, c.listed_at, d.words AS draft,
           (SELECT group_concat(hex(label_id)) FROM conversation_labels WHERE conversation_id = c.id) AS labels,
           h.amount_minor, h.currency, h.payment, m.delivery,
           EXISTS (SELECT 1 FROM proposals a WHERE a.conversation_id = c.id AND a.kind = 'charge') AS ready,
           ",
    instalments!(),
    ", ",
    not_sent!(),
    ", ",
    maybe_sent!(),
    ", ",
    refused_at!(),
    "
    FROM conversations c
    JOIN lines l ON l.id = c.line_id
    JOIN contacts k ON k.id = c.contact_id
    LEFT JOIN charges h ON h.id = (
        SELECT id FROM charges WHERE conversation_id = c.id ORDER BY created_at DESC LIMIT 1)
    LEFT JOIN messages m ON m.id = h.message_id
    LEFT JOIN drafts d ON d.conversation_id = c.id"
);

/// What a conversation's list row becomes when something newer arrives.
#[derive(Debug, Clone)]
pub(crate) struct Latest {
    pub at: Timestamp,
    pub snippet: String,
    pub kind: MessageKind,
    pub from_me: bool,
    pub unread: u32,
    pub inbound_at: Option<Timestamp>,
}

/// Returns the conversation of that customer on that line, making it if there is none.
pub(crate) fn find_or_add(conn: &Connection, line: LineId, contact: ContactId) -> Result<ConversationId> {
    if let Some(id) = on_line(conn, line, contact)? {
        return Ok(id);
    }
    let id = ConversationId::new();
    add(conn, id, line, contact)?;
    Ok(id)
}

/// Returns the conversation of that customer on that line.
pub(crate) fn on_line(conn: &Connection, line: LineId, contact: ContactId) -> Result<Option<ConversationId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM conversations WHERE line_id = ?1 AND contact_id = ?2")?
        .query_row(params![line, contact], |row| row.get(0))
        .optional()?)
}

/// Makes an empty conversation: its time is that of its newest message, and it has none yet.
pub(crate) fn add(conn: &Connection, id: ConversationId, line: LineId, contact: ContactId) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO conversations
             (id, line_id, contact_id, last_at, snippet, snippet_kind, snippet_from_me, unread)
         VALUES (?1, ?2, ?3, 0, '', 'text', 0, 0)",
    )?
    .execute(params![id, line, contact])?;
    Ok(())
}

/// Shows the newest message anew, after messages moved or changed.
pub(crate) fn refresh(conn: &Connection, id: ConversationId) -> Result<()> {
    let newest = conn
        .prepare_cached(
            "SELECT at, text, kind, direction, media_name, revoked_at FROM messages
             WHERE conversation_id = ?1 AND kind <> 'note' ORDER BY at DESC, n DESC LIMIT 1",
        )?
        .query_row(params![id], newest_from_row)
        .optional()?;
    let newest = newest.unwrap_or(Newest {
        at: Timestamp::from_millis(0),
        snippet: String::new(),
        kind: MessageKind::Text,
        from_me: false,
    });
    conn.prepare_cached(
        "UPDATE conversations
         SET last_at = :at, snippet = :snippet, snippet_kind = :kind, snippet_from_me = :from_me,
             last_inbound_at = (
                 SELECT max(at) FROM (
                     SELECT at FROM messages
                     WHERE conversation_id = :id AND direction = 'in' AND kind <> 'system'
                     UNION ALL
                     SELECT r.at FROM messages m JOIN reactions r ON r.target = m.wamid
                     WHERE m.conversation_id = :id AND r.direction = 'in')),
             unread = max(marked,
                 min(unread, (SELECT count(*) FROM messages WHERE conversation_id = :id AND direction = 'in')))
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id,
        ":at": At(newest.at),
        ":snippet": newest.snippet,
        ":kind": Kind(newest.kind),
        ":from_me": newest.from_me,
    })?;
    Ok(())
}

/// Shows the newest message anew if it is this one: it was edited, taken back or understood.
pub(crate) fn refresh_if_newest(conn: &Connection, id: ConversationId, message: MessageId) -> Result<()> {
    let is_newest = conn
        .prepare_cached(
            "SELECT 1 FROM conversations c JOIN messages m ON m.id = ?2
             WHERE c.id = ?1 AND c.last_at <= m.at",
        )?
        .exists(params![id, message])?;
    if !is_newest {
        return Ok(());
    }
    let newest = conn
        .prepare_cached(
            "SELECT at, text, kind, direction, media_name, revoked_at FROM messages WHERE id = ?1",
        )?
        .query_row(params![message], newest_from_row)?;
    conn.prepare_cached("UPDATE conversations SET snippet = ?2, snippet_kind = ?3 WHERE id = ?1")?
        .execute(params![id, newest.snippet, Kind(newest.kind)])?;
    Ok(())
}

/// Takes out a conversation that nothing stands in. Returns whether it was one.
pub(crate) fn remove_if_empty(conn: &Connection, id: ConversationId) -> Result<bool> {
    let removed = conn
        .prepare_cached(
            "DELETE FROM conversations
             WHERE id = ?1
               AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM charges WHERE conversation_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM notices WHERE conversation_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM quotations WHERE conversation_id = ?1)",
        )?
        .execute(params![id])?;
    Ok(removed > 0)
}

/// What a list shows of a conversation's newest message.
struct Newest {
    at: Timestamp,
    snippet: String,
    kind: MessageKind,
    from_me: bool,
}

fn newest_from_row(row: &Row<'_>) -> rusqlite::Result<Newest> {
    let (text, name): (String, Option<String>) = (row.get("text")?, row.get("media_name")?);
    let is_gone = maybe_at(row, "revoked_at")?.is_some();
    let shown = if text.is_empty() {
        name.unwrap_or_default()
    } else {
        text
    };
    Ok(Newest {
        at: at(row, "at")?,
        snippet: if is_gone {
            String::new()
        } else {
            snippet_of(&shown)
        },
        kind: if is_gone {
            MessageKind::Revoke
        } else {
            row.get::<_, Kind>("kind")?.0
        },
        from_me: row.get::<_, Direction>("direction")? == Direction::Out,
    })
}

/// Moves the conversation on. What is older than its newest message changes only the counts.
pub(crate) fn advance(conn: &Connection, id: ConversationId, latest: &Latest) -> Result<()> {
    conn.prepare_cached(
        "UPDATE conversations
         SET unread = CASE WHEN ?2 > 0 AND marked = 1 THEN ?2 ELSE unread + ?2 END,
             -- Something is new in it now.
             marked = CASE WHEN ?2 > 0 THEN 0 ELSE marked END,
             last_inbound_at = CASE WHEN ?3 > coalesce(last_inbound_at, 0) THEN ?3 ELSE last_inbound_at END,
             -- Of the same second as the one that we were refused after, and it came since.
             refused_after = nullif(refused_after, ?3),
             snippet = CASE WHEN ?4 >= last_at THEN ?5 ELSE snippet END,
             snippet_kind = CASE WHEN ?4 >= last_at THEN ?6 ELSE snippet_kind END,
             snippet_from_me = CASE WHEN ?4 >= last_at THEN ?7 ELSE snippet_from_me END,
             last_at = max(last_at, ?4),
             -- Who writes again is nobody who is done with, or put aside.
             resolved = CASE WHEN ?2 > 0 THEN 0 ELSE resolved END,
             snoozed_until = CASE WHEN ?2 > 0 THEN NULL ELSE snoozed_until END
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        latest.unread,
        latest.inbound_at.map(At),
        At(latest.at),
        latest.snippet,
        Kind(latest.kind),
        latest.from_me,
    ])?;
    Ok(())
}

/// Notes that WhatsApp refused free text because its window was closed. `said` is when, by its clock; without it the
/// refusal is of just now, after all that came until then.
pub(crate) fn refuse(
    conn: &Connection,
    id: ConversationId,
    said: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE conversations
         SET refused_at = min(coalesce(?2, ?3), ?3),
             -- What the customer wrote in that second came after it.
             refused_after = max(coalesce(refused_after, 0), coalesce(?2 - 1, last_inbound_at, 0))
         WHERE id = ?1",
    )?
    .execute(params![id, said.map(At), At(now)])?;
    Ok(())
}

/// What was unread, and is read.
pub(crate) struct Seen {
    /// The newest of the customer's messages, to report as read. Of one who only ever reacted there is none.
    pub wamid: Option<String>,
}

/// Marks everything read. Returns what was, if something was unread.
pub(crate) fn mark_read(conn: &Connection, id: ConversationId) -> Result<Option<Seen>> {
    let changed = conn.execute(
        "UPDATE conversations SET unread = 0, marked = 0 WHERE id = :id AND unread > 0",
        named_params! { ":id": id },
    )?;
    if changed == 0 {
        return Ok(None);
    }
    let wamid = conn
        .query_row(
            "SELECT wamid FROM messages
             WHERE conversation_id = :id AND direction = 'in' AND wamid IS NOT NULL
             ORDER BY at DESC, n DESC LIMIT 1",
            named_params! { ":id": id },
            |row| row.get(0),
        )
        .optional()?;
    Ok(Some(Seen { wamid }))
}

/// Puts a conversation among the unread, where all is read and the customer wrote or reacted. Returns whether it did.
pub(crate) fn mark_unread(conn: &Connection, id: ConversationId) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE conversations SET unread = 1, marked = 1 WHERE id = :id AND unread = 0 AND last_inbound_at IS NOT NULL",
        named_params! { ":id": id },
    )?;
    Ok(changed > 0)
}

pub(crate) fn row(conn: &Connection, id: ConversationId) -> Result<ConversationRow> {
    conn.prepare_cached(&format!("{ROW} WHERE c.id = :id"))?
        .query_row(named_params! { ":id": id }, conversation_from_row)
        .optional()?
        .ok_or(Error::NotFound("This conversation"))
}

/// Whom a message goes to, and from which number.
#[derive(Clone)]
pub(crate) struct Address {
    pub phone_number_id: String,
    pub phone: Option<String>,
    pub user_id: Option<String>,
    pub contact: ContactId,
    pub contact_name: String,
    pub last_inbound_at: Option<Timestamp>,
    refused_at: Option<Timestamp>,
}

impl Address {
    pub(crate) fn window_is_open(&self, now: Timestamp) -> bool {
        window_closes(self.last_inbound_at, self.refused_at).is_some_and(|closes| now < closes)
    }
}

/// Returns when free text stops being allowed: a day after the customer's last message, or when WhatsApp refused some.
fn window_closes(last_inbound_at: Option<Timestamp>, refused_at: Option<Timestamp>) -> Option<Timestamp> {
    let closes = last_inbound_at?.plus(WINDOW);
    Some(refused_at.map_or(closes, |refused| closes.min(refused)))
}

pub(crate) fn address(conn: &Connection, id: ConversationId) -> Result<Address> {
    conn.prepare_cached(concat!(
        "SELECT l.phone_number_id, c.contact_id, coalesce(nullif(k.book_name, ''), k.name) AS name, c.last_inbound_at,
                (SELECT value FROM identities WHERE contact_id = c.contact_id AND kind = 'phone' ORDER BY seen_at DESC LIMIT 1) AS phone,
                (SELECT value FROM identities WHERE contact_id = c.contact_id AND kind = 'user_id' ORDER BY seen_at DESC LIMIT 1) AS user_id,
                ",
        refused_at!(),
        "
         FROM conversations c
         JOIN lines l ON l.id = c.line_id
         JOIN contacts k ON k.id = c.contact_id
         WHERE c.id = :id",
    ))?
    .query_row(named_params! { ":id": id }, |row| {
        Ok(Address {
            phone_number_id: row.get("phone_number_id")?,
            phone: row.get("phone")?,
            user_id: row.get("user_id")?,
            contact: row.get("contact_id")?,
            contact_name: row.get("name")?,
            last_inbound_at: maybe_at(row, "last_inbound_at")?,
            refused_at: maybe_at(row, "refused_at")?,
        })
    })
    .optional()?
    .ok_or(Error::NotFound("This conversation"))
}

/// Returns one page of the list, newest first, after the key `after`.
pub(crate) fn page(
    conn: &Connection,
    tab: Tab,
    filter: &ListFilter,
    after: Option<&str>,
) -> Result<Page<ConversationRow>> {
    let (last_at, last_id) = match after {
        Some(cursor) => cursor_from_text(cursor)?,
        None => (
            Timestamp::from_millis(i64::MAX),
            ConversationId(uuid::Uuid::max()),
        ),
    };
    let query = filter.query.trim();
    let name = format!("%{}%", escaped(query));
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let phone = if digits.is_empty() {
        String::new()
    } else {
        format!("%{digits}%")
    };
    let sql = format!(
        "{ROW}
         WHERE (c.listed_at, c.id) < (:last_at, :last_id) {} {}
           AND (:unread = 0 OR c.unread > 0)
           AND (:line IS NULL OR c.line_id = :line)
           AND (:label IS NULL OR EXISTS (
               SELECT 1 FROM conversation_labels g WHERE g.conversation_id = c.id AND g.label_id = :label))
           AND (:payment IS NULL OR h.payment = :payment)
         ORDER BY c.listed_at DESC, c.id DESC LIMIT :limit",
        tab_condition(tab),
        if query.is_empty() {
            // Both names stay in the statement, so that one set of parameters serves.
            "AND (:name = :name OR :phone = :phone)"
        } else {
            "AND (k.name LIKE :name ESCAPE '\\' OR k.book_name LIKE :name ESCAPE '\\' OR (:phone <> '' AND EXISTS (
                 SELECT 1 FROM identities i
                 WHERE i.contact_id = c.contact_id AND i.kind = 'phone' AND i.value LIKE :phone)))"
        },
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows: Vec<ConversationRow> = statement
        .query_map(
            named_params! {
                ":last_at": At(last_at), ":last_id": last_id, ":name": name, ":phone": phone, ":limit": PAGE_AND_ONE,
                ":unread": filter.unread, ":line": filter.line, ":label": filter.label, ":payment": filter.payment,
            },
            conversation_from_row,
        )?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}_{}", row.listed_at.millis(), row.id));
    Ok(Page { rows, next })
}

/// How many are open, and nobody's.
const UNASSIGNED: &str = "SELECT count(*) FROM conversations
     WHERE resolved = 0 AND snoozed_until IS NULL AND assignee_id IS NULL";
/// How many are open, and assigned to whose desk this is.
const MINE: &str = "SELECT count(*) FROM conversations
     WHERE resolved = 0 AND snoozed_until IS NULL
       AND assignee_id = (SELECT id FROM members WHERE is_me = 1)";

pub(crate) fn counts(conn: &Connection) -> Result<Counts> {
    // Each is answered from an index alone.
    let count = |sql: &str| -> Result<u32> { Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?) };
    let unassigned = count(UNASSIGNED)?;
    let mine = count(MINE)?;
    let alone = !conn
        .prepare_cached("SELECT 1 FROM members WHERE is_me = 0 AND removed_at IS NULL")?
        .exists([])?;
    Ok(Counts {
        all: count("SELECT count(*) FROM conversations")?,
        mine: if alone { mine + unassigned } else { mine },
        unassigned,
        unread: count("SELECT count(*) FROM conversations WHERE unread > 0")?,
        awaiting: count(&format!(
            "SELECT count(DISTINCT conversation_id) FROM charges WHERE {WAITS}"
        ))?,
        paid: count(&format!(
            "SELECT count(DISTINCT conversation_id) FROM charges h WHERE {TO_FULFIL}"
        ))?,
        snoozed: count("SELECT count(*) FROM conversations WHERE snoozed_until IS NOT NULL")?,
    })
}

/// Returns what WhatsApp says that the conversation's messages cost, by category.
pub(crate) fn cost(conn: &Connection, id: ConversationId) -> Result<Vec<CostLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(json_extract(pricing, '$.category'), '?') AS category,
                coalesce(sum(json_extract(pricing, '$.billable')), 0) AS billed, count(*) AS messages
         FROM messages INDEXED BY messages_priced
         WHERE conversation_id = ?1 AND pricing IS NOT NULL
         GROUP BY category ORDER BY billed DESC, category",
    )?;
    let lines = statement
        .query_map(params![id], |row| {
            let messages: u32 = row.get("messages")?;
            let billed: u32 = row.get("billed")?;
            Ok(CostLine {
                category: row.get("category")?,
                billed,
                free: messages.saturating_sub(billed),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

/// Returns the free hours that an ad opened or may open, if there are any `now`.
pub(crate) fn free_entry(conn: &Connection, id: ConversationId, now: Timestamp) -> Result<Option<FreeEntry>> {
    // Those of another click may run while the newest still waits.
    let mut clicks = conn.prepare_cached(
        "SELECT c.at AS came,
                (SELECT min(a.at) FROM messages a
                 WHERE a.conversation_id = c.conversation_id AND a.at >= c.at AND a.direction = 'out'
                   AND a.delivery IN ('sent', 'delivered', 'read')) AS answered
         FROM messages c
         WHERE c.conversation_id = ?1 AND c.at >= ?2 AND c.direction = 'in' AND c.referral IS NOT NULL
           AND coalesce(json_extract(c.referral, '$.sourceType'), json_extract(c.referral, '$.sourceId'),
                        json_extract(c.referral, '$.sourceUrl'), json_extract(c.referral, '$.ctwaClid')) IS NOT NULL
         ORDER BY c.at DESC, c.n DESC",
    )?;
    let since = now.minus(ANSWER_TO_AD).minus(FREE_ENTRY);
    let mut rows = clicks.query(params![id, At(since)])?;
    let mut waiting = None;
    while let Some(row) = rows.next()? {
        match FreeEntry::of(at(row, "came")?, maybe_at(row, "answered")?, now) {
            running @ Some(FreeEntry::Running { .. }) => return Ok(running),
            found => waiting = waiting.or(found),
        }
    }
    Ok(waiting)
}

/// Returns how many messages nobody has read.
pub(crate) fn unread_total(conn: &Connection) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT coalesce(sum(unread), 0) FROM conversations WHERE unread > 0")?
        .query_row([], |row| row.get(0))?)
}

fn tab_condition(tab: Tab) -> String {
    let condition = match tab {
        Tab::All => "",
        Tab::Unread => "AND c.unread > 0",
        Tab::Awaiting => {
            return format!("AND c.id IN (SELECT conversation_id FROM charges WHERE {WAITS})");
        }
        Tab::Paid => {
            return format!("AND c.id IN (SELECT conversation_id FROM charges h WHERE {TO_FULFIL})");
        }
        Tab::Snoozed => "AND c.snoozed_until IS NOT NULL",
        Tab::Unassigned => "AND c.resolved = 0 AND c.snoozed_until IS NULL AND c.assignee_id IS NULL",
        Tab::Mine => {
            "AND c.resolved = 0 AND c.snoozed_until IS NULL
             AND (c.assignee_id = (SELECT id FROM members WHERE is_me = 1)
                  OR c.assignee_id IS NULL
                     AND NOT EXISTS (SELECT 1 FROM members WHERE is_me = 0 AND removed_at IS NULL))"
        }
    };
    condition.to_owned()
}

pub(crate) fn escaped(query: &str) -> String {
    query
        .trim()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn cursor_from_text(cursor: &str) -> Result<(Timestamp, ConversationId)> {
    cursor
        .split_once('_')
        .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?)))
        .ok_or_else(|| {
            Error::Invalid("The page cursor is not one of ours. Load the list from its start".into())
        })
}

fn conversation_from_row(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    let phone: Option<String> = row.get("phone")?;
    let username: Option<String> = row.get("username")?;
    let name: String = row.get("contact_name")?;
    let user_id: Option<String> = row.get("user_id")?;
    Ok(ConversationRow {
        id: row.get("id")?,
        line: row.get("line_id")?,
        line_name: row.get("line_name")?,
        line_known: row.get("line_known")?,
        name: if name.is_empty() {
            name_of(phone.as_deref(), username.as_deref(), user_id.as_deref())
        } else {
            name
        },
        phone,
        username,
        snippet: row.get("snippet")?,
        snippet_kind: row.get::<_, Kind>("snippet_kind")?.0,
        snippet_from_me: row.get("snippet_from_me")?,
        not_sent: row.get("not_sent")?,
        maybe_sent: row.get("maybe_sent")?,
        last_at: at(row, "last_at")?,
        unread: row.get("unread")?,
        marked: row.get("marked")?,
        window_closes_at: window_closes(maybe_at(row, "last_inbound_at")?, maybe_at(row, "refused_at")?),
        chip: chip_from_row(row)?,
        resolved: row.get("resolved")?,
        done_at: maybe_at(row, "done_at")?,
        snoozed_until: maybe_at(row, "snoozed_until")?,
        woke_at: maybe_at(row, "woke_at")?
            .filter(|woke| row.get::<_, At>("last_at").is_ok_and(|last| last.0 < *woke)),
        assignee: row.get("assignee_id")?,
        labels: labels_from_row(row)?,
        draft: row.get("draft")?,
        listed_at: at(row, "listed_at")?,
        ready_to_charge: row.get("ready")?,
    })
}

fn labels_from_row(row: &Row<'_>) -> rusqlite::Result<Vec<LabelId>> {
    let ids: Option<String> = row.get("labels")?;
    Ok(ids
        .unwrap_or_default()
        .split(',')
        .filter_map(|id| id.parse().ok())
        .collect())
}

/// Returns what to call a customer: by name, else by what WhatsApp knows of them.
pub(crate) fn shown_name(name: &str, identities: &[Identity]) -> String {
    let of = |kind| {
        identities
            .iter()
            .find(|identity| identity.kind == kind)
            .map(|identity| identity.value.as_str())
    };
    if name.is_empty() {
        name_of(
            of(IdentityKind::Phone),
            of(IdentityKind::Username),
            of(IdentityKind::UserId),
        )
    } else {
        name.to_owned()
    }
}

/// Returns what to call a customer who gave no name.
pub(crate) fn name_of(phone: Option<&str>, username: Option<&str>, user_id: Option<&str>) -> String {
    phone
        .map(|phone| format!("+{}", phone.trim_start_matches('+')))
        .or_else(|| username.map(str::to_owned))
        .or_else(|| user_id.map(str::to_owned))
        .unwrap_or_else(|| "?".to_owned())
}

fn chip_from_row(row: &Row<'_>) -> rusqlite::Result<Option<ChargeChip>> {
    if row.get::<_, Option<i64>>("amount_minor")?.is_none() {
        return Ok(None);
    }
    Ok(Some(ChargeChip {
        amount: money(row, "amount_minor", "currency")?,
        payment: row.get("payment")?,
        delivery: row.get("delivery")?,
        instalments: charges::instalments_from_row(row)?,
    }))
}

/// Calls `each` with every conversation as an export line.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT c.id, c.contact_id, c.last_at, c.unread, c.last_inbound_at, l.phone_number_id, l.name, l.known
         FROM conversations c JOIN lines l ON l.id = c.line_id ORDER BY c.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(serde_json::json!({
            "type": "conversation",
            "id": row.get::<_, ConversationId>("id")?,
            "contact": row.get::<_, ContactId>("contact_id")?,
            "line": row.get::<_, String>("phone_number_id")?,
            "line_name": row.get::<_, String>("name")?,
            "line_known": row.get::<_, bool>("known")?,
            "unread": row.get::<_, u32>("unread")?,
            "last_at": at(row, "last_at")?.rfc3339(),
            "last_inbound_at": maybe_at(row, "last_inbound_at")?.map(Timestamp::rfc3339),
        }))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_for_tests;

    #[tokio::test]
    async fn what_is_open_is_counted_without_its_rows() {
        let (store, _folder) = open_for_tests().await;
        let plans = store.read(|conn| {
            [UNASSIGNED, MINE]
                .map(|sql| plan_of(conn, sql))
                .into_iter()
                .collect()
        });
        let plans: Vec<String> = plans.await.unwrap();
        for plan in plans {
            assert!(plan.contains("COVERING INDEX conversations_at_work"), "{plan}");
        }
    }

    fn plan_of(conn: &Connection, sql: &str) -> Result<String> {
        let mut steps = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let steps = steps.query_map([], |row| row.get::<_, String>("detail"))?;
        Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?.join("\n"))
    }
}
