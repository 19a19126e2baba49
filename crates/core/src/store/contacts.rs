//! Customers and the identities that name them.

use cobro_whatsapp::identity::phone_match_key;
use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::At;
use crate::Result;
use crate::domain::{ContactId, Identity, IdentityKind, Timestamp};

/// Returns whom the first known of `identities` names, making a contact if none is known.
///
/// Identities come with the surest first. One that already names somebody else
/// keeps naming them: joining two people is for a person to decide.
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
        attach(conn, contact, identity, at)?;
    }
    Ok(contact)
}

/// Gives `contact` an identity, unless somebody has it already.
pub(crate) fn attach(
    conn: &Connection,
    contact: ContactId,
    identity: &Identity,
    at: Timestamp,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO identities (kind, match_key, value, contact_id, seen_at)
         VALUES (:kind, :match_key, :value, :contact_id, :at)
         ON CONFLICT (kind, match_key) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
         WHERE contact_id = excluded.contact_id",
    )?
    .execute(named_params! {
        ":kind": identity.kind,
        ":match_key": match_key(identity),
        ":value": identity.value,
        ":contact_id": contact,
        ":at": At(at),
    })?;
    Ok(())
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
    mut each: impl FnMut(ContactId, &str, Timestamp) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare("SELECT id, name, created_at FROM contacts ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(
            row.get("id")?,
            &row.get::<_, String>("name")?,
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
