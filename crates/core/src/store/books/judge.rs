//! Judging: whose each of Stripe's objects is, and in which class it goes. Every step
//! starts from what the lists had, so that judging again, after a tie or a repair, ends the same.

use rusqlite::{Connection, named_params};

use crate::Result;

/// So many objects are judged in one transaction: none holds others up for long.
const PORTION: usize = 4_000;

/// How far judging has come: the next object is the first one after `after`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    step: usize,
    shelf: usize,
    after: String,
}

/// How far a judging goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// It is known whose each object is, which repairing needs before the rest.
    Owners,
    End,
}

/// Judges the next portion. Returns where to go on; `None` at the end.
pub(crate) fn judge(
    conn: &Connection,
    run: i64,
    livemode: bool,
    until: Until,
    mut place: Place,
) -> Result<Option<Place>> {
    let steps = match until {
        Until::Owners => STEPS.get(..OWNERS).unwrap_or_default(),
        Until::End => STEPS,
    };
    let mut room = PORTION;
    while let Some(step) = steps.get(place.step) {
        let Some(shelf) = step.shelves.get(place.shelf) else {
            place = Place {
                step: place.step + 1,
                ..Place::default()
            };
            continue;
        };
        if room == 0 {
            return Ok(Some(place));
        }
        let (last, found) = portion(conn, run, shelf, &place.after, room)?;
        if let Some(last) = &last {
            conn.prepare_cached(step.sql)?.execute(named_params! {
                ":run": run, ":live": livemode, ":shelf": shelf, ":after": place.after, ":last": last,
            })?;
        }
        room -= found;
        place = match last {
            Some(after) if room == 0 => Place { after, ..place },
            _ => Place {
                shelf: place.shelf + 1,
                after: String::new(),
                ..place
            },
        };
    }
    Ok(None)
}

/// Returns the last of the next objects of a list, and how many they are, at most `most`.
fn portion(
    conn: &Connection,
    run: i64,
    shelf: &str,
    after: &str,
    most: usize,
) -> Result<(Option<String>, usize)> {
    let (last, found): (Option<String>, i64) = conn
        .prepare_cached(
            "SELECT max(id), count(*) FROM (
                 SELECT id FROM book_objects WHERE run = ?1 AND shelf = ?2 AND id > ?3 ORDER BY id LIMIT ?4)",
        )?
        .query_row(
            (run, shelf, after, i64::try_from(most).unwrap_or(i64::MAX)),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    Ok((last, usize::try_from(found).unwrap_or(most).min(most)))
}

/// One step: what it writes to the objects of some lists, one list after the other. Each knows `:run`, `:live`,
/// `:shelf`, and which of its objects are next: those after `:after` up to `:last`.
struct Step {
    shelves: &'static [&'static str],
    sql: &'static str,
}

const EVERYTHING: &[&str] = &[
    "session",
    "payment_intent",
    "charge",
    "invoice",
    "refund",
    "dispute",
    "balance_transaction",
];

/// Steps that find out whose an object is.
const OWNERS: usize = 5;

const STEPS: &[Step] = &[
    Step {
        shelves: EVERYTHING,
        sql: "UPDATE book_objects SET class = NULL, charge_id = NULL
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND :live = :live
       AND (class IS NOT NULL OR charge_id IS NOT NULL)",
    },
    // A link is only made by us. At a product's link each visit says whose it is; it must have gone by that link.
    Step {
        shelves: &["session"],
        sql: "WITH owned AS MATERIALIZED (
         SELECT b.id, coalesce(
             (SELECT h.id FROM charges h WHERE h.link_id = b.payment_link AND h.livemode = :live),
             (SELECT h.id FROM charges h JOIN product_links l ON l.id = h.product_link
              WHERE h.id = unhex(replace(b.cobro_charge, '-', '')) AND l.link_id = b.payment_link
                AND h.livemode = :live)) AS charge
         FROM book_objects b
         WHERE b.run = :run AND b.shelf = :shelf AND b.id > :after AND b.id <= :last AND b.payment_link IS NOT NULL)
     UPDATE book_objects SET charge_id = owned.charge FROM owned
     WHERE run = :run AND shelf = :shelf AND book_objects.id = owned.id AND owned.charge IS NOT NULL",
    },
    // An invoice belongs to whom its subscription belongs; its payment has no other name of ours.
    Step {
        shelves: &["invoice"],
        sql: "UPDATE book_objects
     SET charge_id = coalesce(
         (SELECT s.charge_id FROM subscriptions s WHERE s.id = book_objects.subscription AND s.livemode = :live),
         (SELECT s.charge_id FROM book_objects s
          WHERE s.run = :run AND s.shelf = 'session' AND s.subscription = book_objects.subscription
            AND s.charge_id IS NOT NULL LIMIT 1),
         (SELECT h.id FROM charges h WHERE h.id = unhex(replace(cobro_charge, '-', '')) AND h.livemode = :live))
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND subscription IS NOT NULL",
    },
    // Else what was matched before, by Stripe or by a person; else the id in its metadata.
    Step {
        shelves: &["session", "invoice", "payment_intent", "charge"],
        sql: "WITH owned AS MATERIALIZED (
         SELECT b.id, coalesce(
             (SELECT s.charge_id FROM book_objects s
              WHERE s.run = :run AND s.payment_intent = b.payment_intent AND s.shelf IN ('session', 'invoice')
                AND s.charge_id IS NOT NULL ORDER BY s.shelf = 'session' DESC LIMIT 1),
             (SELECT p.charge_id FROM payments p JOIN charges h ON h.id = p.charge_id
              WHERE p.payment_intent = b.payment_intent AND h.livemode = :live),
             (SELECT h.id FROM charges h
              WHERE h.id = unhex(replace(b.cobro_charge, '-', '')) AND h.livemode = :live)) AS charge
         FROM book_objects b
         WHERE b.run = :run AND b.shelf = :shelf AND b.id > :after AND b.id <= :last AND b.charge_id IS NULL)
     UPDATE book_objects SET charge_id = owned.charge FROM owned
     WHERE run = :run AND shelf = :shelf AND book_objects.id = owned.id AND owned.charge IS NOT NULL",
    },
    Step {
        shelves: &["refund", "dispute"],
        sql: "UPDATE book_objects
     SET payment_intent = coalesce(payment_intent,
             (SELECT c.payment_intent FROM book_objects c
              WHERE c.run = :run AND c.shelf = 'charge' AND c.id = book_objects.stripe_charge)),
         charge_id = coalesce(
             (SELECT c.charge_id FROM book_objects c
              WHERE c.run = :run AND c.shelf = 'charge' AND c.id = book_objects.stripe_charge),
             (SELECT p.charge_id FROM payments p JOIN charges h ON h.id = p.charge_id
              WHERE p.payment_intent = book_objects.payment_intent AND h.livemode = :live))
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last",
    },
    Step {
        shelves: &["refund", "dispute"],
        sql: "UPDATE book_objects SET class = 'refund_or_dispute'
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND :live = :live",
    },
    // A charge that took money. Those of one charge of ours are looked at in the order of their payment.
    // One of a link that is paid often, or of a subscription, stands for itself.
    Step {
        shelves: &["charge"],
        sql: "UPDATE book_objects
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
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND status = 'succeeded' AND :live = :live",
    },
    Step {
        shelves: &["charge"],
        sql: "UPDATE book_objects SET class = iif(charge_id IS NULL, 'other', 'matched')
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND class IS NULL AND :live = :live",
    },
    // What belongs to a payment stands where its money stands.
    Step {
        shelves: &["session", "payment_intent", "invoice"],
        sql: "UPDATE book_objects
     SET class = coalesce(
         (SELECT c.class FROM book_objects c
          WHERE c.run = :run AND c.payment_intent = book_objects.payment_intent AND c.shelf = 'charge'
          ORDER BY c.status = 'succeeded' DESC LIMIT 1),
         iif(charge_id IS NULL, 'other', 'matched'))
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND :live = :live",
    },
    // A movement of the balance stands where its object stands; one whose object was made before the range is still
    // known by its payment here.
    Step {
        shelves: &["balance_transaction"],
        sql: "UPDATE book_objects
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
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last",
    },
    Step {
        shelves: &["ours"],
        sql: "UPDATE book_objects SET class = 'missing'
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND :live = :live",
    },
    // Whoever was erased here is not named by what Stripe still has of them.
    Step {
        shelves: EVERYTHING,
        sql: "UPDATE book_objects SET name = NULL, email = NULL, phone = NULL
     WHERE run = :run AND shelf = :shelf AND id > :after AND id <= :last AND :live = :live
       AND coalesce(name, email, phone) IS NOT NULL
       AND charge_id IN (
         SELECT h.id FROM charges h
         JOIN conversations c ON c.id = h.conversation_id
         JOIN contacts k ON k.id = c.contact_id
         WHERE h.id = book_objects.charge_id AND k.name = ''
           AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id))",
    },
];
