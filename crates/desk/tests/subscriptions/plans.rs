//! Instalments: one schedule, the last payment the last, and to the minor unit what was agreed.

use cobro_core::domain::{ChargeQuestion, Tab};
use cobro_core::{conversation, preview};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

fn three() -> Recurrence {
    Recurrence::Instalments {
        count: 3,
        interest: 0,
    }
}

impl TestShop {
    /// Returns the schedules that Stripe has.
    async fn schedules(&self) -> Vec<Value> {
        self.objects("subscription_schedule").await
    }

    /// Returns how much of the plan the list says is paid. The charge itself says the same.
    async fn said_in_list(&self, charge: &Charge) -> (u32, u32) {
        let page = conversation::list(self.inbox(), Tab::All, String::new(), None)
            .await
            .unwrap();
        let row = page
            .rows
            .iter()
            .find(|row| row.id == charge.conversation)
            .unwrap();
        let said = row.chip.as_ref().unwrap().instalments;
        assert_eq!(said, now(self, charge).await.instalments);
        let said = said.unwrap();
        (said.paid, said.count)
    }

    /// Waits until Stripe ends the plan by itself.
    pub(super) async fn until_planned(&self) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(schedule) = self.schedules().await.into_iter().next()
                && schedule["end_behavior"] == "cancel"
            {
                return schedule;
            }
            assert!(begun.elapsed() < PATIENCE, "the plan never had an end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn every_amount_of_a_plan_is_said_before_it_is_sent() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let asked = preview::charge(
        shop.inbox(),
        ChargeQuestion {
            terms: ChargeTerms {
                recurrence: Some(three()),
                ..ChargeTerms::default()
            },
            ..ChargeQuestion::new(ana.conversation, mxn(100_00), "Silla")
        },
    )
    .await
    .unwrap();
    assert!(
        asked
            .message
            .contains("3 pagos mensuales: MX$33.34 hoy y después 2 de MX$33.33."),
        "{}",
        asked.message
    );
    assert_eq!((asked.totals.now, asked.totals.total), (mxn(33_34), mxn(100_00)));

    shop.close().await;
}

#[tokio::test]
async fn a_plan_ends_after_its_last_payment_and_the_books_close() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.plan(&ana, 100_00, three()).await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    let charge = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!((charge.amount, charge.totals.total), (mxn(33_34), mxn(100_00)));
    shop.until_planned().await;
    for paid in 2..=3 {
        assert_eq!(shop.said_in_list(&charge).await, (paid - 1, 3));
        shop.passes(&ana, DAY * 31);
        shop.until_subscription(&ana, "paid", |now| now.payments >= paid)
            .await;
    }
    assert_eq!(shop.said_in_list(&charge).await, (3, 3));
    let last = shop.subscription(&ana).await;
    assert_eq!((last.payments, last.paid), (3, mxn(100_00)));
    assert_eq!(last.next_at, None, "nothing more is charged");
    assert_eq!(
        (last.status, last.ended_at),
        (SubscriptionStatus::Finished, None),
        "at once, though Stripe ends it a month later"
    );
    shop.passes(&ana, DAY * 31);
    let over = shop
        .until_subscription(&ana, "ended at Stripe", |now| now.ended_at.is_some())
        .await;
    assert_eq!(over.status, SubscriptionStatus::Finished);
    shop.passes(&ana, DAY * 62);
    shop.settled().await;
    assert_eq!(shop.objects("invoice").await.len(), 3);
    assert_eq!(shop.schedules().await.len(), 1);
    assert_eq!(now(&shop, &charge).await.payment, Payment::Paid);
    shop.until("the last receipt came", || {
        ana.phone
            .inbox()
            .iter()
            .any(|text| text.contains("Fue el último"))
    })
    .await;
    let inbox = ana.phone.inbox();
    let said = |part: &str| inbox.iter().filter(|text| text.contains(part)).count();
    assert_eq!(
        (said("Pago 1 de 3"), said("Pago 2 de 3"), said("Pago 3 de 3")),
        (1, 1, 1)
    );
    assert_eq!(said("Fue el último"), 1, "{inbox:#?}");
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!((report.open, count(&report, BookClass::Matched)), (0, 3));
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_or_a_kill_between_subscription_and_schedule_makes_one_schedule() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.plan(&ana, 100_00, three()).await;
    // Stripe makes the schedule, and nobody hears of it; then nothing goes through, and the desk ends.
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    let begun = Instant::now();
    while shop.schedules().await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "no schedule was asked for");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::always(Kind::LostRequest)));
    let shop = shop.restart().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    shop.until_planned().await;
    assert_eq!(shop.schedules().await.len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_first_instalment_that_is_told_twice_is_paid_once() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.settled().await;
    shop.sandbox.faults().set_webhooks(WebhookFaults {
        duplicate: 1.0,
        ..WebhookFaults::default()
    });
    let charge = shop.plan(&ana, 100_00, three()).await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.until_planned().await;
    shop.settled().await;
    assert_eq!(shop.subscription(&ana).await.payments, 1);
    assert_eq!(shop.schedules().await.len(), 1);
    shop.until("it was thanked for", || TestShop::heard(&ana, "¡Gracias") > 0)
        .await;
    assert_eq!(TestShop::heard(&ana, "¡Gracias"), 1, "{:#?}", ana.phone.inbox());
    assert_eq!(
        shop.announced()
            .await
            .iter()
            .filter(|said| said.contains("pagó"))
            .count(),
        1
    );
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    shop.close().await;
}

#[tokio::test]
async fn a_plan_whose_end_was_set_months_late_is_not_paid_too_often() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.plan(&ana, 90_00, three()).await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::always(Kind::LostRequest)));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.passes(&ana, DAY * 32);
    shop.until_subscription(&ana, "paid", |now| now.payments == 2)
        .await;
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    let shop = shop.restart().await;
    if shop.schedules().await.is_empty() {
        shop.until_planned().await;
    }
    for _ in 0..4 {
        shop.passes(&ana, DAY * 31);
    }
    shop.until_subscription(&ana, "finished", |now| now.status == SubscriptionStatus::Finished)
        .await;
    shop.settled().await;
    let paid: i64 = shop
        .objects("invoice")
        .await
        .iter()
        .map(|invoice| invoice["amount_paid"].as_i64().unwrap())
        .sum();
    assert_eq!(paid, 90_00);
    shop.close().await;
}
