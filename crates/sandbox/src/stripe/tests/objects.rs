//! Objects: complete by Stripe's own schema, and readable by async-stripe's types.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Shop, text};
use crate::stripe::{PayWith, StripeOptions};

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
    shop.post(
        "/v1/webhook_endpoints",
        "url=https://relay.example/&enabled_events[]=*",
    )
    .await
    .ok();
    shop
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
    for (_, name) in LISTS {
        let rows = shop.get(&format!("/sandbox/stripe/objects/{name}")).await.ok();
        assert!(!rows.as_array().unwrap().is_empty(), "{name}");
    }
    assert_eq!(shop.get("/sandbox/stripe/objects/unicorn").await.status, 404);
}
