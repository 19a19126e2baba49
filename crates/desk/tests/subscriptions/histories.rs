//! Random histories of subscribers: whatever happens, and however its events are shuffled, doubled, delayed or
//! lost, the books and the subscription end as Stripe's own dump has them.

use cobro_core::Actor;
use cobro_core::domain::{Deed, DeedId, NewDeed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

#[tokio::test]
async fn a_subscription_ends_as_stripe_has_it_whatever_was_heard() {
    for seed in histories(2) {
        one_history(seed).await;
    }
}

async fn one_history(seed: u64) {
    let mut fate = StdRng::seed_from_u64(seed);
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, known) = shop.subscribed(&ana, 320_00, monthly()).await;
    shop.settled().await;
    shop.sandbox.faults().set_webhooks(WebhookFaults {
        duplicate: 0.5,
        reorder: true,
        delay_ms: (0, 80),
        drop: 0.4,
        seed,
    });
    let customer = shop.objects("subscription").await[0]["customer"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..fate.random_range(5..9) {
        happens(&shop, &ana, &known, &customer, &mut fate).await;
    }
    let report = shop.reconciled().await;
    assert!(report.closes, "history {seed}: {report:#?}");
    assert_eq!(report.open, 0, "history {seed}: {report:#?}");
    assert_eq!(shop.reconciled().await.run.repaired, 0, "history {seed}");

    // What no payment tells is read back when the desk starts.
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    let shop = shop.restart().await;
    let theirs = &shop.objects("subscription").await[0];
    let (payments, paid) = paid_objects(&shop).await;
    let ours = shop
        .until_subscription(&ana, "as at Stripe", |now| {
            now.status == expected(theirs) && now.payments == payments
        })
        .await;
    assert_eq!(ours.paid.minor(), paid, "history {seed}");
    let received = now(&shop, &charge).await.received;
    assert_eq!(
        received.map_or(320_00, |money| money.minor()),
        paid,
        "history {seed}"
    );
    shop.close().await;
}

/// Lets one thing happen. What can't be any more is refused, and that is fine.
async fn happens(
    shop: &TestShop,
    ana: &TestCustomer,
    known: &Subscription,
    customer: &str,
    fate: &mut StdRng,
) {
    let deed = |deed| NewDeed {
        id: DeedId::new(),
        subscription: known.id.clone(),
        deed,
        typed: String::new(),
    };
    match fate.random_range(0..8) {
        0 => drop(shop.sandbox.account().set_card(customer, fate.random_bool(0.6))),
        1 => drop(subscription::act(shop.inbox(), Actor::Person, deed(Deed::Pause { until: None })).await),
        2 => drop(subscription::act(shop.inbox(), Actor::Person, deed(Deed::Resume)).await),
        3 => shop.passes(ana, DAY * fate.random_range(1..8)),
        _ => shop.passes(ana, DAY * 31),
    }
    tokio::time::sleep(Duration::from_millis(fate.random_range(0..60))).await;
}

async fn paid_objects(shop: &TestShop) -> (u32, i64) {
    let invoices = shop.objects("invoice").await;
    let paid: Vec<i64> = invoices
        .iter()
        .filter(|invoice| invoice["status"] == "paid")
        .map(|invoice| invoice["amount_paid"].as_i64().unwrap())
        .collect();
    (u32::try_from(paid.len()).unwrap(), paid.iter().sum())
}

fn expected(theirs: &Value) -> SubscriptionStatus {
    match theirs["status"].as_str().unwrap() {
        "canceled" => SubscriptionStatus::Cancelled,
        _ if !theirs["pause_collection"].is_null() => SubscriptionStatus::Paused,
        "active" => SubscriptionStatus::Active,
        _ => SubscriptionStatus::PastDue,
    }
}
