//! Native notifications. What to say is core's decision; here it is shown, and a click comes back.

use std::collections::HashSet;
use std::time::Duration;

use cobro_core::domain::{Announcement, ConversationId, NoticeId};
use cobro_core::{Inbox, notify};
use tauri::{AppHandle, Manager as _};

use crate::error::CommandError;
use crate::{window, words};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::Notifier;
#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(not(target_os = "linux"))]
pub(crate) use native::Notifier;

/// A notification service that does not answer in this time is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// One notification.
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) body: String,
    /// The words on its button.
    pub(crate) open: String,
    /// Whether it may be heard.
    pub(crate) sound: bool,
}

/// What happens when a person clicks it.
type Clicked = Box<dyn FnOnce() + Send>;

/// Shows what core announces, until core ends.
pub(crate) async fn run(app: AppHandle, inbox: Inbox) {
    // A notice that was shown but could not be taken off core's list is not shown again.
    let mut stuck: HashSet<NoticeId> = HashSet::new();
    while let Some(due) = notify::next(&inbox).await {
        for announcement in due {
            let notices = announcement.notices.clone();
            let failure = if notices.iter().all(|notice| stuck.contains(notice)) {
                None
            } else {
                announce(&app, &inbox, announcement).await.err()
            };
            if let Err(error) = notify::announced(&inbox, notices.clone(), failure).await {
                tracing::warn!(%error, "A shown notification could not be noted down");
                stuck.extend(notices);
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}

/// Shows one notification on a person's request, and says whether the system took it.
pub(crate) async fn test(app: &AppHandle, inbox: &Inbox) -> Result<(), CommandError> {
    let language = inbox.window_language();
    let note = Note {
        title: "Cobro".into(),
        body: words::test_notification(language).into(),
        open: words::open(language).into(),
        sound: notify::rules(inbox).await?.sound,
    };
    let failure = show(app, inbox, note, None).await.err();
    notify::announced(inbox, Vec::new(), failure.clone()).await?;
    failure.map_or(Ok(()), |why| Err(CommandError::notifications(why)))
}

async fn announce(app: &AppHandle, inbox: &Inbox, announcement: Announcement) -> Result<(), String> {
    let Announcement {
        title,
        body,
        open,
        conversation,
        sound,
        ..
    } = announcement;
    show(
        app,
        inbox,
        Note {
            title,
            body,
            open,
            sound,
        },
        conversation,
    )
    .await
}

/// Shows a notification. Its error is a sentence without a full stop.
async fn show(
    app: &AppHandle,
    inbox: &Inbox,
    note: Note,
    conversation: Option<ConversationId>,
) -> Result<(), String> {
    let (landing, desk) = (app.clone(), inbox.clone());
    let clicked = Box::new(move || {
        window::show(&landing);
        if let Some(conversation) = conversation {
            desk.ask_to_open(conversation);
        }
    });
    let notifier = app.state::<Notifier>();
    let shown = tokio::time::timeout(PATIENCE, notifier.show(note, clicked)).await;
    shown
        .unwrap_or_else(|_| Err("The system's notification service did not answer".into()))
        .inspect_err(|why| {
            tracing::warn!(why, "A notification could not be shown");
        })
}
