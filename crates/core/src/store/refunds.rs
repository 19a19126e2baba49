//! Money given back, or about to be.

use cobro_stripe::Refund as StripeRefund;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{At, at, money, words};
use crate::domain::{
    ChargeId, ConversationId, Money, NewRefund, Refund, RefundId, RefundReason, RefundState, Timestamp, Words,
};
use crate::{Error, Result};

const REFUND: &str =
    "SELECT id, payment_intent, charge_id, amount_minor, currency, reason, note, state, stripe_id,
    idempotency_key, created_at, changed_at, problem_code, problem_title, problem_advice FROM refunds";

/// Saves what a person asked for, with the key that makes it happen once. Returns whether it is new.
pub(crate) fn add(
    conn: &Connection,
    new: &NewRefund,
    payment_intent: &str,
    next_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let added = conn.execute(
        "INSERT INTO refunds
             (id, payment_intent, charge_id, amount_minor, currency, reason, note, state, idempotency_key, attempts,
              next_at, created_at, changed_at)
         VALUES (:id, :payment_intent, :charge, :minor, :currency, :reason, :note, 'wanted', :key, 0, :next_at, :now, :now)
         ON CONFLICT (id) DO NOTHING",
        named_params! {
            ":id": new.id,
            ":payment_intent": payment_intent,
            ":charge": new.charge,
            ":minor": new.amount.minor(),
            ":currency": new.amount.currency().code(),
            ":reason": new.reason,
            ":note": new.note,
            ":key": format!("cobro-refund-{}", new.id),
            ":next_at": At(next_at),
            ":now": At(now),
        },
    )?;
    Ok(added > 0)
}

pub(crate) fn find(conn: &Connection, id: RefundId) -> Result<Option<Refund>> {
    Ok(conn
        .prepare_cached(&format!("{REFUND} WHERE id = ?1"))?
        .query_row(params![id], refund_from_row)
        .optional()?)
}

pub(crate) fn get(conn: &Connection, id: RefundId) -> Result<Refund> {
    find(conn, id)?.ok_or(Error::NotFound("This refund"))
}

/// Returns a charge's refunds, oldest first.
pub(crate) fn of_charge(conn: &Connection, charge: ChargeId) -> Result<Vec<Refund>> {
    let mut statement =
        conn.prepare_cached(&format!("{REFUND} WHERE charge_id = ?1 ORDER BY created_at, id"))?;
    let refunds = statement
        .query_map(params![charge], refund_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(refunds)
}

/// Returns the refunds of all of a conversation's charges, oldest first.
pub(crate) fn of_conversation(conn: &Connection, conversation: ConversationId) -> Result<Vec<Refund>> {
    let mut statement = conn.prepare_cached(&format!(
        "{REFUND} WHERE charge_id IN (SELECT id FROM charges WHERE conversation_id = ?1) ORDER BY created_at, id"
    ))?;
    let refunds = statement
        .query_map(params![conversation], refund_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(refunds)
}

/// Returns whether Stripe knows a refund of this payment, as far as was heard here.
pub(crate) fn is_known(conn: &Connection, payment_intent: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM refunds WHERE payment_intent = ?1 AND stripe_id IS NOT NULL)",
        )?
        .query_row(params![payment_intent], |row| row.get(0))?)
}

/// A refund to be made now.
#[derive(Debug, Clone)]
pub(crate) struct ToMake {
    pub refund: Refund,
    pub idempotency_key: String,
    pub attempts: u32,
}

pub(crate) fn to_make(conn: &Connection, id: RefundId) -> Result<Option<ToMake>> {
    Ok(conn
        .prepare_cached(&format!(
            "{} WHERE id = ?1 AND state = 'wanted'",
            REFUND.replacen("SELECT", "SELECT attempts,", 1)
        ))?
        .query_row(params![id], |row| {
            Ok(ToMake {
                refund: refund_from_row(row)?,
                idempotency_key: row.get("idempotency_key")?,
                attempts: row.get("attempts")?,
            })
        })
        .optional()?)
}

pub(crate) fn next_to_make(conn: &Connection, now: Timestamp) -> Result<Option<RefundId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM refunds WHERE state = 'wanted' AND next_at <= ?1 ORDER BY next_at LIMIT 1",
        )?
        .query_row(params![At(now)], |row| row.get(0))
        .optional()?)
}

pub(crate) fn postpone(conn: &Connection, id: RefundId, next_at: Timestamp, why: &Words) -> Result<()> {
    conn.execute(
        "UPDATE refunds SET attempts = attempts + 1, next_at = :next_at,
             problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND state = 'wanted'",
        named_params! {
            ":id": id, ":next_at": At(next_at), ":code": why.code, ":title": why.title, ":advice": why.advice,
        },
    )?;
    Ok(())
}

/// Ends a refund that was not made.
pub(crate) fn stop(conn: &Connection, id: RefundId, why: &Words, now: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE refunds SET state = 'stopped', changed_at = :now,
             problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND state = 'wanted'",
        named_params! { ":id": id, ":now": At(now), ":code": why.code, ":title": why.title, ":advice": why.advice },
    )?;
    Ok(())
}

/// Our own id, on the refund at Stripe.
pub(crate) const MADE_HERE: &str = "cobro_refund";

/// What became of a refund since it was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    /// It was not known before.
    pub new: bool,
    /// It had not failed before, and has now.
    pub failed: bool,
}

/// Writes what Stripe says of a refund: ours by the id it carries, another by its own.
pub(crate) fn save(
    conn: &Connection,
    charge: ChargeId,
    payment_intent: &str,
    entry: &StripeRefund,
    now: Timestamp,
) -> Result<Heard> {
    // Stripe leaves it out for old methods, whose refunds are done at once.
    let state = RefundState::from_stripe(entry.status.as_deref().unwrap_or("succeeded"));
    let ours: Option<RefundId> = entry.metadata.get(MADE_HERE).and_then(|id| id.parse().ok());
    let known: Option<(RefundId, RefundState)> = conn
        .prepare_cached(
            "SELECT id, state FROM refunds WHERE stripe_id = ?1 OR (id = ?2 AND stripe_id IS NULL)",
        )?
        .query_row(params![entry.id, ours], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let why = (state == RefundState::Failed).then(|| failure_words(entry.failure_reason.as_deref()));
    let (code, title, advice) = why.map_or((None, None, None), |words| {
        (Some(words.code), Some(words.title), Some(words.advice))
    });
    if let Some((id, before)) = known {
        conn.prepare_cached(
            "UPDATE refunds
             SET stripe_id = ?2, state = ?3, problem_code = ?4, problem_title = ?5, problem_advice = ?6,
                 changed_at = CASE WHEN state = ?3 THEN changed_at ELSE ?7 END
             WHERE id = ?1",
        )?
        .execute(params![id, entry.id, state, code, title, advice, At(now)])?;
        return Ok(Heard {
            new: false,
            failed: state == RefundState::Failed && before != RefundState::Failed,
        });
    }
    conn.prepare_cached(
        "INSERT INTO refunds
             (id, payment_intent, charge_id, amount_minor, currency, reason, note, state, stripe_id, attempts, next_at,
              created_at, changed_at, problem_code, problem_title, problem_advice)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, ?8, 0, 0, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        RefundId::new(),
        payment_intent,
        charge,
        entry.amount.minor(),
        entry.amount.currency().code(),
        entry.reason.as_deref().and_then(RefundReason::from_name),
        state,
        entry.id,
        At(entry.created.unwrap_or(now)),
        At(now),
        code,
        title,
        advice
    ])?;
    Ok(Heard {
        new: true,
        failed: state == RefundState::Failed,
    })
}

/// Returns what of a payment is asked back and not yet counted by Stripe.
pub(crate) fn on_the_way(conn: &Connection, payment_intent: &str) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE payment_intent = ?1 AND state = 'wanted'",
        )?
        .query_row(params![payment_intent], |row| row.get(0))?)
}

fn failure_words(reason: Option<&str>) -> Words {
    Words::new(
        reason.unwrap_or("refund_failed"),
        "The bank sent the refund back",
        "The money is on your Stripe balance again. Ask the customer how else to pay it back, such as by transfer",
    )
}

fn refund_from_row(row: &Row<'_>) -> rusqlite::Result<Refund> {
    let amount: Money = money(row, "amount_minor", "currency")?;
    let key: Option<String> = row.get("idempotency_key")?;
    Ok(Refund {
        id: row.get("id")?,
        charge: row.get("charge_id")?,
        payment_intent: row.get("payment_intent")?,
        amount,
        reason: row.get("reason")?,
        note: row.get("note")?,
        state: row.get("state")?,
        stripe_id: row.get("stripe_id")?,
        elsewhere: key.is_none(),
        created_at: at(row, "created_at")?,
        changed_at: at(row, "changed_at")?,
        problem: words(row)?,
    })
}
