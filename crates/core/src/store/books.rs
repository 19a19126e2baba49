//! Readings of the account: what Stripe's lists had, and where each object belongs.

mod judge;
mod lines;
mod sums;

use cobro_stripe::ledger::{BookPage, Range, Shelf};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

pub(crate) use judge::{Place, Until, judge};
pub(crate) use lines::{for_each_line, line, note, page};
pub(crate) use sums::{counts, sums};

use super::columns::{At, at, maybe_at, words};
use crate::Result;
use crate::domain::{
    ReconcileId, ReconcileStage, ReconcileState, Reconciliation, SkippedShelf, Timestamp, Words,
};

/// What older readings found is forgotten beyond this many.
const KEPT: i64 = 12;

/// Stripe's word for a voucher, or a code, that nobody paid in time.
const RAN_OUT: &str = "payment_intent_payment_attempt_expired";

const RUN: &str =
    "SELECT n, id, since, until, livemode, state, stage, after, reads, objects, unreadable, repaired,
    skipped, started_at, finished_at, problem_code, problem_title, problem_advice FROM reconciliations";

/// A reading, and from where it goes on.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub n: i64,
    pub range: Range,
    pub livemode: bool,
    /// Counts up through the lists, then through what comes after them.
    pub stage: usize,
    pub after: Option<String>,
    pub view: Reconciliation,
}

/// Begins a reading; the oldest ones are forgotten.
pub(crate) fn begin(
    conn: &Connection,
    id: ReconcileId,
    range: Range,
    livemode: bool,
    now: Timestamp,
) -> Result<()> {
    conn.execute(
        "INSERT INTO reconciliations
             (id, since, until, livemode, state, stage, reads, objects, unreadable, repaired, skipped, started_at)
         VALUES (:id, :since, :until, :livemode, 'running', 0, 0, 0, 0, 0, '[]', :now)",
        named_params! {
            ":id": id, ":since": At(range.since), ":until": At(range.until), ":livemode": livemode, ":now": At(now),
        },
    )?;
    conn.execute(
        "DELETE FROM book_objects WHERE run NOT IN (SELECT n FROM reconciliations ORDER BY n DESC LIMIT ?1)",
        params![KEPT],
    )?;
    conn.execute(
        "DELETE FROM reconciliations WHERE n NOT IN (SELECT n FROM reconciliations ORDER BY n DESC LIMIT ?1)",
        params![KEPT],
    )?;
    Ok(())
}

pub(crate) fn find(conn: &Connection, id: ReconcileId) -> Result<Option<Run>> {
    Ok(conn
        .prepare_cached(&format!("{RUN} WHERE id = ?1"))?
        .query_row(params![id], run_from_row)
        .optional()?)
}

/// Returns the readings, newest first.
pub(crate) fn all(conn: &Connection) -> Result<Vec<Run>> {
    let mut statement = conn.prepare_cached(&format!("{RUN} ORDER BY n DESC LIMIT ?1"))?;
    let runs = statement
        .query_map(params![KEPT], run_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(runs)
}

/// Returns a reading of that range which stopped half-way, if its beginning is not too old to be true.
pub(crate) fn half_done(
    conn: &Connection,
    range: Range,
    livemode: bool,
    since: Timestamp,
) -> Result<Option<ReconcileId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM reconciliations
             WHERE since = ?1 AND until = ?2 AND livemode = ?3 AND state = 'paused' AND started_at >= ?4
             ORDER BY n DESC LIMIT 1",
        )?
        .query_row(
            params![At(range.since), At(range.until), livemode, At(since)],
            |row| row.get(0),
        )
        .optional()?)
}

/// Keeps pages that were read one after the other, and from where to go on, together: what was kept is not read again.
/// Many at once cost little more than one, since they lie all over the same indexes.
pub(crate) fn keep_pages(
    conn: &Connection,
    run: i64,
    pages: &[BookPage],
    next: (usize, Option<&str>),
) -> Result<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO book_objects
             (run, shelf, id, at, amount_minor, currency, status, fee_minor, net_minor, payment_intent, stripe_charge,
              source, payment_link, cobro_charge, refunded_minor, disputed, funded_minor, failure, name, email, phone,
              description, subscription)
         VALUES (:run, :shelf, :id, :at, :amount, :currency, :status, :fee, :net, :payment_intent, :charge,
              :source, :payment_link, :cobro_charge, :refunded, :disputed, :funded, :failure, :name, :email, :phone,
              :description, :subscription)
         ON CONFLICT (run, shelf, id) DO NOTHING",
    )?;
    let mut added = 0;
    for entry in pages.iter().flat_map(|page| &page.entries) {
        added += insert.execute(named_params! {
            ":run": run,
            ":shelf": entry.shelf.as_str(),
            ":id": entry.id,
            ":at": At(entry.at),
            ":amount": entry.amount,
            ":currency": entry.currency.map(|currency| currency.code().to_owned()),
            ":status": entry.status,
            ":fee": entry.fee,
            ":net": entry.net,
            ":payment_intent": entry.payment_intent,
            ":charge": entry.charge,
            ":source": entry.source,
            ":payment_link": entry.payment_link,
            ":cobro_charge": entry.cobro_charge,
            ":refunded": entry.refunded,
            ":disputed": entry.disputed,
            ":funded": entry.funded,
            ":failure": entry.failure,
            ":name": entry.buyer.name,
            ":email": entry.buyer.email,
            ":phone": entry.buyer.phone,
            ":description": entry.description,
            ":subscription": entry.subscription,
        })?;
    }
    conn.prepare_cached(
        "UPDATE reconciliations
         SET objects = objects + ?2, unreadable = unreadable + ?3, reads = reads + ?4, stage = ?5, after = ?6
         WHERE n = ?1",
    )?
    .execute(params![
        run,
        number(added),
        number(pages.iter().map(|page| page.unreadable).sum()),
        number(pages.len()),
        number(next.0),
        next.1
    ])?;
    Ok(())
}

/// Notes that a list can't be read, and goes on with the next.
pub(crate) fn skip_shelf(conn: &Connection, run: i64, shelf: Shelf, why: &str, stage: usize) -> Result<()> {
    let skipped: String = conn.query_row(
        "SELECT skipped FROM reconciliations WHERE n = ?1",
        params![run],
        |row| row.get(0),
    )?;
    let mut skipped: Vec<SkippedShelf> = serde_json::from_str(&skipped).unwrap_or_default();
    skipped.push(SkippedShelf {
        shelf: shelf.as_str().to_owned(),
        why: why.to_owned(),
    });
    let skipped = serde_json::to_string(&skipped).map_err(anyhow::Error::new)?;
    conn.execute(
        "UPDATE reconciliations SET skipped = ?2, stage = ?3, after = NULL, reads = reads + 1 WHERE n = ?1",
        params![run, skipped, number(stage)],
    )?;
    Ok(())
}

/// Moves on to `stage`, with what it cost and repaired.
pub(crate) fn advance(conn: &Connection, run: i64, stage: usize, reads: u64, repaired: usize) -> Result<()> {
    conn.execute(
        "UPDATE reconciliations SET stage = ?2, after = NULL, reads = reads + ?3, repaired = repaired + ?4 WHERE n = ?1",
        params![run, number(stage), i64::try_from(reads).unwrap_or(i64::MAX), number(repaired)],
    )?;
    Ok(())
}

pub(crate) fn set_state(
    conn: &Connection,
    run: i64,
    state: ReconcileState,
    why: Option<&Words>,
    now: Timestamp,
) -> Result<()> {
    let over = matches!(state, ReconcileState::Done | ReconcileState::Cancelled);
    conn.execute(
        "UPDATE reconciliations
         SET state = :state, finished_at = :finished, problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE n = :run",
        named_params! {
            ":run": run,
            ":state": state,
            ":finished": over.then_some(At(now)),
            ":code": why.map(|words| &words.code),
            ":title": why.map(|words| &words.title),
            ":advice": why.map(|words| &words.advice),
        },
    )?;
    Ok(())
}

/// Pauses what a crash left running.
pub(crate) fn pause_interrupted(conn: &Connection) -> Result<()> {
    conn.execute(
        "UPDATE reconciliations
         SET state = 'paused', problem_code = 'interrupted', problem_title = 'The reading was interrupted',
             problem_advice = 'Cobro was closed. Go on from where it stopped'
         WHERE state = 'running'",
        [],
    )?;
    Ok(())
}

/// Returns the payments of ours that are not here as Stripe has them.
pub(crate) fn to_repair(conn: &Connection, run: i64) -> Result<Vec<String>> {
    // What is tied to a charge, and is not here as Stripe has it: paid, waited for, or come to nothing.
    let mut statement = conn.prepare(
        "SELECT DISTINCT b.payment_intent
         FROM book_objects b
         LEFT JOIN payments p ON p.payment_intent = b.payment_intent
         WHERE b.run = :run AND b.payment_intent IS NOT NULL AND b.charge_id IS NOT NULL
           AND ((b.shelf = 'charge' AND b.status = 'succeeded'
                 AND (p.payment_intent IS NULL OR p.status <> 'succeeded' OR p.charge_id IS NULL
                      OR p.amount_minor <> b.amount_minor OR p.currency <> b.currency
                      OR p.refunded_minor <> b.refunded_minor
                      OR (b.disputed AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_intent = b.payment_intent))
                      OR p.fee_minor IS NULL))
             OR (b.shelf = 'payment_intent' AND b.funded_minor IS NOT NULL
                 AND (p.status IS NOT 'processing' OR p.funded_minor <> b.funded_minor))
             OR (b.shelf = 'payment_intent' AND b.status IN ('requires_payment_method', 'canceled')
                 AND (p.status = 'processing' OR (p.status IS NULL AND b.failure IS NOT NULL)
                      OR (p.status = 'failed' AND b.failure = :ran_out)))
             OR (b.shelf = 'refund' AND NOT EXISTS (
                     SELECT 1 FROM refunds r WHERE r.stripe_id = b.id AND r.state = CASE b.status
                         WHEN 'succeeded' THEN 'succeeded' WHEN 'failed' THEN 'failed'
                         WHEN 'canceled' THEN 'cancelled' ELSE 'pending' END))
             OR (b.shelf = 'dispute' AND NOT EXISTS (
                     SELECT 1 FROM disputes d WHERE d.id = b.id AND d.status = b.status)))
         ORDER BY b.at",
    )?;
    let found = statement
        .query_map(named_params! { ":run": run, ":ran_out": RAN_OUT }, |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Returns the payments that are paid here within the range and that Stripe's lists did not have; those of another
/// account than `account` are on none of them.
pub(crate) fn not_listed(conn: &Connection, run: &Run, account: Option<&str>) -> Result<Vec<String>> {
    let mut statement = conn.prepare(
        "SELECT p.payment_intent FROM payments p
         WHERE p.status = 'succeeded' AND p.livemode = ?2 AND p.paid_at >= ?3 AND p.paid_at < ?4 AND p.amount_minor > 0
           AND (p.account IS NULL OR ?5 IS NULL OR p.account = ?5)
           AND NOT EXISTS (SELECT 1 FROM book_objects b
                           WHERE b.run = ?1 AND b.payment_intent = p.payment_intent AND b.shelf = 'charge'
                             AND b.status = 'succeeded')
         ORDER BY p.paid_at",
    )?;
    let found = statement
        .query_map(
            params![
                run.n,
                run.livemode,
                At(run.range.since),
                At(run.range.until),
                account
            ],
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Books a payment of ours that Stripe has nothing of.
pub(crate) fn add_missing(conn: &Connection, run: i64, payment_intent: &str) -> Result<()> {
    conn.execute(
        "INSERT INTO book_objects
             (run, shelf, id, at, amount_minor, currency, status, fee_minor, net_minor, payment_intent, refunded_minor,
              disputed, charge_id)
         SELECT ?1, 'ours', p.payment_intent, coalesce(p.paid_at, p.verified_at), p.amount_minor, p.currency,
                'missing', 0, 0, p.payment_intent, 0, 0, p.charge_id
         FROM payments p WHERE p.payment_intent = ?2
         ON CONFLICT (run, shelf, id) DO NOTHING",
        params![run, payment_intent],
    )?;
    Ok(())
}

/// Returns how many objects a day the newest whole reading met; `None` before the first.
pub(crate) fn objects_a_day(conn: &Connection, livemode: bool) -> Result<Option<u64>> {
    let found: Option<i64> = conn
        .prepare_cached(
            "SELECT objects * 86400000 / max(until - since, 3600000) FROM reconciliations
             WHERE state = 'done' AND livemode = ?1 ORDER BY n DESC LIMIT 1",
        )?
        .query_row(params![livemode], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|objects| u64::try_from(objects).ok()))
}

/// Returns how many payments of the mode are known here of a range.
pub(crate) fn payments_in(conn: &Connection, range: Range, live: bool) -> Result<u64> {
    let payments: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM payments
             WHERE status = 'succeeded' AND paid_at >= ?1 AND paid_at < ?2 AND livemode = ?3 AND amount_minor > 0",
        )?
        .query_row(params![At(range.since), At(range.until), live], |row| row.get(0))?;
    Ok(u64::try_from(payments).unwrap_or(0))
}

fn run_from_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    let skipped: String = row.get("skipped")?;
    let stage = usize::try_from(row.get::<_, i64>("stage")?).unwrap_or(usize::MAX);
    let (since, until, livemode) = (at(row, "since")?, at(row, "until")?, row.get("livemode")?);
    Ok(Run {
        n: row.get("n")?,
        range: Range { since, until },
        livemode,
        stage,
        after: row.get("after")?,
        view: Reconciliation {
            id: row.get("id")?,
            since,
            until,
            livemode,
            state: row.get("state")?,
            stage: stage_from_number(stage),
            reads: row.get("reads")?,
            objects: row.get("objects")?,
            unreadable: row.get("unreadable")?,
            repaired: row.get("repaired")?,
            skipped: serde_json::from_str(&skipped).unwrap_or_default(),
            started_at: at(row, "started_at")?,
            finished_at: maybe_at(row, "finished_at")?,
            problem: words(row)?,
        },
    })
}

/// SQLite counts in 64 bits.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn stage_from_number(stage: usize) -> ReconcileStage {
    const STAGES: [ReconcileStage; 10] = [
        ReconcileStage::Sessions,
        ReconcileStage::PaymentIntents,
        ReconcileStage::Charges,
        ReconcileStage::Invoices,
        ReconcileStage::Refunds,
        ReconcileStage::Disputes,
        ReconcileStage::BalanceTransactions,
        ReconcileStage::Repairing,
        ReconcileStage::LookingUp,
        ReconcileStage::Judging,
    ];
    STAGES.get(stage).copied().unwrap_or(ReconcileStage::Done)
}
