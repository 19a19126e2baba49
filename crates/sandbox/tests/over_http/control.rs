//! The control API over HTTP, as docs/sandbox.md tells it.

use crate::receiver::{PATIENCE, Shop, pay_button};
use reqwest::Method;
use serde_json::{Value, json};

const ANA: &str = "5215512345678";

#[tokio::test]
async fn a_customer_writes_reads_and_pays() {
    let shop = Shop::open().await;
    let (status, written) = shop
        .control(
            Method::POST,
            &format!("customers/{ANA}/messages"),
            Some(json!({"text": "Hola", "name": "Ana"})),
        )
        .await;
    assert_eq!(status, 201);
    shop.receiver
        .wait(|receiver| {
            receiver
                .messages()
                .iter()
                .any(|message| message["id"] == written["wamid"])
        })
        .await;

    let link = shop.payment_link(45_000, "charge-1").await;
    let (_, sent) = shop.send(pay_button(ANA, &link)).await;
    let wamid = sent["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["sent", "delivered"])
        .await;
    let (_, phone) = shop
        .control(Method::GET, &format!("customers/{ANA}/phone"), None)
        .await;
    assert_eq!(phone[0]["from"], "customer");
    assert_eq!(phone[0]["text"], "Hola");
    assert_eq!(phone[1]["from"], "shop");
    assert_eq!(phone[1]["type"], "interactive");
    assert_eq!(phone[1]["button"], json!({"text": "Pagar $450.00", "url": link}));
    assert_eq!(phone[1]["status"], "delivered");

    let read = shop
        .control(Method::POST, &format!("customers/{ANA}/read"), None)
        .await;
    assert_eq!(read, (200, json!({"read": 1})));
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid).contains(&"read".to_owned()))
        .await;

    let pay = format!("customers/{ANA}/pay");
    let (_, declined) = shop
        .control(Method::POST, &pay, Some(json!({"card": "4000000000000002"})))
        .await;
    assert_eq!(declined["outcome"], "declined");
    let (_, paid) = shop.control(Method::POST, &pay, Some(json!({}))).await;
    assert_eq!(paid["outcome"], "paid");
    shop.receiver
        .wait(|receiver| {
            receiver
                .kept()
                .iter()
                .any(|event| event["type"] == "checkout.session.completed")
        })
        .await;
    assert_eq!(*shop.receiver.forged.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_customer_pays_by_every_way_that_the_pay_page_offers() {
    let shop = Shop::open().await;
    let pay = format!("customers/{ANA}/pay");
    shop.sandbox.customer(ANA).writes("Oi");
    let ways = [
        ("brl", ["card", "pix"], "pix"),
        ("brl", ["card", "boleto"], "boleto"),
        ("mxn", ["card", "oxxo"], "oxxo"),
    ];
    for (currency, offered, way) in ways {
        let link = shop.link_in(currency, offered, 45_000, way).await;
        shop.send(pay_button(ANA, &link)).await;
        let (status, outcome) = shop
            .control(Method::POST, &pay, Some(json!({"method": way, "url": link})))
            .await;
        assert_eq!((status, &outcome["outcome"]), (200, &json!("voucher")), "{way}");
    }
}

#[tokio::test]
async fn a_raw_message_of_any_type_arrives_as_it_is() {
    let shop = Shop::open().await;
    let raw = json!({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg", "caption": "Así"}, "new": [1]});
    let body = json!({"raw": raw, "user_id": "MX.7", "no_phone": true, "wamid": "wamid.mine"});
    let (_, written) = shop
        .control(
            Method::POST,
            &format!("customers/{ANA}/messages"),
            Some(body.clone()),
        )
        .await;
    assert_eq!(written["wamid"], "wamid.mine");
    // The same wamid again is a repeated webhook, not a second message.
    shop.control(Method::POST, "customers/MX.7/messages", Some(body))
        .await;
    shop.receiver
        .wait(|receiver| receiver.messages().len() == 2)
        .await;
    let message = shop.receiver.messages().remove(0);
    assert_eq!(message["new"], json!([1]));
    assert_eq!(message["from_user_id"], "MX.7");
    assert_eq!(message.get("from"), None);
    let (_, phone) = shop.control(Method::GET, "customers/MX.7/phone", None).await;
    assert_eq!(phone.as_array().unwrap().len(), 1);
    assert_eq!(phone[0]["text"], "Así");
}

#[tokio::test]
async fn faults_are_set_shown_and_cleared() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let faults = json!({
        "whatsapp": {"send": {"next": 1, "kind": "graph_error", "code": 131_031}},
        "webhooks": {"duplicate": 0.3, "reorder": true, "delay_ms": [0, 200], "drop": 0.1, "seed": 7},
    });
    let (status, shown) = shop.control(Method::PUT, "faults", Some(faults)).await;
    assert_eq!(
        (status, &shown["whatsapp"]["send"]["kind"]),
        (200, &json!("graph_error"))
    );
    assert_eq!(shown["webhooks"]["seed"], 7);
    let text = || json!({"to": ANA, "type": "text", "text": {"body": "Hola"}});
    assert_eq!(shop.send(text()).await.0, 403);
    assert_eq!(shop.send(text()).await.0, 200);

    let one = json!({"stripe": {"get": {"kind": "error_500"}}});
    let (_, shown) = shop.control(Method::PUT, "faults", Some(one)).await;
    assert_eq!(
        (&shown["stripe"]["get"]["kind"], &shown["webhooks"]["seed"]),
        (&json!("error_500"), &json!(7))
    );
    assert_eq!(shop.control(Method::DELETE, "faults", None).await.0, 204);
    let (_, shown) = shop.control(Method::GET, "faults", None).await;
    assert_eq!(
        (&shown["stripe"]["get"], &shown["webhooks"]["seed"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(
        shop.control(Method::PUT, "faults", Some(json!({"whatsap": {}})))
            .await
            .0,
        422
    );
}

#[tokio::test]
async fn the_status_tells_of_webhooks_and_the_log_of_requests() {
    let shop = Shop::open().await;
    let wamid = shop.sandbox.customer(ANA).writes("Hola");
    shop.text(ANA, "Hola").await;
    shop.receiver
        .wait(|receiver| receiver.statuses().len() == 2)
        .await;
    tokio::time::timeout(PATIENCE, shop.sandbox.webhooks().idle())
        .await
        .unwrap();
    let verified = async {
        while !shop.sandbox.handshake().verified {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, verified).await.unwrap();

    let (_, status) = shop.control(Method::GET, "status", None).await;
    assert_eq!(status["sandbox"], true);
    assert_eq!(status["webhooks"]["url"], shop.receiver.url);
    assert_eq!(status["webhooks"]["handshake"]["verified"], true);
    assert_eq!(status["webhooks"]["pending"], 0);
    assert_eq!(status["webhooks"]["queues"][0]["last_answer"], "200");

    let (_, acknowledged) = shop
        .control(
            Method::GET,
            "webhooks/acknowledged?source=whatsapp&kind=message",
            None,
        )
        .await;
    assert_eq!(acknowledged[0]["id"], wamid);
    assert_eq!(acknowledged.as_array().unwrap().len(), 1);

    let (_, log) = shop.control(Method::GET, "log?limit=1", None).await;
    assert_eq!(log[0]["status"], 200);
    assert!(log[0]["path"].as_str().unwrap().ends_with("/messages"));
    let (_, sent) = shop.control(Method::GET, "sent", None).await;
    assert_eq!((&sent[0]["to"], &sent[0]["text"]), (&json!(ANA), &json!("Hola")));
}

#[tokio::test]
async fn both_listeners_serve_the_same_controls() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let url = format!("{}/sandbox/customers", shop.sandbox.stripe_url());
    let customers: Value = shop.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(customers[0]["phone"], ANA);
    assert!(customers[0]["window_closes_at"].is_string());
}

#[tokio::test]
async fn time_only_moves_forward() {
    let shop = Shop::open().await;
    let (_, advanced) = shop
        .control(Method::POST, "time/advance", Some(json!({"seconds": 90_000})))
        .await;
    assert_eq!(advanced["skipped_seconds"], 90_000);
    assert_eq!(
        shop.control(Method::POST, "time/advance", Some(json!({"seconds": -1})))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn mistakes_are_answered_with_what_to_do() {
    let shop = Shop::open().await;
    for (method, path, body, status) in [
        (Method::GET, "customers/520000000000/phone", None, 404),
        (Method::POST, "customers/520000000000/pay", Some(json!({})), 404),
        (
            Method::POST,
            "customers/5215512345678/messages",
            Some(json!({})),
            400,
        ),
        (Method::PUT, "webhooks", Some(json!({"url": "relay"})), 400),
        (Method::GET, "nothing", None, 404),
    ] {
        let (answered, body) = shop.control(method, path, body).await;
        assert_eq!(answered, status, "{path}");
        assert!(body["error"].is_string(), "{path}: {body}");
    }
}

#[tokio::test]
async fn any_body_can_be_sent_as_a_signed_webhook() {
    let shop = Shop::open().await;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "account_update", "value": {"event": "ACCOUNT_VIOLATION"}}]}]});
    assert_eq!(
        shop.control(Method::POST, "webhooks/whatsapp", Some(body.clone()))
            .await
            .0,
        202
    );
    shop.receiver
        .wait(|receiver| receiver.kept() == [body.clone()])
        .await;
}
