//! What subscribers are told: before each payment, after it, and when it fails. Each once.

use cobro_core::domain::{NotifyRules, SubscriptionMessages};
use cobro_core::notify;

use super::*;

impl TestShop {
    /// The next payment of a customer who does not write fails.
    async fn fails_next_month(&self, customer: &TestCustomer) {
        self.card_stops_working().await;
        self.sandbox.advance(DAY * 31);
        self.sandbox.account().catch_up();
        self.until_subscription(customer, "past due", |now| {
            now.status == SubscriptionStatus::PastDue
        })
        .await;
    }
}

#[tokio::test]
async fn the_next_payment_is_told_once_also_over_a_restart() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (_, known) = shop.subscribed(&ana, 320_00, monthly()).await;
    shop.settled().await;
    let next = known.next_at.unwrap();
    let tell = |shop: &TestShop, at: Timestamp| {
        let inbox = shop.inbox().clone();
        async move { subscription::send_due(&inbox, at).await.unwrap() }
    };
    assert_eq!(tell(&shop, next.minus(DAY * 5)).await, 0, "too early");
    // The customer writes on, by the desk's clock.
    shop.sandbox.advance(DAY * 28);
    ana.phone.writes("hola otra vez");
    shop.until_conversation("Ana").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(tell(&shop, next.minus(DAY * 2)).await, 1);
    assert_eq!(tell(&shop, next.minus(DAY)).await, 0);
    shop.until("the customer was told", || {
        ana.phone.inbox().iter().any(|text| text.contains("se cobrará"))
    })
    .await;
    shop.settled().await;
    let shop = shop.restart().await;
    assert_eq!(tell(&shop, next.minus(DAY)).await, 0);
    assert_eq!(
        ana.phone
            .inbox()
            .iter()
            .filter(|text| text.contains("se cobrará *MX$320.00*"))
            .count(),
        1
    );
    shop.close().await;
}

#[tokio::test]
async fn a_failed_payment_is_told_once_with_where_to_pay() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.subscribed(&ana, 320_00, monthly()).await;
    shop.card_stops_working().await;
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "past due", |now| now.status == SubscriptionStatus::PastDue)
        .await;
    shop.until("the customer was told", || {
        ana.phone
            .inbox()
            .iter()
            .any(|text| text.contains("no pudimos cobrar"))
    })
    .await;
    // Stripe tries again, and again in vain.
    shop.passes(&ana, DAY * 4);
    shop.settled().await;
    let told: Vec<_> = ana
        .phone
        .phone()
        .into_iter()
        .filter(|bubble| bubble.text.contains("no pudimos cobrar *MX$320.00*"))
        .collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].link().unwrap().contains("/i/"), "{told:#?}");
    let announced = shop.announced().await;
    let failures: Vec<_> = announced
        .iter()
        .filter(|line| line.starts_with("No se pudo cobrar MX$320.00 a Ana: El banco"))
        .collect();
    assert_eq!(failures.len(), 1, "{announced:#?}");
    shop.close().await;
}

#[tokio::test]
async fn whoever_has_not_written_for_a_day_is_told_of_a_failed_payment_by_the_kit() {
    let shop = TestShop::open().await;
    shop.approved_kit(shop.link_base()).await;
    let eva = TestCustomer {
        conversation: shop.silent_conversation().await,
        phone: shop.sandbox.customer("5215577777777"),
    };
    shop.subscribed(&eva, 320_00, monthly()).await;
    shop.fails_next_month(&eva).await;
    shop.until("the customer was told", || {
        eva.phone
            .inbox()
            .iter()
            .any(|text| text.contains("no pudimos hacer el cobro de tu suscripción"))
    })
    .await;
    shop.settled().await;
    let told = eva.phone.inbox().join("\n---\n");
    assert!(told.contains("Suscripción: Pastel\nImporte: MX$320.00"), "{told}");
    assert_eq!(told.matches("no pudimos").count(), 1, "{told}");
    shop.close().await;
}

#[tokio::test]
async fn where_no_template_fits_the_charge_says_that_the_customer_was_not_told() {
    let shop = TestShop::open().await;
    shop.approved_kit(shop.link_base()).await;
    let eva = TestCustomer {
        conversation: shop.silent_conversation().await,
        phone: shop.sandbox.customer("5215577777777"),
    };
    let texts_alone = SubscriptionMessages {
        by_template: false,
        ..SubscriptionMessages::default()
    };
    subscription::set_messages(shop.inbox(), texts_alone)
        .await
        .unwrap();
    let (charge, _) = shop.subscribed(&eva, 320_00, monthly()).await;
    shop.fails_next_month(&eva).await;
    shop.settled().await;
    let problem = now(&shop, &charge).await.problem;
    assert_eq!(problem.map(|words| words.code), Some("failure_not_told".into()));
    let told = eva.phone.inbox().join("\n---\n");
    assert!(!told.contains("no pudimos"), "{told}");
    shop.close().await;
}

#[tokio::test]
async fn a_failure_is_not_announced_where_that_is_switched_off_or_the_payment_came_after_all() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.subscribed(&ana, 320_00, monthly()).await;
    shop.announced().await;
    shop.fails_next_month(&ana).await;
    // Before anybody looked, the customer has another card.
    let customer = shop.objects("subscription").await[0]["customer"].clone();
    shop.sandbox
        .account()
        .set_card(customer.as_str().unwrap(), true)
        .unwrap();
    shop.passes(&ana, DAY * 4);
    shop.until_subscription(&ana, "paid", |now| now.payments == 2)
        .await;
    shop.settled().await;
    let announced = shop.announced().await;
    assert!(
        announced.iter().any(|line| line.starts_with("Ana pagó")),
        "{announced:#?}"
    );
    assert!(
        announced.iter().all(|line| !line.starts_with("No se pudo")),
        "{announced:#?}"
    );
    let rules = NotifyRules {
        failures: false,
        ..NotifyRules::default()
    };
    notify::set_rules(shop.inbox(), rules).await.unwrap();
    shop.fails_next_month(&ana).await;
    shop.settled().await;
    let announced = shop.announced().await;
    assert!(
        announced.iter().all(|line| !line.starts_with("No se pudo")),
        "{announced:#?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn what_the_shop_switched_off_is_not_said() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let silent = SubscriptionMessages {
        before: false,
        after: false,
        failed: false,
        ..SubscriptionMessages::default()
    };
    subscription::set_messages(shop.inbox(), silent).await.unwrap();
    let (_, known) = shop.subscribed(&ana, 320_00, monthly()).await;
    shop.settled().await;
    shop.until("the first payment is thanked for as any", || {
        TestShop::heard(&ana, "¡Gracias, Ana!") == 1
    })
    .await;
    let before = ana.phone.inbox().len();
    let due = subscription::send_due(shop.inbox(), known.next_at.unwrap().minus(DAY)).await;
    assert_eq!(due.unwrap(), 0);
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "paid", |now| now.payments == 2)
        .await;
    shop.settled().await;
    assert_eq!(ana.phone.inbox().len(), before);
    let wrong = SubscriptionMessages {
        before_days: 0,
        ..SubscriptionMessages::default()
    };
    assert!(subscription::set_messages(shop.inbox(), wrong).await.is_err());
    shop.close().await;
}
