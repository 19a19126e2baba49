//! Files both ways: uploads and their limits, what customers send, addresses that end, and what breaks on the way.

use std::time::Duration;

use crate::receiver::Shop;
use base64::Engine;
use cobro_sandbox::{Endpoint, Fault, Kind};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ANA: &str = "5215512345678";
const PNG: &[u8] = include_bytes!("../../src/whatsapp/samples/picture.png");

/// Uploads a file; returns the status and the answer.
async fn upload(shop: &Shop, mime: &str, bytes: Vec<u8>) -> (u16, Value) {
    let file = Part::bytes(bytes).file_name("archivo").mime_str(mime).unwrap();
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime.to_owned())
        .part("file", file);
    let url = shop.graph(&format!("{}/media", shop.sandbox.whatsapp().phone_number_id));
    let request = shop.http.post(url).bearer_auth(&shop.sandbox.whatsapp().token);
    let answer = request.multipart(form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn about(shop: &Shop, method: Method, id: &str) -> (u16, Value) {
    let request = shop.http.request(method, shop.graph(id));
    let answer = request
        .bearer_auth(&shop.sandbox.whatsapp().token)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn fetch(shop: &Shop, url: &str, range: Option<&str>) -> reqwest::Result<reqwest::Response> {
    let mut request = shop.http.get(url).bearer_auth(&shop.sandbox.whatsapp().token);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    request.send().await
}

/// Lets Ana send a photo; returns the message as the webhook told it.
async fn photo(shop: &Shop) -> Value {
    let (wamid, _) = shop
        .sandbox
        .customer(ANA)
        .sends_sample("photo", "Así 🎂")
        .unwrap();
    let told = |message: &&Value| message["id"] == wamid.as_str();
    shop.receiver
        .wait(|receiver| receiver.messages().iter().any(|message| told(&message)))
        .await;
    shop.receiver.messages().iter().find(told).unwrap().clone()
}

#[tokio::test]
async fn an_upload_is_sent_and_stands_on_the_phone_with_its_sum() {
    let shop = Shop::open().await;
    let ana = shop.sandbox.customer(ANA);
    ana.writes("Hola");
    let (status, answer) = upload(&shop, "image/png", PNG.to_vec()).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();
    let (_, info) = about(&shop, Method::GET, id).await;
    assert_eq!(info["mime_type"], "image/png");
    assert_eq!(info["file_size"], PNG.len());
    assert_eq!(info["sha256"], hex::encode(Sha256::digest(PNG)));

    let image = json!({"to": ANA, "type": "image", "image": {"id": id, "caption": "Tu pastel"}});
    assert_eq!(shop.send(image).await.0, 200);
    let bubble = ana.receives(|bubble| bubble.kind == "image").await;
    assert_eq!(bubble.text, "Tu pastel");
    let file = bubble.file.unwrap();
    assert_eq!(file.sha256.unwrap(), info["sha256"]);
    assert_eq!(file.size, PNG.len() as u64);

    assert_eq!(
        about(&shop, Method::DELETE, id).await,
        (200, json!({"success": true}))
    );
    assert_eq!(
        about(&shop, Method::GET, id).await.1["error"]["error_subcode"],
        33
    );
    let again = json!({"to": ANA, "type": "image", "image": {"id": id}});
    let (status, refused) = shop.send(again).await;
    assert_eq!((status, refused["error"]["code"].as_i64()), (400, Some(100)));
}

#[tokio::test]
async fn what_is_too_large_or_of_no_known_type_is_not_taken() {
    let shop = Shop::open().await;
    for (mime, size) in [
        ("image/jpeg", 5 * 1024 * 1024 + 1),
        ("image/webp", 100 * 1024 + 1),
        ("application/x-msdownload", 10),
        ("application/pdf", 0),
    ] {
        let (status, answer) = upload(&shop, mime, vec![0; size]).await;
        assert_eq!(
            (status, answer["error"]["code"].as_i64()),
            (400, Some(100)),
            "{mime}"
        );
    }
    assert_eq!(upload(&shop, "audio/ogg", vec![0; 16 * 1024 * 1024]).await.0, 200);
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_fails_after_it_was_accepted() {
    let shop = Shop::open().await;
    shop.sandbox.customer(ANA).writes("Hola");
    let (_, answer) = upload(&shop, "image/jpeg", b"not a picture".to_vec()).await;
    let (status, sent) = shop
        .send(json!({"to": ANA, "type": "image", "image": {"id": answer["id"]}}))
        .await;
    assert_eq!(status, 200);
    let wamid = sent["messages"][0]["id"].as_str().unwrap();
    shop.receiver
        .wait(|receiver| receiver.statuses_of(wamid) == ["failed"])
        .await;
    assert_eq!(shop.receiver.statuses()[0]["errors"][0]["code"], 131_053);
}

#[tokio::test]
async fn a_customers_photo_is_fetched_whole_and_in_parts() {
    let shop = Shop::open().await;
    let message = photo(&shop).await;
    let image = &message["image"];
    assert_eq!(
        (message["type"].as_str(), image["caption"].as_str()),
        (Some("image"), Some("Así 🎂"))
    );
    let (_, info) = about(&shop, Method::GET, image["id"].as_str().unwrap()).await;
    let url = info["url"].as_str().unwrap();
    let whole = fetch(&shop, url, None).await.unwrap();
    assert_eq!(whole.headers()["content-type"], "image/jpeg");
    let whole = whole.bytes().await.unwrap();
    assert_eq!(info["file_size"], whole.len());
    // The webhook's sum is base64, the API's hexadecimal.
    let digest = Sha256::digest(&whole);
    assert_eq!(info["sha256"], hex::encode(digest));
    assert_eq!(image["sha256"], base64::prelude::BASE64_STANDARD.encode(digest));

    let rest = fetch(&shop, url, Some("bytes=1000-")).await.unwrap();
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        rest.headers()["content-range"],
        format!("bytes 1000-{}/{}", whole.len() - 1, whole.len())
    );
    assert_eq!(rest.bytes().await.unwrap(), whole.slice(1000..));
    let beyond = fetch(&shop, url, Some("bytes=999999-")).await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);

    let without = shop.http.get(url).send().await.unwrap();
    assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
    // The address in the webhook works too.
    let told = fetch(&shop, image["url"].as_str().unwrap(), None).await.unwrap();
    assert_eq!(told.bytes().await.unwrap(), whole);
}

#[tokio::test]
async fn addresses_end_after_five_minutes_and_files_after_seven_days() {
    let shop = Shop::open().await;
    let message = photo(&shop).await;
    let id = message["image"]["id"].as_str().unwrap();
    let (_, info) = about(&shop, Method::GET, id).await;
    shop.sandbox.advance(Duration::from_secs(301));
    let late = fetch(&shop, info["url"].as_str().unwrap(), None).await.unwrap();
    assert_eq!(late.status(), StatusCode::NOT_FOUND);
    let (_, again) = about(&shop, Method::GET, id).await;
    assert_eq!(
        fetch(&shop, again["url"].as_str().unwrap(), None)
            .await
            .unwrap()
            .status(),
        200
    );
    shop.sandbox.advance(Duration::from_hours(7 * 24));
    let (status, gone) = about(&shop, Method::GET, id).await;
    assert_eq!((status, gone["error"]["error_subcode"].as_i64()), (400, Some(33)));
}

#[tokio::test]
async fn a_download_can_be_cut_slowed_and_spoiled() {
    let shop = Shop::open().await;
    let message = photo(&shop).await;
    let id = message["image"]["id"].as_str().unwrap();
    let url = about(&shop, Method::GET, id).await.1["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let whole = fetch(&shop, &url, None).await.unwrap().bytes().await.unwrap();
    let set = |fault| shop.sandbox.faults().set(Endpoint::WhatsAppDownload, Some(fault));

    set(Fault::next(1, Kind::CutShort).with_bytes(3000));
    let mut cut = fetch(&shop, &url, None).await.unwrap();
    assert_eq!(cut.headers()["content-length"], whole.len().to_string());
    let mut came = Vec::new();
    let ended = loop {
        match cut.chunk().await {
            Ok(Some(chunk)) => came.extend_from_slice(&chunk),
            other => break other,
        }
    };
    assert!(ended.is_err());
    assert_eq!(came, whole[..3000]);
    let rest = fetch(&shop, &url, Some("bytes=3000-")).await.unwrap();
    came.extend_from_slice(&rest.bytes().await.unwrap());
    assert_eq!(came, whole);

    set(Fault::next(1, Kind::Corrupt));
    let spoiled = fetch(&shop, &url, None).await.unwrap().bytes().await.unwrap();
    assert_eq!(spoiled.len(), whole.len());
    assert_ne!(spoiled, whole);

    let began = std::time::Instant::now();
    set(Fault::next(1, Kind::Slow)
        .with_bytes(4000)
        .with_delay(Duration::from_millis(100)));
    let slow = fetch(&shop, &url, None).await.unwrap().bytes().await.unwrap();
    assert_eq!(slow, whole);
    assert!(began.elapsed() >= Duration::from_millis(300));

    let wrong = Fault::next(1, Kind::WrongSha256);
    shop.sandbox.faults().set(Endpoint::WhatsAppMedia, Some(wrong));
    let (_, info) = about(&shop, Method::GET, id).await;
    assert_ne!(info["sha256"], hex::encode(Sha256::digest(&whole)));
    assert_eq!(
        about(&shop, Method::GET, id).await.1["sha256"],
        hex::encode(Sha256::digest(&whole))
    );
}

#[tokio::test]
async fn every_kind_of_file_arrives_in_its_shape() {
    let shop = Shop::open().await;
    let path = format!("customers/{ANA}/messages");
    for (sample, kind, field, value) in [
        ("voice", "audio", "voice", json!(true)),
        ("tune", "audio", "voice", json!(false)),
        ("video", "video", "mime_type", json!("video/mp4")),
        ("pdf", "document", "filename", json!("comprobante.pdf")),
        ("sticker", "sticker", "animated", json!(false)),
        ("animated_sticker", "sticker", "animated", json!(true)),
        ("picture", "image", "mime_type", json!("image/png")),
    ] {
        let (status, sent) = shop
            .control(Method::POST, &path, Some(json!({"file": {"sample": sample}})))
            .await;
        assert_eq!(status, 201, "{sent}");
        shop.receiver
            .wait(|receiver| receiver.messages().iter().any(|one| one["id"] == sent["wamid"]))
            .await;
        let messages = shop.receiver.messages();
        let message = messages.iter().find(|one| one["id"] == sent["wamid"]).unwrap();
        assert_eq!(message["type"], kind, "{sample}");
        assert_eq!(message[kind][field], value, "{sample}");
        assert_eq!(message[kind]["id"], sent["media_id"], "{sample}");
    }
    let given = json!({"file": {"base64": base64::prelude::BASE64_STANDARD.encode(PNG), "caption": "x"}});
    assert_eq!(shop.control(Method::POST, &path, Some(given)).await.0, 201);
    for wrong in [
        json!({"file": {"sample": "song"}}),
        json!({"file": {}}),
        json!({"file": {"path": "/no/such/file"}}),
    ] {
        assert_eq!(shop.control(Method::POST, &path, Some(wrong)).await.0, 400);
    }
    let raw = format!(
        "{}/customers/{ANA}/files?mime=application/pdf&filename=a.pdf",
        shop.sandbox.control_url()
    );
    let answer = shop.http.post(raw).body("%PDF-1.4").send().await.unwrap();
    assert_eq!(answer.status(), 201);
}
