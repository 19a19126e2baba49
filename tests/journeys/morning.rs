//! A seller's morning in the real window, by keyboard alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_os = "linux")]

use kit::stage::Stage;
use kit::window::{Key, Window};

const ANA: &str = "5215512340001";
const BETO: &str = "5213312340002";

/// Waits until the field has the focus, and types into it.
async fn writes(window: &Window, field: &str, text: &str) {
    window
        .wait_for(&format!("[data-testid={field}]:focus"))
        .await
        .unwrap();
    window.types(text).await.unwrap();
}

async fn reads(window: &Window, css: &str, text: &str) {
    window
        .wait_for_text(css, text, |shown| shown.contains(text))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_morning_needs_no_mouse() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    for (phone, name, text) in [
        (BETO, "Beto Ruiz", "¿abren mañana?"),
        (ANA, "Ana López", "hola, quiero un pastel"),
    ] {
        stage.sandbox.customer_writes(phone, name, text).await.unwrap();
        reads(&window, "[data-testid=conversation-row]", name).await;
    }

    // A quick reply, prepared once.
    window.chord(Key::Control, "k").await.unwrap();
    writes(&window, "palette-input", "quick replies").await;
    window.presses(Key::Enter).await.unwrap();
    window.wait_for("[data-testid=quick-add]").await.unwrap();
    window.tabs_to("quick-add").await.unwrap();
    window.presses(Key::Enter).await.unwrap();
    writes(&window, "quick-shortcut", "hola").await;
    window.presses(Key::Tab).await.unwrap();
    writes(&window, "quick-text", "Hola {name}, con gusto").await;
    window.tabs_to("quick-save").await.unwrap();
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=quick-reply]", "/hola").await;
    window.presses(Key::Escape).await.unwrap();

    // Read, and reply.
    window.wait_for("[data-testid=tab-all]").await.unwrap();
    window.types("j").await.unwrap();
    reads(&window, "[data-testid=thread]", "quiero un pastel").await;
    window.types("r").await.unwrap();
    writes(&window, "composer-input", "¡Claro!").await;
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=message]", "¡Claro!").await;

    // The quick reply, by a slash.
    writes(&window, "composer-input", "/ho").await;
    window
        .wait_for("[data-testid=quick-replies] [role=option]")
        .await
        .unwrap();
    window.presses(Key::Enter).await.unwrap();
    window.settle().await.unwrap();
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=message]", "Hola Ana, con gusto").await;
    window.presses(Key::Escape).await.unwrap();

    // A note that goes nowhere, and a label.
    window.types("n").await.unwrap();
    writes(&window, "note-input", "sin nueces").await;
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=message][data-kind=note]", "sin nueces").await;
    window.presses(Key::Escape).await.unwrap();
    window.types("l").await.unwrap();
    writes(&window, "pick-input", "VIP").await;
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=conversation-row]", "VIP").await;

    // Beto can wait until tomorrow.
    window.types("j").await.unwrap();
    reads(&window, "[data-testid=thread]", "¿abren mañana?").await;
    window.types("h").await.unwrap();
    writes(&window, "pick-input", "mañana 9").await;
    window.wait_for("[data-testid=pick-option]").await.unwrap();
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=toast]", "Snoozed until").await;

    // What was it that Ana wanted?
    window.types("/").await.unwrap();
    writes(&window, "search-input", "pastel").await;
    window.wait_for("[data-testid=search-hit]").await.unwrap();
    window.presses(Key::Enter).await.unwrap();
    reads(&window, "[data-testid=thread]", "quiero un pastel").await;
    window.presses(Key::Escape).await.unwrap();
    window.presses(Key::Escape).await.unwrap();

    // Charge, and be done.
    window.types("c").await.unwrap();
    writes(&window, "charge-amount", "1250").await;
    window.presses(Key::Enter).await.unwrap();
    window.wait_for("[data-testid=charge-card]").await.unwrap();
    window.presses(Key::Escape).await.unwrap();
    window.types("e").await.unwrap();
    reads(&window, "[data-testid=toast]", "resolved").await;

    // What the day came to.
    window.types("gr").await.unwrap();
    reads(&window, "[data-testid=report-fates]", "1,250.00").await;
    window.quit().await.unwrap();
}
