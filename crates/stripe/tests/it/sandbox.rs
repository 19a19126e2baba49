//! The client against the sandbox, which shares no code with it: what is asked for happens, once.

use std::time::Duration;

use cobro_sandbox::stripe::{PayOutcome, PayWith};
use cobro_sandbox::{Endpoint, Fault, Kind, Sandbox, SandboxOptions};
use cobro_stripe::{
    CouponDuration, Created, Currency, CustomerFields, Discount, Interval, InvoicesOf, MethodOptions, Money,
    NewCoupon, NewLine, NewLink, NewPhase, NewPrice, NewPromotionCode, NewRefund, NewSession, NextStep, Off,
    PauseBehavior, PaymentStatus, PortalFlow, ProductFields, Recurring, ShippingOption, StripeApi,
    StripeOptions, SubscriptionChange, Terms,
};

use crate::server::install_tls;

const GOOD: &str = "4242424242424242";
const DAY: u64 = 24 * 3600;

struct Shop {
    sandbox: Sandbox,
    api: StripeApi,
}

impl Shop {
    async fn open() -> Self {
        install_tls();
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        let api = StripeApi::new(StripeOptions {
            base_url: sandbox.stripe_url(),
            // What the desk has: the sandbox names a permission that lacks.
            key: sandbox.stripe().restricted_key.clone().into(),
            timeout: Duration::from_secs(10),
            on_read: None,
        })
        .unwrap();
        Self { sandbox, api }
    }

    fn pays(&self, what: &str, with: PayWith) -> PayOutcome {
        self.sandbox.account().pay_link(what, with.named("Ana"))
    }

    fn waits(&self, days: u64) {
        self.sandbox.advance(Duration::from_secs(days * DAY + 2));
        self.sandbox.account().catch_up();
    }

    /// Lets the next answers to writes be lost after the work was done.
    fn loses_answers(&self, count: u32) {
        let fault = Fault::next(count, Kind::LostAnswer);
        self.sandbox.faults().set(Endpoint::StripePost, Some(fault));
    }

    fn made(&self, path: &str) -> usize {
        let asked = self.sandbox.log();
        asked
            .iter()
            .filter(|asked| format!("{asked:?}").contains(path))
            .count()
    }
}

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
}

fn monthly(minor: i64) -> NewLine<'static> {
    NewLine {
        recurring: Some(Recurring::MONTHLY),
        ..NewLine::of("Club", mxn(minor))
    }
}

async fn subscribes(shop: &Shop) -> String {
    let link = NewLink {
        charge: "c1",
        conversation: "v1",
        lines: &[monthly(99_00)],
        ..NewLink::default()
    };
    let link = shop.api.create_payment_link(&link, "club").await.unwrap();
    assert!(shop.pays(&link.url, PayWith::card(GOOD)).is_paid());
    let session = shop
        .api
        .sessions_of_payment_link(&link.id)
        .await
        .unwrap()
        .remove(0);
    session.subscription.unwrap()
}

#[tokio::test]
async fn a_catalog_is_made_changed_and_put_away() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let fields = ProductFields {
        name: "Taco",
        description: "al pastor",
        metadata: &[("cobro_product", "p1")],
        ..ProductFields::default()
    };
    let product = api.create_product(&fields, "product").await.unwrap();
    let price = NewPrice {
        product: &product.id,
        unit_amount: mxn(25_00),
        recurring: None,
        nickname: None,
        tax: None,
        metadata: &[],
    };
    let price = api.create_price(&price, "price").await.unwrap();
    assert_eq!((price.unit_amount, price.is_recurring), (Some(mxn(25_00)), false));
    let main = api
        .set_default_price(&product.id, &price.id, "default")
        .await
        .unwrap();
    assert_eq!(main.default_price.as_deref(), Some(price.id.as_str()));
    let found = api.find_product("cobro_product", "p1", 3).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(product.id.clone()));
    let line = NewLine {
        price: Some(&price.id),
        quantity: 3,
        ..NewLine::of("", mxn(25_00))
    };
    let link = NewLink {
        lines: &[line],
        ..NewLink::default()
    };
    let link = api.create_payment_link(&link, "link").await.unwrap();
    assert!(shop.pays(&link.id, PayWith::card(GOOD)).is_paid());
    let session = api.sessions_of_payment_link(&link.id).await.unwrap().remove(0);
    assert_eq!(session.amount_total, Some(mxn(75_00)));
    api.set_price_active(&price.id, false, "archive").await.unwrap();
    assert!(
        api.prices(Some(&product.id), Some(true), None)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let gone = api
        .set_product_active(&product.id, false, "put-away")
        .await
        .unwrap();
    assert!(!gone.active);
}

#[tokio::test]
async fn a_full_session_comes_back_as_it_was_asked_for() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let coupon = NewCoupon {
        name: "Mitad",
        off: Off::BasisPoints(50_00),
        duration: CouponDuration::Once,
        most_uses: None,
        until: None,
        metadata: &[],
    };
    let coupon = api.create_coupon(&coupon, "coupon").await.unwrap();
    assert_eq!(coupon.off, Some(Off::BasisPoints(50_00)));
    let code = NewPromotionCode {
        coupon: &coupon.id,
        code: Some("MITAD"),
        customer: None,
        least_amount: Some(mxn(100_00)),
        first_payment_only: false,
        most_uses: None,
        until: None,
        metadata: &[],
    };
    api.create_promotion_code(&code, "code").await.unwrap();
    let code = api.find_promotion_code("mitad").await.unwrap().unwrap();
    assert_eq!(code.coupon.and_then(|coupon| coupon.off), coupon.off);
    let ana = CustomerFields {
        name: Some("Ana"),
        conversation: Some("v1"),
        ..CustomerFields::default()
    };
    let ana = api.create_customer(&ana, "ana").await.unwrap();
    let found = api.find_customer("cobro_conversation", "v1", 2).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(ana.id.clone()));
    let session = NewSession {
        charge: "c1",
        conversation: "v1",
        lines: &[
            NewLine::of("Mesa", mxn(3_000_00)),
            NewLine::of("Silla", mxn(500_00)),
        ],
        terms: Terms {
            methods: &["card"],
            shipping_countries: &["MX"],
            phone: true,
            ..Terms::default()
        },
        discount: Some(Discount::PromotionCode(&code.id)),
        success_url: Some("https://shop.test/"),
        customer: Some(&ana.id),
        locale: Some("es-419"),
        options: MethodOptions {
            installments: true,
            ..MethodOptions::default()
        },
        shipping: &[ShippingOption {
            name: "DHL",
            amount: mxn(99_00),
        }],
        ..NewSession::default()
    };
    let session = api.create_checkout_session(&session, "session").await.unwrap();
    assert!(
        shop.pays(&session.id, PayWith::card("5062210000000009").in_months(6))
            .is_paid()
    );
    let paid = api.checkout_session(&session.id).await.unwrap();
    assert_eq!(paid.amount_total, Some(mxn(1_849_00)));
    assert_eq!((paid.amount_discount, paid.amount_shipping), (1_750_00, 99_00));
    assert_eq!(paid.customer.as_deref(), Some(ana.id.as_str()));
    assert_eq!(paid.shipping.and_then(|to| to.country).as_deref(), Some("MX"));
    let charge = paid
        .payment_intent
        .and_then(|intent| intent.latest_charge)
        .unwrap();
    assert_eq!(charge.method.and_then(|method| method.installments), Some(6));
}

#[tokio::test]
async fn a_transfer_is_followed_to_the_last_peso() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let account = api.account().await.unwrap();
    let spei = account
        .methods()
        .into_iter()
        .find(|method| method.name == "customer_balance");
    assert!(spei.unwrap().limits.unwrap().needs_customer);
    let ana = CustomerFields::default();
    let ana = api.create_customer(&ana, "ana").await.unwrap();
    let new = NewSession {
        charge: "c1",
        conversation: "v1",
        lines: &[NewLine::of("Mesa", mxn(500_00))],
        terms: Terms {
            methods: &["customer_balance"],
            ..Terms::default()
        },
        success_url: Some("https://shop.test/"),
        customer: Some(&ana.id),
        options: MethodOptions {
            spei: true,
            ..MethodOptions::default()
        },
        ..NewSession::default()
    };
    let session = api.create_checkout_session(&new, "session").await.unwrap();
    let PayOutcome::Transfer { payment_intent, .. } = shop.pays(&session.id, PayWith::transfer()) else {
        panic!("no transfer")
    };
    shop.sandbox.account().transfer(&payment_intent, 200_00);
    let waits = api.payment_intent(&payment_intent).await.unwrap();
    let Some(NextStep::Transfer { remaining, clabe, .. }) = waits.next else {
        panic!("no instructions")
    };
    assert_eq!(
        (remaining, clabe.map(|clabe| clabe.len())),
        (Some(mxn(300_00)), Some(18))
    );
    assert_eq!(
        api.checkout_session(&session.id).await.unwrap().payment_status,
        PaymentStatus::Unpaid
    );
    shop.sandbox.account().transfer(&payment_intent, 350_00);
    assert!(api.checkout_session(&session.id).await.unwrap().is_paid());
    assert_eq!(api.cash_balance(&ana.id).await.unwrap().get("mxn"), Some(&50_00));
}

#[tokio::test]
async fn the_books_tell_of_disputes_refunds_and_payouts() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let mut intents = Vec::new();
    for (key, card) in [("a", GOOD), ("b", "4000000000005126"), ("c", GOOD)] {
        let link = NewLink {
            charge: key,
            lines: &[NewLine::of("Blusa", mxn(450_00))],
            ..NewLink::default()
        };
        let link = api.create_payment_link(&link, key).await.unwrap();
        let PayOutcome::Paid { payment_intent, .. } = shop.pays(&link.id, PayWith::card(card)) else {
            panic!("not paid")
        };
        intents.push(payment_intent);
    }
    shop.waits(0);
    let account = shop.sandbox.account();
    let dispute = account
        .dispute(&intents[0], "product_not_received", false)
        .unwrap();
    let open = api.dispute(&dispute).await.unwrap();
    assert!(open.needs_response() && open.due_by.is_some() && !open.is_warning());
    assert_eq!(open.balance_transactions[0].net, -450_00 - 300_00);
    account.close_dispute(&dispute, true).unwrap();
    let closed = api
        .disputes_of_payment(&intents[0])
        .await
        .unwrap()
        .items
        .remove(0);
    assert_eq!(
        (closed.outcome(), closed.balance_transactions.len()),
        (Some(true), 2)
    );

    let refund = NewRefund {
        payment_intent: &intents[1],
        amount: Some(mxn(100_00)),
        reason: None,
        metadata: &[("cobro_refund", "r1")],
    };
    let refund = api.create_refund(&refund, "refund").await.unwrap();
    assert_eq!(refund.status.as_deref(), Some("succeeded"));
    shop.waits(4);
    let failed = api.refund(&refund.id).await.unwrap();
    assert_eq!(failed.status.as_deref(), Some("failed"));
    assert!(failed.failure_balance_transaction.is_some() && failed.failure_reason.is_some());

    shop.waits(4);
    let payouts = api.payouts(Created::default(), None).await.unwrap().items;
    for payout in &payouts {
        let inside = api
            .balance_transactions_of_payout(&payout.id, None)
            .await
            .unwrap()
            .items;
        assert_eq!(inside.iter().map(|moved| moved.net).sum::<i64>(), 0);
        assert!(payout.automatic && payout.arrival_date.is_some());
    }
    let moved = api
        .balance_transactions(Created::default(), None)
        .await
        .unwrap()
        .items;
    let balance = api.balance().await.unwrap();
    let has: i64 = balance
        .available
        .iter()
        .chain(&balance.pending)
        .map(|(_, minor)| minor)
        .sum();
    assert_eq!(moved.iter().map(|moved| moved.net).sum::<i64>(), has);
    assert!(!payouts.is_empty());
}

#[tokio::test]
async fn a_subscription_is_paused_changed_scheduled_and_ended() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let id = subscribes(&shop).await;
    let begun = api.find_subscription("c1", None, 2).await.unwrap().unwrap();
    assert_eq!((&begun.id, begun.status.as_str()), (&id, "active"));
    let customer = begun.customer.clone().unwrap();
    let first = api
        .invoices(InvoicesOf::Subscription(&id), None, None)
        .await
        .unwrap()
        .items
        .remove(0);
    let intent = first.payments[0].payment_intent.clone().unwrap();
    assert_eq!(first.subscription_metadata["cobro_charge"], "c1");
    let of = api.invoice_of_payment(&intent).await.unwrap().unwrap();
    assert_eq!(of.invoice.as_deref(), Some(first.id.as_str()));

    let paused = api
        .pause_subscription(&id, PauseBehavior::Void, None, "pause")
        .await
        .unwrap();
    assert_eq!(
        paused.pause.and_then(|pause| pause.behavior).as_deref(),
        Some("void")
    );
    shop.waits(32);
    assert_eq!(
        api.invoices(InvoicesOf::Subscription(&id), None, None)
            .await
            .unwrap()
            .items[0]
            .status
            .as_deref(),
        Some("void")
    );
    assert!(
        api.resume_subscription(&id, "resume")
            .await
            .unwrap()
            .pause
            .is_none()
    );
    let change = SubscriptionChange {
        item: &begun.items[0].id,
        price: None,
        quantity: Some(2),
        prorated: false,
    };
    api.change_subscription(&id, &change, "change").await.unwrap();
    let next = api.upcoming_invoice(&id).await.unwrap();
    assert_eq!(next.amount_due, mxn(198_00));

    let portal = api
        .create_portal_session(&customer, PortalFlow::ChangeCard, Some("es"), "portal")
        .await
        .unwrap();
    assert!(portal.url.starts_with("http") && !format!("{portal:?}").contains("http"));
    let schedule = api.schedule_subscription(&id, "schedule").await.unwrap();
    let two_months = NewPhase {
        price: &begun.items[0].price.as_ref().unwrap().id,
        quantity: 2,
        duration: Recurring {
            interval: Interval::Month,
            count: 2,
        },
    };
    let start = schedule.phases[0].start.unwrap();
    api.end_by_schedule(&schedule.id, start, &[two_months], "phases")
        .await
        .unwrap();
    shop.waits(100);
    let over = api.subscription(&id).await.unwrap();
    assert!(over.is_over(), "{}", over.status);
    let paid = api
        .invoices(InvoicesOf::Customer(&customer), None, None)
        .await
        .unwrap()
        .items;
    let paid: Vec<_> = paid
        .iter()
        .filter(|invoice| invoice.amount_paid.minor() > 0)
        .collect();
    assert_eq!(paid.len(), 2, "the first month, and the second of the schedule");
}

#[tokio::test]
async fn a_failed_card_recovers_by_hand() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let id = subscribes(&shop).await;
    let customer = api.subscription(&id).await.unwrap().customer.unwrap();
    shop.sandbox.account().set_card(&customer, false).unwrap();
    shop.waits(32);
    let late = api.subscription(&id).await.unwrap();
    assert_eq!(late.status, "past_due");
    assert!(api.customer(&customer).await.unwrap().delinquent);
    let open = api
        .invoice(late.latest_invoice.as_deref().unwrap())
        .await
        .unwrap();
    assert!(open.next_payment_attempt.is_some() && open.url.is_some());
    assert!(api.pay_invoice(&open.id, "pay-1").await.is_err());
    shop.sandbox
        .account()
        .change_card(&customer, "5555555555554444")
        .unwrap();
    let paid = api.pay_invoice(&open.id, "pay-2").await.unwrap();
    assert_eq!(paid.status.as_deref(), Some("paid"));
    assert_eq!(api.subscription(&id).await.unwrap().status, "active");
}

#[tokio::test]
async fn ending_a_subscription_whose_answer_is_lost_is_read_back() {
    let shop = Shop::open().await;
    let id = subscribes(&shop).await;
    shop.loses_answers(1);
    assert!(shop.api.cancel_subscription(&id).await.unwrap().is_over());
    assert!(
        shop.api.cancel_subscription(&id).await.unwrap().is_over(),
        "it stays ended"
    );
}

#[tokio::test]
async fn lost_answers_never_make_two() {
    let shop = Shop::open().await;
    let api = &shop.api;
    shop.loses_answers(2);
    let link = NewLink {
        charge: "c1",
        conversation: "v1",
        lines: &[NewLine::of("Blusa", mxn(450_00))],
        ..NewLink::default()
    };
    let made = api.create_payment_link(&link, "key-link").await.unwrap();
    assert_eq!(api.payment_links(None).await.unwrap().items.len(), 1);
    let PayOutcome::Paid { payment_intent, .. } = shop.pays(&made.id, PayWith::card(GOOD)) else {
        panic!("not paid")
    };
    shop.waits(0);
    shop.loses_answers(2);
    let refund = NewRefund {
        payment_intent: &payment_intent,
        amount: Some(mxn(10_00)),
        reason: None,
        metadata: &[("cobro_refund", "r1")],
    };
    api.create_refund(&refund, "key-refund").await.unwrap();
    assert_eq!(api.refunds(None, None).await.unwrap().items.len(), 1);
    shop.loses_answers(1);
    let session = NewSession {
        charge: "c2",
        lines: &[NewLine::of("Blusa", mxn(450_00))],
        success_url: Some("https://shop.test/"),
        ..NewSession::default()
    };
    api.create_checkout_session(&session, "key-session")
        .await
        .unwrap();
    assert!(shop.made("/v1/checkout/sessions") >= 2, "it was asked for again");
    let sessions = api.sessions(None, None).await.unwrap().items;
    assert_eq!(
        sessions.iter().filter(|one| one.payment_link.is_none()).count(),
        1
    );
}

#[tokio::test]
async fn after_a_day_what_was_made_is_found_by_its_metadata() {
    let shop = Shop::open().await;
    let api = &shop.api;
    let link = NewLink {
        charge: "c1",
        conversation: "v1",
        lines: &[NewLine::of("Blusa", mxn(450_00))],
        ..NewLink::default()
    };
    let first = api.create_payment_link(&link, "key").await.unwrap();
    let session = NewSession {
        charge: "c2",
        lines: &[NewLine::of("Blusa", mxn(450_00))],
        success_url: Some("https://shop.test/"),
        ..NewSession::default()
    };
    let made = api.create_checkout_session(&session, "session").await.unwrap();
    let PayOutcome::Paid { payment_intent, .. } = shop.pays(&first.id, PayWith::card(GOOD)) else {
        panic!("not paid")
    };
    shop.waits(0);
    let refund = NewRefund {
        payment_intent: &payment_intent,
        amount: Some(mxn(10_00)),
        reason: None,
        metadata: &[("cobro_refund", "r1")],
    };
    let back = api.create_refund(&refund, "refund").await.unwrap();
    shop.waits(1);
    let again = api.create_payment_link(&link, "key").await.unwrap();
    assert_ne!(
        again.id, first.id,
        "Stripe forgot the key: whoever asks again must look first"
    );
    assert!(api.find_payment_link("c1", 2).await.unwrap().is_some());
    assert!(api.find_payment_link("c9", 2).await.unwrap().is_none());
    let found = api.find_session("c2", None, 2).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(made.id));
    assert!(
        api.find_session("c1", None, 2).await.unwrap().is_none(),
        "that one is a link's"
    );
    let found = api
        .find_refund(&payment_intent, "cobro_refund", "r1", None)
        .await
        .unwrap();
    assert_eq!(found.map(|found| found.id), Some(back.id));
    assert!(
        api.find_refund(&payment_intent, "cobro_refund", "r2", None)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn each_permission_that_a_key_lacks_is_named_and_nothing_is_made_by_trying() {
    install_tls();
    let mut options = SandboxOptions::default();
    for lacks in ["rak_billing_portal_write", "rak_charge_write", "rak_payout_read"] {
        assert!(options.stripe.permissions.remove(lacks));
    }
    options.stripe.permissions.insert("rak_charge_read".to_owned());
    let sandbox = Sandbox::start(options).await.unwrap();
    let with = |key: &str| {
        StripeApi::new(StripeOptions {
            base_url: sandbox.stripe_url(),
            key: key.to_owned().into(),
            timeout: Duration::from_secs(10),
            on_read: None,
        })
        .unwrap()
    };
    let restricted = with(&sandbox.stripe().restricted_key);
    let tried = restricted.try_permissions().await.unwrap();
    let missing: Vec<_> = tried
        .iter()
        .filter(|permission| !permission.granted)
        .map(|permission| permission.words.as_str())
        .collect();
    assert_eq!(
        missing,
        [
            "Charges and Refunds: Write",
            "Payouts: Read",
            "Customer Portal: Write"
        ]
    );
    assert!(!restricted.may_do_everything());
    let secret = with(&sandbox.stripe().secret_key);
    assert!(secret.may_do_everything());
    assert!(
        secret
            .try_permissions()
            .await
            .unwrap()
            .iter()
            .all(|permission| permission.granted)
    );
    assert!(secret.payment_links(None).await.unwrap().items.is_empty());
    assert!(secret.products(None, None).await.unwrap().items.is_empty());
    let wrong = with("rk_test_nobody");
    assert!(
        wrong.try_permissions().await.is_err(),
        "a key that Stripe does not know"
    );
}
