//! The real window, on a display and a bus of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_os = "linux")]

use std::time::Duration;

use kit::stage::Stage;
use kit::tour;
use kit::window::Key;

const PATIENCE: Duration = Duration::from_secs(30);
const ANA: &str = "5215512340001";
const BETO: &str = "5213312340002";

#[tokio::test]
async fn a_customer_writes_is_charged_pays_and_is_thanked_and_all_of_it_is_kept() {
    let screenshots = tempfile::tempdir().unwrap();
    let report = tour::walk(screenshots.path()).await;
    let failed = report
        .steps
        .iter()
        .find(|step| !step.ok)
        .map(|step| format!("{}: {}", step.name, step.detail));
    if failed.is_some() {
        println!("screenshots are in {}", screenshots.keep().display());
    }
    assert_eq!(failed, None);
    assert!(
        report.ok && report.steps.len() >= 18,
        "the tour is cut short: {} steps",
        report.steps.len()
    );
    assert!(report.screenshots.len() >= 6, "{:?}", report.screenshots);
}

#[tokio::test]
async fn a_message_is_announced_unless_its_conversation_is_on_screen() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    let writes = async |phone, name, text| stage.sandbox.customer_writes(phone, name, text).await.unwrap();
    let announced = async |text: &str| {
        stage
            .notifications
            .wait_for(text, PATIENCE, |shown| shown.body.contains(text))
            .await
            .unwrap();
    };

    writes(ANA, "Ana López", "first").await;
    announced("first").await;
    window.wait_for("[data-testid=conversation-row]").await.unwrap();
    window.types("j").await.unwrap();
    window
        .wait_for_text("[data-testid=thread]", "the thread", |text| {
            text.contains("first")
        })
        .await
        .unwrap();

    writes(ANA, "Ana López", "seen at once").await;
    let messages = "[data-testid=message]";
    window
        .wait_for_text(messages, "the message", |text| text.contains("seen at once"))
        .await
        .unwrap();
    // Notices are announced in their order: once the next is out, the one before was decided.
    writes(BETO, "Beto Ruiz", "elsewhere").await;
    announced("elsewhere").await;

    let bodies: Vec<_> = stage
        .notifications
        .all()
        .into_iter()
        .map(|shown| shown.body)
        .collect();
    assert_eq!(bodies, ["first", "elsewhere"]);
    window.quit().await.unwrap();
}

#[tokio::test]
async fn a_customer_confirms_and_one_key_charges_what_was_agreed() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    let pictures = tempfile::tempdir().unwrap();
    let writes = async |text| {
        stage
            .sandbox
            .customer_writes(ANA, "Ana López", text)
            .await
            .unwrap()
    };
    let enter = Key::Enter.value().to_string();
    let suggested = |kind: &str| format!("[data-testid=suggestion][data-kind={kind}]");

    writes("hola").await;
    window.wait_for("[data-testid=conversation-row]").await.unwrap();
    let product = serde_json::json!({"draft": {
        "id": "01980000-0000-7000-8000-000000000001",
        "name": "Pastel tres leches",
        "price": {"minor": 480_00, "currency": "MXN"},
    }});
    window.asks("save_product", product).await.unwrap();
    window.types("j").await.unwrap();

    // The order is said back first: the draft is the person's to send.
    writes("quiero 2 pasteles tres leches").await;
    window.wait_for(&suggested("recap")).await.unwrap();
    window.chord(Key::Control, &enter).await.unwrap();
    window.wait_for("[data-testid=composer-send]").await.unwrap();
    let sent = stage.sandbox.phone(ANA).await.unwrap();
    assert!(
        sent.iter().all(|bubble| !bubble.text.contains("Total")),
        "a draft was sent by itself"
    );
    window.click("[data-testid=composer-send]").await.unwrap();
    stage
        .sandbox
        .phone_shows(ANA, "the recap", |bubble| bubble.text.contains("Total: MX$960"))
        .await
        .unwrap();

    writes("sí porfa, dos").await;
    window.wait_for(&suggested("charge")).await.unwrap();
    window
        .wait_for_text("[data-testid=suggestion-total]", "the total", |text| {
            text.contains("960")
        })
        .await
        .unwrap();
    window
        .wait_for_text("[data-testid=conversation-row]", "the chip", |text| {
            text.contains('✦') || text.contains("cobrar") || text.contains("charge")
        })
        .await
        .unwrap();
    window
        .screenshot(&pictures.path().join("ready.png"))
        .await
        .unwrap();
    if let Some(folder) = std::env::var_os("COBRO_PICTURES") {
        std::fs::copy(
            pictures.path().join("ready.png"),
            std::path::Path::new(&folder).join("ready.png"),
        )
        .unwrap();
    }

    // One interaction: create and send.
    window.chord(Key::Control, &enter).await.unwrap();
    stage
        .sandbox
        .phone_shows(ANA, "the link", |bubble| bubble.text.contains("960.00"))
        .await
        .unwrap();
    window.wait_until_gone("[data-testid=suggestion]").await.unwrap();
    let links = stage.sandbox.stripe_objects("payment_link").await.unwrap();
    assert_eq!(links.len(), 1);
    window.quit().await.unwrap();
}

#[tokio::test]
async fn a_profile_in_use_is_said_in_the_window_with_what_to_do() {
    let stage = Stage::set().await.unwrap();
    let profile = stage.profile().unwrap();
    let agent = profile.start_agent().await.unwrap();
    let window = stage.start_window().await.unwrap();
    let face = window.wait_for("[data-testid=startup-face]").await.unwrap();
    assert_eq!(
        face.attr("data-code").await.unwrap().as_deref(),
        Some("profileInUse")
    );
    let text = kit::window::words(&face).await.unwrap();
    assert!(
        text.contains(&profile.folder().display().to_string()),
        "the face does not say which profile: {text}"
    );
    window.quit().await.unwrap();
    agent.stop().await.unwrap();
}

#[tokio::test]
async fn two_profiles_of_one_machine_keep_a_look_and_a_language_each() {
    const LOOK: &str =
        "return [document.documentElement.dataset.theme ?? '', document.documentElement.lang];";
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    let dark = serde_json::json!({ "appearance": { "theme": "dark", "language": "pt" } });
    window.asks("keep_appearance", dark.clone()).await.unwrap();
    // The system's look is asked of the toolkit, which answers on its own thread alone: elsewhere the command broke.
    let system = serde_json::json!({ "appearance": { "theme": "system", "language": "pt" } });
    window.asks("keep_appearance", system).await.unwrap();
    window.asks("keep_appearance", dark).await.unwrap();
    window.quit().await.unwrap();

    let window = stage.open_window().await.unwrap();
    assert_eq!(
        window.runs(LOOK).await.unwrap(),
        serde_json::json!(["dark", "pt-BR"])
    );
    let words = window.text().await.unwrap();
    assert!(words.contains("Caixa de entrada"), "{words}");
    window.quit().await.unwrap();

    let other = stage.profile().unwrap().beside("other").unwrap();
    let window = stage.start_window_on(&other).await.unwrap();
    window.wait_for("[data-testid=tab-all]").await.unwrap();
    assert_eq!(window.runs(LOOK).await.unwrap(), serde_json::json!(["", "en"]));
    window.quit().await.unwrap();
}
