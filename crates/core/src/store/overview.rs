//! Totals and lists over all charges.

use rusqlite::{Connection, Row, named_params, params};

use super::charges::{self, IS_PAID, TO_FULFIL, WAITS};
use super::columns::{At, at, maybe_at, money};
use crate::domain::{
    Approvals, ChargeId, Currency, DayTakings, FilterCount, Money, Overview, Page, PaymentFilter, PaymentRow,
    Reconciled, Signed, Takings, Timestamp, Waiting,
};
use crate::{Error, Result};

const PAGE: usize = 50;
const PAGE_AND_ONE: i64 = 51;

pub(crate) fn get(
    conn: &Connection,
    currency: Currency,
    usual: Currency,
    live: Option<bool>,
    days: &[(String, Timestamp)],
    thirty_days: (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Overview> {
    let live = which(conn, live)?;
    let by_day = days
        .windows(2)
        .filter_map(|pair| match pair {
            [(day, begins), (_, ends)] => Some((day, *begins, *ends)),
            _ => None,
        })
        .map(|(day, begins, ends)| {
            let taken = takings(conn, currency, live, begins, ends)?;
            Ok(DayTakings {
                day: day.clone(),
                amount: taken.amount,
                payments: taken.payments,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let today = match days {
        [.., (_, begins), (_, ends)] => takings(conn, currency, live, *begins, *ends)?,
        _ => takings(conn, currency, live, now, now)?,
    };
    Ok(Overview {
        currency: currency.code().to_owned(),
        currencies: currencies(conn, usual)?,
        today,
        waiting: waiting(conn, currency, live)?,
        conversion: super::report::conversion(conn, currency, live, thirty_days)?,
        approvals: approvals(conn, currency, live)?,
        reconciled: reconciled(conn, live)?,
        days: by_day,
        disputes_open: conn
            .prepare_cached(
                "SELECT count(*) FROM disputes WHERE status IN ('needs_response', 'warning_needs_response')",
            )?
            .query_row([], |row| row.get(0))?,
        contested: super::verifying::contested(conn)?,
    })
}

/// Returns which money is shown: without a key, whatever is there.
pub(super) fn which(conn: &Connection, live: Option<bool>) -> Result<bool> {
    match live {
        Some(live) => Ok(live),
        None => Ok(conn
            .prepare_cached("SELECT coalesce(max(livemode), 0) FROM charges")?
            .query_row([], |row| row.get(0))?),
    }
}

/// Every currency that was asked in.
fn currencies(conn: &Connection, usual: Currency) -> Result<Vec<String>> {
    let mut statement = conn
        .prepare_cached("SELECT currency FROM charges GROUP BY currency ORDER BY count(*) DESC, currency")?;
    let mut codes: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    codes.retain(|code| code != usual.code());
    codes.insert(0, usual.code().to_owned());
    Ok(codes)
}

fn takings(
    conn: &Connection,
    currency: Currency,
    live: bool,
    from: Timestamp,
    to: Timestamp,
) -> Result<Takings> {
    let (minor, refunded, payments, net, without_fee): (i64, i64, u32, i64, u32) = conn
        .prepare_cached(
            "SELECT coalesce(sum(amount_minor), 0), coalesce(sum(refunded_minor), 0), count(*),
                    coalesce(sum(iif(fee_currency = currency, net_minor, 0)), 0),
                    coalesce(sum(fee_minor IS NULL), 0)
             FROM payments
             WHERE status = 'succeeded' AND currency = ?1 AND livemode = ?2 AND paid_at >= ?3 AND paid_at < ?4",
        )?
        .query_row(params![currency.code(), live, At(from), At(to)], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?;
    Ok(Takings {
        amount: whole(minor, currency)?,
        refunded: whole(refunded, currency)?,
        payments,
        net: Signed(net),
        without_fee,
    })
}

pub(super) fn waiting(conn: &Connection, currency: Currency, live: bool) -> Result<Waiting> {
    conn.prepare_cached(&format!(
        "SELECT coalesce(sum({OWED}), 0) AS minor, count(*) AS links, min(created_at) AS oldest FROM charges h
         WHERE {WAITS} AND currency = ?1 AND livemode = ?2"
    ))?
    .query_row(params![currency.code(), live], |row| {
        Ok((
            row.get::<_, i64>("minor")?,
            row.get("links")?,
            maybe_at(row, "oldest")?,
        ))
    })
    .map_err(Error::from)
    .and_then(|(minor, links, oldest)| {
        Ok(Waiting {
            amount: whole(minor, currency)?,
            links,
            oldest,
        })
    })
}

fn approvals(conn: &Connection, currency: Currency, live: bool) -> Result<Approvals> {
    let (minor, charges): (i64, u32) = conn
        .prepare_cached(
            "SELECT coalesce(sum(amount_minor), 0), count(*) FROM charges
             WHERE payment = 'needs_approval' AND currency = ?1 AND livemode = ?2",
        )?
        .query_row(params![currency.code(), live], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(Approvals {
        amount: whole(minor, currency)?,
        charges,
    })
}

pub(super) fn reconciled(conn: &Connection, live: bool) -> Result<Option<Reconciled>> {
    let newest = super::books::all(conn)?
        .into_iter()
        .find(|run| run.livemode == live && run.view.state == crate::domain::ReconcileState::Done);
    let Some(run) = newest else {
        return Ok(None);
    };
    let counts = super::books::counts(conn, run.n)?;
    Ok(Some(Reconciled {
        payments: counts.iter().map(|count| count.payments).sum(),
        open: counts.iter().map(|count| count.open).sum(),
        until: run.view.until,
        read_at: run.view.finished_at.unwrap_or(run.view.started_at),
    }))
}

/// What of a charge `h` is not there yet: of one that is paid in part, the rest.
const OWED: &str = "max(0, h.amount_minor - iif(h.payment = 'partly_paid', coalesce((
        SELECT sum(iif(q.status = 'succeeded', q.amount_minor, q.funded_minor)) FROM payments q
        WHERE q.charge_id = h.id AND q.currency = h.currency AND q.status IN ('succeeded', 'processing')), 0), 0))";

/// Returns how many rows each filter has, in every currency.
pub(crate) fn counts(conn: &Connection, live: Option<bool>) -> Result<Vec<FilterCount>> {
    let live = which(conn, live)?;
    PaymentFilter::ALL
        .into_iter()
        .map(|filter| {
            let only = of_mode(filter, live);
            let of = |sql: &str| -> Result<u32> {
                Ok(conn
                    .prepare_cached(sql)?
                    .query_row(params![only], |row| row.get(0))?)
            };
            let charges = of(&format!(
                "SELECT count(*) FROM charges h WHERE {} AND (?1 IS NULL OR h.livemode = ?1)",
                charges_condition(filter)
            ))?;
            let loose = if shows_loose(filter) {
                of(&format!(
                    "SELECT count(*) FROM payments p WHERE {LOOSE} AND (?1 IS NULL OR p.livemode = ?1)"
                ))?
            } else {
                0
            };
            Ok(FilterCount {
                filter,
                count: charges + loose,
            })
        })
        .collect()
}

/// Returns one page, newest first: charges, and between them money that came without one.
pub(crate) fn page(
    conn: &Connection,
    live: Option<bool>,
    filter: PaymentFilter,
    query: &str,
    after: Option<&str>,
) -> Result<Page<PaymentRow>> {
    let (last_at, last_id) = match after {
        Some(key) => key_from_text(key)?,
        None => (Timestamp::from_millis(i64::MAX), "~".to_owned()),
    };
    let live = of_mode(filter, which(conn, live)?);
    let like = format!("%{}%", super::conversations::escaped(query));
    let mut rows = charge_rows(conn, live, filter, query, &like, last_at, &last_id)?;
    if shows_loose(filter) {
        rows.extend(loose_rows(conn, live, query, &like, last_at, &last_id)?);
        rows.sort_by(|a, b| (b.at, &b.key).cmp(&(a.at, &a.key)));
    }
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.key.clone());
    Ok(Page { rows, next })
}

fn charge_rows(
    conn: &Connection,
    live: Option<bool>,
    filter: PaymentFilter,
    query: &str,
    like: &str,
    last_at: Timestamp,
    last_id: &str,
) -> Result<Vec<PaymentRow>> {
    if filter == PaymentFilter::Unmatched {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(&format!(
        "SELECT h.id, h.created_at, c.id AS conversation_id, coalesce(nullif(k.book_name, ''), k.name) AS customer
         FROM charges h
         JOIN conversations c ON c.id = h.conversation_id
         JOIN contacts k ON k.id = c.contact_id
         WHERE {} AND (:live IS NULL OR h.livemode = :live) AND (h.created_at < :last_at OR (h.created_at = :last_at AND lower(hex(h.id)) < :last_id))
           AND (:query = '' OR k.name LIKE :like ESCAPE '\\' OR k.book_name LIKE :like ESCAPE '\\'
                OR h.description LIKE :like ESCAPE '\\')
         ORDER BY h.created_at DESC, h.id DESC LIMIT :limit",
        charges_condition(filter)
    ))?;
    let found: Vec<(ChargeId, Timestamp, crate::domain::ConversationId, String)> = statement
        .query_map(
            named_params! {
                ":last_at": At(last_at), ":last_id": last_id, ":query": query, ":like": like, ":limit": PAGE_AND_ONE,
                ":live": live,
            },
            |row| {
                Ok((
                    row.get("id")?,
                    at(row, "created_at")?,
                    row.get("conversation_id")?,
                    row.get("customer")?,
                ))
            },
        )?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|(id, at, conversation, customer)| {
            let charge = charges::get(conn, id)?;
            Ok(PaymentRow {
                key: format!("{}_{}", at.millis(), id.0.simple()),
                at,
                amount: charge.amount,
                description: charge.description.clone(),
                method: charge.method.clone(),
                customer: Some(customer).filter(|name| !name.is_empty()),
                conversation: Some(conversation),
                payment_intent: charge.stripe_ids.payment_intent.clone(),
                charge: Some(charge),
            })
        })
        .collect()
}

fn loose_rows(
    conn: &Connection,
    live: Option<bool>,
    query: &str,
    like: &str,
    last_at: Timestamp,
    last_id: &str,
) -> Result<Vec<PaymentRow>> {
    // Who paid is read out of Stripe's answer, which is long: where nothing is looked for, of the page alone.
    let page = if query.is_empty() {
        "ORDER BY p.paid_at DESC, p.payment_intent DESC LIMIT :limit"
    } else {
        ""
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT p.payment_intent, p.paid_at, p.amount_minor, p.currency, p.method, {PAYER} AS payer FROM (
             SELECT payment_intent, paid_at, amount_minor, currency, method, raw FROM payments p
             WHERE {LOOSE} AND (:live IS NULL OR p.livemode = :live)
               AND (p.paid_at < :last_at OR (p.paid_at = :last_at AND p.payment_intent < :last_id))
             {page}) p
         WHERE :query = '' OR p.payment_intent LIKE :like ESCAPE '\\' OR payer LIKE :like ESCAPE '\\'
         ORDER BY p.paid_at DESC, p.payment_intent DESC LIMIT :limit"
    ))?;
    let rows = statement
        .query_map(
            named_params! {
                ":last_at": At(last_at), ":last_id": last_id, ":query": query, ":like": like, ":limit": PAGE_AND_ONE,
                ":live": live,
            },
            loose_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

fn loose_from_row(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    let (intent, moment): (String, Timestamp) = (row.get("payment_intent")?, at(row, "paid_at")?);
    Ok(PaymentRow {
        key: format!("{}_{intent}", moment.millis()),
        at: moment,
        amount: money(row, "amount_minor", "currency")?,
        description: String::new(),
        method: row.get("method")?,
        customer: row.get("payer")?,
        conversation: None,
        charge: None,
        payment_intent: Some(intent),
    })
}

/// Money that came, and that no charge of ours asked for.
const LOOSE: &str = "p.charge_id IS NULL AND p.status = 'succeeded' AND p.paid_at IS NOT NULL";

/// Who paid it, as Stripe knows them: by name, else by e-mail.
const PAYER: &str = "CASE WHEN json_valid(p.raw) THEN coalesce(
    nullif(json_extract(p.raw, '$.latest_charge.billing_details.name'), ''),
    nullif(json_extract(p.raw, '$.customer_details.name'), ''),
    nullif(json_extract(p.raw, '$.latest_charge.billing_details.email'), ''),
    nullif(json_extract(p.raw, '$.customer_details.email'), ''),
    nullif(json_extract(p.raw, '$.receipt_email'), '')) END";

/// Returns which mode a filter's rows are of: that of the figures. What a person must act on, and all there is, is of
/// either.
fn of_mode(filter: PaymentFilter, live: bool) -> Option<bool> {
    match filter {
        PaymentFilter::All | PaymentFilter::Red | PaymentFilter::ToFulfil => None,
        _ => Some(live),
    }
}

fn shows_loose(filter: PaymentFilter) -> bool {
    matches!(filter, PaymentFilter::All | PaymentFilter::Unmatched)
}

fn charges_condition(filter: PaymentFilter) -> &'static str {
    match filter {
        PaymentFilter::All => "1",
        PaymentFilter::Paid => IS_PAID,
        PaymentFilter::Sent => WAITS,
        PaymentFilter::Voucher => "h.payment = 'processing'",
        PaymentFilter::Failed => {
            "(h.payment IN ('failed_attempt', 'expired', 'draft') AND (h.payment <> 'draft' OR h.problem_code IS NOT NULL)
              OR h.problem_code = 'amount_differs')"
        }
        PaymentFilter::Refunded => "h.payment IN ('refunded', 'partly_refunded')",
        PaymentFilter::ToFulfil => TO_FULFIL,
        PaymentFilter::Unmatched => "0",
        PaymentFilter::Red => "(h.contested_at IS NOT NULL OR h.payment IN ('disputed', 'unknown'))",
        PaymentFilter::Approval => "h.payment = 'needs_approval'",
    }
}

fn whole(minor: i64, currency: Currency) -> Result<Money> {
    Money::from_minor(minor, currency).map_err(|error| Error::Other(anyhow::Error::new(error)))
}

fn key_from_text(key: &str) -> Result<(Timestamp, String)> {
    key.split_once('_')
        .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.to_owned())))
        .ok_or_else(|| {
            Error::Invalid("The page cursor is not one of ours. Load the list from its start".into())
        })
}
