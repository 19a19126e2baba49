//! Templates from their creation to the customer's phone.

use std::time::Duration;

use crate::receiver::Shop;
use cobro_sandbox::{SandboxOptions, TemplateState};
use reqwest::Method;
use serde_json::{Value, json};

const ANA: &str = "5215512345678";

async fn templates(shop: &Shop, method: Method, query: &str, body: Option<Value>) -> (u16, Value) {
    let url = shop.graph(&format!(
        "{}/message_templates{query}",
        shop.sandbox.whatsapp().waba_id
    ));
    let request = shop
        .http
        .request(method, url)
        .bearer_auth(&shop.sandbox.whatsapp().token);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn payment(name: &str) -> Value {
    json!({"name": name, "language": "es_MX", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hola {{1}}, tu pedido es de {{2}}. ¡Gracias!",
         "example": {"body_text": [["Ana", "$450.00"]]}},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": "Pagar", "url": "https://buy.test/{{1}}", "example": ["https://buy.test/abc"]}]}]})
}

fn message(name: &str, body: &[&str]) -> Value {
    let texts: Vec<Value> = body
        .iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    json!({"to": ANA, "type": "template", "template": {"name": name, "language": {"code": "es_MX"}, "components": [
        {"type": "body", "parameters": texts},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "abc"}]}]}})
}

fn news(shop: &Shop) -> Vec<Value> {
    let changes = shop
        .receiver
        .kept()
        .into_iter()
        .map(|body| body["entry"][0]["changes"][0].clone());
    changes
        .filter(|change| change["field"] == "message_template_status_update")
        .map(|change| change["value"].clone())
        .collect()
}

#[tokio::test]
async fn a_template_is_reviewed_and_then_reaches_a_customer_who_never_wrote() {
    let mut options = SandboxOptions::default();
    options.whatsapp.review_takes = Duration::from_mins(5);
    let shop = Shop::open_with(options).await;
    let (status, created) = templates(&shop, Method::POST, "", Some(payment("pago"))).await;
    assert_eq!((status, &created["status"]), (200, &json!("PENDING")));
    let (_, early) = shop.send(message("pago", &["Ana", "$450.00"])).await;
    assert_eq!(early["error"]["code"], 132_001);

    shop.sandbox.advance(Duration::from_mins(5));
    shop.receiver.wait(|_| !news(&shop).is_empty()).await;
    assert_eq!(news(&shop)[0]["event"], "APPROVED");
    assert_eq!(news(&shop)[0]["message_template_name"], "pago");
    assert_eq!(
        news(&shop)[0]["message_template_id"].to_string(),
        created["id"].as_str().unwrap()
    );

    for (body, code) in [(&["Ana"][..], 132_000), (&["Ana", "a\nb"], 132_018)] {
        assert_eq!(shop.send(message("pago", body)).await.1["error"]["code"], code);
    }
    let (status, sent) = shop.send(message("pago", &["Ana", "$450.00"])).await;
    assert_eq!(status, 200);
    assert_eq!(sent["messages"][0]["message_status"], "accepted");
    let ana = shop.sandbox.customer(ANA);
    let bubble = ana.receives(|bubble| bubble.template.is_some()).await;
    assert_eq!(bubble.text, "Hola Ana, tu pedido es de $450.00. ¡Gracias!");
    assert_eq!(bubble.link(), Some("https://buy.test/abc"));
    shop.receiver
        .wait(|receiver| receiver.statuses_of(&bubble.wamid) == ["sent", "delivered"])
        .await;
    let status = shop.receiver.statuses().remove(0);
    assert_eq!(
        status["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"})
    );
}

#[tokio::test]
async fn a_template_is_paused_rejected_and_deleted() {
    let shop = Shop::open().await;
    templates(&shop, Method::POST, "", Some(payment("pago"))).await;
    assert_eq!(
        shop.sandbox
            .change_template("pago", TemplateState::Rejected, Some("INVALID_FORMAT")),
        1
    );
    shop.receiver.wait(|_| !news(&shop).is_empty()).await;
    assert_eq!(
        (&news(&shop)[0]["event"], &news(&shop)[0]["reason"]),
        (&json!("REJECTED"), &json!("INVALID_FORMAT"))
    );
    // The review that ends later does not overrule it.
    shop.sandbox.advance(Duration::from_secs(2));
    let approve = json!({"status": "APPROVED", "quality": "YELLOW"});
    let (status, changed) = shop.control(Method::POST, "templates/pago", Some(approve)).await;
    assert_eq!((status, changed), (200, json!({"changed": 1})));
    assert_eq!(shop.send(message("pago", &["Ana", "$1"])).await.0, 200);
    shop.control(Method::POST, "templates/pago", Some(json!({"status": "PAUSED"})))
        .await;
    assert_eq!(
        shop.send(message("pago", &["Ana", "$1"])).await.1["error"]["code"],
        132_015
    );
    let (_, listed) = templates(&shop, Method::GET, "?name=pago", None).await;
    assert_eq!(listed["data"][0]["status"], "PAUSED");
    assert_eq!(listed["data"][0]["quality_score"]["score"], "YELLOW");

    let gone = templates(&shop, Method::DELETE, "?name=pago", None).await;
    assert_eq!(gone, (200, json!({"success": true})));
    assert_eq!(templates(&shop, Method::DELETE, "?name=pago", None).await.0, 400);
    assert_eq!(
        shop.send(message("pago", &["Ana", "$1"])).await.1["error"]["code"],
        132_001
    );
    let unknown = shop
        .control(Method::POST, "templates/nada", Some(json!({"status": "PAUSED"})))
        .await;
    assert_eq!(unknown.0, 404);
}

#[tokio::test]
async fn pages_follow_each_other_and_mistakes_say_what_is_wrong() {
    let shop = Shop::open().await;
    for number in 0..7 {
        templates(&shop, Method::POST, "", Some(payment(&format!("pago_{number}")))).await;
    }
    let mut names = Vec::new();
    let mut url = shop.graph(&format!(
        "{}/message_templates?limit=3",
        shop.sandbox.whatsapp().waba_id
    ));
    loop {
        let request = shop.http.get(&url).bearer_auth(&shop.sandbox.whatsapp().token);
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        let data = page["data"].as_array().unwrap().clone();
        names.extend(data.iter().map(|template| template["name"].to_string()));
        match page["paging"]["next"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names.len(), 8);
    names.dedup();
    assert_eq!(names.len(), 8);

    let mut wrong = payment("Pago");
    let (status, refused) = templates(&shop, Method::POST, "", Some(wrong.clone())).await;
    assert_eq!(
        (status, refused["error"]["error_subcode"].as_i64()),
        (400, Some(2_388_025))
    );
    assert!(
        refused["error"]["error_user_msg"]
            .as_str()
            .unwrap()
            .contains("lowercase")
    );
    wrong["name"] = "pago".into();
    wrong["components"][0]["text"] = "Hola {{1}}".into();
    let (_, refused) = templates(&shop, Method::POST, "", Some(wrong)).await;
    assert_eq!(refused["error"]["error_subcode"], 2_388_299);
}
