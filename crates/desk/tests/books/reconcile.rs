//! Reconciling: every object has its place, sums are Stripe's, and a person decides what is unclear.

use cobro_core::domain::{BookClass, BookLine, Payment, ProductDraft, ReconcileState, TieReason};
use cobro_core::{Actor, Language, catalog, conversation, overview, reconcile as reconciling, refund};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

#[tokio::test]
async fn the_books_of_a_day_close_to_the_minor_unit() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 1_250_00).await;
    let refunded = shop.paid(&ana, 333_33).await;
    refund(&shop, &refunded, 100_01).await;
    let declined = shop.charge(&ana, mxn(77_00)).await;
    shop.sandbox.account().pay_link(
        declined.stripe_ids.payment_link.as_deref().unwrap(),
        PayWith::card("4000000000000002"),
    );
    shop.settled().await;

    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(report.open, 0);
    assert_eq!(count(&report, BookClass::Matched), 2);
    assert_eq!(count(&report, BookClass::RefundOrDispute), 1);
    // As many as are listed: the declined attempt has a line, too.
    for of in &report.counts {
        let lines = reconciling::lines(shop.inbox(), report.run.id, of.class, None)
            .await
            .unwrap();
        assert_eq!(usize::try_from(of.lines).unwrap(), lines.rows.len(), "{of:?}");
    }
    let sum = &report.sums[0];
    assert_eq!(sum.currency, "MXN");
    // 3.6 % + 3 MXN of each, as Stripe's own lines say.
    assert_eq!(sum.stripe.amount.0, 1_250_00 + 333_33 - 100_01);
    assert_eq!(sum.stripe.fee.0, 48_00 + 15_00);
    assert_eq!(sum.stripe, sum.booked);
    assert_eq!(sum.kept_here.fee, sum.stripe.fee);
    // Every object is in exactly one class.
    let placed: u32 = report.counts.iter().map(|count| count.objects).sum();
    assert_eq!(placed, report.run.objects);
    shop.close().await;
}

#[tokio::test]
async fn a_payment_that_nobody_heard_of_is_found_and_settled() {
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(500_00)).await;
    shop.settled().await;
    shop.hears_nothing();
    shop.pays(&charge);
    assert_eq!(now(&shop, &charge).await.payment, Payment::Open);

    let report = shop.reconciled().await;
    assert_eq!(report.run.repaired, 1);
    assert!(report.closes && report.open == 0, "{report:#?}");
    assert_eq!(now(&shop, &charge).await.payment, Payment::Paid);
    // Nothing is repaired twice.
    assert_eq!(shop.reconciled().await.run.repaired, 0);
    shop.close().await;
}

#[tokio::test]
async fn money_without_a_conversation_is_suggested_confirmed_and_undone() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana Souza").await;
    shop.customer("5215587654321", "Beto Lima").await;
    let asked = shop.charge(&ana, mxn(640_00)).await;
    let buyer = PayWith::card("4242424242424242").named("Ana Souza");
    shop.paid_elsewhere(640_00, buyer).await;
    shop.settled().await;

    let report = shop.reconciled().await;
    let id = report.run.id;
    assert_eq!(count(&report, BookClass::Unmatched), 1);
    assert_eq!((report.open, report.closes), (1, true), "{report:#?}");
    let page = reconciling::lines(shop.inbox(), id, BookClass::Unmatched, None)
        .await
        .unwrap();
    let line = &page.rows[0];
    let likely = reconciling::suggestions(shop.inbox(), id, line.id.clone())
        .await
        .unwrap();
    assert_eq!(likely[0].name, "Ana Souza");
    assert_eq!(likely[0].charge, Some(asked.id));
    assert_eq!(
        likely[0].reasons,
        [TieReason::Amount, TieReason::Name, TieReason::Time]
    );
    assert_eq!(
        now(&shop, &asked).await.payment,
        Payment::Open,
        "nothing is tied by itself"
    );

    let (conversation, charge) = (likely[0].conversation, likely[0].charge);
    reconciling::tie(shop.inbox(), id, line.id.clone(), conversation, charge)
        .await
        .unwrap();
    assert_eq!(now(&shop, &asked).await.payment, Payment::Paid);
    let report = reconciling::report(shop.inbox(), id).await.unwrap();
    assert_eq!((report.open, count(&report, BookClass::Matched)), (0, 1));
    // The link can't be paid as well.
    shop.until_async("the link is off", || async {
        now(&shop, &asked).await.closing.is_none()
    })
    .await;
    assert!(!ana.phone.pays(PayWith::card("4242424242424242")).is_paid());

    let intent = line.payment_intent.clone().unwrap();
    reconciling::untie(shop.inbox(), id, intent).await.unwrap();
    let report = reconciling::report(shop.inbox(), id).await.unwrap();
    assert_eq!(report.open, 1);
    assert_ne!(now(&shop, &asked).await.payment, Payment::Paid);
    assert_eq!(ana.phone.inbox().len(), 1, "nobody was told anything");
    shop.close().await;
}

#[tokio::test]
async fn a_payment_may_be_tied_to_a_conversation_that_asked_for_nothing() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid_elsewhere(640_00, PayWith::card("4242424242424242"))
        .await;
    shop.settled().await;
    let report = shop.reconciled().await;
    let line = first_unmatched(&shop, &report).await;
    reconciling::tie(
        shop.inbox(),
        report.run.id,
        line.id.clone(),
        ana.conversation,
        None,
    )
    .await
    .unwrap();
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.charges[0].payment, Payment::Paid);
    assert_eq!(view.stats.lifetime, [mxn(640_00)]);
    // A second confirmation changes nothing, and reading again keeps the tie.
    assert!(
        reconciling::tie(shop.inbox(), report.run.id, line.id, ana.conversation, None)
            .await
            .is_err()
    );
    let again = shop.reconciled().await;
    assert_eq!((again.open, count(&again, BookClass::Matched)), (0, 1));
    reconciling::untie(shop.inbox(), again.run.id, line.payment_intent.unwrap())
        .await
        .unwrap();
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert!(view.charges.is_empty(), "the charge went with its tie");
    shop.close().await;
}

#[tokio::test]
async fn an_exception_that_is_explained_needs_nobody() {
    let shop = TestShop::open().await;
    shop.customer("5215512345678", "Ana").await;
    shop.paid_elsewhere(640_00, PayWith::card("4242424242424242"))
        .await;
    shop.settled().await;
    let report = shop.reconciled().await;
    let line = first_unmatched(&shop, &report).await;
    reconciling::note(shop.inbox(), line.id.clone(), Some("Sold at the counter".into()))
        .await
        .unwrap();
    assert_eq!(
        reconciling::report(shop.inbox(), report.run.id)
            .await
            .unwrap()
            .open,
        0
    );
    assert_eq!(shop.reconciled().await.open, 0, "also in the next reading");
    reconciling::note(shop.inbox(), line.id, None).await.unwrap();
    assert_eq!(
        reconciling::report(shop.inbox(), report.run.id)
            .await
            .unwrap()
            .open,
        1
    );
    shop.close().await;
}

#[tokio::test]
async fn duplicates_other_amounts_and_made_up_payments_each_have_their_class() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let twice = shop
        .create(reusable(shop.new_charge(&ana, mxn(200_00))))
        .await
        .unwrap();
    for _ in 0..2 {
        shop.pays(&twice);
    }
    let other = shop.paid(&ana, 300_00).await;
    shop.paid(&ana, 400_00).await;
    // A fee comes a moment later: what is read back then would undo the tampering.
    shop.sandbox.advance(Duration::from_secs(2));
    shop.until_async("nothing is to be read back", || async {
        shop.inbox()
            .store
            .read(|conn| Ok(conn.query_row("SELECT count(*) = 0 FROM hints", [], |row| row.get(0))?))
            .await
            .unwrap()
    })
    .await;
    shop.settled().await;
    shop.tampered(
        "UPDATE charges SET single_use = 1 WHERE amount_minor = 20000;
         UPDATE charges SET amount_minor = 30100 WHERE amount_minor = 30000;
         UPDATE payments SET asked_minor = 30100 WHERE amount_minor = 30000;
         INSERT INTO payments (payment_intent, charge_id, status, amount_minor, currency, refunded_minor, disputed,
                               livemode, paid_at, verified_at, raw)
         SELECT 'pi_3FORGED', id, 'succeeded', 900, 'MXN', 0, 0, 0, created_at, created_at, '{}'
         FROM charges WHERE amount_minor = 40000;",
    )
    .await;
    let report = shop.reconciled().await;
    let counts: Vec<_> = [
        BookClass::Matched,
        BookClass::Duplicate,
        BookClass::Differs,
        BookClass::Missing,
    ]
    .map(|class| count(&report, class))
    .into();
    assert_eq!(counts, [2, 1, 1, 1], "{report:#?}");
    assert_eq!(report.open, 3);
    assert!(report.closes, "exceptions are placed, so the sums still close");
    let differs = reconciling::lines(shop.inbox(), report.run.id, BookClass::Differs, None)
        .await
        .unwrap();
    assert_eq!(differs.rows[0].asked, Some(mxn(301_00)));
    assert_eq!(differs.rows[0].charge, Some(other.id));
    shop.close().await;
}

#[tokio::test]
async fn a_reading_that_is_cut_goes_on_where_it_stopped() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 200_00).await;
    shop.sandbox.advance(Duration::from_secs(2));
    let range = last_days();
    shop.sandbox
        .faults()
        .set(Endpoint::StripeGet, Some(Fault::next(1000, Kind::Error500)));
    let cut = reconciling::start(shop.inbox(), range, false).await.unwrap();
    let shop = shop.restart().await;
    let paused = reconciling::get(shop.inbox(), cut.id).await.unwrap();
    assert_eq!(paused.state, ReconcileState::Paused);
    assert_eq!(paused.problem.unwrap().code, "interrupted");
    shop.sandbox.faults().set(Endpoint::StripeGet, None);
    let done = reconciling::read(shop.inbox(), range, false).await.unwrap();
    assert_eq!(done.run.id, cut.id, "the same reading");
    assert_eq!(done.run.state, ReconcileState::Done);
    assert!(done.closes, "{done:#?}");
    shop.close().await;
}

#[tokio::test]
async fn a_reading_stops_at_the_read_budget_unless_told_otherwise() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 200_00).await;
    shop.tampered(
        "INSERT INTO stripe_reads (month, reads) VALUES (strftime('%Y-%m', 'now'), 9000)
         ON CONFLICT (month) DO UPDATE SET reads = 9000",
    )
    .await;
    let stopped = shop.reconciled().await;
    assert_eq!(stopped.run.problem.unwrap().code, "read_budget");
    let estimate = reconciling::estimate(shop.inbox(), last_days()).await.unwrap();
    assert!(estimate.reads >= 7 && estimate.left <= 1000, "{estimate:?}");
    let done = reconciling::read(
        shop.inbox(),
        Range {
            since: stopped.run.since,
            until: stopped.run.until,
        },
        true,
    )
    .await
    .unwrap();
    assert_eq!(done.run.state, ReconcileState::Done);
    shop.close().await;
}

#[tokio::test]
async fn a_person_may_stop_a_reading() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 200_00).await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripeGet, Some(Fault::next(1000, Kind::Error500)));
    let run = reconciling::start(shop.inbox(), last_days(), false)
        .await
        .unwrap();
    assert!(
        reconciling::start(shop.inbox(), last_days(), false)
            .await
            .is_err(),
        "one at a time"
    );
    reconciling::cancel(shop.inbox(), run.id).await.unwrap();
    shop.sandbox.faults().set(Endpoint::StripeGet, None);
    shop.until_async("it is cancelled", || async {
        reconciling::get(shop.inbox(), run.id).await.unwrap().state == ReconcileState::Cancelled
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn the_report_is_a_table_and_a_page_that_run_nothing() {
    let shop = TestShop::open().await;
    let eva = shop.customer("5215512345678", "=Eva <b>").await;
    shop.paid(&eva, 1_250_50).await;
    let report = shop.reconciled().await;
    let folder = tempfile::tempdir().unwrap();
    let (csv, html) = (folder.path().join("r.csv"), folder.path().join("r.html"));
    let store = &shop.inbox().store;
    reconciling::to_csv(store, report.run.id, std::fs::File::create(&csv).unwrap())
        .await
        .unwrap();
    reconciling::to_html(
        store,
        report.run.id,
        Language::En,
        std::fs::File::create(&html).unwrap(),
    )
    .await
    .unwrap();
    let table = std::fs::read_to_string(csv).unwrap();
    let line = table.lines().nth(1).unwrap();
    assert!(line.starts_with("matched,charge,ch_"), "{line}");
    assert!(
        line.contains(",1250.50,MXN,48.02,1202.48,MXN,") && line.contains("'=Eva <b>"),
        "{line}"
    );
    let page = std::fs::read_to_string(html).unwrap();
    assert!(
        page.contains("The books close.") && page.contains("=Eva &lt;b&gt;") && !page.contains("<script")
    );
    shop.close().await;
}

#[tokio::test]
async fn the_overview_says_what_is_behind_its_totals() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 1_000_00).await;
    shop.charge(&ana, mxn(50_00)).await;
    shop.paid_elsewhere(640_00, PayWith::card("4242424242424242"))
        .await;
    shop.settled().await;
    shop.reconciled().await;
    let seen = overview::get(shop.inbox(), None).await.unwrap();
    assert_eq!((seen.today.amount, seen.today.payments), (mxn(1_640_00), 2));
    assert_eq!((seen.waiting.amount, seen.waiting.links), (mxn(50_00), 1));
    assert_eq!((seen.conversion.links, seen.conversion.paid), (2, 1));
    assert_eq!(seen.reconciled.map(|of| (of.payments, of.open)), Some((2, 1)));
    assert_eq!(seen.days.last().map(|day| day.amount), Some(mxn(1_640_00)));
    let page = overview::page(
        shop.inbox(),
        cobro_core::domain::PaymentFilter::All,
        String::new(),
        None,
    )
    .await
    .unwrap();
    assert_eq!(page.rows.len(), 3);
    assert!(
        page.rows
            .iter()
            .any(|row| row.charge.is_none() && row.payment_intent.is_some())
    );
    shop.close().await;
}

/// Returns the first of Stripe's payments that belong to nobody yet.
async fn first_unmatched(shop: &TestShop, report: &ReconcileReport) -> BookLine {
    reconciling::lines(shop.inbox(), report.run.id, BookClass::Unmatched, None)
        .await
        .unwrap()
        .rows
        .remove(0)
}

async fn refund(shop: &TestShop, charge: &Charge, minor: i64) {
    let new = super::refunds::new_refund(charge, minor);
    refund::create(shop.inbox(), cobro_core::Actor::Person, new)
        .await
        .unwrap();
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
}

#[tokio::test]
async fn what_is_tied_leaves_the_stock_and_comes_back_with_the_tie() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let draft = ProductDraft {
        stock: Some(5),
        ..ProductDraft::new("Torta", mxn(640_00))
    };
    let cake = catalog::save(shop.inbox(), Actor::Person, draft).await.unwrap();
    let new = NewCharge {
        lines: vec![line_of(&cake)],
        ..NewCharge::new(ana.conversation, mxn(640_00), "")
    };
    let asked = shop.create(new).await.unwrap();
    shop.paid_elsewhere(640_00, PayWith::card("4242424242424242"))
        .await;
    shop.settled().await;
    let report = shop.reconciled().await;
    let line = first_unmatched(&shop, &report).await;
    let stock = || async { catalog::product(shop.inbox(), cake.id).await.unwrap().stock };
    reconciling::tie(
        shop.inbox(),
        report.run.id,
        line.id,
        ana.conversation,
        Some(asked.id),
    )
    .await
    .unwrap();
    assert_eq!(stock().await, Some(4));
    reconciling::untie(shop.inbox(), report.run.id, line.payment_intent.unwrap())
        .await
        .unwrap();
    assert_eq!(stock().await, Some(5));
    shop.close().await;
}
