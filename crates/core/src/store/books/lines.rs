//! The lines of a reading: payments, refunds and disputes, each with whose it is.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::domain::{BookClass, BookLine, Currency, Money, Page, Signed, Timestamp};
use crate::store::columns::{At, at};
use crate::{Error, Result};

const PAGE: usize = 50;
const PAGE_AND_ONE: i64 = 51;

const LINE: &str = "
    SELECT b.shelf, b.id, b.at, b.amount_minor, b.currency, b.status, b.class, b.payment_intent, b.name, b.email,
           b.description, b.charge_id, h.conversation_id, coalesce(q.asked_minor, h.amount_minor) AS asked_minor, h.currency AS asked_currency,
           coalesce(nullif(k.book_name, ''), k.name) AS customer, n.note,
           t.fee_minor, t.net_minor, t.currency AS settled_in, y.payment_intent IS NOT NULL AS tied
    FROM book_objects b
    LEFT JOIN charges h ON h.id = b.charge_id
    LEFT JOIN conversations c ON c.id = h.conversation_id
    LEFT JOIN contacts k ON k.id = c.contact_id
    LEFT JOIN payments q ON q.payment_intent = b.payment_intent
    LEFT JOIN book_notes n ON n.object_id = b.id
    LEFT JOIN ties y ON y.payment_intent = b.payment_intent
    LEFT JOIN book_objects t ON t.run = b.run AND t.shelf = 'balance_transaction' AND t.source = b.id";

/// What is shown of a class: what moved a customer's money, and of the rest what moved the balance. The second line says
/// nothing more, but in the words of the index by class, which has no others.
pub(super) const SHOWN: &str = "(b.shelf IN ('charge', 'refund', 'dispute', 'ours')
    OR (b.shelf = 'balance_transaction' AND b.class = 'other'))
    AND b.shelf NOT IN ('session', 'payment_intent', 'invoice')";

/// Returns one page of a class, newest first.
pub(crate) fn page(
    conn: &Connection,
    run: i64,
    class: BookClass,
    after: Option<&str>,
) -> Result<Page<BookLine>> {
    let (last_at, last_id) = match after {
        Some(key) => key_from_text(key)?,
        None => (Timestamp::from_millis(i64::MAX), String::new()),
    };
    let mut statement = conn.prepare_cached(&format!(
        "{LINE} WHERE b.run = :run AND b.class = :class AND {SHOWN}
           AND (b.at < :last_at OR (b.at = :last_at AND b.id < :last_id))
         ORDER BY b.at DESC, b.id DESC LIMIT :limit"
    ))?;
    let mut rows: Vec<BookLine> = statement
        .query_map(
            named_params! {
                ":run": run, ":class": class, ":last_at": At(last_at), ":last_id": last_id, ":limit": PAGE_AND_ONE,
            },
            line_from_row,
        )?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.key.clone());
    Ok(Page { rows, next })
}

/// Returns one line of a reading.
pub(crate) fn line(conn: &Connection, run: i64, id: &str) -> Result<Option<BookLine>> {
    Ok(conn
        .prepare_cached(&format!(
            "{LINE} WHERE b.run = ?1 AND b.id = ?2 AND b.shelf IN ('charge', 'refund', 'dispute', 'ours')"
        ))?
        .query_row(params![run, id], line_from_row)
        .optional()?)
}

/// Calls `each` for every line, class by class and oldest first.
pub(crate) fn for_each_line(
    conn: &Connection,
    run: i64,
    mut each: impl FnMut(BookLine) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare(&format!(
        "{LINE} WHERE b.run = ?1 AND b.class = ?2 AND {SHOWN} ORDER BY b.at, b.id"
    ))?;
    for class in BookClass::ALL {
        let mut rows = statement.query(params![run, class])?;
        while let Some(row) = rows.next()? {
            each(line_from_row(row)?)?;
        }
    }
    Ok(())
}

/// Keeps what a person says of an exception; nothing takes it back.
pub(crate) fn note(conn: &Connection, object: &str, note: Option<&str>, now: Timestamp) -> Result<()> {
    match note {
        Some(note) => conn.execute(
            "INSERT INTO book_notes (object_id, note, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (object_id) DO UPDATE SET note = excluded.note, at = excluded.at",
            params![object, note, At(now)],
        )?,
        None => conn.execute("DELETE FROM book_notes WHERE object_id = ?1", params![object])?,
    };
    Ok(())
}

fn key_from_text(key: &str) -> Result<(Timestamp, String)> {
    key.split_once('_')
        .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.to_owned())))
        .ok_or_else(|| {
            Error::Invalid("The page cursor is not one of ours. Load the list from its start".into())
        })
}

fn line_from_row(row: &Row<'_>) -> rusqlite::Result<BookLine> {
    let (id, moment): (String, Timestamp) = (row.get("id")?, at(row, "at")?);
    let amount = money_of(row, "amount_minor", "currency")?;
    let asked = money_of(row, "asked_minor", "asked_currency")?;
    let buyer: Option<String> = row.get("name")?;
    let email: Option<String> = row.get("email")?;
    Ok(BookLine {
        key: format!("{}_{id}", moment.millis()),
        class: row.get("class")?,
        kind: row.get("shelf")?,
        at: moment,
        amount,
        fee: row.get::<_, Option<i64>>("fee_minor")?.map(Signed),
        net: row.get::<_, Option<i64>>("net_minor")?.map(Signed),
        settled_in: row.get("settled_in")?,
        status: row.get("status")?,
        payment_intent: row.get("payment_intent")?,
        buyer: buyer.or(email),
        description: row.get("description")?,
        charge: row.get("charge_id")?,
        conversation: row.get("conversation_id")?,
        customer: row.get("customer")?,
        asked: asked.filter(|asked| Some(*asked) != amount),
        note: row.get("note")?,
        tied: row.get("tied")?,
        id,
    })
}

fn money_of(row: &Row<'_>, minor: &str, currency: &str) -> rusqlite::Result<Option<Money>> {
    let (minor, code): (Option<i64>, Option<String>) = (row.get(minor)?, row.get(currency)?);
    // What left the balance is shown without its sign: its class says which way it went.
    Ok(minor.zip(code).and_then(|(minor, code)| {
        let currency = Currency::from_code(&code).ok()?;
        Money::from_minor(minor.checked_abs()?, currency).ok()
    }))
}
