//! Connecting: the token and its permissions, numbers, registration, and where webhooks go.

use crate::receiver::{Receiver, Shop};
use cobro_sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};

async fn ask(shop: &Shop, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
    let request = shop.http.request(method, shop.graph(path)).bearer_auth(token);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn app_token(shop: &Shop) -> String {
    let ours = shop.sandbox.whatsapp();
    format!("{}|{}", ours.app_id, ours.app_secret)
}

#[tokio::test]
async fn the_token_tells_what_it_may_and_until_when() {
    let shop = Shop::open().await;
    let ours = shop.sandbox.whatsapp().clone();
    let app = app_token(&shop);
    let debug = format!("debug_token?input_token={}", ours.token);
    for token in [app.as_str(), ours.token.as_str()] {
        let (status, report) = ask(&shop, Method::GET, &debug, token, None).await;
        assert_eq!((status, &report["data"]["is_valid"]), (200, &json!(true)));
        assert_eq!(report["data"]["app_id"], ours.app_id);
        assert_eq!(report["data"]["expires_at"], 0);
        assert_eq!(
            report["data"]["granular_scopes"][0]["target_ids"],
            json!([ours.waba_id])
        );
    }
    let (_, strange) = ask(&shop, Method::GET, "debug_token?input_token=x", &app, None).await;
    assert_eq!(strange["data"]["is_valid"], false);

    let fewer = json!({"scopes": ["whatsapp_business_management"]});
    shop.control(Method::PUT, "token", Some(fewer)).await;
    let text = json!({"to": "5215512345678", "type": "text", "text": {"body": "x"}});
    let (status, refused) = shop.send(text).await;
    assert_eq!((status, refused["error"]["code"].as_i64()), (403, Some(10)));
    let numbers = format!("{}/phone_numbers", ours.waba_id);
    assert_eq!(ask(&shop, Method::GET, &numbers, &ours.token, None).await.0, 200);
    let other = json!({"scopes": ["whatsapp_business_messaging"]});
    shop.control(Method::PUT, "token", Some(other)).await;
    assert_eq!(
        ask(&shop, Method::GET, &numbers, &ours.token, None).await.1["error"]["code"],
        200
    );

    let past = json!({"expires_at": "2020-01-01T00:00:00Z"});
    shop.control(Method::PUT, "token", Some(past)).await;
    let (status, refused) = ask(&shop, Method::GET, "me", &ours.token, None).await;
    assert_eq!((status, refused["error"]["code"].as_i64()), (401, Some(190)));
    assert_eq!(refused["error"]["error_subcode"], 463);
    let (_, report) = ask(&shop, Method::GET, &debug, &app, None).await;
    assert_eq!(report["data"]["is_valid"], false);
    assert_eq!(report["data"]["expires_at"], 1_577_836_800);
}

#[tokio::test]
async fn numbers_are_listed_registered_and_each_sends_and_receives() {
    let mut options = SandboxOptions::default();
    options.whatsapp.lines = 2;
    let shop = Shop::open_with(options).await;
    let ours = shop.sandbox.whatsapp().clone();
    let (status, added) = shop
        .control(
            Method::POST,
            "numbers",
            Some(json!({"registered": false, "on_phone": true})),
        )
        .await;
    assert_eq!((status, &added["status"]), (201, &json!("PENDING")));
    let fields = "id,status,platform_type,is_on_biz_app,throughput,code_verification_status";
    let path = format!("{}/phone_numbers?fields={fields}", ours.waba_id);
    let (_, listed) = ask(&shop, Method::GET, &path, &ours.token, None).await;
    let numbers = listed["data"].as_array().unwrap();
    assert_eq!(numbers.len(), 3);
    assert_eq!(numbers[0]["throughput"]["level"], "STANDARD");
    assert_eq!(numbers[0].as_object().unwrap().len(), 6);

    let third = added["id"].as_str().unwrap();
    let text = json!({"messaging_product": "whatsapp", "to": "5215512345678", "type": "text", "text": {"body": "x"}});
    let messages = format!("{third}/messages");
    let (_, refused) = ask(&shop, Method::POST, &messages, &ours.token, Some(text.clone())).await;
    assert_eq!(refused["error"]["code"], 133_010);
    let register = format!("{third}/register");
    let pin = |pin: &str| Some(json!({"messaging_product": "whatsapp", "pin": pin}));
    assert_eq!(
        ask(&shop, Method::POST, &register, &ours.token, pin("123456"))
            .await
            .0,
        200
    );
    let (_, wrong) = ask(&shop, Method::POST, &register, &ours.token, pin("654321")).await;
    assert_eq!(wrong["error"]["code"], 133_005);

    let second = numbers[1]["id"].as_str().unwrap();
    let ana = shop.sandbox.customer("5215512345678");
    ana.writes_to(second, "Hola, sucursal").unwrap();
    shop.receiver.wait(|receiver| !receiver.values().is_empty()).await;
    assert_eq!(shop.receiver.values()[0]["metadata"]["phone_number_id"], second);
    let messages = format!("{second}/messages");
    let (status, sent) = ask(&shop, Method::POST, &messages, &ours.token, Some(text)).await;
    assert_eq!(status, 200);
    let wamid = sent["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered"])
        .await;
    // The window is open on the number that she wrote to, not on the others.
    let closed = shop.text("5215512345678", "Hola").await;
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&closed) == ["failed"])
        .await;
}

#[tokio::test]
async fn the_app_sets_its_callback_after_it_proved_that_it_is_there() {
    let shop = Shop::open().await;
    let ours = shop.sandbox.whatsapp().clone();
    let other = Receiver::open().await;
    let callback = format!("{}/webhooks/whatsapp", other.url);
    let path = format!("{}/subscriptions", ours.app_id);
    let form = |callback: &str, token: &str| {
        json!({"object": "whatsapp_business_account", "callback_url": callback, "verify_token": token,
               "fields": "messages,message_template_status_update"})
    };
    let (status, refused) = ask(
        &shop,
        Method::POST,
        &path,
        &ours.token,
        Some(form(&callback, &ours.verify_token)),
    )
    .await;
    assert_eq!((status, refused["error"]["code"].as_i64()), (400, Some(15)));
    let app = app_token(&shop);
    for (callback, token) in [(callback.as_str(), "wrong"), ("http://127.0.0.1:9/x", "x")] {
        let (_, refused) = ask(&shop, Method::POST, &path, &app, Some(form(callback, token))).await;
        assert_eq!(refused["error"]["code"], 2200);
    }
    let (_, unknown) = ask(
        &shop,
        Method::POST,
        &path,
        &app,
        Some(
            json!({"object": "whatsapp_business_account", "callback_url": callback,
                    "verify_token": ours.verify_token, "fields": ["songs"]}),
        ),
    )
    .await;
    assert_eq!(unknown["error"]["code"], 100);
    let done = ask(
        &shop,
        Method::POST,
        &path,
        &app,
        Some(form(&callback, &ours.verify_token)),
    )
    .await;
    assert_eq!(done, (200, json!({"success": true})));
    let (_, listed) = ask(&shop, Method::GET, &path, &app, None).await;
    assert_eq!(listed["data"][0]["callback_url"], callback.as_str());
    assert_eq!(listed["data"][0]["fields"].as_array().unwrap().len(), 2);

    // What was not asked for is not sent.
    shop.sandbox.alert("security", None).unwrap();
    shop.sandbox.customer("5215512345678").writes("Hola");
    other.wait(|receiver| !receiver.messages().is_empty()).await;
    assert!(shop.receiver.kept().is_empty());
    assert_eq!(other.kept().len(), 1);
    // Whoever runs the sandbox has the last word.
    shop.sandbox.set_webhooks(&shop.receiver.url).unwrap();
    shop.sandbox.customer("5215512345678").writes("¿Hola?");
    shop.receiver
        .wait(|receiver| !receiver.messages().is_empty())
        .await;
}

#[tokio::test]
async fn the_account_overrides_the_callback_and_can_be_unsubscribed() {
    let shop = Shop::open().await;
    let ours = shop.sandbox.whatsapp().clone();
    let other = Receiver::open().await;
    let callback = format!("{}/webhooks/whatsapp", other.url);
    let path = format!("{}/subscribed_apps", ours.waba_id);
    let ask = async |method, body| ask(&shop, method, &path, &ours.token, body).await;
    let wrong = json!({"override_callback_uri": callback, "verify_token": "wrong"});
    assert_eq!(ask(Method::POST, Some(wrong)).await.1["error"]["code"], 2200);
    let right = json!({"override_callback_uri": callback, "verify_token": ours.verify_token});
    assert_eq!(ask(Method::POST, Some(right)).await.0, 200);
    let (_, listed) = ask(Method::GET, None).await;
    assert_eq!(listed["data"][0]["override_callback_uri"], callback.as_str());
    assert_eq!(listed["data"][0]["whatsapp_business_api_data"]["id"], ours.app_id);
    shop.sandbox.customer("5215512345678").writes("uno");
    other.wait(|receiver| receiver.messages().len() == 1).await;
    assert_eq!(ask(Method::DELETE, None).await.0, 200);
    assert_eq!(ask(Method::GET, None).await.1["data"], json!([]));
    shop.sandbox.customer("5215512345678").writes("perdido");
    assert_eq!(ask(Method::POST, None).await.0, 200);
    shop.sandbox.customer("5215512345678").writes("dos");
    shop.receiver
        .wait(|receiver| receiver.messages().len() == 1)
        .await;
    assert_eq!(shop.receiver.messages()[0]["text"]["body"], "dos");
}

#[tokio::test]
async fn the_business_leads_to_its_account() {
    let shop = Shop::open().await;
    let ours = shop.sandbox.whatsapp().clone();
    let scopes = json!({"scopes": ["business_management", "whatsapp_business_management"]});
    shop.control(Method::PUT, "token", Some(scopes)).await;
    let get = async |path: &str| ask(&shop, Method::GET, path, &ours.token, None).await.1;
    let business = get("me/businesses").await["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let accounts = get(&format!(
        "{business}/owned_whatsapp_business_accounts?fields=id,name"
    ))
    .await;
    assert_eq!(accounts["data"][0]["id"], ours.waba_id);
    assert_eq!(get(&ours.waba_id).await["currency"], "MXN");
}
