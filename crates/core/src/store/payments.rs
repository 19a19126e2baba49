//! Payments as last read back from Stripe.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{At, at, json, maybe_at, money};
use super::payers;
use crate::Result;
use crate::domain::{
    ChargeId, ContactId, ConversationId, Currency, CustomerPayment, CustomerStats, Money, PaymentRecord,
    Timestamp,
};

const COLUMNS: &str = "payment_intent, stripe_charge, checkout_session, charge_id, status, amount_minor, currency,
    refunded_minor, disputed, fee_minor, net_minor, fee_currency, method, failure, livemode, paid_at, verified_at,
    asked_minor, collected, voucher_until, voucher_url, funded_minor, invoice";

/// What came of writing a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saved {
    /// This is the first that is heard of this money for its charge.
    pub is_news: bool,
    /// A check had called it made up, and Stripe has it after all.
    pub is_vindicated: bool,
}

/// Writes what Stripe says now. What it does not say keeps its last value. Returns `None` where
/// Stripe was asked later already, and this answer is old.
pub(crate) fn save(conn: &Connection, payment: &PaymentRecord, raw: &str) -> Result<Option<Saved>> {
    let known = is_known_money(conn, &payment.payment_intent)?;
    let contested = is_contested(conn, &payment.payment_intent)?;
    let written = conn.prepare_cached(
        "INSERT INTO payments
             (payment_intent, stripe_charge, checkout_session, charge_id, status, amount_minor, currency,
              refunded_minor, disputed, fee_minor, net_minor, fee_currency, method, failure, livemode, paid_at,
              verified_at, raw, asked_minor, collected, voucher_until, voucher_url, funded_minor,
              invoice)
         VALUES (:payment_intent, :stripe_charge, :checkout_session, :charge_id, :status, :amount_minor, :currency,
              :refunded_minor, :disputed, :fee_minor, :net_minor, :fee_currency, :method, :failure, :livemode,
              :paid_at, :verified_at, :raw, :asked_minor, :collected,
              :voucher_until, :voucher_url, :funded, :invoice)
         ON CONFLICT (payment_intent) DO UPDATE
         SET stripe_charge = coalesce(excluded.stripe_charge, stripe_charge),
             checkout_session = coalesce(excluded.checkout_session, checkout_session),
             charge_id = coalesce(charge_id, excluded.charge_id),
             status = excluded.status,
             amount_minor = excluded.amount_minor,
             currency = excluded.currency,
             refunded_minor = excluded.refunded_minor,
             disputed = excluded.disputed,
             fee_minor = coalesce(excluded.fee_minor, fee_minor),
             net_minor = coalesce(excluded.net_minor, net_minor),
             fee_currency = coalesce(excluded.fee_currency, fee_currency),
             method = coalesce(excluded.method, method),
             failure = excluded.failure,
             livemode = excluded.livemode,
             paid_at = coalesce(paid_at, excluded.paid_at),
             verified_at = excluded.verified_at,
             voucher_until = coalesce(excluded.voucher_until, voucher_until),
             voucher_url = coalesce(excluded.voucher_url, voucher_url),
             funded_minor = excluded.funded_minor,
             contested_at = CASE WHEN excluded.status = 'succeeded' THEN NULL ELSE contested_at END,
             raw = excluded.raw,
             asked_minor = coalesce(excluded.asked_minor, asked_minor),
             invoice = coalesce(excluded.invoice, invoice),
             collected = coalesce(excluded.collected, collected)
         -- A row from the future was written by a clock that was wrong.
         WHERE excluded.verified_at >= verified_at OR verified_at > :now",
    )?
    .execute(named_params! {
        ":payment_intent": payment.payment_intent,
        ":stripe_charge": payment.stripe_charge,
        ":checkout_session": payment.checkout_session,
        ":charge_id": payment.charge,
        ":status": payment.status,
        ":amount_minor": payment.amount.minor(),
        ":currency": payment.amount.currency().code(),
        ":refunded_minor": payment.refunded_minor,
        ":disputed": payment.disputed,
        ":fee_minor": payment.fee.map(Money::minor),
        ":net_minor": payment.net_minor,
        ":fee_currency": payment.fee.map(|fee| fee.currency().code().to_owned()),
        ":method": payment.method,
        ":failure": payment.failure,
        ":livemode": payment.livemode,
        ":paid_at": payment.paid_at.map(At),
        ":verified_at": At(payment.verified_at),
        ":now": At(Timestamp::now()),
        ":voucher_until": payment.voucher_until.map(At),
        ":voucher_url": payment.voucher_url,
        ":funded": payment.funded_minor,
        ":raw": raw,
        ":asked_minor": payment.asked_minor,
        ":collected": payment.collected.as_ref().map(json).transpose()?,
        ":invoice": payment.invoice,
    })?;
    if written == 0 {
        return Ok(None);
    }
    Ok(Some(Saved {
        is_news: !known && is_known_money(conn, &payment.payment_intent)?,
        is_vindicated: contested && !is_contested(conn, &payment.payment_intent)?,
    }))
}

/// Notes the account in which Stripe showed a payment.
pub(crate) fn seen_in(conn: &Connection, payment_intent: &str, account: &str) -> Result<()> {
    conn.prepare_cached("UPDATE payments SET account = ?2 WHERE payment_intent = ?1 AND account IS NOT ?2")?
        .execute(params![payment_intent, account])?;
    Ok(())
}

/// Returns whether a check found nothing of this payment at Stripe.
fn is_contested(conn: &Connection, payment_intent: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM payments WHERE payment_intent = ?1 AND contested_at IS NOT NULL")?
        .exists(params![payment_intent])?)
}

/// Returns whether the payment has succeeded and belongs to a charge, also where a check contests it.
fn is_known_money(conn: &Connection, payment_intent: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM payments
                            WHERE payment_intent = :payment_intent AND charge_id IS NOT NULL
                              AND (status = 'succeeded' OR contested_at IS NOT NULL))",
        )?
        .query_row(named_params! { ":payment_intent": payment_intent }, |row| {
            row.get(0)
        })?)
}

/// Returns one payment, if it was ever read back.
pub(crate) fn find(conn: &Connection, payment_intent: &str) -> Result<Option<PaymentRecord>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM payments WHERE payment_intent = :payment_intent"
        ))?
        .query_row(
            named_params! { ":payment_intent": payment_intent },
            payment_from_row,
        )
        .optional()?)
}

/// Returns a charge's payments, without those of which Stripe has nothing.
pub(crate) fn of_charge(conn: &Connection, charge: ChargeId) -> Result<Vec<PaymentRecord>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM payments
         WHERE charge_id = :charge_id AND contested_at IS NULL ORDER BY payment_intent"
    ))?;
    let payments = statement
        .query_map(named_params! { ":charge_id": charge }, payment_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(payments)
}

/// Returns the charge that a payment was matched to.
pub(crate) fn charge_of(conn: &Connection, payment_intent: &str) -> Result<Option<ChargeId>> {
    Ok(conn
        .prepare_cached("SELECT charge_id FROM payments WHERE payment_intent = :payment_intent")?
        .query_row(named_params! { ":payment_intent": payment_intent }, |row| {
            row.get::<_, Option<ChargeId>>(0)
        })
        .optional()?
        .flatten())
}

/// Whose a payment is.
pub(crate) struct Whose {
    pub charge: ChargeId,
    pub conversation: ConversationId,
    pub customer: String,
}

/// Returns whose money a charge or refund of Stripe's moved.
pub(crate) fn whose(conn: &Connection, source: &str) -> Result<Option<Whose>> {
    Ok(conn
        .prepare_cached(
            "SELECT h.id, h.conversation_id, coalesce(nullif(k.book_name, ''), k.name) AS customer
             FROM charges h
             JOIN conversations c ON c.id = h.conversation_id
             JOIN contacts k ON k.id = c.contact_id
             WHERE h.id = coalesce((SELECT charge_id FROM payments WHERE stripe_charge = ?1),
                                   (SELECT charge_id FROM refunds WHERE stripe_id = ?1),
                                   (SELECT charge_id FROM disputes WHERE id = ?1))",
        )?
        .query_row([source], |row| {
            Ok(Whose {
                charge: row.get(0)?,
                conversation: row.get(1)?,
                customer: row.get(2)?,
            })
        })
        .optional()?)
}

/// Returns what a customer has paid, over all their conversations. What their bank took back, or holds back
/// while it is disputed, is not paid.
pub(crate) fn stats(conn: &Connection, contact: ContactId) -> Result<CustomerStats> {
    let mut statement = conn.prepare_cached(
        "SELECT currency, count(*) FILTER (WHERE paid > 0 OR NOT disputed), sum(paid),
                min(paid_at) FILTER (WHERE paid > 0 OR NOT disputed)
         FROM (SELECT p.currency, p.paid_at, p.disputed,
                      p.amount_minor - p.refunded_minor - iif(p.disputed, coalesce(
                          (SELECT sum(d.amount_minor) FROM disputes d
                           WHERE d.charge_id = p.charge_id AND d.payment_intent = p.payment_intent
                             AND d.currency = p.currency
                             AND d.status NOT IN ('won', 'warning_closed', 'prevented')),
                          p.amount_minor), 0) AS paid
               FROM payments p INDEXED BY payments_of_charge
               JOIN charges h ON h.id = p.charge_id
               JOIN conversations c ON c.id = h.conversation_id
               WHERE c.contact_id = :contact_id AND p.status = 'succeeded' AND p.livemode = h.livemode)
         GROUP BY currency HAVING sum(paid > 0 OR NOT disputed) > 0 ORDER BY currency",
    )?;
    let mut stats = CustomerStats {
        paid_count: 0,
        lifetime: Vec::new(),
        held: payers::held_of(conn, contact)?,
        since: None,
    };
    let mut rows = statement.query(named_params! { ":contact_id": contact })?;
    while let Some(row) = rows.next()? {
        let currency: String = row.get(0)?;
        stats.paid_count += row.get::<_, u32>(1)?;
        let total =
            Currency::from_code(&currency).and_then(|code| Money::from_minor(row.get(2).unwrap_or(0), code));
        stats.lifetime.extend(total);
        let first: Option<i64> = row.get(3)?;
        stats.since = [stats.since, first.map(Timestamp::from_millis)]
            .into_iter()
            .flatten()
            .min();
    }
    Ok(stats)
}

/// Left to itself, SQLite would read every payment of the shop.
const OF_CONTACT: &str = "
         SELECT p.payment_intent, p.charge_id, p.amount_minor, p.currency, p.method,
                coalesce(p.paid_at, h.paid_at, p.verified_at) AS at
         FROM payments p INDEXED BY payments_of_charge
         JOIN charges h ON h.id = p.charge_id
         JOIN conversations c ON c.id = h.conversation_id
         WHERE c.contact_id = ?1 AND p.status = 'succeeded' AND p.livemode = h.livemode
         ORDER BY at, p.payment_intent";

/// Returns what a customer has paid, over all their conversations, the oldest first.
pub(crate) fn of_contact(conn: &Connection, contact: ContactId) -> Result<Vec<CustomerPayment>> {
    let mut statement = conn.prepare_cached(OF_CONTACT)?;
    let payments = statement
        .query_map(params![contact], |row| {
            Ok(CustomerPayment {
                payment_intent: row.get("payment_intent")?,
                charge: row.get("charge_id")?,
                amount: money(row, "amount_minor", "currency")?,
                method: row.get("method")?,
                paid_at: at(row, "at")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(payments)
}

/// Calls `each` for every payment, for an export.
pub(crate) fn for_each(conn: &Connection, mut each: impl FnMut(PaymentRecord) -> Result<()>) -> Result<()> {
    let mut statement = conn.prepare(&format!(
        "SELECT {COLUMNS} FROM payments ORDER BY paid_at, payment_intent"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(payment_from_row(row)?)?;
    }
    Ok(())
}

fn payment_from_row(row: &Row<'_>) -> rusqlite::Result<PaymentRecord> {
    let fee: Option<i64> = row.get("fee_minor")?;
    Ok(PaymentRecord {
        payment_intent: row.get("payment_intent")?,
        stripe_charge: row.get("stripe_charge")?,
        checkout_session: row.get("checkout_session")?,
        charge: row.get("charge_id")?,
        status: row.get("status")?,
        amount: money(row, "amount_minor", "currency")?,
        refunded_minor: row.get("refunded_minor")?,
        disputed: row.get("disputed")?,
        fee: if fee.is_some() {
            Some(money(row, "fee_minor", "fee_currency")?)
        } else {
            None
        },
        net_minor: row.get("net_minor")?,
        method: row.get("method")?,
        failure: row.get("failure")?,
        voucher_until: maybe_at(row, "voucher_until")?,
        voucher_url: row.get("voucher_url")?,
        funded_minor: row.get("funded_minor")?,
        livemode: row.get("livemode")?,
        paid_at: maybe_at(row, "paid_at")?,
        verified_at: at(row, "verified_at")?,
        asked_minor: row.get("asked_minor")?,
        collected: row
            .get::<_, Option<String>>("collected")?
            .and_then(|text| serde_json::from_str(&text).ok()),
        invoice: row.get("invoice")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_for_tests;

    #[tokio::test]
    async fn a_customers_payments_are_found_by_their_charges() {
        let (store, _folder) = open_for_tests().await;
        let plan = store.read(|conn| {
            let mut steps = conn.prepare(&format!("EXPLAIN QUERY PLAN {OF_CONTACT}"))?;
            let steps = steps.query_map([ContactId::new()], |row| row.get::<_, String>("detail"))?;
            Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?.join("\n"))
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains("payments_of_charge (charge_id=?)"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
