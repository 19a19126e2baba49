//! Transfers (SPEI): customers send what they like, and every centavo has its place.

use cobro_core::domain::{ChargeTerms, Payment, StripeObject};
use cobro_core::{conversation, customer};
use cobro_sandbox::stripe::{PayOutcome, PayWith};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

pub(super) fn by_transfer(new: NewCharge) -> NewCharge {
    NewCharge {
        terms: ChargeTerms {
            methods: vec!["customer_balance".into()],
            ..ChargeTerms::default()
        },
        ..new
    }
}

impl TestShop {
    /// A charge by transfer, whose page is on the phone.
    async fn transfer_charge(&self, customer: &TestCustomer, minor: i64) -> Charge {
        let new = by_transfer(self.new_charge(customer, mxn(minor)));
        let charge = self.create(new).await.unwrap();
        assert_eq!(charge.payment, Payment::Open, "{:?}", charge.problem);
        self.until("the page is on the phone", || {
            customer.phone.pay_link() == charge.link
        })
        .await;
        charge
    }

    /// Returns what the seller sees that Stripe holds for this customer.
    async fn held(&self, customer: &TestCustomer) -> Vec<Money> {
        let view = conversation::view(self.inbox(), customer.conversation).await;
        view.unwrap().stats.held
    }

    /// Asks where to send the money. Returns the payment that waits for it.
    async fn asks_where(&self, customer: &TestCustomer, charge: &Charge) -> String {
        let PayOutcome::Transfer { payment_intent, .. } = customer.phone.pays(PayWith::transfer()) else {
            panic!("no account to send money to");
        };
        self.until_payment(charge.id, Payment::Processing).await;
        payment_intent
    }
}

#[tokio::test]
async fn too_little_is_partly_paid_until_the_rest_comes() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.transfer_charge(&ana, 1_000_00).await;
    assert_eq!(charge.carrier, StripeObject::CheckoutSession);
    let intent = shop.asks_where(&ana, &charge).await;
    shop.settled().await;
    shop.sandbox.account().transfer(&intent, 400_00);
    let partly = shop.until_payment(charge.id, Payment::PartlyPaid).await;
    assert_eq!(partly.received, Some(mxn(400_00)));
    assert_eq!(partly.method.as_deref(), Some("customer_balance"));
    shop.settled().await;
    assert_eq!(ana.phone.inbox().len(), 1, "nobody is thanked for a part");
    let shop = shop.restart().await;
    shop.sandbox.account().transfer(&intent, 600_00);
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.received.unwrap_or(paid.amount), mxn(1_000_00));
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    shop.settled().await;
    let report = shop.reconciled().await;
    assert!(report.closes && report.open == 0, "{report:#?}");
    assert_eq!(report.sums[0].stripe.amount.0, 1_000_00);
    shop.close().await;
}

#[tokio::test]
async fn too_much_pays_and_waits_at_stripe_for_the_same_customers_next_order() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let first = shop.transfer_charge(&ana, 1_000_00).await;
    let intent = shop.asks_where(&ana, &first).await;
    assert!(shop.sandbox.account().transfer(&intent, 1_300_00).is_paid());
    let paid = shop.until_payment(first.id, Payment::Paid).await;
    assert_eq!(paid.received.unwrap_or(paid.amount), mxn(1_000_00));
    shop.settled().await;
    assert_eq!(shop.held(&ana).await, [mxn(300_00)]);
    let second = shop.transfer_charge(&ana, 300_00).await;
    assert!(
        ana.phone.pays(PayWith::transfer()).is_paid(),
        "the rest pays the next order at once"
    );
    shop.until_payment(second.id, Payment::Paid).await;
    shop.settled().await;
    assert_eq!(shop.held(&ana).await, [], "it is used up");
    assert_eq!(
        shop.objects("customer").await.len(),
        1,
        "one customer, however many orders"
    );
    let report = shop.reconciled().await;
    assert!(report.closes && report.open == 0, "{report:#?}");
    shop.close().await;
}

#[tokio::test]
async fn a_transfer_is_asked_for_once_though_every_answer_is_lost() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(6, Kind::LostAnswer)));
    let new = by_transfer(shop.new_charge(&ana, mxn(500_00)));
    let charge = shop.create(new).await.unwrap();
    shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(shop.objects("customer").await.len(), 1);
    assert_eq!(shop.objects("checkout_session").await.len(), 1);
    shop.settled().await;
    shop.close().await;
}

#[tokio::test]
async fn a_failure_that_stripe_repeats_makes_one_customer_and_a_deleted_one_is_made_anew() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::Error500After)));
    let new = by_transfer(shop.new_charge(&ana, mxn(500_00)));
    let first = shop.create(new).await.unwrap();
    shop.until_payment(first.id, Payment::Open).await;
    let customers = shop.objects("customer").await;
    assert_eq!(customers.len(), 1, "the first key's customer was found");
    shop.settled().await;
    let id = customers[0]["id"].as_str().unwrap();
    let url = format!(
        "{}/v1/customers/{id}",
        shop.sandbox.stripe_url().trim_end_matches('/')
    );
    let key = &shop.sandbox.stripe().secret_key;
    let gone = crate::shop::browser()
        .delete(url)
        .bearer_auth(key)
        .send()
        .await
        .unwrap();
    assert!(gone.status().is_success());
    let new = by_transfer(shop.new_charge(&ana, mxn(600_00)));
    let second = shop.create(new).await.unwrap();
    shop.until_payment(second.id, Payment::Open).await;
    shop.settled().await;
    shop.close().await;
}

#[tokio::test]
async fn a_customer_that_was_made_more_than_a_day_ago_is_found_and_not_made_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1000, Kind::LostAnswer)));
    let draft = shop
        .create(by_transfer(shop.new_charge(&ana, mxn(500_00))))
        .await
        .unwrap();
    assert_eq!(draft.payment, Payment::Draft);
    assert_eq!(shop.objects("customer").await.len(), 1, "Stripe has made it");
    assert!(shop.objects("checkout_session").await.is_empty());
    // A day and an hour go by with Cobro closed: Stripe has forgotten every key.
    shop.tampered(
        "UPDATE charges SET created_at = created_at - 90000000, wanted_at = wanted_at - 90000000, creation_next_at = 0;
         UPDATE payers SET asked_at = asked_at - 90000000",
    )
    .await;
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    let shop = shop.restart().await;
    shop.until_async("it waits for a person", || async {
        let problem = now(&shop, &draft).await.problem;
        problem.is_some_and(|problem| problem.code == "not_in_time")
    })
    .await;
    shop.sandbox.account().forget_keys();
    let open = charge::retry(shop.inbox(), draft.id).await.unwrap();
    assert_eq!(open.payment, Payment::Open, "{:?}", open.problem);
    let customers = shop.objects("customer").await;
    assert_eq!(customers.len(), 1, "found by its mark");
    assert_eq!(
        shop.objects("checkout_session").await[0]["customer"],
        customers[0]["id"]
    );
    shop.settled().await;
    shop.close().await;
}

#[tokio::test]
async fn an_erased_customer_is_nobodys_payer() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.transfer_charge(&ana, 500_00).await;
    shop.settled().await;
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    customer::erase(shop.inbox(), view.contact, "Ana".into())
        .await
        .unwrap();
    let left: i64 = shop
        .inbox()
        .store
        .read(|conn| Ok(conn.query_row("SELECT count(*) FROM payers", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert_eq!(left, 0);
    // Whoever writes from the same phone is somebody new, here and at Stripe.
    ana.phone.writes("hola otra vez");
    let again = TestCustomer {
        conversation: shop.until_conversation("Ana").await,
        phone: ana.phone,
    };
    assert_ne!(again.conversation, ana.conversation);
    shop.transfer_charge(&again, 600_00).await;
    let customers = shop.objects("customer").await;
    assert_eq!(customers.len(), 2, "{customers:#?}");
    shop.settled().await;
    shop.close().await;
}
