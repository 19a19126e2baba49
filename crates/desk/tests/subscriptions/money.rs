//! The money's way: each paid invoice is a payment of its charge, whatever was heard of it.

use cobro_core::domain::{Interval, ProductAfterSale, ProductDraft};
use cobro_core::{Actor, ErrorCode, catalog, dispute};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

#[tokio::test]
async fn a_year_of_a_monthly_subscription_is_twelve_payments_in_the_books() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, first) = shop.subscribed(&ana, 320_00, monthly()).await;
    assert_eq!(first.status, SubscriptionStatus::Active);
    assert_eq!((first.payments, first.paid), (1, mxn(320_00)));
    assert_eq!(first.amount, mxn(320_00));
    assert!(first.next_at.is_some());
    for month in 2..=12 {
        shop.passes(&ana, DAY * 31);
        shop.until_subscription(&ana, "paid", |now| now.payments >= month)
            .await;
    }
    shop.settled().await;
    let year = shop.subscription(&ana).await;
    assert_eq!((year.payments, year.paid), (12, mxn(3_840_00)));
    shop.until("twelve receipts came", || {
        TestShop::heard(&ana, "¡Gracias, Ana! Recibimos tu pago de MX$320.00") == 12
    })
    .await;
    let charge = now(&shop, &charge).await;
    assert_eq!(charge.payment, Payment::Paid);
    assert_eq!(charge.received, Some(mxn(3_840_00)));

    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(report.open, 0, "{report:#?}");
    assert_eq!(count(&report, BookClass::Matched), 12);
    assert_eq!(report.run.repaired, 0, "everything was heard");
    let theirs: i64 = shop
        .objects("invoice")
        .await
        .iter()
        .map(|invoice| invoice["amount_paid"].as_i64().unwrap())
        .sum();
    assert_eq!(theirs, year.paid.minor());
    shop.close().await;
}

#[tokio::test]
async fn months_that_nobody_heard_of_are_found_by_reconciling() {
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, _) = shop.subscribed(&ana, 320_00, monthly()).await;
    shop.sandbox.advance(Duration::from_secs(2));
    shop.settled().await;
    shop.has_read_everything().await;
    shop.hears_nothing();
    for _ in 0..3 {
        shop.passes(&ana, DAY * 31);
    }
    assert_eq!(shop.subscription(&ana).await.payments, 1);
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(report.run.repaired, 3, "{report:#?}");
    assert_eq!(count(&report, BookClass::Matched), 4);
    let found = shop.subscription(&ana).await;
    assert_eq!((found.payments, found.paid), (4, mxn(1_280_00)));
    assert_eq!(now(&shop, &charge).await.received, Some(mxn(1_280_00)));
    assert_eq!(shop.reconciled().await.run.repaired, 0);
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    shop.close().await;
}

#[tokio::test]
async fn events_doubled_and_out_of_order_end_in_the_same_books() {
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.settled().await;
    shop.sandbox.faults().set_webhooks(WebhookFaults {
        duplicate: 0.7,
        reorder: true,
        delay_ms: (0, 80),
        ..WebhookFaults::default()
    });
    let (charge, _) = shop.subscribed(&ana, 320_00, monthly()).await;
    for _ in 0..4 {
        shop.passes(&ana, DAY * 31);
    }
    let five = shop
        .until_subscription(&ana, "paid", |now| now.payments == 5)
        .await;
    assert_eq!(five.paid, mxn(1_600_00));
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(count(&report, BookClass::Matched), 5);
    assert_eq!(now(&shop, &charge).await.received, Some(mxn(1_600_00)));
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    shop.close().await;
}

#[tokio::test]
async fn a_trial_asks_for_nothing_until_it_ends() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let trial = Recurrence::Subscription {
        every: Recurring::MONTHLY,
        trial_days: Some(7),
    };
    let charge = shop.charge_again(&ana, 320_00, trial).await;
    ana.phone.pays(PayWith::card(CARD));
    let charge = shop.until_payment(charge.id, Payment::Processing).await;
    assert_eq!(charge.received, None);
    let agreed = shop.subscription(&ana).await;
    assert_eq!(agreed.status, SubscriptionStatus::Trialing);
    assert_eq!(agreed.payments, 0);
    shop.passes(&ana, DAY * 8);
    shop.until_payment(charge.id, Payment::Paid).await;
    let paid = shop
        .until_subscription(&ana, "paid", |now| now.payments == 1)
        .await;
    assert_eq!(paid.status, SubscriptionStatus::Active);
    shop.close().await;
}

#[tokio::test]
async fn a_card_that_fails_is_past_due_until_it_is_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, _) = shop.subscribed(&ana, 320_00, monthly()).await;
    let customer = shop.objects("subscription").await[0]["customer"]
        .as_str()
        .unwrap()
        .to_owned();
    shop.sandbox.account().set_card(&customer, false).unwrap();
    shop.passes(&ana, DAY * 31);
    let failed = shop
        .until_subscription(&ana, "past due", |now| {
            now.status == SubscriptionStatus::PastDue && now.retry_at.is_some()
        })
        .await;
    assert_eq!(failed.payments, 1);
    assert_eq!(
        now(&shop, &charge).await.payment,
        Payment::Paid,
        "the first month stays paid"
    );
    shop.sandbox.account().set_card(&customer, true).unwrap();
    shop.passes(&ana, DAY * 4);
    let recovered = shop
        .until_subscription(&ana, "recovered", |now| {
            now.status == SubscriptionStatus::Active && now.payments == 2
        })
        .await;
    assert_eq!((recovered.payments, recovered.retry_at), (2, None));
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(report.open, 0, "{report:#?}");
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_makes_one_link_and_a_product_is_charged_in_its_own_rhythm() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let fortnight = Recurring {
        interval: Interval::Week,
        count: 2,
    };
    let draft = ProductDraft {
        recurring: Some(fortnight),
        after: ProductAfterSale {
            next_step: "La llevamos los viernes.".into(),
            ..ProductAfterSale::default()
        },
        ..ProductDraft::new("Caja de pan", mxn(180_00))
    };
    let bread = catalog::save(shop.inbox(), Actor::Person, draft).await.unwrap();
    let line = NewChargeLine {
        product: Some(bread.id),
        name: String::new(),
        options: Vec::new(),
        unit: None,
        quantity: 2,
        note: String::new(),
    };
    let wrong = NewCharge {
        lines: vec![line.clone()],
        ..shop.recurring(&ana, 360_00, monthly())
    };
    let refused = shop.create(wrong).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Invalid);
    assert!(refused.to_string().contains("every 2 week"), "{refused}");
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    let new = NewCharge {
        lines: vec![line],
        ..shop.recurring(
            &ana,
            360_00,
            Recurrence::Subscription {
                every: fortnight,
                trial_days: None,
            },
        )
    };
    let charge = shop.create(new).await.unwrap();
    shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(shop.links().await, 1);
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    let subscription = shop.subscription(&ana).await;
    assert_eq!(
        (subscription.every, subscription.amount),
        (fortnight, mxn(360_00))
    );
    shop.until("the receipt says the product's next step", || {
        let inbox = ana.phone.inbox();
        inbox
            .iter()
            .any(|text| text.ends_with("\n\nLa llevamos los viernes."))
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_banks_question_about_a_month_is_seen_though_it_takes_no_money() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, _) = shop.subscribed(&ana, 320_00, monthly()).await;
    shop.settled().await;
    let month = shop.objects("payment_intent").await.remove(0);
    let question = shop
        .sandbox
        .account()
        .dispute(month["id"].as_str().unwrap(), "product_not_received", true)
        .unwrap();
    shop.until_async("the question is here", || async {
        let all = dispute::all(shop.inbox()).await.unwrap();
        all.iter()
            .any(|dispute| dispute.id == question && dispute.charge == Some(charge.id))
    })
    .await;
    assert_eq!(now(&shop, &charge).await.payment, Payment::Paid);
    assert_eq!(shop.subscription(&ana).await.payments, 1);
    shop.close().await;
}

#[tokio::test]
async fn months_of_the_banks_are_not_offered_without_cards() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = NewCharge {
        terms: ChargeTerms {
            bank_months: true,
            methods: vec!["oxxo".into()],
            ..ChargeTerms::default()
        },
        ..shop.new_charge(&ana, mxn(900_00))
    };
    let refused = shop.create(new).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Invalid);
    assert!(refused.to_string().contains("Offer cards again"), "{refused}");
    assert_eq!(shop.links().await, 0);
    shop.close().await;
}
