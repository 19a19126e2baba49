//! What a charge's pay page offers and takes off: ways of paying, codes, ways of delivery.

use cobro_core::domain::{ChargePreview, Coupon, Way, WhyNot};
use cobro_core::{code, way};

use super::*;

impl TestShop {
    /// Returns a code as the seller was told of it: another discount than Stripe takes off by now.
    async fn half_off_by_now_ten(&self) -> Coupon {
        self.ten_off().await;
        Coupon {
            off: Part::Percent { basis_points: 5_000 },
            ..code::find(self.inbox(), "BUENFIN").await.unwrap()
        }
    }

    async fn preview(&self, question: ChargeQuestion) -> ChargePreview {
        preview::charge(self.inbox(), question).await.unwrap()
    }

    /// A code that takes 10 % off.
    async fn ten_off(&self) {
        let coupon = self
            .in_dashboard("/v1/coupons", "name=Buen+Fin&percent_off=10&duration=once")
            .await;
        let id = coupon["id"].as_str().unwrap();
        self.in_dashboard(
            "/v1/promotion_codes",
            &format!("promotion[type]=coupon&promotion[coupon]={id}&code=BUENFIN"),
        )
        .await;
    }
}

fn why<'a>(ways: &'a [Way], method: &str) -> Option<&'a WhyNot> {
    let way = ways.iter().find(|way| way.method == method);
    way.unwrap_or_else(|| panic!("{method} is not among {ways:?}"))
        .why_not
        .as_ref()
}

fn methods(names: &[&str]) -> ChargeTerms {
    ChargeTerms {
        methods: names.iter().map(|name| (*name).to_owned()).collect(),
        ..ChargeTerms::default()
    }
}

#[tokio::test]
async fn the_accounts_ways_of_paying_are_offered_with_their_limits() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    way::read(shop.inbox()).await.unwrap();
    let of = |minor, terms| ChargeQuestion {
        terms,
        ..ChargeQuestion::new(ana.conversation, mxn(minor), "Pastel")
    };
    let usual = shop.preview(of(500_00, ChargeTerms::default())).await;
    assert_eq!((why(&usual.ways, "card"), why(&usual.ways, "oxxo")), (None, None));
    assert_eq!(why(&usual.ways, "customer_balance"), Some(&WhyNot::OnRequest));
    assert!(matches!(why(&usual.ways, "pix"), Some(WhyNot::Currency { only }) if only == "BRL"));
    let large = shop.preview(of(12_000_00, ChargeTerms::default())).await;
    assert!(matches!(why(&large.ways, "oxxo"), Some(WhyNot::Above { .. })));
    let only = shop.preview(of(500_00, methods(&["oxxo"]))).await;
    assert_eq!(why(&only.ways, "card"), Some(&WhyNot::LeftOut));
    assert_eq!(
        only.fee,
        Some(mxn(20_00)),
        "3 % and 5 MXN: nothing but vouchers is offered"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_way_that_was_left_out_can_not_be_used() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    way::read(shop.inbox()).await.unwrap();
    let new = NewCharge {
        terms: methods(&["oxxo"]),
        ..shop.new_charge(&ana, mxn(500_00))
    };
    let charge = shop.create(new).await.unwrap();
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(!ana.phone.pays(PayWith::card(CARD)).is_paid());
    ana.phone.pays(PayWith::oxxo());
    shop.until_payment(charge.id, Payment::Processing).await;
    let too_much = NewCharge {
        terms: methods(&["oxxo"]),
        ..shop.new_charge(&ana, mxn(12_000_00))
    };
    let refused = shop.create(too_much).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Invalid);
    assert!(
        refused.to_string().contains("OXXO takes at most 10000.00 MXN"),
        "{refused}"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_code_is_found_by_typing_or_in_the_list_and_taken_off() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.ten_off().await;
    let unknown = code::find(shop.inbox(), "NADA").await.unwrap_err();
    assert!(unknown.to_string().contains("no code NADA"), "{unknown}");
    let found = code::find(shop.inbox(), " BUENFIN ").await.unwrap();
    assert_eq!(found.off, Part::Percent { basis_points: 1_000 });
    let listed = code::newest(shop.inbox()).await.unwrap();
    assert_eq!(
        listed,
        std::slice::from_ref(&found),
        "its coupon is not listed twice"
    );
    let new = shop.sell(&ana, vec![coffee()], with(found)).await;
    assert_eq!(new.amount, mxn(31_50));
    let charge = shop.create(new).await.unwrap();
    assert_eq!(
        (charge.payment, charge.carrier),
        (Payment::Open, StripeObject::CheckoutSession),
        "{:?}",
        charge.problem
    );
    shop.until("the page is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.received.unwrap_or(paid.amount), mxn(31_50));
    shop.close().await;
}

#[tokio::test]
async fn a_coupon_without_a_code_is_taken_off_too() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.in_dashboard(
        "/v1/coupons",
        "name=Amigos&amount_off=500&currency=mxn&duration=once",
    )
    .await;
    let coupon = code::newest(shop.inbox()).await.unwrap().remove(0);
    assert_eq!(coupon.code, "Amigos");
    let new = shop.sell(&ana, vec![coffee()], with(coupon)).await;
    let charge = shop.create(new).await.unwrap();
    shop.until("the page is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.amount, mxn(30_00));
    shop.close().await;
}

#[tokio::test]
async fn a_page_that_asks_for_another_amount_is_ended_and_never_sent() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = shop
        .sell(&ana, vec![coffee()], with(shop.half_off_by_now_ten().await))
        .await;
    assert_eq!(new.amount, mxn(17_50));
    let id = new.id;
    let charge = shop.create(new).await.unwrap();
    let problem = charge.problem.unwrap();
    assert_eq!(
        (charge.payment, problem.code.as_str()),
        (Payment::Cancelled, "amount_differs")
    );
    assert!(problem.advice.contains("31.50"), "{}", problem.advice);
    assert_eq!(charge.link, None, "nobody can hand it out");
    let shop = shop.restart().await;
    shop.settled().await;
    assert_eq!(ana.phone.pay_link(), None);
    assert!(ana.phone.inbox().is_empty(), "{:?}", ana.phone.inbox());
    let sessions = shop.objects("checkout_session").await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["status"], "expired", "nobody can pay it");
    let again = charge::retry(shop.inbox(), id).await.unwrap();
    assert_eq!(again.payment, Payment::Cancelled, "trying again changes nothing");
    assert_eq!(shop.objects("checkout_session").await.len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_page_that_asks_for_another_amount_is_ended_though_stripe_is_away() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = shop
        .sell(&ana, vec![coffee()], with(shop.half_off_by_now_ten().await))
        .await;
    // The page is made though its answer is lost; when it is heard of nothing goes out any more.
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1000, Kind::LostAnswer)));
    let draft = shop.create(new).await.unwrap();
    assert_eq!(draft.payment, Payment::Draft);
    assert_eq!(shop.objects("checkout_session").await.len(), 1);
    let shop = shop.restart().await;
    shop.sandbox.faults().set(Endpoint::StripePost, None);
    let ended = shop.until_payment(draft.id, Payment::Cancelled).await;
    assert_eq!(ended.problem.unwrap().code, "amount_differs");
    assert_eq!(shop.objects("checkout_session").await[0]["status"], "expired");
    shop.settled().await;
    assert!(ana.phone.inbox().is_empty(), "{:?}", ana.phone.inbox());
    shop.close().await;
}

#[tokio::test]
async fn codes_and_coupons_beyond_the_first_hundred_are_listed() {
    let shop = TestShop::open().await;
    for n in 0..105 {
        let coupon = shop
            .in_dashboard("/v1/coupons", &format!("name=C{n}&percent_off=10&duration=once"))
            .await;
        let id = coupon["id"].as_str().unwrap();
        shop.in_dashboard(
            "/v1/promotion_codes",
            &format!("promotion[type]=coupon&promotion[coupon]={id}&code=CODE{n}"),
        )
        .await;
        shop.in_dashboard(
            "/v1/coupons",
            &format!("name=PLAIN{n}&percent_off=20&duration=once"),
        )
        .await;
    }
    let listed = code::newest(shop.inbox()).await.unwrap();
    assert_eq!(
        listed.len(),
        210,
        "each once: a coupon that has a code is listed as the code"
    );
    for (beginning, count) in [("CODE", 105), ("PLAIN", 105)] {
        let of = listed.iter().filter(|coupon| coupon.code.starts_with(beginning));
        assert_eq!(of.count(), count, "{beginning}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_way_of_delivery_is_paid_with_the_order_and_offered_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let home = ShippingRate {
        name: "A domicilio".into(),
        amount: mxn(80_00),
    };
    let terms = ChargeTerms {
        shipping_countries: vec!["MX".into()],
        shipping_rates: vec![home.clone()],
        ..ChargeTerms::default()
    };
    let new = NewCharge {
        terms,
        ..shop.new_charge(&ana, mxn(500_00))
    };
    let charge = shop.create(new).await.unwrap();
    shop.until("the page is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.received, Some(mxn(580_00)));
    assert_eq!(paid.collected.unwrap().shipping, Some(mxn(80_00)));
    let next = ChargeQuestion::new(ana.conversation, mxn(1_00), "");
    assert_eq!(shop.preview(next).await.rates, [home]);
    shop.close().await;
}

fn with(coupon: Coupon) -> ChargeTerms {
    ChargeTerms {
        coupon: Some(coupon),
        ..ChargeTerms::default()
    }
}
