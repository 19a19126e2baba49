//! Files in the real window: what a customer sends is seen, heard and played, and goes back as it came.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_os = "linux")]

use std::path::PathBuf;

use kit::sandbox::{From, PhoneFile};
use kit::stage::Stage;
use kit::window::{Key, Window};
use serde_json::json;

const ANA: &str = "5215512340001";
/// What the sandbox has of each kind, by the type that WhatsApp gives it.
const SAMPLES: [(&str, &str); 4] = [
    ("photo", "image"),
    ("voice", "audio"),
    ("video", "video"),
    ("pdf", "document"),
];

/// Looks at the window with a person's eyes, where one asked for it.
async fn look(window: &Window, name: &str) {
    if let Some(folder) = std::env::var_os("COBRO_PICTURES") {
        let path = PathBuf::from(folder).join(format!("media-{name}.png"));
        window.screenshot(&path).await.unwrap();
    }
}

/// Waits until a script says `true`, which it is asked again and again.
async fn comes_true(window: &Window, what: &str, script: &str) {
    let said = window
        .runs_until_done(&format!(
            "const done = arguments[0];
             const until = Date.now() + 20000;
             const look = () => {{
                 const found = (() => {{ {script} }})();
                 if (found === true || Date.now() > until) done(found);
                 else setTimeout(look, 50);
             }};
             look();"
        ))
        .await
        .unwrap();
    assert_eq!(said, true, "{what}: {said}");
}

/// Opens Ana's chat and waits until each of her four files can be looked at.
async fn all_are_here(window: &Window) {
    window.wait_for("[data-testid=conversation-row]").await.unwrap();
    window.types("j").await.unwrap();
    comes_true(
        window,
        "the photo is painted, the others have their faces",
        "const message = (css) => document.querySelectorAll(`[data-testid=message] ${css}`).length;
         const photo = [...document.querySelectorAll('[data-testid=message] .picture img')];
         const faces = [message('[data-testid=view-media]') >= 2, message('[data-testid=player]') >= 1,
                        message('[data-testid=open-media]') >= 1];
         const painted = photo.some((img) => img.complete && img.naturalWidth > 0);
         return painted && faces.every(Boolean) ? true : JSON.stringify([painted, faces]);",
    )
    .await;
}

/// Returns the files of the shop, or of the customer, as they lie on the customer's phone.
async fn on_the_phone(stage: &Stage, from: From) -> Vec<(String, PhoneFile)> {
    let bubbles = stage.sandbox.phone(ANA).await.unwrap();
    bubbles
        .into_iter()
        .filter(|bubble| bubble.from == from)
        .filter_map(|bubble| Some((bubble.kind, bubble.file?)))
        .collect()
}

#[tokio::test]
async fn photo_voice_video_and_document_are_seen_and_go_back_unharmed() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    for (sample, _) in SAMPLES {
        let message = json!({ "file": { "sample": sample }, "name": "Ana López" });
        stage.sandbox.customer_sends(ANA, &message).await.unwrap();
    }
    all_are_here(&window).await;
    comes_true(
        &window,
        "the video has its first frame in the thread, without being opened",
        "const film = document.querySelector('[data-testid=message][data-kind=video] .picture img');
         return (film?.complete && film.naturalWidth > 0) || 'no frame';",
    )
    .await;
    look(&window, "received").await;

    // The voice message plays, and the video is shown over the whole window.
    window
        .click("[data-testid=player][data-state=idle] .toggle")
        .await
        .unwrap();
    window
        .wait_for("[data-testid=player][data-state=playing], [data-testid=player][data-state=paused]")
        .await
        .unwrap();
    // A click of a script is no person's, and WebKit plays no sound for it.
    window
        .runs("[...document.querySelectorAll('[data-testid=view-media]')].at(-1).id = 'film';")
        .await
        .unwrap();
    window.click("#film").await.unwrap();
    window.wait_for("[data-testid=viewer] video").await.unwrap();
    comes_true(
        &window,
        "the video shows its first frame: where no sound comes out, the clock of a film stands still",
        "const video = document.querySelector('[data-testid=viewer] video');
         if (!video) return 'it failed';
         return (video.readyState >= 2 && video.videoWidth > 0) || `at ${video.currentTime}, ${video.error?.message}`;",
    )
    .await;
    look(&window, "playing").await;
    window.presses(Key::Escape).await.unwrap();
    window.wait_until_gone("[data-testid=viewer]").await.unwrap();

    // The same four are sent back, as a person adds them.
    send_back(&window).await;
    for (_, kind) in SAMPLES {
        stage
            .sandbox
            .phone_shows(ANA, kind, |bubble| bubble.kind == kind && bubble.file.is_some())
            .await
            .unwrap();
    }
    let came = on_the_phone(&stage, From::Customer).await;
    let went = on_the_phone(&stage, From::Shop).await;
    for (kind, file) in &came {
        let (_, back) = went.iter().find(|(other, _)| other == kind).unwrap();
        assert_eq!((back.size, &back.sha256), (file.size, &file.sha256), "{kind}");
    }
    look(&window, "sent").await;
    window.quit().await.unwrap();

    let window = stage.open_window().await.unwrap();
    all_are_here(&window).await;
    comes_true(
        &window,
        "what was sent is still there",
        "const sent = document.querySelectorAll('[data-testid=message][data-direction=out]').length;
         return sent === 4 || sent;",
    )
    .await;
    window.quit().await.unwrap();
}

/// Adds Ana's files to the composer, waits until all are whole, and sends them.
async fn send_back(window: &Window) {
    let added = window
        .runs_until_done(
            "const done = arguments[0];
             const names = { image: 'pastel.jpg', voice: 'nota.ogg', audio: 'nota.ogg', video: 'pastel.mp4',
                             document: 'pedido.pdf' };
             const files = [...document.querySelectorAll('[data-testid=message]')].map(async (message) => {
                 const { id, kind } = message.dataset;
                 const answer = await fetch(`media://localhost/${id}/full`);
                 return new File([await answer.blob()], names[kind]);
             });
             Promise.all(files).then((files) => {
                 const transfer = new DataTransfer();
                 files.forEach((file) => transfer.items.add(file));
                 const input = document.querySelector('[data-testid=file-input]');
                 input.files = transfer.files;
                 input.dispatchEvent(new Event('change', { bubbles: true }));
                 done(files.length);
             }, (error) => done(String(error)));",
        )
        .await
        .unwrap();
    assert_eq!(added, 4);
    comes_true(
        window,
        "the files are whole",
        "const chips = [...document.querySelectorAll('[data-testid=file-chip]')].map(({ dataset }) => dataset.state);
         return chips.length === 4 && chips.every((state) => state === 'ready') ? true : chips.join();",
    )
    .await;
    look(window, "added").await;
    window.click("[data-testid=composer-send]").await.unwrap();
}
