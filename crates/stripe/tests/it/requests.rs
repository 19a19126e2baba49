//! Every request that we can make, against Stripe's own description.

use std::time::Duration;

use cobro_protocol::Timestamp;
use cobro_stripe::{
    CouponDuration, Created, Currency, CustomerFields, Discount, EVENT_TYPES, EventPlace, Interval,
    InvoicesOf, MethodOptions, Money, NewCoupon, NewLine, NewLink, NewPhase, NewPrice, NewPromotionCode,
    NewRefund, NewSession, Off, PauseBehavior, PaymentLink, PortalFlow, ProductFields, Recurring,
    RefundReason, ShippingOption, StripeApi, StripeError, SubscriptionChange, TaxBehavior, Terms,
};
use serde_json::json;

use crate::contract::{Contract, tree_of};
use crate::objects;
use crate::server::{Received, Reply, Server};

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
}

/// Makes a link that asks for one thing, as most do.
async fn make_link(api: &StripeApi, amount: Money, key: &str) -> Result<PaymentLink, StripeError> {
    let link = NewLink {
        charge: "0190-c",
        conversation: "0190-v",
        lines: &[NewLine::of("Café & más = 100 % 🌮 [1]", amount)],
        single_use: true,
        inactive_message: Some("Este enlace ya no está activo."),
        ..NewLink::default()
    };
    api.create_payment_link(&link, key).await
}

const TERMS: Terms<'static> = Terms {
    methods: &["card", "oxxo"],
    shipping_countries: &["MX", "CO"],
    phone: true,
    promotion_codes: false,
    trial_days: None,
    keep_customer: true,
    automatic_tax: true,
    metadata: &[("order", "7")],
};

fn two_lines() -> [NewLine<'static>; 2] {
    let taco = NewLine {
        description: Some("al pastor"),
        quantity: 3,
        adjustable: Some((1, 9)),
        tax: Some(TaxBehavior::Inclusive),
        ..NewLine::of("Taco", mxn(25_00))
    };
    let known = NewLine {
        price: Some("price_1"),
        ..NewLine::of("", mxn(10_00))
    };
    [taco, known]
}

fn fortnightly() -> [NewLine<'static>; 1] {
    [NewLine {
        product: Some("prod_1"),
        recurring: Some(Recurring {
            interval: Interval::Week,
            count: 2,
        }),
        ..NewLine::of("", mxn(99_00))
    }]
}

/// Checks that a call left the house; what came back is of no concern here.
fn asked<T>(answer: Result<T, StripeError>) {
    if let Err(StripeError::Invalid(why)) = answer {
        panic!("nothing was asked: {why}");
    }
}

/// Makes every link and session there is.
async fn make_everything(api: &StripeApi) {
    let (two, again) = (two_lines(), fortnightly());
    let trial = Terms {
        trial_days: Some(7),
        keep_customer: false,
        ..TERMS
    };
    let lone = NewLink {
        charge: "0190-c",
        conversation: "0190-v",
        lines: &two,
        success_url: Some("https://shop.test/gracias"),
        terms: Terms {
            promotion_codes: true,
            ..TERMS
        },
        ..NewLink::default()
    };
    asked(api.create_payment_link(&lone, "link-1").await);
    let subscription = NewLink {
        lines: &again,
        terms: trial,
        success_url: None,
        ..lone
    };
    asked(api.create_payment_link(&subscription, "link-2").await);
    let full = NewSession {
        charge: "0190-c",
        conversation: "0190-v",
        lines: &two,
        success_url: Some("https://shop.test/gracias?session={CHECKOUT_SESSION_ID}"),
        expires_at: Some(Timestamp::from_secs(1_790_003_600)),
        terms: TERMS,
        discount: Some(Discount::Coupon("promo")),
        customer: Some("cus_1"),
        email: None,
        locale: Some("es-419"),
        options: MethodOptions {
            installments: true,
            oxxo_days: Some(2),
            boleto_days: Some(3),
            pix_seconds: Some(3600),
            spei: true,
        },
        shipping: &[ShippingOption {
            name: "Mensajería",
            amount: mxn(80_00),
        }],
    };
    asked(api.create_checkout_session(&full, "session-1").await);
    let by_code = NewSession {
        lines: &again,
        terms: trial,
        discount: Some(Discount::PromotionCode("promo_1")),
        customer: None,
        email: Some("ana@example.test"),
        options: MethodOptions::default(),
        expires_at: None,
        ..full
    };
    asked(api.create_checkout_session(&by_code, "session-2").await);
    asked(api.expire_checkout_session("cs_1", "session-3").await);
}

async fn ask_the_catalog(api: &StripeApi) {
    let pairs: &[_] = &[("cobro_product", "p1")];
    let product = ProductFields {
        name: "Taco",
        description: "al pastor",
        images: &["https://shop.test/taco.png"],
        tax_code: Some("txcd_99999999"),
        metadata: pairs,
    };
    asked(api.create_product(&product, "product-1").await);
    let plain = ProductFields {
        description: "",
        ..product
    };
    asked(api.create_product(&plain, "product-2").await);
    asked(api.update_product("prod_1", &plain, "product-3").await);
    asked(api.set_product_active("prod_1", false, "product-4").await);
    asked(api.set_default_price("prod_1", "price_1", "product-5").await);
    asked(api.product("prod_1").await);
    asked(api.products(Some(true), Some("prod_0")).await);
    asked(api.products_named(&["prod_1", "prod_2"]).await);
    asked(api.find_product("cobro_product", "p1", 1).await);
    let price = NewPrice {
        product: "prod_1",
        unit_amount: mxn(25_00),
        recurring: Some(Recurring::MONTHLY),
        nickname: Some("mensual"),
        tax: Some(TaxBehavior::Exclusive),
        metadata: pairs,
    };
    asked(api.create_price(&price, "price-1").await);
    asked(api.set_price_active("price_1", false, "price-2").await);
    asked(api.price("price_1").await);
    asked(api.prices(Some("prod_1"), Some(true), Some("price_0")).await);
}

async fn ask_for_discounts(api: &StripeApi) {
    let until = Some(Timestamp::from_secs(1_790_003_600));
    let coupon = NewCoupon {
        name: "Bienvenida",
        off: Off::Amount(mxn(50_00)),
        duration: CouponDuration::Once,
        most_uses: Some(100),
        until,
        metadata: &[("k", "v")],
    };
    asked(api.create_coupon(&coupon, "coupon-1").await);
    let percent = NewCoupon {
        off: Off::BasisPoints(12_50),
        duration: CouponDuration::Months(3),
        ..coupon
    };
    asked(api.create_coupon(&percent, "coupon-2").await);
    asked(api.coupon("coupon1").await);
    asked(api.coupons(Some("coupon0")).await);
    let code = NewPromotionCode {
        coupon: "coupon1",
        code: Some("HOLA"),
        customer: Some("cus_1"),
        least_amount: Some(mxn(200_00)),
        first_payment_only: true,
        most_uses: Some(1),
        until,
        metadata: &[("k", "v")],
    };
    asked(api.create_promotion_code(&code, "code-1").await);
    asked(api.set_promotion_code_active("promo_1", false, "code-2").await);
    asked(api.promotion_codes(Some("promo_0")).await);
    asked(api.find_promotion_code(" HOLA ").await);
}

async fn ask_for_customers(api: &StripeApi) {
    let ana = CustomerFields {
        name: Some("Ana"),
        email: Some("ana@example.test"),
        phone: Some("+5215550001111"),
        conversation: Some("0190-v"),
        metadata: &[("k", "v")],
    };
    asked(api.create_customer(&ana, "customer-1").await);
    asked(api.update_customer("cus_1", &ana, "customer-2").await);
    asked(api.customer("cus_1").await);
    asked(api.customers(Some("ana@example.test"), Some("cus_0")).await);
    asked(api.find_customer("cobro_conversation", "0190-v", 1).await);
}

async fn ask_the_books(api: &StripeApi, between: Created) {
    let refund = NewRefund {
        payment_intent: "pi_1",
        amount: Some(mxn(10_00)),
        reason: Some(RefundReason::RequestedByCustomer),
        metadata: &[("cobro_refund", "r1")],
    };
    asked(api.create_refund(&refund, "refund-1").await);
    let whole = NewRefund {
        amount: None,
        reason: None,
        metadata: &[],
        ..refund
    };
    asked(api.create_refund(&whole, "refund-2").await);
    asked(api.refund("re_1").await);
    asked(api.refunds(between, Some("re_0")).await);
    asked(api.refunds_of_payment("pi_1").await);
    asked(api.find_refund("pi_1", "cobro_refund", "r1", None).await);
    asked(api.balance().await);
    asked(api.balance_transaction("txn_1").await);
    asked(api.balance_transactions(between, Some("txn_0")).await);
    asked(api.balance_transactions_of_payout("po_1", Some("txn_0")).await);
    asked(api.balance_transactions_of("ch_1").await);
    asked(api.dispute("du_1").await);
    asked(api.disputes(between, Some("du_0")).await);
    asked(api.disputes_of_payment("pi_1").await);
    asked(api.payout("po_1").await);
    asked(api.payouts(between, Some("po_0")).await);
}

async fn ask_for_subscriptions(api: &StripeApi, between: Created) {
    let at = Timestamp::from_secs(1_790_003_600);
    asked(api.subscription("sub_1").await);
    asked(api.subscriptions(Some("cus_1"), between, Some("sub_0")).await);
    asked(api.find_subscription("c1", between.since, 1).await);
    let void = PauseBehavior::Void;
    asked(api.pause_subscription("sub_1", void, Some(at), "sub-1").await);
    asked(api.resume_subscription("sub_1", "sub-2").await);
    asked(api.cancel_at_period_end("sub_1", true, "sub-3").await);
    asked(api.cancel_at("sub_1", Some(at), "sub-4").await);
    asked(api.cancel_at("sub_1", None, "sub-5").await);
    let change = SubscriptionChange {
        item: "si_1",
        price: Some("price_2"),
        quantity: Some(2),
        prorated: true,
    };
    asked(api.change_subscription("sub_1", &change, "sub-6").await);
    asked(api.cancel_subscription("sub_1").await);
    asked(api.schedule_subscription("sub_1", "schedule-1").await);
    let half_a_year = NewPhase {
        price: "price_1",
        quantity: 1,
        duration: Recurring {
            interval: Interval::Month,
            count: 6,
        },
    };
    asked(
        api.end_by_schedule("sub_sched_1", at, &[half_a_year], "schedule-2")
            .await,
    );
    asked(api.subscription_schedule("sub_sched_1").await);
    asked(api.release_schedule("sub_sched_1", "schedule-3").await);
    asked(api.invoice("in_1").await);
    for of in [
        InvoicesOf::Everyone,
        InvoicesOf::Customer("cus_1"),
        InvoicesOf::Subscription("sub_1"),
    ] {
        asked(api.invoices(of, between, Some("in_0")).await);
    }
    asked(api.upcoming_invoice("sub_1").await);
    asked(api.pay_invoice("in_1", "invoice-1").await);
    asked(api.invoice_of_payment("pi_1").await);
    for (key, flow) in [
        ("portal-1", PortalFlow::Home),
        ("portal-2", PortalFlow::ChangeCard),
        ("portal-3", PortalFlow::Cancel("sub_1")),
    ] {
        asked(
            api.create_portal_session("cus_1", flow, Some("es-419"), key)
                .await,
        );
    }
}

async fn ask_for_clocks(api: &StripeApi) {
    let at = Timestamp::from_secs(1_790_003_600);
    asked(api.create_test_clock(at, "clock-1").await);
    asked(api.advance_test_clock("clock_1", at, "clock-2").await);
    asked(api.test_clock("clock_1").await);
    asked(api.delete_test_clock("clock_1").await);
    asked(
        api.create_customer_on_clock("clock_1", "ana@example.test", "clock-3")
            .await,
    );
    asked(api.cash_balance("cus_1").await);
}

/// Makes every call there is. What the answers are worth is of no concern here.
async fn ask_for_everything(server: &Server) -> Vec<Received> {
    let api = server.api();
    let since = Some(Timestamp::from_secs(1_790_000_000));
    let between = Created {
        since,
        until: Some(Timestamp::from_secs(1_790_100_000)),
    };
    asked(make_link(&api, mxn(250_00), "key-1").await);
    make_everything(&api).await;
    ask_the_catalog(&api).await;
    ask_for_discounts(&api).await;
    ask_for_customers(&api).await;
    asked(api.deactivate_payment_link("plink_1", "key-3").await);
    asked(api.payment_links(Some("plink_0")).await);
    asked(api.find_payment_link("c1", 1).await);
    asked(api.checkout_session("cs_1").await);
    asked(api.sessions_of_payment_link("plink_1").await);
    asked(api.sessions_of_payment_intent("pi_1").await);
    asked(api.sessions(between, Some("cs_0")).await);
    asked(api.find_session("c1", since, 1).await);
    asked(api.payment_intent("pi_1").await);
    asked(api.charge("ch_1").await);
    asked(api.charges(since, Some("ch_0")).await);
    asked(api.payment_intents(since, Some("pi_0")).await);
    ask_the_books(&api, between).await;
    ask_for_subscriptions(&api, between).await;
    ask_for_clocks(&api).await;
    asked(api.events(&EVENT_TYPES, EventPlace::After("evt_1"), 100).await);
    asked(api.events(&[], EventPlace::Before("evt_1"), 1).await);
    asked(api.new_events(None).await);
    asked(api.account().await);
    server.received()
}

#[tokio::test]
async fn every_request_is_one_that_stripe_describes() {
    let Some(contract) = Contract::read() else { return };
    let server = Server::start([Reply::status(404, "{}")]).await;
    let requests = ask_for_everything(&server).await;
    assert!(requests.len() > 90, "{}", requests.len());
    for request in &requests {
        assert_eq!(
            contract.faults(request),
            [""; 0],
            "{} {}?{}",
            request.method,
            request.path,
            request.query
        );
    }
}

#[tokio::test]
async fn every_request_names_its_version_and_key_and_a_write_its_idempotency_key() {
    let server = Server::start([Reply::status(404, "{}")]).await;
    for request in ask_for_everything(&server).await {
        assert_eq!(request.header("stripe-version"), Some("2026-09-30.endive"));
        assert_eq!(request.header("authorization"), Some("Bearer sk_test_fixture"));
        // A preview makes nothing.
        let is_write = request.method == "POST" && request.path != "/v1/invoices/create_preview";
        assert_eq!(
            request.header("idempotency-key").is_some(),
            is_write,
            "{}",
            request.path
        );
    }
}

#[tokio::test]
async fn a_link_asks_for_exactly_what_the_charge_says() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    make_link(&server.api(), mxn(250_00), "cobro-charge-1")
        .await
        .unwrap();
    let requests = server.received();
    let metadata = json!({ "cobro_charge": "0190-c", "cobro_conversation": "0190-v" });
    assert_eq!(
        tree_of(&requests[0].body),
        json!({
            "line_items": [{
                "quantity": "1",
                "price_data": {
                    "currency": "mxn",
                    "unit_amount": "25000",
                    "product_data": { "name": "Café & más = 100 % 🌮 [1]" }
                }
            }],
            "restrictions": { "completed_sessions": { "limit": "1" } },
            "inactive_message": "Este enlace ya no está activo.",
            "metadata": metadata,
            "payment_intent_data": { "metadata": metadata },
        })
    );
    assert_eq!(requests[0].header("idempotency-key"), Some("cobro-charge-1"));
}

#[tokio::test]
async fn the_same_link_is_the_same_bytes_every_time() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    for _ in 0..20 {
        make_link(&server.api(), mxn(250_00), "key").await.unwrap();
    }
    let requests = server.received();
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[tokio::test]
async fn switching_off_a_link_says_only_that() {
    let server = Server::start([Reply::ok(objects::link())]).await;
    server
        .api()
        .deactivate_payment_link("plink_1", "key")
        .await
        .unwrap();
    assert_eq!(server.received()[0].path, "/v1/payment_links/plink_1");
    assert_eq!(tree_of(&server.received()[0].body), json!({ "active": "false" }));
}

#[tokio::test]
async fn what_stripe_would_refuse_never_leaves() {
    let server = Server::start([Reply::ok("{}")]).await;
    let api = server.api();
    let isk = Money::from_minor(5_50, Currency::from_code("ISK").unwrap()).unwrap();
    let long = "k".repeat(256);
    for refused in [
        make_link(&api, isk, "key").await.err(),
        make_link(&api, mxn(1_00), "").await.err(),
        make_link(&api, mxn(1_00), &long).await.err(),
        api.checkout_session("../refunds").await.err(),
    ] {
        assert!(matches!(refused, Some(StripeError::Invalid(_))), "{refused:?}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn only_reads_are_counted() {
    let server = Server::start([Reply::status(503, "{}"), Reply::ok(objects::link())]).await;
    let api = server.api_within(Duration::from_secs(10));
    let _ = api.payment_links(None).await;
    assert_eq!(api.reads(), 2, "the repetition counts");
    make_link(&api, mxn(1_00), "key").await.unwrap();
    assert_eq!(api.reads(), 2);
}
