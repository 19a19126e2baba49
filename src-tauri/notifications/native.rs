//! Notifications on macOS and Windows, where one thread waits for each answer.

use std::thread;

use notify_rust::{Notification, NotificationResponse};
use tokio::sync::oneshot;

use super::{Clicked, Note};

/// Shows notifications and waits for clicks on them.
#[derive(Default)]
pub(crate) struct Notifier;

impl Notifier {
    pub(crate) async fn show(&self, note: Note, clicked: Clicked) -> Result<(), String> {
        let (tell, told) = oneshot::channel();
        thread::Builder::new()
            .name("notification".into())
            .spawn(move || show_and_wait(&note, clicked, tell))
            .map_err(|error| format!("The system gave no thread to show a notification: {error}"))?;
        outcome(told).await
    }
}

fn notification(note: &Note) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname("Cobro")
        .summary(&note.title)
        .body(&note.body)
        .action("open", &note.open);
    if note.sound {
        notification.sound_name("Default");
    }
    // Without it Windows shows PowerShell's name.
    #[cfg(windows)]
    notification.app_id("app.cobro.desktop");
    notification
}

fn refused(error: impl std::fmt::Display) -> String {
    format!(
        "The system refused the notification ({error}). Allow notifications for Cobro in the system's settings"
    )
}

fn if_clicked(clicked: Clicked) -> impl FnOnce(&NotificationResponse) {
    move |response| {
        if matches!(
            response,
            NotificationResponse::Default | NotificationResponse::Action(_)
        ) {
            clicked();
        }
    }
}

#[cfg(windows)]
fn show_and_wait(note: &Note, clicked: Clicked, tell: oneshot::Sender<Result<(), String>>) {
    match notification(note).show() {
        Ok(handle) => {
            let _ = tell.send(Ok(()));
            let _ = handle.wait_for_response(if_clicked(clicked));
        }
        Err(error) => {
            let _ = tell.send(Err(refused(error)));
        }
    }
}

#[cfg(windows)]
async fn outcome(told: oneshot::Receiver<Result<(), String>>) -> Result<(), String> {
    told.await
        .unwrap_or_else(|_| Err("The notification ended before it was shown".into()))
}

/// A Mac shows it within the wait, so only a refusal comes early.
#[cfg(not(windows))]
fn show_and_wait(note: &Note, clicked: Clicked, tell: oneshot::Sender<Result<(), String>>) {
    let shown = notification(note)
        .show()
        .and_then(|handle| handle.wait_for_response(if_clicked(clicked)));
    let _ = tell.send(shown.map_err(refused));
}

#[cfg(not(windows))]
async fn outcome(told: oneshot::Receiver<Result<(), String>>) -> Result<(), String> {
    const EARLY: std::time::Duration = std::time::Duration::from_millis(500);
    match tokio::time::timeout(EARLY, told).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_)) => Err("The notification ended before it was shown".into()),
        Err(_) => Ok(()),
    }
}
