//! The shop's numbers.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::maybe_at;
use crate::Result;
use crate::domain::{Line, LineId};
use crate::inbox::KnownLine;

const COLUMNS: &str = "id, name, phone_number_id, display_phone, known, waba_id, verified_name, quality,
    coexists, offboarded_at";

/// Makes the numbers that settings name known, and only those.
pub(crate) fn name_known(conn: &Connection, lines: &[KnownLine]) -> Result<()> {
    conn.execute("UPDATE lines SET known = 0", [])?;
    for line in lines {
        conn.execute(
            "INSERT INTO lines (id, phone_number_id, name, known, waba_id)
             VALUES (:id, :phone_number_id, :name, 1, :waba_id)
             ON CONFLICT (phone_number_id) DO UPDATE
                 SET name = excluded.name, known = 1, waba_id = coalesce(excluded.waba_id, waba_id)",
            named_params! {
                ":id": LineId::new(),
                ":phone_number_id": line.phone_number_id,
                ":name": line.name,
                ":waba_id": line.waba_id,
            },
        )?;
    }
    Ok(())
}

/// What Meta told of a number.
#[derive(Debug, Clone)]
pub(crate) struct Learned {
    pub phone_number_id: String,
    pub waba_id: String,
    pub display_phone: Option<String>,
    pub verified_name: Option<String>,
    pub quality: Option<String>,
    /// Messages a second.
    pub throughput: Option<u32>,
    pub coexists: bool,
}

/// Writes what Meta told of a number that is a line here.
pub(crate) fn learn(conn: &Connection, learned: &Learned) -> Result<()> {
    conn.prepare_cached(
        "UPDATE lines
         SET waba_id = :waba_id, display_phone = coalesce(:display_phone, display_phone),
             verified_name = coalesce(:verified_name, verified_name), quality = coalesce(:quality, quality),
             throughput = coalesce(:throughput, throughput), coexists = :coexists
         WHERE phone_number_id = :phone_number_id",
    )?
    .execute(named_params! {
        ":phone_number_id": learned.phone_number_id,
        ":waba_id": learned.waba_id,
        ":display_phone": learned.display_phone,
        ":verified_name": learned.verified_name,
        ":quality": learned.quality,
        ":throughput": learned.throughput,
        ":coexists": learned.coexists,
    })?;
    Ok(())
}

/// Returns the line with that number, making an unknown one if there is none:
/// what arrives is kept whatever number it carries.
pub(crate) fn find_or_add(conn: &Connection, phone_number_id: &str, display: Option<&str>) -> Result<LineId> {
    let found = conn
        .prepare_cached("SELECT id, display_phone FROM lines WHERE phone_number_id = :phone_number_id")?
        .query_row(named_params! { ":phone_number_id": phone_number_id }, |row| {
            Ok((row.get::<_, LineId>(0)?, row.get::<_, Option<String>>(1)?))
        })
        .optional()?;
    if let Some((id, known_display)) = found {
        if display.is_some() && known_display.as_deref() != display {
            conn.execute(
                "UPDATE lines SET display_phone = :display WHERE id = :id",
                named_params! { ":id": id, ":display": display },
            )?;
        }
        return Ok(id);
    }
    let id = LineId::new();
    conn.execute(
        "INSERT INTO lines (id, phone_number_id, name, display_phone, known)
         VALUES (:id, :phone_number_id, :name, :display, 0)",
        named_params! {
            ":id": id,
            ":phone_number_id": phone_number_id,
            ":name": display.unwrap_or(phone_number_id),
            ":display": display,
        },
    )?;
    Ok(id)
}

pub(crate) fn all(conn: &Connection) -> Result<Vec<Line>> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT {COLUMNS} FROM lines ORDER BY known DESC, name"))?;
    let lines = statement
        .query_map([], line_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

fn line_from_row(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get("id")?,
        name: row.get("name")?,
        phone_number_id: row.get("phone_number_id")?,
        display_phone: row.get("display_phone")?,
        known: row.get("known")?,
        waba_id: row.get("waba_id")?,
        verified_name: row.get("verified_name")?,
        quality: row.get("quality")?,
        coexists: row.get("coexists")?,
        offboarded_at: maybe_at(row, "offboarded_at")?,
    })
}
