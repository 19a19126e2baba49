//! Files of messages: what is known of them, and how far each has come. Their bytes are in `files`.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, at};
use crate::Result;
use crate::domain::{ConversationId, Direction, FileId, MediaState, MessageId, Timestamp, Words};

/// A message's file.
#[derive(Clone)]
pub(crate) struct File {
    pub message: MessageId,
    pub conversation: ConversationId,
    pub direction: Direction,
    /// Where its bytes are.
    pub bytes: FileId,
    /// WhatsApp's name for it.
    pub media_id: Option<String>,
    pub media_id_at: Timestamp,
    pub mime: String,
    pub sha256: Option<String>,
    pub name: Option<String>,
    pub size: Option<u64>,
    pub state: MediaState,
    pub attempts: u32,
    pub wanted: bool,
}

/// What is known of a file once it was looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub mime: Option<String>,
    pub size: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u32>,
    pub thumbnail: Option<Vec<u8>>,
}

/// A file that goes out with a message.
pub(crate) struct Attachment<'a> {
    pub message: MessageId,
    pub file: FileId,
    pub name: &'a str,
    pub mime: &'a str,
    pub voice: bool,
    pub animated: bool,
    pub facts: &'a Facts,
}

const COLUMNS: &str = "media.message_id, messages.conversation_id, media.direction, media.file_id, media.media_id,
    media.media_id_at, media.mime, media.sha256, media.name, media.size, media.state, media.attempts, media.wanted";

pub(crate) fn find(conn: &Connection, message: MessageId) -> Result<Option<File>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM media JOIN messages ON messages.id = media.message_id
             WHERE media.message_id = :message_id"
        ))?
        .query_row(named_params! { ":message_id": message }, file_from_row)
        .optional()?)
}

/// Returns the files whose turn it is, the oldest first.
pub(crate) fn due(conn: &Connection, now: Timestamp, limit: u32) -> Result<Vec<MessageId>> {
    let mut statement = conn.prepare_cached(
        "SELECT message_id FROM media WHERE state = 'waiting' AND next_at <= :now ORDER BY next_at LIMIT :limit",
    )?;
    let due = statement
        .query_map(named_params! { ":now": At(now), ":limit": limit }, |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(due)
}

/// Returns when the next file falls due.
pub(crate) fn next_due(conn: &Connection) -> Result<Option<Timestamp>> {
    let next: Option<i64> = conn
        .prepare_cached("SELECT min(next_at) FROM media WHERE state = 'waiting'")?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(Timestamp::from_millis))
}

/// Marks a waiting file as being fetched, and returns it.
pub(crate) fn claim(conn: &Connection, message: MessageId) -> Result<Option<File>> {
    let claimed = conn
        .prepare_cached(
            "UPDATE media SET state = 'fetching', attempts = attempts + 1
             WHERE message_id = :message_id AND state = 'waiting'",
        )?
        .execute(named_params! { ":message_id": message })?;
    if claimed == 0 {
        return Ok(None);
    }
    find(conn, message)
}

/// Lets the file wait until `next_at`. `problem` says why, where a person may want to know.
pub(crate) fn put_back(
    conn: &Connection,
    message: MessageId,
    next_at: Timestamp,
    problem: Option<&Words>,
) -> Result<()> {
    end(conn, message, MediaState::Waiting, problem)?;
    conn.prepare_cached("UPDATE media SET next_at = :next_at WHERE message_id = :message_id")?
        .execute(named_params! { ":message_id": message, ":next_at": At(next_at) })?;
    Ok(())
}

/// Ends the fetching in `state`.
pub(crate) fn end(
    conn: &Connection,
    message: MessageId,
    state: MediaState,
    problem: Option<&Words>,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE media
         SET state = :state, problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE message_id = :message_id",
    )?
    .execute(named_params! {
        ":message_id": message,
        ":state": state,
        ":code": problem.map(|words| &words.code),
        ":title": problem.map(|words| &words.title),
        ":advice": problem.map(|words| &words.advice),
    })?;
    Ok(())
}

/// Lets the file wait until a person opens it; one that a person opened meanwhile comes at once.
pub(crate) fn hold(conn: &Connection, message: MessageId, now: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE media
         SET state = CASE wanted WHEN 1 THEN 'waiting' ELSE 'on_demand' END, next_at = :now,
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE message_id = :message_id",
    )?
    .execute(named_params! { ":message_id": message, ":now": At(now) })?;
    Ok(())
}

/// Writes what WhatsApp tells of the file before its bytes come.
pub(crate) fn set_told(conn: &Connection, message: MessageId, size: Option<u64>) -> Result<()> {
    conn.prepare_cached("UPDATE media SET size = coalesce(:size, size) WHERE message_id = :message_id")?
        .execute(named_params! { ":message_id": message, ":size": size.map(whole) })?;
    Ok(())
}

/// Marks the file as here, whole and checked.
pub(crate) fn ready(conn: &Connection, message: MessageId, facts: &Facts) -> Result<()> {
    end(conn, message, MediaState::Ready, None)?;
    conn.prepare_cached(
        "UPDATE media
         SET size = :size, mime = coalesce(:mime, mime), width = :width, height = :height,
             duration_ms = :duration_ms, thumbnail = :thumbnail
         WHERE message_id = :message_id",
    )?
    .execute(named_params! {
        ":message_id": message,
        ":size": whole(facts.size),
        ":mime": facts.mime,
        ":width": facts.width,
        ":height": facts.height,
        ":duration_ms": facts.duration_ms,
        ":thumbnail": facts.thumbnail,
    })?;
    Ok(())
}

/// Remembers that a person wants the file, and lets it come now unless it is here or on its way.
pub(crate) fn want(conn: &Connection, message: MessageId, now: Timestamp) -> Result<()> {
    conn.prepare_cached("UPDATE media SET wanted = 1 WHERE message_id = :message_id")?
        .execute(named_params! { ":message_id": message })?;
    conn.prepare_cached(
        "UPDATE media
         SET state = 'waiting', attempts = 0, next_at = :now,
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE message_id = :message_id AND state IN ('waiting', 'on_demand', 'failed')",
    )?
    .execute(named_params! { ":message_id": message, ":now": At(now) })?;
    Ok(())
}

/// Lets what was being fetched when the last run ended wait for its turn again.
pub(crate) fn recover(conn: &Connection, now: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE media SET state = 'waiting', next_at = :now WHERE state = 'fetching'",
        named_params! { ":now": At(now) },
    )?;
    Ok(())
}

/// Adds the file of an outgoing message.
pub(crate) fn attach(conn: &Connection, attachment: &Attachment<'_>, now: Timestamp) -> Result<()> {
    let facts = attachment.facts;
    conn.prepare_cached(
        "INSERT INTO media
             (message_id, direction, media_id_at, mime, name, size, voice, animated, width, height, duration_ms, state,
              attempts, next_at, thumbnail, file_id)
         VALUES (:message_id, 'out', :now, :mime, :name, :size, :voice, :animated, :width, :height, :duration_ms,
              'ready', 0, :now, :thumbnail, :file_id)",
    )?
    .execute(named_params! {
        ":message_id": attachment.message,
        ":now": At(now),
        ":mime": attachment.mime,
        ":name": attachment.name,
        ":size": whole(facts.size),
        ":voice": attachment.voice,
        ":animated": attachment.animated,
        ":width": facts.width,
        ":height": facts.height,
        ":duration_ms": facts.duration_ms,
        ":thumbnail": facts.thumbnail,
        ":file_id": attachment.file,
    })?;
    Ok(())
}

/// Adds the file of `earlier` to `message` too, with the name that WhatsApp gave to our upload of it.
/// Returns whether there was one.
pub(crate) fn attach_again(conn: &Connection, earlier: MessageId, message: MessageId) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT INTO media
                 (message_id, direction, media_id, media_id_at, mime, sha256, name, size, voice, animated, width, height,
                  duration_ms, state, attempts, next_at, thumbnail, file_id)
             SELECT :message_id, 'out', CASE WHEN file_id IS NULL THEN NULL ELSE media_id END, media_id_at, mime,
                  sha256, name, size, voice, animated, width, height, duration_ms, state, 0, next_at, thumbnail,
                  coalesce(file_id, message_id)
             FROM media WHERE message_id = :earlier AND state = 'ready' AND direction = 'out'
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! { ":message_id": message, ":earlier": earlier })?;
    Ok(added > 0)
}

/// Keeps WhatsApp's name for a file that was uploaded.
pub(crate) fn set_media_id(
    conn: &Connection,
    message: MessageId,
    media_id: &str,
    at: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE media SET media_id = :media_id, media_id_at = :at WHERE message_id = :message_id",
    )?
    .execute(named_params! { ":message_id": message, ":media_id": media_id, ":at": At(at) })?;
    Ok(())
}

pub(crate) fn thumbnail(conn: &Connection, message: MessageId) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT thumbnail FROM media WHERE message_id = :message_id")?
        .query_row(named_params! { ":message_id": message }, |row| row.get(0))
        .optional()?
        .flatten())
}

/// Keeps a video's small picture, unless it has one. Returns whether it is new.
pub(crate) fn keep_frame(
    conn: &Connection,
    message: MessageId,
    width: u32,
    height: u32,
    thumbnail: &[u8],
) -> Result<bool> {
    let kept = conn
        .prepare_cached(
            "UPDATE media
             SET thumbnail = :thumbnail, width = coalesce(width, :width), height = coalesce(height, :height)
             WHERE message_id = :message_id AND state = 'ready' AND thumbnail IS NULL AND mime LIKE 'video/%'",
        )?
        .execute(named_params! {
            ":message_id": message,
            ":thumbnail": thumbnail,
            ":width": width,
            ":height": height,
        })?;
    Ok(kept > 0)
}

/// Returns whether a message, or a staged file, still needs these bytes.
pub(crate) fn needs(conn: &Connection, file: FileId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM media WHERE message_id = :file)
                 OR EXISTS (SELECT 1 FROM staged_files WHERE id = :file)
                 OR EXISTS (SELECT 1 FROM media WHERE file_id = :file)
                 OR EXISTS (SELECT 1 FROM product_images WHERE file_id = :file)
                 OR EXISTS (SELECT 1 FROM quick_reply_files WHERE file_id = :file)",
        )?
        .query_row(named_params! { ":file": file }, |row| row.get(0))?)
}

fn file_from_row(row: &Row<'_>) -> rusqlite::Result<File> {
    let message: MessageId = row.get("message_id")?;
    Ok(File {
        message,
        conversation: row.get("conversation_id")?,
        direction: row.get("direction")?,
        bytes: row
            .get::<_, Option<FileId>>("file_id")?
            .unwrap_or(FileId(message.0)),
        media_id: row.get("media_id")?,
        media_id_at: at(row, "media_id_at")?,
        mime: row.get("mime")?,
        sha256: row.get("sha256")?,
        name: row.get("name")?,
        size: row
            .get::<_, Option<i64>>("size")?
            .and_then(|size| u64::try_from(size).ok()),
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        wanted: row.get("wanted")?,
    })
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
