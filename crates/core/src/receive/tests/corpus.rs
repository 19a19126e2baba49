//! Every documented webhook, one after another, and then all of them again.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::shop::Shop;
use crate::{health, reparse};

/// Returns the documented webhooks by name, or `None` where they do not lie beside the repository.
fn payloads() -> Option<Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = [
        "../shared/data/whatsapp-payloads",
        "../../shared/data/whatsapp-payloads",
    ]
    .into_iter()
    .map(|folder| root.join(folder))
    .find(|folder| folder.is_dir())?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "INDEX"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            std::fs::read_to_string(path).unwrap(),
        )
    };
    Some(files.into_iter().map(read).collect())
}

/// Returns the words that a person wrote, wherever they stand in a webhook.
fn words(json: &Value, found: &mut Vec<String>) {
    const PLACES: [(&str, &str); 7] = [
        ("text", "body"),
        ("image", "caption"),
        ("video", "caption"),
        ("document", "caption"),
        ("button", "text"),
        ("reaction", "emoji"),
        ("system", "body"),
    ];
    match json {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let leaf = PLACES.iter().find(|(place, _)| place == name);
                let text = leaf.and_then(|(_, leaf)| inner.get(leaf)?.as_str());
                found.extend(text.filter(|text| !text.is_empty()).map(str::to_owned));
                words(inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_documented_webhook_is_kept_word_for_word_and_reading_them_again_changes_nothing() {
    let Some(payloads) = payloads() else {
        println!("skipped: the documented payloads do not lie beside the repository");
        return;
    };
    assert!(payloads.len() > 90, "only {} payloads were found", payloads.len());
    let mut shop = Shop::open().await;
    for (_, body) in &payloads {
        shop.gets(body).await;
    }
    let problems = health::envelope_problems(&shop.inbox).await.unwrap();
    assert!(problems.is_empty(), "{problems:?}");

    let exported = shop.exported().await;
    let kept: Vec<&str> = exported
        .iter()
        .filter_map(|line| line["text"].as_str().or_else(|| line["emoji"].as_str()))
        .collect();
    for (name, body) in &payloads {
        let mut looked_for = Vec::new();
        words(&serde_json::from_str(body).unwrap(), &mut looked_for);
        for text in looked_for {
            let is_kept = kept
                .iter()
                .any(|kept| *kept == text || kept.lines().any(|line| line == text));
            assert!(is_kept, "{name}: {text:?} is not in the export");
        }
    }

    let done = reparse::all(&shop.inbox).await.unwrap();
    assert_eq!(usize::try_from(done.envelopes).unwrap(), payloads.len());
    assert_eq!(done.messages, 0);
    assert_eq!(shop.exported().await, exported);
}
