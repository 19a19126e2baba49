//! WhatsApp over HTTP: what is accepted, what is refused, and what the webhooks tell.

use std::time::Duration;

use crate::receiver::{PATIENCE, Shop, pay_button};
use cobro_sandbox::{Endpoint, Fault, Kind, Status, WebhookFaults};
use serde_json::{Value, json};

const ANA: &str = "5215512345678";

async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, event).await.unwrap()
}

#[tokio::test]
async fn a_customers_message_arrives_signed_and_as_documented() {
    let shop = Shop::open().await;
    let wamid = shop
        .sandbox
        .customer(ANA)
        .named("Ana")
        .writes("¿Tienen pastel? 🎂");
    shop.receiver
        .wait(|receiver| !receiver.messages().is_empty())
        .await;
    assert_eq!(*shop.receiver.forged.lock().unwrap(), 0);

    let body = shop.receiver.kept().remove(0);
    assert_eq!(body["object"], "whatsapp_business_account");
    assert_eq!(body["entry"][0]["id"], shop.sandbox.whatsapp().waba_id);
    assert_eq!(body["entry"][0]["changes"][0]["field"], "messages");
    let value = &body["entry"][0]["changes"][0]["value"];
    assert_eq!(
        value["metadata"]["phone_number_id"],
        shop.sandbox.whatsapp().phone_number_id
    );
    let user_id = value["contacts"][0]["user_id"].as_str().unwrap();
    assert!(user_id.starts_with("MX."));
    assert_eq!(value["contacts"][0]["wa_id"], ANA);
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ana");
    let message = &value["messages"][0];
    let timestamp = message["timestamp"].as_str().unwrap();
    assert!(timestamp.parse::<i64>().is_ok());
    assert_eq!(
        *message,
        json!({
            "from": ANA, "from_user_id": user_id, "id": wamid, "timestamp": timestamp,
            "type": "text", "text": {"body": "¿Tienen pastel? 🎂"},
        })
    );
}

#[tokio::test]
async fn a_customer_without_a_phone_is_reached_by_user_id() {
    let shop = Shop::open().await;
    let emily = shop
        .sandbox
        .customer("16505551234")
        .named("Emily")
        .with_username("@emily");
    emily.writes("Hi");
    shop.receiver
        .wait(|receiver| !receiver.messages().is_empty())
        .await;
    let value = shop.receiver.values().remove(0);
    assert_eq!(value["contacts"][0]["profile"]["username"], "@emily");
    assert_eq!(value["contacts"][0].get("wa_id"), None);
    assert_eq!(value["messages"][0].get("from"), None);
    let user_id = value["messages"][0]["from_user_id"].as_str().unwrap();

    let (status, answer) = shop
        .send(json!({"recipient": user_id, "type": "text", "text": {"body": "Hello"}}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        answer["contacts"],
        json!([{"input": user_id, "user_id": user_id}])
    );
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered"])
        .await;
    for status in shop.receiver.statuses() {
        assert_eq!(status["recipient_user_id"], user_id);
        assert_eq!(status.get("recipient_id"), None);
    }
    assert_eq!(emily.inbox(), ["Hello"]);

    let nobody = json!({"recipient": "US.1", "type": "text", "text": {"body": "Hello"}});
    assert_eq!(shop.send(nobody).await.1["error"]["code"], 131_009);
}

#[tokio::test]
async fn a_pay_button_travels_to_the_phone_and_its_statuses_carry_the_opaque_data() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    // The spelling without Mexico's 1 reaches the same phone.
    let (status, answer) = shop.send(pay_button("525512345678", "https://buy.test/1")).await;
    assert_eq!(status, 200);
    assert_eq!(answer["messaging_product"], "whatsapp");
    assert_eq!(
        answer["contacts"],
        json!([{"input": "525512345678", "wa_id": ANA}])
    );
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."));

    let bubble = soon(ana.receives(|bubble| bubble.wamid == wamid)).await;
    let button = bubble.button.unwrap();
    assert_eq!(
        (button.text.as_str(), button.url.as_str()),
        ("Pagar $450.00", "https://buy.test/1")
    );
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered"])
        .await;
    assert_eq!(ana.reads(), 1);
    assert_eq!(ana.reads(), 0);
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered", "read"])
        .await;
    for status in shop.receiver.statuses() {
        assert_eq!(status["biz_opaque_callback_data"], "0193-message");
        assert_eq!(status["recipient_id"], ANA);
        assert!(status["recipient_user_id"].as_str().unwrap().starts_with("MX."));
        assert_eq!(status.get("conversation"), None);
        let priced = status["pricing"]["type"] == "free_customer_service";
        assert_eq!(priced, status["status"] != "read");
    }
}

#[tokio::test]
async fn a_lost_answer_was_really_accepted() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(1, Kind::LostAnswer)));
    let lost = shop.try_send(pay_button(ANA, "https://buy.test/1")).await;
    assert!(lost.is_err(), "{lost:?}");
    let bubble = soon(ana.receives(|bubble| bubble.button.is_some())).await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&bubble.wamid) == ["sent", "delivered"])
        .await;
    assert_eq!(
        shop.receiver.statuses()[0]["biz_opaque_callback_data"],
        "0193-message"
    );
    assert_eq!(shop.sandbox.log().last().unwrap().status, None);
    shop.text(ANA, "Ahora sí").await;
}

#[tokio::test]
async fn faults_before_the_write_accept_nothing_and_faults_after_it_do() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let text = || json!({"to": ANA, "type": "text", "text": {"body": "Hola"}});
    for (fault, status, code, accepted) in [
        (Fault::next(1, Kind::Error500), 500, 131_000, 0),
        (Fault::next(1, Kind::RateLimit429), 429, 130_429, 0),
        (Fault::next(1, Kind::PairRateLimit), 429, 131_056, 0),
        (
            Fault::next(1, Kind::GraphError).with_code(131_049),
            400,
            131_049,
            0,
        ),
        (Fault::next(1, Kind::Error500After), 500, 131_000, 1),
    ] {
        let before = shop.sandbox.sent().len();
        shop.sandbox.faults().set(Endpoint::WhatsAppSend, Some(fault));
        let (answered, body) = shop.send(text()).await;
        assert_eq!((answered, body["error"]["code"].as_i64()), (status, Some(code)));
        assert_eq!(shop.sandbox.sent().len() - before, accepted);
    }
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(1, Kind::LostRequest)));
    assert!(shop.try_send(text()).await.is_err());
    assert_eq!(shop.sandbox.sent().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_comes_late_but_comes() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let fault = Fault::next(1, Kind::Timeout).with_delay(Duration::from_millis(400));
    shop.sandbox.faults().set(Endpoint::WhatsAppSend, Some(fault));
    let began = std::time::Instant::now();
    shop.text(ANA, "Hola").await;
    assert!(began.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_message_can_fail_after_it_was_accepted() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let fault = Fault::next(1, Kind::FailedStatus).with_code(131_026);
    shop.sandbox.faults().set(Endpoint::WhatsAppSend, Some(fault));
    let wamid = shop.text(ANA, "Hola").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&wamid) == ["failed"])
        .await;
    assert_eq!(shop.receiver.statuses()[0]["errors"][0]["code"], 131_026);
}

#[tokio::test]
async fn a_day_after_the_last_message_only_templates_arrive() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    shop.sandbox.advance(Duration::from_mins(24 * 60 - 1));
    let in_time = shop.text(ANA, "Todavía").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&in_time) == ["sent", "delivered"])
        .await;

    shop.sandbox.advance(Duration::from_mins(2));
    let late = shop.text(ANA, "Tarde").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&late) == ["failed"])
        .await;
    let failed = shop.receiver.statuses().pop().unwrap();
    assert_eq!(failed["errors"][0]["code"], 131_047);
    assert_eq!(failed["errors"][0]["title"], "Re-engagement message");
    assert_eq!(failed.get("recipient_user_id"), None);
    assert_eq!(shop.receiver.values().pop().unwrap().get("contacts"), None);
    assert_eq!(ana.inbox(), ["Todavía"]);

    let template = json!({"to": ANA, "type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let (status, answer) = shop.send(template).await;
    assert_eq!(status, 200);
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered"])
        .await;

    ana.writes("Ya volví");
    let again = shop.text(ANA, "Qué bueno").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&again) == ["sent", "delivered"])
        .await;
}

#[tokio::test]
async fn requests_that_meta_refuses_are_refused_in_its_words() {
    let shop = Shop::open().await;
    let text = json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "x"}});
    let post = |url: String, token: &'static str, body: Value| {
        let request = shop.http.post(url).json(&body);
        let request = if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        };
        async move {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        }
    };
    for token in ["", "EAAwrong"] {
        let (status, body) = post(shop.messages_url(), token, text.clone()).await;
        assert_eq!((status, body["error"]["code"].as_i64()), (401, Some(190)));
        assert_eq!(body["error"]["type"], "OAuthException");
        assert!(body["error"]["fbtrace_id"].is_string());
    }
    let elsewhere = shop.graph("999/messages");
    let request = shop
        .http
        .post(elsewhere)
        .bearer_auth(&shop.sandbox.whatsapp().token)
        .json(&text);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["x-cobro-sandbox"], "true");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["error_subcode"], 33);

    for (body, code) in [
        (json!({"type": "text", "text": {"body": "x"}}), 100),
        (
            json!({"to": ANA, "type": "text", "text": {"body": "x".repeat(4097)}}),
            100,
        ),
        (json!({"to": "ana", "type": "text", "text": {"body": "x"}}), 100),
        (
            json!({"to": ANA, "type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "x"},
            "action": {"name": "cta_url", "parameters": {"display_text": "x".repeat(21), "url": "https://x.test"}}}}),
            131_009,
        ),
        (json!({"status": "read", "message_id": "wamid.nobodys"}), 100),
    ] {
        let (status, answer) = shop.send(body.clone()).await;
        assert_eq!(
            (status, answer["error"]["code"].as_i64()),
            (400, Some(code)),
            "{body}"
        );
    }
    assert!(shop.sandbox.sent().is_empty());
}

#[tokio::test]
async fn a_read_receipt_marks_earlier_messages_too_and_shows_typing() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    let wamids: Vec<String> = ["uno", "dos", "tres"]
        .iter()
        .map(|text| ana.writes(text))
        .collect();
    let receipt = json!({"status": "read", "message_id": wamids[1], "typing_indicator": {"type": "text"}});
    assert_eq!(shop.send(receipt).await, (200, json!({"success": true})));
    let read: Vec<bool> = ana
        .phone()
        .iter()
        .map(|bubble| bubble.status == Status::Read)
        .collect();
    assert_eq!(read, [true, true, false]);
    assert!(shop.sandbox.customers()[0].shop_is_typing);
    shop.text(ANA, "Hola").await;
    assert!(!shop.sandbox.customers()[0].shop_is_typing);
}

#[tokio::test]
async fn the_number_and_the_token_can_be_looked_up() {
    let shop = Shop::open().await;
    let (number, account) = (
        shop.sandbox.whatsapp().phone_number_id.clone(),
        shop.sandbox.whatsapp().waba_id.clone(),
    );
    let ask = async |method: reqwest::Method, path: String| {
        let request = shop
            .http
            .request(method, shop.graph(&path))
            .bearer_auth(&shop.sandbox.whatsapp().token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json::<Value>().await.unwrap()
    };
    let whole = ask(reqwest::Method::GET, number.clone()).await;
    assert_eq!(whole["quality_rating"], "GREEN");
    let some = ask(
        reqwest::Method::GET,
        format!("{number}?fields=display_phone_number,verified_name"),
    )
    .await;
    assert_eq!(some.as_object().unwrap().len(), 3, "{some}");
    let numbers = ask(reqwest::Method::GET, format!("{account}/phone_numbers")).await;
    assert_eq!(numbers["data"][0]["id"], number);
    assert_eq!(
        ask(reqwest::Method::POST, format!("{account}/subscribed_apps")).await,
        json!({"success": true})
    );
    assert_eq!(
        ask(reqwest::Method::POST, format!("{number}/register?pin=123456")).await,
        json!({"success": true})
    );
    let token = shop.sandbox.whatsapp().token.clone();
    assert_eq!(
        ask(reqwest::Method::GET, format!("debug_token?input_token={token}")).await["data"]["is_valid"],
        true
    );
    assert!(ask(reqwest::Method::GET, "me".to_owned()).await["id"].is_string());
}

#[tokio::test]
async fn duplicated_and_reordered_webhooks_are_all_acknowledged() {
    let shop = Shop::open().await;
    let faults = WebhookFaults {
        duplicate: 0.5,
        reorder: true,
        seed: 11,
        ..WebhookFaults::default()
    };
    shop.sandbox.faults().set_webhooks(faults);
    let ana = shop.sandbox.customer(ANA);
    let wrote: Vec<String> = (0..30).map(|number| ana.writes(&number.to_string())).collect();
    soon(shop.sandbox.webhooks().idle()).await;
    let came: Vec<String> = shop
        .receiver
        .messages()
        .iter()
        .map(|message| message["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(came.len() > 35, "{}", came.len());
    let mut once = came.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), wrote.len());
    let mut firsts: Vec<&String> = Vec::new();
    for wamid in &came {
        if !firsts.contains(&wamid) {
            firsts.push(wamid);
        }
    }
    assert_ne!(firsts, wrote.iter().collect::<Vec<_>>());
    assert_eq!(shop.sandbox.webhooks().acknowledged().len(), came.len());
}
