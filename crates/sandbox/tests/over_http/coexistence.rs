//! The shop's own phone: its history, its echoes, its contacts, and when it leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::receiver::{PATIENCE, Shop};
use cobro_sandbox::HistoryPlan;
use reqwest::Method;
use serde_json::{Value, json};

const ANA: &str = "5215512345678";

fn of_field(shop: &Shop, field: &str) -> Vec<Value> {
    let changes = shop
        .receiver
        .kept()
        .into_iter()
        .map(|body| body["entry"][0]["changes"][0].clone());
    changes
        .filter(|change| change["field"] == field)
        .map(|change| change["value"].clone())
        .collect()
}

/// Returns the messages of chunks, by wamid, and how many there are with repetitions.
fn in_chunks(values: &[Value]) -> (BTreeMap<String, Value>, usize) {
    let mut messages = BTreeMap::new();
    let mut count = 0;
    for value in values {
        let threads = value["history"][0]["threads"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for thread in threads {
            for message in thread["messages"].as_array().unwrap() {
                count += 1;
                messages.insert(message["id"].as_str().unwrap().to_owned(), message.clone());
            }
        }
    }
    (messages, count)
}

async fn synchronize(shop: &Shop, what: &str) -> (u16, Value) {
    let ours = shop.sandbox.whatsapp();
    let request = shop
        .http
        .post(shop.graph(&format!("{}/smb_app_data", ours.phone_number_id)));
    let body = json!({"messaging_product": "whatsapp", "sync_type": what});
    let answer = request.bearer_auth(&ours.token).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_history_arrives_as_it_was_announced() {
    let shop = Shop::open().await;
    let plan = HistoryPlan {
        messages: 3000,
        threads: 50,
        chunk_size: 500,
        shuffle: true,
        duplicates: 0.1,
        media: 0.1,
        seed: 7,
        ..HistoryPlan::default()
    };
    let report = shop.sandbox.history(plan).unwrap();
    tokio::time::timeout(PATIENCE, shop.sandbox.webhooks().idle())
        .await
        .unwrap();
    let values = of_field(&shop, "history");
    let (messages, count) = in_chunks(&values);
    assert_eq!(messages.len(), 3000);
    assert!(count > 3000 + report.duplicates / 2);
    for entry in &report.entries {
        let message = &messages[&entry.wamid];
        assert_eq!(message["timestamp"], entry.at.as_second().to_string());
        assert_eq!(message["history_context"]["status"], entry.status);
        if entry.is_file {
            assert_eq!(message["type"], "media_placeholder");
        } else {
            assert_eq!(message["text"]["body"], entry.text.as_str());
        }
        if entry.from_shop {
            assert_eq!(message["from"], shop.sandbox.whatsapp().display_phone_number);
        } else {
            assert_eq!(message["from"].as_str(), entry.phone.as_deref());
            assert_eq!(message["from_user_id"].as_str(), entry.user_id.as_deref());
        }
    }
    let progress = values
        .iter()
        .filter_map(|value| value["history"][0]["metadata"]["progress"].as_u64());
    assert_eq!(progress.max(), Some(100));
    let later: BTreeSet<&str> = values
        .iter()
        .filter_map(|value| value["messages"][0]["id"].as_str())
        .collect();
    let expected: BTreeSet<&str> = report
        .entries
        .iter()
        .filter(|entry| entry.file_follows)
        .map(|entry| entry.wamid.as_str())
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(later, expected);
}

#[tokio::test]
async fn fifty_thousand_messages_are_made_in_seconds() {
    let sandbox = cobro_sandbox::Sandbox::start(cobro_sandbox::SandboxOptions::default())
        .await
        .unwrap();
    let plan = HistoryPlan {
        messages: 50_000,
        threads: 800,
        shuffle: true,
        duplicates: 0.05,
        ..HistoryPlan::default()
    };
    let began = Instant::now();
    let report = sandbox.history(plan).unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_eq!(report.entries.len(), 50_000);
    let different: BTreeSet<&str> = report.entries.iter().map(|entry| entry.wamid.as_str()).collect();
    assert_eq!(different.len(), 50_000);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn history_and_contacts_come_when_they_are_asked_for_once() {
    let shop = Shop::open().await;
    let plan = json!({"messages": 30, "threads": 3, "on_request": true, "media": 0.0});
    assert_eq!(shop.control(Method::POST, "history", Some(plan)).await.0, 200);
    let book = json!({"on_request": true, "contacts": [{"phone": ANA, "full_name": "Ana López", "first_name": "Ana"}]});
    shop.control(Method::POST, "phone/contacts", Some(book)).await;
    assert!(of_field(&shop, "history").is_empty());

    let (status, answer) = synchronize(&shop, "smb_app_state_sync").await;
    assert_eq!(status, 200);
    assert!(answer["request_id"].is_string());
    assert_eq!(synchronize(&shop, "history").await.0, 200);
    shop.receiver
        .wait(|_| in_chunks(&of_field(&shop, "history")).0.len() == 30)
        .await;
    let contact = &of_field(&shop, "smb_app_state_sync")[0]["state_sync"][0];
    assert_eq!(
        (&contact["action"], &contact["contact"]["full_name"]),
        (&json!("add"), &json!("Ana López"))
    );
    assert_eq!(synchronize(&shop, "history").await.1["error"]["code"], 2_593_107);
    assert_eq!(synchronize(&shop, "songs").await.1["error"]["code"], 100);
    let (_, told) = shop.control(Method::GET, "history?entries=true", None).await;
    assert_eq!(told["entries"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn a_declined_history_says_so_and_a_day_later_it_is_too_late() {
    let shop = Shop::open().await;
    let declined = json!({"declined": true, "on_request": true});
    shop.control(Method::POST, "history", Some(declined)).await;
    synchronize(&shop, "history").await;
    shop.receiver
        .wait(|_| !of_field(&shop, "history").is_empty())
        .await;
    assert_eq!(
        of_field(&shop, "history")[0]["history"][0]["errors"][0]["code"],
        2_593_109
    );
    shop.sandbox.advance(Duration::from_hours(25));
    assert_eq!(
        synchronize(&shop, "smb_app_state_sync").await.1["error"]["code"],
        2_593_108
    );
}

#[tokio::test]
async fn what_is_written_on_the_phone_is_heard_as_an_echo() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    let wamid = shop.sandbox.writes_on_phone(ANA, "Te atiendo yo").unwrap();
    shop.receiver
        .wait(|_| of_field(&shop, "smb_message_echoes").len() == 1)
        .await;
    let echo = of_field(&shop, "smb_message_echoes")[0]["message_echoes"][0].clone();
    assert_eq!(echo["from"], shop.sandbox.whatsapp().display_phone_number);
    assert_eq!((&echo["to"], &echo["id"]), (&json!(ANA), &json!(wamid)));
    assert_eq!(echo["text"]["body"], "Te atiendo yo");
    assert!(shop.sandbox.sent().iter().all(|sent| sent.message.from_phone));
    let phone = async |what: Value| {
        let (status, answer) = shop.control(Method::POST, "phone/messages", Some(what)).await;
        assert_eq!(status, 201, "{answer}");
    };
    phone(json!({"to": ANA, "edit": "last", "text": "La atiendo yo"})).await;
    phone(json!({"to": ANA, "file": {"sample": "photo", "caption": "Así"}})).await;
    phone(json!({"to": ANA, "revoke": wamid})).await;
    shop.receiver
        .wait(|_| of_field(&shop, "smb_message_echoes").len() == 4)
        .await;
    let kinds: Vec<Value> = of_field(&shop, "smb_message_echoes")
        .iter()
        .map(|value| value["message_echoes"][0]["type"].clone())
        .collect();
    assert_eq!(kinds, ["text", "edit", "image", "revoke"]);
    let bubble = ana.phone().remove(0);
    assert!(bubble.deleted && bubble.edited && bubble.text == "La atiendo yo");
}

#[tokio::test]
async fn a_number_leaves_and_comes_back() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    synchronize(&shop, "history").await;
    shop.sandbox.disconnects().unwrap();
    let text = || json!({"to": ANA, "type": "text", "text": {"body": "x"}});
    assert_eq!(shop.send(text()).await.1["error"]["code"], 133_010);
    shop.sandbox.reconnects().unwrap();
    assert_eq!(shop.send(text()).await.0, 200);
    assert_eq!(synchronize(&shop, "history").await.0, 200);
    shop.receiver
        .wait(|_| of_field(&shop, "account_update").len() == 2)
        .await;
    let events: Vec<Value> = of_field(&shop, "account_update")
        .iter()
        .map(|value| value["event"].clone())
        .collect();
    assert_eq!(events, ["PARTNER_REMOVED", "ACCOUNT_RECONNECTED"]);
}

#[tokio::test]
async fn alerts_come_in_documented_shapes() {
    let shop = Shop::open().await;
    for (field, event) in [
        ("account_update", Some("DISABLED_UPDATE")),
        ("account_alerts", None),
        ("phone_number_quality_update", Some("FLAGGED")),
        ("security", None),
        ("business_capability_update", None),
    ] {
        shop.sandbox.alert(field, event).unwrap();
        shop.receiver.wait(|_| !of_field(&shop, field).is_empty()).await;
    }
    assert_eq!(
        of_field(&shop, "account_update")[0]["ban_info"]["waba_ban_state"],
        "DISABLE"
    );
    assert!(shop.sandbox.alert("songs", None).is_err());
    let own = json!({"field": "songs", "value": {"anything": ["goes"]}});
    assert_eq!(shop.control(Method::POST, "alerts", Some(own)).await.0, 202);
}
