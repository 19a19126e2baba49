//! Answers of a later API version: with fields and words that nobody knows yet, and without some that all know.

use cobro_core::domain::Payment;
use cobro_core::{Actor, refund};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::refunds::new_refund;
use super::*;

impl TestShop {
    /// From now on Stripe speaks a version that this Cobro has never heard of.
    fn stripe_moves_on(&self) {
        for endpoint in [Endpoint::StripeGet, Endpoint::StripePost] {
            let later = Fault::always(Kind::NewerVersion);
            self.sandbox.faults().set(endpoint, Some(later));
        }
    }

    /// Returns what of Stripe's answers is kept with the payments.
    async fn kept_raw(&self) -> Vec<String> {
        self.inbox()
            .store
            .read(|conn| {
                let mut statement = conn.prepare("SELECT raw FROM payments ORDER BY paid_at")?;
                let raw = statement.query_map([], |row| row.get(0))?;
                Ok(raw.collect::<Result<_, _>>()?)
            })
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_whole_sale_goes_on_when_stripe_speaks_a_later_version() {
    let shop = TestShop::open().await;
    shop.stripe_moves_on();
    let ana = shop.customer("5215512345678", "Ana").await;
    let by_card = shop.paid(&ana, 450_00).await;
    assert_eq!(by_card.method.as_deref(), Some("card •• 4242"));

    let at_the_store = shop.charge(&ana, mxn(300_00)).await;
    let link = at_the_store.stripe_ids.payment_link.clone().unwrap();
    shop.sandbox.account().pay_link(&link, PayWith::oxxo());
    shop.until_payment(at_the_store.id, Payment::Processing).await;
    let intents = shop.objects("payment_intent").await;
    let waiting = intents
        .iter()
        .find(|intent| intent["status"] == "requires_action")
        .unwrap();
    shop.sandbox
        .account()
        .pay_voucher(waiting["id"].as_str().unwrap());
    shop.until_payment(at_the_store.id, Payment::Paid).await;
    shop.settled().await;

    let part = new_refund(&by_card, 100_00);
    refund::create(shop.inbox(), Actor::Person, part).await.unwrap();
    shop.until_payment(by_card.id, Payment::PartlyRefunded).await;
    shop.settled().await;

    let raw = shop.kept_raw().await;
    assert_eq!(raw.len(), 2);
    // Whatever it is that nobody knows yet, it is there for the day when somebody does.
    assert!(
        raw.iter().all(|raw| raw.contains("of_a_later_version")),
        "{raw:#?}"
    );
    let report = shop.reconciled().await;
    assert!(report.closes && report.open == 0, "{report:#?}");
    assert_eq!(report.sums[0].stripe.amount.0, 650_00);
    assert_eq!(now(&shop, &by_card).await.fee.map(Money::minor), Some(19_20));
    shop.close().await;
}

#[tokio::test]
async fn what_a_later_version_makes_is_made_once_though_its_answers_get_lost() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(2, Kind::LostAnswer)));
    shop.sandbox
        .faults()
        .set(Endpoint::StripeGet, Some(Fault::always(Kind::NewerVersion)));
    let charge = shop.create(shop.new_charge(&ana, mxn(200_00))).await.unwrap();
    let open = shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(shop.objects("payment_link").await.len(), 1);
    shop.pays(&open);
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.close().await;
}
