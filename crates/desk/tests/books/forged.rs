//! A row that says paid without Stripe turns red.

use cobro_core::domain::Payment;
use cobro_core::{conversation, verify};
use cobro_sandbox::stripe::PayWith;

use super::*;

/// Until its fee is known a payment is read again, and would come back under its own name.
async fn until_read_to_its_end(shop: &TestShop, charge: &Charge) {
    shop.sandbox.advance(Duration::from_secs(2));
    shop.until_async("the fee is known", || async {
        now(shop, charge).await.fee.is_some()
    })
    .await;
    shop.settled().await;
}

#[tokio::test]
async fn a_charge_that_somebody_marked_paid_turns_red() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(900_00)).await;
    shop.announced().await;
    shop.tampered("UPDATE charges SET payment = 'paid', paid_at = created_at, fulfilment = 'new'")
        .await;
    assert_eq!(
        now(&shop, &charge).await.payment,
        Payment::Paid,
        "as the forger wanted it"
    );

    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 1);
    let red = now(&shop, &charge).await;
    assert_eq!(red.payment, Payment::Unknown);
    assert_eq!(red.paid_at, None);
    assert_eq!(red.fulfilment, None, "nothing is handed over for it");
    assert_eq!(red.problem.unwrap().code, "not_at_stripe");
    let problems = shop.inbox().problems.all();
    assert!(
        problems.iter().any(|problem| problem.id == "books.contested"),
        "{problems:?}"
    );
    assert_eq!(
        shop.announced().await,
        ["Stripe no conoce el pago de Ana: MX$900.00 figuraba como pagado. No entregues nada todavía"]
    );
    // Looking again tells nothing anew.
    verify::check(shop.inbox()).await.unwrap();
    assert!(shop.announced().await.is_empty());
    shop.close().await;
}

#[tokio::test]
async fn a_payment_that_somebody_made_up_turns_red_too() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let real = shop.paid(&ana, 100_00).await;
    let forged = shop.charge(&ana, mxn(900_00)).await;
    shop.tampered(
        "INSERT INTO payments (payment_intent, stripe_charge, charge_id, status, amount_minor, currency, refunded_minor,
                               disputed, fee_minor, net_minor, fee_currency, livemode, paid_at, verified_at, raw)
         SELECT 'pi_3FORGED', 'ch_3FORGED', id, 'succeeded', amount_minor, currency, 0, 0, 100, amount_minor - 100,
                currency, 0, created_at, created_at, '{}'
         FROM charges WHERE amount_minor = 90000;
         UPDATE charges SET payment = 'paid', paid_at = created_at WHERE amount_minor = 90000;",
    )
    .await;

    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 1);
    assert_eq!(now(&shop, &forged).await.payment, Payment::Unknown);
    assert_eq!(now(&shop, &real).await.payment, Payment::Paid);
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.stats.lifetime, [mxn(100_00)], "made-up money counts nowhere");
    shop.close().await;
}

#[tokio::test]
async fn a_check_at_the_next_start_finds_it_by_itself() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(900_00)).await;
    shop.settled().await;
    shop.tampered("UPDATE charges SET payment = 'paid', paid_at = created_at")
        .await;
    let shop = shop.restart().await;
    shop.until_payment(charge.id, Payment::Unknown).await;
    shop.close().await;
}

#[tokio::test]
async fn a_red_charge_that_is_really_paid_is_paid_and_thanked() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(900_00)).await;
    shop.tampered("UPDATE charges SET payment = 'paid', paid_at = created_at")
        .await;
    verify::check(shop.inbox()).await.unwrap();
    shop.pays(&charge);
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!((paid.contested_at, paid.problem), (None, None));
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() > 1)
        .await;
    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 0);
    shop.close().await;
}

#[tokio::test]
async fn a_person_may_put_a_red_charge_back_to_what_stripe_says() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(900_00)).await;
    shop.tampered("UPDATE charges SET payment = 'paid', paid_at = created_at")
        .await;
    verify::check(shop.inbox()).await.unwrap();
    verify::accept(shop.inbox(), charge.id).await.unwrap();
    assert_eq!(now(&shop, &charge).await.payment, Payment::Open);
    assert!(
        !shop
            .inbox()
            .problems
            .all()
            .iter()
            .any(|problem| problem.id == "books.contested")
    );
    shop.close().await;
}

#[tokio::test]
async fn another_accounts_key_calls_nobody_a_forger() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let paid = shop.paid(&ana, 100_00).await;
    until_read_to_its_end(&shop, &paid).await;
    // As if every payment was of another account.
    shop.tampered(
        "UPDATE payments SET payment_intent = 'pi_3OTHER1', account = NULL;
         INSERT INTO payments (payment_intent, stripe_charge, charge_id, status, amount_minor, currency, refunded_minor,
                               disputed, livemode, paid_at, verified_at, raw)
         SELECT 'pi_3OTHER2', stripe_charge, charge_id, status, amount_minor, currency, 0, 0, livemode, paid_at,
                verified_at, '{}' FROM payments LIMIT 1;
         INSERT INTO payments (payment_intent, stripe_charge, charge_id, status, amount_minor, currency, refunded_minor,
                               disputed, livemode, paid_at, verified_at, raw)
         SELECT 'pi_3OTHER3', stripe_charge, charge_id, status, amount_minor, currency, 0, 0, livemode, paid_at,
                verified_at, '{}' FROM payments LIMIT 1;",
    )
    .await;
    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 0);
    assert!(
        shop.inbox()
            .problems
            .all()
            .iter()
            .any(|problem| problem.id == "books.account")
    );
    shop.close().await;
}

#[tokio::test]
async fn an_amount_that_somebody_changed_is_put_right() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    shop.tampered("UPDATE payments SET amount_minor = 99900").await;
    verify::check(shop.inbox()).await.unwrap();
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.stats.lifetime, [mxn(100_00)]);
    shop.close().await;
}

#[tokio::test]
async fn what_was_paid_into_another_account_is_not_looked_for_in_this_one() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.paid(&ana, 100_00).await;
    let new = shop.paid(&ana, 200_00).await;
    for charge in [&old, &new] {
        until_read_to_its_end(&shop, charge).await;
    }
    verify::check(shop.inbox()).await.unwrap();
    // As if the first was paid before the shop moved to the account that it has now.
    shop.tampered(
        "UPDATE payments SET payment_intent = 'pi_3MOVED', account = 'acct_1BEFORE' WHERE amount_minor = 10000",
    )
    .await;
    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 0);
    for charge in [&old, &new] {
        assert_eq!(now(&shop, charge).await.payment, Payment::Paid);
    }
    let problems = shop.inbox().problems.all();
    assert!(
        problems.iter().any(|problem| problem.id == "books.account"),
        "it is said that they can't be checked: {problems:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_false_alarm_takes_nothing_away_and_thanks_nobody_twice() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    shop.paid(&ana, 200_00).await;
    until_read_to_its_end(&shop, &charge).await;
    let before = now(&shop, &charge).await;
    let said = ana.phone.inbox().len();
    shop.announced().await;
    shop.tampered(
        "UPDATE payments SET payment_intent = payment_intent || 'X', account = NULL WHERE amount_minor = 10000",
    )
    .await;
    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 1);
    let red = now(&shop, &charge).await;
    assert_eq!(
        (red.payment, red.paid_at, red.fulfilment),
        (Payment::Unknown, None, None)
    );
    shop.announced().await;
    shop.tampered(
        "UPDATE payments SET payment_intent = rtrim(payment_intent, 'X') WHERE amount_minor = 10000",
    )
    .await;
    assert_eq!(verify::check(shop.inbox()).await.unwrap(), 0);
    let back = now(&shop, &charge).await;
    assert_eq!(
        (back.payment, back.paid_at, back.fulfilment, back.fee),
        (Payment::Paid, before.paid_at, before.fulfilment, before.fee)
    );
    shop.settled().await;
    assert_eq!(ana.phone.inbox().len(), said, "nobody is thanked again");
    assert!(shop.announced().await.is_empty());
    shop.close().await;
}
