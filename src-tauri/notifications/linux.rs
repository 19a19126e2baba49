//! Notifications by the desktop's own service, over D-Bus.
//!
//! Services tell of a click in two ways: to everybody (GNOME, KDE), or only to
//! the connection that asked (dunst). So there are two ears. One connection of
//! ours hears the first kind; it listens before anything is shown, because
//! notify-rust's own begins after. That one hears the second kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Clicked, Note};

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A service that never says what became of its notifications costs at most this many connections.
const REMEMBERED: usize = 64;

/// Shows notifications and hears clicks on them.
#[derive(Default)]
pub(crate) struct Notifier {
    ear: Mutex<Option<Ear>>,
    shown: Shown,
}

/// What is shown now. Whoever shows holds it, so that no click is heard before its notification is known.
type Shown = Arc<Mutex<BTreeMap<u32, Waiting>>>;

struct Waiting {
    clicked: Clicked,
    /// Keeps notify-rust's connection: some desktops take a notification away with it.
    _own_ear: AbortOnDropHandle<()>,
}

/// Our own connection, and the task that listens on it.
struct Ear {
    connection: Connection,
    listening: JoinHandle<()>,
}

impl Notifier {
    pub(crate) async fn show(&self, note: Note, clicked: Clicked) -> Result<(), String> {
        let connection = self.listen().await.map_err(no_bus)?;
        let abilities = abilities(&connection).await.map_err(no_service)?;
        let mut shown = self.shown.lock().await;
        let handle = notification(&note, &abilities)
            .show_async()
            .await
            .map_err(|error| format!("The notification service refused: {error}"))?;
        let id = handle.id();
        let own_ear = tokio::spawn(hear_own(handle, Arc::clone(&self.shown)));
        shown.insert(
            id,
            Waiting {
                clicked,
                _own_ear: AbortOnDropHandle::new(own_ear),
            },
        );
        while shown.len() > REMEMBERED {
            shown.pop_first();
        }
        Ok(())
    }

    /// Returns a connection on which somebody listens, a new one where the bus went away.
    async fn listen(&self) -> zbus::Result<Connection> {
        let mut ear = self.ear.lock().await;
        if let Some(ear) = ear.as_ref().filter(|ear| !ear.listening.is_finished()) {
            return Ok(ear.connection.clone());
        }
        let connection = Connection::session().await?;
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(SERVICE)?
            .path(PATH)?
            .build();
        let signals = MessageStream::for_match_rule(rule, &connection, Some(256)).await?;
        let listening = tokio::spawn(hear_all(signals, Arc::clone(&self.shown)));
        *ear = Some(Ear {
            connection: connection.clone(),
            listening,
        });
        Ok(connection)
    }
}

async fn abilities(connection: &Connection) -> zbus::Result<Vec<String>> {
    connection
        .call_method(Some(SERVICE), PATH, Some(SERVICE), "GetCapabilities", &())
        .await?
        .body()
        .deserialize()
}

fn notification(note: &Note, abilities: &[String]) -> Notification {
    let able = |what: &str| abilities.iter().any(|ability| ability == what);
    let body = if able("body-markup") {
        escaped(&note.body)
    } else {
        plain(&note.body)
    };
    let mut notification = Notification::new();
    notification
        .appname("Cobro")
        .summary(&plain(&note.title))
        .body(&body)
        .icon("cobro-desktop")
        .hint(Hint::DesktopEntry("Cobro".into()));
    if !note.sound {
        notification.hint(Hint::SuppressSound(true));
    }
    if able("actions") {
        notification
            .action("default", &note.open)
            .action("open", &note.open);
    }
    notification
}

/// Customers' words are data: a service that reads markup must find none.
fn escaped(text: &str) -> String {
    plain(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// D-Bus knows no NUL.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}

/// Hears what services say to everybody.
async fn hear_all(mut signals: MessageStream, shown: Shown) {
    while let Some(Ok(signal)) = signals.next().await {
        if let Some((id, was_clicked)) = outcome(&signal) {
            ended(&shown, id, was_clicked).await;
        }
    }
}

/// Hears what a service says to the connection that showed it.
async fn hear_own(handle: NotificationHandle, shown: Shown) {
    let mut was_clicked = false;
    handle
        .wait_for_action_async(|response| {
            was_clicked = matches!(
                response,
                NotificationResponse::Default | NotificationResponse::Action(_)
            );
        })
        .await;
    ended(&shown, handle.id(), was_clicked).await;
    if was_clicked {
        // Some services leave it on the screen. By now this task's own end is decided, so another closes it.
        tokio::spawn(async move { handle.close_async().await });
    }
}

/// Returns which notification ended, and whether by a click.
fn outcome(signal: &Message) -> Option<(u32, bool)> {
    let header = signal.header();
    match header.member()?.as_str() {
        "ActionInvoked" => signal
            .body()
            .deserialize::<(u32, &str)>()
            .ok()
            .map(|(id, _)| (id, true)),
        "NotificationClosed" => signal
            .body()
            .deserialize::<(u32, u32)>()
            .ok()
            .map(|(id, _)| (id, false)),
        _ => None,
    }
}

/// Forgets a notification; the first of both ears does what its click asks for.
async fn ended(shown: &Shown, id: u32, was_clicked: bool) {
    let waiting = shown.lock().await.remove(&id);
    if let Some(waiting) = waiting.filter(|_| was_clicked) {
        (waiting.clicked)();
    }
}

fn no_bus(error: zbus::Error) -> String {
    tracing::debug!(%error, "No session bus");
    "The session bus can't be reached, so nothing can be announced. Start Cobro from your desktop session"
        .into()
}

/// Returns what to do about a service that is not there.
fn no_service(error: zbus::Error) -> String {
    let is_missing = match &error {
        zbus::Error::MethodError(name, ..) => ["ServiceUnknown", "NameHasNoOwner", "Spawn"]
            .iter()
            .any(|part| name.as_str().contains(part)),
        _ => false,
    };
    if is_missing {
        return "This desktop has no notification service. Start one, such as dunst, and test again".into();
    }
    format!("The notification service failed: {error}")
}

#[cfg(test)]
mod tests;
