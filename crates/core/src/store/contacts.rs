//! Customers and the identities that name them.

use cobro_whatsapp::identity::phone_match_key;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::columns::At;
use crate::domain::{ContactId, ConversationId, Identity, IdentityKind, Timestamp};
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

/// Returns whom the first known of `identities` names, making a contact if none is known.
///
/// Identities come with the surest first. One that already names somebody else
/// keeps naming them: joining two people is for a person to decide, and what
/// speaks for it is kept.
pub(crate) fn find_or_add(
    conn: &Connection,
    identities: &[Identity],
    name: Option<&str>,
    at: Timestamp,
) -> Result<ContactId> {
    let mut found = None;
    for identity in identities {
        found = contact_of(conn, identity)?;
        if found.is_some() {
            break;
        }
    }
    let contact = match found {
        Some(contact) => {
            rename(conn, contact, name)?;
            contact
        }
        None => add(conn, name.unwrap_or_default(), at)?,
    };
    for identity in identities {
        attach(conn, contact, identity, Evidence::SameMessage, at)?;
    }
    Ok(contact)
}

/// Gives `contact` an identity. Where somebody has it already they keep it, and
/// the two are suggested to be one.
pub(crate) fn attach(
    conn: &Connection,
    contact: ContactId,
    identity: &Identity,
    evidence: Evidence,
    at: Timestamp,
) -> Result<()> {
    let match_key = match_key(identity);
    let attached = conn
        .prepare_cached(
            "INSERT INTO identities (kind, match_key, value, contact_id, seen_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (kind, match_key) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
             WHERE contact_id = excluded.contact_id",
        )?
        .execute(params![identity.kind, match_key, identity.value, contact, At(at)])?;
    if attached == 0
        && let Some(other) = contact_of(conn, identity)?
    {
        conn.prepare_cached(
            "INSERT INTO contact_evidence (contact_id, other_id, why, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![contact, other, evidence.as_str(), At(at)])?;
    }
    Ok(())
}

/// Gives `contact` an identity that WhatsApp says is theirs from now on. One
/// who has it and never had a conversation gives it up.
pub(crate) fn take_over(
    conn: &Connection,
    contact: ContactId,
    identity: &Identity,
    evidence: Evidence,
    at: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE identities SET contact_id = ?1
         WHERE kind = ?2 AND match_key = ?3
           AND contact_id NOT IN (SELECT contact_id FROM conversations WHERE contact_id = identities.contact_id)",
    )?
    .execute(params![contact, identity.kind, match_key(identity)])?;
    attach(conn, contact, identity, evidence, at)
}

/// Writes the phone book's name for whom the first known of `identities` names,
/// making a contact if none is known. `None` takes it away. The newest word counts.
pub(crate) fn set_book_name(
    conn: &Connection,
    identities: &[Identity],
    name: Option<&str>,
    at: Timestamp,
) -> Result<Option<ContactId>> {
    let mut found = None;
    for identity in identities {
        found = contact_of(conn, identity)?;
        if found.is_some() {
            break;
        }
    }
    let contact = match (found, name) {
        (Some(contact), _) => contact,
        (None, Some(_)) => find_or_add(conn, identities, None, at)?,
        (None, None) => return Ok(None),
    };
    let changed = conn
        .prepare_cached(
            "UPDATE contacts SET book_name = ?2, book_at = ?3
             WHERE id = ?1 AND book_at <= ?3 AND book_name IS NOT ?2",
        )?
        .execute(params![contact, name, At(at)])?;
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
