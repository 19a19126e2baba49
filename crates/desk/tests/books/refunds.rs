//! Money goes back exactly once, and never where it can't arrive.

use cobro_core::domain::{NewRefund, Payment, RefundId, RefundReason, RefundState};
use cobro_core::{Actor, conversation, customer, refund};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

pub(super) fn new_refund(charge: &Charge, minor: i64) -> NewRefund {
    NewRefund {
        id: RefundId::new(),
        charge: charge.id,
        amount: mxn(minor),
        reason: RefundReason::RequestedByCustomer,
        note: "Too sweet".into(),
        typed: mxn(minor).decimal(),
    }
}

#[tokio::test]
async fn a_lost_answer_gives_the_money_back_once() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(3, Kind::LostAnswer)));
    let new = new_refund(&charge, 40_00);
    let (first, second) = tokio::join!(
        refund::create(shop.inbox(), Actor::Person, new.clone()),
        refund::create(shop.inbox(), Actor::Person, new.clone())
    );
    assert_eq!(first.unwrap().id, second.unwrap().id);
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    shop.settled().await;
    let refunds = refund::of_charge(shop.inbox(), charge.id).await.unwrap();
    assert_eq!(refunds.len(), 1, "{refunds:?}");
    assert_eq!(
        (refunds[0].state, refunds[0].amount),
        (RefundState::Succeeded, mxn(40_00))
    );
    assert_eq!(
        (refunds[0].note.as_str(), refunds[0].elsewhere),
        ("Too sweet", false)
    );
    assert_eq!(now(&shop, &charge).await.refunded, Some(mxn(40_00)));
    shop.close().await;
}

#[tokio::test]
async fn a_customer_has_each_payment_refund_and_dispute_with_its_own_time() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    let other = shop.paid(&ana, 70_00).await;
    refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 40_00))
        .await
        .unwrap();
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    let intent = other.stripe_ids.payment_intent.clone().unwrap();
    shop.sandbox
        .account()
        .dispute(&intent, "product_not_received", false)
        .unwrap();
    shop.until_payment(other.id, Payment::Disputed).await;

    let contact = conversation::view(shop.inbox(), ana.conversation)
        .await
        .unwrap()
        .contact;
    let known = customer::view(shop.inbox(), contact).await.unwrap();
    let paid: Vec<_> = known
        .payments
        .iter()
        .map(|payment| (payment.charge, payment.amount, Some(payment.paid_at)))
        .collect();
    assert_eq!(
        paid,
        [
            (charge.id, mxn(100_00), charge.paid_at),
            (other.id, mxn(70_00), other.paid_at)
        ]
    );
    let [refund] = &known.refunds[..] else {
        panic!("{:?}", known.refunds)
    };
    assert_eq!((refund.charge, refund.amount), (charge.id, mxn(40_00)));
    assert!(Some(refund.created_at) >= charge.paid_at);
    let [dispute] = &known.disputes[..] else {
        panic!("{:?}", known.disputes)
    };
    assert_eq!((dispute.charge, dispute.amount), (Some(other.id), mxn(70_00)));
    shop.close().await;
}

#[tokio::test]
async fn all_that_is_left_can_go_back_and_no_more() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 40_00))
        .await
        .unwrap();
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    assert_eq!(
        refund::refundable(shop.inbox(), charge.id).await.unwrap().most,
        Some(mxn(60_00))
    );
    let refused = refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 60_01))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("At most 60.00 MXN"), "{refused}");
    refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 60_00))
        .await
        .unwrap();
    shop.until_payment(charge.id, Payment::Refunded).await;
    let none = refund::refundable(shop.inbox(), charge.id).await.unwrap();
    assert_eq!(none.why_not.unwrap().code, "already_refunded");
    shop.close().await;
}

#[tokio::test]
async fn an_amount_that_was_not_typed_moves_nothing() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    let new = NewRefund {
        typed: "10".into(),
        ..new_refund(&charge, 100_00)
    };
    let refused = refund::create(shop.inbox(), Actor::Person, new)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("Type the amount to confirm: 100.00"),
        "{refused}"
    );
    assert!(
        refund::of_charge(shop.inbox(), charge.id)
            .await
            .unwrap()
            .is_empty()
    );
    shop.close().await;
}

#[tokio::test]
async fn what_was_paid_in_cash_says_so_before() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(charge.id, Payment::Processing).await;
    shop.sandbox
        .account()
        .pay_voucher(&waiting.stripe_ids.payment_intent.unwrap());
    shop.until_payment(charge.id, Payment::Paid).await;
    let none = refund::refundable(shop.inbox(), charge.id).await.unwrap();
    assert_eq!(
        (none.most, none.why_not.unwrap().code.as_str()),
        (None, "not_refundable")
    );
    assert!(
        refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 10_00))
            .await
            .is_err()
    );
    shop.close().await;
}

#[tokio::test]
async fn a_refund_made_elsewhere_is_a_line_too() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    let intent = charge.stripe_ids.payment_intent.clone().unwrap();
    refunded_elsewhere(&shop, &intent, 25_00).await;
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    shop.settled().await;
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.refunds.len(), 1);
    assert!(view.refunds[0].elsewhere);
    assert_eq!(view.refunds[0].amount, mxn(25_00));
    shop.close().await;
}

#[tokio::test]
async fn a_refund_that_stripe_refuses_says_why_and_stays_undone() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    shop.hears_nothing();
    let intent = charge.stripe_ids.payment_intent.clone().unwrap();
    refunded_elsewhere(&shop, &intent, 100_00).await;
    let refused = refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 100_00))
        .await
        .unwrap();
    assert_eq!(refused.state, RefundState::Stopped);
    assert!(refused.problem.unwrap().advice.contains("already been refunded"));
    shop.close().await;
}

async fn refunded_elsewhere(shop: &TestShop, intent: &str, minor: i64) {
    let new = cobro_stripe::NewRefund {
        payment_intent: intent,
        amount: Some(mxn(minor)),
        reason: None,
        metadata: &[],
    };
    let stripe = shop.inbox().stripe().unwrap();
    stripe.create_refund(&new, "elsewhere-1").await.unwrap();
}
