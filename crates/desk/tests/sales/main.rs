//! Charges of several lines: worked out, made once, paid, and taken from the stock.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../shop/mod.rs"]
mod shop;

mod links;
mod page;
mod pictures;
mod sync;

use cobro_core::domain::{
    ChargeId, ChargeQuestion, ChargeTerms, ChosenOption, Difference, NewCharge, NewChargeLine, OptionGroup,
    OptionValue, Part, Payment, Product, ProductAfterSale, ProductDraft, ProductId, QuotationId,
    QuotationState, ShippingRate, StripeObject, WarningKind,
};
use cobro_core::{Actor, ErrorCode, catalog, charge, preview, quotation};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};
use serde_json::json;
use shop::{TestCustomer, TestShop, mxn};

pub(crate) const CARD: &str = "4242424242424242";

impl TestShop {
    /// A cake of 450 in two sizes, five of which are left.
    async fn cake(&self) -> Product {
        let value = |name: &str, minor| OptionValue {
            name: name.into(),
            difference: Difference::from_minor(minor).unwrap(),
        };
        let draft = ProductDraft {
            stock: Some(5),
            options: vec![OptionGroup {
                name: "Tamaño".into(),
                values: vec![value("Chica", 0), value("Grande", 150_00)],
            }],
            ..ProductDraft::new("Torta de chocolate", mxn(450_00))
        };
        catalog::save(self.inbox(), Actor::Person, draft).await.unwrap()
    }

    async fn stock(&self, product: &Product) -> Option<i32> {
        catalog::product(self.inbox(), product.id).await.unwrap().stock
    }

    /// Asks what the charge comes to, and charges that.
    async fn sell(
        &self,
        customer: &TestCustomer,
        lines: Vec<NewChargeLine>,
        terms: ChargeTerms,
    ) -> NewCharge {
        let question = ChargeQuestion {
            amount: None,
            lines: lines.clone(),
            terms: terms.clone(),
            ..ChargeQuestion::new(customer.conversation, mxn(1), "")
        };
        let preview = preview::charge(self.inbox(), question).await.unwrap();
        NewCharge {
            lines,
            terms,
            message: preview.message,
            ..NewCharge::new(customer.conversation, preview.totals.now, "")
        }
    }
}

fn two_large(product: &Product) -> NewChargeLine {
    NewChargeLine {
        product: Some(product.id),
        name: String::new(),
        options: vec![ChosenOption {
            group: "Tamaño".into(),
            value: "Grande".into(),
        }],
        unit: None,
        quantity: 2,
        note: "Con velas".into(),
    }
}

fn coffee() -> NewChargeLine {
    NewChargeLine {
        product: None,
        name: "Café".into(),
        options: Vec::new(),
        unit: Some(mxn(35_00)),
        quantity: 1,
        note: String::new(),
    }
}

fn ten_percent() -> ChargeTerms {
    ChargeTerms {
        discount: Some(Part::Percent { basis_points: 1_000 }),
        ..ChargeTerms::default()
    }
}

#[tokio::test]
async fn a_sale_of_two_items_with_a_discount_is_paid_and_leaves_the_stock() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let new = shop
        .sell(&ana, vec![two_large(&cake), coffee()], ten_percent())
        .await;
    assert_eq!(
        new.message,
        "Ana, aquí está tu pedido:\n\
         • 2 × Torta de chocolate (Grande) – MX$1,200.00 · Con velas\n\
         • Café – MX$35.00\n\
         Descuento 10 %: −MX$123.50\n\
         Total *MX$1,111.50*\n\
         Paga seguro con Stripe 👇"
    );
    let charge = shop.create(new).await.unwrap();
    assert_eq!(charge.lines.len(), 2);
    assert_eq!(charge.totals.discount, mxn(123_50));
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert_eq!(
        shop.stock(&cake).await,
        Some(5),
        "nothing is sold before it is paid"
    );
    let answer = ana.phone.pays(PayWith::card(CARD));
    assert!(answer.is_paid(), "{answer:?}");
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.description, "2 × Torta de chocolate (Grande), Café");
    assert_eq!(shop.stock(&cake).await, Some(3));
    assert!(paid.can_restock);
    for _ in 0..2 {
        charge::restock(shop.inbox(), Actor::Person, charge.id)
            .await
            .unwrap();
    }
    assert_eq!(
        shop.stock(&cake).await,
        Some(5),
        "what came back is put back once"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_products_own_words_follow_its_payment() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let draft = ProductDraft {
        after: ProductAfterSale {
            thanks: "¡Listo {name}, tu torta!".into(),
            next_step: "La horneamos mañana.".into(),
            asks_shipping: Some(true),
            renews_order: None,
        },
        ..ProductDraft::from(&cake)
    };
    catalog::save(shop.inbox(), Actor::Person, draft).await.unwrap();
    let lines = vec![two_large(&cake), coffee()];
    let new = shop.sell(&ana, lines, ChargeTerms::default()).await;
    shop.create(new).await.unwrap();
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() == 2)
        .await;
    let thanks = ana.phone.inbox().remove(1);
    assert!(
        thanks.starts_with("¡Listo Ana, tu torta!\n\nLa horneamos mañana.\n\n¿A dónde"),
        "{thanks}"
    );
    let bad = ProductDraft {
        after: ProductAfterSale {
            next_step: "Hola {nombre}".into(),
            ..ProductAfterSale::default()
        },
        ..ProductDraft::from(&cake)
    };
    let refused = catalog::save(shop.inbox(), Actor::Person, bad).await.unwrap_err();
    assert!(refused.to_string().contains("{nombre}"), "{refused}");
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_makes_one_link_of_the_same_lines() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let new = shop
        .sell(&ana, vec![two_large(&cake), coffee()], ten_percent())
        .await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    let charge = shop.create(new.clone()).await.unwrap();
    // The catalog moves on; what was asked for does not.
    let dearer = ProductDraft {
        id: cake.id,
        ..ProductDraft::new("Otra cosa", mxn(999_00))
    };
    catalog::save(shop.inbox(), Actor::Person, dearer).await.unwrap();
    let charge = shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(shop.links().await, 1);
    assert_eq!(charge.lines[0].name, "Torta de chocolate");
    assert_eq!(charge.amount, mxn(1_111_50));
    shop.close().await;
}

#[tokio::test]
async fn a_price_that_changed_under_the_hand_is_asked_about() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let new = shop
        .sell(&ana, vec![two_large(&cake)], ChargeTerms::default())
        .await;
    let dearer = ProductDraft {
        id: cake.id,
        options: cake.options.clone(),
        ..ProductDraft::new("Torta de chocolate", mxn(500_00))
    };
    catalog::save(shop.inbox(), Actor::Person, dearer).await.unwrap();
    let refused = shop.create(new).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict, "{refused}");
    assert_eq!(shop.links().await, 0);
    shop.close().await;
}

#[tokio::test]
async fn a_deposit_remembers_what_is_owed_and_the_rest_is_charged_once() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let half = ChargeTerms {
        deposit: Some(Part::Percent { basis_points: 5_000 }),
        ..ChargeTerms::default()
    };
    let new = shop.sell(&ana, vec![two_large(&cake)], half).await;
    let deposit = shop.create(new).await.unwrap();
    assert_eq!((deposit.amount, deposit.totals.rest), (mxn(600_00), mxn(600_00)));
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    let first = ana.phone.pay_link();
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(deposit.id, Payment::Paid).await;
    assert_eq!(shop.stock(&cake).await, Some(3), "the deposit takes the goods");

    let id = ChargeId::new();
    let rest = charge::charge_rest(shop.inbox(), Actor::Person, id, deposit.id)
        .await
        .unwrap();
    let again = charge::charge_rest(shop.inbox(), Actor::Person, id, deposit.id)
        .await
        .unwrap();
    assert_eq!((rest.id, rest.amount), (again.id, mxn(600_00)));
    let another = charge::charge_rest(shop.inbox(), Actor::Person, ChargeId::new(), deposit.id)
        .await
        .unwrap_err();
    assert_eq!(another.code(), ErrorCode::Conflict);
    assert_eq!(
        charge::get(shop.inbox(), deposit.id).await.unwrap().rest_charge,
        Some(id)
    );
    shop.until("the second link is on the phone", || {
        ana.phone.pay_link() != first
    })
    .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(id, Payment::Paid).await;
    assert_eq!(shop.stock(&cake).await, Some(3), "the goods are taken once");
    shop.close().await;
}

#[tokio::test]
async fn ways_of_delivery_are_chosen_on_a_page_that_ends() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let terms = ChargeTerms {
        shipping_countries: vec!["MX".into()],
        shipping_rates: vec![ShippingRate {
            name: "A domicilio".into(),
            amount: mxn(80_00),
        }],
        ..ChargeTerms::default()
    };
    let question = ChargeQuestion {
        terms,
        ..ChargeQuestion::new(ana.conversation, mxn(100_00), "Pastel")
    };
    let preview = preview::charge(shop.inbox(), question).await.unwrap();
    assert_eq!(preview.carrier.object, StripeObject::CheckoutSession);
    assert!(
        preview
            .warnings
            .iter()
            .any(|warning| warning.kind == WarningKind::EndsSooner)
    );
    shop.close().await;
}

#[tokio::test]
async fn what_a_link_can_not_hold_is_carried_by_a_session_that_can_be_withdrawn() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let lines = vec![coffee(); 21];
    let new = shop.sell(&ana, lines, ChargeTerms::default()).await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    let charge = shop.create(new.clone()).await.unwrap();
    let charge = shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(
        charge.carrier,
        StripeObject::CheckoutSession,
        "{:?}",
        charge.problem
    );
    assert!(charge.stripe_ids.checkout_session.is_some());
    assert_eq!(shop.links().await, 0);
    let cancelled = charge::cancel(shop.inbox(), Actor::Person, charge.id)
        .await
        .unwrap();
    assert_eq!(cancelled.payment, Payment::Cancelled, "{:?}", cancelled.problem);

    let second = NewCharge {
        id: ChargeId::new(),
        ..new
    };
    let second = shop.create(second).await.unwrap();
    shop.until("the page is on the phone", || ana.phone.pay_link() == second.link)
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(second.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn more_than_there_is_is_said_but_not_forbidden() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let question = ChargeQuestion {
        amount: None,
        lines: vec![NewChargeLine {
            quantity: 6,
            ..two_large(&cake)
        }],
        ..ChargeQuestion::new(ana.conversation, mxn(1), "")
    };
    let preview = preview::charge(shop.inbox(), question).await.unwrap();
    let warning = preview
        .warnings
        .iter()
        .find(|warning| warning.kind == WarningKind::OutOfStock)
        .unwrap();
    assert!(
        !warning.blocking && warning.text.contains("only 5"),
        "{warning:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn an_offer_is_accepted_by_its_button_and_becomes_one_charge() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let cake = shop.cake().await;
    let new = NewCharge {
        message: String::new(),
        ..shop.sell(&ana, vec![two_large(&cake)], ten_percent()).await
    };
    let id = QuotationId::new();
    for _ in 0..2 {
        quotation::offer(shop.inbox(), Actor::Person, id, new.clone())
            .await
            .unwrap();
    }
    shop.until("the offer is on the phone", || !ana.phone.inbox().is_empty())
        .await;
    let offer = ana.phone.inbox().join("\n");
    assert!(
        offer.contains("Total *MX$1,080.00*") && offer.contains("¿Lo confirmas?"),
        "{offer}"
    );
    let reply = json!({"type": "interactive", "interactive": {"type": "button_reply",
        "button_reply": {"id": format!("cobro-quotation:{id}:yes"), "title": "Sí, confirmo"}}});
    ana.phone.sends(reply);
    shop.until_async("the answer is known", || async {
        let all = quotation::of_conversation(shop.inbox(), ana.conversation)
            .await
            .unwrap();
        all[0].state == QuotationState::Accepted
    })
    .await;
    // What was offered holds, whatever the catalog says by now.
    let dearer = ProductDraft {
        id: cake.id,
        options: cake.options.clone(),
        ..ProductDraft::new("Torta de chocolate", mxn(999_00))
    };
    catalog::save(shop.inbox(), Actor::Person, dearer).await.unwrap();
    let charge = quotation::accept(shop.inbox(), Actor::Person, id).await.unwrap();
    let again = quotation::accept(shop.inbox(), Actor::Person, id).await.unwrap();
    assert_eq!((charge.id, charge.amount), (again.id, mxn(1_080_00)));
    assert_eq!(shop.links().await, 1);
    shop.settled().await;
    shop.close().await;
}

#[tokio::test]
async fn what_is_too_little_or_too_much_for_stripe_is_warned_of() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let warned = async |minor: i64| {
        let question = ChargeQuestion::new(ana.conversation, mxn(minor), "Pastel");
        let preview = preview::charge(shop.inbox(), question).await.unwrap();
        let kinds = preview.warnings.iter().map(|warning| warning.kind);
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(warned(9_99).await, [WarningKind::BelowMinimum]);
    assert_eq!(warned(10_00).await, []);
    assert_eq!(warned(999_999_99).await, []);
    assert_eq!(warned(1_000_000_00).await, [WarningKind::AboveMaximum]);
    // As it was asked for it goes no further: nothing is sent, and the charge says why.
    let refused = shop
        .create(shop.new_charge(&ana, mxn(1_000_000_00)))
        .await
        .unwrap();
    let why = refused.problem.unwrap();
    assert!(refused.link.is_none() && why.title.contains("refused"), "{why:?}");
    assert!(ana.phone.inbox().is_empty());
    shop.close().await;
}
