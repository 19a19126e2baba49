//! What lies in the profile folder tells a thief nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use kit::{Home, Profile, Sandbox, until};
use serde_json::json;

const PHONE: &str = "5215512349876";
const QUESTION: &str = "quiero-el-pastel-secreto";
const REPLY_WORDS: &str = "here is your order: caja-sorpresa";
/// Stripe's test cards, as customers type them.
const CARDS: [&str; 3] = ["4242424242424242", "5555 5555 5555 4444", "3782-822463-10005"];

/// Returns every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Returns where a text can be read, as `grep -a` would find it; UTF-16 too, which programs on Windows write.
fn found_in(folder: &Path, text: &str) -> Vec<PathBuf> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        [text.as_bytes(), &wide]
            .iter()
            .any(|part| bytes.windows(part.len()).any(|window| window == *part))
    };
    files(folder).into_iter().filter(holds).collect()
}

fn digits(card: &str) -> String {
    card.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn the_profile_folder_holds_no_message_no_token_and_no_card_in_plain_text() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let mut profile = Profile::new(&home).unwrap().with(&sandbox);
    // A log that says much must not say this either.
    profile.set("COBRO_LOG", "debug");
    let mut agent = profile.start_agent().await.unwrap();
    sandbox.deliver_to(&agent.relay).await.unwrap();

    sandbox
        .customer_writes(PHONE, "Esmeralda Discreta", QUESTION)
        .await
        .unwrap();
    for card in CARDS {
        sandbox
            .customer_writes(PHONE, "Esmeralda Discreta", &format!("mi tarjeta es {card}"))
            .await
            .unwrap();
    }
    let conversation = conversation(&profile).await;
    let charge = [
        "--conversation",
        &conversation,
        "--amount",
        "98765",
        "--description",
        "caja-sorpresa",
        "--json",
    ];
    let told = profile.cobro("charge", &charge).await.unwrap();
    assert!(told.succeeded, "{}", told.err);
    let link = serde_json::from_str::<serde_json::Value>(&told.out).unwrap()["link"]
        .as_str()
        .unwrap()
        .to_owned();
    sandbox
        .phone_shows(PHONE, "The pay link", |bubble| bubble.button.is_some())
        .await
        .unwrap();
    sandbox
        .customer_pays(PHONE, &link, "4242424242424242")
        .await
        .unwrap();
    let thanks = |bubble: &kit::sandbox::Bubble| bubble.text.starts_with("Thank you");
    let thanks = sandbox
        .phone_shows(PHONE, "The thank-you", thanks)
        .await
        .unwrap()
        .text;
    sandbox.delivered(Duration::from_secs(30)).await.unwrap();

    let export = profile.export().await.unwrap();
    assert!(
        export.texts().contains(&QUESTION),
        "the test looks for what is not there"
    );
    for card in CARDS {
        let shown = export
            .texts()
            .into_iter()
            .any(|text| text.contains(card) || text.contains(&digits(card)));
        assert!(!shown, "a card number reached the history");
    }
    let ready = sandbox.ready();
    let mut secrets = vec![
        QUESTION.to_owned(),
        REPLY_WORDS.to_owned(),
        thanks,
        link,
        "Esmeralda".to_owned(),
        PHONE.to_owned(),
        ready.whatsapp.token.clone(),
        ready.whatsapp.app_secret.clone(),
        ready.whatsapp.verify_token.clone(),
        ready.stripe.key.clone(),
        ready.stripe.webhook_secret.clone(),
    ];
    secrets.extend(CARDS.map(str::to_owned));
    secrets.extend(CARDS.map(digits));

    let assert_nothing_is_told = |when: &str| {
        let folder = profile.folder();
        assert!(
            files(folder).len() >= 3,
            "{when} there is hardly a file: {:?}",
            files(folder)
        );
        for secret in &secrets {
            assert_eq!(
                found_in(folder, secret),
                Vec::<PathBuf>::new(),
                "{when} {secret:?} can be read"
            );
        }
    };
    assert_nothing_is_told("while it runs");
    agent.process.kill().await.unwrap();
    assert_nothing_is_told("after a crash");
    let log = agent.process.said();
    let said: Vec<_> = secrets.iter().filter(|secret| log.contains(*secret)).collect();
    assert!(said.is_empty(), "the log says {said:?}");
    drop(agent);
    profile.start_agent().await.unwrap().stop().await.unwrap();
    assert_nothing_is_told("after a clean end");
}

async fn conversation(profile: &Profile<'_>) -> String {
    let find = || async {
        let export = profile.export().await.unwrap();
        let arrived = export.of("message").count() == 1 + CARDS.len();
        arrived.then(|| export.conversation_with("Esmeralda Discreta").unwrap().to_owned())
    };
    until(Duration::from_secs(30), find)
        .await
        .expect("the messages did not arrive in half a minute")
}

#[test]
fn what_can_be_read_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deep")).unwrap();
    std::fs::write(
        folder.path().join("deep/file"),
        [b"\0\xff".as_slice(), b"4242424242424242\0"].concat(),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("wide"),
        "token"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    )
    .unwrap();
    assert_eq!(found_in(folder.path(), "4242424242424242").len(), 1);
    assert_eq!(found_in(folder.path(), "token").len(), 1);
    assert_eq!(found_in(folder.path(), &json!("nothing").to_string()).len(), 0);
}
