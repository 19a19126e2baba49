//! Money that behaves badly, and books that close all the same.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::{Shop, text};
use crate::stripe::{PayOutcome, PayWith};

const DAY: u64 = 24 * 3600;

async fn paid_by(shop: &Shop, card: &str) -> String {
    let link = shop.link(450_00, "mxn").await;
    let outcome = shop.stripe.pay_link(text(&link, "url"), PayWith::card(card));
    let PayOutcome::Paid { payment_intent, .. } = outcome else {
        panic!("{outcome:?}")
    };
    shop.wait(Duration::from_secs(2));
    payment_intent
}

async fn all(shop: &Shop, path: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let after = rows
            .last()
            .map(|row| format!("&starting_after={}", text(row, "id")));
        let page = shop
            .get(&format!("{path}?limit=100{}", after.unwrap_or_default()))
            .await
            .ok();
        rows.extend(page["data"].as_array().unwrap().clone());
        if page["has_more"] == false {
            return rows;
        }
    }
}

/// Returns what all movements come to, and what the balance says.
async fn sums(shop: &Shop) -> (i64, i64) {
    let moved = all(shop, "/v1/balance_transactions").await;
    let sum = moved.iter().map(|row| row["net"].as_i64().unwrap()).sum();
    let balance = shop.get("/v1/balance").await.ok();
    let part = |name: &str| balance[name][0]["amount"].as_i64().unwrap();
    (sum, part("available") + part("pending"))
}

#[tokio::test]
async fn a_lost_dispute_takes_the_money_and_a_won_one_gives_it_back() {
    let shop = Shop::open_with(|options| options.pays_out = false).await;
    for (won, status, moved) in [(false, "lost", 1), (true, "won", 2)] {
        let intent = paid_by(&shop, "4242424242424242").await;
        let id = shop
            .stripe
            .dispute(&intent, "product_not_received", false)
            .unwrap();
        let open = shop.get(&format!("/v1/disputes/{id}")).await.ok();
        assert_eq!(
            (&open["status"], &open["reason"]),
            (&"needs_response".into(), &"product_not_received".into())
        );
        assert!(open["evidence_details"]["due_by"].as_i64().unwrap() > shop.clock.now_s());
        let refused = shop
            .post("/v1/refunds", &format!("payment_intent={intent}"))
            .await;
        assert_eq!(refused.error().2, "charge_disputed");
        shop.stripe.close_dispute(&id, won).unwrap();
        let closed = shop.get(&format!("/v1/disputes/{id}")).await.ok();
        assert_eq!(closed["status"], status);
        assert_eq!(closed["balance_transactions"].as_array().unwrap().len(), moved);
        assert!(shop.stripe.close_dispute(&id, won).is_err(), "it is over");
    }
    let told = shop.events().await;
    let of_disputes: Vec<_> = told
        .iter()
        .filter(|kind| kind.starts_with("charge.dispute"))
        .collect();
    assert_eq!(
        of_disputes,
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed"
        ]
    );
    let (sum, balance) = sums(&shop).await;
    assert_eq!(sum, balance);
}

#[tokio::test]
async fn a_dispute_that_nobody_answers_is_lost_and_a_warning_is_dropped() {
    let shop = Shop::open().await;
    let (one, other) = (
        paid_by(&shop, "4000000000000259").await,
        paid_by(&shop, "4242424242424242").await,
    );
    let warning = shop.stripe.dispute(&other, "fraudulent", true).unwrap();
    shop.wait(Duration::from_secs(10 * DAY));
    let lost = shop.get(&format!("/v1/disputes?payment_intent={one}")).await.ok()["data"][0].clone();
    assert_eq!(
        (&lost["status"], &lost["evidence_details"]["past_due"]),
        (&"lost".into(), &true.into())
    );
    let dropped = shop.get(&format!("/v1/disputes/{warning}")).await.ok();
    assert_eq!(dropped["status"], "warning_closed");
    assert!(dropped["balance_transactions"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn evidence_is_handed_in_once() {
    let shop = Shop::open().await;
    let intent = paid_by(&shop, "4242424242424242").await;
    let id = shop.stripe.dispute(&intent, "fraudulent", false).unwrap();
    let path = format!("/v1/disputes/{id}");
    let answer = "evidence[uncategorized_text]=Entregado&submit=true";
    assert_eq!(shop.post(&path, answer).await.ok()["status"], "under_review");
    assert_eq!(shop.post(&path, answer).await.status, 400);
    shop.wait(Duration::from_secs(20 * DAY));
    assert_eq!(
        shop.get(&path).await.ok()["status"],
        "under_review",
        "the bank decides, not the deadline"
    );
}

#[tokio::test]
async fn refunds_wait_arrive_or_come_back() {
    let shop = Shop::open().await;
    for (card, first, last) in [
        ("4242424242424242", "succeeded", "succeeded"),
        ("4000000000007726", "pending", "succeeded"),
        ("4000000000005126", "succeeded", "failed"),
    ] {
        let intent = paid_by(&shop, card).await;
        let refund = shop
            .post("/v1/refunds", &format!("payment_intent={intent}"))
            .await
            .ok();
        assert_eq!(refund["status"], first, "{card}");
        shop.wait(Duration::from_secs(4 * DAY));
        let path = format!("/v1/refunds/{}", text(&refund, "id"));
        assert_eq!(shop.get(&path).await.ok()["status"], last, "{card}");
        let charge = shop
            .get(&format!("/v1/charges/{}", text(&refund, "charge")))
            .await
            .ok();
        let left = if last == "failed" { 0 } else { 450_00 };
        assert_eq!(charge["amount_refunded"], left, "{card}");
    }
    let (sum, balance) = sums(&shop).await;
    assert_eq!(sum, balance);
}

#[tokio::test]
async fn each_night_what_is_available_goes_to_the_bank() {
    let shop = Shop::open().await;
    paid_by(&shop, "4242424242424242").await;
    paid_by(&shop, "4242424242424242").await;
    shop.wait(Duration::from_secs(3 * DAY));
    let payouts = all(&shop, "/v1/payouts").await;
    assert_eq!(payouts.len(), 1);
    let payout = &payouts[0];
    assert_eq!(payout["amount"], 2 * 430_80);
    let inside = format!("/v1/balance_transactions?payout={}", text(payout, "id"));
    let inside = shop.get(&inside).await.ok();
    let nets: Vec<i64> = inside["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["net"].as_i64().unwrap())
        .collect();
    assert_eq!(nets, [-861_60, 430_80, 430_80]);
    shop.wait(Duration::from_secs(2 * DAY));
    let id = text(payout, "id");
    assert_eq!(
        shop.get(&format!("/v1/payouts/{id}")).await.ok()["status"],
        "paid"
    );
    shop.stripe.fail_payout(id).unwrap();
    let failed = shop.get(&format!("/v1/payouts/{id}")).await.ok();
    assert_eq!(
        (&failed["status"], &failed["failure_code"]),
        (&"failed".into(), &"account_closed".into())
    );
    shop.wait(Duration::from_secs(DAY));
    assert_eq!(
        all(&shop, "/v1/payouts").await.len(),
        2,
        "it is sent again the next night"
    );
}

/// Makes a session for a transfer of 500 MXN and returns its payment, with its customer.
async fn transfer(shop: &Shop) -> (String, String) {
    let customer = shop.post("/v1/customers", "name=Ana").await.ok();
    let customer = text(&customer, "id").to_owned();
    let form = format!(
        "mode=payment&customer={customer}&success_url=https://x.example/&line_items[0][quantity]=1\
         &line_items[0][price_data][currency]=mxn&line_items[0][price_data][unit_amount]=50000\
         &line_items[0][price_data][product_data][name]=Mesa&allowed_payment_method_types[0]=customer_balance\
         &payment_method_options[customer_balance][funding_type]=bank_transfer\
         &payment_method_options[customer_balance][bank_transfer][type]=mx_bank_transfer"
    );
    let session = shop.post("/v1/checkout/sessions", &form).await.ok();
    let outcome = shop.stripe.pay_link(text(&session, "id"), PayWith::transfer());
    let PayOutcome::Transfer { payment_intent, .. } = outcome else {
        panic!("{outcome:?}")
    };
    (payment_intent, customer)
}

#[tokio::test]
async fn a_transfer_may_be_too_little_and_too_much() {
    let shop = Shop::open().await;
    let (intent, customer) = transfer(&shop).await;
    let part = shop.stripe.transfer(&intent, 200_00);
    assert!(
        matches!(
            part,
            PayOutcome::PartlyFunded {
                remaining: 300_00,
                ..
            }
        ),
        "{part:?}"
    );
    let waits = shop.get(&format!("/v1/payment_intents/{intent}")).await.ok();
    let instructions = &waits["next_action"]["display_bank_transfer_instructions"];
    assert_eq!(instructions["amount_remaining"], 300_00);
    assert!(shop.stripe.transfer(&intent, 350_00).is_paid());
    let cash = shop
        .get(&format!("/v1/customers/{customer}/cash_balance"))
        .await
        .ok();
    assert_eq!(cash["available"]["mxn"], 50_00);
    let told = shop.events().await;
    for kind in [
        "payment_intent.partially_funded",
        "cash_balance.funds_available",
        "checkout.session.async_payment_succeeded",
    ] {
        assert!(told.contains(&kind.to_owned()), "{kind}: {told:?}");
    }
    let refused = shop.stripe.dispute(&intent, "fraudulent", false);
    assert!(refused.is_err(), "a transfer can't be disputed");
}

#[tokio::test]
async fn months_without_interest_need_the_session_and_the_card() {
    let shop = Shop::open().await;
    let form = "mode=payment&success_url=https://x.example/&line_items[0][quantity]=1\
         &line_items[0][price_data][currency]=mxn&line_items[0][price_data][unit_amount]=300000\
         &line_items[0][price_data][product_data][name]=Mesa\
         &payment_method_options[card][installments][enabled]=true";
    for (card, months) in [("5062210000000009", Some(6)), ("4242424242424242", None)] {
        let session = shop.post("/v1/checkout/sessions", form).await.ok();
        let with = PayWith::card(card).in_months(6);
        let PayOutcome::Paid { charge, .. } = shop.stripe.pay_link(text(&session, "id"), with) else {
            panic!("not paid")
        };
        let charge = shop.get(&format!("/v1/charges/{charge}")).await.ok();
        let plan = &charge["payment_method_details"]["card"]["installments"]["plan"];
        assert_eq!(plan["count"].as_i64(), months, "{card}");
    }
}

/// Does one of the things that can happen to a shop's money.
async fn anything(shop: &Shop, dice: &mut StdRng, paid: &mut Vec<String>) {
    const CARDS: [&str; 6] = [
        "4242424242424242",
        "4000000000000002",
        "4000000000000259",
        "4000000000005126",
        "4000000000007726",
        "378282246310005",
    ];
    let old = (!paid.is_empty()).then(|| paid[dice.random_range(0..paid.len())].clone());
    match (dice.random_range(0..8), old) {
        (0, Some(intent)) => {
            let amount = dice.random_range(1_00..200_00);
            let form = format!("payment_intent={intent}&amount={amount}");
            shop.post("/v1/refunds", &form).await;
        }
        (1, Some(intent)) => drop(shop.stripe.dispute(&intent, "fraudulent", dice.random_bool(0.3))),
        (2, _) => {
            let open = shop.get("/v1/disputes").await.ok()["data"]
                .as_array()
                .unwrap()
                .clone();
            if let Some(dispute) = open.first() {
                drop(
                    shop.stripe
                        .close_dispute(text(dispute, "id"), dice.random_bool(0.5)),
                );
            }
        }
        (3, _) => {
            let payouts = shop.get("/v1/payouts").await.ok()["data"]
                .as_array()
                .unwrap()
                .clone();
            if let Some(payout) = payouts.first().filter(|_| dice.random_bool(0.3)) {
                drop(shop.stripe.fail_payout(text(payout, "id")));
            }
        }
        (4, _) => {
            let (intent, _) = transfer(shop).await;
            for _ in 0..dice.random_range(1..4) {
                shop.stripe.transfer(&intent, dice.random_range(100_00..400_00));
            }
            paid.push(intent);
        }
        _ => {
            let link = shop.link(dice.random_range(20_00..900_00), "mxn").await;
            let with = if dice.random_bool(0.2) {
                PayWith::oxxo().named("Ana")
            } else {
                PayWith::card(CARDS[dice.random_range(0..CARDS.len())])
            };
            match shop.stripe.pay_link(text(&link, "url"), with) {
                PayOutcome::Paid { payment_intent, .. } => paid.push(payment_intent),
                PayOutcome::Voucher { payment_intent, .. } if dice.random_bool(0.7) => {
                    shop.stripe.pay_voucher(&payment_intent);
                    paid.push(payment_intent);
                }
                _ => {}
            }
        }
    }
    shop.wait(Duration::from_secs(dice.random_range(2..DAY)));
}

#[tokio::test]
async fn whatever_happens_the_books_close() {
    for seed in 0..6 {
        let shop = Shop::open().await;
        let mut dice = StdRng::seed_from_u64(seed);
        let mut paid = Vec::new();
        for _ in 0..60 {
            anything(&shop, &mut dice, &mut paid).await;
        }
        shop.wait(Duration::from_secs(30 * DAY));
        let (sum, balance) = sums(&shop).await;
        assert_eq!(sum, balance, "seed {seed}");
        for payout in all(&shop, "/v1/payouts").await {
            let inside = all_of_payout(&shop, text(&payout, "id")).await;
            assert_eq!(inside, 0, "seed {seed}: a payout is what is in it");
        }
    }
}

async fn all_of_payout(shop: &Shop, payout: &str) -> i64 {
    let moved = shop
        .get(&format!("/v1/balance_transactions?limit=100&payout={payout}"))
        .await
        .ok();
    assert_eq!(moved["has_more"], false);
    moved["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["net"].as_i64().unwrap())
        .sum()
}
