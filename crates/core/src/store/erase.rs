//! Erasing a customer: everything but what the books have to keep.

use rusqlite::{Connection, params};

use super::conversations;
use crate::Result;
use crate::domain::{ContactId, FileId};
use crate::search::phone_words;

/// Envelopes that one step looks through.
const STEP: i64 = 2000;

/// Erases messages, files, notes, drafts, labels and names, also those that a pay page asked for. Charges and
/// payments stay, without names: the books have to keep them. Returns the files whose bytes are to go.
pub(crate) fn erase(conn: &Connection, contact: ContactId) -> Result<Vec<FileId>> {
    // What was erased must not be readable in the free pages of the file.
    conn.execute_batch("PRAGMA secure_delete = ON")?;
    let files = files_of(conn, contact)?;
    let of_messages = "SELECT id FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)";
    let of_charges = "SELECT id FROM charges WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)";
    let of_wamids = "SELECT wamid FROM messages WHERE wamid IS NOT NULL
                     AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)";
    for sql in [
        format!("DELETE FROM media WHERE message_id IN ({of_messages})"),
        format!("DELETE FROM message_versions WHERE message_id IN ({of_messages})"),
        format!("DELETE FROM reactions WHERE target IN ({of_wamids})"),
        format!("DELETE FROM message_changes WHERE target IN ({of_wamids})"),
        format!("DELETE FROM early_statuses WHERE wamid IN ({of_wamids})"),
        "UPDATE envelopes SET body = '{}' WHERE key IN (
             SELECT envelope FROM messages WHERE envelope IS NOT NULL
             AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1))"
            .to_owned(),
        "DELETE FROM outbox WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM notices WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM quotations WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM proposals WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM dismissed_proposals WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)"
            .to_owned(),
        "DELETE FROM payers WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM drafts WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)".to_owned(),
        "DELETE FROM conversation_labels WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)"
            .to_owned(),
        "DELETE FROM contact_fields WHERE contact_id = ?1".to_owned(),
        "DELETE FROM identities WHERE contact_id = ?1".to_owned(),
        "DELETE FROM former_identities WHERE contact_id = ?1".to_owned(),
        "DELETE FROM contact_evidence WHERE contact_id = ?1 OR other_id = ?1".to_owned(),
        "DELETE FROM contact_joins WHERE kept_id = ?1 OR joined_id = ?1".to_owned(),
        format!("UPDATE payments SET collected = NULL, raw = '{{}}', voucher_url = NULL WHERE charge_id IN ({of_charges})"),
        format!("UPDATE refunds SET note = '' WHERE charge_id IN ({of_charges})"),
        format!(
            "UPDATE book_objects SET name = NULL, email = NULL, phone = NULL
             WHERE charge_id IN ({of_charges})
                OR payment_intent IN (SELECT payment_intent FROM payments WHERE charge_id IN ({of_charges}))"
        ),
        "UPDATE charges SET message_text = ''
         WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)"
            .to_owned(),
        "UPDATE contacts SET name = '', book_name = NULL WHERE id = ?1".to_owned(),
    ] {
        conn.prepare(&sql)?.execute(params![contact])?;
    }
    let conversations: Vec<_> = conn
        .prepare("SELECT id FROM conversations WHERE contact_id = ?1")?
        .query_map(params![contact], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for conversation in conversations {
        if !conversations::remove_if_empty(conn, conversation)? {
            conversations::refresh(conn, conversation)?;
            conn.execute(
                "UPDATE conversations SET resolved = 1, snoozed_until = NULL, unread = 0 WHERE id = ?1",
                params![conversation],
            )?;
        }
    }
    conn.execute(
        "DELETE FROM contacts
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM conversations WHERE contact_id = ?1)",
        params![contact],
    )?;
    Ok(files)
}

fn files_of(conn: &Connection, contact: ContactId) -> Result<Vec<FileId>> {
    let files = conn
        .prepare(
            "SELECT coalesce(f.file_id, f.message_id) FROM media f JOIN messages m ON m.id = f.message_id
             WHERE m.conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
        )?
        .query_map(params![contact], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(files)
}

/// Returns the numbers and ids that envelopes may name a customer by.
pub(crate) fn names_in_envelopes(conn: &Connection, contact: ContactId) -> Result<Vec<String>> {
    let names: Vec<(String, String)> = conn
        .prepare("SELECT kind, value FROM identities WHERE contact_id = ?1")?
        .query_map(params![contact], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(names
        .into_iter()
        .map(|(kind, value)| {
            if kind == "phone" {
                phone_words(&value)
                    .split(' ')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            } else {
                value
            }
        })
        .filter(|name| name.len() >= 5)
        .collect())
}

/// Empties the next envelopes that name the customer, such as reports. Returns after which to go on.
pub(crate) fn envelopes_step(conn: &Connection, names: &[String], after: i64) -> Result<Option<i64>> {
    let last: Option<i64> = conn.query_row(
        "SELECT max(key) FROM (SELECT key FROM envelopes WHERE key > ?1 ORDER BY key LIMIT ?2)",
        params![after, STEP],
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    for name in names {
        conn.prepare_cached(
            "UPDATE envelopes SET body = '{}'
             WHERE key > ?1 AND key <= ?2 AND source = 'whatsapp' AND instr(body, ?3) > 0",
        )?
        .execute(params![after, last, name])?;
    }
    Ok(Some(last))
}
