//! Who may be the same person as somebody, and why it seems so.

use rusqlite::{Connection, params};

use crate::Result;
use crate::domain::ContactId;

/// A contact that may be the same person.
pub(crate) struct Likely {
    pub contact: ContactId,
    /// `same_message`, `number_changed`, `user_id_changed`, `same_name` or `card`.
    pub why: String,
}

/// At most this many are shown.
const MOST: i64 = 10;

/// Returns who may be the same person as `contact`, the surest first.
///
/// Whom a person has split from it before is not suggested again.
pub(crate) fn of(conn: &Connection, contact: ContactId) -> Result<Vec<Likely>> {
    let mut statement = conn.prepare_cached(
        "WITH me AS (
             SELECT id, coalesce(nullif(book_name, ''), name) AS name,
                    EXISTS (SELECT 1 FROM identities WHERE contact_id = contacts.id AND kind = 'phone') AS has_phone
             FROM contacts WHERE id = ?1),
         likely (id, why, rank) AS (
             SELECT other_id, why, 0 FROM contact_evidence WHERE contact_id = ?1
             UNION ALL
             SELECT contact_id, why, 0 FROM contact_evidence WHERE other_id = ?1
             UNION ALL
             -- A card that bears the customer's own name, with somebody else's number.
             SELECT i.contact_id, 'card', 1
             FROM me
             JOIN conversations c ON c.contact_id = me.id
             JOIN messages m ON m.conversation_id = c.id AND m.kind = 'contacts' AND m.direction = 'in'
                            AND m.content IS NOT NULL
             JOIN json_each(m.content, '$.cards') card
             JOIN json_each(card.value, '$.phones') phone
             JOIN identities i ON i.kind = 'phone'
                              AND (i.value = json_extract(phone.value, '$.wa_id')
                                   OR i.value = json_extract(phone.value, '$.waId'))
             WHERE lower(json_extract(card.value, '$.name')) = lower(me.name)
             UNION ALL
             -- First names alone are shared by many, unless one of the two has no number.
             SELECT k.id, 'same_name', 2
             FROM me JOIN contacts k ON lower(coalesce(nullif(k.book_name, ''), k.name)) = lower(me.name)
             WHERE me.name <> '' AND (instr(trim(me.name), ' ') > 0 OR NOT me.has_phone
                OR NOT EXISTS (SELECT 1 FROM identities WHERE contact_id = k.id AND kind = 'phone')))
         SELECT id, why FROM likely
         WHERE id <> ?1
           AND EXISTS (SELECT 1 FROM identities WHERE contact_id = likely.id)
           AND NOT EXISTS (SELECT 1 FROM contact_joins j
                           WHERE j.split_at IS NOT NULL
                             AND ((j.kept_id = ?1 AND j.joined_id = likely.id)
                               OR (j.kept_id = likely.id AND j.joined_id = ?1)))
         GROUP BY id ORDER BY min(rank), id LIMIT ?2",
    )?;
    let likely = statement
        .query_map(params![contact, MOST], |row| {
            Ok(Likely {
                contact: row.get(0)?,
                why: row.get(1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(likely)
}
