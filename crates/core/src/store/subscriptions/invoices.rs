//! What a subscription asked for each time.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::Result;
use crate::domain::InvoiceRecord;
use crate::store::columns::At;

/// Writes what Stripe says now, unless something newer is here.
pub(crate) fn save(conn: &Connection, invoice: &InvoiceRecord) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO subscription_invoices
             (id, subscription_id, status, due_minor, paid_minor, currency, attempts, retry_at, url, created_at, paid_at,
              read_at)
         VALUES (:id, :subscription, :status, :due, :paid, :currency, :attempts, :retry_at, :url, :created_at, :paid_at,
              :read_at)
         ON CONFLICT (id) DO UPDATE
         SET status = excluded.status, due_minor = excluded.due_minor, paid_minor = excluded.paid_minor,
             attempts = excluded.attempts, retry_at = excluded.retry_at, url = coalesce(excluded.url, url),
             paid_at = coalesce(excluded.paid_at, paid_at), read_at = excluded.read_at
         WHERE excluded.read_at >= read_at",
    )?
    .execute(named_params! {
        ":id": invoice.id,
        ":subscription": invoice.subscription,
        ":status": invoice.status,
        ":due": invoice.due.minor(),
        ":paid": invoice.paid.minor(),
        ":currency": invoice.due.currency().code(),
        ":attempts": invoice.attempts,
        ":retry_at": invoice.retry_at.map(At),
        ":url": invoice.url,
        ":created_at": At(invoice.created_at),
        ":paid_at": invoice.paid_at.map(At),
        ":read_at": At(invoice.read_at),
    })?;
    Ok(())
}

/// Returns whether nothing will change about an invoice any more, and its payment is here.
pub(crate) fn is_settled(conn: &Connection, id: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM subscription_invoices i
                 WHERE i.id = ?1
                   AND (i.status IN ('void', 'uncollectible') OR (i.status = 'paid' AND (i.paid_minor = 0 OR EXISTS (
                       SELECT 1 FROM payments p
                       WHERE p.invoice = i.id AND p.status = 'succeeded' AND p.charge_id IS NOT NULL)))))",
        )?
        .query_row(params![id], |row| row.get(0))?)
}

/// Returns the invoice that is known to belong to one of Stripe's payments or charges.
pub(crate) fn of_payment(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT invoice FROM payments WHERE (payment_intent = ?1 OR stripe_charge = ?1) AND invoice IS NOT NULL
             LIMIT 1",
        )?
        .query_row(params![name], |row| row.get(0))
        .optional()?)
}

/// Returns the subscription that an invoice is for.
pub(crate) fn subscription_of(conn: &Connection, invoice: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT subscription_id FROM subscription_invoices WHERE id = ?1")?
        .query_row(params![invoice], |row| row.get(0))
        .optional()?)
}

/// Returns which of the subscription's payments an invoice is, counted from 1 by when they were asked for.
pub(crate) fn number_of(conn: &Connection, invoice: &str) -> Result<u32> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM subscription_invoices i, subscription_invoices this
             WHERE this.id = ?1 AND i.subscription_id = this.subscription_id AND i.due_minor > 0
               AND (i.created_at, i.id) <= (this.created_at, this.id)",
        )?
        .query_row(params![invoice], |row| row.get(0))?)
}
