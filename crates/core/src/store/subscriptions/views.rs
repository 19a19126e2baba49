//! Subscriptions as the window shows them.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rhythm;
use crate::domain::{ConversationId, Currency, Money, Page, Subscription, SubscriptionStatus, Timestamp};
use crate::store::columns::{At, at, maybe_at, money, words};
use crate::{Error, Result};

const PAGE: usize = 50;
const PAGE_AND_ONE: i64 = 51;

const VIEW: &str = "
    SELECT s.id, s.charge_id, h.conversation_id, coalesce(nullif(k.book_name, ''), k.name) AS customer, h.description,
           s.status, s.amount_minor, s.currency, s.interval, s.interval_count, s.instalments, s.next_at, s.trial_end,
           s.resumes_at, s.ended_at, s.started_at, s.livemode,
           iif(s.ended_at IS NULL,
               iif(s.cancel_at_period_end, s.period_end, s.cancel_at), NULL) AS ends_at,
           (SELECT count(*) FROM subscription_invoices i
            WHERE i.subscription_id = s.id AND i.status = 'paid' AND i.paid_minor > 0) AS payments,
           (SELECT coalesce(sum(i.paid_minor), 0) FROM subscription_invoices i
            WHERE i.subscription_id = s.id AND i.status = 'paid' AND i.currency = s.currency) AS paid_minor,
           (SELECT min(i.retry_at) FROM subscription_invoices i
            WHERE i.subscription_id = s.id AND i.status = 'open') AS retry_at,
           EXISTS (SELECT 1 FROM subscription_deeds d WHERE d.subscription_id = s.id AND d.state = 'wanted') AS busy,
           coalesce(s.problem_code, d.problem_code) AS problem_code,
           iif(s.problem_code IS NULL, d.problem_title, s.problem_title) AS problem_title,
           iif(s.problem_code IS NULL, d.problem_advice, s.problem_advice) AS problem_advice
    FROM subscriptions s
    JOIN charges h ON h.id = s.charge_id
    JOIN conversations c ON c.id = h.conversation_id
    JOIN contacts k ON k.id = c.contact_id
    LEFT JOIN subscription_deeds d ON d.id = (
        SELECT n.id FROM subscription_deeds n WHERE n.subscription_id = s.id ORDER BY n.created_at DESC LIMIT 1)";

/// Returns one subscription.
pub(crate) fn get(conn: &Connection, id: &str) -> Result<Subscription> {
    conn.prepare_cached(&format!("{VIEW} WHERE s.id = ?1"))?
        .query_row(params![id], view_from_row)
        .optional()?
        .ok_or(Error::NotFound("This subscription"))
}

/// Returns a conversation's subscriptions, newest first.
pub(crate) fn of_conversation(conn: &Connection, conversation: ConversationId) -> Result<Vec<Subscription>> {
    let mut statement = conn.prepare_cached(&format!(
        "{VIEW} WHERE h.conversation_id = ?1 ORDER BY s.started_at DESC, s.id DESC LIMIT 100"
    ))?;
    let found = statement
        .query_map(params![conversation], view_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Returns one page, newest first: of one status, or of all.
pub(crate) fn page(
    conn: &Connection,
    status: Option<SubscriptionStatus>,
    after: Option<&str>,
) -> Result<Page<Subscription>> {
    let (last_at, last_id) = match after {
        Some(key) => key_from_text(key)?,
        None => (Timestamp::from_millis(i64::MAX), String::new()),
    };
    let mut statement = conn.prepare_cached(&format!(
        "{VIEW} WHERE (:status IS NULL OR s.status = :status)
           AND (s.started_at < :last_at OR (s.started_at = :last_at AND s.id < :last_id))
         ORDER BY s.started_at DESC, s.id DESC LIMIT :limit"
    ))?;
    let mut rows: Vec<Subscription> = statement
        .query_map(
            named_params! {
                ":status": status, ":last_at": At(last_at), ":last_id": last_id, ":limit": PAGE_AND_ONE,
            },
            view_from_row,
        )?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}_{}", row.started_at.millis(), row.id));
    Ok(Page { rows, next })
}

/// Calls `each` with every subscription, oldest first.
pub(crate) fn for_each(conn: &Connection, mut each: impl FnMut(Subscription) -> Result<()>) -> Result<()> {
    let mut statement = conn.prepare(&format!("{VIEW} ORDER BY s.started_at, s.id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(view_from_row(row)?)?;
    }
    Ok(())
}

fn key_from_text(key: &str) -> Result<(Timestamp, String)> {
    key.split_once('_')
        .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.to_owned())))
        .ok_or_else(|| {
            Error::Invalid("The page cursor is not one of ours. Load the list from its start".into())
        })
}

fn view_from_row(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let amount = money(row, "amount_minor", "currency")?;
    let currency: Currency = amount.currency();
    Ok(Subscription {
        id: row.get("id")?,
        charge: row.get("charge_id")?,
        conversation: row.get("conversation_id")?,
        customer: row.get("customer")?,
        description: row.get("description")?,
        status: row.get("status")?,
        amount,
        every: rhythm(row)?,
        instalments: row.get("instalments")?,
        payments: row.get("payments")?,
        paid: Money::from_minor(row.get("paid_minor")?, currency).unwrap_or(amount),
        next_at: maybe_at(row, "next_at")?,
        trial_end: maybe_at(row, "trial_end")?,
        resumes_at: maybe_at(row, "resumes_at")?,
        ends_at: maybe_at(row, "ends_at")?,
        ended_at: maybe_at(row, "ended_at")?,
        started_at: at(row, "started_at")?,
        retry_at: maybe_at(row, "retry_at")?,
        problem: words(row)?,
        busy: row.get("busy")?,
        livemode: row.get("livemode")?,
    })
}
