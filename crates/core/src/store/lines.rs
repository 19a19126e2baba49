//! The shop's numbers.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{At, maybe_at};
use crate::Result;
use crate::domain::{Line, LineId, Timestamp};
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
pub(crate) fn learn_number(conn: &Connection, learned: &Learned) -> Result<()> {
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
pub(crate) fn find_or_add(
    conn: &Connection,
    phone_number_id: &str,
    display: Option<&str>,
    waba_id: Option<&str>,
) -> Result<LineId> {
    let found = conn
        .prepare_cached("SELECT id, display_phone, waba_id FROM lines WHERE phone_number_id = ?1")?
        .query_row(params![phone_number_id], |row| {
            Ok((
                row.get::<_, LineId>(0)?,
                row.get::<_, Option<String>>(1)?,
                row.get::<_, Option<String>>(2)?,
            ))
        })
        .optional()?;
    if let Some((id, known_display, known_waba)) = found {
        let is_news = |told: Option<&str>, known: Option<String>| told.is_some() && told != known.as_deref();
        if is_news(display, known_display) || is_news(waba_id, known_waba) {
            conn.execute(
                "UPDATE lines SET display_phone = coalesce(?2, display_phone), waba_id = coalesce(?3, waba_id)
                 WHERE id = ?1",
                params![id, display, waba_id],
            )?;
        }
        return Ok(id);
    }
    let id = LineId::new();
    conn.execute(
        "INSERT INTO lines (id, phone_number_id, name, display_phone, waba_id, known)
         VALUES (?1, ?2, ?3, ?4, ?5, 0)",
        params![
            id,
            phone_number_id,
            display.unwrap_or(phone_number_id),
            display,
            waba_id
        ],
    )?;
    Ok(id)
}

/// Notes that the Business app is on the same number. Returns whether that is news.
pub(crate) fn set_coexists(conn: &Connection, line: LineId) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE lines SET coexists = 1 WHERE id = ?1 AND coexists = 0")?
        .execute(params![line])?;
    Ok(changed > 0)
}

/// Returns the lines that a piece of news is about: by number id, by phone, or all of an account.
pub(crate) fn concerned(
    conn: &Connection,
    phone_number_id: Option<&str>,
    display: Option<&str>,
    waba_id: Option<&str>,
) -> Result<Vec<LineId>> {
    let digits: Option<String> = display.map(|phone| phone.chars().filter(char::is_ascii_digit).collect());
    let mut statement = conn.prepare_cached(
        "SELECT id FROM lines
         WHERE CASE WHEN ?1 IS NOT NULL THEN phone_number_id = ?1
                    WHEN ?2 IS NOT NULL
                    THEN replace(replace(replace(replace(replace(display_phone, '+', ''), ' ', ''), '-', ''),
                                         '(', ''), ')', '') = ?2
                    ELSE waba_id = ?3 END",
    )?;
    let lines = statement
        .query_map(params![phone_number_id, digits, waba_id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

/// Notes that the number was taken away from us at that time, or given back.
/// Returns whether that is the newest word on it: an older one changes nothing.
pub(crate) fn set_standing(conn: &Connection, line: LineId, is_ours: bool, at: Timestamp) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE lines SET offboarded_at = CASE WHEN ?2 THEN NULL ELSE ?3 END, standing_at = ?3
             WHERE id = ?1 AND standing_at < ?3",
        )?
        .execute(params![line, is_ours, At(at)])?;
    Ok(changed > 0)
}

/// Notes that Meta itself shows the number as one that we can answer from, whatever it told before.
pub(crate) fn answers(conn: &Connection, phone_number_id: &str, now: Timestamp) -> Result<()> {
    conn.prepare_cached(
        "UPDATE lines SET offboarded_at = NULL, standing_at = ?2
         WHERE phone_number_id = ?1 AND offboarded_at IS NOT NULL",
    )?
    .execute(params![phone_number_id, At(now)])?;
    Ok(())
}

/// What Meta tells of one number. What is absent stays as it is.
#[derive(Debug, Default)]
pub(crate) struct LineNews<'a> {
    pub verified_name: Option<&'a str>,
    pub quality: Option<&'a str>,
    /// Messages a second.
    pub throughput: Option<u32>,
}

pub(crate) fn learn(conn: &Connection, line: LineId, news: &LineNews<'_>) -> Result<()> {
    conn.prepare_cached(
        "UPDATE lines
         SET verified_name = coalesce(?2, verified_name), quality = coalesce(?3, quality),
             throughput = coalesce(?4, throughput)
         WHERE id = ?1",
    )?
    .execute(params![line, news.verified_name, news.quality, news.throughput])?;
    Ok(())
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
