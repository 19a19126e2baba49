//! What was sold, for whoever answers for it.

use std::io::Write;

use anyhow::Context as _;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::{Currency, Report, ReportPeriod, Signed, Tally, Timestamp};
use crate::reconcile::{decimal, harmless, zone_name};
use crate::store::report;
use crate::{Error, Inbox, Result};

/// A year, and the day that leap years have.
const MOST_DAYS: usize = 366;

/// Adds a period up in one currency; in the usual one where none is named.
pub async fn get(inbox: &Inbox, period: ReportPeriod, currency: Option<Currency>) -> Result<Report> {
    of(inbox, &period, currency, Timestamp::now(), &TimeZone::system()).await
}

pub(crate) async fn of(
    inbox: &Inbox,
    period: &ReportPeriod,
    currency: Option<Currency>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Report> {
    let usual = inbox.default_currency;
    let dates = dates(period, now, zone)?;
    let asked = report::Asked {
        currency: currency.unwrap_or(usual),
        usual,
        live: inbox
            .stripe()
            .map(|stripe| stripe.key_mode() == cobro_stripe::KeyMode::Live),
        midnights: midnights(&dates, zone)?,
        days: dates.iter().map(ToString::to_string).collect(),
        zone: zone_name(zone, now),
    };
    inbox.store.read(move |conn| report::get(conn, &asked)).await
}

/// Returns when a period's first day begins and its last one ends.
pub(crate) fn range(
    period: &ReportPeriod,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(Timestamp, Timestamp)> {
    let midnights = midnights(&dates(period, now, zone)?, zone)?;
    let first = midnights.first().copied().unwrap_or(now);
    Ok((first, midnights.last().copied().unwrap_or(now)))
}

/// Returns the days of a period, oldest first.
fn dates(period: &ReportPeriod, now: Timestamp, zone: &TimeZone) -> Result<Vec<Date>> {
    let now = jiff::Timestamp::from_millisecond(now.millis()).map_err(anyhow::Error::new)?;
    let today = zone.to_datetime(now).date();
    let back = |days: i64| today.saturating_sub(days.days());
    let (first, last) = match period {
        ReportPeriod::Today => (today, today),
        ReportPeriod::SevenDays => (back(6), today),
        ReportPeriod::ThirtyDays => (back(29), today),
        ReportPeriod::Month => (today.first_of_month(), today),
        ReportPeriod::Days { first, last } => (date(first)?, date(last)?),
    };
    if last < first {
        return Err(Error::Invalid(
            "The range ends before it begins. Choose a later end".into(),
        ));
    }
    let dates: Vec<Date> = first
        .series(1.day())
        .take(MOST_DAYS + 1)
        .take_while(|date| *date <= last)
        .collect();
    if dates.len() > MOST_DAYS {
        return Err(Error::Invalid(format!(
            "A report has at most {MOST_DAYS} days. Choose a shorter range"
        )));
    }
    Ok(dates)
}

fn date(text: &str) -> Result<Date> {
    text.parse().map_err(|_| {
        Error::Invalid("The range's days are dates such as 2026-11-01. Choose both again".into())
    })
}

/// Returns when each day begins, and when the last one ends. Some days have 23 hours, some 25.
fn midnights(dates: &[Date], zone: &TimeZone) -> Result<Vec<Timestamp>> {
    let after = dates.last().map(|date| date.saturating_add(1.day()));
    dates
        .iter()
        .copied()
        .chain(after)
        .map(|date| {
            let begins = zone
                .to_timestamp(date.at(0, 0, 0, 0))
                .context("The days could not be told apart")?;
            Ok(Timestamp::from_millis(begins.as_millisecond()))
        })
        .collect()
}

/// Writes a report as comma-separated values: one figure a line, each with its currency.
pub fn write_csv(report: &Report, out: impl Write) -> Result<()> {
    write_rows(report, out).context("The table could not be written")?;
    Ok(())
}

fn write_rows(report: &Report, out: impl Write) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "part",
        "name",
        "first",
        "last",
        "time_zone",
        "currency",
        "count",
        "amount",
    ])?;
    let mut write =
        |part: &str, name: &str, days: (&str, &str), currency: &str, count: u32, minor: Signed| {
            table.write_record([
                part,
                &harmless(name),
                days.0,
                days.1,
                &report.zone,
                currency,
                &count.to_string(),
                &decimal(minor, Some(currency)),
            ])
        };
    let all = (report.first.as_str(), report.last.as_str());
    let code = report.currency.as_str();
    for (name, Tally { count, minor }) in totals(report) {
        write("total", name, all, code, count, minor)?;
    }
    for of in &report.settled {
        write("total", "fees", all, &of.currency, of.payments, of.fee)?;
        write(
            "total",
            "net_before_refunds",
            all,
            &of.currency,
            of.payments,
            of.net,
        )?;
    }
    for day in &report.days {
        let on = (day.day.as_str(), day.day.as_str());
        for (name, tally) in [
            ("charges_made", day.made),
            ("collected", day.collected),
            ("refunds", day.refunds),
        ] {
            write("day", name, on, code, tally.count, tally.minor)?;
        }
    }
    for seller in &report.sellers {
        let name = match (seller.member, seller.name.as_str()) {
            (None, _) => "not assigned",
            (Some(_), "") => "this desk",
            (Some(_), name) => name,
        };
        write(
            "seller_charges_made",
            name,
            all,
            code,
            seller.made.count,
            seller.made.minor,
        )?;
        write(
            "seller_collected",
            name,
            all,
            code,
            seller.collected.count,
            seller.collected.minor,
        )?;
    }
    for product in &report.products {
        let name = if product.product.is_some() {
            product.name.as_str()
        } else {
            "without a product"
        };
        write("product", name, all, code, product.units, product.minor)?;
    }
    let Tally { count, minor } = report.other_products;
    if (count, minor.0) != (0, 0) {
        write("product", "other products", all, code, count, minor)?;
    }
    for of in &report.methods {
        let name = of.method.as_deref().unwrap_or("not known");
        write("method", name, all, code, of.collected.count, of.collected.minor)?;
    }
    table.flush()?;
    Ok(())
}

/// The figures of the whole period, by their names in the table.
fn totals(report: &Report) -> [(&'static str, Tally); 12] {
    let links = &report.links;
    [
        ("charges_made", links.made),
        ("charges_paid", links.paid),
        ("charges_open", links.open),
        ("charges_expired", links.expired),
        ("charges_cancelled", links.cancelled),
        ("charges_not_sent", links.other),
        ("collected", report.collected),
        ("collected_without_a_charge", report.loose),
        ("refunds", report.refunds),
        ("refunds_without_a_charge", report.loose_refunds),
        ("disputes", report.disputes),
        ("payments_without_a_known_fee", report.without_fee),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_twenty_five_hours_is_a_day() {
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        let now = Timestamp::from_rfc3339("2026-11-02T03:00:00Z").unwrap();
        let dates = dates(&ReportPeriod::Month, now, &zone).unwrap();
        assert_eq!(
            dates,
            [jiff::civil::date(2026, 11, 1)],
            "in the shop it is still the evening before"
        );
        let midnights = midnights(&dates, &zone).unwrap();
        let [begins, ends] = midnights.as_slice() else {
            panic!("one day")
        };
        assert_eq!(ends.since(*begins), std::time::Duration::from_hours(25));
    }

    #[test]
    fn a_week_is_seven_days_and_a_month_begins_on_its_first() {
        let now = Timestamp::from_rfc3339("2026-11-26T18:00:00Z").unwrap();
        let of = |period: &ReportPeriod| {
            let dates = dates(period, now, &TimeZone::UTC).unwrap();
            (dates.len(), dates[0].to_string())
        };
        assert_eq!(of(&ReportPeriod::SevenDays), (7, "2026-11-20".into()));
        assert_eq!(of(&ReportPeriod::ThirtyDays), (30, "2026-10-28".into()));
        assert_eq!(of(&ReportPeriod::Month), (26, "2026-11-01".into()));
    }
}
