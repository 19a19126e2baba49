//! Customers, and the list that shows them.

use std::collections::HashSet;

use rusqlite::{Connection, named_params, params};

use super::columns::At;
use super::{charges, contacts, conversations, disputes, fields, joins, payments, refunds, search};
use crate::domain::{ContactId, ConversationId, CustomerRow, CustomerView, Page, Timestamp};
use crate::search::Query;
use crate::{Error, Result};

const PAGE: usize = 50;
/// Customers that a search shows.
const FOUND: u32 = 200;

/// Returns one page of customers by when they were active last, or those that fit the words.
pub(crate) fn page(
    conn: &Connection,
    query: &str,
    after: Option<&str>,
    now: Timestamp,
) -> Result<Page<CustomerRow>> {
    let query = Query::parse(query, now);
    let words = query
        .phone
        .as_ref()
        .map_or(query.terms.as_slice(), std::slice::from_ref);
    let (found, next) = if words.is_empty() {
        latest(conn, after)?
    } else {
        (search::of_people(conn, words, FOUND)?, None)
    };
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for id in found {
        let contact = conversations::address(conn, id)?.contact;
        if seen.insert(contact) {
            rows.push(CustomerRow {
                contact,
                row: conversations::row(conn, id)?,
                stats: payments::stats(conn, contact)?,
            });
        }
    }
    Ok(Page { rows, next })
}

/// Returns the latest conversation of each customer.
fn latest(conn: &Connection, after: Option<&str>) -> Result<(Vec<ConversationId>, Option<String>)> {
    let (at, id) = match after {
        Some(cursor) => cursor
            .split_once('_')
            .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?)))
            .ok_or_else(|| {
                Error::Invalid("The page cursor is not one of ours. Open the list again".into())
            })?,
        None => (
            Timestamp::from_millis(i64::MAX),
            ConversationId(uuid::Uuid::max()),
        ),
    };
    let mut rows: Vec<(ConversationId, i64)> = conn
        .prepare_cached(
            "SELECT c.id, c.listed_at FROM conversations c
             WHERE (c.listed_at, c.id) < (:at, :id)
               AND NOT EXISTS (SELECT 1 FROM conversations o WHERE o.contact_id = c.contact_id
                               AND (o.listed_at, o.id) > (c.listed_at, c.id))
             ORDER BY c.listed_at DESC, c.id DESC LIMIT :limit",
        )?
        .query_map(
            named_params! { ":at": At(at), ":id": id, ":limit": i64::try_from(PAGE + 1).unwrap_or(i64::MAX) },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|(id, at)| format!("{at}_{id}"));
    Ok((rows.into_iter().map(|(id, _)| id).collect(), next))
}

/// Returns what is known of a customer.
pub(crate) fn view(conn: &Connection, contact: ContactId) -> Result<CustomerView> {
    let name = contacts::name(conn, contact)?;
    let identities = contacts::identities_of(conn, contact)?;
    let mut rows = Vec::new();
    let (mut of_all, mut refunds, mut disputes) = (Vec::new(), Vec::new(), Vec::new());
    for id in contacts::conversations_of(conn, contact)? {
        rows.push(conversations::row(conn, id)?);
        of_all.extend(charges::of_conversation(conn, id)?);
        refunds.extend(refunds::of_conversation(conn, id)?);
        disputes.extend(disputes::of_conversation(conn, id)?);
    }
    refunds.sort_by_key(|refund| refund.created_at);
    disputes.sort_by_key(|dispute| dispute.created_at);
    of_all.sort_unstable_by_key(|charge| std::cmp::Reverse(charge.created_at));
    let messages: u32 = conn
        .prepare_cached(
            "SELECT count(*) FROM messages
             WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
        )?
        .query_row(params![contact], |row| row.get(0))?;
    let since = conn
        .prepare_cached("SELECT created_at FROM contacts WHERE id = ?1")?
        .query_row(params![contact], |row| super::columns::at(row, "created_at"))?;
    Ok(CustomerView {
        contact,
        name: conversations::shown_name(&name, &identities),
        identities,
        fields: fields::of(conn, contact)?,
        joined: joins::of(conn, contact)?,
        stats: payments::stats(conn, contact)?,
        conversations: rows,
        charges: of_all,
        payments: payments::of_contact(conn, contact)?,
        refunds,
        disputes,
        messages,
        since,
    })
}
