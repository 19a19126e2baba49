//! What is fulfilled of a charge that comes again: each payment's order, or the first one's alone.

use cobro_core::domain::{AfterSale, Fulfilment, Tab};
use cobro_core::{aftersale, conversation, work};

use super::*;

impl TestShop {
    /// Delivers the charge's order, and puts its conversation away.
    async fn delivers(&self, charge: &Charge) {
        let moved = aftersale::move_order(self.inbox(), charge.id, Fulfilment::Delivered, None)
            .await
            .unwrap();
        assert_eq!(moved.charge.fulfilment, Some(Fulfilment::Delivered));
        work::resolve(self.inbox(), vec![charge.conversation])
            .await
            .unwrap();
    }

    /// Returns whether the list shows something that is paid and not fulfilled.
    async fn has_to_fulfil(&self) -> bool {
        let page = conversation::list(self.inbox(), Tab::Paid, String::new(), None)
            .await
            .unwrap();
        let counted = conversation::counts(self.inbox()).await.unwrap().paid;
        assert_eq!(usize::try_from(counted).unwrap(), page.rows.len());
        !page.rows.is_empty()
    }
}

#[tokio::test]
async fn each_payment_of_a_box_that_is_sent_every_month_is_a_new_order() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, _) = shop.subscribed(&ana, 320_00, monthly()).await;
    assert!(shop.has_to_fulfil().await);
    shop.delivers(&charge).await;
    assert!(!shop.has_to_fulfil().await);
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "paid", |now| now.payments == 2)
        .await;
    shop.settled().await;
    assert_eq!(now(&shop, &charge).await.fulfilment, Some(Fulfilment::New));
    assert!(shop.has_to_fulfil().await);

    // The shop says that one order is all there is.
    shop.delivers(&charge).await;
    let once = AfterSale {
        renews_order: false,
        ..AfterSale::default()
    };
    aftersale::set(shop.inbox(), once).await.unwrap();
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "paid", |now| now.payments == 3)
        .await;
    shop.settled().await;
    assert_eq!(now(&shop, &charge).await.fulfilment, Some(Fulfilment::Delivered));
    shop.close().await;
}

#[tokio::test]
async fn instalments_pay_for_one_order() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let plan = Recurrence::Instalments {
        count: 3,
        interest: 0,
    };
    let charge = shop.plan(&ana, 900_00, plan).await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.delivers(&charge).await;
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "paid", |now| now.payments == 2)
        .await;
    shop.settled().await;
    assert_eq!(now(&shop, &charge).await.fulfilment, Some(Fulfilment::Delivered));
    shop.close().await;
}
