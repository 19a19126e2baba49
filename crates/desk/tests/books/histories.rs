//! Random histories: whatever is paid, declined, given back, disputed or left to run out, and however its
//! events are shuffled, doubled, delayed or lost, the books end as Stripe's own dump has them.

use std::collections::BTreeMap;

use cobro_core::conversation;
use cobro_core::domain::{ChargeId, Payment};
use cobro_sandbox::stripe::PayWith;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::*;

#[tokio::test]
async fn the_books_end_as_stripe_has_them_whatever_was_heard() {
    for seed in histories(3) {
        one_history(seed).await;
    }
}

async fn one_history(seed: u64) {
    let mut fate = StdRng::seed_from_u64(seed);
    let shop = TestShop::open_with(&[("COBRO_STRIPE_POLL_SECONDS", "3600")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.settled().await;
    shop.sandbox.faults().set_webhooks(WebhookFaults {
        duplicate: 0.5,
        reorder: true,
        delay_ms: (0, 120),
        drop: 0.3,
        seed,
    });
    let mut charges = Vec::new();
    for _ in 0..fate.random_range(2..5) {
        let new = shop.new_charge(&ana, mxn(fate.random_range(20_00..900_00)));
        let new = if fate.random_bool(0.3) { reusable(new) } else { new };
        charges.push(shop.create(new).await.unwrap());
    }
    for _ in 0..fate.random_range(4..12) {
        let charge = &charges[fate.random_range(0..charges.len())];
        happens(&shop, charge, &mut fate).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let report = shop.reconciled().await;
    assert!(report.closes, "history {seed}: {report:#?}");

    let truth = dump(&shop).await;
    for charge in &charges {
        let ours = now(&shop, charge).await;
        let theirs = truth.get(&charge.id).cloned().unwrap_or_default();
        assert_eq!(ours.payment, theirs.payment(&ours), "history {seed}: {theirs:?}");
        assert_eq!(
            ours.refunded.map_or(0, |money| money.minor()),
            theirs.refunded,
            "history {seed}"
        );
    }
    let kept: i64 = truth
        .values()
        .map(|theirs| theirs.paid - theirs.refunded - theirs.taken)
        .sum();
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    let ours: i64 = view.stats.lifetime.iter().map(|money| money.minor()).sum();
    assert_eq!(ours, kept, "history {seed}");
    // Another reading finds nothing more to do.
    assert_eq!(shop.reconciled().await.run.repaired, 0, "history {seed}");
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    shop.close().await;
}

/// Lets one thing happen to a charge.
async fn happens(shop: &TestShop, charge: &Charge, fate: &mut StdRng) {
    let stripe = shop.sandbox.account();
    let link = charge.stripe_ids.payment_link.clone().unwrap();
    match fate.random_range(0..9) {
        0 | 1 => drop(stripe.pay_link(&link, PayWith::card("4242424242424242"))),
        2 => drop(stripe.pay_link(&link, PayWith::card("4000000000000002"))),
        3 => drop(stripe.pay_link(&link, PayWith::oxxo())),
        4 => {
            for intent in waiting(shop).await {
                stripe.pay_voucher(&intent);
            }
        }
        5 => shop
            .sandbox
            .advance(Duration::from_hours(fate.random_range(1..96))),
        6 => dispute_one(shop, fate).await,
        7 => close_one(shop, fate).await,
        _ => give_back(shop, fate).await,
    }
    tokio::time::sleep(Duration::from_millis(fate.random_range(0..40))).await;
}

/// Lets a customer's bank take some payment back. What can't be disputed is refused.
async fn dispute_one(shop: &TestShop, fate: &mut StdRng) {
    let charges = shop.objects("charge").await;
    if let Some(charge) = charges.get(fate.random_range(0..charges.len().max(1))) {
        let intent = charge["payment_intent"].as_str().unwrap();
        let _ = shop.sandbox.account().dispute(intent, "fraudulent", false);
    }
}

/// Ends some dispute, won or lost.
async fn close_one(shop: &TestShop, fate: &mut StdRng) {
    let disputes = shop.objects("dispute").await;
    if let Some(dispute) = disputes.get(fate.random_range(0..disputes.len().max(1))) {
        let id = dispute["id"].as_str().unwrap();
        let _ = shop.sandbox.account().close_dispute(id, fate.random_bool(0.5));
    }
}

async fn waiting(shop: &TestShop) -> Vec<String> {
    shop.objects("payment_intent")
        .await
        .iter()
        .filter(|intent| intent["status"] == "requires_action")
        .map(|intent| intent["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Gives part of some payment back, as in Stripe's dashboard. What can't be given back is refused.
async fn give_back(shop: &TestShop, fate: &mut StdRng) {
    let charges = shop.objects("charge").await;
    let Some(charge) = charges.get(fate.random_range(0..charges.len().max(1))) else {
        return;
    };
    let left = charge["amount"].as_i64().unwrap() - charge["amount_refunded"].as_i64().unwrap();
    if charge["status"] != "succeeded" || left <= 0 {
        return;
    }
    let new = cobro_stripe::NewRefund {
        payment_intent: charge["payment_intent"].as_str().unwrap(),
        amount: Some(mxn(fate.random_range(1..=left))),
        reason: None,
        metadata: &[],
    };
    let key = format!("history-{}", fate.random::<u64>());
    let _ = shop.inbox().stripe().unwrap().create_refund(&new, &key).await;
}

/// What Stripe's own dump says of one charge of ours.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one charge")]
struct Theirs {
    paid: i64,
    refunded: i64,
    waits: bool,
    ran_out: bool,
    declined: bool,
    /// What banks hold back or took back, and whether they do.
    taken: i64,
    disputed: bool,
}

impl Theirs {
    fn payment(&self, charge: &Charge) -> Payment {
        if self.paid > 0 && self.disputed {
            return Payment::Disputed;
        }
        if self.paid > 0 {
            return match (self.refunded, self.paid.cmp(&charge.amount.minor())) {
                (refunded, _) if refunded >= self.paid => Payment::Refunded,
                (refunded, _) if refunded > 0 => Payment::PartlyRefunded,
                (_, std::cmp::Ordering::Greater) if charge.single_use => Payment::Overpaid,
                _ => Payment::Paid,
            };
        }
        match self {
            Self { waits: true, .. } => Payment::Processing,
            Self { ran_out: true, .. } if charge.single_use => Payment::Expired,
            Self { declined: true, .. } | Self { ran_out: true, .. } => Payment::FailedAttempt,
            _ => Payment::Open,
        }
    }
}

async fn dump(shop: &TestShop) -> BTreeMap<ChargeId, Theirs> {
    let mut all: BTreeMap<ChargeId, Theirs> = BTreeMap::new();
    let ours =
        |object: &Value| -> Option<ChargeId> { object["metadata"]["cobro_charge"].as_str()?.parse().ok() };
    let charges = shop.objects("charge").await;
    for charge in &charges {
        let Some(id) = ours(charge) else { continue };
        let of = all.entry(id).or_default();
        if charge["status"] == "succeeded" {
            of.paid += charge["amount"].as_i64().unwrap();
            of.refunded += charge["amount_refunded"].as_i64().unwrap();
        }
    }
    for dispute in shop.objects("dispute").await {
        let disputed = charges.iter().find(|charge| charge["id"] == dispute["charge"]);
        let Some(id) = disputed.and_then(ours) else {
            continue;
        };
        if !matches!(
            dispute["status"].as_str(),
            Some("won" | "warning_closed" | "prevented")
        ) {
            let of = all.entry(id).or_default();
            of.disputed = true;
            of.taken += dispute["amount"].as_i64().unwrap();
        }
    }
    for intent in shop.objects("payment_intent").await {
        let Some(id) = ours(&intent) else { continue };
        let of = all.entry(id).or_default();
        of.waits |= intent["status"] == "requires_action";
        match intent["last_payment_error"]["code"].as_str() {
            Some("payment_intent_payment_attempt_expired") => of.ran_out = true,
            // A visit that ended after a declined card is cancelled; the link still works.
            Some(_) if intent["status"] != "succeeded" => of.declined = true,
            _ => {}
        }
    }
    all
}
