//! Objects: complete by Stripe's own schema, and readable by async-stripe's types.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, text};
use crate::stripe::{PayOutcome, PayWith, StripeOptions};

/// Lives through everything a shop can meet, so that every kind of object exists in every state.
async fn busy_shop() -> Shop {
    let shop = Shop::open_with(|options: &mut StripeOptions| {
        options.enabled_events.insert("*".to_owned());
    })
    .await;
    let cards = [
        "4242424242424242",
        "4000000000000002",
        "4000002760003184",
        "378282246310005",
    ];
    for card in cards {
        let link = shop.link(450_00, "mxn").await;
        shop.stripe.pay_link(
            text(&link, "url"),
            PayWith::card(card).named("Ana").with_email("ana@example.com"),
        );
    }
    for end in ["pay", "expire", "wait"] {
        let link = shop.link(450_00, "mxn").await;
        shop.stripe
            .pay_link(text(&link, "url"), PayWith::oxxo().named("Ana"));
        let intents = shop.get("/v1/payment_intents?limit=1").await.ok();
        let intent = text(&intents["data"][0], "id");
        match end {
            "pay" => drop(shop.stripe.pay_voucher(intent)),
            "expire" => drop(shop.stripe.expire_voucher(intent)),
            _ => {}
        }
    }
    shop.post("/v1/customers", "name=Ana&email=ana@example.com&metadata[a]=b")
        .await
        .ok();
    let product = shop.post("/v1/products", "name=Blusa").await.ok();
    let price = format!("currency=mxn&unit_amount=45000&product={}", text(&product, "id"));
    let price = shop.post("/v1/prices", &price).await.ok();
    let items = format!(
        "line_items[0][price]={}&line_items[0][quantity]=2",
        text(&price, "id")
    );
    let more = "after_completion[type]=redirect&after_completion[redirect][url]=https://shop.example/thanks\
         &customer_creation=always&payment_method_types[]=card&phone_number_collection[enabled]=true";
    let link = shop
        .post("/v1/payment_links", &format!("{items}&{more}"))
        .await
        .ok();
    shop.stripe
        .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
    let session = format!("mode=payment&success_url=https://shop.example/&{items}&customer_email=a@b.mx");
    let session = shop.post("/v1/checkout/sessions", &session).await.ok();
    shop.post(
        &format!("/v1/checkout/sessions/{}/expire", text(&session, "id")),
        "",
    )
    .await
    .ok();
    shop.wait(Duration::from_secs(2));
    let charge = shop.get("/v1/charges?limit=1").await.ok();
    shop.post(
        "/v1/refunds",
        &format!("charge={}&amount=100", text(&charge["data"][0], "id")),
    )
    .await
    .ok();
    live_with_subscriptions(&shop).await;
    live_with_bad_money(&shop).await;
    shop.post(
        "/v1/webhook_endpoints",
        "url=https://relay.example/&enabled_events[]=*",
    )
    .await
    .ok();
    shop
}

/// A trial, a paid and a failed subscription, a schedule, and a discount on one of them.
async fn live_with_subscriptions(shop: &Shop) {
    shop.post(
        "/v1/coupons",
        "id=half&percent_off=50&duration=repeating&duration_in_months=3&name=Mitad",
    )
    .await
    .ok();
    shop.post(
        "/v1/promotion_codes",
        "promotion[type]=coupon&promotion[coupon]=half&code=HOLA",
    )
    .await
    .ok();
    let clock = shop
        .post("/v1/test_helpers/test_clocks", "frozen_time=1790000000")
        .await
        .ok();
    let customer = format!("email=ana@example.com&test_clock={}", text(&clock, "id"));
    let customer = shop.post("/v1/customers", &customer).await.ok();
    let line = "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
         &line_items[0][price_data][unit_amount]=9900&line_items[0][price_data][recurring][interval]=month\
         &line_items[0][price_data][product_data][name]=Club";
    let on_clock = format!(
        "mode=subscription&{line}&customer={}&discounts[0][coupon]=half&success_url=https://shop.example/",
        text(&customer, "id")
    );
    let session = shop.post("/v1/checkout/sessions", &on_clock).await.ok();
    let good = || PayWith::card("4242424242424242").named("Ana");
    assert!(shop.stripe.pay_link(text(&session, "id"), good()).is_paid());
    let trial = format!("{line}&subscription_data[trial_period_days]=7&allow_promotion_codes=true");
    let link = shop.post("/v1/payment_links", &trial).await.ok();
    assert!(shop.stripe.pay_link(text(&link, "url"), good()).is_paid());
    let of_clock = format!("/v1/subscriptions?customer={}", text(&customer, "id"));
    let subscription = shop.get(&of_clock).await.ok()["data"][0].clone();
    let schedule = format!("from_subscription={}", text(&subscription, "id"));
    shop.post("/v1/subscription_schedules", &schedule).await.ok();
    shop.stripe.set_card(text(&customer, "id"), false).unwrap();
    let path = format!("/v1/test_helpers/test_clocks/{}/advance", text(&clock, "id"));
    shop.post(&path, "frozen_time=1795000000").await.ok();
}

/// A transfer that was too little, then too much; a dispute won and one that waits; a refund that failed.
async fn live_with_bad_money(shop: &Shop) {
    let customer = shop.post("/v1/customers", "name=Ana").await.ok();
    let spei = format!(
        "mode=payment&customer={}&success_url=https://x.example/&line_items[0][quantity]=1\
         &line_items[0][price_data][currency]=mxn&line_items[0][price_data][unit_amount]=50000\
         &line_items[0][price_data][product_data][name]=Mesa\
         &allowed_payment_method_types[0]=customer_balance\
         &payment_method_options[customer_balance][funding_type]=bank_transfer\
         &payment_method_options[customer_balance][bank_transfer][type]=mx_bank_transfer\
         &shipping_address_collection[allowed_countries][0]=MX\
         &shipping_options[0][shipping_rate_data][display_name]=DHL\
         &shipping_options[0][shipping_rate_data][type]=fixed_amount\
         &shipping_options[0][shipping_rate_data][fixed_amount][amount]=9900\
         &shipping_options[0][shipping_rate_data][fixed_amount][currency]=mxn",
        text(&customer, "id")
    );
    for amounts in [[100_00, 900_00], [50_00, 1_00]] {
        let session = shop.post("/v1/checkout/sessions", &spei).await.ok();
        let PayOutcome::Transfer { payment_intent, .. } =
            shop.stripe.pay_link(text(&session, "id"), PayWith::transfer())
        else {
            return;
        };
        for amount in amounts {
            shop.stripe.transfer(&payment_intent, amount);
        }
    }
    for (card, won) in [("4242424242424242", true), ("4000000000000259", false)] {
        let link = shop.link(450_00, "mxn").await;
        let PayOutcome::Paid { payment_intent, .. } =
            shop.stripe.pay_link(text(&link, "url"), PayWith::card(card))
        else {
            panic!("not paid")
        };
        shop.wait(Duration::from_secs(2));
        if won {
            let dispute = shop
                .stripe
                .dispute(&payment_intent, "product_not_received", false)
                .unwrap();
            shop.stripe.close_dispute(&dispute, true).unwrap();
        }
    }
    let link = shop.link(450_00, "mxn").await;
    let failing = PayWith::card("4000000000005126");
    let PayOutcome::Paid { payment_intent, .. } = shop.stripe.pay_link(text(&link, "url"), failing) else {
        panic!("not paid")
    };
    shop.wait(Duration::from_secs(2));
    let refund = format!("payment_intent={payment_intent}&metadata[a]=b");
    shop.post("/v1/refunds", &refund).await.ok();
    shop.wait(Duration::from_secs(9 * 24 * 3600));
}

const LISTS: &[(&str, &str)] = &[
    ("/v1/payment_links?expand[]=data.line_items", "payment_link"),
    (
        "/v1/checkout/sessions?expand[]=data.line_items",
        "checkout.session",
    ),
    (
        "/v1/payment_intents?expand[]=data.latest_charge&expand[]=data.payment_method",
        "payment_intent",
    ),
    (
        "/v1/charges?expand[]=data.balance_transaction&expand[]=data.refunds",
        "charge",
    ),
    ("/v1/balance_transactions", "balance_transaction"),
    ("/v1/refunds?expand[]=data.charge", "refund"),
    ("/v1/customers", "customer"),
    ("/v1/products", "product"),
    ("/v1/prices?expand[]=data.product", "price"),
    ("/v1/events?limit=100", "event"),
    ("/v1/webhook_endpoints", "webhook_endpoint"),
    ("/v1/coupons", "coupon"),
    (
        "/v1/promotion_codes?expand[]=data.promotion.coupon",
        "promotion_code",
    ),
    ("/v1/disputes?expand[]=data.charge", "dispute"),
    ("/v1/payouts?expand[]=data.balance_transaction", "payout"),
    (
        "/v1/subscriptions?status=all&limit=100&expand[]=data.latest_invoice&expand[]=data.default_payment_method",
        "subscription",
    ),
    ("/v1/invoices?limit=100&expand[]=data.payments", "invoice"),
    ("/v1/invoice_payments", "invoice_payment"),
    ("/v1/subscription_schedules", "subscription_schedule"),
    ("/v1/test_helpers/test_clocks", "test_helpers.test_clock"),
];

async fn listed(shop: &Shop, path: &str) -> Vec<Value> {
    let list = shop.get(path).await.ok();
    let rows = list["data"].as_array().unwrap().clone();
    assert!(!rows.is_empty(), "{path}");
    rows
}

fn data(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/stripe")
        .join(name);
    let Ok(text) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

#[tokio::test]
async fn every_object_satisfies_stripes_schema() {
    let Some(mut schema) = data("jsonschema-subset.json") else {
        return;
    };
    let shop = busy_shop().await;
    let mut checked = 0;
    let mut check = |name: &str, values: &[Value]| {
        schema["$ref"] = json!(format!("#/components/schemas/{name}"));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for value in values {
            let wrong: Vec<String> = validator
                .iter_errors(value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}\n{value:#}");
            checked += 1;
        }
    };
    for (path, name) in LISTS {
        check(name, &listed(&shop, path).await);
    }
    check("account", &[shop.get("/v1/account").await.ok()]);
    check("balance", &[shop.get("/v1/balance").await.ok()]);
    check("error", &[shop.get("/v1/payment_links/nope").await.body]);
    assert!(checked > 100, "{checked}");
}

/// Decodes with async-stripe's type, which fails on one missing required field.
fn decodes<T: miniserde::Deserialize>(value: &Value) {
    let text = value.to_string();
    assert!(
        miniserde::json::from_str::<T>(&text).is_ok(),
        "{}: {value:#}",
        std::any::type_name::<T>()
    );
}

#[tokio::test]
async fn async_stripe_reads_every_object() {
    let shop = busy_shop().await;
    for (path, name) in LISTS {
        for object in listed(&shop, path).await {
            match *name {
                "payment_link" => decodes::<stripe_shared::PaymentLink>(&object),
                "checkout.session" => decodes::<stripe_shared::CheckoutSession>(&object),
                "payment_intent" => decodes::<stripe_shared::PaymentIntent>(&object),
                "charge" => decodes::<stripe_shared::Charge>(&object),
                "balance_transaction" => decodes::<stripe_shared::BalanceTransaction>(&object),
                "refund" => decodes::<stripe_shared::Refund>(&object),
                "customer" => decodes::<stripe_shared::Customer>(&object),
                "product" => decodes::<stripe_shared::Product>(&object),
                "price" => decodes::<stripe_shared::Price>(&object),
                "coupon" => decodes::<stripe_shared::Coupon>(&object),
                "promotion_code" => decodes::<stripe_shared::PromotionCode>(&object),
                "dispute" => decodes::<stripe_shared::Dispute>(&object),
                "payout" => decodes::<stripe_shared::Payout>(&object),
                "subscription" => decodes::<stripe_shared::Subscription>(&object),
                "invoice" => decodes::<stripe_shared::Invoice>(&object),
                "subscription_schedule" => decodes::<stripe_shared::SubscriptionSchedule>(&object),
                "event" => decodes::<stripe_shared::Event>(&object),
                _ => {}
            }
        }
    }
    decodes::<stripe_shared::Account>(&shop.get("/v1/account").await.ok());
    let list = shop.get("/v1/payment_links").await.ok();
    decodes::<stripe_types::List<stripe_shared::PaymentLink>>(&list);
}

#[tokio::test]
async fn every_kind_can_be_dumped() {
    let shop = busy_shop().await;
    for (_, name) in LISTS.iter().filter(|(_, name)| *name != "invoice_payment") {
        let name = name.trim_start_matches("test_helpers.");
        let rows = shop.get(&format!("/sandbox/stripe/objects/{name}")).await.ok();
        assert!(!rows.as_array().unwrap().is_empty(), "{name}");
    }
    assert_eq!(shop.get("/sandbox/stripe/objects/unicorn").await.status, 404);
}
