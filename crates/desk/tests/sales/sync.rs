//! The catalog beside Stripe's: both come together, nothing is made twice, nothing is overwritten unasked.

use cobro_core::catalog::sync;
use cobro_core::domain::{Keep, SyncReport, SyncState};

use super::*;

fn moves(report: &SyncReport) -> u32 {
    report.imported + report.taken + report.created + report.sent
}

impl TestShop {
    /// Sells a cake here and at Stripe, whose answer to a new price is lost.
    async fn sells_cake_whose_new_price_is_lost(&self) -> Product {
        let torta = self.sells("Torta", 450_00).await;
        self.synced().await;
        self.edits(&torta, 470_00).await;
        self.sandbox
            .faults()
            .set(Endpoint::StripePost, Some(Fault::next(1000, Kind::LostAnswer)));
        assert!(sync::run(self.inbox(), Actor::Person).await.is_err());
        self.sandbox.faults().set(Endpoint::StripePost, None);
        torta
    }

    async fn synced(&self) -> SyncReport {
        sync::run(self.inbox(), Actor::Person).await.unwrap()
    }

    async fn catalog(&self) -> Vec<Product> {
        catalog::products(self.inbox(), true).await.unwrap()
    }

    async fn only_product(&self) -> Product {
        let mut all = self.catalog().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Everything of a kind at Stripe that is in sale.
    async fn in_sale(&self, kind: &str) -> Vec<serde_json::Value> {
        let all = self.objects(kind).await;
        all.into_iter()
            .filter(|object| object["active"] == true)
            .collect()
    }

    async fn stripe_sells(&self, name: &str, minor: i64) -> String {
        let product = self.in_dashboard("/v1/products", &format!("name={name}")).await;
        let id = product["id"].as_str().unwrap().to_owned();
        let price = self
            .in_dashboard(
                "/v1/prices",
                &format!("product={id}&currency=mxn&unit_amount={minor}"),
            )
            .await;
        let default = format!("default_price={}", price["id"].as_str().unwrap());
        self.in_dashboard(&format!("/v1/products/{id}"), &default).await;
        id
    }

    async fn sells(&self, name: &str, minor: i64) -> Product {
        let draft = ProductDraft::new(name, mxn(minor));
        catalog::save(self.inbox(), Actor::Person, draft).await.unwrap()
    }

    async fn edits(&self, product: &Product, minor: i64) {
        let draft = ProductDraft {
            price: mxn(minor),
            ..ProductDraft::from(product)
        };
        catalog::save(self.inbox(), Actor::Person, draft).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_new_on_either_side_goes_to_the_other_once() {
    let shop = TestShop::open().await;
    shop.stripe_sells("Blusa", 350_00).await;
    shop.stripe_sells("Sin+nada", 10_00).await;
    let ours = shop.sells("Torta", 450_00).await;
    let looked = sync::look(shop.inbox()).await.unwrap();
    assert_eq!((looked.imported, looked.created, moves(&looked)), (2, 1, 3));
    assert_eq!(shop.catalog().await.len(), 1, "looking changes nothing");
    let done = shop.synced().await;
    assert_eq!((done.imported, done.created), (2, 1), "{done:?}");
    let catalog = shop.catalog().await;
    assert_eq!(catalog.len(), 3);
    assert!(catalog.iter().all(|product| product.sync == SyncState::Synced));
    let there = shop.in_sale("product").await;
    assert_eq!(there.len(), 3);
    let torta = there.iter().find(|product| product["name"] == "Torta").unwrap();
    assert_eq!(torta["metadata"]["cobro_product"], ours.id.to_string());
    let again = shop.synced().await;
    assert_eq!((moves(&again), again.same), (0, 3), "{again:?}");
    let shop = shop.restart().await;
    assert_eq!(shop.synced().await.same, 3);
    shop.close().await;
}

#[tokio::test]
async fn answers_that_are_lost_make_one_product_and_one_price() {
    let shop = TestShop::open().await;
    shop.sells("Torta", 450_00).await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1000, Kind::LostAnswer)));
    assert!(sync::run(shop.inbox(), Actor::Person).await.is_err());
    // What is written meanwhile goes with the next time; the request under way stays the same.
    let product = shop.only_product().await;
    shop.edits(&product, 470_00).await;
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    let shop = shop.restart().await;
    shop.until_async("what was under way is finished", || async {
        shop.only_product().await.stripe_price.is_some()
    })
    .await;
    assert_eq!(shop.in_sale("product").await.len(), 1);
    let prices = shop.in_sale("price").await;
    assert_eq!(
        (prices.len(), prices[0]["unit_amount"].as_i64()),
        (1, Some(450_00))
    );
    let done = shop.synced().await;
    assert_eq!(done.sent, 1, "{done:?}");
    let prices = shop.in_sale("price").await;
    assert_eq!(
        (prices.len(), prices[0]["unit_amount"].as_i64()),
        (1, Some(470_00)),
        "the old price is out of sale"
    );
    assert_eq!(shop.only_product().await.sync, SyncState::Synced);
    shop.close().await;
}

#[tokio::test]
async fn a_change_on_one_side_wins_and_one_on_both_is_asked_about() {
    let shop = TestShop::open().await;
    let id = shop.stripe_sells("Blusa", 350_00).await;
    shop.synced().await;
    shop.in_dashboard(&format!("/v1/products/{id}"), "name=Blusa+bordada")
        .await;
    assert_eq!(shop.synced().await.taken, 1);
    let product = shop.only_product().await;
    assert_eq!(product.name, "Blusa bordada");
    shop.edits(&product, 390_00).await;
    assert_eq!(shop.only_product().await.sync, SyncState::Wanted);
    assert_eq!(shop.synced().await.sent, 1);

    shop.in_dashboard(&format!("/v1/products/{id}"), "name=Otra+blusa")
        .await;
    let product = shop.only_product().await;
    shop.edits(&product, 400_00).await;
    for _ in 0..2 {
        let asked = shop.synced().await;
        assert_eq!((asked.conflicts, moves(&asked)), (1, 0), "{asked:?}");
    }
    let product = shop.only_product().await;
    assert_eq!(
        (product.name.as_str(), product.price, product.sync),
        ("Blusa bordada", mxn(400_00), SyncState::Conflict),
        "nothing was overwritten"
    );
    assert_eq!(product.theirs.as_ref().unwrap().name, "Otra blusa");
    let kept = sync::resolve(shop.inbox(), Actor::Person, product.id, Keep::Ours)
        .await
        .unwrap();
    assert_eq!((kept.sync, kept.price), (SyncState::Synced, mxn(400_00)));
    assert_eq!(shop.in_sale("product").await[0]["name"], "Blusa bordada");
    assert_eq!(shop.synced().await.same, 1);
    shop.close().await;
}

#[tokio::test]
async fn a_person_may_take_stripes_word() {
    let shop = TestShop::open().await;
    shop.sells("blusa", 300_00).await;
    shop.stripe_sells("Blusa", 350_00).await;
    let done = shop.synced().await;
    assert_eq!(
        (done.conflicts, moves(&done)),
        (1, 0),
        "the same name is the same product"
    );
    let product = shop.only_product().await;
    let taken = sync::resolve(shop.inbox(), Actor::Person, product.id, Keep::Stripes)
        .await
        .unwrap();
    assert_eq!(
        (taken.name.as_str(), taken.price, taken.sync),
        ("Blusa", mxn(350_00), SyncState::Synced)
    );
    assert!(
        sync::resolve(shop.inbox(), Actor::Person, product.id, Keep::Ours)
            .await
            .is_err(),
        "nothing is left to decide"
    );
    shop.close().await;
}

#[tokio::test]
async fn what_is_archived_here_is_archived_there_and_what_has_no_price_is_named() {
    let shop = TestShop::open().await;
    let product = shop.sells("Torta", 450_00).await;
    shop.synced().await;
    catalog::set_active(shop.inbox(), Actor::Person, product.id, false)
        .await
        .unwrap();
    assert_eq!(shop.synced().await.sent, 1);
    assert!(shop.in_sale("product").await.is_empty());
    shop.in_dashboard("/v1/products", "name=Sin+precio").await;
    let named = shop.synced().await;
    assert_eq!(named.skipped.len(), 1);
    assert!(named.skipped[0].why.contains("no price"), "{named:?}");
    shop.close().await;
}

#[tokio::test]
async fn what_the_pay_pages_made_is_nobodys_catalog() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.charge(&ana, mxn(100_00)).await;
    let done = shop.synced().await;
    assert_eq!((moves(&done), done.skipped.len()), (0, 0), "{done:?}");
    shop.settled().await;
    shop.close().await;
}

#[tokio::test]
async fn a_failure_that_stripe_repeats_blocks_nothing_and_makes_nothing_twice() {
    let shop = TestShop::open().await;
    shop.sells("Blusa", 350_00).await;
    shop.sells("Torta", 450_00).await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::Error500After)));
    let done = shop.synced().await;
    assert_eq!((done.created, done.skipped.len()), (1, 1), "{done:?}");
    let done = shop.synced().await;
    assert_eq!((done.same, done.skipped.len()), (2, 0), "{done:?}");
    assert_eq!(shop.in_sale("product").await.len(), 2);
    assert_eq!(shop.in_sale("price").await.len(), 2);
    shop.close().await;
}

#[tokio::test]
async fn what_changed_at_stripe_while_an_answer_was_missing_is_asked_about() {
    let shop = TestShop::open().await;
    shop.sells_cake_whose_new_price_is_lost().await;
    let id = shop.only_product().await.stripe_product.unwrap();
    shop.in_dashboard(&format!("/v1/products/{id}"), "name=Torta+de+coco")
        .await;
    let shop = shop.restart().await;
    shop.until_async("it is asked about", || async {
        shop.only_product().await.sync == SyncState::Conflict
    })
    .await;
    assert_eq!(shop.in_sale("product").await[0]["name"], "Torta de coco");
    let product = shop.only_product().await;
    assert_eq!((product.name.as_str(), product.price), ("Torta", mxn(470_00)));
    // What a person has not seen is not decided.
    shop.in_dashboard(&format!("/v1/products/{id}"), "name=Torta+de+nuez")
        .await;
    let unseen = sync::resolve(shop.inbox(), Actor::Person, product.id, Keep::Ours).await;
    assert!(unseen.is_err());
    assert_eq!(shop.in_sale("product").await[0]["name"], "Torta de nuez");
    shop.close().await;
}

#[tokio::test]
async fn another_desks_mark_is_none_and_a_price_that_cant_be_taken_leaves_nothing_behind() {
    let shop = TestShop::open().await;
    shop.sells("Torta", 450_00).await;
    let id = shop.stripe_sells("torta", 450_00).await;
    let mark = format!("metadata[cobro_product]={}", ProductId::new());
    shop.in_dashboard(&format!("/v1/products/{id}"), &mark).await;
    let done = shop.synced().await;
    assert_eq!(
        (done.conflicts, moves(&done)),
        (1, 0),
        "no twin on either side: {done:?}"
    );
    let gift = shop.sells("Regalo", 0).await;
    let done = shop.synced().await;
    assert_eq!((done.created, done.skipped.len()), (0, 1), "{done:?}");
    assert_eq!(shop.in_sale("product").await.len(), 1);
    shop.edits(&gift, 90_00).await;
    assert_eq!(shop.synced().await.created, 1);
    assert_eq!(shop.in_sale("price").await.len(), 2);
    shop.close().await;
}

#[tokio::test]
async fn a_key_of_the_other_mode_finds_its_own_products_and_takes_nothing_along() {
    let shop = TestShop::open().await;
    let torta = shop.sells_cake_whose_new_price_is_lost().await;
    // All of that was with the live key; what was on its way there is no business of the test mode's.
    shop.tampered("UPDATE products SET livemode = 1").await;
    let before = shop.in_sale("price").await;
    let shop = shop.restart().await;
    shop.settled().await;
    assert_eq!(
        shop.in_sale("price").await,
        before,
        "nothing of it was finished here"
    );
    let refused = sync::resolve(shop.inbox(), Actor::Person, torta.id, Keep::Ours).await;
    assert!(refused.is_err());
    let looked = sync::look(shop.inbox()).await.unwrap();
    let done = shop.synced().await;
    assert_eq!(
        (looked.created, done.created),
        (0, 0),
        "its mark is known: {done:?}"
    );
    let product = shop.only_product().await;
    assert_eq!(product.price, mxn(470_00), "nothing was overwritten");
    assert_eq!(shop.in_sale("product").await.len(), 1, "no twin");
    shop.close().await;
}

#[tokio::test]
async fn another_account_gets_the_catalog_once_and_the_first_ones_questions_are_over() {
    let shop = TestShop::open().await;
    let blusa = shop.sells("Blusa", 300_00).await;
    shop.synced().await;
    let there = shop.only_product().await.stripe_product.unwrap();
    shop.in_dashboard(&format!("/v1/products/{there}"), "name=Otra+blusa")
        .await;
    shop.edits(&blusa, 320_00).await;
    assert_eq!(shop.synced().await.conflicts, 1);
    let shop = shop.with_another_account().await;
    let refused = sync::resolve(shop.inbox(), Actor::Person, blusa.id, Keep::Ours).await;
    assert!(refused.unwrap_err().to_string().contains("another account"));
    let done = shop.synced().await;
    assert_eq!(
        (done.created, done.conflicts, moves(&done)),
        (1, 0, 1),
        "{done:?}"
    );
    let product = shop.only_product().await;
    assert_eq!(
        (product.name.as_str(), product.sync),
        ("Blusa", SyncState::Synced)
    );
    assert_ne!(product.stripe_product.unwrap(), there);
    assert_eq!(shop.synced().await.same, 1);
    shop.close().await;
}
