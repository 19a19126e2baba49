//! Where money is easily miscounted: links paid often, money that went back before anybody looked, and none at all.

use cobro_core::domain::{ChargeId, ChargeTerms, Fulfilment, Part, Payment, RefundState};
use cobro_core::{Actor, refund, verify};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};
use cobro_stripe::{CouponDuration, NewCoupon, NewPromotionCode, NewRefund as ToStripe, Off};

use super::refunds::new_refund;
use super::*;

const CARD: &str = "4242424242424242";

impl TestShop {
    /// Gives money back in Stripe's dashboard.
    async fn given_back_elsewhere(&self, charge: &Charge, minor: i64) {
        let stripe = self.inbox().stripe().unwrap();
        let link = charge.stripe_ids.payment_link.clone().unwrap();
        let visits = stripe.sessions_of_payment_link(&link).await.unwrap();
        let refund = ToStripe {
            payment_intent: visits[0].payment_intent_id.as_deref().unwrap(),
            amount: Some(mxn(minor)),
            reason: None,
            metadata: &[],
        };
        stripe.create_refund(&refund, "elsewhere").await.unwrap();
    }
}

#[tokio::test]
async fn a_link_that_may_be_paid_often_can_be_ended_after_a_payment() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop
        .create(reusable(shop.new_charge(&ana, mxn(100_00))))
        .await
        .unwrap();
    shop.pays(&charge);
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    let ended = charge::cancel(shop.inbox(), Actor::Person, charge.id)
        .await
        .unwrap();
    assert!(ended.switched_off);
    assert_eq!(ended.payment, Payment::Paid, "what came stays paid");
    let link = charge.stripe_ids.payment_link.unwrap();
    assert!(
        !shop
            .sandbox
            .account()
            .pay_link(&link, PayWith::card(CARD))
            .is_paid()
    );
    assert!(
        charge::cancel(shop.inbox(), Actor::Person, charge.id)
            .await
            .is_err(),
        "once"
    );
    shop.close().await;
}

#[tokio::test]
async fn whoever_pays_after_a_refund_of_another_one_is_thanked_too() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop
        .create(reusable(shop.new_charge(&ana, mxn(100_00))))
        .await
        .unwrap();
    shop.pays(&charge);
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    refund::create(shop.inbox(), Actor::Person, new_refund(&paid, 40_00))
        .await
        .unwrap();
    shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    shop.settled().await;
    let before = ana.phone.inbox().len();
    shop.pays(&charge);
    shop.until("the second thank-you is on the phone", || {
        ana.phone.inbox().len() == before + 1
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn what_was_partly_given_back_before_anybody_looked_was_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    shop.settled().await;
    shop.hears_nothing();
    shop.pays(&charge);
    shop.given_back_elsewhere(&charge, 30_00).await;
    let report = shop.reconciled().await;
    assert!(report.closes, "{report:#?}");
    let known = now(&shop, &charge).await;
    assert_eq!(known.payment, Payment::PartlyRefunded);
    assert!(known.paid_at.is_some());
    assert_eq!(known.fulfilment, Some(Fulfilment::New));
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    shop.close().await;
}

#[tokio::test]
async fn the_rest_of_a_deposit_that_was_paid_is_not_charged_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let half = ChargeTerms {
        deposit: Some(Part::Percent { basis_points: 5_000 }),
        ..ChargeTerms::default()
    };
    let new = NewCharge {
        lines: vec![free_line("Torta", Some(mxn(400_00)))],
        terms: half,
        ..shop.new_charge(&ana, mxn(200_00))
    };
    let deposit = shop.create(new).await.unwrap();
    shop.pays(&deposit);
    shop.until_payment(deposit.id, Payment::Paid).await;
    let rest = charge::charge_rest(shop.inbox(), Actor::Person, ChargeId::new(), deposit.id)
        .await
        .unwrap();
    shop.pays(&rest);
    shop.until_payment(rest.id, Payment::Paid).await;
    shop.settled().await;
    // As after a payment that was tied: the link was switched off, and the money is there.
    shop.tampered("UPDATE charges SET closed = 'cancel' WHERE rest_of IS NOT NULL")
        .await;
    assert!(
        charge::charge_rest(shop.inbox(), Actor::Person, ChargeId::new(), deposit.id)
            .await
            .is_err()
    );
    shop.close().await;
}

#[tokio::test]
async fn a_code_that_takes_everything_off_settles_the_charge() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let stripe = shop.inbox().stripe().unwrap();
    let coupon = NewCoupon {
        name: "Gratis",
        off: Off::BasisPoints(10_000),
        duration: CouponDuration::Once,
        most_uses: None,
        until: None,
        metadata: &[],
    };
    let coupon = stripe.create_coupon(&coupon, "coupon").await.unwrap();
    let code = NewPromotionCode {
        coupon: &coupon.id,
        code: Some("GRATIS"),
        customer: None,
        least_amount: None,
        first_payment_only: false,
        most_uses: None,
        until: None,
        metadata: &[],
    };
    stripe.create_promotion_code(&code, "code").await.unwrap();
    let new = NewCharge {
        terms: ChargeTerms {
            promotion_codes: true,
            ..ChargeTerms::default()
        },
        ..shop.new_charge(&ana, mxn(100_00))
    };
    let charge = shop.create(new).await.unwrap();
    let link = charge.stripe_ids.payment_link.clone().unwrap();
    reqwest::get(charge.link.as_deref().unwrap()).await.unwrap();
    let visits = stripe.sessions_of_payment_link(&link).await.unwrap();
    shop.sandbox.account().type_code(&visits[0].id, "GRATIS").unwrap();
    let outcome = shop
        .sandbox
        .account()
        .pay_link(&visits[0].id, PayWith::card(CARD));

    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.fulfilment, Some(Fulfilment::New), "{outcome:?}");
    assert_eq!(paid.stripe_ids.payment_intent, None);
    shop.settled().await;
    shop.until("the thank-you is on the phone", || {
        let inbox = ana.phone.inbox();
        inbox.iter().any(|text| text.contains("no tienes nada que pagar"))
    })
    .await;
    assert!(ana.phone.inbox().iter().all(|text| !text.contains("MX$0.00")));
    let told = shop.announced().await.join("\n");
    assert!(told.contains("no paga nada") && !told.contains("0.00"), "{told}");
    assert_eq!(
        verify::check(shop.inbox()).await.unwrap(),
        0,
        "it is no payment to look for"
    );
    let report = shop.reconciled().await;
    assert_eq!((report.open, report.closes), (0, true), "{report:#?}");
    shop.close().await;
}

#[tokio::test]
async fn a_refund_that_fails_after_one_has_looked_away_is_told() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    shop.announced().await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::always(Kind::LostRequest)));
    let asked = refund::create(shop.inbox(), Actor::Person, new_refund(&charge, 100_00))
        .await
        .unwrap();
    assert_eq!(asked.state, RefundState::Wanted);
    // Meanwhile the customer's bank takes the money, so that Stripe gives none of it back.
    let intent = charge.stripe_ids.payment_intent.clone().unwrap();
    shop.sandbox
        .account()
        .dispute(&intent, "fraudulent", false)
        .unwrap();
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    shop.until_async("it is stopped", || async {
        let refunds = refund::of_charge(shop.inbox(), charge.id).await.unwrap();
        refunds.iter().any(|refund| refund.state == RefundState::Stopped)
    })
    .await;
    let told = shop.announced().await;
    assert!(
        told.iter()
            .any(|line| line.starts_with("El reembolso a Ana no se hizo")),
        "{told:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn what_happened_while_stripe_forgot_its_events_is_read_back() {
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let paid = shop.paid(&ana, 100_00).await;
    let open = shop.charge(&ana, mxn(70_00)).await;
    shop.settled().await;
    shop.hears_nothing();
    let intent = paid.stripe_ids.payment_intent.unwrap();
    shop.in_dashboard("/v1/refunds", &format!("payment_intent={intent}&amount=4000"))
        .await;
    shop.pays(&open);
    // Cobro was closed for longer than Stripe keeps its events, and had read all before.
    shop.tampered(
        "INSERT OR REPLACE INTO meta (key, value)
         VALUES ('stripe.events.cursor', 'evt_forgotten'),
                ('reconciled_at', (unixepoch() + 86400) * 1000),
                ('books.read_at', unixepoch() * 1000),
                ('books.awaited_at', unixepoch() * 1000)",
    )
    .await;
    let shop = shop.restart().await;
    shop.until_payment(open.id, Payment::Paid).await;
    let refunded = shop.until_payment(paid.id, Payment::PartlyRefunded).await;
    assert_eq!(refunded.refunded, Some(mxn(40_00)));
    shop.close().await;
}
