//! A link issued again: one of the two can be paid, never both.

use cobro_core::domain::{ChargeId, Payment, ProductDraft};
use cobro_core::{Actor, catalog, reissue};
use cobro_sandbox::stripe::PayWith;

use super::*;

const CARD: &str = "4242424242424242";

async fn again(shop: &TestShop, old: &Charge) -> cobro_core::Result<Charge> {
    reissue::again(shop.inbox(), Actor::Person, old.id, ChargeId::new()).await
}

#[tokio::test]
async fn a_voucher_that_can_still_be_paid_keeps_its_charge_from_being_issued_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(old.id, Payment::Processing).await;
    let voucher = waiting.stripe_ids.payment_intent.unwrap();
    shop.settled().await;
    let refused = again(&shop, &old).await.unwrap_err().to_string();
    assert!(refused.contains("can be paid until 20"), "{refused}");
    assert_eq!(shop.links().await, 1);
    assert!(shop.sandbox.account().pay_voucher(&voucher).is_paid());
    shop.until_payment(old.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn a_link_used_up_by_a_voucher_that_is_over_is_issued_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(old.id, Payment::Processing).await;
    let voucher = waiting.stripe_ids.payment_intent.unwrap();
    shop.settled().await;
    // That it is over was not heard of: it is read back.
    shop.hears_nothing();
    shop.sandbox.account().expire_voucher(&voucher);

    let id = ChargeId::new();
    let made = reissue::again(shop.inbox(), Actor::Person, old.id, id)
        .await
        .unwrap();
    assert_eq!(
        (made.id, made.amount, made.replaces),
        (id, old.amount, Some(old.id))
    );
    assert_eq!(now(&shop, &old).await.replaced_by, Some(id));
    assert!(!shop.sandbox.account().pay_voucher(&voucher).is_paid());
    // A second click is the same charge, another one is refused.
    let second = reissue::again(shop.inbox(), Actor::Person, old.id, id)
        .await
        .unwrap();
    assert_eq!(second.id, id);
    assert!(again(&shop, &old).await.is_err());
    shop.close().await;
}

#[tokio::test]
async fn money_that_nobody_has_heard_of_is_seen_before_a_second_link_is_made() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.charge(&ana, mxn(200_00)).await;
    shop.settled().await;
    shop.hears_nothing();
    shop.pays(&old);
    assert!(again(&shop, &old).await.is_err());
    assert_eq!(now(&shop, &old).await.payment, Payment::Paid);
    assert_eq!(shop.links().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn two_who_issue_again_at_once_make_one_link() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.charge(&ana, mxn(200_00)).await;
    shop.settled().await;
    let (one, two) = tokio::join!(again(&shop, &old), again(&shop, &old));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(shop.links().await, 2, "the old one and the new one");
    shop.close().await;
}

#[tokio::test]
async fn a_charge_without_words_is_issued_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = NewCharge {
        description: String::new(),
        ..shop.new_charge(&ana, mxn(200_00))
    };
    let old = shop.create(new).await.unwrap();
    shop.settled().await;
    let made = again(&shop, &old).await.unwrap();
    assert_eq!((made.payment, made.amount), (Payment::Open, mxn(200_00)));
    shop.close().await;
}

#[tokio::test]
async fn what_could_not_be_made_again_is_left_as_it_was() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = catalog::save(
        shop.inbox(),
        Actor::Person,
        ProductDraft::new("Torta", mxn(450_00)),
    )
    .await
    .unwrap();
    let new = NewCharge {
        lines: vec![line_of(&cake)],
        ..NewCharge::new(ana.conversation, mxn(450_00), "")
    };
    let old = shop.create(new).await.unwrap();
    shop.settled().await;
    catalog::set_active(shop.inbox(), Actor::Person, cake.id, false)
        .await
        .unwrap();
    let refused = again(&shop, &old).await.unwrap_err().to_string();
    assert!(refused.contains("archived"), "{refused}");
    assert!(!now(&shop, &old).await.switched_off);
    shop.pays(&old);
    shop.until_payment(old.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn a_visit_that_is_open_ends_with_its_link() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(200_00)).await;
    let link = charge.stripe_ids.payment_link.clone().unwrap();
    // A declined card leaves the visit open.
    shop.sandbox
        .account()
        .pay_link(&link, PayWith::card("4000000000000002"));
    shop.until_payment(charge.id, Payment::FailedAttempt).await;
    shop.settled().await;
    charge::cancel(shop.inbox(), Actor::Person, charge.id)
        .await
        .unwrap();
    let stripe = shop.inbox().stripe().unwrap();
    let visits = stripe.sessions_of_payment_link(&link).await.unwrap();
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].status.as_deref(), Some("expired"));
    assert!(
        !shop
            .sandbox
            .account()
            .pay_link(&visits[0].id, PayWith::card(CARD))
            .is_paid()
    );
    shop.close().await;
}
