//! Customers and the identities that name them.

use cobro_whatsapp::identity::phone_match_key;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::columns::At;
use crate::domain::{ContactId, ConversationId, Identity, IdentityKind, LineId, Timestamp};
use crate::{Error, Result};

/// Why two contacts look like one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// One message named both.
    SameMessage,
    NumberChanged,
    UserIdChanged,
}

impl Evidence {
    fn as_str(self) -> &'static str {
        match self {
            Self::SameMessage => "same_message",
            Self::NumberChanged => "number_changed",
            Self::UserIdChanged => "user_id_changed",
        }
    }
}

/// Returns whom `identities` name, making a contact if that is nobody yet.
///
/// One that already names somebody else keeps naming them: joining two people is
/// for a person to decide, and what speaks for it is kept. What changes hands
/// (a number by a new user id, a username) goes to who has it now.
pub(crate) fn find_or_add(
    conn: &Connection,
    identities: &[Identity],
    name: Option<&str>,
    at: Timestamp,
) -> Result<ContactId> {
    let (contact, by) = match named(conn, identities, at)? {
        Named::Now(contact, by) => {
            rename(conn, contact, name)?;
            (contact, Some(by))
        }
        // It says nothing of who has the identity today.
        Named::Then(contact) => return Ok(contact),
        Named::Nobody => (add(conn, name.unwrap_or_default(), at)?, None),
    };
    let by = by.or(identities.first());
    for identity in identities {
        attach(conn, contact, identity, by, Evidence::SameMessage, at)?;
    }
    Ok(contact)
}

/// Returns the conversation on `line` of the one contact who has all of `identities`
/// and goes by `name`, and since when all of them were seen: what most messages
/// name, in one look. `None` leaves it to [`find_or_add`].
///
/// Without a user id it holds only while nothing changed hands yet.
pub(crate) fn known_on_line(
    conn: &Connection,
    line: LineId,
    identities: &[Identity],
    name: Option<&str>,
) -> Result<Option<(ConversationId, Timestamp)>> {
    let Some((first, others)) = identities.split_first() else {
        return Ok(None);
    };
    let found: Option<(ConversationId, ContactId, Timestamp)> = conn
        .prepare_cached(
            "SELECT c.id, i.contact_id, i.seen_at FROM identities i
             JOIN contacts k ON k.id = i.contact_id
             JOIN conversations c ON c.line_id = ?3 AND c.contact_id = i.contact_id
             WHERE i.kind = ?1 AND i.match_key = ?2 AND (?4 = '' OR k.name = ?4)",
        )?
        .query_row(
            params![first.kind, match_key(first), line, name.unwrap_or_default()],
            |row| Ok((row.get(0)?, row.get(1)?, super::columns::at(row, "seen_at")?)),
        )
        .optional()?;
    let Some((conversation, contact, mut seen)) = found else {
        return Ok(None);
    };
    for identity in others {
        let theirs: Option<Timestamp> = conn
            .prepare_cached(
                "SELECT seen_at FROM identities WHERE kind = ?1 AND match_key = ?2 AND contact_id = ?3",
            )?
            .query_row(params![identity.kind, match_key(identity), contact], |row| {
                super::columns::at(row, "seen_at")
            })
            .optional()?;
        let Some(theirs) = theirs else {
            return Ok(None);
        };
        seen = seen.min(theirs);
    }
    Ok(Some((conversation, seen)))
}

/// Whom identities name at some moment.
enum Named<'a> {
    /// And by which of them.
    Now(ContactId, &'a Identity),
    /// It was theirs then, and is no longer.
    Then(ContactId),
    Nobody,
}

/// A user id is sure. A phone number is, but for somebody else's new user id:
/// numbers are given to new people. A username names only who has nothing surer.
fn named<'a>(conn: &Connection, identities: &'a [Identity], at: Timestamp) -> Result<Named<'a>> {
    let of = |kind| identities.iter().find(|identity| identity.kind == kind);
    let (user_id, phone) = (of(IdentityKind::UserId), of(IdentityKind::Phone));
    if let Some(user_id) = user_id
        && let Some(contact) = contact_of(conn, user_id)?
    {
        return Ok(Named::Now(contact, user_id));
    }
    let username = of(IdentityKind::Username).filter(|_| user_id.is_none() && phone.is_none());
    let Some(identity) = phone.or(username) else {
        return Ok(Named::Nobody);
    };
    if user_id.is_none()
        && let Some(contact) = former(conn, identity, at)?
    {
        return Ok(Named::Then(contact));
    }
    Ok(match contact_of(conn, identity)? {
        Some(contact) if user_id.is_none() || !has_user_id(conn, contact)? => Named::Now(contact, identity),
        _ => Named::Nobody,
    })
}

pub(crate) fn has_user_id(conn: &Connection, contact: ContactId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM identities WHERE contact_id = ?1 AND kind = 'user_id'")?
        .exists(params![contact])?)
}

/// Returns whose the identity was at that time, if it changed hands since.
fn former(conn: &Connection, identity: &Identity, at: Timestamp) -> Result<Option<ContactId>> {
    let found: Option<ContactId> = conn
        .prepare_cached(
            "SELECT contact_id FROM former_identities
             WHERE kind = ?1 AND match_key = ?2 AND until >= ?3 ORDER BY until LIMIT 1",
        )?
        .query_row(params![identity.kind, match_key(identity), At(at)], |row| {
            row.get(0)
        })
        .optional()?;
    let Some(mut contact) = found else {
        return Ok(None);
    };
    let mut joined =
        conn.prepare_cached("SELECT kept_id FROM contact_joins WHERE joined_id = ?1 AND split_at IS NULL")?;
    while let Some(kept) = joined.query_row(params![contact], |row| row.get(0)).optional()? {
        contact = kept;
    }
    Ok(Some(contact))
}

/// Returns whether anything changed hands yet.
pub(crate) fn any_former(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM former_identities LIMIT 1")?
        .exists([])?)
}

/// Takes the identity from who has it: messages up to `until` stay theirs, later ones are somebody else's.
pub(crate) fn retire(conn: &Connection, identity: &Identity, until: Timestamp) -> Result<()> {
    let match_key = match_key(identity);
    conn.prepare_cached(
        "INSERT INTO former_identities (kind, match_key, until, contact_id)
         SELECT kind, match_key, ?3, contact_id FROM identities WHERE kind = ?1 AND match_key = ?2
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![identity.kind, match_key, At(until)])?;
    conn.prepare_cached("DELETE FROM identities WHERE kind = ?1 AND match_key = ?2")?
        .execute(params![identity.kind, match_key])?;
    Ok(())
}

/// Returns whether it is known that whoever had `previous` has `current` now:
/// then `previous` may be somebody else's already.
pub(crate) fn changed_hands(
    conn: &Connection,
    previous: &Identity,
    current: &Identity,
    at: Timestamp,
) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM former_identities
             WHERE kind = ?1 AND match_key = ?2
               AND (until >= ?3 OR contact_id = (SELECT contact_id FROM identities
                                                 WHERE kind = ?1 AND match_key = ?4))",
        )?
        .exists(params![
            previous.kind,
            match_key(previous),
            At(at),
            match_key(current)
        ])?)
}

/// Moves the moment at which an identity was last used.
pub(crate) fn saw(conn: &Connection, identity: &Identity, at: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE identities SET seen_at = max(seen_at, ?3) WHERE kind = ?1 AND match_key = ?2",
    )?
    .execute(params![identity.kind, match_key(identity), At(at)])?;
    Ok(())
}

/// Gives `contact` an identity. Where somebody has it already they keep it, and
/// the two are suggested to be one. `beside` is the contact's identity that it was learned by.
pub(crate) fn attach(
    conn: &Connection,
    contact: ContactId,
    identity: &Identity,
    beside: Option<&Identity>,
    evidence: Evidence,
    at: Timestamp,
) -> Result<()> {
    let match_key = match_key(identity);
    let attached = conn
        .prepare_cached(
            "INSERT INTO identities (kind, match_key, value, contact_id, seen_at, beside)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (kind, match_key) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
             WHERE contact_id = excluded.contact_id",
        )?
        .execute(params![
            identity.kind,
            match_key,
            identity.value,
            contact,
            At(at),
            beside.filter(|beside| *beside != identity).map(name_of)
        ])?;
    if attached == 0
        && let Some(other) = contact_of(conn, identity)?
    {
        give_up(conn, contact, other, identity, at)?;
        conn.prepare_cached(
            "INSERT INTO contact_evidence (contact_id, other_id, why, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![contact, other, evidence.as_str(), At(at)])?;
    }
    Ok(())
}

/// Moves to `contact` what `other` has no longer: a username, which one person
/// has at a time, and a number that came with another user id.
fn give_up(
    conn: &Connection,
    contact: ContactId,
    other: ContactId,
    identity: &Identity,
    at: Timestamp,
) -> Result<()> {
    let changed_hands = match identity.kind {
        IdentityKind::UserId => false,
        IdentityKind::Username => true,
        IdentityKind::Phone => has_user_id(conn, contact)? && has_user_id(conn, other)?,
    };
    let seen_at = conn
        .prepare_cached("SELECT seen_at FROM identities WHERE kind = ?1 AND match_key = ?2")?
        .query_row(params![identity.kind, match_key(identity)], |row| {
            super::columns::at(row, "seen_at")
        })?;
    if !changed_hands || at < seen_at {
        return Ok(());
    }
    retire(conn, identity, seen_at)?;
    conn.prepare_cached("UPDATE identities SET beside = NULL WHERE beside = ?1")?
        .execute(params![name_of(identity)])?;
    conn.prepare_cached(
        "INSERT INTO identities (kind, match_key, value, contact_id, seen_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        identity.kind,
        match_key(identity),
        identity.value,
        contact,
        At(at)
    ])?;
    Ok(())
}

/// Gives `contact` an identity that WhatsApp says is theirs from now on. One
/// who has it and never had a conversation gives it up.
pub(crate) fn take_over(
    conn: &Connection,
    contact: ContactId,
    identity: &Identity,
    beside: &Identity,
    evidence: Evidence,
    at: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE identities SET contact_id = ?1
         WHERE kind = ?2 AND match_key = ?3
           AND contact_id NOT IN (SELECT contact_id FROM conversations WHERE contact_id = identities.contact_id)",
    )?
    .execute(params![contact, identity.kind, match_key(identity)])?;
    attach(conn, contact, identity, Some(beside), evidence, at)
}

/// Writes the phone book's name for whom `identities` name,
/// making a contact if that is nobody yet. `None` takes it away. The newest word counts.
pub(crate) fn set_book_name(
    conn: &Connection,
    identities: &[Identity],
    name: Option<&str>,
    at: Timestamp,
) -> Result<Option<ContactId>> {
    let contact = match (named(conn, identities, at)?, name) {
        (Named::Now(contact, _) | Named::Then(contact), _) => contact,
        (Named::Nobody, Some(_)) => find_or_add(conn, identities, None, at)?,
        (Named::Nobody, None) => return Ok(None),
    };
    let changed = conn
        .prepare_cached(
            "UPDATE contacts SET book_name = ?2, book_at = ?3
             WHERE id = ?1 AND book_at <= ?3 AND book_name IS NOT ?2",
        )?
        .execute(params![contact, name, At(at)])?;
    // The same word again is newer than any that comes late.
    conn.prepare_cached(
        "UPDATE contacts SET book_at = ?2 WHERE id = ?1 AND book_at < ?2 AND book_name IS ?3",
    )?
    .execute(params![contact, At(at), name])?;
    Ok((changed > 0).then_some(contact))
}

/// Returns the contact's conversations.
pub(crate) fn conversations_of(conn: &Connection, contact: ContactId) -> Result<Vec<ConversationId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM conversations WHERE contact_id = ?1 ORDER BY last_at DESC")?;
    let conversations = statement
        .query_map(params![contact], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(conversations)
}

/// Returns the contact's name: the phone book's, else the profile's, which may be empty.
pub(crate) fn name(conn: &Connection, contact: ContactId) -> Result<String> {
    conn.prepare_cached("SELECT coalesce(nullif(book_name, ''), name) FROM contacts WHERE id = ?1")?
        .query_row(params![contact], |row| row.get(0))
        .optional()?
        .ok_or(Error::NotFound("This customer"))
}

pub(crate) fn contact_of(conn: &Connection, identity: &Identity) -> Result<Option<ContactId>> {
    let contact = conn
        .prepare_cached("SELECT contact_id FROM identities WHERE kind = :kind AND match_key = :match_key")?
        .query_row(
            named_params! { ":kind": identity.kind, ":match_key": match_key(identity) },
            |row| row.get(0),
        )
        .optional()?;
    Ok(contact)
}

pub(crate) fn identities_of(conn: &Connection, contact: ContactId) -> Result<Vec<Identity>> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, value FROM identities WHERE contact_id = :contact_id ORDER BY kind, value",
    )?;
    let identities = statement
        .query_map(named_params! { ":contact_id": contact }, |row| {
            Ok(Identity {
                kind: row.get(0)?,
                value: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(identities)
}

/// Names an identity among all: its kind and its match key.
fn name_of(identity: &Identity) -> String {
    format!("{} {}", identity.kind.as_str(), match_key(identity))
}

fn match_key(identity: &Identity) -> String {
    match identity.kind {
        IdentityKind::Phone => phone_match_key(&identity.value),
        IdentityKind::UserId | IdentityKind::Username => identity.value.clone(),
    }
}

fn add(conn: &Connection, name: &str, at: Timestamp) -> Result<ContactId> {
    let id = ContactId::new();
    conn.prepare_cached("INSERT INTO contacts (id, name, created_at) VALUES (:id, :name, :at)")?
        .execute(named_params! { ":id": id, ":name": name, ":at": At(at) })?;
    Ok(id)
}

fn rename(conn: &Connection, contact: ContactId, name: Option<&str>) -> Result<()> {
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    conn.prepare_cached("UPDATE contacts SET name = :name WHERE id = :id AND name <> :name")?
        .execute(named_params! { ":id": contact, ":name": name })?;
    Ok(())
}

/// Calls `each` for every contact, for an export.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(ContactId, &str, Option<&str>, Timestamp) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare("SELECT id, name, book_name, created_at FROM contacts ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(
            row.get("id")?,
            &row.get::<_, String>("name")?,
            row.get::<_, Option<String>>("book_name")?.as_deref(),
            super::columns::at(row, "created_at")?,
        )?;
    }
    Ok(())
}

/// Calls `each` for every identity, for an export.
pub(crate) fn for_each_identity(
    conn: &Connection,
    mut each: impl FnMut(ContactId, Identity) -> Result<()>,
) -> Result<()> {
    let mut statement =
        conn.prepare("SELECT contact_id, kind, value FROM identities ORDER BY contact_id, kind, value")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(
            row.get("contact_id")?,
            Identity {
                kind: row.get("kind")?,
                value: row.get("value")?,
            },
        )?;
    }
    Ok(())
}
