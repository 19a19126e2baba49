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
