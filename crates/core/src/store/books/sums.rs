//! Sums of a reading: what Stripe's balance did, and that every minor unit of it is somewhere.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use super::lines::SHOWN;
use crate::Result;
use crate::domain::{BalanceSum, BookClass, ClassCount, ClassSum, MoneySum, Signed};

/// Returns how many objects each class holds.
pub(crate) fn counts(conn: &Connection, run: i64) -> Result<Vec<ClassCount>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT b.class, count(*) AS objects, sum({SHOWN}) AS lines,
                sum((b.shelf = 'charge' AND b.status = 'succeeded') OR b.shelf IN ('refund', 'dispute', 'ours')) AS payments,
                sum(b.class IN ('unmatched', 'missing', 'differs', 'duplicate') AND n.note IS NULL
                    AND b.shelf IN ('charge', 'ours')) AS open
         FROM book_objects b LEFT JOIN book_notes n ON n.object_id = b.id
         WHERE b.run = ?1 AND b.class IS NOT NULL GROUP BY b.class"
    ))?;
    let found: Vec<ClassCount> = statement
        .query_map(params![run], |row| {
            Ok(ClassCount {
                class: row.get("class")?,
                objects: row.get("objects")?,
                payments: row.get("payments")?,
                lines: row.get("lines")?,
                open: row.get("open")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(BookClass::ALL
        .into_iter()
        .map(|class| {
            found
                .iter()
                .find(|count| count.class == class)
                .copied()
                .unwrap_or(ClassCount {
                    class,
                    objects: 0,
                    payments: 0,
                    lines: 0,
                    open: 0,
                })
        })
        .collect())
}

/// Returns what each currency's balance did, and how much of it is where.
pub(crate) fn sums(conn: &Connection, run: i64) -> Result<Vec<BalanceSum>> {
    let mut sums: BTreeMap<String, BalanceSum> = BTreeMap::new();
    let mut whole = conn.prepare_cached(
        "SELECT coalesce(currency, '?') AS currency, sum(amount_minor), sum(fee_minor), sum(net_minor)
         FROM book_objects WHERE run = ?1 AND shelf = 'balance_transaction' GROUP BY currency",
    )?;
    let mut rows = whole.query(params![run])?;
    while let Some(row) = rows.next()? {
        let currency: String = row.get(0)?;
        let sum = BalanceSum {
            currency: currency.clone(),
            classes: Vec::new(),
            stripe: sum_from_row(row, 1)?,
            booked: MoneySum::default(),
            kept_here: MoneySum::default(),
            matched_at_stripe: MoneySum::default(),
        };
        sums.insert(currency, sum);
    }
    let mut by_class = conn.prepare_cached(
        "SELECT coalesce(currency, '?') AS currency, class, sum(amount_minor), sum(fee_minor), sum(net_minor)
         FROM book_objects WHERE run = ?1 AND shelf = 'balance_transaction' AND class IS NOT NULL
         GROUP BY currency, class",
    )?;
    let mut rows = by_class.query(params![run])?;
    while let Some(row) = rows.next()? {
        let currency: String = row.get(0)?;
        let Some(sum) = sums.get_mut(&currency) else {
            continue;
        };
        let of_class = sum_from_row(row, 2)?;
        sum.booked = plus(sum.booked, of_class);
        sum.classes.push(ClassSum {
            class: row.get(1)?,
            sum: of_class,
        });
    }
    // The payments kept here, and Stripe's own lines of the very same payments.
    let mut both = conn.prepare_cached(
        "SELECT coalesce(b.currency, '?') AS currency,
                sum(p.fee_minor + p.net_minor), sum(p.fee_minor), sum(p.net_minor),
                sum(b.amount_minor), sum(b.fee_minor), sum(b.net_minor)
         FROM book_objects b
         JOIN payments p ON p.stripe_charge = b.source AND p.status = 'succeeded'
         WHERE b.run = ?1 AND b.shelf = 'balance_transaction' AND b.status IN ('charge', 'payment')
         GROUP BY b.currency",
    )?;
    let mut rows = both.query(params![run])?;
    while let Some(row) = rows.next()? {
        let currency: String = row.get(0)?;
        if let Some(sum) = sums.get_mut(&currency) {
            sum.kept_here = sum_from_row(row, 1)?;
            sum.matched_at_stripe = sum_from_row(row, 4)?;
        }
    }
    for sum in sums.values_mut() {
        sum.classes.sort_by_key(|of| of.class);
    }
    Ok(sums.into_values().collect())
}

fn sum_from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<MoneySum> {
    let at = |index| {
        row.get::<_, Option<i64>>(index)
            .map(|sum| Signed(sum.unwrap_or(0)))
    };
    Ok(MoneySum {
        amount: at(first)?,
        fee: at(first + 1)?,
        net: at(first + 2)?,
    })
}

fn plus(a: MoneySum, b: MoneySum) -> MoneySum {
    let add = |a: Signed, b: Signed| Signed(a.0.saturating_add(b.0));
    MoneySum {
        amount: add(a.amount, b.amount),
        fee: add(a.fee, b.fee),
        net: add(a.net, b.net),
    }
}
