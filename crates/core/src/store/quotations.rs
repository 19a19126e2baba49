//! Offers that customers may accept.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, at, from_json, json, maybe_at, money};
use crate::domain::{
    ConversationId, MessageId, NewCharge, Quotation, QuotationId, QuotationState, Timestamp,
};
use crate::{Error, Result};

const COLUMNS: &str = "id, conversation_id, charge_id, request, amount_minor, currency, state, message_id,
    created_at, answered_at";

/// Saves an offer with the charge that it becomes. Returns whether it is new.
pub(crate) fn add(
    conn: &Connection,
    id: QuotationId,
    request: &NewCharge,
    message: MessageId,
    now: Timestamp,
) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT INTO quotations
                 (id, conversation_id, charge_id, request, amount_minor, currency, state, message_id, created_at)
             VALUES (:id, :conversation_id, :charge_id, :request, :amount_minor, :currency, 'open', :message_id, :now)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": id,
            ":conversation_id": request.conversation,
            ":charge_id": request.id,
            ":request": json(request)?,
            ":amount_minor": request.amount.minor(),
            ":currency": request.amount.currency().code(),
            ":message_id": message,
            ":now": At(now),
        })?;
    Ok(added > 0)
}

pub(crate) fn find(conn: &Connection, id: QuotationId) -> Result<Option<Quotation>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM quotations WHERE id = :id"))?
        .query_row(named_params! { ":id": id }, quotation_from_row)
        .optional()?)
}

pub(crate) fn get(conn: &Connection, id: QuotationId) -> Result<Quotation> {
    find(conn, id)?.ok_or(Error::NotFound("This quotation"))
}

/// Returns the charge that an offer becomes, as it was offered, in the conversation where the offer is now:
/// joining contacts moves it.
pub(crate) fn request(conn: &Connection, id: QuotationId) -> Result<NewCharge> {
    conn.prepare_cached("SELECT request, conversation_id FROM quotations WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| {
            Ok(NewCharge {
                conversation: row.get("conversation_id")?,
                ..from_json(row, "request")?
            })
        })
        .optional()?
        .ok_or(Error::NotFound("This quotation"))
}

/// Returns a conversation's newest offers, newest first.
pub(crate) fn of_conversation(conn: &Connection, conversation: ConversationId) -> Result<Vec<Quotation>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM quotations WHERE conversation_id = :conversation_id
         ORDER BY created_at DESC LIMIT 50"
    ))?;
    let quotations = statement
        .query_map(
            named_params! { ":conversation_id": conversation },
            quotation_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(quotations)
}

/// Writes the customer's answer, unless it was charged meanwhile. The newest answer counts.
/// An answer from another conversation is none.
pub(crate) fn answer(
    conn: &Connection,
    id: QuotationId,
    conversation: ConversationId,
    state: QuotationState,
    at: Timestamp,
) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE quotations SET state = :state, answered_at = :at
             WHERE id = :id AND conversation_id = :conversation_id AND state <> 'charged'
               AND (answered_at IS NULL OR answered_at <= :at)",
        )?
        .execute(named_params! {
            ":id": id, ":conversation_id": conversation, ":state": state, ":at": At(at),
        })?;
    Ok(changed > 0)
}

pub(crate) fn charged(conn: &Connection, id: QuotationId) -> Result<()> {
    conn.execute(
        "UPDATE quotations SET state = 'charged' WHERE id = :id",
        named_params! { ":id": id },
    )?;
    Ok(())
}

fn quotation_from_row(row: &Row<'_>) -> rusqlite::Result<Quotation> {
    let request: NewCharge = from_json(row, "request")?;
    Ok(Quotation {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        amount: money(row, "amount_minor", "currency")?,
        description: request.description,
        state: row.get("state")?,
        message: row.get("message_id")?,
        charge: row.get("charge_id")?,
        created_at: at(row, "created_at")?,
        answered_at: maybe_at(row, "answered_at")?,
    })
}
