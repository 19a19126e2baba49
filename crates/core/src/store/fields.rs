//! What the shop notes of a customer: free notes, and fields by name.

use rusqlite::{Connection, params};

use crate::Result;
use crate::domain::{ContactId, CustomField};

/// Writes a field; an empty value takes it away. The empty name is the notes'.
pub(crate) fn set(conn: &Connection, contact: ContactId, name: &str, value: &str) -> Result<bool> {
    let changed = if value.is_empty() {
        conn.prepare_cached("DELETE FROM contact_fields WHERE contact_id = ?1 AND name = ?2")?
            .execute(params![contact, name])?
    } else {
        conn.prepare_cached(
            "INSERT INTO contact_fields (contact_id, name, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (contact_id, name) DO UPDATE SET value = ?3 WHERE value <> ?3",
        )?
        .execute(params![contact, name, value])?
    };
    Ok(changed > 0)
}

/// Returns the fields by their names, the notes (with an empty name) first.
pub(crate) fn of(conn: &Connection, contact: ContactId) -> Result<Vec<CustomField>> {
    let mut statement =
        conn.prepare_cached("SELECT name, value FROM contact_fields WHERE contact_id = ?1 ORDER BY name")?;
    let fields = statement
        .query_map(params![contact], |row| {
            Ok(CustomField {
                name: row.get(0)?,
                value: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(fields)
}

/// Returns the names that the shop uses, for suggestions.
pub(crate) fn names(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn
        .prepare_cached("SELECT DISTINCT name FROM contact_fields WHERE name <> '' ORDER BY name LIMIT 50")?;
    let names = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(names)
}
