//! One charge never has two ways of paying, whatever gets lost, and however long it takes.

use cobro_core::domain::{ChargeTerms, Payment, ShippingRate};
use cobro_core::{Actor, charge};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

#[derive(Clone, Copy, Debug)]
enum Carried {
    ByLink,
    BySession,
}

impl Carried {
    fn charge(self, shop: &TestShop, customer: &TestCustomer) -> NewCharge {
        let new = shop.new_charge(customer, mxn(200_00));
        match self {
            Self::ByLink => new,
            Self::BySession => NewCharge {
                terms: ChargeTerms {
                    shipping_countries: vec!["MX".into()],
                    shipping_rates: vec![ShippingRate {
                        name: "A domicilio".into(),
                        amount: mxn(80_00),
                    }],
                    ..ChargeTerms::default()
                },
                ..new
            },
        }
    }

    /// Opens a shop whose charge is asked for while every answer of Stripe's gets lost, as they go on to be.
    async fn with_answers_lost(self) -> (TestShop, TestCustomer, Charge) {
        let shop = TestShop::open().await;
        let ana = shop.customer("5215512345678", "Ana").await;
        shop.sandbox
            .faults()
            .set(Endpoint::StripePost, Some(Fault::next(1000, Kind::LostAnswer)));
        let draft = shop.create(self.charge(&shop, &ana)).await.unwrap();
        (shop, ana, draft)
    }

    /// Returns everything of this charge's that customers could open.
    async fn made(self, shop: &TestShop) -> usize {
        let links = shop.objects("payment_link").await.len();
        let sessions = shop.objects("checkout_session").await;
        let own = sessions
            .iter()
            .filter(|session| session["payment_link"].is_null())
            .count();
        match self {
            Self::ByLink => assert_eq!(own, 0),
            Self::BySession => assert_eq!(links, 0),
        }
        links + own
    }
}

#[tokio::test]
async fn answers_lost_until_a_restart_end_in_one() {
    for carried in [Carried::ByLink, Carried::BySession] {
        let (shop, ana, draft) = carried.with_answers_lost().await;
        assert_eq!(draft.payment, Payment::Draft);
        assert_eq!(carried.made(&shop).await, 1, "{carried:?}: Stripe has made it");
        let shop = shop.restart().await;
        shop.sandbox.faults().set(Endpoint::StripePost, None);
        let open = shop.until_payment(draft.id, Payment::Open).await;
        assert_eq!(carried.made(&shop).await, 1, "{carried:?}");
        shop.until("it is on the phone", || ana.phone.pay_link() == open.link)
            .await;
        assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
        shop.until_payment(draft.id, Payment::Paid).await;
        shop.close().await;
    }
}

#[tokio::test]
async fn what_was_made_more_than_a_day_ago_is_found_and_not_made_again() {
    for carried in [Carried::ByLink, Carried::BySession] {
        let (shop, ana, draft) = carried.with_answers_lost().await;
        assert_eq!(draft.payment, Payment::Draft);
        // A day and an hour go by with Cobro closed: Stripe has forgotten the key.
        shop.tampered(
            "UPDATE charges SET created_at = created_at - 90000000, wanted_at = wanted_at - 90000000,
                 creation_next_at = 0",
        )
        .await;
        shop.sandbox.faults().set(Endpoint::StripePost, None);
        let shop = shop.restart().await;
        shop.until_async("it waits for a person", || async {
            let problem = now(&shop, &draft).await.problem;
            problem.is_some_and(|problem| problem.code == "not_in_time")
        })
        .await;
        assert_eq!(carried.made(&shop).await, 1, "{carried:?}");
        // The sandbox forgets the key of what it has made, as Stripe does.
        shop.sandbox.account().forget_keys();
        let open = charge::retry(shop.inbox(), draft.id).await.unwrap();
        assert_eq!(open.payment, Payment::Open, "{:?}", open.problem);
        assert_eq!(carried.made(&shop).await, 1, "{carried:?}: found, not made again");
        charge::cancel(shop.inbox(), Actor::Person, draft.id)
            .await
            .unwrap();
        shop.settled().await;
        assert!(!ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
        shop.close().await;
    }
}

#[tokio::test]
async fn two_clicks_on_try_again_make_one() {
    for carried in [Carried::ByLink, Carried::BySession] {
        let (shop, ana, draft) = carried.with_answers_lost().await;
        shop.tampered("UPDATE charges SET wanted_at = wanted_at - 700000, creation_next_at = 0")
            .await;
        shop.until_async("it waits for a person", || async {
            now(&shop, &draft)
                .await
                .problem
                .is_some_and(|problem| problem.code == "not_in_time")
        })
        .await;
        shop.sandbox.faults().set(Endpoint::StripePost, None);
        let (first, second) = tokio::join!(
            charge::retry(shop.inbox(), draft.id),
            charge::retry(shop.inbox(), draft.id)
        );
        assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
        shop.until_payment(draft.id, Payment::Open).await;
        assert_eq!(carried.made(&shop).await, 1, "{carried:?}");
        shop.until("it is on the phone", || !ana.phone.inbox().is_empty())
            .await;
        shop.settled().await;
        assert_eq!(ana.phone.inbox().len(), 1, "one message");
        shop.close().await;
    }
}
