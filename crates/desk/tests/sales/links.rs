//! A product's own link: made once, sent to many, each payer known, ended when the price changes.

use cobro_core::domain::{BookClass, Charge};
use cobro_core::product_link;
use cobro_sandbox::WebhookFaults;
use cobro_stripe::ledger::Range;

use super::*;

impl TestShop {
    async fn coffee_beans(&self) -> Product {
        let draft = ProductDraft::new("Café en grano", mxn(180_00));
        catalog::save(self.inbox(), Actor::Person, draft).await.unwrap()
    }

    /// Charges one of the product by its own link, which is on the customer's phone.
    async fn charge_by_its_link(&self, customer: &TestCustomer, product: &Product) -> Charge {
        let charge = self.create(by_its_link(customer, product)).await.unwrap();
        assert_eq!(charge.payment, Payment::Open, "{:?}", charge.problem);
        self.until("the link is on the phone", || customer.phone.pay_link().is_some())
            .await;
        charge
    }
}

fn by_its_link(customer: &TestCustomer, product: &Product) -> NewCharge {
    NewCharge {
        lines: vec![NewChargeLine {
            product: Some(product.id),
            name: String::new(),
            options: Vec::new(),
            unit: None,
            quantity: 1,
            note: String::new(),
        }],
        terms: ChargeTerms {
            lasting: true,
            ..ChargeTerms::default()
        },
        single_use: false,
        ..NewCharge::new(customer.conversation, product.price, "")
    }
}

#[tokio::test]
async fn two_customers_pay_at_one_link_and_each_is_known_and_thanked() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beto = shop.customer("5213312345678", "Beto").await;
    let beans = shop.coffee_beans().await;
    let public = product_link::of(shop.inbox(), beans.id).await.unwrap();
    let (hers, his) = (
        shop.charge_by_its_link(&ana, &beans).await,
        shop.charge_by_its_link(&beto, &beans).await,
    );
    assert_eq!(shop.links().await, 1);
    assert_eq!(hers.stripe_ids.payment_link, his.stripe_ids.payment_link);
    assert!(hers.link.as_deref().unwrap().starts_with(&public.url));
    assert!(beto.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(his.id, Payment::Paid).await;
    let waits = charge::get(shop.inbox(), hers.id).await.unwrap();
    assert_eq!(waits.payment, Payment::Open, "he paid for himself");
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(hers.id, Payment::Paid).await;
    for (customer, name) in [(&ana, "Ana"), (&beto, "Beto")] {
        shop.until("each is thanked", || {
            let thanks = format!("¡Gracias, {name}! Recibimos tu pago de MX$180.00");
            customer
                .phone
                .inbox()
                .iter()
                .any(|text| text.starts_with(&thanks))
        })
        .await;
    }
    // Once more at the same link: another order of hers.
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until("she is thanked again", || {
        let inbox = ana.phone.inbox();
        inbox
            .iter()
            .filter(|text| text.starts_with("¡Gracias, Ana!"))
            .count()
            == 2
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_link() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beans = shop.coffee_beans().await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    shop.charge_by_its_link(&ana, &beans).await;
    let shop = shop.restart().await;
    let again = product_link::of(shop.inbox(), beans.id).await.unwrap();
    assert_eq!(again.price, mxn(180_00));
    assert_eq!(shop.links().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn another_price_ends_the_link_and_the_charges_that_went_by_it() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beans = shop.coffee_beans().await;
    let charge = shop.charge_by_its_link(&ana, &beans).await;
    let dearer = ProductDraft {
        price: mxn(200_00),
        ..ProductDraft::from(&beans)
    };
    let beans = catalog::save(shop.inbox(), Actor::Person, dearer).await.unwrap();
    shop.until_payment(charge.id, Payment::Expired).await;
    assert!(
        !ana.phone.pays(PayWith::card(CARD)).is_paid(),
        "nobody pays the old price"
    );
    let newer = shop.charge_by_its_link(&ana, &beans).await;
    assert_ne!(newer.stripe_ids.payment_link, charge.stripe_ids.payment_link);
    assert_eq!((shop.links().await, newer.amount), (2, mxn(200_00)));
    // An archived product has no link.
    catalog::set_active(shop.inbox(), Actor::Person, beans.id, false)
        .await
        .unwrap();
    shop.until_payment(newer.id, Payment::Expired).await;
    let refused = product_link::of(shop.inbox(), beans.id).await.unwrap_err();
    assert!(refused.to_string().contains("archived"), "{refused}");
    shop.close().await;
}

#[tokio::test]
async fn who_paid_unheard_is_found_by_reconciling() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beans = shop.coffee_beans().await;
    let charge = shop.charge_by_its_link(&ana, &beans).await;
    shop.settled().await;
    shop.sandbox.faults().set_webhooks(WebhookFaults {
        drop: 1.0,
        ..WebhookFaults::default()
    });
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.sandbox.advance(std::time::Duration::from_secs(2));
    let range = Range {
        since: cobro_core::domain::Timestamp::now().minus(std::time::Duration::from_hours(72)),
        until: cobro_core::domain::Timestamp::now().plus(std::time::Duration::from_hours(1)),
    };
    let report = cobro_core::reconcile::read(shop.inbox(), range, false)
        .await
        .unwrap();
    assert_eq!((report.open, report.closes), (0, true), "{report:#?}");
    let matched = report
        .counts
        .iter()
        .find(|count| count.class == BookClass::Matched);
    assert_eq!(matched.map(|count| count.payments), Some(1));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn an_address_that_somebody_changed_pays_for_nobody_else() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let beto = shop.customer("5213312345678", "Beto").await;
    let beans = shop.coffee_beans().await;
    // A charge of the same amount, with a link of its own.
    let other = shop.charge(&beto, mxn(180_00)).await;
    let public = product_link::of(shop.inbox(), beans.id).await.unwrap();
    for reference in [String::new(), format!("?client_reference_id={}", other.id)] {
        let url = format!("{}{reference}", public.url);
        let paid = shop.sandbox.account().pay_link(&url, PayWith::card(CARD));
        assert!(paid.is_paid(), "{paid:?}");
    }
    shop.settled().await;
    let still = charge::get(shop.inbox(), other.id).await.unwrap();
    assert_eq!(still.payment, Payment::Open);
    // What does not ask everybody for the same has a link of its own.
    let discounted = NewCharge {
        terms: ChargeTerms {
            lasting: true,
            ..ten_percent()
        },
        amount: mxn(162_00),
        ..by_its_link(&ana, &beans)
    };
    let refused = shop.create(discounted).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Invalid, "{refused}");
    shop.close().await;
}
