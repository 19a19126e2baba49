//! Contacts that a person joined, what moved then, and the way back.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::{Deserialize, Serialize};

use super::columns::{At, at};
use super::{conversations, labels, payers, proposals};
use crate::Result;
use crate::domain::{ChargeId, ContactId, ConversationId, IdentityKind, JoinedContact, LineId, Timestamp};

/// What moved from one contact to another: exactly this moves back.
#[derive(Default, Serialize, Deserialize)]
struct Moved {
    /// Kind and match key.
    identities: Vec<(String, String)>,
    /// Conversations on lines where the kept contact had none.
    conversations: Vec<Given>,
    merged: Vec<Merged>,
}

/// A conversation that went along as it was, with what was in it then.
#[derive(Serialize, Deserialize)]
struct Given {
    conversation: ConversationId,
    line: LineId,
    /// The messages' own numbers.
    messages: HashSet<i64>,
    charges: HashSet<ChargeId>,
}

/// A conversation that went into another one on the same line.
#[derive(Serialize, Deserialize)]
struct Merged {
    conversation: ConversationId,
    into: ConversationId,
    line: LineId,
    /// The messages' own numbers.
    messages: Vec<i64>,
    charges: Vec<ChargeId>,
}

/// Moves everything of `other` to `keep`.
pub(crate) fn join(conn: &Connection, keep: ContactId, other: ContactId, now: Timestamp) -> Result<()> {
    let mut moved = Moved {
        identities: move_identities(conn, keep, other)?,
        ..Moved::default()
    };
    for (conversation, line) in conversations_of(conn, other)? {
        if let Some(into) = conversations::on_line(conn, line, keep)? {
            moved.merged.push(merge(conn, conversation, into, line)?);
        } else {
            give_conversation(conn, conversation, keep)?;
            moved.conversations.push(Given {
                conversation,
                line,
                messages: messages_in(conn, conversation)?.into_iter().collect(),
                charges: charges_in(conn, conversation)?.into_iter().collect(),
            });
        }
    }
    let json = serde_json::to_string(&moved).map_err(anyhow::Error::new)?;
    conn.execute(
        "INSERT INTO contact_joins (kept_id, joined_id, joined_name, moved, at)
         SELECT :kept_id, id, coalesce(nullif(book_name, ''), name), :moved, :at FROM contacts WHERE id = :joined_id",
        named_params! { ":kept_id": keep, ":joined_id": other, ":moved": json, ":at": At(now) },
    )?;
    Ok(())
}

/// Moves back what moved when `joined` was joined to `contact`, and the identities
/// that were learned beside those since. Returns whether they were joined; the
/// messages and charges that came since stay.
pub(crate) fn split(
    conn: &Connection,
    contact: ContactId,
    joined: ContactId,
    now: Timestamp,
) -> Result<bool> {
    let found = conn
        .query_row(
            "SELECT n, moved FROM contact_joins
             WHERE kept_id = :kept_id AND joined_id = :joined_id AND split_at IS NULL ORDER BY n DESC LIMIT 1",
            named_params! { ":kept_id": contact, ":joined_id": joined },
            |row| Ok((row.get::<_, i64>("n")?, row.get::<_, String>("moved")?)),
        )
        .optional()?;
    let Some((n, json)) = found else {
        return Ok(false);
    };
    let moved: Moved = serde_json::from_str(&json).map_err(anyhow::Error::new)?;
    let mut give = conn.prepare_cached(
        "UPDATE identities SET contact_id = ?1 WHERE kind = ?2 AND match_key = ?3 AND contact_id = ?4",
    )?;
    for (kind, match_key) in &moved.identities {
        give.execute(params![joined, kind, match_key, contact])?;
    }
    give_learned(conn, contact, joined, moved.identities)?;
    for given in &moved.conversations {
        take_back(conn, contact, joined, given)?;
    }
    for merged in &moved.merged {
        part(conn, joined, merged)?;
    }
    conn.execute(
        "UPDATE contact_joins SET split_at = :at WHERE n = :n",
        named_params! { ":n": n, ":at": At(now) },
    )?;
    Ok(true)
}

/// Returns the contacts that were joined to this one, newest first.
pub(crate) fn of(conn: &Connection, contact: ContactId) -> Result<Vec<JoinedContact>> {
    let mut statement = conn.prepare_cached(
        "SELECT joined_id, joined_name, at FROM contact_joins
         WHERE kept_id = :kept_id AND split_at IS NULL ORDER BY n DESC",
    )?;
    let joined = statement
        .query_map(named_params! { ":kept_id": contact }, |row| {
            Ok(JoinedContact {
                contact: row.get("joined_id")?,
                name: row.get("joined_name")?,
                at: at(row, "at")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(joined)
}

/// Returns whether the contact is part of another one now.
pub(crate) fn is_joined(conn: &Connection, contact: ContactId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM contact_joins WHERE joined_id = ?1 AND split_at IS NULL")?
        .exists(params![contact])?)
}

fn move_identities(conn: &Connection, keep: ContactId, other: ContactId) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached(
        "UPDATE identities SET contact_id = ?1 WHERE contact_id = ?2 RETURNING kind, match_key",
    )?;
    let moved = statement
        .query_map(params![keep, other], |row| {
            Ok((row.get::<_, IdentityKind>(0)?.as_str().to_owned(), row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(moved)
}

/// Gives `joined` what of `contact` was learned beside these identities.
fn give_learned(
    conn: &Connection,
    contact: ContactId,
    joined: ContactId,
    mut beside: Vec<(String, String)>,
) -> Result<()> {
    let mut give = conn.prepare_cached(
        "UPDATE identities SET contact_id = ?1 WHERE contact_id = ?2 AND beside = ?3 || ' ' || ?4
         RETURNING kind, match_key",
    )?;
    while let Some((kind, match_key)) = beside.pop() {
        let learned = give.query_map(params![joined, contact, kind, match_key], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        for identity in learned {
            beside.push(identity?);
        }
    }
    Ok(())
}

/// Returns the messages' own numbers.
fn messages_in(conn: &Connection, conversation: ConversationId) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached("SELECT n FROM messages WHERE conversation_id = ?1")?;
    let messages = statement
        .query_map(params![conversation], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(messages)
}

fn charges_in(conn: &Connection, conversation: ConversationId) -> Result<Vec<ChargeId>> {
    let mut statement = conn.prepare_cached("SELECT id FROM charges WHERE conversation_id = ?1")?;
    let charges = statement
        .query_map(params![conversation], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(charges)
}

/// Gives a conversation back. What came into it since stays with `contact`, in one of its own.
fn take_back(conn: &Connection, contact: ContactId, joined: ContactId, given: &Given) -> Result<()> {
    let messages: Vec<_> = messages_in(conn, given.conversation)?
        .into_iter()
        .filter(|n| !given.messages.contains(n))
        .collect();
    let charges: Vec<_> = charges_in(conn, given.conversation)?
        .into_iter()
        .filter(|charge| !given.charges.contains(charge))
        .collect();
    give_conversation(conn, given.conversation, joined)?;
    if messages.is_empty() && charges.is_empty() {
        return Ok(());
    }
    part(
        conn,
        contact,
        &Merged {
            conversation: ConversationId::new(),
            into: given.conversation,
            line: given.line,
            messages,
            charges,
        },
    )
}

fn conversations_of(conn: &Connection, contact: ContactId) -> Result<Vec<(ConversationId, LineId)>> {
    let mut statement = conn.prepare_cached("SELECT id, line_id FROM conversations WHERE contact_id = ?1")?;
    let conversations = statement
        .query_map(params![contact], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(conversations)
}

fn give_conversation(conn: &Connection, conversation: ConversationId, contact: ContactId) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE conversations SET contact_id = ?1 WHERE id = ?2")?
        .execute(params![contact, conversation])?;
    Ok(())
}

/// Moves all of one conversation into another, and takes the empty one out.
fn merge(conn: &Connection, from: ConversationId, into: ConversationId, line: LineId) -> Result<Merged> {
    let messages = conn
        .prepare_cached("UPDATE messages SET conversation_id = ?1 WHERE conversation_id = ?2 RETURNING n")?
        .query_map(params![into, from], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let charges = conn
        .prepare_cached("UPDATE charges SET conversation_id = ?1 WHERE conversation_id = ?2 RETURNING id")?
        .query_map(params![into, from], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in ["outbox", "notices", "quotations"] {
        conn.execute(
            &format!("UPDATE {table} SET conversation_id = ?1 WHERE conversation_id = ?2"),
            params![into, from],
        )?;
    }
    conn.execute(
        "UPDATE conversations
         SET unread = unread + (SELECT unread FROM conversations WHERE id = ?2)
         WHERE id = ?1",
        params![into, from],
    )?;
    labels::move_to(conn, from, into)?;
    conn.execute(
        "UPDATE OR IGNORE drafts SET conversation_id = ?1 WHERE conversation_id = ?2",
        params![into, from],
    )?;
    proposals::forget(conn, from)?;
    payers::move_to(conn, from, into)?;
    conn.execute("DELETE FROM conversations WHERE id = ?1", params![from])?;
    conversations::refresh(conn, into)?;
    Ok(Merged {
        conversation: from,
        into,
        line,
        messages,
        charges,
    })
}

/// Makes a merged conversation its own again, with what was in it.
fn part(conn: &Connection, contact: ContactId, merged: &Merged) -> Result<()> {
    conversations::add(conn, merged.conversation, merged.line, contact)?;
    let mut messages = conn
        .prepare_cached("UPDATE messages SET conversation_id = ?1 WHERE n = ?2 AND conversation_id = ?3")?;
    let mut waiting = conn.prepare_cached(
        "UPDATE outbox SET conversation_id = ?1
         WHERE conversation_id = ?3 AND id = (SELECT id FROM messages WHERE n = ?2)",
    )?;
    let mut untold = conn.prepare_cached(
        "UPDATE notices SET conversation_id = ?1
         WHERE conversation_id = ?3 AND message_id = (SELECT id FROM messages WHERE n = ?2)",
    )?;
    let mut offers = conn.prepare_cached(
        "UPDATE quotations SET conversation_id = ?1
         WHERE conversation_id = ?3 AND message_id = (SELECT id FROM messages WHERE n = ?2)",
    )?;
    for n in &merged.messages {
        for statement in [&mut messages, &mut waiting, &mut untold, &mut offers] {
            statement.execute(params![merged.conversation, n, merged.into])?;
        }
    }
    let mut charges = conn
        .prepare_cached("UPDATE charges SET conversation_id = ?1 WHERE id = ?2 AND conversation_id = ?3")?;
    for charge in &merged.charges {
        charges.execute(params![merged.conversation, charge, merged.into])?;
    }
    conversations::refresh(conn, merged.conversation)?;
    conversations::refresh(conn, merged.into)
}
