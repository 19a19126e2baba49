//! Random histories: whatever is paid, declined, given back, disputed or left to run out, and however its
//! events are shuffled, doubled, delayed or lost, the books end as Stripe's own dump has them.

use cobro_core::conversation;
use cobro_core::domain::{ChargeTerms, Currency};
use cobro_sandbox::stripe::PayWith;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::truth::{remaining, truth};
use super::*;

/// What a history's customers pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sales {
    /// By card or at an OXXO, in pesos.
    Pesos,
    /// By card, Pix or Boleto, in reais.
    Reais,
    /// By transfer or card, in pesos.
    Transfers,
}

#[tokio::test]
async fn the_books_end_as_stripe_has_them_whatever_was_heard() {
    for seed in histories(3) {
        one_history(Sales::Pesos, seed).await;
    }
}

#[tokio::test]
async fn the_books_of_pix_and_boleto_end_as_stripe_has_them_whatever_was_heard() {
    for seed in histories(2) {
        one_history(Sales::Reais, seed).await;
    }
}

#[tokio::test]
async fn the_books_of_transfers_end_as_stripe_has_them_whatever_was_heard() {
    for seed in histories(2) {
        one_history(Sales::Transfers, seed).await;
    }
}

async fn one_history(sales: Sales, seed: u64) {
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
        let new = sales.asks(&shop, &ana, &mut fate);
        charges.push(shop.create(new).await.unwrap());
    }
    for _ in 0..fate.random_range(4..12) {
        let charge = &charges[fate.random_range(0..charges.len())];
        happens(&shop, sales, charge, &mut fate).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let report = shop.reconciled().await;
    assert!(report.closes, "{sales:?} {seed}: {report:#?}");

    let truth = truth(&shop).await;
    for charge in &charges {
        let ours = now(&shop, charge).await;
        let theirs = truth.get(&charge.id).cloned().unwrap_or_default();
        assert_eq!(
            ours.payment,
            theirs.payment(&ours),
            "{sales:?} {seed}: {theirs:?}"
        );
        assert_eq!(
            (minor(ours.refunded), minor(ours.received)),
            (theirs.refunded, theirs.received(&ours)),
            "{sales:?} {seed}: {theirs:?}"
        );
    }
    let kept: i64 = truth
        .values()
        .map(|theirs| theirs.paid - theirs.refunded - theirs.taken)
        .sum();
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    let ours: i64 = view.stats.lifetime.iter().map(|money| money.minor()).sum();
    // A bank may take back more than was left: nobody has paid less than nothing.
    assert_eq!(ours, kept.max(0), "{sales:?} {seed}");
    // Another reading finds nothing more to do.
    assert_eq!(shop.reconciled().await.run.repaired, 0, "{sales:?} {seed}");
    shop.sandbox.faults().set_webhooks(WebhookFaults::default());
    shop.close().await;
}

fn minor(money: Option<Money>) -> i64 {
    money.map_or(0, Money::minor)
}

impl Sales {
    /// Returns what is asked for. A transfer has a page of its own, which is paid once.
    fn asks(self, shop: &TestShop, customer: &TestCustomer, fate: &mut StdRng) -> NewCharge {
        let minor = fate.random_range(20_00..900_00);
        let amount = match self {
            Self::Pesos | Self::Transfers => mxn(minor),
            Self::Reais => Money::from_minor(minor, Currency::from_code("BRL").unwrap()).unwrap(),
        };
        let new = shop.new_charge(customer, amount);
        if self == Self::Transfers {
            let methods = ["customer_balance", "card"].map(Into::into).into();
            return NewCharge {
                terms: ChargeTerms {
                    methods,
                    ..ChargeTerms::default()
                },
                ..new
            };
        }
        if fate.random_bool(0.3) { reusable(new) } else { new }
    }

    fn means(self, fate: &mut StdRng) -> PayWith {
        let slower = match self {
            Self::Pesos => PayWith::oxxo(),
            Self::Reais if fate.random_bool(0.5) => PayWith::pix(),
            Self::Reais => PayWith::boleto(),
            Self::Transfers => PayWith::transfer(),
        };
        match fate.random_range(0..if self == Self::Pesos { 4 } else { 6 }) {
            0 | 1 => PayWith::card("4242424242424242"),
            2 => PayWith::card("4000000000000002"),
            _ => slower,
        }
    }
}

/// Lets one thing happen. What can't be is refused, and that is fine.
async fn happens(shop: &TestShop, sales: Sales, charge: &Charge, fate: &mut StdRng) {
    let stripe = shop.sandbox.account();
    match fate.random_range(0..10) {
        0..=3 => drop(stripe.pay_link(at(charge), sales.means(fate))),
        4 | 5 => money_comes(shop, sales, fate).await,
        6 => {
            let longest = if sales == Sales::Transfers { 3 } else { 96 };
            shop.sandbox
                .advance(Duration::from_hours(fate.random_range(1..=longest)));
        }
        7 => dispute_one(shop, fate).await,
        8 => close_one(shop, fate).await,
        _ => give_back(shop, fate).await,
    }
    tokio::time::sleep(Duration::from_millis(fate.random_range(0..40))).await;
}

/// Returns where the charge is paid.
fn at(charge: &Charge) -> &str {
    let ids = &charge.stripe_ids;
    ids.payment_link
        .as_deref()
        .or(ids.checkout_session.as_deref())
        .unwrap()
}

/// Pays whatever waits for it, or lets it run out; of a transfer a part, all of it, or too much.
async fn money_comes(shop: &TestShop, sales: Sales, fate: &mut StdRng) {
    let stripe = shop.sandbox.account();
    for intent in waiting(shop).await {
        let id = intent["id"].as_str().unwrap();
        if sales != Sales::Transfers {
            drop(if fate.random_bool(0.8) {
                stripe.pay_voucher(id)
            } else {
                stripe.expire_voucher(id)
            });
        } else if fate.random_bool(0.7) {
            let missing = remaining(&intent).unwrap_or(1_00);
            drop(stripe.transfer(id, fate.random_range(1..=missing + missing / 3)));
        }
    }
}

async fn waiting(shop: &TestShop) -> Vec<Value> {
    let mut intents = shop.objects("payment_intent").await;
    intents.retain(|intent| intent["status"] == "requires_action");
    intents
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

/// Gives part of some payment back, as in Stripe's dashboard, and lets one that is under way arrive or come back.
async fn give_back(shop: &TestShop, fate: &mut StdRng) {
    for refund in shop.objects("refund").await {
        if refund["status"] == "pending" {
            let id = refund["id"].as_str().unwrap();
            let _ = shop.sandbox.account().end_refund(id, fate.random_bool(0.7));
        }
    }
    let charges = shop.objects("charge").await;
    let Some(charge) = charges.get(fate.random_range(0..charges.len().max(1))) else {
        return;
    };
    let left = charge["amount"].as_i64().unwrap() - charge["amount_refunded"].as_i64().unwrap();
    if charge["status"] != "succeeded" || left <= 0 {
        return;
    }
    let currency = Currency::from_code(&charge["currency"].as_str().unwrap().to_uppercase()).unwrap();
    let amount = Money::from_minor(fate.random_range(1..=left), currency).unwrap();
    let new = cobro_stripe::NewRefund {
        payment_intent: charge["payment_intent"].as_str().unwrap(),
        amount: Some(amount),
        reason: None,
        metadata: &[],
    };
    let key = format!("history-{}", fate.random::<u64>());
    let _ = shop.inbox().stripe().unwrap().create_refund(&new, &key).await;
}
