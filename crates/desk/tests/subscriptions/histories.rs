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
        Box::pin(one_history(Agreed::Subscription, seed)).await;
    }
}

#[tokio::test]
async fn a_plan_of_instalments_ends_as_stripe_has_it_whatever_was_heard() {
    for seed in histories(2) {
        Box::pin(one_history(Agreed::Plan, seed)).await;
    }
}

/// What the customer has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreed {
    Subscription,
    Plan,
}

async fn one_history(agreed: Agreed, seed: u64) {
    let mut fate = StdRng::seed_from_u64(seed);
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = agreed.begins(&shop, &ana, &mut fate).await;
    let known = shop.subscription(&ana).await;
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
    assert!(report.closes, "{agreed:?} {seed}: {report:#?}");
    assert_eq!(report.open, 0, "{agreed:?} {seed}: {report:#?}");
    assert_eq!(shop.reconciled().await.run.repaired, 0, "{agreed:?} {seed}");

    // What no payment tells is read back when the desk starts.
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    let shop = shop.restart().await;
    let theirs = &shop.objects("subscription").await[0];
    let (payments, paid) = paid_objects(&shop).await;
    let ours = shop
        .until_subscription(&ana, &format!("as at Stripe: {agreed:?} {seed}"), |now| {
            now.status == expected(theirs, now.instalments, payments) && now.payments == payments
        })
        .await;
    assert_eq!(ours.paid.minor(), paid, "{agreed:?} {seed}");
    let now = now(&shop, &charge).await;
    assert_eq!(
        now.received.map_or(charge.amount.minor(), |money| money.minor()),
        paid,
        "{agreed:?} {seed}"
    );
    if agreed == Agreed::Plan {
        let said = now.instalments.unwrap();
        assert_eq!(
            (said.paid, paid <= now.totals.total.minor()),
            (payments, true),
            "{seed}"
        );
        assert_eq!(shop.objects("subscription_schedule").await.len(), 1, "{seed}");
    }
    shop.close().await;
}

impl Agreed {
    /// Lets the customer agree by the first payment, before anything goes wrong.
    async fn begins(self, shop: &TestShop, ana: &TestCustomer, fate: &mut StdRng) -> Charge {
        match self {
            Self::Subscription => shop.subscribed(ana, 320_00, monthly()).await.0,
            Self::Plan => {
                let plan = Recurrence::Instalments {
                    count: fate.random_range(2..7),
                    interest: if fate.random_bool(0.3) { 1_250 } else { 0 },
                };
                let charge = shop.plan(ana, fate.random_range(90_00..2_000_00), plan).await;
                assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
                let charge = shop.until_payment(charge.id, Payment::Paid).await;
                shop.until_planned().await;
                charge
            }
        }
    }
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

fn expected(theirs: &Value, instalments: Option<u32>, paid: u32) -> SubscriptionStatus {
    if instalments.is_some_and(|count| paid >= count) {
        return SubscriptionStatus::Finished;
    }
    match theirs["status"].as_str().unwrap() {
        "canceled" => SubscriptionStatus::Cancelled,
        _ if !theirs["pause_collection"].is_null() => SubscriptionStatus::Paused,
        "active" => SubscriptionStatus::Active,
        _ => SubscriptionStatus::PastDue,
    }
}
