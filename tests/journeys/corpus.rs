//! Every documented webhook of WhatsApp, through a real agent: answered, kept, shown, exported.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::flat_map_option,
    reason = "a test may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use kit::{Agent, Export, Home, Profile, Sandbox, shared_data, signing, until};
use serde_json::Value;

/// A documented webhook.
struct Payload {
    name: String,
    body: Vec<u8>,
    json: Value,
}

/// Returns all of them, or `None` where they do not lie beside the repository.
fn payloads() -> Option<Vec<Payload>> {
    let folder = shared_data("whatsapp-payloads")?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "INDEX"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let body = std::fs::read(&path).unwrap();
        let json = serde_json::from_slice(&body).unwrap();
        Payload {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            body,
            json,
        }
    };
    Some(files.into_iter().map(read).collect())
}

async fn post(agent: &Agent, sandbox: &Sandbox, body: &[u8]) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("{}/webhooks/whatsapp", agent.relay))
        .header("content-type", "application/json")
        .header(
            "x-hub-signature-256",
            signing::whatsapp(&sandbox.ready().whatsapp.app_secret, body),
        )
        .body(body.to_owned());
    request.send().await.unwrap().status().as_u16()
}

/// Waits until that many envelopes have been applied, and returns everything that is kept.
async fn applied(profile: &Profile<'_>, envelopes: usize) -> Export {
    let export = || async {
        let export = profile.export().await.unwrap();
        (export.of("envelope").count() >= envelopes).then_some(export)
    };
    until(Duration::from_secs(60), export)
        .await
        .expect("the envelopes were not applied in a minute")
}

/// Returns every text that a person wrote, tapped or sees in a webhook, found by its place alone.
fn texts(json: &Value) -> Vec<String> {
    const BEARERS: [&str; 3] = ["messages", "message_echoes", "message"];
    const PLACES: [(&str, &[&str]); 11] = [
        ("text", &["body"]),
        ("image", &["caption"]),
        ("video", &["caption"]),
        ("document", &["caption"]),
        ("button", &["text"]),
        ("button_reply", &["title"]),
        ("list_reply", &["title", "description"]),
        ("nfm_reply", &["body"]),
        ("order", &["text"]),
        ("system", &["body"]),
        ("location", &["name", "address"]),
    ];
    fn walk(value: &Value, in_message: bool, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    if in_message {
                        let places = PLACES
                            .iter()
                            .filter(|(place, _)| place == name)
                            .flat_map(|(_, leaves)| *leaves);
                        found.extend(
                            places
                                .filter_map(|leaf| inner.get(leaf)?.as_str())
                                // WhatsApp's own word beside every form that was filled in.
                                .filter(|text| name != "nfm_reply" || *text != "Sent")
                                .map(str::to_owned),
                        );
                        let emoji = (name == "reaction").then(|| inner.get("emoji")?.as_str());
                        found.extend(emoji.flatten().map(str::to_owned));
                        let card = (name == "formatted_name").then(|| inner.as_str());
                        found.extend(card.flatten().map(str::to_owned));
                    }
                    walk(inner, in_message || BEARERS.contains(&name.as_str()), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, in_message, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(json, false, &mut found);
    found.retain(|text| !text.is_empty());
    found
}

/// Returns the phone number ids of the lines that got a message.
fn lines(json: &Value) -> BTreeSet<String> {
    let changes = json["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|entry| entry["changes"].as_array());
    let values = changes.flatten().map(|change| &change["value"]);
    let with_messages =
        values.filter(|value| value["messages"].is_array() || value["message_echoes"].is_array());
    with_messages
        .filter_map(|value| Some(value["metadata"]["phone_number_id"].as_str()?.to_owned()))
        .collect()
}

#[test]
fn the_texts_that_are_looked_for_are_those_that_people_wrote() {
    let json = serde_json::json!({"entry": [{"changes": [{"value": {
        "contacts": [{"profile": {"name": "not a text"}}],
        "messages": [
            {"type": "text", "text": {"body": "one"}},
            {"type": "edit", "edit": {"message": {"type": "image", "image": {"caption": "two", "id": "no"}}}},
            {"type": "interactive", "interactive": {"list_reply": {"title": "three", "description": "four"}}},
        ],
        "history": [{"threads": [{"messages": [{"type": "text", "text": {"body": "five"}}]}]}],
    }}]}]});
    let mut found = texts(&json);
    found.sort();
    assert_eq!(found, ["five", "four", "one", "three", "two"]);
}

#[tokio::test]
async fn every_documented_webhook_is_answered_kept_and_exported_word_for_word() {
    let Some(payloads) = payloads() else {
        println!(
            "skipped: the documented payloads do not lie beside the repository (shared/data/whatsapp-payloads)"
        );
        return;
    };
    assert!(payloads.len() > 90, "only {} payloads were found", payloads.len());
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    let agent = profile.start_agent().await.unwrap();

    for payload in &payloads {
        assert_eq!(
            post(&agent, &sandbox, &payload.body).await,
            200,
            "{}",
            payload.name
        );
    }
    let different: BTreeSet<&[u8]> = payloads.iter().map(|payload| &*payload.body).collect();
    let export = applied(&profile, different.len()).await;

    assert_eq!(
        export.of("envelope").count(),
        different.len(),
        "each different webhook is one envelope"
    );
    let unread: Vec<_> = export
        .of("envelope")
        .filter(|envelope| !envelope["error"].is_null())
        .collect();
    assert!(unread.is_empty(), "documented webhooks can be read: {unread:?}");

    let kept = export.texts();
    let is_kept = |text: &str| {
        kept.iter()
            .any(|kept| *kept == text || kept.lines().any(|line| line == text))
    };
    let looked_for: usize = payloads.iter().map(|payload| texts(&payload.json).len()).sum();
    assert!(looked_for >= 35, "only {looked_for} texts were found to look for");
    let mut lost: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for payload in &payloads {
        let missing: Vec<_> = texts(&payload.json)
            .into_iter()
            .filter(|text| !is_kept(text))
            .collect();
        if !missing.is_empty() {
            lost.insert(&payload.name, missing);
        }
    }
    assert!(lost.is_empty(), "texts that the export does not have: {lost:#?}");

    let known = &sandbox.ready().whatsapp.phone_number_id;
    for line in payloads.iter().flat_map(|payload| lines(&payload.json)) {
        let shown = export
            .of("conversation")
            .find(|conversation| conversation["line"] == *line);
        let shown = shown.unwrap_or_else(|| panic!("no conversation is on the line {line}"));
        assert_eq!(shown["line_known"], *known == line, "{shown}");
    }

    let report = profile.doctor().await.unwrap();
    assert_eq!(report["ok"], true, "{report}");
    agent.stop().await.unwrap();
}

#[tokio::test]
async fn a_webhook_that_comes_again_is_answered_and_kept_once() {
    let Some(payloads) = payloads() else {
        println!(
            "skipped: the documented payloads do not lie beside the repository (shared/data/whatsapp-payloads)"
        );
        return;
    };
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    let agent = profile.start_agent().await.unwrap();
    let text = payloads
        .iter()
        .find(|payload| payload.name == "meta-openapi__text-message")
        .unwrap();
    let last = payloads
        .iter()
        .find(|payload| payload.name == "meta-openapi__order-message")
        .unwrap();

    for _ in 0..5 {
        assert_eq!(post(&agent, &sandbox, &text.body).await, 200);
    }
    assert_eq!(post(&agent, &sandbox, &last.body).await, 200);
    let export = applied(&profile, 2).await;

    let wamid = &text.json["entry"][0]["changes"][0]["value"]["messages"][0]["id"];
    assert_eq!(
        export
            .of("message")
            .filter(|message| message["wamid"] == *wamid)
            .count(),
        1
    );
    assert_eq!(export.of("envelope").count(), 2);
    agent.stop().await.unwrap();
}
