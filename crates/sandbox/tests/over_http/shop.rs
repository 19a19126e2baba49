//! The scripted shop, with a desk that sends every customer a pay link.

use std::collections::HashSet;
use std::time::Duration;

use crate::receiver::{Receiver, Shop, pay_button};
use cobro_sandbox::{Author, SandboxOptions, Script};
use serde_json::json;

/// Answers the first message of each customer, and the second with a pay link.
async fn attend(shop: &Shop, done: &mut HashSet<String>) {
    for value in shop.receiver.values() {
        let Some(message) = value["messages"].get(0) else {
            continue;
        };
        let wamid = message["id"].as_str().unwrap().to_owned();
        if !done.insert(wamid) {
            continue;
        }
        let customer = match message["from"].as_str() {
            Some(phone) => json!({"to": phone}),
            None => json!({"recipient": message["from_user_id"]}),
        };
        let name = customer.to_string();
        if done.insert(format!("greeted {name}")) {
            let mut greeting = customer;
            greeting["type"] = "text".into();
            greeting["text"] = json!({"body": "¡Hola! Claro que sí, ¿a nombre de quién?"});
            assert_eq!(shop.send(greeting).await.0, 200);
        } else if done.insert(format!("charged {name}")) {
            let link = shop.payment_link(45_000, &name).await;
            let mut button = pay_button("", &link);
            let fields = button.as_object_mut().unwrap();
            fields.remove("to");
            fields.extend(customer.as_object().unwrap().clone());
            assert_eq!(shop.send(button).await.0, 200);
        }
    }
}

fn events(shop: &Shop, kind: &str) -> usize {
    shop.receiver
        .kept()
        .iter()
        .filter(|event| event["type"] == kind)
        .count()
}

#[tokio::test]
async fn the_customers_of_the_shop_write_read_answer_and_pay() {
    let options = SandboxOptions {
        script: Script::Shop,
        ..SandboxOptions::default()
    };
    let shop = Shop::open_with(options).await;
    let mut done = HashSet::new();
    let played = async {
        // A second of the play passes in a tenth of one.
        while events(&shop, "checkout.session.async_payment_succeeded") < 1
            || events(&shop, "checkout.session.completed") < 5
        {
            attend(&shop, &mut done).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            shop.sandbox.advance(Duration::from_millis(900));
        }
    };
    if tokio::time::timeout(Duration::from_secs(90), played)
        .await
        .is_err()
    {
        panic!("the play did not end; sent: {:#?}", shop.sandbox.sent());
    }

    assert_eq!(done.iter().filter(|deed| deed.starts_with("charged")).count(), 6);
    let customers = shop.sandbox.customers();
    assert_eq!(
        customers.iter().filter(|customer| customer.hides_phone).count(),
        1
    );
    assert!(events(&shop, "charge.failed") >= 1, "one card is declined first");
    assert_eq!(
        events(&shop, "payment_intent.succeeded"),
        5,
        "one customer never pays"
    );
    for customer in &customers {
        let phone = shop.sandbox.customer(&customer.phone).phone();
        assert!(
            phone
                .iter()
                .filter(|bubble| bubble.from == Author::Customer)
                .count()
                >= 3,
            "{phone:#?}"
        );
        assert!(
            phone.iter().any(|bubble| bubble.from == Author::Shop),
            "{}",
            customer.name
        );
    }
    let read = shop
        .receiver
        .statuses()
        .iter()
        .filter(|status| status["status"] == "read")
        .count();
    assert!(read >= 6, "{read}");
    assert_eq!(*shop.receiver.forged.lock().unwrap(), 0);
}

#[tokio::test]
async fn nobody_writes_before_the_relay_is_there() {
    let options = SandboxOptions {
        script: Script::Shop,
        ..SandboxOptions::default()
    };
    let sandbox = cobro_sandbox::Sandbox::start(options).await.unwrap();
    sandbox.advance(Duration::from_mins(1));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sandbox.webhooks().pending(), 0);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_script_from_a_file_reacts_to_what_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cast.json");
    let cast = json!({"customers": [{
        "name": "Ana", "phone": "5215512345678", "begins": [0, 0],
        "opening": [{"after": [0, 0], "text": "Hola"}],
        "answers": [{"to": ["sabor"], "text": "De fresa"}],
        "otherwise": ["Ok"],
        "pays": {"after": [0, 0], "with": ["oxxo", {"card": "4242424242424242"}], "says": {"excuse": "Luego"}},
    }]});
    std::fs::write(&path, cast.to_string()).unwrap();
    let script = Script::named(path.to_str().unwrap()).unwrap();
    let shop = Shop::open_with(SandboxOptions {
        script,
        ..SandboxOptions::default()
    })
    .await;
    let said = |count: usize| {
        shop.receiver
            .wait(move |receiver: &Receiver| receiver.messages().len() >= count)
    };
    said(1).await;
    // The question comes second, and is answered as what it is.
    for text in ["Buenas", "¿Qué SABOR?"] {
        let wamid = shop.text("5215512345678", text).await;
        shop.receiver
            .wait(|receiver| receiver.statuses_of(&wamid) == ["sent", "delivered", "read"])
            .await;
    }
    said(3).await;
    let mut texts: Vec<String> = shop
        .receiver
        .messages()
        .iter()
        .map(|message| message["text"]["body"].as_str().unwrap().to_owned())
        .collect();
    texts.sort();
    assert_eq!(texts, ["De fresa", "Hola", "Ok"]);
}

#[test]
fn a_script_that_is_not_one_is_refused_with_a_reason() {
    let missing = Script::named("no-such-script.json").unwrap_err();
    assert!(format!("{missing:#}").contains("'none', 'shop' or a file"));
}
