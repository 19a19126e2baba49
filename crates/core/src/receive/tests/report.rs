//! Reports: a period's sales, to the minor unit.

use std::time::Duration;

use jiff::tz::TimeZone;
use rusqlite::params;

use super::money::{charged_at, mxn, paid};
use super::shop::{Shop, ago, ana, says};
use crate::domain::{
    ChargeId, ConversationId, Currency, MemberId, Money, PaymentFilter, PaymentRecord, ProductId, RefundId,
    Report, ReportPeriod, Signed, Tally, Timestamp,
};
use crate::store::columns::At;
use crate::store::{payments, report as sums};
use crate::{Actor, catalog, overview, report, tools, work};

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap()
}

fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("USD").unwrap()).unwrap()
}

fn tally(count: u32, minor: i64) -> Tally {
    Tally {
        count,
        minor: Signed(minor),
    }
}

/// Mexico City, where it is 2026-11-26 noon.
fn here() -> (Timestamp, TimeZone) {
    (at("2026-11-26T18:00:00Z"), TimeZone::fixed(jiff::tz::offset(-6)))
}

async fn read(shop: &Shop, period: ReportPeriod, currency: &str) -> Report {
    let (now, zone) = here();
    let currency = Currency::from_code(currency).unwrap();
    report::of(&shop.inbox, &period, Some(currency), now, &zone)
        .await
        .unwrap()
}

fn day(day: &str) -> ReportPeriod {
    ReportPeriod::Days {
        first: day.into(),
        last: day.into(),
    }
}

/// Writes what a charge became, and the payment that Stripe showed for it.
async fn became(shop: &Shop, charge: ChargeId, payment: &'static str, money: Option<PaymentRecord>) {
    let settled = shop.inbox.store.write(move |tx| {
        let paid_at = money.as_ref().and_then(|money| money.paid_at);
        tx.execute(
            "UPDATE charges SET payment = ?2, opened_at = created_at, paid_at = ?3 WHERE id = ?1",
            params![charge, payment, paid_at.map(At)],
        )?;
        if let Some(money) = money {
            payments::save(tx, &money, "{}")?;
        }
        Ok(())
    });
    settled.await.unwrap();
}

fn money(intent: &str, charge: Option<ChargeId>, amount: Money, paid_at: Timestamp) -> PaymentRecord {
    PaymentRecord {
        payment_intent: intent.into(),
        charge,
        amount,
        ..paid(ChargeId::new(), 1, paid_at)
    }
}

async fn given_back(
    shop: &Shop,
    charge: ChargeId,
    intent: &'static str,
    minor: i64,
    state: &'static str,
    when: &str,
) {
    let when = at(when);
    let written = shop.inbox.store.write(move |tx| {
        tx.execute(
            "INSERT INTO refunds (id, payment_intent, charge_id, amount_minor, currency, note, state, attempts, next_at,
                 created_at, changed_at)
             VALUES (?1, ?2, ?3, ?4, 'MXN', '', ?5, 0, 0, ?6, ?6)",
            params![RefundId::new(), intent, charge, minor, state, At(when)],
        )?;
        Ok(())
    });
    written.await.unwrap();
}

/// Ana's talk, and a charge of each kind; Rosa has the talk from noon on.
async fn a_day_of_sales() -> (Shop, ConversationId) {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;

    // Half past eleven in the evening; paid ten minutes past midnight.
    let evening = charged_at(&shop, ana, mxn(500_00), at("2026-11-26T05:30:00Z")).await;
    let mut card = money("pi_1", Some(evening), mxn(500_00), at("2026-11-26T06:10:00Z"));
    card.method = Some("card •• 4242".into());
    card.fee = Some(mxn(20_00));
    card.net_minor = Some(480_00);
    card.refunded_minor = 100_00;
    became(&shop, evening, "partly_refunded", Some(card)).await;
    given_back(
        &shop,
        evening,
        "pi_1",
        100_00,
        "succeeded",
        "2026-11-26T12:00:00Z",
    )
    .await;
    given_back(&shop, evening, "pi_1", 50_00, "failed", "2026-11-26T12:30:00Z").await;

    let expired = charged_at(&shop, ana, mxn(250_00), at("2026-11-26T15:00:00Z")).await;
    became(&shop, expired, "expired", None).await;
    let open = charged_at(&shop, ana, mxn(80_00), at("2026-11-26T15:00:00Z")).await;
    became(&shop, open, "open", None).await;
    let dollars = charged_at(&shop, ana, usd(30_00), at("2026-11-26T15:00:00Z")).await;
    became(
        &shop,
        dollars,
        "paid",
        Some(money(
            "pi_2",
            Some(dollars),
            usd(30_00),
            at("2026-11-26T15:05:00Z"),
        )),
    )
    .await;

    let rosa = MemberId::new();
    tools::save_member(&shop.inbox, rosa, "Rosa".into())
        .await
        .unwrap();
    work::assign(&shop.inbox, vec![ana], Some(rosa)).await.unwrap();
    let hers = charged_at(&shop, ana, mxn(200_00), at("2026-11-26T17:00:00Z")).await;
    let mut voucher = money("pi_3", Some(hers), mxn(200_00), at("2026-11-26T17:02:00Z"));
    voucher.method = Some("oxxo".into());
    // The account is in dollars.
    voucher.fee = Some(usd(90));
    voucher.net_minor = Some(10_10);
    became(&shop, hers, "paid", Some(voucher)).await;
    // The talk goes to nobody again: the sale stays hers.
    work::assign(&shop.inbox, vec![ana], None).await.unwrap();

    let mut loose = money("pi_4", None, mxn(70_00), at("2026-11-26T17:30:00Z"));
    loose.method = Some("card •• 1881".into());
    shop.inbox
        .store
        .write(move |tx| payments::save(tx, &loose, "{}"))
        .await
        .unwrap();
    (shop, ana)
}

#[tokio::test]
async fn a_day_adds_up_to_the_minor_unit() {
    let (shop, _) = a_day_of_sales().await;
    let today = read(&shop, ReportPeriod::Today, "MXN").await;

    assert_eq!(
        (today.first.as_str(), today.last.as_str()),
        ("2026-11-26", "2026-11-26")
    );
    assert_eq!(today.collected, tally(3, 770_00));
    assert_eq!(today.loose, tally(1, 70_00));
    assert_eq!(today.without_fee, tally(1, 70_00));
    assert_eq!(
        today.refunds,
        tally(1, 100_00),
        "one that failed gave nothing back"
    );
    let settled: Vec<_> = today
        .settled
        .iter()
        .map(|of| (of.currency.as_str(), of.payments, of.fee.0, of.net.0))
        .collect();
    assert_eq!(settled, [("MXN", 1, 20_00, 480_00), ("USD", 1, 90, 10_10)]);

    assert_eq!(
        today.links.made,
        tally(3, 530_00),
        "the evening's charge was made yesterday"
    );
    assert_eq!(today.links.paid, tally(1, 200_00));
    assert_eq!(today.links.open, tally(1, 80_00));
    assert_eq!(today.links.expired, tally(1, 250_00));
    assert_eq!(today.conversion.median_seconds, Some(120));
    assert_eq!(today.waiting.links, 1);

    let methods: Vec<_> = today
        .methods
        .iter()
        .map(|of| (of.method.as_deref(), of.collected))
        .collect();
    let expected = [(Some("card"), tally(2, 570_00)), (Some("oxxo"), tally(1, 200_00))];
    assert_eq!(methods, expected);
    let sellers: Vec<_> = today
        .sellers
        .iter()
        .map(|of| (of.name.as_str(), of.made, of.collected))
        .collect();
    let expected = [
        ("", tally(2, 330_00), tally(1, 500_00)),
        ("Rosa", tally(1, 200_00), tally(1, 200_00)),
    ];
    assert_eq!(sellers, expected);
    let [sold] = today.products.as_slice() else {
        panic!("all of it is without a product: {:?}", today.products)
    };
    assert_eq!((sold.product, sold.units, sold.minor.0), (None, 2, 700_00));
}

/// Writes what a charge is for, in place of its one line.
async fn for_goods(shop: &Shop, charge: ChargeId, goods: Vec<(Option<ProductId>, i64, i64)>) {
    let written = shop.inbox.store.write(move |tx| {
        tx.execute("DELETE FROM charge_lines WHERE charge_id = ?1", params![charge])?;
        for (position, (product, unit, quantity)) in goods.into_iter().enumerate() {
            tx.execute(
                "INSERT INTO charge_lines (charge_id, position, product_id, name, options, unit_minor, quantity, note)
                 VALUES (?1, ?2, ?3, '', '[]', ?4, ?5, '')",
                params![charge, i64::try_from(position).unwrap(), product, unit, quantity],
            )?;
        }
        Ok(())
    });
    written.await.unwrap();
}

async fn product(shop: &Shop, name: &str) -> ProductId {
    let sheet = format!("name,price\n{name},100.00\n");
    catalog::import(&shop.inbox, Actor::Person, sheet.into_bytes())
        .await
        .unwrap();
    let products = catalog::products(&shop.inbox, false).await.unwrap();
    products.iter().find(|of| of.name == name).unwrap().id
}

#[tokio::test]
async fn a_link_that_many_pay_sells_its_goods_each_time() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;
    let cake = product(&shop, "Pastel").await;
    let link = charged_at(&shop, ana, mxn(180_00), at("2026-11-20T15:00:00Z")).await;
    for_goods(&shop, link, vec![(Some(cake), 90_00, 2)]).await;
    let open_to_many = shop.inbox.store.write(move |tx| {
        tx.execute("UPDATE charges SET single_use = 0 WHERE id = ?1", params![link])?;
        Ok(())
    });
    open_to_many.await.unwrap();
    for (intent, paid_at) in [
        ("pi_1", "2026-11-20T16:00:00Z"),
        ("pi_2", "2026-11-26T15:00:00Z"),
        ("pi_3", "2026-11-26T16:00:00Z"),
    ] {
        let paid = money(intent, Some(link), mxn(180_00), at(paid_at));
        became(&shop, link, "paid", Some(paid)).await;
    }

    let today = read(&shop, ReportPeriod::Today, "MXN").await;
    assert_eq!(today.products[0].units, 4);
    assert_eq!(today.products[0].minor.0, 360_00);
}

#[tokio::test]
async fn products_share_what_was_paid_and_all_of_them_come_to_what_was_collected() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;
    let (cake, candle) = (product(&shop, "Pastel").await, product(&shop, "Vela").await);
    let (made, paid_at) = (at("2026-11-26T15:00:00Z"), at("2026-11-26T16:00:00Z"));

    // A plan of three: 1000 of goods, of which a third was paid.
    let plan = charged_at(&shop, ana, mxn(333_34), made).await;
    for_goods(
        &shop,
        plan,
        vec![(Some(cake), 300_00, 3), (Some(candle), 50_00, 2)],
    )
    .await;
    became(
        &shop,
        plan,
        "paid",
        Some(money("pi_1", Some(plan), mxn(333_34), paid_at)),
    )
    .await;
    // Half of it as a deposit, and today the rest, with delivery.
    let deposit = charged_at(&shop, ana, mxn(150_00), at("2026-11-20T15:00:00Z")).await;
    for_goods(&shop, deposit, vec![(Some(cake), 300_00, 1)]).await;
    let before = money("pi_2", Some(deposit), mxn(150_00), at("2026-11-20T16:00:00Z"));
    became(&shop, deposit, "paid", Some(before)).await;
    let rest = charged_at(&shop, ana, mxn(150_00), made).await;
    let completes = shop.inbox.store.write(move |tx| {
        tx.execute(
            "UPDATE charges SET rest_of = ?2 WHERE id = ?1",
            params![rest, deposit],
        )?;
        Ok(())
    });
    completes.await.unwrap();
    became(
        &shop,
        rest,
        "overpaid",
        Some(money("pi_3", Some(rest), mxn(199_00), paid_at)),
    )
    .await;
    // Nobody asked for this one.
    let loose = money("pi_4", None, mxn(70_00), paid_at);
    shop.inbox
        .store
        .write(move |tx| payments::save(tx, &loose, "{}"))
        .await
        .unwrap();

    let today = read(&shop, ReportPeriod::Today, "MXN").await;
    let sold: Vec<_> = today
        .products
        .iter()
        .map(|of| (of.name.as_str(), of.units, of.minor.0))
        .collect();
    let expected = [("Pastel", 3, 300_00 + 150_00), ("", 0, 49_00), ("Vela", 2, 33_34)];
    assert_eq!(sold, expected);
    assert_eq!(today.other_products, tally(0, 0));
    let all: i64 = sold.iter().map(|(_, _, minor)| minor).sum();
    assert_eq!(all, today.collected.minor.0 - today.loose.minor.0);
}

#[tokio::test]
async fn reports_and_payments_mean_the_same_by_paid() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;
    let now = Timestamp::now();
    let states = [
        "paid",
        "overpaid",
        "partly_refunded",
        "refunded",
        "disputed",
        "partly_paid",
        "open",
        "processing",
        "failed_attempt",
        "expired",
        "cancelled",
        "needs_approval",
    ];
    for state in states {
        let charge = charged_at(&shop, ana, mxn(100_00), now).await;
        became(&shop, charge, state, None).await;
        let seconds = now.plus(Duration::from_secs(60));
        let paid = shop.inbox.store.write(move |tx| {
            tx.execute(
                "UPDATE charges SET paid_at = ?2 WHERE id = ?1 AND payment IN ('paid', 'refunded')",
                params![charge, At(seconds)],
            )?;
            Ok(())
        });
        paid.await.unwrap();
    }
    let report = report::get(&shop.inbox, ReportPeriod::ThirtyDays, None)
        .await
        .unwrap();
    let seen = overview::get(&shop.inbox, None).await.unwrap();
    let counts = overview::counts(&shop.inbox).await.unwrap();
    let counted = |filter| counts.iter().find(|of| of.filter == filter).map(|of| of.count);

    assert_eq!(report.links.paid.count, 5);
    assert_eq!(counted(PaymentFilter::Paid), Some(5));
    assert_eq!(
        counted(PaymentFilter::Sent),
        Some(4),
        "of a part the rest is still waited for"
    );
    assert_eq!((report.conversion.links, report.conversion.paid), (10, 5));
    assert_eq!(report.conversion.median_seconds, Some(60));
    assert_eq!(seen.conversion, report.conversion);

    // What the figure counts, its chip counts and its list shows.
    let listed = overview::page(&shop.inbox, PaymentFilter::Sent, String::new(), None)
        .await
        .unwrap();
    assert_eq!((seen.waiting.links, listed.rows.len()), (4, 4));
    assert_eq!(report.waiting.links, 4);
}

#[tokio::test]
async fn the_figure_of_what_waits_is_what_is_owed_and_its_list_is_of_the_same_mode() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;
    let now = Timestamp::now();
    let dollars = usd(20_00);
    let mut made = Vec::new();
    for (amount, state) in [
        (mxn(100_00), "open"),
        (mxn(300_00), "partly_paid"),
        (dollars, "open"),
        (mxn(7_00), "open"),
    ] {
        let charge = charged_at(&shop, ana, amount, now).await;
        became(&shop, charge, state, None).await;
        made.push(charge);
    }
    let part = paid(made[1], 120_00, now);
    let (real, tested) = (made.clone(), made[3]);
    let written = shop.inbox.store.write(move |tx| {
        payments::save(
            tx,
            &PaymentRecord {
                livemode: true,
                ..part
            },
            "{}",
        )?;
        for charge in real {
            tx.execute(
                "UPDATE charges SET livemode = ?2 WHERE id = ?1",
                params![charge, charge != tested],
            )?;
        }
        Ok(())
    });
    written.await.unwrap();

    let seen = overview::get(&shop.inbox, None).await.unwrap();
    assert_eq!(
        (seen.waiting.links, seen.waiting.amount),
        (2, mxn(100_00 + 180_00))
    );
    assert_eq!(seen.currencies, ["MXN", "USD"]);
    let usd = overview::get(&shop.inbox, Some(dollars.currency()))
        .await
        .unwrap();
    assert_eq!((usd.waiting.links, usd.waiting.amount), (1, dollars));
    // The chip counts every currency, and no test.
    let counts = overview::counts(&shop.inbox).await.unwrap();
    let counted = |filter| counts.iter().find(|of| of.filter == filter).map(|of| of.count);
    assert_eq!(counted(PaymentFilter::Sent), Some(3));
    assert_eq!(counted(PaymentFilter::All), Some(4), "all there is");
    for (filter, rows) in [(PaymentFilter::Sent, 3), (PaymentFilter::All, 4)] {
        let listed = overview::page(&shop.inbox, filter, String::new(), None)
            .await
            .unwrap();
        assert_eq!(listed.rows.len(), rows);
    }
}

#[tokio::test]
async fn money_from_elsewhere_says_who_paid_it() {
    let shop = Shop::open().await;
    let payment = PaymentRecord {
        charge: None,
        ..paid(ChargeId::new(), 500_00, Timestamp::now())
    };
    let raw = r#"{"latest_charge":{"billing_details":{"name":"Luz Ortega","email":"luz@example.test"}}}"#;
    let saved = shop
        .inbox
        .store
        .write(move |tx| payments::save(tx, &payment, raw).map(drop));
    saved.await.unwrap();
    let found = overview::page(&shop.inbox, PaymentFilter::Unmatched, "luz o".into(), None)
        .await
        .unwrap();
    assert_eq!(found.rows[0].customer.as_deref(), Some("Luz Ortega"));
    for (query, rows) in [("", 1), ("pi_1", 1), ("nobody", 0)] {
        let found = overview::page(&shop.inbox, PaymentFilter::All, query.into(), None)
            .await
            .unwrap();
        assert_eq!(found.rows.len(), rows, "{query}");
        assert!(
            found
                .rows
                .iter()
                .all(|row| row.customer.as_deref() == Some("Luz Ortega"))
        );
    }
}

#[tokio::test]
async fn what_was_given_back_is_said_beside_what_came() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let ana = shop.only().await.id;
    let now = Timestamp::now();
    let charge = charged_at(&shop, ana, mxn(500_00), now).await;
    let payment = PaymentRecord {
        refunded_minor: 120_00,
        ..paid(charge, 500_00, now)
    };
    let saved = shop
        .inbox
        .store
        .write(move |tx| payments::save(tx, &payment, "{}").map(drop));
    saved.await.unwrap();
    let seen = overview::get(&shop.inbox, None).await.unwrap();
    assert_eq!(
        (seen.today.amount, seen.today.refunded),
        (mxn(500_00), mxn(120_00))
    );
}

#[tokio::test]
async fn the_shops_midnight_parts_the_days_and_no_currency_is_added_to_another() {
    let (shop, _) = a_day_of_sales().await;
    let yesterday = read(&shop, day("2026-11-25"), "MXN").await;
    assert_eq!(yesterday.links.made, tally(1, 500_00));
    assert_eq!(yesterday.conversion.median_seconds, Some(2400));
    assert_eq!(yesterday.collected, tally(0, 0));
    assert_eq!(yesterday.refunds, tally(0, 0));

    let week = read(&shop, ReportPeriod::SevenDays, "MXN").await;
    let days: Vec<_> = week
        .days
        .iter()
        .map(|of| (of.day.as_str(), of.made, of.collected, of.refunds))
        .collect();
    assert_eq!(days.len(), 7);
    assert_eq!(
        days[5],
        ("2026-11-25", tally(1, 500_00), tally(0, 0), tally(0, 0))
    );
    assert_eq!(
        days[6],
        ("2026-11-26", tally(3, 530_00), tally(3, 770_00), tally(1, 100_00))
    );
    assert_eq!(week.collected, tally(3, 770_00));
    assert_eq!(week.currencies, ["MXN", "USD"]);

    let dollars = read(&shop, ReportPeriod::Month, "USD").await;
    assert_eq!(dollars.first, "2026-11-01");
    assert_eq!(dollars.collected, tally(1, 30_00));
    assert_eq!(dollars.links.made, tally(1, 30_00));
    assert_eq!(dollars.refunds, tally(0, 0));
    assert_eq!(dollars.settled, []);
}

#[tokio::test]
async fn a_report_is_saved_with_a_currency_on_every_line() {
    let (shop, _) = a_day_of_sales().await;
    let today = read(&shop, ReportPeriod::Today, "MXN").await;
    let mut table = Vec::new();
    report::write_csv(&today, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let has = |line: &str| {
        assert!(
            table.lines().any(|of| of == line),
            "{line} is missing in\n{table}"
        );
    };
    has("total,collected,2026-11-26,2026-11-26,UTC-06,MXN,3,770.00");
    has("total,refunds,2026-11-26,2026-11-26,UTC-06,MXN,1,100.00");
    has("total,fees,2026-11-26,2026-11-26,UTC-06,USD,1,0.90");
    has("day,collected,2026-11-26,2026-11-26,UTC-06,MXN,3,770.00");
    has("seller_collected,Rosa,2026-11-26,2026-11-26,UTC-06,MXN,1,200.00");
    has("method,oxxo,2026-11-26,2026-11-26,UTC-06,MXN,1,200.00");
}

#[tokio::test]
async fn a_period_that_is_none_is_refused() {
    let shop = Shop::open().await;
    let (now, zone) = here();
    let refused = async |first: &str, last: &str| {
        let period = ReportPeriod::Days {
            first: first.into(),
            last: last.into(),
        };
        report::of(&shop.inbox, &period, None, now, &zone)
            .await
            .unwrap_err()
            .to_string()
    };
    assert!(
        refused("2026-11-26", "2026-11-25")
            .await
            .contains("Choose a later end")
    );
    assert!(refused("yesterday", "2026-11-25").await.contains("dates such as"));
    assert!(
        refused("2020-01-01", "2026-11-25")
            .await
            .contains("at most 366 days")
    );
}

/// Rows that are read whole weigh kilobytes: a year of them would keep a person waiting.
#[tokio::test]
async fn what_came_in_and_what_became_of_charges_is_read_from_indexes_alone() {
    let (shop, _) = a_day_of_sales().await;
    let plans = shop.inbox.store.read(|conn| {
        let mut plans = Vec::new();
        for sql in [sums::PAYMENTS.to_owned(), sums::links_statement()] {
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines: Vec<String> = plan
                .query_map(params![0, "MXN", 1, 2], |row| row.get("detail"))?
                .collect::<Result<_, _>>()?;
            plans.push(lines.join("; "));
        }
        Ok(plans)
    });
    for plan in plans.await.unwrap() {
        assert!(
            plan.contains("USING COVERING INDEX") && !plan.contains("SCAN"),
            "{plan}"
        );
    }
}
