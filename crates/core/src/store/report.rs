//! Sums over a period, each in one currency.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::charges::IS_PAID;
use super::columns::{At, json};
use super::overview;
use crate::Result;
use crate::domain::{
    Conversion, Currency, LinkSums, MethodSum, ProductId, ProductSum, Report, ReportDay, SellerSum, Settled,
    Signed, Tally, Timestamp,
};

/// As many as are looked at; the table of charges has every one.
const PRODUCTS: usize = 10;

/// What is added up: a currency, which money, and when each day begins and ends.
pub(crate) struct Asked {
    pub currency: Currency,
    pub usual: Currency,
    /// Nothing without a key: then whatever is there.
    pub live: Option<bool>,
    /// Each day's name, oldest first.
    pub days: Vec<String>,
    /// When they begin, and when the last one ends.
    pub midnights: Vec<Timestamp>,
    pub zone: String,
}

impl Asked {
    fn range(&self) -> (At, At) {
        let zero = Timestamp::from_millis(0);
        let first = self.midnights.first().copied().unwrap_or(zero);
        (At(first), At(self.midnights.last().copied().unwrap_or(first)))
    }
}

/// Adds a period up. All of it is of one moment.
pub(crate) fn get(conn: &Connection, asked: &Asked) -> Result<Report> {
    let as_of_now = conn.unchecked_transaction()?;
    let report = add_up(&as_of_now, asked)?;
    as_of_now.finish()?;
    Ok(report)
}

fn add_up(conn: &Connection, asked: &Asked) -> Result<Report> {
    let live = overview::which(conn, asked.live)?;
    let money = payments(conn, asked, live)?;
    let (products, other_products) = products(conn, asked, live)?;
    let links = links(conn, asked.currency, live, asked.range())?;
    Ok(Report {
        currency: asked.currency.code().to_owned(),
        currencies: currencies(conn, asked.usual, live)?,
        first: asked.days.first().cloned().unwrap_or_default(),
        last: asked.days.last().cloned().unwrap_or_default(),
        zone: asked.zone.clone(),
        conversion: conversion_of(&links, median_seconds(conn, asked.currency, live, asked.range())?),
        links,
        collected: money.collected,
        refunds: refunds(conn, asked, live)?,
        loose_refunds: money.loose_refunds,
        disputes: disputes(conn, asked, live)?,
        settled: money.settled,
        without_fee: money.without_fee,
        waiting: overview::waiting(conn, asked.currency, live)?,
        days: days(conn, asked, live)?,
        sellers: sellers(conn, asked, live)?,
        loose: money.loose,
        products,
        other_products,
        methods: money.methods,
        reconciled: overview::reconciled(conn, live)?,
    })
}

/// Every currency that was asked or paid in; the usual one first.
fn currencies(conn: &Connection, usual: Currency, live: bool) -> Result<Vec<String>> {
    // Each step looks up the next code: the rows between are not read.
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE
             asked (code) AS (
                 SELECT min(currency) FROM charges WHERE livemode = ?1
                 UNION ALL
                 SELECT (SELECT min(currency) FROM charges WHERE livemode = ?1 AND currency > code)
                 FROM asked WHERE code IS NOT NULL),
             paid (code) AS (
                 SELECT min(currency) FROM payments WHERE status = 'succeeded' AND livemode = ?1
                 UNION ALL
                 SELECT (SELECT min(currency) FROM payments
                         WHERE status = 'succeeded' AND livemode = ?1 AND currency > code)
                 FROM paid WHERE code IS NOT NULL)
         SELECT code FROM asked WHERE code IS NOT NULL
         UNION SELECT code FROM paid WHERE code IS NOT NULL ORDER BY code",
    )?;
    let mut codes: Vec<String> = statement
        .query_map(params![live], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    codes.retain(|code| code != usual.code());
    codes.insert(0, usual.code().to_owned());
    Ok(codes)
}

/// What each fate's charges add up to, of those made in the period.
pub(crate) fn links_statement() -> String {
    format!(
        "SELECT CASE WHEN {IS_PAID} THEN 'paid'
                     WHEN payment IN ('open', 'processing', 'failed_attempt', 'partly_paid') THEN 'open'
                     WHEN payment IN ('expired', 'cancelled') THEN payment ELSE 'other' END AS fate,
                count(*) AS count, sum(amount_minor) AS minor
         FROM charges
         WHERE livemode = ?1 AND currency = ?2 AND created_at >= ?3 AND created_at < ?4
         GROUP BY fate"
    )
}

/// What became of the charges made in the period.
fn links(conn: &Connection, currency: Currency, live: bool, (from, to): (At, At)) -> Result<LinkSums> {
    let mut statement = conn.prepare_cached(&links_statement())?;
    let mut rows = statement.query(params![live, currency.code(), from, to])?;
    let mut links = LinkSums::default();
    while let Some(row) = rows.next()? {
        let tally = tally_from_row(row)?;
        links.made = plus(links.made, tally);
        match row.get_ref("fate")?.as_str().map_err(rusqlite::Error::from)? {
            "paid" => links.paid = tally,
            "open" => links.open = tally,
            "expired" => links.expired = tally,
            "cancelled" => links.cancelled = tally,
            _ => links.other = tally,
        }
    }
    Ok(links)
}

/// How many of the links made in the period were paid, and how fast: the one answer of every view.
pub(super) fn conversion(
    conn: &Connection,
    currency: Currency,
    live: bool,
    (from, to): (Timestamp, Timestamp),
) -> Result<Conversion> {
    let links = links(conn, currency, live, (At(from), At(to)))?;
    let median = median_seconds(conn, currency, live, (At(from), At(to)))?;
    Ok(conversion_of(&links, median))
}

/// What the seller withdrew, and what never went out, no customer could pay.
fn conversion_of(links: &LinkSums, median_seconds: Option<u32>) -> Conversion {
    Conversion {
        links: links.paid.count + links.open.count + links.expired.count,
        paid: links.paid.count,
        median_seconds,
    }
}

fn median_seconds(
    conn: &Connection,
    currency: Currency,
    live: bool,
    (from, to): (At, At),
) -> Result<Option<u32>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT max(paid_at - opened_at, 0) / 1000 AS seconds FROM charges
         WHERE livemode = ?1 AND currency = ?2 AND created_at >= ?3 AND created_at < ?4
           AND {IS_PAID} AND paid_at IS NOT NULL AND opened_at IS NOT NULL"
    ))?;
    let mut seconds: Vec<u32> = statement
        .query_map(params![live, currency.code(), from, to], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if seconds.is_empty() {
        return Ok(None);
    }
    let middle = (seconds.len() - 1) / 2;
    Ok(Some(*seconds.select_nth_unstable(middle).1))
}

/// What came in, by everything that one reading of the payments tells.
#[derive(Default)]
struct Came {
    collected: Tally,
    loose: Tally,
    loose_refunds: Tally,
    without_fee: Tally,
    settled: Vec<Settled>,
    methods: Vec<MethodSum>,
}

/// What came in in the period, by method and by what it was settled in. A card's method ends with its last digits.
pub(crate) const PAYMENTS: &str = "
    SELECT substr(method, 1, instr(method || ' ', ' ') - 1) AS kind,
           iif(fee_minor IS NULL, NULL, fee_currency) AS settled, charge_id IS NULL AS is_loose,
           count(*) AS count, sum(amount_minor) AS minor, coalesce(sum(fee_minor), 0) AS fee,
           coalesce(sum(net_minor), 0) AS net, sum(refunded_minor) AS refunded, sum(refunded_minor > 0) AS refunds
    FROM payments
    WHERE status = 'succeeded' AND livemode = ?1 AND currency = ?2 AND paid_at >= ?3 AND paid_at < ?4
    GROUP BY kind, settled, is_loose";

fn payments(conn: &Connection, asked: &Asked, live: bool) -> Result<Came> {
    let (from, to) = asked.range();
    let mut statement = conn.prepare_cached(PAYMENTS)?;
    let mut rows = statement.query(params![live, asked.currency.code(), from, to])?;
    let mut came = Came::default();
    while let Some(row) = rows.next()? {
        came.add(row)?;
    }
    came.settled
        .sort_by(|a, b| (b.payments, &a.currency).cmp(&(a.payments, &b.currency)));
    came.methods
        .sort_by(|a, b| (b.collected.minor.0, &a.method).cmp(&(a.collected.minor.0, &b.method)));
    Ok(came)
}

impl Came {
    fn add(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let tally = tally_from_row(row)?;
        self.collected = plus(self.collected, tally);
        if row.get("is_loose")? {
            self.loose = plus(self.loose, tally);
            let refunds = Tally {
                count: row.get("refunds")?,
                minor: Signed(row.get("refunded")?),
            };
            self.loose_refunds = plus(self.loose_refunds, refunds);
        }
        let method: Option<String> = row.get("kind")?;
        match self.methods.iter_mut().find(|sum| sum.method == method) {
            Some(sum) => sum.collected = plus(sum.collected, tally),
            None => self.methods.push(MethodSum {
                method,
                collected: tally,
            }),
        }
        let Some(currency) = row.get::<_, Option<String>>("settled")? else {
            self.without_fee = plus(self.without_fee, tally);
            return Ok(());
        };
        let (fee, net): (i64, i64) = (row.get("fee")?, row.get("net")?);
        match self.settled.iter_mut().find(|sum| sum.currency == currency) {
            Some(sum) => {
                sum.payments += tally.count;
                sum.fee = Signed(sum.fee.0.saturating_add(fee));
                sum.net = Signed(sum.net.0.saturating_add(net));
            }
            None => self.settled.push(Settled {
                currency,
                payments: tally.count,
                fee: Signed(fee),
                net: Signed(net),
            }),
        }
        Ok(())
    }
}

fn refunds(conn: &Connection, asked: &Asked, live: bool) -> Result<Tally> {
    let (from, to) = asked.range();
    Ok(conn
        .prepare_cached(
            "SELECT count(*) AS count, coalesce(sum(r.amount_minor), 0) AS minor
             FROM refunds r JOIN charges h ON h.id = r.charge_id AND h.livemode = ?1
             WHERE r.currency = ?2 AND r.created_at >= ?3 AND r.created_at < ?4 AND r.state IN ('pending', 'succeeded')",
        )?
        .query_row(params![live, asked.currency.code(), from, to], tally_from_row)?)
}

fn disputes(conn: &Connection, asked: &Asked, live: bool) -> Result<Tally> {
    let (from, to) = asked.range();
    Ok(conn
        .prepare_cached(
            "SELECT count(*) AS count, coalesce(sum(d.amount_minor), 0) AS minor
             FROM disputes d JOIN payments p ON p.payment_intent = d.payment_intent AND p.livemode = ?1
             WHERE d.currency = ?2 AND d.created_at >= ?3 AND d.created_at < ?4
               AND d.status NOT IN ('won', 'warning_closed', 'prevented')",
        )?
        .query_row(params![live, asked.currency.code(), from, to], tally_from_row)?)
}

fn days(conn: &Connection, asked: &Asked, live: bool) -> Result<Vec<ReportDay>> {
    let each = |sql: &str| by_day(conn, asked, live, sql);
    let made = each(
        "SELECT d.key AS day, count(h.id) AS count, coalesce(sum(h.amount_minor), 0) AS minor
         FROM json_each(:days) d LEFT JOIN charges h ON h.livemode = :live AND h.currency = :currency
             AND h.created_at >= json_extract(d.value, '$[0]') AND h.created_at < json_extract(d.value, '$[1]')
         GROUP BY d.key ORDER BY d.key",
    )?;
    let collected = each(
        "SELECT d.key AS day, count(p.payment_intent) AS count, coalesce(sum(p.amount_minor), 0) AS minor
         FROM json_each(:days) d LEFT JOIN payments p
             ON p.status = 'succeeded' AND p.livemode = :live AND p.currency = :currency
             AND p.paid_at >= json_extract(d.value, '$[0]') AND p.paid_at < json_extract(d.value, '$[1]')
         GROUP BY d.key ORDER BY d.key",
    )?;
    let refunds = each(
        "SELECT d.key AS day, count(h.id) AS count, coalesce(sum(iif(h.id IS NULL, 0, r.amount_minor)), 0) AS minor
         FROM json_each(:days) d
         LEFT JOIN refunds r ON r.currency = :currency AND r.state IN ('pending', 'succeeded')
             AND r.created_at >= json_extract(d.value, '$[0]') AND r.created_at < json_extract(d.value, '$[1]')
         LEFT JOIN charges h ON h.id = r.charge_id AND h.livemode = :live
         GROUP BY d.key ORDER BY d.key",
    )?;
    let sums = made.into_iter().zip(collected).zip(refunds);
    Ok(asked
        .days
        .iter()
        .zip(sums)
        .map(|(day, ((made, collected), refunds))| ReportDay {
            day: day.clone(),
            made,
            collected,
            refunds,
        })
        .collect())
}

fn by_day(conn: &Connection, asked: &Asked, live: bool, sql: &str) -> Result<Vec<Tally>> {
    let days: Vec<[i64; 2]> = asked
        .midnights
        .windows(2)
        .filter_map(|pair| match pair {
            [begins, ends] => Some([begins.millis(), ends.millis()]),
            _ => None,
        })
        .collect();
    let mut statement = conn.prepare_cached(sql)?;
    let sums = statement
        .query_map(
            named_params! { ":days": json(&days)?, ":live": live, ":currency": asked.currency.code() },
            tally_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(sums)
}

/// By who had the conversation when the charge was made; also those who left since.
fn sellers(conn: &Connection, asked: &Asked, live: bool) -> Result<Vec<SellerSum>> {
    let (from, to) = asked.range();
    let mut statement = conn.prepare_cached(
        "WITH sums (seller, made, made_minor, paid, paid_minor) AS (
             SELECT seller_id, count(*), sum(amount_minor), 0, 0 FROM charges
             WHERE livemode = ?1 AND currency = ?2 AND created_at >= ?3 AND created_at < ?4
             GROUP BY seller_id
             UNION ALL
             SELECT h.seller_id, 0, 0, count(*), sum(p.amount_minor)
             -- The rows themselves are long.
             FROM payments p LEFT JOIN charges h INDEXED BY charges_report_seller ON h.id = p.charge_id
             WHERE p.status = 'succeeded' AND p.livemode = ?1 AND p.currency = ?2
               AND p.paid_at >= ?3 AND p.paid_at < ?4 AND p.charge_id IS NOT NULL
             GROUP BY h.seller_id)
         SELECT s.seller, coalesce(m.name, '') AS name, coalesce(m.is_me, 0) AS is_me,
                sum(s.made) AS made, sum(s.made_minor) AS made_minor,
                sum(s.paid) AS paid, sum(s.paid_minor) AS paid_minor
         FROM sums s LEFT JOIN members m ON m.id = s.seller
         GROUP BY s.seller ORDER BY paid_minor DESC, made_minor DESC, name, s.seller",
    )?;
    let sellers = statement
        .query_map(params![live, asked.currency.code(), from, to], |row| {
            Ok(SellerSum {
                member: row.get("seller")?,
                name: row.get("name")?,
                is_me: row.get("is_me")?,
                made: Tally {
                    count: row.get("made")?,
                    minor: Signed(row.get("made_minor")?),
                },
                collected: Tally {
                    count: row.get("paid")?,
                    minor: Signed(row.get("paid_minor")?),
                },
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(sellers)
}

/// What was sold of one product, or without one.
#[derive(Default)]
struct Sold {
    units: u32,
    minor: i64,
}

type Sales = HashMap<Option<ProductId>, Sold>;

/// What the money of the period was paid for, by what it came to, and what all but the first come to. The sums of all
/// are what was collected for charges.
fn products(conn: &Connection, asked: &Asked, live: bool) -> Result<(Vec<ProductSum>, Tally)> {
    let mut sales = Sales::new();
    add_values(conn, asked, live, &mut sales)?;
    add_units(conn, asked, live, &mut sales)?;
    let mut products = sales
        .into_iter()
        .map(|(product, Sold { units, minor })| {
            Ok(ProductSum {
                product,
                name: product_name(conn, product)?,
                units,
                minor: Signed(minor),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    products.sort_by(|a, b| (b.minor.0, &a.name, a.product).cmp(&(a.minor.0, &b.name, b.product)));
    let others = products
        .split_off(PRODUCTS.min(products.len()))
        .into_iter()
        .map(|of| Tally {
            count: of.units,
            minor: of.minor,
        })
        .fold(Tally::default(), plus);
    Ok((products, others))
}

/// Parts each payment of the period between the lines of its charge; what completes an order, between the order's.
fn add_values(conn: &Connection, asked: &Asked, live: bool, sales: &mut Sales) -> Result<()> {
    let (from, to) = asked.range();
    let mut statement = conn.prepare_cached(
        "SELECT p.payment_intent, p.amount_minor AS paid, h.amount_minor AS asked, l.product_id,
                coalesce(l.unit_minor * l.quantity, 0) AS minor
         -- The rows themselves are long.
         FROM payments p JOIN charges h INDEXED BY charges_report_seller ON h.id = p.charge_id
         LEFT JOIN charge_lines l ON l.charge_id = coalesce(h.rest_of, h.id)
         WHERE p.status = 'succeeded' AND p.livemode = ?1 AND p.currency = ?2
           AND p.paid_at >= ?3 AND p.paid_at < ?4
         ORDER BY p.paid_at, p.payment_intent, l.position",
    )?;
    let mut rows = statement.query(params![live, asked.currency.code(), from, to])?;
    let mut payment: Option<(String, Parted)> = None;
    while let Some(row) = rows.next()? {
        let intent = row
            .get_ref("payment_intent")?
            .as_str()
            .map_err(rusqlite::Error::from)?;
        if payment.as_ref().is_none_or(|(of, _)| of != intent) {
            let next = Parted {
                paid: row.get("paid")?,
                asked: row.get("asked")?,
                lines: Vec::new(),
            };
            if let Some((_, before)) = payment.replace((intent.to_owned(), next)) {
                before.add_to(sales);
            }
        }
        if let Some((_, of)) = &mut payment {
            of.lines.push((row.get("product_id")?, row.get("minor")?));
        }
    }
    if let Some((_, last)) = payment {
        last.add_to(sales);
    }
    Ok(())
}

/// A payment, and the lines that it is for.
struct Parted {
    paid: i64,
    asked: i64,
    lines: Vec<(Option<ProductId>, i64)>,
}

impl Parted {
    /// Gives each line its share, to the minor unit. What the pay page added, such as delivery, is no product's.
    fn add_to(self, sales: &mut Sales) {
        let goods = self.paid.min(self.asked);
        let whole: i128 = self.lines.iter().map(|(_, minor)| i128::from(*minor)).sum();
        let (mut so_far, mut given) = (0_i128, 0_i64);
        for (product, minor) in self.lines {
            so_far += i128::from(minor);
            let until = if whole > 0 {
                i128::from(goods) * so_far / whole
            } else {
                0
            };
            let until = i64::try_from(until).unwrap_or(goods);
            let sold = sales.entry(product).or_default();
            sold.minor = sold.minor.saturating_add(until - given);
            given = until;
        }
        if self.paid > given {
            let without = sales.entry(None).or_default();
            without.minor = without.minor.saturating_add(self.paid - given);
        }
    }
}

/// A charge whose goods are sold anew with each payment: a link that many pay, and a subscription that is no plan.
const SELLS_EACH_TIME: &str = "(h.single_use = 0
    OR (json_extract(h.terms, '$.terms.recurrence') IS NOT NULL
        AND json_extract(h.terms, '$.terms.recurrence.count') IS NULL))";

/// Counts what was sold: once, with its charge's first payment, or with each. What asks for the rest of an order
/// sells nothing: its deposit did.
fn add_units(conn: &Connection, asked: &Asked, live: bool, sales: &mut Sales) -> Result<()> {
    let (from, to) = asked.range();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT product_id, sum(quantity) AS units FROM (
             SELECT l.product_id, l.quantity
             FROM charges h JOIN charge_lines l ON l.charge_id = h.id
             WHERE h.livemode = ?1 AND h.currency = ?2 AND h.paid_at >= ?3 AND h.paid_at < ?4
               AND {IS_PAID} AND h.rest_of IS NULL AND NOT {SELLS_EACH_TIME}
             UNION ALL
             SELECT l.product_id, l.quantity
             FROM payments p JOIN charges h ON h.id = p.charge_id JOIN charge_lines l ON l.charge_id = h.id
             WHERE p.status = 'succeeded' AND p.livemode = ?1 AND p.currency = ?2
               AND p.paid_at >= ?3 AND p.paid_at < ?4 AND {SELLS_EACH_TIME})
         GROUP BY product_id"
    ))?;
    let mut rows = statement.query(params![live, asked.currency.code(), from, to])?;
    while let Some(row) = rows.next()? {
        sales.entry(row.get("product_id")?).or_default().units = row.get("units")?;
    }
    Ok(())
}

fn product_name(conn: &Connection, product: Option<ProductId>) -> Result<String> {
    let name = conn
        .prepare_cached("SELECT name FROM products WHERE id = ?1")?
        .query_row(params![product], |row| row.get(0))
        .optional()?;
    Ok(name.unwrap_or_default())
}

fn tally_from_row(row: &Row<'_>) -> rusqlite::Result<Tally> {
    Ok(Tally {
        count: row.get("count")?,
        minor: Signed(row.get("minor")?),
    })
}

fn plus(a: Tally, b: Tally) -> Tally {
    Tally {
        count: a.count.saturating_add(b.count),
        minor: Signed(a.minor.0.saturating_add(b.minor.0)),
    }
}
