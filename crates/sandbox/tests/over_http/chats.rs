//! What customers do besides writing, and how the shop's messages stand on their phones.

use std::time::Duration;

use crate::receiver::{Shop, pay_button};
use cobro_sandbox::{Author, Limits, Status};
use reqwest::Method;
use serde_json::{Value, json};

const ANA: &str = "5215512345678";

/// Lets Ana do something by the control API; returns the message as the webhook told it.
async fn does(shop: &Shop, what: Value) -> Value {
    let (status, sent) = shop
        .control(
            Method::POST,
            &format!("customers/{ANA}/messages"),
            Some(what.clone()),
        )
        .await;
    assert_eq!(status, 201, "{what}: {sent}");
    let told = |message: &Value| message["id"] == sent["wamid"];
    shop.receiver
        .wait(|receiver| receiver.messages().iter().any(told))
        .await;
    let messages = shop.receiver.messages();
    messages
        .into_iter()
        .find(|message| message["id"] == sent["wamid"])
        .unwrap()
}

async fn delivered(shop: &Shop, message: Value) -> String {
    let (status, answer) = shop.send(message).await;
    assert_eq!(status, 200, "{answer}");
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&wamid).contains(&"delivered".to_owned()))
        .await;
    wamid
}

#[tokio::test]
async fn customers_send_everything_that_is_documented() {
    let shop = Shop::open().await;
    let first = does(&shop, json!({"text": "Hola", "name": "Ana"})).await;
    let first = first["id"].as_str().unwrap().to_owned();
    let ours = shop.text(ANA, "¿Cuál?").await;

    let reply = does(
        &shop,
        json!({"text": "Este", "reply_to": ours, "forwarded": true}),
    )
    .await;
    assert_eq!(
        reply["context"],
        json!({"from": "5215550000000", "id": ours, "forwarded": true})
    );
    let passed_on = does(&shop, json!({"text": "FYI", "often_forwarded": true})).await;
    assert_eq!(passed_on["context"], json!({"frequently_forwarded": true}));
    let place = does(
        &shop,
        json!({"location": {"latitude": 19.4, "longitude": -99.1, "name": "Casa"}}),
    )
    .await;
    assert_eq!(
        (place["type"].as_str(), &place["location"]["name"]),
        (Some("location"), &json!("Casa"))
    );
    let cards = json!([{"name": {"formatted_name": "Beto"}, "phones": [{"phone": "+52 1", "wa_id": "521"}]}]);
    assert_eq!(does(&shop, json!({"contacts": cards})).await["contacts"], cards);
    let cart =
        json!({"order": {"items": [{"product": "rosca", "quantity": 2, "price": 350, "currency": "MXN"}]}});
    let order = does(&shop, cart).await;
    assert_eq!(
        order["order"]["product_items"][0],
        json!({"product_retailer_id": "rosca", "quantity": 2, "item_price": 350, "currency": "MXN"})
    );
    let flow = does(&shop, json!({"flow": {"talla": "M"}})).await;
    let answers = flow["interactive"]["nfm_reply"]["response_json"]
        .as_str()
        .unwrap();
    assert_eq!(serde_json::from_str::<Value>(answers).unwrap()["talla"], "M");
    let ad = does(&shop, json!({"text": "Hola", "referral": true})).await;
    assert_eq!(ad["referral"]["source_type"], "ad");
    let product = does(&shop, json!({"text": "¿Hay?", "product": "rosca"})).await;
    assert_eq!(
        product["context"]["referred_product"]["product_retailer_id"],
        "rosca"
    );
    let poll = does(&shop, json!({"unsupported": "poll"})).await;
    assert_eq!(
        (&poll["unsupported"]["type"], &poll["errors"][0]["code"]),
        (&json!("poll"), &json!(131_051))
    );

    let edit = does(&shop, json!({"edit": {"of": first, "text": "¡Hola!"}})).await;
    assert_eq!(edit["edit"]["original_message_id"], first.as_str());
    let phone = shop.sandbox.customer(ANA).phone();
    let edited = phone.iter().find(|bubble| bubble.wamid == first).unwrap();
    assert!(edited.edited && edited.text == "¡Hola!");
    let revoke = does(&shop, json!({"revoke": first})).await;
    assert_eq!(revoke["revoke"]["original_message_id"], first.as_str());
    let phone = shop.sandbox.customer(ANA).phone();
    assert!(phone.iter().find(|bubble| bubble.wamid == first).unwrap().deleted);
    let nothing = shop
        .control(
            Method::POST,
            &format!("customers/{ANA}/messages"),
            Some(json!({"text": "x", "unsupported": "poll"})),
        )
        .await;
    assert_eq!(nothing.0, 400);
}

#[tokio::test]
async fn reactions_stand_on_the_message_from_both_sides() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    let hers = ana.writes("Hola");
    let ours = delivered(
        &shop,
        json!({"to": ANA, "type": "text", "text": {"body": "Hola"}}),
    )
    .await;
    let told = does(&shop, json!({"reaction": {"emoji": "👍"}})).await;
    assert_eq!(told["reaction"], json!({"message_id": ours, "emoji": "👍"}));
    let (_, sent) = shop
        .send(json!({"to": ANA, "type": "reaction", "reaction": {"message_id": hers, "emoji": "❤️"}}))
        .await;
    let reaction = sent["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(reaction) == ["sent"])
        .await;
    let on = |wamid: &str| {
        let phone = ana.phone();
        let bubble = phone.into_iter().find(|bubble| bubble.wamid == wamid).unwrap();
        bubble.reactions
    };
    assert_eq!(
        (on(&hers)[0].from, on(&hers)[0].emoji.as_str()),
        (Author::Shop, "❤️")
    );
    assert_eq!(on(&ours)[0].emoji, "👍");
    assert_eq!(ana.phone().len(), 2, "a reaction is no message of its own");
    let taken_back = does(&shop, json!({"reaction": {"to": ours, "emoji": ""}})).await;
    assert_eq!(taken_back["reaction"], json!({"message_id": ours}));
    assert!(on(&ours).is_empty());

    let (_, sent) = shop
        .send(json!({"to": ANA, "type": "reaction", "reaction": {"message_id": "wamid.none", "emoji": "❤️"}}))
        .await;
    let reaction = sent["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(reaction) == ["failed"])
        .await;
}

#[tokio::test]
async fn buttons_and_lists_are_tapped() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    let buttons = delivered(
        &shop,
        json!({"to": ANA, "type": "interactive", "interactive": {"type": "button", "body": {"text": "¿Cuál?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "Rosca"}},
                                   {"type": "reply", "reply": {"id": "b", "title": "Pastel"}}]}}}),
    )
    .await;
    let tap = format!("customers/{ANA}/tap");
    let (status, _) = shop
        .control(Method::POST, &tap, Some(json!({"choice": "Pastel"})))
        .await;
    assert_eq!(status, 201);
    shop.receiver
        .wait(|receiver| receiver.messages().len() == 2)
        .await;
    let answer = shop.receiver.messages().remove(1);
    assert_eq!(
        answer["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "b", "title": "Pastel"}})
    );
    assert_eq!(answer["context"]["id"], buttons.as_str());
    delivered(
        &shop,
        json!({"to": ANA, "type": "interactive", "interactive": {"type": "list", "body": {"text": "¿Cuándo?"},
            "action": {"button": "Ver", "sections": [{"title": "Días", "rows": [
                {"id": "1", "title": "Lunes", "description": "de 9 a 2"}]}]}}}),
    )
    .await;
    ana.taps("Lunes").unwrap();
    shop.receiver
        .wait(|receiver| receiver.messages().len() == 3)
        .await;
    let answer = shop.receiver.messages().remove(2);
    assert_eq!(
        answer["interactive"]["list_reply"],
        json!({"id": "1", "title": "Lunes", "description": "de 9 a 2"})
    );
    assert!(ana.taps("Martes").unwrap_err().to_string().contains("Lunes"));
}

#[tokio::test]
async fn a_voice_message_is_played() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    let (_, voice) = ana.sends_sample("voice", "").unwrap();
    let wamid = delivered(
        &shop,
        json!({"to": ANA, "type": "audio", "audio": {"id": voice, "voice": true}}),
    )
    .await;
    assert_eq!(ana.plays(), 1);
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&wamid) == ["sent", "delivered", "played"])
        .await;
    assert_eq!(ana.reads(), 0, "a status never moves back");
}

#[tokio::test]
async fn a_customer_changes_and_calls() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).named("Ana").writes("Hola");
    let change = async |what: Value| {
        let (status, answer) = shop
            .control(Method::POST, &format!("customers/{ANA}/change"), Some(what))
            .await;
        assert_eq!(status, 201, "{answer}");
    };
    change(json!({"identity": true})).await;
    change(json!({"user_id": "MX.777"})).await;
    change(json!({"marketing": "stop"})).await;
    change(json!({"number": "5215587654321"})).await;
    let values = |field: &str| {
        let changes = shop.receiver.kept().into_iter();
        let changes = changes.map(|body| body["entry"][0]["changes"][0].clone());
        let of_field = changes.filter(|change| change["field"] == field);
        of_field.map(|change| change["value"].clone()).collect::<Vec<_>>()
    };
    shop.receiver
        .wait(|receiver| {
            let last = receiver.messages().pop().unwrap_or_default();
            last["system"]["type"] == "user_changed_number"
        })
        .await;
    let systems: Vec<Value> = shop
        .receiver
        .messages()
        .iter()
        .map(|message| message["system"]["type"].clone())
        .collect();
    assert_eq!(
        systems[1..],
        [
            "customer_identity_changed",
            "user_changed_user_id",
            "user_changed_number"
        ]
    );
    assert_eq!(
        values("user_id_update")[0]["user_id_update"][0]["user_id"]["current"],
        "MX.777"
    );
    assert_eq!(
        values("user_preferences")[0]["user_preferences"][0]["value"],
        "stop"
    );
    // Whoever knows the old number finds the same person.
    shop.text(ANA, "¿Sigues ahí?").await;
    assert_eq!(shop.sandbox.customers().len(), 1);
    assert_eq!(shop.sandbox.customers()[0].phone, "5215587654321");

    shop.sandbox.advance(Duration::from_hours(25));
    shop.control(Method::POST, &format!("customers/{ANA}/call"), Some(json!({})))
        .await;
    let opened = shop.text(ANA, "¿Llamaste?").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&opened) == ["sent", "delivered"])
        .await;
    assert_eq!(values("calls")[0]["calls"][0]["event"], "connect");
}

#[tokio::test]
async fn an_ad_makes_the_next_three_days_free() {
    let shop = Shop::open().await;
    does(&shop, json!({"text": "Hola", "referral": true})).await;
    let first = delivered(&shop, pay_button(ANA, "https://buy.test/1")).await;
    shop.sandbox.advance(Duration::from_hours(71));
    delivered(&shop, pay_button(ANA, "https://buy.test/2")).await;
    for status in shop.receiver.statuses() {
        assert_eq!(status["pricing"]["type"], "free_entry_point");
        assert_eq!(status["pricing"]["billable"], false);
    }
    assert!(!first.is_empty());
    shop.sandbox.advance(Duration::from_hours(2));
    let late = shop.text(ANA, "Tarde").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&late) == ["failed"])
        .await;
}

#[tokio::test]
async fn limits_are_kept_once_they_are_asked_for() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    for number in 0..50 {
        shop.text(ANA, &number.to_string()).await;
    }
    shop.sandbox.set_limits(Limits {
        enabled: true,
        ..Limits::default()
    });
    for number in 0..45 {
        shop.text(ANA, &number.to_string()).await;
    }
    let text = || json!({"to": ANA, "type": "text", "text": {"body": "x"}});
    let (status, refused) = shop.send(text()).await;
    assert_eq!((status, refused["error"]["code"].as_i64()), (429, Some(131_056)));
    shop.sandbox.advance(Duration::from_secs(6));
    assert_eq!(shop.send(text()).await.0, 200);
    let (_, limits) = shop
        .control(
            Method::PUT,
            "limits",
            Some(json!({"enabled": true, "per_second": 2})),
        )
        .await;
    assert_eq!(limits["pair_burst"], 45);
    let mut refused = Vec::new();
    for number in 0..5 {
        let to = format!("52155111122{number:02}");
        let (_, answer) = shop
            .send(json!({"to": to, "type": "text", "text": {"body": "x"}}))
            .await;
        refused.extend(answer["error"]["code"].as_i64());
    }
    assert!(refused.contains(&130_429), "{refused:?}");
}

#[tokio::test]
async fn reading_marks_what_arrived() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    let wamid = delivered(&shop, json!({"to": ANA, "type": "text", "text": {"body": "x"}})).await;
    ana.reads();
    let phone = ana.phone();
    let bubble = phone.iter().find(|bubble| bubble.wamid == wamid).unwrap();
    assert_eq!(bubble.status, Status::Read);
}
