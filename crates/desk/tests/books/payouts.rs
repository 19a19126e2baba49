//! Payouts: what went to the bank, what is in it, and when it arrives.

use cobro_core::domain::{Payout, PayoutContents};
use cobro_core::{payout, refund};

use super::*;

async fn newest(shop: &TestShop) -> Payout {
    payout::page(shop.inbox(), None).await.unwrap().rows.remove(0)
}

async fn contents(shop: &TestShop, of: &Payout) -> PayoutContents {
    payout::contents(shop.inbox(), of.id.clone()).await.unwrap()
}

#[tokio::test]
async fn a_payout_says_whose_money_is_in_it_and_when_it_arrives() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beto = shop.customer("5215587654321", "Beto").await;
    let first = shop.paid(&ana, 1_000_00).await;
    let second = shop.paid(&beto, 500_00).await;
    let back = super::refunds::new_refund(&second, 100_00);
    refund::create(shop.inbox(), cobro_core::Actor::Person, back)
        .await
        .unwrap();
    shop.paid_elsewhere(200_00, PayWith::card("4242424242424242"))
        .await;
    shop.settled().await;
    assert!(
        payout::page(shop.inbox(), None).await.unwrap().rows.is_empty(),
        "nothing is available yet"
    );
    shop.sandbox.advance(Duration::from_hours(3 * 24));
    shop.settled().await;

    let sent = newest(&shop).await;
    // 3.6 % + 3 MXN of each payment stay with Stripe.
    let fees = 39_00 + 21_00 + 10_20;
    let inside = contents(&shop, &sent).await;
    assert_eq!(
        (inside.amount.0, inside.fee.0, inside.net.0, inside.more),
        (1_600_00, fees, 1_600_00 - fees, false),
        "{inside:#?}"
    );
    assert_eq!((sent.amount.0, sent.currency.as_str()), (inside.net.0, "MXN"));
    assert_eq!(sent.arrives.since(sent.created_at), Duration::from_hours(24));
    let mut whose: Vec<_> = inside
        .lines
        .iter()
        .map(|line| (line.amount.0, line.charge, line.customer.clone()))
        .collect();
    whose.sort_by_key(|line| line.0);
    assert_eq!(
        whose,
        [
            (-100_00, Some(second.id), Some("Beto".into())),
            (200_00, None, None),
            (500_00, Some(second.id), Some("Beto".into())),
            (1_000_00, Some(first.id), Some("Ana".into())),
        ]
    );
    shop.close().await;
}

#[tokio::test]
async fn a_payout_that_the_bank_sends_back_says_so() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.paid(&ana, 1_000_00).await;
    shop.sandbox.advance(Duration::from_hours(5 * 24));
    shop.settled().await;
    let sent = newest(&shop).await;
    assert_eq!((sent.status.as_str(), sent.failure.clone()), ("paid", None));
    shop.sandbox.account().fail_payout(&sent.id).unwrap();
    let failed = newest(&shop).await;
    assert_eq!(failed.id, sent.id);
    assert_eq!(failed.status, "failed");
    assert!(failed.failure.is_some(), "{failed:?}");
    shop.close().await;
}
