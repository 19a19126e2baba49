//! What came in, for the Payments view.

use anyhow::Context as _;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::domain::{
    Currency, FilterCount, Money, Overview, Page, PaymentFilter, PaymentRow, ReportPeriod, SavedFilter,
    Timestamp,
};
use crate::reconcile::harmless;
use crate::store::{meta, overview};
use crate::{Error, Inbox, Result, report};

/// Days in the chart.
const DAYS: usize = 14;
/// As many as a row of chips can be looked through.
const SAVED: usize = 30;

/// Returns the shop's money in one currency; in the usual one where none is named.
pub async fn get(inbox: &Inbox, currency: Option<Currency>) -> Result<Overview> {
    let usual = inbox.default_currency;
    let live = live(inbox);
    let now = Timestamp::now();
    let zone = TimeZone::system();
    let days = midnights(now, &zone);
    let thirty_days = report::range(&ReportPeriod::ThirtyDays, now, &zone)?;
    inbox
        .store
        .read(move |conn| {
            let currency = currency.unwrap_or(usual);
            overview::get(conn, currency, usual, live, &days, thirty_days, now)
        })
        .await
}

/// Returns whether it is real money that is asked for; `None` without a key.
fn live(inbox: &Inbox) -> Option<bool> {
    inbox
        .stripe()
        .map(|stripe| stripe.key_mode() == cobro_stripe::KeyMode::Live)
}

/// Returns how many rows each filter has, in every currency, of the same mode as the figures.
pub async fn counts(inbox: &Inbox) -> Result<Vec<FilterCount>> {
    let live = live(inbox);
    inbox.store.read(move |conn| overview::counts(conn, live)).await
}

/// Returns one page of charges and of money that came without one, newest first.
pub async fn page(
    inbox: &Inbox,
    filter: PaymentFilter,
    query: String,
    after: Option<String>,
) -> Result<Page<PaymentRow>> {
    let live = live(inbox);
    inbox
        .store
        .read(move |conn| overview::page(conn, live, filter, query.trim(), after.as_deref()))
        .await
}

/// Returns the filters that were saved on this profile: their words name customers, so they lie with them.
pub async fn saved_filters(inbox: &Inbox) -> Result<Vec<SavedFilter>> {
    let kept = inbox
        .store
        .read(|conn| Ok(meta::get(conn, meta::SAVED_FILTERS)?))
        .await?;
    Ok(kept
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

/// Keeps filters, in place of those before.
pub async fn save_filters(inbox: &Inbox, filters: Vec<SavedFilter>) -> Result<()> {
    if filters.len() > SAVED {
        return Err(Error::Invalid(format!(
            "At most {SAVED} filters can be saved. Forget one first"
        )));
    }
    let text = serde_json::to_string(&filters).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::SAVED_FILTERS, &text)?))
        .await
}

/// Writes every row of a filter as comma-separated values, page by page. Texts that a
/// spreadsheet would run as a formula are made harmless.
pub async fn write_csv(
    inbox: &Inbox,
    filter: PaymentFilter,
    query: String,
    out: impl std::io::Write,
) -> Result<()> {
    let failed = "The table could not be written";
    let mut table = csv::Writer::from_writer(out);
    table
        .write_record([
            "at_utc",
            "customer",
            "description",
            "amount",
            "currency",
            "state",
            "method",
            "paid_at_utc",
            "fee",
            "net",
            "refunded",
            "order",
            "charge",
            "payment_intent",
        ])
        .context(failed)?;
    let mut after = None;
    loop {
        let page = page(inbox, filter, query.clone(), after).await?;
        for row in &page.rows {
            table.write_record(csv_row(row)).context(failed)?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    table.flush().context(failed)?;
    Ok(())
}

fn csv_row(row: &PaymentRow) -> [String; 14] {
    let charge = row.charge.as_ref();
    let text = |text: Option<&str>| harmless(text.unwrap_or_default());
    let money = |money: Option<Money>| money.map(Money::decimal).unwrap_or_default();
    [
        row.at.rfc3339(),
        text(row.customer.as_deref()),
        harmless(&row.description),
        row.amount.decimal(),
        row.amount.currency().code().to_owned(),
        charge
            .map_or("unmatched", |charge| charge.payment.as_str())
            .to_owned(),
        text(row.method.as_deref()),
        charge
            .and_then(|charge| charge.paid_at)
            .map(Timestamp::rfc3339)
            .unwrap_or_default(),
        money(charge.and_then(|charge| charge.fee)),
        money(charge.and_then(|charge| charge.net)),
        money(charge.and_then(|charge| charge.refunded)),
        charge
            .and_then(|charge| charge.fulfilment)
            .map_or("", |step| step.as_str())
            .to_owned(),
        charge.map(|charge| charge.id.to_string()).unwrap_or_default(),
        text(row.payment_intent.as_deref()),
    ]
}

/// Returns each day's name and when it begins, oldest first, and the end of today.
fn midnights(now: Timestamp, zone: &TimeZone) -> Vec<(String, Timestamp)> {
    let Ok(today) = jiff::Timestamp::from_millisecond(now.millis()).map(|now| zone.to_datetime(now).date())
    else {
        return Vec::new();
    };
    let first = i64::try_from(DAYS).unwrap_or(14) - 1;
    (-first..=1)
        .filter_map(|day| {
            let date = today.checked_add(day.days()).ok()?;
            let begins = zone.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_millisecond();
            Some((date.to_string(), Timestamp::from_millis(begins)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_shops_own_midnight() {
        // 2026-11-22 05:30 UTC is the evening before in Mexico City.
        let zone = TimeZone::fixed(jiff::tz::offset(-6));
        let now = Timestamp::from_rfc3339("2026-11-22T05:30:00Z").unwrap();
        let days = midnights(now, &zone);
        assert_eq!(days.len(), DAYS + 1);
        let (today, begins) = days.get(DAYS - 1).unwrap();
        assert_eq!(today, "2026-11-21");
        assert_eq!(begins.rfc3339(), "2026-11-21T06:00:00.000Z");
    }
}
