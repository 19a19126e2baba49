//! A customer's bank takes money back, or asks first: it is seen, has its day, and ends.

use cobro_core::domain::{Dispute, Payment};
use cobro_core::{conversation, dispute};

use super::*;

impl TestShop {
    /// Lets the customer's bank dispute a paid charge.
    fn disputed(&self, charge: &Charge, warning: bool) -> String {
        let intent = charge.stripe_ids.payment_intent.as_deref().unwrap();
        self.sandbox
            .account()
            .dispute(intent, "product_not_received", warning)
            .unwrap()
    }

    async fn until_dispute(&self, status: &str) -> Dispute {
        self.until_async("the dispute is as Stripe has it", || async {
            let all = dispute::all(self.inbox()).await.unwrap();
            all.first().is_some_and(|dispute| dispute.status == status)
        })
        .await;
        dispute::all(self.inbox()).await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn a_dispute_is_told_with_its_day_and_its_evidence_is_gathered() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 800_00).await;
    shop.announced().await;
    let id = shop.disputed(&charge, false);
    shop.until_payment(charge.id, Payment::Disputed).await;
    let dispute = shop.until_dispute("needs_response").await;
    assert_eq!(
        (
            dispute.id.as_str(),
            dispute.amount,
            dispute.charge,
            dispute.is_open
        ),
        (id.as_str(), mxn(800_00), Some(charge.id), true)
    );
    let days = dispute.due_by.unwrap().since(Timestamp::now()).as_secs() / 86_400;
    assert!((7..=9).contains(&days), "{days}");
    assert!(dispute.dashboard.ends_with(&format!("test/disputes/{id}")));
    let told = shop.announced().await;
    assert!(
        told.iter().any(|text| text.starts_with("Ana disputa MX$800.00")),
        "{told:?}"
    );

    ana.phone.writes("nunca llegó mi pastel");
    shop.settled().await;
    let text = dispute::evidence(shop.inbox(), id.clone(), dispute::EvidenceForm::Text)
        .await
        .unwrap();
    for part in [
        "Motivo: product_not_received",
        "Ana: nunca llegó mi pastel",
        "800.00",
        &id,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let html = dispute::evidence(shop.inbox(), id, dispute::EvidenceForm::Html)
        .await
        .unwrap();
    assert!(html.contains("<td>nunca llegó mi pastel</td>") && !html.contains("<script"));
    shop.close().await;
}

#[tokio::test]
async fn a_dispute_that_is_won_leaves_the_charge_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 800_00).await;
    let id = shop.disputed(&charge, false);
    shop.until_payment(charge.id, Payment::Disputed).await;
    let shop = shop.restart().await;
    shop.sandbox.account().close_dispute(&id, true).unwrap();
    let won = shop.until_dispute("won").await;
    assert!(!won.is_open);
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    let report = shop.reconciled().await;
    assert!(report.closes && report.open == 0, "{report:#?}");
    // Taken and given back; the bank keeps its fee.
    assert_eq!(report.sums[0].stripe.amount.0, 800_00);
    assert_eq!(count(&report, BookClass::RefundOrDispute), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_dispute_that_nobody_answers_is_lost_and_the_books_still_close() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 800_00).await;
    shop.disputed(&charge, false);
    shop.until_payment(charge.id, Payment::Disputed).await;
    shop.sandbox.advance(Duration::from_hours(10 * 24));
    let lost = shop.until_dispute("lost").await;
    assert!(!lost.is_open);
    shop.settled().await;
    assert_eq!(now(&shop, &charge).await.payment, Payment::Disputed);
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.disputes.len(), 1);
    assert!(view.stats.lifetime.is_empty(), "{:?}", view.stats.lifetime);
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    assert_eq!(report.sums[0].stripe.amount.0, 0, "what came went back");
    shop.close().await;
}

#[tokio::test]
async fn a_banks_question_is_seen_though_it_takes_no_money() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 800_00).await;
    let id = shop.disputed(&charge, true);
    let asked = shop.until_dispute("warning_needs_response").await;
    assert!(asked.is_open);
    shop.settled().await;
    assert_eq!(
        now(&shop, &charge).await.payment,
        Payment::Paid,
        "the money is still here"
    );
    shop.sandbox.account().close_dispute(&id, true).unwrap();
    assert!(!shop.until_dispute("warning_closed").await.is_open);
    shop.close().await;
}
