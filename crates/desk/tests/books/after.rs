//! After the link and after the sale: reminders, links issued again, orders.

use cobro_core::domain::{
    AfterSale, ChargeId, Fulfilment, MessageId, Payment, PaymentFilter, ReminderPolicy, Tab,
};
use cobro_core::{Actor, aftersale, conversation, overview, reissue, remind, work};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

fn hours(hours: u64) -> Timestamp {
    Timestamp::now().plus(Duration::from_hours(hours))
}

async fn reminding(shop: &TestShop, policy: ReminderPolicy) {
    remind::set_policy(shop.inbox(), ReminderPolicy { on: true, ..policy })
        .await
        .unwrap();
}

#[tokio::test]
async fn what_did_not_bring_the_link_is_no_matter_once_it_is_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(1, Kind::GraphError).with_code(131_026)),
    );
    let charge = shop.create(shop.new_charge(&ana, mxn(100_00))).await.unwrap();
    let is_marked = || async {
        let page = conversation::list(shop.inbox(), Tab::All, String::new(), None)
            .await
            .unwrap();
        page.rows[0].not_sent
    };
    shop.until_async("the list says so", is_marked).await;
    // The shop copied the link and gave it out elsewhere.
    shop.pays(&charge);
    shop.until_payment(charge.id, Payment::Paid).await;
    assert!(!is_marked().await);
    shop.close().await;
}

#[tokio::test]
async fn an_open_link_is_reminded_of_a_few_times_and_never_after_payment() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    shop.settled().await;
    assert_eq!(
        remind::send_due(shop.inbox(), hours(5)).await.unwrap(),
        0,
        "it is off by itself"
    );
    reminding(
        &shop,
        ReminderPolicy {
            most: 2,
            ..ReminderPolicy::default()
        },
    )
    .await;

    assert_eq!(
        remind::send_due(shop.inbox(), hours(3)).await.unwrap(),
        0,
        "not yet"
    );
    assert_eq!(remind::send_due(shop.inbox(), hours(5)).await.unwrap(), 1);
    shop.until("the reminder is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    assert!(ana.phone.inbox()[1].contains("sigue pendiente de pago"));
    shop.settled().await;
    assert_eq!(
        remind::send_due(shop.inbox(), hours(6)).await.unwrap(),
        0,
        "not so soon again"
    );
    assert_eq!(remind::send_due(shop.inbox(), hours(10)).await.unwrap(), 1);
    shop.settled().await;
    assert_eq!(
        remind::send_due(shop.inbox(), hours(20)).await.unwrap(),
        0,
        "two are enough"
    );
    assert_eq!(now(&shop, &charge).await.reminded, 2);

    let paid = shop.charge(&ana, mxn(70_00)).await;
    shop.pays(&paid);
    shop.until_payment(paid.id, Payment::Paid).await;
    shop.settled().await;
    assert_eq!(remind::send_due(shop.inbox(), hours(5)).await.unwrap(), 0);
    shop.close().await;
}

#[tokio::test]
async fn one_charge_may_be_left_in_peace() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    shop.settled().await;
    reminding(&shop, ReminderPolicy::default()).await;
    assert!(
        remind::set(shop.inbox(), charge.id, false)
            .await
            .unwrap()
            .reminders_off
    );
    assert_eq!(remind::send_due(shop.inbox(), hours(5)).await.unwrap(), 0);
    remind::set(shop.inbox(), charge.id, true).await.unwrap();
    assert_eq!(remind::send_due(shop.inbox(), hours(5)).await.unwrap(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_voucher_says_until_when_and_is_reminded_of_before_its_end() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(charge.id, Payment::Processing).await;
    assert_eq!(waiting.method.as_deref(), Some("oxxo"));
    let until = waiting.voucher_until.unwrap();
    assert!(waiting.voucher_url.unwrap().contains("/c/voucher/"));
    shop.settled().await;
    let before = until.minus(Duration::from_hours(6));
    // The window is long closed by then, and a voucher has no template.
    assert_eq!(remind::send_due(shop.inbox(), before).await.unwrap(), 0);
    let soon = ReminderPolicy {
        voucher_hours: 72,
        ..ReminderPolicy::default()
    };
    reminding(&shop, soon).await;
    // It ends with a day in Mexico, nearly four from now where this one has just begun: the customer's window is open
    // for a day from now.
    let early = until
        .minus(Duration::from_hours(72))
        .millis()
        .max(Timestamp::now().millis());
    let early = Timestamp::from_millis(early);
    assert_eq!(remind::send_due(shop.inbox(), early).await.unwrap(), 1);
    shop.until("the reminder is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    assert!(ana.phone.inbox()[1].contains("tu ficha de *MX$200.00* vence"));
    shop.settled().await;
    assert_eq!(remind::send_due(shop.inbox(), early).await.unwrap(), 0, "once");
    shop.close().await;
}

#[tokio::test]
async fn an_old_link_that_is_open_on_a_phone_cannot_be_paid_after_it_was_issued_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let old = shop.charge(&ana, mxn(200_00)).await;
    let link = old.stripe_ids.payment_link.clone().unwrap();
    // A declined card leaves the visit open.
    shop.sandbox
        .account()
        .pay_link(&link, PayWith::card("4000000000000002"));
    shop.until_payment(old.id, Payment::FailedAttempt).await;
    let session = now(&shop, &old).await.stripe_ids.checkout_session.unwrap();
    shop.settled().await;
    let again = reissue::again(shop.inbox(), Actor::Person, old.id, ChargeId::new())
        .await
        .unwrap();
    for way in [&link, &session] {
        let paid = shop
            .sandbox
            .account()
            .pay_link(way, PayWith::card("4242424242424242"));
        assert!(!paid.is_paid(), "{paid:?}");
    }
    assert_eq!(again.payment, Payment::Open);
    shop.close().await;
}

#[tokio::test]
async fn what_is_paid_is_never_issued_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let paid = shop.paid(&ana, 100_00).await;
    assert!(
        reissue::again(shop.inbox(), Actor::Person, paid.id, ChargeId::new())
            .await
            .is_err()
    );
    assert_eq!(shop.links().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn an_order_moves_and_its_customer_is_told() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    assert_eq!(charge.fulfilment, Some(Fulfilment::New));
    let to_fulfil = || async { conversation::counts(shop.inbox()).await.unwrap().paid };
    assert_eq!(to_fulfil().await, 1);

    let moved = aftersale::move_order(
        shop.inbox(),
        charge.id,
        Fulfilment::Shipped,
        Some(MessageId::new()),
    )
    .await
    .unwrap();
    assert!(moved.told, "{moved:?}");
    shop.until("it is on the phone", || ana.phone.inbox().len() == 3)
        .await;
    assert_eq!(
        ana.phone.inbox()[2],
        "Ana, tu pedido (Pastel) ahora está: *enviado*."
    );
    aftersale::move_order(shop.inbox(), charge.id, Fulfilment::Delivered, None)
        .await
        .unwrap();
    assert_eq!(to_fulfil().await, 0);
    let page = conversation::list(shop.inbox(), Tab::Paid, String::new(), None)
        .await
        .unwrap();
    assert!(page.rows.is_empty());
    let open = shop.charge(&ana, mxn(50_00)).await;
    assert!(
        aftersale::move_order(shop.inbox(), open.id, Fulfilment::Shipped, None)
            .await
            .is_err(),
        "nothing is shipped that is not paid"
    );
    shop.close().await;
}

/// Everywhere that orders to fulfil are counted or listed.
async fn to_fulfil(shop: &TestShop) -> [usize; 4] {
    let counts = overview::counts(shop.inbox()).await.unwrap();
    let counted = counts
        .iter()
        .find(|count| count.filter == PaymentFilter::ToFulfil);
    let listed = overview::page(shop.inbox(), PaymentFilter::ToFulfil, String::new(), None)
        .await
        .unwrap();
    let tab = conversation::list(shop.inbox(), Tab::Paid, String::new(), None)
        .await
        .unwrap();
    [
        usize::try_from(counted.unwrap().count).unwrap(),
        listed.rows.len(),
        usize::try_from(conversation::counts(shop.inbox()).await.unwrap().paid).unwrap(),
        tab.rows.len(),
    ]
}

#[tokio::test]
async fn what_is_to_fulfil_is_the_same_in_the_inbox_and_among_the_payments() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let ben = shop.customer("5215587654321", "Ben").await;
    let first = shop.paid(&ana, 100_00).await;
    shop.paid(&ana, 120_00).await;
    shop.paid(&ben, 140_00).await;
    assert_eq!(to_fulfil(&shop).await, [3, 3, 2, 2], "orders, and whose they are");
    aftersale::move_order(shop.inbox(), first.id, Fulfilment::Delivered, None)
        .await
        .unwrap();
    assert_eq!(to_fulfil(&shop).await, [2, 2, 2, 2]);
    // Whoever is done with a conversation has handed over what was paid in it.
    work::resolve(shop.inbox(), vec![ana.conversation]).await.unwrap();
    assert_eq!(to_fulfil(&shop).await, [1, 1, 1, 1]);
    shop.paid(&ana, 160_00).await;
    assert_eq!(
        to_fulfil(&shop).await,
        [2, 2, 2, 2],
        "a new order is to be fulfilled again"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_shop_that_tells_no_orders_moves_them_in_silence() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.paid(&ana, 100_00).await;
    let silent = AfterSale {
        tells_order: false,
        ..AfterSale::default()
    };
    aftersale::set(shop.inbox(), silent).await.unwrap();
    let moved = aftersale::move_order(
        shop.inbox(),
        charge.id,
        Fulfilment::Shipped,
        Some(MessageId::new()),
    )
    .await
    .unwrap();
    assert_eq!(moved.charge.fulfilment, Some(Fulfilment::Shipped));
    assert!(!moved.told && moved.why_not.is_some(), "{moved:?}");
    shop.settled().await;
    assert_eq!(ana.phone.inbox().len(), 2, "the link and the thank-you");
    shop.close().await;
}

#[tokio::test]
async fn the_shops_own_words_follow_a_payment() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let after = AfterSale {
        thanks: "¡Listo {name}! {amount} por {item}.".into(),
        next_step: "Pasa por él el viernes.".into(),
        asks_shipping: true,
        ..AfterSale::default()
    };
    aftersale::set(shop.inbox(), after).await.unwrap();
    shop.paid(&ana, 100_00).await;
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    let thanks = ana.phone.inbox().remove(1);
    assert!(
        thanks.starts_with("¡Listo Ana! MX$100.00 por Pastel.\n\nPasa por él el viernes.\n\n¿A dónde"),
        "{thanks}"
    );
    let bad = AfterSale {
        thanks: "Hola {nombre}".into(),
        ..AfterSale::default()
    };
    assert!(
        aftersale::set(shop.inbox(), bad)
            .await
            .unwrap_err()
            .to_string()
            .contains("{nombre}")
    );
    shop.close().await;
}
