//! Messages that arrive: written once each, however often and in whichever order they come.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::columns::{At, Kind};
use crate::Result;
use crate::domain::{
    ConversationId, Delivery, Direction, Identity, MediaState, MessageId, MessageKind, Origin, Timestamp,
};

/// A message as it arrives.
pub(crate) struct Received<'a> {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub wamid: Option<&'a str>,
    pub direction: Direction,
    pub origin: Origin,
    pub kind: MessageKind,
    pub text: &'a str,
    pub at: Timestamp,
    pub delivery: Option<Delivery>,
    pub media_name: Option<&'a str>,
    pub envelope: i64,
    /// As JSON.
    pub content: Option<String>,
    /// As JSON.
    pub referral: Option<String>,
    pub reply_to: Option<&'a str>,
    /// 0: written for us. 1: passed on. 2: passed on many times.
    pub forwarded: u8,
    /// It is of the past: where it failed, nobody is asked to do anything about it.
    pub put_aside: bool,
}

/// What became of a message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    New,
    /// The message with this id was a placeholder, or was not understood before.
    Became(MessageId, ConversationId),
    /// A repetition.
    Known,
}

/// Adds messages that arrive: for many of them its statement is looked up once.
pub(crate) struct Adding<'c> {
    conn: &'c Connection,
    insert: CachedStatement<'c>,
}

impl<'c> Adding<'c> {
    pub(crate) fn prepare(conn: &'c Connection) -> Result<Self> {
        let insert = conn.prepare_cached(
            "INSERT OR IGNORE INTO messages
                 (id, conversation_id, wamid, variant, direction, origin, kind, text, at, delivery, media_name,
                  envelope, content, referral, reply_to, forwarded, put_aside)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?;
        Ok(Self { conn, insert })
    }

    /// Adds the message. `again` says that its envelope is read once more: what it
    /// made the first time then learns what the parser has learned since.
    ///
    /// A known wamid with the same content is a repetition. With another content it
    /// is kept beside the first: what was answered 200 is never dropped.
    pub(crate) fn add(&mut self, received: &Received<'_>, again: bool) -> Result<Added> {
        let Some(wamid) = received.wamid else {
            return if is_known_without_name(self.conn, received)? {
                Ok(Added::Known)
            } else {
                self.insert(received, 0).map(|_| Added::New)
            };
        };
        if self.insert(received, 0)? {
            return Ok(Added::New);
        }
        let rows = known(self.conn, wamid)?;
        if again && let Some(row) = rows.iter().find(|row| row.envelope == Some(received.envelope)) {
            return learn(self.conn, row, received);
        }
        for row in &rows {
            if row.kind == MessageKind::MediaPlaceholder && received.kind != row.kind {
                return learn(self.conn, row, received);
            }
            if row.says_the_same(received) {
                return Ok(Added::Known);
            }
        }
        let variant = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let added = self.insert(received, variant)?;
        Ok(if added { Added::New } else { Added::Known })
    }

    fn insert(&mut self, received: &Received<'_>, variant: i64) -> Result<bool> {
        // Numbered parameters: looking names up costs as much as the row.
        let added = self.insert.execute(params![
            received.id,
            received.conversation,
            received.wamid,
            variant,
            received.direction,
            received.origin,
            Kind(received.kind),
            received.text,
            At(received.at),
            received.delivery,
            received.media_name,
            received.envelope,
            received.content,
            received.referral,
            received.reply_to,
            received.forwarded,
            received.put_aside,
        ])?;
        Ok(added > 0)
    }
}

/// Takes out what an older parser kept as a message of its own, such as a
/// reaction. Returns the conversation that it stood in.
pub(crate) fn withdraw(conn: &Connection, wamid: &str, envelope: i64) -> Result<Option<ConversationId>> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM messages
         WHERE wamid = ?1 AND envelope = ?2 AND kind IN ('reaction', 'edit', 'revoke')
         RETURNING conversation_id, id",
    )?;
    let mut rows = statement.query(params![wamid, envelope])?;
    let mut unannounced = conn.prepare_cached("DELETE FROM notices WHERE message_id = ?1")?;
    let mut conversation = None;
    while let Some(row) = rows.next()? {
        conversation = Some(row.get(0)?);
        unannounced.execute(params![row.get::<_, MessageId>(1)?])?;
    }
    Ok(conversation)
}

/// Returns the conversation of one whom `nobody` names, if the message stands there and not in `conversation`.
pub(crate) fn stands_with(
    conn: &Connection,
    wamid: &str,
    nobody: &[Identity],
    conversation: ConversationId,
) -> Result<Option<ConversationId>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.id FROM messages m
         JOIN conversations c ON c.id = m.conversation_id
         JOIN identities i ON i.contact_id = c.contact_id
         WHERE m.wamid = ?1 AND c.id <> ?2 AND i.kind = ?3 AND i.value = ?4",
    )?;
    for identity in nobody {
        let found = statement
            .query_row(
                params![wamid, conversation, identity.kind, identity.value],
                |row| row.get(0),
            )
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Moves a message from one conversation to another.
pub(crate) fn move_to(
    conn: &Connection,
    wamid: &str,
    from: ConversationId,
    to: ConversationId,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE messages SET conversation_id = ?3 WHERE wamid = ?1 AND conversation_id = ?2",
    )?
    .execute(params![wamid, from, to])?;
    Ok(())
}

/// A file that came with a message.
pub(crate) struct IncomingFile<'a> {
    pub message: MessageId,
    pub direction: Direction,
    pub media_id: Option<&'a str>,
    /// Since when WhatsApp keeps it.
    pub media_id_at: Timestamp,
    pub mime: &'a str,
    pub sha256: Option<&'a str>,
    pub name: Option<&'a str>,
    pub voice: bool,
    pub animated: bool,
    pub state: MediaState,
}

/// Adds the message's file, to be fetched. One that is there already stays as it is.
pub(crate) fn add_file(conn: &Connection, file: &IncomingFile<'_>) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO media (message_id, direction, media_id, media_id_at, mime, sha256, name, voice, animated,
                            state, attempts, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0)
         ON CONFLICT (message_id) DO NOTHING",
    )?
    .execute(params![
        file.message,
        file.direction,
        file.media_id,
        At(file.media_id_at),
        file.mime,
        file.sha256,
        file.name,
        file.voice,
        file.animated,
        file.state,
    ])?;
    Ok(())
}

/// A message that has the same name.
struct KnownMessage {
    id: MessageId,
    conversation: ConversationId,
    direction: Direction,
    origin: Origin,
    kind: MessageKind,
    text: String,
    /// What it said before it was edited.
    original: Option<String>,
    envelope: Option<i64>,
}

impl KnownMessage {
    /// A placeholder that comes after its file says nothing new, and neither
    /// does what we wrote ourselves when the phone reports it.
    fn says_the_same(&self, received: &Received<'_>) -> bool {
        let ours = matches!(self.origin, Origin::Desk | Origin::Automatic);
        let told = self.text == received.text || self.original.as_deref() == Some(received.text);
        ours && received.direction == Direction::Out
            || received.kind == MessageKind::MediaPlaceholder
            || self.direction == received.direction && self.kind == received.kind && told
    }
}

fn known(conn: &Connection, wamid: &str) -> Result<Vec<KnownMessage>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, conversation_id, direction, origin, kind, text, envelope,
                (SELECT text FROM message_versions WHERE message_id = messages.id ORDER BY n LIMIT 1) AS original
         FROM messages WHERE wamid = ?1 ORDER BY variant",
    )?;
    let known = statement
        .query_map(params![wamid], known_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(known)
}

fn known_from_row(row: &Row<'_>) -> rusqlite::Result<KnownMessage> {
    Ok(KnownMessage {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        direction: row.get("direction")?,
        origin: row.get("origin")?,
        kind: row.get::<_, Kind>("kind")?.0,
        text: row.get("text")?,
        original: row.get("original")?,
        envelope: row.get("envelope")?,
    })
}

/// A message without a name of WhatsApp's is the same if one envelope said it twice.
fn is_known_without_name(conn: &Connection, received: &Received<'_>) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM messages
             WHERE conversation_id = ?1 AND at = ?2 AND wamid IS NULL AND envelope = ?3 AND text = ?4",
        )?
        .exists(params![
            received.conversation,
            At(received.at),
            received.envelope,
            received.text
        ])?)
}

/// Writes what is understood now. An edited text stays as it was edited.
fn learn(conn: &Connection, row: &KnownMessage, received: &Received<'_>) -> Result<Added> {
    let changed = conn
        .prepare_cached(
            "UPDATE messages
             SET kind = ?2, text = CASE WHEN edited_at IS NULL THEN ?3 ELSE text END, content = ?4, referral = ?5,
                 reply_to = ?6, forwarded = ?7, media_name = ?8
             WHERE id = ?1
               AND (kind <> ?2 OR (text <> ?3 AND edited_at IS NULL) OR content IS NOT ?4 OR referral IS NOT ?5
                    OR reply_to IS NOT ?6 OR forwarded <> ?7 OR media_name IS NOT ?8)",
        )?
        .execute(params![
            row.id,
            Kind(received.kind),
            received.text,
            received.content,
            received.referral,
            received.reply_to,
            received.forwarded,
            received.media_name,
        ])?;
    Ok(if changed > 0 {
        Added::Became(row.id, row.conversation)
    } else {
        Added::Known
    })
}
