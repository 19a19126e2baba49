//! Who works in the shop.

use rusqlite::{Connection, params};

use super::columns::At;
use crate::Result;
use crate::domain::{Member, MemberId, Timestamp};

/// Returns everybody, this desk's own person first.
pub(crate) fn all(conn: &Connection) -> Result<Vec<Member>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, is_me FROM members WHERE removed_at IS NULL ORDER BY is_me DESC, name, id",
    )?;
    let members = statement
        .query_map([], |row| {
            Ok(Member {
                id: row.get(0)?,
                name: row.get(1)?,
                is_me: row.get(2)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(members)
}

/// Adds somebody, or gives them another name. Returns whether that changed anything.
pub(crate) fn save(conn: &Connection, id: MemberId, name: &str) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "INSERT INTO members (id, name, is_me) VALUES (?1, ?2, 0)
             ON CONFLICT (id) DO UPDATE SET name = ?2, removed_at = NULL
             WHERE name <> ?2 OR removed_at IS NOT NULL",
        )?
        .execute(params![id, name])?;
    Ok(changed > 0)
}

/// Takes somebody off the list; what was theirs is nobody's. The person at this desk stays.
pub(crate) fn remove(conn: &Connection, id: MemberId, at: Timestamp) -> Result<bool> {
    let removed = conn
        .prepare_cached(
            "UPDATE members SET removed_at = ?2 WHERE id = ?1 AND is_me = 0 AND removed_at IS NULL",
        )?
        .execute(params![id, At(at)])?;
    if removed > 0 {
        conn.prepare_cached("UPDATE conversations SET assignee_id = NULL WHERE assignee_id = ?1")?
            .execute(params![id])?;
    }
    Ok(removed > 0)
}
