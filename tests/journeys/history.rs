//! Fifty thousand messages of the phone's history, in any order and more than once, into a desk that is killed meanwhile.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use kit::{Export, Home, Profile, Sandbox, free_port};
use serde_json::{Value, json};

const MESSAGES: usize = 50_000;
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn history_is_there_once_each_and_in_order_however_often_the_desk_was_killed() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let mut profile = Profile::new(&home).unwrap().with(&sandbox);
    let address = format!("127.0.0.1:{}", free_port().unwrap());
    profile.set("COBRO_RELAY_LISTEN", &*address);
    sandbox.deliver_to(&format!("http://{address}")).await.unwrap();

    sandbox
        .phone_shares_history(&json!({
            "messages": MESSAGES, "threads": 800, "chunk_size": 2000, "shuffle": true,
            "duplicates": 0.05, "media": 0.05, "seed": 7,
        }))
        .await
        .unwrap();
    for pause in [300, 900, 1500] {
        let mut agent = profile.start_agent().await.unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        agent.process.kill().await.unwrap();
    }
    let agent = profile.start_agent().await.unwrap();
    sandbox.delivered(PATIENCE).await.unwrap();
    let export = all_of_it(&profile).await;

    let expected = sandbox.history().await.unwrap();
    assert_eq!(expected.len(), MESSAGES);
    let kept: BTreeMap<&str, &Value> = export
        .of("message")
        .map(|message| (message["wamid"].as_str().unwrap(), message))
        .collect();
    assert_eq!(export.of("message").count(), MESSAGES, "each is there once");
    let mut talks: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for entry in &expected {
        let message = kept[entry["wamid"].as_str().unwrap()];
        assert_eq!(moment(&message["at"]), moment(&entry["at"]), "{entry}");
        let direction = if entry["from_shop"] == true { "out" } else { "in" };
        assert_eq!(message["direction"], direction, "{entry}");
        if entry["is_file"] == false {
            assert_eq!(message["text"], entry["text"], "{entry}");
        }
        let customer = format!("{}{}", entry["phone"], entry["user_id"]);
        talks
            .entry(customer)
            .or_default()
            .insert(message["conversation"].as_str().unwrap());
    }
    let split = talks
        .values()
        .filter(|conversations| conversations.len() > 1)
        .count();
    assert_eq!(split, 0, "a customer's messages stand in one conversation");
    assert_eq!(talks.len(), export.of("conversation").count());
    let unread: i64 = export
        .of("conversation")
        .filter_map(|conversation| conversation["unread"].as_i64())
        .sum();
    assert_eq!(unread, 0, "what was read on the phone is not news");
    agent.stop().await.unwrap();
}

fn moment(at: &Value) -> jiff::Timestamp {
    at.as_str().unwrap().parse().unwrap()
}

/// Waits until the desk has applied all that its relay holds.
async fn all_of_it(profile: &Profile<'_>) -> Export {
    let begun = Instant::now();
    let mut last = (0, 0);
    loop {
        let export = profile.export().await.unwrap();
        let now = (export.of("message").count(), export.of("envelope").count());
        if now.0 >= MESSAGES && now == last {
            return export;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{now:?} of {MESSAGES} messages and their envelopes"
        );
        last = now;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
