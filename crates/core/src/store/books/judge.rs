//! Judging: whose each of Stripe's objects is, and in which class it goes. Every step
//! starts from what the lists had, so that judging again, after a tie or a repair, ends the same.

use rusqlite::{Connection, named_params};

use crate::Result;

/// How many steps there are. Each is a transaction of its own: none holds others up for long.
pub(crate) const STEPS: usize = SQL.len();

/// Does one step.
pub(crate) fn judge(conn: &Connection, run: i64, livemode: bool, step: usize) -> Result<()> {
    let Some(sql) = SQL.get(step) else {
        return Ok(());
    };
    conn.prepare(sql)?
        .execute(named_params! { ":run": run, ":live": livemode })?;
    Ok(())
}

/// The steps that find out whose an object is, which repairing needs before the rest.
pub(crate) const OWNERS: usize = 5;

const SQL: [&str; 12] = [
    "UPDATE book_objects SET class = NULL, charge_id = NULL
     WHERE run = :run AND shelf <> 'ours' AND :live = :live",
    // A link is only made by us. At a product's link each visit says whose it is; it must have gone by that link.
    "UPDATE book_objects
     SET charge_id = coalesce(
         (SELECT h.id FROM charges h WHERE h.link_id = payment_link AND h.livemode = :live),
         (SELECT h.id FROM charges h JOIN product_links l ON l.id = h.product_link
          WHERE h.id = unhex(replace(cobro_charge, '-', '')) AND l.link_id = payment_link AND h.livemode = :live))
     WHERE run = :run AND shelf = 'session' AND payment_link IS NOT NULL",
    // An invoice belongs to whom its subscription belongs; its payment has no other name of ours.
    "UPDATE book_objects
     SET charge_id = coalesce(
         (SELECT s.charge_id FROM subscriptions s WHERE s.id = book_objects.subscription AND s.livemode = :live),
         (SELECT s.charge_id FROM book_objects s
          WHERE s.run = :run AND s.shelf = 'session' AND s.subscription = book_objects.subscription
            AND s.charge_id IS NOT NULL LIMIT 1),
         (SELECT h.id FROM charges h WHERE h.id = unhex(replace(cobro_charge, '-', '')) AND h.livemode = :live))
     WHERE run = :run AND shelf = 'invoice' AND subscription IS NOT NULL",
    // Else what was matched before, by Stripe or by a person; else the id in its metadata.
    "UPDATE book_objects
     SET charge_id = coalesce(
         (SELECT s.charge_id FROM book_objects s
          WHERE s.run = :run AND s.payment_intent = book_objects.payment_intent AND s.shelf IN ('session', 'invoice')
            AND s.charge_id IS NOT NULL ORDER BY s.shelf = 'session' DESC LIMIT 1),
         (SELECT p.charge_id FROM payments p JOIN charges h ON h.id = p.charge_id
          WHERE p.payment_intent = book_objects.payment_intent AND h.livemode = :live),
         (SELECT h.id FROM charges h WHERE h.id = unhex(replace(cobro_charge, '-', '')) AND h.livemode = :live))
     WHERE run = :run AND charge_id IS NULL AND shelf IN ('session', 'payment_intent', 'charge', 'invoice')",
    "UPDATE book_objects
     SET payment_intent = coalesce(payment_intent,
             (SELECT c.payment_intent FROM book_objects c
              WHERE c.run = :run AND c.shelf = 'charge' AND c.id = book_objects.stripe_charge)),
         charge_id = coalesce(
             (SELECT c.charge_id FROM book_objects c
              WHERE c.run = :run AND c.shelf = 'charge' AND c.id = book_objects.stripe_charge),
             (SELECT p.charge_id FROM payments p JOIN charges h ON h.id = p.charge_id
              WHERE p.payment_intent = book_objects.payment_intent AND h.livemode = :live))
     WHERE run = :run AND shelf IN ('refund', 'dispute')",
    "UPDATE book_objects SET class = 'refund_or_dispute'
     WHERE run = :run AND shelf IN ('refund', 'dispute') AND :live = :live",
    // A charge that took money. Those of one charge of ours are looked at in the order of their payment.
    // One of a link that is paid often, or of a subscription, stands for itself.
    "UPDATE book_objects
     SET class = coalesce((
         WITH asked AS (
             SELECT h.id, h.currency, p.status, p.amount_minor AS paid, p.charge_id, p.paid_at, p.payment_intent,
                    h.single_use = 0 OR p.invoice IS NOT NULL AS alone,
                    coalesce(p.asked_minor, h.amount_minor) AS asked
             FROM charges h
             LEFT JOIN payments p ON p.payment_intent = book_objects.payment_intent
             WHERE h.id = book_objects.charge_id),
         own AS (
             SELECT a.*, coalesce(sum(q.amount_minor), 0) AS got,
                    coalesce(sum(q.amount_minor) FILTER (
                        WHERE (q.paid_at, q.payment_intent) < (a.paid_at, a.payment_intent)), 0) AS before
             FROM asked a
             LEFT JOIN payments q ON NOT a.alone AND q.charge_id = a.id
                  AND q.status = 'succeeded' AND q.currency = a.currency
             GROUP BY a.id)
         SELECT CASE
             WHEN book_objects.currency IS NOT currency OR status IS NOT 'succeeded'
                  OR paid <> book_objects.amount_minor OR charge_id IS NOT id THEN 'differs'
             WHEN alone THEN iif(paid = asked, 'matched', 'differs')
             WHEN before >= asked THEN 'duplicate'
             WHEN before + paid > asked OR got < asked THEN 'differs'
             ELSE 'matched' END
         FROM own), 'unmatched')
     WHERE run = :run AND shelf = 'charge' AND status = 'succeeded' AND :live = :live",
    "UPDATE book_objects SET class = iif(charge_id IS NULL, 'other', 'matched')
     WHERE run = :run AND shelf = 'charge' AND class IS NULL AND :live = :live",
    // What belongs to a payment stands where its money stands.
    "UPDATE book_objects
     SET class = coalesce(
         (SELECT c.class FROM book_objects c
          WHERE c.run = :run AND c.payment_intent = book_objects.payment_intent AND c.shelf = 'charge'
          ORDER BY c.status = 'succeeded' DESC LIMIT 1),
         iif(charge_id IS NULL, 'other', 'matched'))
     WHERE run = :run AND shelf IN ('session', 'payment_intent', 'invoice') AND :live = :live",
    // A movement of the balance stands where its object stands; one whose object was made before the range is still
    // known by its payment here.
    "UPDATE book_objects
     SET charge_id = coalesce(
             (SELECT o.charge_id FROM book_objects o
              WHERE o.run = :run AND o.id = book_objects.source AND o.shelf IN ('charge', 'refund', 'dispute') LIMIT 1),
             (SELECT p.charge_id FROM payments p WHERE p.stripe_charge = book_objects.source AND p.livemode = :live)),
         class = coalesce(
             (SELECT o.class FROM book_objects o
              WHERE o.run = :run AND o.id = book_objects.source AND o.shelf IN ('charge', 'refund', 'dispute') LIMIT 1),
             CASE WHEN status IN ('refund', 'payment_refund', 'payment_failure_refund', 'refund_failure')
                       OR (status = 'adjustment' AND source IS NOT NULL) THEN 'refund_or_dispute' END,
             (SELECT 'matched' FROM payments p
              WHERE p.stripe_charge = book_objects.source AND p.charge_id IS NOT NULL AND p.livemode = :live),
             iif(status IN ('charge', 'payment'), 'unmatched', 'other'))
     WHERE run = :run AND shelf = 'balance_transaction'",
    "UPDATE book_objects SET class = 'missing' WHERE run = :run AND shelf = 'ours' AND :live = :live",
    // Whoever was erased here is not named by what Stripe still has of them.
    "UPDATE book_objects SET name = NULL, email = NULL, phone = NULL
     WHERE run = :run AND :live = :live AND charge_id IN (
         SELECT h.id FROM contacts k
         JOIN conversations c ON c.contact_id = k.id
         JOIN charges h ON h.conversation_id = c.id
         WHERE k.name = '' AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id))",
];
