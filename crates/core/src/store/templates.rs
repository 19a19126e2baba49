//! The shop's templates, as Meta last told them.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde_json::Value;

use super::columns::At;
use crate::Result;
use crate::domain::Timestamp;

/// A template as Meta has it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub name: String,
    pub language: String,
    pub meta_id: Option<String>,
    pub category: String,
    /// In Meta's own word.
    pub status: String,
    pub quality: Option<String>,
    pub reason: Option<String>,
    pub components: Value,
}

const COLUMNS: &str = "name, language, meta_id, category, status, quality, reason, components";

/// Makes what is kept of an account what Meta had at `at`: what is gone there goes
/// here, and what Meta told since then stays. What comes from the future was told by a
/// clock that is wrong, and gives way.
pub(crate) fn replace(
    conn: &Connection,
    waba: &str,
    all: &[Kept],
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    conn.execute(
        "DELETE FROM templates WHERE waba_id = :waba AND (updated_at <= :at OR updated_at > :now)",
        named_params! { ":waba": waba, ":at": At(at), ":now": At(now) },
    )?;
    let mut statement = conn.prepare_cached(
        "INSERT INTO templates
             (waba_id, name, language, meta_id, category, status, quality, reason, components, updated_at)
         VALUES (:waba, :name, :language, :meta_id, :category, :status, :quality, :reason, :components, :at)
         ON CONFLICT (waba_id, name, language) DO UPDATE SET
             meta_id = excluded.meta_id, components = excluded.components",
    )?;
    for template in all {
        statement.execute(named_params! {
            ":waba": waba,
            ":name": template.name,
            ":language": template.language,
            ":meta_id": template.meta_id,
            ":category": template.category,
            ":status": template.status,
            ":quality": template.quality,
            ":reason": template.reason,
            ":components": template.components.to_string(),
            ":at": At(at),
        })?;
    }
    Ok(())
}

/// Returns an account's templates by name and language.
pub(crate) fn of_account(conn: &Connection, waba: &str) -> Result<Vec<Kept>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM templates WHERE waba_id = :waba ORDER BY name, language"
    ))?;
    let templates = statement
        .query_map(named_params! { ":waba": waba }, kept_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(templates)
}

pub(crate) fn find(conn: &Connection, waba: &str, name: &str, language: &str) -> Result<Option<Kept>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM templates
             WHERE waba_id = :waba AND name = :name AND language = :language"
        ))?
        .query_row(
            named_params! { ":waba": waba, ":name": name, ":language": language },
            kept_from_row,
        )
        .optional()?)
}

/// Returns the account of the line with that number, once it is known.
pub(crate) fn account_of_line(conn: &Connection, phone_number_id: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT waba_id FROM lines WHERE phone_number_id = :id")?
        .query_row(named_params! { ":id": phone_number_id }, |row| row.get(0))
        .optional()?
        .flatten())
}

/// Writes which account a line belongs to.
pub(crate) fn set_account_of_line(conn: &Connection, phone_number_id: &str, waba: &str) -> Result<()> {
    conn.prepare_cached("UPDATE lines SET waba_id = :waba WHERE phone_number_id = :id")?
        .execute(named_params! { ":id": phone_number_id, ":waba": waba })?;
    Ok(())
}

fn kept_from_row(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let components: String = row.get("components")?;
    Ok(Kept {
        name: row.get("name")?,
        language: row.get("language")?,
        meta_id: row.get("meta_id")?,
        category: row.get("category")?,
        status: row.get("status")?,
        quality: row.get("quality")?,
        reason: row.get("reason")?,
        // Never ours: what can't be read shows as a template without text.
        components: serde_json::from_str(&components).unwrap_or(Value::Null),
    })
}
